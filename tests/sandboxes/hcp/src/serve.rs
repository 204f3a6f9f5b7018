//! The sandbox on a socket, and the task that posts its webhooks.

use std::{
    convert::Infallible,
    future::{Future, pending},
    io,
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State as Shared,
    http::{HeaderMap, Request as HttpRequest, StatusCode},
    response::Response,
};
use reqwest::{Client, Url, redirect::Policy};
use thiserror::Error;
use tokio::net::TcpListener;

use crate::{
    delivery::Outcome,
    http::{Answer, Request},
    sandbox::Sandbox,
    state::Carrier,
    webhook::Webhook,
};

/// Housecall Pro's integrators report that it waits so long.
const RECEIVER_TIME: Duration = Duration::from_secs(5);
/// What Housecall Pro posts to an address before it saves it.
const URL_CHECK: &str = r#"{"foo":"bar"}"#;
/// Larger requests are refused.
const LARGEST_BODY: usize = 1_000_000;

/// Why an address for webhooks was not saved.
#[derive(Debug, Error)]
pub enum UrlRefused {
    /// Not an address.
    #[error("that is not an http or https address")]
    NotAUrl,
    /// The receiver answered the check with something else than 2xx.
    #[error("the receiver answered {0} to the check; it has to answer 2xx")]
    Status(u16),
    /// The receiver did not answer the check.
    #[error("the receiver did not answer the check: {0}")]
    Unreachable(String),
}

/// Serves the sandbox until the future is dropped. See [`serve_until`].
///
/// # Errors
/// When the socket fails.
pub async fn serve(sandbox: Sandbox, listener: TcpListener) -> io::Result<()> {
    serve_until(sandbox, listener, pending()).await
}

/// Serves the sandbox until `end`. From here on its webhooks are posted instead of kept.
///
/// # Errors
/// When the socket fails.
pub async fn serve_until(
    sandbox: Sandbox,
    listener: TcpListener,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    sandbox.state().carrier = Carrier::Post;
    let router = Router::new().fallback(carry).with_state(sandbox.clone());
    tokio::select! {
        // Open connections are not waited for: a client that keeps one would hold the sandbox up.
        result = async { axum::serve(listener, router).await } => result,
        never = post_webhooks(&sandbox) => match never {},
        () = end => Ok(()),
    }
}

async fn carry(Shared(sandbox): Shared<Sandbox>, request: HttpRequest<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return respond(Answer::empty(413));
    };
    let answer = sandbox
        .handle(&Request {
            method: parts.method.as_str().to_owned(),
            url: parts.uri.to_string(),
            headers: headers(&parts.headers),
            body: body.to_vec(),
        })
        .await;
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    respond(answer)
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            let value = value.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        })
        .collect()
}

fn respond(answer: Answer) -> Response {
    if answer.lost {
        // A body that fails at once makes the server break the connection.
        let broken = futures::stream::once(async { Err::<Vec<u8>, _>(io::Error::other("lost")) });
        return Response::new(Body::from_stream(broken));
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

impl Sandbox {
    /// Saves the address that webhooks go to, if it answers Housecall Pro's check with 2xx.
    ///
    /// # Errors
    /// When the check fails; the earlier address stays.
    pub async fn set_webhook_url(&self, url: &str) -> Result<(), UrlRefused> {
        let address = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or(UrlRefused::NotAUrl)?;
        let check = client(&address)
            .map_err(|error| UrlRefused::Unreachable(why(&error)))?
            .post(address)
            .header("content-type", "application/json")
            .body(URL_CHECK)
            .send()
            .await
            .map_err(|error| UrlRefused::Unreachable(why(&error)))?;
        if !check.status().is_success() {
            return Err(UrlRefused::Status(check.status().as_u16()));
        }
        self.state().webhook_url = Some(url.to_owned());
        Ok(())
    }

    /// Webhooks go nowhere from now on.
    pub fn switch_webhooks_off(&self) {
        self.state().webhook_url = None;
    }

    /// Repeats the last `count` deliveries, in their order or shuffled, and says how many there were.
    /// Only while the sandbox is served.
    pub fn redeliver(&self, count: usize, shuffled: bool) -> usize {
        let mut state = self.state();
        let state = &mut *state;
        let log: Vec<_> = state.deliveries.log().rev().take(count).cloned().collect();
        let mut again: Vec<_> = log.into_iter().rev().collect();
        if shuffled {
            for last in (1..again.len()).rev() {
                let bound = u64::try_from(last).unwrap_or_default() + 1;
                let other = usize::try_from(state.delivery_dice.below(bound)).unwrap_or_default();
                again.swap(last, other);
            }
        }
        for delivery in &again {
            let at = delivery.at;
            state
                .deliveries
                .plan(&delivery.webhook, at, &[Duration::ZERO]);
        }
        self.posted.notify_one();
        again.len()
    }
}

/// Posts webhooks as they become due, one after the other.
async fn post_webhooks(sandbox: &Sandbox) -> Infallible {
    let mut known: Option<(String, Client)> = None;
    loop {
        let next = sandbox.state().deliveries.due();
        match next {
            Ok((number, webhook)) => {
                let outcome = post(sandbox, &mut known, webhook).await;
                sandbox.state().deliveries.finish(number, outcome);
            }
            Err(Some(wait)) => {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = sandbox.posted.notified() => {}
                }
            }
            Err(None) => sandbox.posted.notified().await,
        }
    }
}

/// Posts to the address as it is now; `known` keeps the connections to it.
async fn post(
    sandbox: &Sandbox,
    known: &mut Option<(String, Client)>,
    mut webhook: Webhook,
) -> Outcome {
    let url = {
        let state = sandbox.state();
        webhook.sign(state.now(), &state.options.signing_secret);
        state.webhook_url.clone()
    };
    let Some(url) = url else {
        return Outcome::NoUrl;
    };
    let client = match known {
        Some((address, client)) if *address == url => client.clone(),
        _ => match Url::parse(&url).map(|address| client(&address)) {
            Ok(Ok(client)) => {
                *known = Some((url.clone(), client.clone()));
                client
            }
            Ok(Err(error)) => {
                return Outcome::Failed {
                    reason: why(&error),
                };
            }
            Err(_) => {
                let reason = UrlRefused::NotAUrl.to_string();
                return Outcome::Failed { reason };
            }
        },
    };
    let mut request = client.post(url).body(webhook.body);
    for (name, value) in webhook.headers {
        request = request.header(name, value);
    }
    let start = Instant::now();
    match request.send().await {
        Ok(answer) => Outcome::Answered {
            status: answer.status().as_u16(),
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        },
        Err(error) => Outcome::Failed {
            reason: why(&error),
        },
    }
}

fn client(address: &Url) -> reqwest::Result<Client> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut client = Client::builder()
        .timeout(RECEIVER_TIME)
        .redirect(Policy::none())
        .no_proxy();
    // Not every resolver knows that names under `localhost` are this machine (RFC 6761).
    if let Some(host) = address.host_str()
        && host.ends_with(".localhost")
    {
        let port = address.port_or_known_default().unwrap_or_default();
        client = client.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    client.build()
}

/// What went wrong, without the address: it may hold a secret path.
fn why(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    kind.to_owned()
}
