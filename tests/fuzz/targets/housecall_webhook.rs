//! Anybody posts anything to the address of a company's webhooks, signed or not (V6).
#![no_main]

use std::{sync::Arc, time::Duration};

use arbitrary::Arbitrary;
use fakes::{FakeClock, FakeQueue, FakeSecrets};
use futures::executor::block_on;
use hcp::Delivery;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use sync::intake::hcp_webhook::{Outcome, Webhook, WebhookConfig, WebhookRequest};

const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
const TOKEN: &str = "unguessable";
const SIGNING: &str = "0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_784_973_124;

#[derive(Arbitrary, Debug)]
struct Input {
    company: Option<String>,
    token: Option<String>,
    signed: Signed,
    body: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
enum Signed {
    Rightly,
    Somehow {
        timestamp: Option<String>,
        signature: Option<String>,
    },
}

fuzz_target!(|input: Input| block_on(receive(&input)));

async fn receive(input: &Input) {
    let secrets = FakeSecrets::new();
    let secret = serde_json::json!({ "signing_secrets": [SIGNING], "path_token": TOKEN });
    secrets.put(&format!("test/{COMPANY}/webhook"), "1", &secret.to_string());
    let queue = Arc::new(FakeQueue::new());
    let config = WebhookConfig {
        secret_prefix: "test".to_owned(),
        tolerance: Duration::from_secs(24 * 60 * 60),
        max_body: WebhookConfig::MAX_BODY,
    };
    let now = Timestamp::from_second(NOW).expect("a time");
    let webhook = Webhook::new(Arc::new(secrets), queue.clone(), Arc::new(FakeClock::new(now)), config);
    let time = NOW.to_string();
    let right = hex::encode(fuzz::hmac(SIGNING, &[time.as_bytes(), b".", &input.body]));
    let (timestamp, signature) = match &input.signed {
        Signed::Rightly => (Some(time.as_str()), Some(right.as_str())),
        Signed::Somehow { timestamp, signature } => (timestamp.as_deref(), signature.as_deref()),
    };
    let request = WebhookRequest {
        company: input.company.as_deref().unwrap_or(COMPANY),
        token: input.token.as_deref().unwrap_or(TOKEN),
        timestamp,
        signature,
        body: &input.body,
    };
    let outcome = webhook.receive(request).await;
    let genuine = matches!(input.signed, Signed::Rightly)
        || timestamp.is_some_and(|timestamp| {
            let due = hex::encode(fuzz::hmac(SIGNING, &[timestamp.as_bytes(), b".", &input.body]));
            signature.is_some_and(|signature| signature.eq_ignore_ascii_case(&due))
        });
    let queued = !queue.messages().is_empty();
    assert_eq!(queued, outcome == Outcome::Queued, "{outcome:?}");
    assert!(!queued || genuine, "what nobody signed is on the queue");
    let trial = outcome == Outcome::UrlCheck;
    assert!(!trial || genuine || Delivery::is_url_check(&input.body), "no trial");
    drop(webhook.metric(outcome, "hcp-webhook"));
}
