//! Takes webhooks of Housecall Pro: verifies them, and puts *look at this job* on the queue.
//!
//! Housecall Pro may never repeat a delivery and may switch off a webhook that fails, so what is genuine is
//! acknowledged, understood or not, and only after the queue has it. What is not genuine gets a bare refusal.

mod evidence;
mod outcome;
mod secret;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hcp::{CompanyId, Delivery, Notice, signature};
use ports::{Clock, Queue, Secrets};
use sha2::{Digest, Sha256};

use super::{KEPT, READ_AGAIN};
use crate::stop::chain;

pub use outcome::Outcome;
pub use secret::{UnreadableSecret, WebhookSecret};

/// How long a company without a secret stays unknown.
const UNKNOWN_KEPT: Duration = Duration::from_secs(30);
/// How many unknown companies are remembered: their number is up to whoever calls.
const MOST_UNKNOWN: usize = 1_000;

/// One delivery as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct WebhookRequest<'a> {
    /// The company's segment of the path.
    pub company: &'a str,
    /// The unguessable segment of the path.
    pub token: &'a str,
    /// The header `Api-Timestamp`.
    pub timestamp: Option<&'a str>,
    /// The header `Api-Signature`.
    pub signature: Option<&'a str>,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct WebhookConfig {
    /// What the names of all secrets begin with.
    pub secret_prefix: String,
    /// How old, or how far in the future, a signature may be. It is not known whether a repeated delivery is
    /// signed anew, so a day is a good choice; repeats are harmless.
    pub tolerance: Duration,
    /// The longest body that is looked at, in bytes.
    pub max_body: usize,
}

impl WebhookConfig {
    /// Full records of the largest jobs stay far below it; API Gateway itself would let ten megabytes through.
    pub const MAX_BODY: usize = 256 * 1024;
}

/// The use case, with what it remembers between deliveries.
#[derive(Debug)]
pub struct Webhook<S, Q, C> {
    secrets: S,
    queue: Q,
    clock: C,
    config: WebhookConfig,
    kept: Mutex<BTreeMap<CompanyId, Kept>>,
}

/// A secret as it was last read; none for a company that is not connected.
#[derive(Clone, Debug)]
struct Kept {
    secret: Option<Arc<WebhookSecret>>,
    /// On the monotonic clock.
    read_at: Duration,
}

/// Who sent a delivery that is let in.
enum Sender {
    /// Housecall Pro, by its signature.
    HousecallPro,
    /// Somebody who knows the path and tries it.
    Trial,
}

impl<S: Secrets, Q: Queue, C: Clock> Webhook<S, Q, C> {
    /// Puts the use case together.
    pub fn new(secrets: S, queue: Q, clock: C, config: WebhookConfig) -> Self {
        Self {
            secrets,
            queue,
            clock,
            config,
            kept: Mutex::default(),
        }
    }

    /// Takes one delivery; its answer is [`Outcome::status`], without a body.
    pub async fn receive(&self, request: WebhookRequest<'_>) -> Outcome {
        match self.admit(&request).await {
            Ok((_, Sender::Trial)) => Outcome::UrlCheck,
            Ok((company, Sender::HousecallPro)) => self.pass_on(&company, request.body).await,
            Err(refusal) => refusal,
        }
    }

    /// Reads the secret in advance, so that the first delivery finds the connection open. Its failure
    /// shows again, and is told, when a delivery needs it.
    pub async fn warm_up(&self) {
        let name = WebhookSecret::name(&self.config.secret_prefix, "warm-up");
        drop(self.secrets.read(&name, None).await);
    }

    /// The line that counts a delivery of now; see [`Outcome::metric`].
    pub fn metric(&self, outcome: Outcome, function: &str) -> String {
        outcome.metric(function, self.clock.now())
    }

    /// Lets in what Housecall Pro sent, judged by path and signature before the body is believed in anything.
    async fn admit(&self, request: &WebhookRequest<'_>) -> Result<(CompanyId, Sender), Outcome> {
        if request.body.len() > self.config.max_body {
            return Err(Outcome::TooLarge);
        }
        let company = CompanyId::parse(request.company).map_err(|_| Outcome::UnknownPath)?;
        let kept = self.secret(&company, KEPT).await?;
        let judged = match self.judge(kept.as_deref(), request) {
            Err(Outcome::UnknownPath | Outcome::Forged) => {
                let again = self.secret(&company, READ_AGAIN).await?;
                self.judge(again.as_deref(), request)
            }
            judged => judged,
        };
        judged.map(|sender| (company, sender))
    }

    fn judge(
        &self,
        secret: Option<&WebhookSecret>,
        request: &WebhookRequest<'_>,
    ) -> Result<Sender, Outcome> {
        let secret = secret.ok_or(Outcome::UnknownPath)?;
        if !signature::same_secret(request.token, &secret.path_token) {
            return Err(Outcome::UnknownPath);
        }
        // The address is tried before the signing secret is known here.
        if Delivery::is_url_check(request.body) {
            return Ok(Sender::Trial);
        }
        signature::verify(
            &secret.signing_secrets,
            request.timestamp,
            request.signature,
            request.body,
            self.clock.now(),
            self.config.tolerance,
        )?;
        Ok(Sender::HousecallPro)
    }

    /// The secret of a company, as it was at most so long ago.
    async fn secret(
        &self,
        company: &CompanyId,
        max_age: Duration,
    ) -> Result<Option<Arc<WebhookSecret>>, Outcome> {
        let now = self.clock.monotonic();
        if let Some(kept) = self.kept().get(company)
            && kept.is_fresh(now, max_age)
        {
            return Ok(kept.secret.clone());
        }
        let name = WebhookSecret::name(&self.config.secret_prefix, company.as_str());
        let read = match self.secrets.read(&name, None).await {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(%company, error = chain(&error), "a webhook could not be verified");
                return Err(Outcome::SecretUnavailable);
            }
        };
        let secret = match read
            .map(|value| WebhookSecret::parse(&value.text))
            .transpose()
        {
            Ok(secret) => secret.map(Arc::new),
            Err(error) => {
                tracing::error!(%company, error = chain(&error), "a webhook could not be verified");
                return Err(Outcome::SecretUnavailable);
            }
        };
        self.keep(company.clone(), secret.clone(), now);
        Ok(secret)
    }

    fn keep(&self, company: CompanyId, secret: Option<Arc<WebhookSecret>>, read_at: Duration) {
        let mut kept = self.kept();
        if secret.is_none() && kept.len() >= MOST_UNKNOWN {
            kept.retain(|_, kept| kept.secret.is_some());
        }
        kept.insert(company, Kept { secret, read_at });
    }

    /// Whoever panicked with the lock had nothing half done: every change is one insertion.
    fn kept(&self) -> MutexGuard<'_, BTreeMap<CompanyId, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what a genuine delivery tells of on the queue, where it means something for the sync.
    async fn pass_on(&self, company: &CompanyId, body: &[u8]) -> Outcome {
        let notice = match Delivery::parse(body) {
            Ok(Delivery::Event(notice)) => notice,
            Ok(Delivery::UrlCheck) => return Outcome::UrlCheck,
            Err(hcp::DeliveryError::Malformed) => return Outcome::Malformed,
        };
        if notice
            .company
            .as_ref()
            .is_some_and(|named| named != company)
        {
            return Outcome::OtherCompany;
        }
        self.enqueue(company, &notice, &deduplication(company, body))
            .await
    }

    async fn enqueue(&self, company: &CompanyId, notice: &Notice, deduplication: &str) -> Outcome {
        let event = notice.event.name();
        let Some(evidence) = evidence::of(notice, deduplication, self.clock.now()) else {
            tracing::debug!(%company, event, "ignored");
            return Outcome::Ignored;
        };
        let Some(look_at) = evidence::look_at(company, notice, evidence) else {
            tracing::info!(%company, event, "names no job, invoice or customer");
            return Outcome::NoSubject;
        };
        let message = match look_at.to_queue(deduplication.to_owned()) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%company, event, error = chain(&error), "a webhook could not be put on the queue");
                return Outcome::QueueUnavailable;
            }
        };
        let group = message.group.clone();
        if let Err(error) = self.queue.send(message).await {
            tracing::error!(%company, event, error = chain(&error), "a webhook could not be put on the queue");
            return Outcome::QueueUnavailable;
        }
        tracing::info!(%company, event, group, deduplication, "queued");
        Outcome::Queued
    }
}

impl Kept {
    fn is_fresh(&self, now: Duration, max_age: Duration) -> bool {
        let max_age = match self.secret {
            Some(_) => max_age,
            None => max_age.min(UNKNOWN_KEPT),
        };
        now.saturating_sub(self.read_at) < max_age
    }
}

/// The same delivery, told twice, has the same id. Never the event and its second: two genuine payments can share
/// them; nor the signature: it changes with the time.
fn deduplication(company: &CompanyId, body: &[u8]) -> String {
    let digest = Sha256::new()
        .chain_update(company.as_str())
        .chain_update(body);
    hex::encode(digest.finalize())
}

#[cfg(test)]
mod tests;
