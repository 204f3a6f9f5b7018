use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Client, redirect, retry};
use rustls::crypto::ring;

/// Servers and load balancers close idle connections, often after a minute, and a Lambda that was
/// frozen meanwhile has not noticed: a request on such a connection ends as a lost answer. So a
/// connection is used again only shortly after its last use.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Shorter than any request's own time-out, so that an unreachable host shows as "not sent", which may
/// be repeated at once, and not as a lost answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The open connections of a process, to AWS and to everything else. Copies share them.
///
/// HTTP/1.1 over TLS (rustls), through the proxy that the environment names, if any. The roots are those
/// of the operating system: Lambda's `provided.al2023` keeps them in `/etc/pki/tls`, AWS patches them
/// there, and `SSL_CERT_FILE` names others. They are read on first use.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    client: Arc<OnceLock<Client>>,
}

impl Connections {
    /// A client that does what it is told: it follows nothing and repeats nothing.
    pub(crate) fn client(&self) -> reqwest::Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // Whoever was first in this process has set the same one.
        drop(ring::default_provider().install_default());
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}
