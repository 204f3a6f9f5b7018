//! The sandbox on a socket, and the task that posts its webhooks.

use std::{
    convert::Infallible,
    io,
    time::{Duration, Instant},
};

use ports::{Http, HttpFailure, HttpRequest, Method};
use sandbox_kit::{Answer, Clock, Poster, Request, Site};
use thiserror::Error;
use tokio::net::TcpListener;

use crate::{delivery::Outcome, sandbox::Sandbox, state::Carrier, webhook::Webhook};

/// Housecall Pro's integrators report that it waits so long.
const RECEIVER_TIME: Duration = Duration::from_secs(5);
/// What Housecall Pro posts to an address before it saves it.
const URL_CHECK: &str = r#"{"foo":"bar"}"#;

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

/// Serves the sandbox until the future is dropped. From here on its webhooks are posted instead of kept.
///
/// # Errors
/// When the socket fails.
pub async fn serve(sandbox: Sandbox, listener: TcpListener) -> io::Result<()> {
    sandbox.state().carrier = Carrier::Post;
    tokio::select! {
        served = sandbox_kit::serve(sandbox.clone(), listener) => served,
        never = post_webhooks(&sandbox) => match never {},
    }
}

impl Site for Sandbox {
    fn clock(&self) -> Clock {
        self.state().options.clock.clone()
    }

    async fn answer(&self, request: Request) -> Answer {
        self.handle(&request).await
    }
}

impl Sandbox {
    /// Saves the address that webhooks go to, if it answers Housecall Pro's check with 2xx.
    ///
    /// # Errors
    /// When the check fails; the earlier address stays.
    pub async fn set_webhook_url(&self, url: &str) -> Result<(), UrlRefused> {
        if !Poster::is_address(url) {
            return Err(UrlRefused::NotAUrl);
        }
        let headers = vec![("content-type", "application/json".to_owned())];
        let check = to_receiver(url, headers, URL_CHECK.as_bytes().to_vec());
        let answer = Poster::default().send(check).await;
        let status = answer
            .map_err(|failure| UrlRefused::Unreachable(reason(failure)))?
            .status;
        if !(200..300).contains(&status) {
            return Err(UrlRefused::Status(status));
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
            state.delivery_dice.shuffle(&mut again);
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
    let poster = Poster::default();
    loop {
        let next = sandbox.state().deliveries.due();
        match next {
            Ok((number, webhook)) => {
                let outcome = post(sandbox, &poster, webhook).await;
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

/// Posts to the address as it is now.
async fn post(sandbox: &Sandbox, poster: &Poster, mut webhook: Webhook) -> Outcome {
    let url = {
        let state = sandbox.state();
        webhook.sign(state.now(), &state.options.signing_secret);
        state.webhook_url.clone()
    };
    let Some(url) = url else {
        return Outcome::NoUrl;
    };
    let start = Instant::now();
    let post = to_receiver(&url, webhook.headers, webhook.body);
    match poster.send(post).await {
        Ok(answer) => Outcome::Answered {
            status: answer.status,
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        },
        Err(failure) => Outcome::Failed {
            reason: reason(failure),
        },
    }
}

fn to_receiver(url: &str, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url: url.to_owned(),
        headers,
        body,
        timeout: RECEIVER_TIME,
    }
}

/// What went wrong, without the host: the page shows it beside the address.
fn reason(failure: HttpFailure) -> String {
    match failure {
        HttpFailure::NotSent { source, .. } | HttpFailure::Lost { source, .. } => {
            source.to_string()
        }
        long @ HttpFailure::TooLong { .. } => long.to_string(),
    }
}
