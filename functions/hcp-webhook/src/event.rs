//! What API Gateway hands over. Anybody can post to the address: whatever stands in a header, reading it must not fail
//! the function, nor be logged.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::Value;
use sync::intake::hcp_webhook::WebhookRequest;

/// The parts of an event (payload format 2.0) that a delivery consists of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    path_parameters: HashMap<String, String>,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A delivery as it was posted.
pub(crate) struct Posted {
    company: String,
    token: String,
    timestamp: Option<String>,
    signature: Option<String>,
    body: Vec<u8>,
}

impl Posted {
    /// `None`: no HTTP request is like that.
    pub(crate) fn read(event: Value) -> Option<Self> {
        let mut event = Event::deserialize(event).ok()?;
        let is_control = |c: char| c.is_control() && c != '\t';
        let mut texts = event.headers.iter().flat_map(|(name, value)| [name, value]);
        if texts.any(|text| text.contains(is_control)) {
            return None;
        }
        let text = event.body.unwrap_or_default();
        let body = match event.is_base64_encoded {
            true => BASE64_STANDARD.decode(text).ok()?,
            false => text.into_bytes(),
        };
        let mut segment = |name| event.path_parameters.remove(name).unwrap_or_default();
        let header = |wanted| {
            let mut headers = event.headers.iter();
            let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.clone())
        };
        Some(Self {
            company: segment("company"),
            token: segment("token"),
            timestamp: header("api-timestamp"),
            signature: header("api-signature"),
            body,
        })
    }

    pub(crate) fn request(&self) -> WebhookRequest<'_> {
        WebhookRequest {
            company: &self.company,
            token: &self.token,
            timestamp: self.timestamp.as_deref(),
            signature: self.signature.as_deref(),
            body: &self.body,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({
            "version": "2.0",
            "routeKey": "POST /hcp/{company}/{token}",
            "pathParameters": { "company": "a", "token": "b" },
            "headers": { "Api-Timestamp": "1", "api-signature": "2", "user-agent": "x\ty \u{e9}" },
            "requestContext": { "http": { "method": "POST" } },
            "body": "{}",
            "isBase64Encoded": false,
        })
    }

    #[test]
    fn a_delivery_is_read_byte_for_byte() {
        let posted = Posted::read(event()).unwrap();
        let request = posted.request();
        assert_eq!((request.company, request.token), ("a", "b"));
        assert_eq!(
            (request.timestamp, request.signature),
            (Some("1"), Some("2"))
        );
        assert_eq!(request.body, b"{}");
        let mut encoded = event();
        encoded["isBase64Encoded"] = true.into();
        encoded["body"] = "/wA=".into();
        assert_eq!(Posted::read(encoded).unwrap().body, [0xff, 0]);
    }

    #[test]
    fn what_is_left_out_is_empty() {
        let posted = Posted::read(json!({})).unwrap();
        assert!(posted.company.is_empty() && posted.signature.is_none() && posted.body.is_empty());
        let mut bodiless = event();
        bodiless["body"] = Value::Null;
        assert!(Posted::read(bodiless).unwrap().body.is_empty());
    }

    #[test]
    fn what_no_request_looks_like_is_refused_and_nothing_fails() {
        for (path, value) in [
            ("/headers/api-signature", json!("a\u{1}b")),
            ("/headers/Api-Timestamp", json!("1\r\n2")),
            ("/headers/user-agent", json!("\u{0}")),
            ("/headers/user-agent", json!("\u{7f}")),
            ("/headers/user-agent", json!(7)),
            ("/headers", json!({ "a\u{2}": "b" })),
            ("/headers", json!([])),
            ("/pathParameters", json!("a/b")),
            ("/body", json!({ "a": 1 })),
        ] {
            let mut event = event();
            *event.pointer_mut(path).unwrap() = value;
            assert!(Posted::read(event).is_none(), "{path}");
        }
        let mut encoded = event();
        encoded["isBase64Encoded"] = true.into();
        assert!(Posted::read(encoded).is_none(), "no base64");
        assert!(Posted::read(json!("text")).is_none());
    }
}
