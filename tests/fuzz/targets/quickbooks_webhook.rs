//! Anybody posts anything to the address of QuickBooks' webhooks, signed or not (V6).
#![no_main]

use std::sync::Arc;

use arbitrary::Arbitrary;
use base64::{Engine, prelude::BASE64_STANDARD};
use fakes::{FakeClock, FakeQueue, FakeSecrets};
use futures::executor::block_on;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use store::memory::MemoryTable;
use sync::intake::qbo_webhook::{Outcome, QboWebhook};

const TOKEN: &str = "verifier";

#[derive(Arbitrary, Debug)]
enum Signature {
    None,
    Right,
    Any(String),
}

#[derive(Arbitrary, Debug)]
struct Input {
    signature: Signature,
    body: Vec<u8>,
}

fuzz_target!(|input: Input| block_on(receive(&input)));

async fn receive(input: &Input) {
    let secrets = FakeSecrets::new();
    let secret = serde_json::json!({ "verifier_tokens": [TOKEN] });
    secrets.put("test/qbo-webhook", "1", &secret.to_string());
    let queue = Arc::new(FakeQueue::new());
    let webhook = QboWebhook::new(
        Arc::new(secrets),
        Arc::new(MemoryTable::default()),
        queue.clone(),
        Arc::new(FakeClock::new(Timestamp::UNIX_EPOCH)),
        "test".to_owned(),
    );
    let right = BASE64_STANDARD.encode(fuzz::hmac(TOKEN, &[&input.body]));
    let signature = match &input.signature {
        Signature::None => None,
        Signature::Right => Some(right.as_str()),
        Signature::Any(any) => Some(any.as_str()),
    };
    let outcome = webhook.receive(signature, &input.body).await;
    let refused = matches!(
        outcome,
        Outcome::TooLarge | Outcome::Unsigned | Outcome::MalformedSignature | Outcome::Forged
    );
    let genuine = signature.is_some_and(|signature| signature.trim() == right);
    assert!(refused || genuine, "{outcome:?}: let in without a signature");
    assert!(queue.messages().is_empty(), "no company is connected");
    drop(webhook.metric(outcome, "qbo-webhook"));
}
