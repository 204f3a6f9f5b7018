//! One webhook: its bytes and its signed headers.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::events::Event;

/// A webhook as Housecall Pro would post it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Header names in lower case, with their values: content type, `api-timestamp`, `api-signature`.
    pub headers: Vec<(&'static str, String)>,
    /// The raw body; the signature covers exactly these bytes.
    pub body: Vec<u8>,
    /// What happened.
    pub event: Event,
}

/// The lower-case hexadecimal HMAC-SHA256 of `<timestamp>.<body>`, keyed with the secret as text.
pub fn signature(secret: &str, timestamp: &str, body: &[u8]) -> String {
    // A key of any length is accepted by HMAC, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

impl Webhook {
    /// The envelope around a full record, signed for `now`.
    pub(crate) fn new(
        event: Event,
        company_id: Uuid,
        records: &[(&str, Value)],
        now: Timestamp,
        secret: &str,
    ) -> Self {
        // Built by hand in HCP's order of keys: serde_json's map sorts them, and a receiver that
        // rebuilds the body instead of using the raw bytes must not pass by accident.
        let mut body = format!(
            r#"{{"event":{},"event_occurred_at":{},"company_id":{}"#,
            json!(event.sent_as()),
            json!(seconds(now)),
            json!(company_id),
        );
        for (key, record) in records {
            body.push_str(&format!(",{}:{record}", json!(key)));
        }
        body.push('}');
        let body = body.into_bytes();
        let mut webhook = Self {
            headers: Vec::new(),
            body,
            event,
        };
        webhook.sign(now, secret);
        webhook
    }

    /// Replaces the headers by ones signed for `now`.
    pub(crate) fn sign(&mut self, now: Timestamp, secret: &str) {
        let timestamp = now.as_second().to_string();
        let signature = signature(secret, &timestamp, &self.body);
        self.headers = vec![
            ("content-type", "application/json".to_owned()),
            ("api-timestamp", timestamp),
            ("api-signature", signature),
        ];
    }

    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| *header == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A time as Housecall Pro writes it: UTC, whole seconds.
pub(crate) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
