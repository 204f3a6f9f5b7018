use fakes::{FakeClock, FakeQueue, FakeSecrets};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::message::{EvidenceKind, LookAt, Subject};

const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
const OTHER_COMPANY: &str = "11111111-6b1d-4f37-9c58-2a7d4e8b1c63";
const SECRET_NAME: &str = "test/0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63/hcp";
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
        let settings = WebhookSettings {
            secret_prefix: "test".to_owned(),
            tolerance: Duration::from_secs(24 * 60 * 60),
            max_body: WebhookSettings::MAX_BODY,
        };
        Self {
            webhook: Webhook::new(secrets.clone(), queue.clone(), clock.clone(), settings),
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
    json!({ "api_key": "key", "signing_secrets": signing, "path_token": token }).to_string()
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

/// An invoice event with all times and two payments; the second is the newer.
fn invoice_event(name: &str) -> Value {
    json!({
        "event": name,
        "event_occurred_at": "2026-07-25T10:12:03Z",
        "company_id": COMPANY,
        "invoice": {
            "id": "invoice_1",
            "job_id": "job_1",
            "sent_at": "2026-07-24T16:10:00Z",
            "paid_at": "2026-07-25T10:12:02Z",
            "payments": [
                { "id": "invpay_1", "status": "succeeded", "paid_at": "2026-07-24T18:00:00Z" },
                { "id": "invpay_2", "status": "succeeded", "paid_at": "2026-07-25T10:12:01Z" },
            ],
        },
    })
}

fn without(mut json: Value, path: &[&str]) -> Value {
    let (last, parents) = path.split_last().unwrap();
    let parent = parents.iter().fold(&mut json, |json, key| &mut json[*key]);
    parent.as_object_mut().unwrap().remove(*last).unwrap();
    json
}

#[tokio::test]
async fn a_finished_job_is_put_on_the_queue_of_its_company_and_job() {
    let receiver = Receiver::new();
    let body = finished().to_string();
    let outcome = receiver.deliver_signed(body.as_bytes(), SIGNING).await;
    assert_eq!((outcome, outcome.status()), (Outcome::Queued, 200));

    let messages = receiver.queue.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].group, format!("{COMPANY}#job_1"));
    let digest = hex::encode(Sha256::digest(format!("{COMPANY}{body}")));
    assert_eq!(messages[0].deduplication, digest);
    assert_eq!(
        serde_json::from_str::<Value>(&messages[0].body).unwrap(),
        json!({
            "v": 1,
            "company": COMPANY,
            "subject": { "job": "job_1" },
            "evidence": {
                "kind": "finished",
                "key": "finished@2026-07-24T16:05:11Z",
                "at": "2026-07-24T16:05:11Z",
                "invoice": null,
            },
        })
    );
}

#[tokio::test]
async fn t2_each_trigger_has_a_key_and_a_time_of_its_own() {
    use EvidenceKind::{Finished, Invoiced, Paid};
    let job_paid = json!({
        "event": "job.paid",
        "event_occurred_at": "2026-07-25T10:12:03Z",
        "job": { "id": "job_1" },
    });
    for (body, kind, key, at) in [
        (
            finished(),
            Finished,
            "finished@2026-07-24T16:05:11Z",
            "2026-07-24T16:05:11Z",
        ),
        (
            without(finished(), &["job", "work_timestamps"]),
            Finished,
            "finished@2026-07-24T16:05:12Z",
            "2026-07-24T16:05:12Z",
        ),
        (
            invoice_event("invoice.sent"),
            Invoiced,
            "invoiced:invoice_1@2026-07-24T16:10:00Z",
            "2026-07-24T16:10:00Z",
        ),
        (
            without(invoice_event("invoice.sent"), &["invoice", "sent_at"]),
            Invoiced,
            "invoiced:invoice_1@2026-07-25T10:12:03Z",
            "2026-07-25T10:12:03Z",
        ),
        (
            invoice_event("invoice.paid"),
            Paid,
            "paid:invoice_1@2026-07-25T10:12:02Z",
            "2026-07-25T10:12:02Z",
        ),
        (
            invoice_event("invoice.payment.succeeded"),
            Paid,
            "payment:invpay_2",
            "2026-07-25T10:12:01Z",
        ),
        (
            without(
                invoice_event("invoice.payment.succeeded"),
                &["invoice", "payments"],
            ),
            Paid,
            "paid:invoice_1@2026-07-25T10:12:02Z",
            "2026-07-25T10:12:02Z",
        ),
        (
            job_paid,
            Paid,
            "paid@2026-07-25T10:12:03Z",
            "2026-07-25T10:12:03Z",
        ),
    ] {
        let receiver = Receiver::new();
        assert_eq!(receiver.deliver(&body).await, Outcome::Queued, "{body}");
        let queued = receiver.queued();
        let evidence = queued[0].evidence.as_ref().unwrap();
        assert_eq!(evidence.kind, kind, "{body}");
        assert_eq!(evidence.key, key, "{body}");
        assert_eq!(evidence.at, time(at), "{body}");
        let invoice = body["invoice"]["id"].as_str();
        assert_eq!(
            evidence.invoice.as_ref().map(|id| id.as_str()),
            invoice,
            "{body}"
        );
        assert!(
            matches!(&queued[0].subject, Subject::Job(id) if id.as_str() == "job_1"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_occurrence_without_any_time_is_known_by_its_delivery() {
    let receiver = Receiver::new();
    let body = json!({ "event": "job.paid", "job": { "id": "job_1" } });
    receiver.deliver(&body).await;
    receiver.clock.advance(Duration::from_secs(3600));
    receiver.queue.forget_ids();
    receiver.deliver(&body).await;

    let [first, second] = &receiver.queued()[..] else {
        panic!("two messages");
    };
    let (first, second) = (
        first.evidence.as_ref().unwrap(),
        second.evidence.as_ref().unwrap(),
    );
    assert_eq!(first.key, second.key, "a late repeat is no new occurrence");
    assert_eq!(first.key.len(), "paid@".len() + 16);
    assert_eq!(first.at, time(NOW));
}

#[tokio::test]
async fn t6_edits_removals_and_refunds_are_looked_at_and_push_nothing() {
    for event in [
        "job.updated",
        "job.deleted",
        "job.canceled",
        "invoice.voided",
        "invoice.canceled",
        "invoice.amount_updated",
        "invoice.payment.failed",
        "invoice.refund.succeeded",
    ] {
        let mut body = invoice_event(event);
        body["job"] = json!({ "id": "job_1" });
        let receiver = Receiver::new();
        assert_eq!(receiver.deliver(&body).await, Outcome::Queued, "{event}");
        let message = &receiver.queue.messages()[0];
        let evidence = receiver.queued()[0].evidence.clone().unwrap();
        assert_eq!(evidence.kind, EvidenceKind::Changed, "{event}");
        assert_eq!(
            evidence.key,
            format!("changed@{}", &message.deduplication[..16]),
            "{event}"
        );
        assert_eq!(evidence.at, time("2026-07-25T10:12:03Z"), "{event}");
    }
}

#[tokio::test]
async fn t6_what_changes_nothing_is_acknowledged_and_forgotten() {
    for (body, outcome) in [
        (
            json!({ "event": "job.scheduled", "job": { "id": "job_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "estimate.sent", "estimate": { "id": "csr_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "invented.tomorrow", "job": { "id": "job_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "customer.updated", "customer": { "id": "cus_1" } }),
            Outcome::NoSubject,
        ),
        (
            json!({ "event": "job.completed", "job": { "id": "no id" } }),
            Outcome::NoSubject,
        ),
    ] {
        let receiver = Receiver::new();
        let received = receiver.deliver(&body).await;
        assert_eq!((received, received.status()), (outcome, 200), "{body}");
        assert!(receiver.queue.messages().is_empty(), "{body}");
    }
}

#[tokio::test]
async fn an_invoice_without_a_job_is_its_own_subject() {
    let receiver = Receiver::new();
    let body = without(invoice_event("invoice.paid"), &["invoice", "job_id"]);
    assert_eq!(receiver.deliver(&body).await, Outcome::Queued);
    let message = &receiver.queue.messages()[0];
    assert_eq!(message.group, format!("{COMPANY}#invoice_1"));
    assert!(matches!(&receiver.queued()[0].subject, Subject::Invoice(_)));
}

#[tokio::test]
async fn a_repeated_delivery_is_queued_once_and_a_similar_one_again() {
    let receiver = Receiver::new();
    for _ in 0..3 {
        // Signed anew each time: the time is no part of the identity.
        receiver.clock.advance(Duration::from_secs(1));
        assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
    }
    assert_eq!(receiver.queue.messages().len(), 1);

    // Two payments within one second: the same event and time, another body.
    let mut body = invoice_event("invoice.payment.succeeded");
    receiver.deliver(&body).await;
    body["invoice"]["payments"][1]["id"] = json!("invpay_3");
    receiver.deliver(&body).await;
    assert_eq!(receiver.queue.messages().len(), 3);
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
        (
            r#"{"event":"job.completed","company_id":"?"}"#,
            Outcome::OtherCompany,
        ),
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
    body.push_str(&" ".repeat(WebhookSettings::MAX_BODY - body.len()));
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

#[tokio::test]
async fn what_cannot_be_verified_now_may_come_again() {
    let receiver = Receiver::new();
    receiver.secrets.fail(1);
    let outcome = receiver.deliver(&finished()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::SecretUnavailable, 503)
    );
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);

    for (version, text) in [("2", "not JSON"), ("3", &secret(&[SIGNING], ""))] {
        receiver.secrets.put(SECRET_NAME, version, text);
        receiver.clock.advance(KEPT);
        assert_eq!(receiver.deliver(&finished()).await.status(), 503, "{text}");
    }
}

#[tokio::test]
async fn a_secret_is_kept_for_five_minutes() {
    let receiver = Receiver::new();
    for (wait, reads) in [(0, 1), (299, 1), (1, 2), (299, 2)] {
        receiver.clock.advance(Duration::from_secs(wait));
        assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
        assert_eq!(receiver.secrets.reads(), reads);
    }
}

#[tokio::test]
async fn v7_a_rotated_secret_is_found_within_a_minute_and_the_previous_one_still_counts() {
    let receiver = Receiver::new();
    let body = finished().to_string();
    let body = body.as_bytes();
    receiver.deliver_signed(body, SIGNING).await;
    receiver
        .secrets
        .put(SECRET_NAME, "2", &secret(&["new", SIGNING], TOKEN));

    receiver.clock.advance(Duration::from_secs(59));
    for _ in 0..5 {
        assert_eq!(receiver.deliver_signed(body, "new").await, Outcome::Forged);
    }
    assert_eq!(
        receiver.secrets.reads(),
        1,
        "forgeries make nobody read more often"
    );
    receiver.clock.advance(Duration::from_secs(1));
    assert_eq!(receiver.deliver_signed(body, "new").await, Outcome::Queued);
    assert_eq!(
        receiver.deliver_signed(body, SIGNING).await,
        Outcome::Queued
    );
    assert_eq!(receiver.secrets.reads(), 2);

    receiver
        .secrets
        .put(SECRET_NAME, "3", &secret(&["new"], TOKEN));
    receiver.clock.advance(KEPT);
    assert_eq!(
        receiver.deliver_signed(body, SIGNING).await,
        Outcome::Forged
    );
}

#[tokio::test]
async fn a_new_path_token_is_found_within_a_minute() {
    let receiver = Receiver::new();
    receiver.deliver(&finished()).await;
    receiver
        .secrets
        .put(SECRET_NAME, "2", &secret(&[], "renewed"));
    receiver.clock.advance(READ_AGAIN);
    assert_eq!(
        receiver.send_unsigned(COMPANY, "renewed", "{}").await,
        Outcome::UrlCheck
    );
    assert_eq!(
        receiver.send_unsigned(COMPANY, TOKEN, "{}").await,
        Outcome::UnknownPath
    );
}

#[tokio::test]
async fn an_unknown_company_is_looked_up_once_in_a_while_and_found_when_it_is_connected() {
    let receiver = Receiver::new();
    let visit = || receiver.send_unsigned(OTHER_COMPANY, TOKEN, "{}");
    for _ in 0..5 {
        assert_eq!(visit().await, Outcome::UnknownPath);
    }
    assert_eq!(receiver.secrets.reads(), 1);

    receiver.secrets.put(
        &format!("test/{OTHER_COMPANY}/hcp"),
        "1",
        &secret(&[], TOKEN),
    );
    receiver.clock.advance(UNKNOWN_KEPT);
    assert_eq!(visit().await, Outcome::UrlCheck);
}

#[tokio::test]
async fn guessed_companies_do_not_pile_up_nor_push_out_known_ones() {
    let receiver = Receiver::new();
    receiver.deliver(&finished()).await;
    for n in 0..3 * MOST_UNKNOWN {
        let company = format!("{n:08}-6b1d-4f37-9c58-2a7d4e8b1c63");
        receiver.send_unsigned(&company, TOKEN, "{}").await;
    }
    assert!(receiver.webhook.kept().len() <= MOST_UNKNOWN);
    let reads = receiver.secrets.reads();
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
    assert_eq!(receiver.secrets.reads(), reads);
}

#[tokio::test]
async fn warming_up_reads_and_its_failure_is_nobodys_business() {
    let receiver = Receiver::new();
    receiver.secrets.fail(1);
    receiver.webhook.warm_up().await;
    assert_eq!(receiver.secrets.reads(), 1);
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
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

#[test]
fn a_secret_survives_being_written_and_shows_nothing() {
    let text = secret(&["current", "previous"], TOKEN);
    let read = HcpSecret::parse(&text.as_str().into()).unwrap();
    let written = read.to_text().unwrap();
    let as_json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(
        as_json(secrecy::ExposeSecret::expose_secret(&written)),
        as_json(&text)
    );
    let shown = format!("{read:?}");
    for hidden in ["key\"", "current", "previous", TOKEN] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
