use base64::{Engine, prelude::BASE64_STANDARD};
use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use ports::Chance;
use serde_json::{Value, json};
use sha2::Sha256;
use store::{Accounts, NamedId, Preferences, Stored, memory::MemoryTable};

use super::*;
use crate::work::message::{LookAt, Subject};

mod kept;
mod posts;

const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
const OTHER_COMPANY: &str = "11111111-6b1d-4f37-9c58-2a7d4e8b1c63";
const REALM: &str = "9341453000000001";
const OTHER_REALM: &str = "9341453000000002";
const SECRET_NAME: &str = "test/qbo-webhook";
const TOKEN: &str = "verifier";
const NOW: &str = "2026-07-25T10:12:04Z";

type Receiving = QboWebhook<Arc<FakeSecrets>, Arc<MemoryTable>, Arc<FakeQueue>, Arc<FakeClock>>;

/// A receiver with stand-ins around it, and one connected company.
struct Receiver {
    webhook: Receiving,
    secrets: Arc<FakeSecrets>,
    table: Arc<MemoryTable>,
    queue: Arc<FakeQueue>,
    clock: Arc<FakeClock>,
    chance: SeededChance,
}

impl Receiver {
    async fn new() -> Self {
        let receiver = Self::unconnected();
        receiver
            .connect(COMPANY, REALM, ConnectionStatus::Active)
            .await;
        receiver
    }

    fn unconnected() -> Self {
        let secrets = Arc::new(FakeSecrets::new());
        let table = Arc::new(MemoryTable::default());
        let queue = Arc::new(FakeQueue::new());
        let clock = Arc::new(FakeClock::new(time(NOW)));
        secrets.put(SECRET_NAME, "1", &secret(&[TOKEN]));
        Self {
            webhook: QboWebhook::new(
                secrets.clone(),
                table.clone(),
                queue.clone(),
                clock.clone(),
                "test".to_owned(),
            ),
            secrets,
            table,
            queue,
            clock,
            chance: SeededChance::new(1),
        }
    }

    async fn write(&self, write: store::Write) {
        let written = self.table.write(self.chance.uuid(), vec![write]).await;
        written.unwrap();
    }

    async fn connect(&self, company: &str, realm: &str, status: ConnectionStatus) {
        let connection = connection(company, realm, status);
        let key = Connection::key(&connection.company);
        let known = store::read::<Connection>(&*self.table, &key).await.unwrap();
        let stored = match known {
            Some(known) => Stored {
                value: connection,
                ..known
            },
            None => Stored::new(key, connection),
        };
        self.write(stored.put().unwrap()).await;
    }

    /// Intuit posts a body, signed with a token.
    async fn post_signed(&self, body: &[u8], token: &str) -> Outcome {
        self.webhook.receive(Some(&sign(token, body)), body).await
    }

    async fn post(&self, body: &Value) -> Outcome {
        self.post_signed(body.to_string().as_bytes(), TOKEN).await
    }

    fn queued(&self) -> Vec<LookAt> {
        let messages = self.queue.messages();
        let bodies = messages.iter().map(|message| &message.body);
        bodies
            .map(|body| serde_json::from_str(body).unwrap())
            .collect()
    }

    /// What is queued, as `company: Payment#311 at …`.
    fn told(&self) -> Vec<String> {
        let words = |look_at: LookAt| {
            assert_eq!(look_at.subject, Subject::told());
            let evidence = look_at.evidence.unwrap();
            format!("{}: {} at {}", look_at.company, evidence.key, evidence.at)
        };
        self.queued().into_iter().map(words).collect()
    }
}

fn connection(company: &str, realm: &str, status: ConnectionStatus) -> Connection {
    Connection {
        company: CompanyId::parse(company).unwrap(),
        realm: RealmId::new(realm).unwrap(),
        status,
        connected_at: time(NOW),
        time_zone: "America/New_York".to_owned(),
        accounts: Accounts {
            income: NamedId {
                id: qbo::Id::new("1"),
                name: "Sales".to_owned(),
            },
            expense: None,
        },
        preferences: Preferences::default(),
        terms: Vec::new(),
        classes: Vec::new(),
        payment_methods: Vec::new(),
        tax_codes: Vec::new(),
        read_at: None,
        extra_accounts: Vec::new(),
        money_accounts: Vec::new(),
        income_accounts: Vec::new(),
        undeposited_funds: None,
        accounted_until: None,
    }
}

fn secret(tokens: &[&str]) -> String {
    json!({ "verifier_tokens": tokens }).to_string()
}

fn sign(token: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).unwrap();
    BASE64_STANDARD.encode(mac.chain_update(body).finalize().into_bytes())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An event of the connected company in today's form.
fn event(kind: &str, id: &str, event_id: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": event_id,
        "type": format!("qbo.{kind}.v1"),
        "time": "2026-07-25T10:12:01.123456789Z",
        "intuitentityid": id,
        "intuitaccountid": REALM,
        "data": {},
    })
}

fn paid() -> Value {
    json!([event("payment.created", "311", "e1")])
}

#[tokio::test]
async fn v7_what_intuit_did_not_sign_is_refused_before_it_is_read() {
    let receiver = Receiver::new().await;
    let body = paid().to_string();
    let good = sign(TOKEN, body.as_bytes());
    for (signature, outcome) in [
        (None, Outcome::Unsigned),
        (Some(""), Outcome::MalformedSignature),
        (Some("good"), Outcome::MalformedSignature),
        (Some(&*sign("another", body.as_bytes())), Outcome::Forged),
        (Some(&*sign(TOKEN, b"[]")), Outcome::Forged),
        (Some(&*sign("", body.as_bytes())), Outcome::Forged),
    ] {
        let received = receiver.webhook.receive(signature, body.as_bytes()).await;
        assert_eq!(
            (received, received.status()),
            (outcome, 401),
            "{signature:?}"
        );
    }
    assert!(receiver.queue.messages().is_empty());
    let received = receiver.webhook.receive(Some(&good), body.as_bytes()).await;
    assert_eq!(received, Outcome::Queued);
}

#[tokio::test]
async fn v7_without_a_verifier_token_nothing_is_let_in() {
    let receiver = Receiver::new().await;
    receiver.secrets.remove(SECRET_NAME);
    let outcome = receiver.post(&paid()).await;
    assert_eq!((outcome, outcome.status()), (Outcome::NoToken, 404));
    receiver.secrets.put(SECRET_NAME, "1", &secret(&[]));
    receiver.clock.advance(READ_AGAIN);
    assert_eq!(receiver.post(&paid()).await, Outcome::Forged);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_anything_is_read() {
    let receiver = Receiver::new().await;
    let mut body = paid().to_string();
    body.push_str(&" ".repeat(MAX_BODY - body.len()));
    let outcome = receiver.post_signed(body.as_bytes(), TOKEN).await;
    assert_eq!(outcome, Outcome::Queued);

    let receiver = Receiver::new().await;
    body.push(' ');
    let outcome = receiver.post_signed(body.as_bytes(), TOKEN).await;
    assert_eq!((outcome, outcome.status()), (Outcome::TooLarge, 413));
    assert_eq!(receiver.secrets.reads(), 0);
}

#[tokio::test]
async fn r1_a_post_is_acknowledged_only_when_the_queue_has_all_of_it() {
    let receiver = Receiver::new().await;
    let two = json!([
        event("payment.created", "311", "e1"),
        event("payment.created", "312", "e2")
    ]);
    receiver.queue.refuse(1);
    let outcome = receiver.post(&two).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::QueueUnavailable, 503)
    );

    // The queue's answer is lost; Intuit repeats, and still each is queued once.
    receiver.queue.lose_answers(1);
    assert_eq!(receiver.post(&two).await.status(), 503);
    assert_eq!(receiver.post(&two).await, Outcome::Queued);
    assert_eq!(receiver.queue.messages().len(), 2);
}

#[tokio::test]
async fn r1_r4_only_what_may_concern_a_job_is_queued() {
    for (kind, is_queued) in [
        ("payment.updated", true),
        ("invoice.updated", false),
        ("invoice.voided", true),
        ("refundreceipt.created", false),
        ("refundreceipt.updated", true),
        ("salesreceipt.deleted", true),
        ("purchase.voided", true),
        ("purchase.created", false),
        ("purchase.emailed", false),
        ("customer.deleted", false),
    ] {
        let receiver = Receiver::new().await;
        let outcome = receiver.post(&json!([event(kind, "311", "e1")])).await;
        let expected = match is_queued {
            true => Outcome::Queued,
            false => Outcome::Ignored,
        };
        assert_eq!(outcome, expected, "{kind}");
    }
}

#[test]
fn a_metric_counts_posts_by_what_became_of_them() {
    for (outcome, name, reason) in [
        (Outcome::Queued, "WebhookAccepted", "queued"),
        (
            Outcome::UnknownCompany,
            "WebhookAccepted",
            "unknown_company",
        ),
        (Outcome::Unreadable, "WebhookAccepted", "unreadable"),
        (Outcome::Forged, "WebhookRefused", "forged"),
        (
            Outcome::TableUnavailable,
            "WebhookRefused",
            "table_unavailable",
        ),
    ] {
        let line = Receiver::unconnected().webhook.metric(outcome, "receiver");
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&line["FunctionName"], &line["reason"], &line[name]),
            (&json!("receiver"), &json!(reason), &json!(1))
        );
    }
}
