use fakes::{FakeClock, FakeQueue, FakeSecrets};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::work::message::LookAt;

mod evidence;
mod secrets;

const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
const OTHER_COMPANY: &str = "11111111-6b1d-4f37-9c58-2a7d4e8b1c63";
const SECRET_NAME: &str = "test/0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63/webhook";
const TOKEN: &str = "unguessable";
const SIGNING: &str = "0123456789abcdef0123456789abcdef";
const NOW: &str = "2026-07-25T10:12:04Z";

/// A receiver with stand-ins around it, and one connected company.
struct Receiver {
    webhook: Webhook<Arc<FakeSecrets>, Arc<FakeQueue>, Arc<FakeClock>>,
    secrets: Arc<FakeSecrets>,
    queue: Arc<FakeQueue>,
    clock: Arc<FakeClock>,
}

impl Receiver {
    fn new() -> Self {
        let secrets = Arc::new(FakeSecrets::new());
        let queue = Arc::new(FakeQueue::new());
        let clock = Arc::new(FakeClock::new(time(NOW)));
        secrets.put(SECRET_NAME, "1", &secret(&[SIGNING], TOKEN));
        let config = WebhookConfig {
            secret_prefix: "test".to_owned(),
            tolerance: Duration::from_secs(24 * 60 * 60),
            max_body: WebhookConfig::MAX_BODY,
        };
        Self {
            webhook: Webhook::new(secrets.clone(), queue.clone(), clock.clone(), config),
            secrets,
            queue,
            clock,
        }
    }

    /// Housecall Pro delivers a body, signed with a secret now.
    async fn deliver_signed(&self, body: &[u8], signing: &str) -> Outcome {
        let timestamp = self.clock.now().as_second().to_string();
        let signature = sign(signing, &timestamp, body);
        let request = WebhookRequest {
            company: COMPANY,
            token: TOKEN,
            timestamp: Some(&timestamp),
            signature: Some(&signature),
            body,
        };
        self.webhook.receive(request).await
    }

    async fn deliver(&self, body: &Value) -> Outcome {
        self.deliver_signed(body.to_string().as_bytes(), SIGNING)
            .await
    }

    /// Somebody sends a body without a signature.
    async fn send_unsigned(&self, company: &str, token: &str, body: &str) -> Outcome {
        let request = WebhookRequest {
            company,
            token,
            timestamp: None,
            signature: None,
            body: body.as_bytes(),
        };
        self.webhook.receive(request).await
    }

    fn queued(&self) -> Vec<LookAt> {
        let messages = self.queue.messages();
        messages
            .iter()
            .map(|m| serde_json::from_str(&m.body).unwrap())
            .collect()
    }
}

fn secret(signing: &[&str], token: &str) -> String {
    json!({ "signing_secrets": signing, "path_token": token }).to_string()
}

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&[timestamp.as_bytes(), b".", body].concat());
    hex::encode(mac.finalize().into_bytes())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn finished() -> Value {
    json!({
        "event": "job.completed",
        "event_occurred_at": "2026-07-24T16:05:12Z",
        "company_id": COMPANY,
        "job": { "id": "job_1", "work_timestamps": { "completed_at": "2026-07-24T16:05:11Z" } },
    })
}

#[tokio::test]
async fn the_trial_of_the_address_needs_the_path_and_no_signature() {
    let receiver = Receiver::new();
    receiver.secrets.put(SECRET_NAME, "2", &secret(&[], TOKEN));
    let trial = r#"{"foo":"bar"}"#;
    for (company, token, outcome) in [
        (COMPANY, TOKEN, Outcome::UrlCheck),
        (&COMPANY.to_uppercase(), TOKEN, Outcome::UrlCheck),
        (COMPANY, "guessed", Outcome::UnknownPath),
        (OTHER_COMPANY, TOKEN, Outcome::UnknownPath),
    ] {
        assert_eq!(
            receiver.send_unsigned(company, token, trial).await,
            outcome,
            "{company} {token}"
        );
    }
    assert!(receiver.queue.messages().is_empty());
}

#[tokio::test]
async fn who_does_not_know_the_path_is_not_told_why() {
    let body = finished().to_string();
    for (company, token) in [
        (COMPANY, ""),
        (COMPANY, "unguessabl"),
        (COMPANY, "unguessable "),
        (OTHER_COMPANY, TOKEN),
        ("", TOKEN),
        ("../other", TOKEN),
        ("0f5e2c9a", TOKEN),
    ] {
        let outcome = Receiver::new().send_unsigned(company, token, &body).await;
        assert_eq!(
            (outcome, outcome.status()),
            (Outcome::UnknownPath, 404),
            "{company} {token}"
        );
    }
}

#[tokio::test]
async fn v7_what_housecall_pro_did_not_sign_is_refused() {
    let body = finished().to_string();
    let receiver = Receiver::new();
    let sent_at = receiver.clock.now().as_second().to_string();
    let long_ago = (receiver.clock.now().as_second() - 2 * 24 * 60 * 60).to_string();
    let good = sign(SIGNING, &sent_at, body.as_bytes());
    let elsewhere = sign("another company's", &sent_at, body.as_bytes());
    let of_another_body = sign(SIGNING, &sent_at, b"{}");
    let old = sign(SIGNING, &long_ago, body.as_bytes());
    for (timestamp, signature, outcome) in [
        (None, None, Outcome::Unsigned),
        (Some(&sent_at), None, Outcome::Unsigned),
        (None, Some(&good), Outcome::Unsigned),
        (
            Some(&"soon".to_owned()),
            Some(&good),
            Outcome::MalformedSignature,
        ),
        (
            Some(&sent_at),
            Some(&"good".to_owned()),
            Outcome::MalformedSignature,
        ),
        (Some(&sent_at), Some(&elsewhere), Outcome::Forged),
        (Some(&sent_at), Some(&of_another_body), Outcome::Forged),
        (Some(&long_ago), Some(&good), Outcome::Forged),
        (Some(&long_ago), Some(&old), Outcome::Stale),
    ] {
        let request = WebhookRequest {
            company: COMPANY,
            token: TOKEN,
            timestamp: timestamp.map(String::as_str),
            signature: signature.map(String::as_str),
            body: body.as_bytes(),
        };
        let received = receiver.webhook.receive(request).await;
        assert_eq!(
            (received, received.status()),
            (outcome, 401),
            "{timestamp:?} {signature:?}"
        );
    }
    assert!(receiver.queue.messages().is_empty());
}

#[tokio::test]
async fn what_is_signed_but_no_webhook_of_this_company_is_refused() {
    let receiver = Receiver::new();
    let of_another =
        json!({ "event": "job.completed", "company_id": OTHER_COMPANY, "job": { "id": "job_1" } });
    for (body, outcome) in [
        ("", Outcome::Malformed),
        ("[1]", Outcome::Malformed),
        ("event=job.completed", Outcome::Malformed),
        (r#"{"event":"job.completed""#, Outcome::Malformed),
        (&of_another.to_string(), Outcome::OtherCompany),
    ] {
        let received = receiver.deliver_signed(body.as_bytes(), SIGNING).await;
        assert_eq!((received, received.status()), (outcome, 400), "{body}");
    }
    assert!(receiver.queue.messages().is_empty());
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_anything_is_read() {
    let receiver = Receiver::new();
    let mut body = finished().to_string();
    body.push_str(&" ".repeat(WebhookConfig::MAX_BODY - body.len()));
    assert_eq!(
        receiver.deliver_signed(body.as_bytes(), SIGNING).await,
        Outcome::Queued
    );

    let receiver = Receiver::new();
    body.push(' ');
    let outcome = receiver.deliver_signed(body.as_bytes(), SIGNING).await;
    assert_eq!((outcome, outcome.status()), (Outcome::TooLarge, 413));
    assert_eq!(receiver.secrets.reads(), 0);
}

#[tokio::test]
async fn a_delivery_is_acknowledged_only_when_the_queue_has_it() {
    let receiver = Receiver::new();
    receiver.queue.refuse(1);
    let outcome = receiver.deliver(&finished()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::QueueUnavailable, 503)
    );
    assert!(receiver.queue.messages().is_empty());

    // The queue's answer is lost; Housecall Pro repeats, and still there is one message.
    receiver.queue.lose_answers(1);
    assert_eq!(receiver.deliver(&finished()).await.status(), 503);
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
    assert_eq!(receiver.queue.messages().len(), 1);
}

#[test]
fn a_metric_counts_what_was_accepted_or_refused_by_reason() {
    for (outcome, name, reason) in [
        (Outcome::Queued, "WebhookAccepted", "queued"),
        (Outcome::Forged, "WebhookRefused", "forged"),
        (
            Outcome::QueueUnavailable,
            "WebhookRefused",
            "queue_unavailable",
        ),
    ] {
        let line = Receiver::new().webhook.metric(outcome, "receiver");
        assert!(!line.contains('\n'));
        assert_eq!(
            serde_json::from_str::<Value>(&line).unwrap(),
            json!({
                "_aws": {
                    "Timestamp": 1_784_974_324_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "hcp-qbo-sync",
                        "Dimensions": [["FunctionName"], ["FunctionName", "reason"]],
                        "Metrics": [{ "Name": name, "Unit": "Count" }],
                    }],
                },
                "FunctionName": "receiver",
                "reason": reason,
                name: 1,
            })
        );
    }
}
