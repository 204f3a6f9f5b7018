//! Sends webhooks from behind a socket.

use std::{convert::Infallible, future, time::Duration};

use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use reqwest::{Client, redirect::Policy};

use crate::Sandbox;

/// So often it is looked whether a webhook is due; the hands of the clock can be moved at any time.
const LOOK: Duration = Duration::from_millis(50);

/// Sends what is due, for ever.
pub(crate) async fn run(sandbox: Sandbox) -> Infallible {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build();
    let client = match client {
        Ok(client) => Poster(client),
        Err(error) => {
            tracing::error!(%error, "webhooks cannot be sent");
            return future::pending().await;
        }
    };
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        sandbox.deliver(&client).await;
    }
}

struct Poster(Client);

impl Http for Poster {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let host = request.url.clone();
        let mut post = match request.method {
            Method::Post => self.0.post(&request.url),
            Method::Get => self.0.get(&request.url),
            Method::Put => self.0.put(&request.url),
            Method::Delete => self.0.delete(&request.url),
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
            Err(error) => Err(HttpFailure::Lost {
                host,
                reason: error.without_url().to_string(),
            }),
        }
    }
}
