//! The way out for webhooks.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Mutex, PoisonError},
};

use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use reqwest::{Client, Url, redirect::Policy};

/// Posts webhooks, as a real system does: without a proxy, following no redirect. Connections are kept.
#[derive(Debug, Default)]
pub struct Poster {
    /// The client for the origin that was asked last.
    known: Mutex<Option<(String, Client)>>,
}

impl Poster {
    /// Whether webhooks can be posted to this address at all.
    pub fn is_address(url: &str) -> bool {
        address(url).is_some()
    }

    fn client(&self, url: &Url) -> reqwest::Result<Client> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = url.origin().ascii_serialization();
        if let Some((of, client)) = &*known
            && *of == origin
        {
            return Ok(client.clone());
        }
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = Client::builder().redirect(Policy::none()).no_proxy();
        // Not every resolver knows that names under `localhost` are this machine (RFC 6761).
        if let Some(host) = url.host_str()
            && host.ends_with(".localhost")
        {
            let port = url.port_or_known_default().unwrap_or_default();
            builder = builder.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        }
        let client = builder.build()?;
        *known = Some((origin, client.clone()));
        Ok(client)
    }
}

impl Http for Poster {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let Some(url) = address(&request.url) else {
            return Err(HttpFailure::not_sent(
                "",
                "that is not an http or https address",
            ));
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        let client = self
            .client(&url)
            .map_err(|error| HttpFailure::not_sent(&host, why(&error)))?;
        let mut post = match request.method {
            Method::Post => client.post(url),
            Method::Get => client.get(url),
            Method::Put => client.put(url),
            Method::Patch => client.patch(url),
            Method::Delete => client.delete(url),
        }
        .timeout(request.timeout)
        .body(request.body);
        for (name, value) in request.headers {
            post = post.header(name, value);
        }
        match post.send().await {
            Ok(answer) => Ok(HttpResponse {
                status: answer.status().as_u16(),
                ..HttpResponse::default()
            }),
            Err(error) if error.is_connect() => Err(HttpFailure::not_sent(&host, why(&error))),
            Err(error) => Err(HttpFailure::lost(host, why(&error))),
        }
    }
}

fn address(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// What went wrong, without the address: it may hold a secret path.
fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    }
}
