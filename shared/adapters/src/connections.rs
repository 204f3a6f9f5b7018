use std::time::Duration;

use reqwest::{Client, redirect, retry};

/// Servers and load balancers close idle connections, often after a minute, and a Lambda that was
/// frozen meanwhile has not noticed: a request on such a connection ends as a lost answer. So a
/// connection is used again only shortly after its last use.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// A client that does what it is told: it follows nothing and repeats nothing.
///
/// HTTP/1.1 over TLS (rustls), through the proxy that the environment names, if any. The roots are those
/// of the operating system: Lambda's `provided.al2023` keeps them in `/etc/pki/tls`, AWS patches them
/// there, and `SSL_CERT_FILE` names others.
pub(crate) fn client(connect_timeout: Duration) -> reqwest::Result<Client> {
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .build()
}
