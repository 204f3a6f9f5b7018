//! Takes webhooks of QuickBooks (R1): verifies them, and puts *look at this object* on the queue.
//!
//! All companies that use the app share one address. Intuit waits three seconds, repeats what is not acknowledged for
//! days, and may hold back what follows: so what it signed is acknowledged, understood or not, once the queue has what
//! matters of it. What it did not sign gets a bare refusal.

mod kept;
mod outcome;
mod secret;
mod told;

use std::{error::Error, sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use hcp::CompanyId;
use ports::{Clock, Queue, QueueMessage, Secrets};
use qbo::{
    RealmId,
    webhook::{self, Delivery, Event},
};
use store::{Connection, ConnectionStatus, Key, Table, read_all};

use super::{KEPT, READ_AGAIN};
use crate::stop::chain;
use kept::Kept;

pub use outcome::Outcome;
pub use secret::{UnreadableTokens, VerifierTokens};

/// The path of the address, below that of the API.
pub const PATH: &str = "qbo";
/// The longest body that is looked at, in bytes: some thousand events.
pub const MAX_BODY: usize = 1024 * 1024;
/// So many messages go to the queue beside each other.
const BESIDE: usize = 10;

/// The use case, with what it remembers between posts.
#[derive(Debug)]
pub struct QboWebhook<S, T, Q, C> {
    secrets: S,
    table: T,
    queue: Q,
    clock: C,
    secret_prefix: String,
    tokens: Kept<Option<VerifierTokens>>,
    companies: Kept<Vec<(RealmId, CompanyId)>>,
}

impl<S: Secrets, T: Table, Q: Queue, C: Clock> QboWebhook<S, T, Q, C> {
    /// Puts the use case together; the names of all secrets begin with `secret_prefix`.
    pub fn new(secrets: S, table: T, queue: Q, clock: C, secret_prefix: String) -> Self {
        Self {
            secrets,
            table,
            queue,
            clock,
            secret_prefix,
            tokens: Kept::default(),
            companies: Kept::default(),
        }
    }

    /// Takes one post with its header `intuit-signature`; its answer is [`Outcome::status`], without a body.
    pub async fn receive(&self, signature: Option<&str>, body: &[u8]) -> Outcome {
        match self.admit(signature, body).await {
            Ok(()) => self.pass_on(body).await.unwrap_or_else(|failed| failed),
            Err(refusal) => refusal,
        }
    }

    /// Reads in advance what the first post needs. A failure shows again, and is told, when one needs it.
    pub async fn warm_up(&self) {
        let (tokens, companies) = futures::join!(self.tokens(KEPT), self.companies(KEPT));
        tracing::debug!(
            tokens = tokens.is_ok(),
            companies = companies.is_ok(),
            "warm"
        );
    }

    /// The line that counts a post of now; see [`Outcome::metric`].
    pub fn metric(&self, outcome: Outcome, function: &str) -> String {
        outcome.metric(function, self.clock.now())
    }

    /// Lets in what Intuit signed, before the body is believed in anything.
    async fn admit(&self, signature: Option<&str>, body: &[u8]) -> Result<(), Outcome> {
        if body.len() > MAX_BODY {
            return Err(Outcome::TooLarge);
        }
        let judge = |tokens: &Option<VerifierTokens>| {
            let VerifierTokens(tokens) = tokens.as_ref().ok_or(Outcome::NoToken)?;
            Ok(webhook::verify(tokens, signature, body)?)
        };
        match judge(&*self.tokens(KEPT).await?) {
            Err(Outcome::NoToken | Outcome::Forged) => judge(&*self.tokens(READ_AGAIN).await?),
            judged => judged,
        }
    }

    /// The verifier tokens as they were at most so long ago; none before one was stored.
    async fn tokens(&self, max_age: Duration) -> Result<Arc<Option<VerifierTokens>>, Outcome> {
        let now = self.clock.monotonic();
        if let Some(kept) = self.tokens.get(now, max_age) {
            return Ok(kept);
        }
        let name = VerifierTokens::name(&self.secret_prefix);
        let read = self.secrets.read(&name, None).await;
        let read = read.map_err(|error| unavailable(&error, Outcome::SecretUnavailable))?;
        let tokens = read
            .map(|value| VerifierTokens::parse(&value.text))
            .transpose()
            .map_err(|error| unavailable(&error, Outcome::SecretUnavailable))?;
        Ok(self.tokens.put(tokens, now))
    }

    /// Puts what a genuine post tells of on the queue, where it means something for the sync.
    async fn pass_on(&self, body: &[u8]) -> Result<Outcome, Outcome> {
        let Delivery { events, unread } = Delivery::read(body);
        if unread > 0 {
            tracing::warn!(unread, "QuickBooks told of events in an unknown form");
        }
        if events.is_empty() && unread > 0 {
            return Ok(Outcome::Unreadable);
        }
        let told = events.len();
        let events: Vec<Event> = events.into_iter().filter(told::matters).collect();
        if events.is_empty() {
            tracing::debug!(told, "ignored");
            return Ok(Outcome::Ignored);
        }
        let companies = self.companies_of(&events).await?;
        let messages = told::messages(&companies, &events, body, self.clock.now())
            .map_err(|error| unavailable(&error, Outcome::QueueUnavailable))?;
        if messages.is_empty() {
            tracing::info!(told, "of companies that are not connected");
            return Ok(Outcome::UnknownCompany);
        }
        let queued = messages.len();
        self.enqueue(messages).await?;
        tracing::info!(told, queued, "queued");
        Ok(Outcome::Queued)
    }

    /// The companies for which work is done. One that is new here may have been connected since they were read.
    async fn companies_of(
        &self,
        events: &[Event],
    ) -> Result<Arc<Vec<(RealmId, CompanyId)>>, Outcome> {
        let companies = self.companies(KEPT).await?;
        let is_known = |event: &Event| companies.iter().any(|(realm, _)| *realm == event.realm);
        match events.iter().all(is_known) {
            true => Ok(companies),
            false => self.companies(READ_AGAIN).await,
        }
    }

    async fn companies(
        &self,
        max_age: Duration,
    ) -> Result<Arc<Vec<(RealmId, CompanyId)>>, Outcome> {
        let now = self.clock.monotonic();
        if let Some(kept) = self.companies.get(now, max_age) {
            return Ok(kept);
        }
        let all = Key::new(Connection::PARTITION, "");
        let read = read_all::<Connection>(&self.table, &all).await;
        let read = read.map_err(|error| unavailable(&error, Outcome::TableUnavailable))?;
        let connections = read.into_iter().map(|stored| stored.value);
        let active = connections.filter(|one| one.status == ConnectionStatus::Active);
        let companies = active.map(|one| (one.realm, one.company)).collect();
        Ok(self.companies.put(companies, now))
    }

    async fn enqueue(&self, messages: Vec<QueueMessage>) -> Result<(), Outcome> {
        let sent = stream::iter(messages)
            .map(|message| self.queue.send(message))
            .buffer_unordered(BESIDE)
            .try_collect::<()>();
        sent.await
            .map_err(|error| unavailable(&error, Outcome::QueueUnavailable))
    }
}

/// Intuit repeats the post.
fn unavailable(error: &(dyn Error + 'static), outcome: Outcome) -> Outcome {
    tracing::error!(
        reason = outcome.reason(),
        error = chain(error),
        "a webhook could not be taken"
    );
    outcome
}
#[cfg(test)]
mod tests;
