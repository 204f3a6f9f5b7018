//! What API Gateway hands over. Anybody can post to the address: whatever stands in a header, reading it must not fail
//! the function, nor be logged.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::Value;

/// The parts of an event (payload format 2.0) that a delivery consists of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    /// None for a route without any.
    path_parameters: Option<HashMap<String, String>>,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// A webhook as it was posted.
pub struct Posted {
    path_parameters: HashMap<String, String>,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Posted {
    /// Reads the event of an HTTP API; `None`: no HTTP request is like that.
    pub fn read(event: Value) -> Option<Self> {
        let event = Event::deserialize(event).ok()?;
        let is_control = |c: char| c.is_control() && c != '\t';
        let is_odd = |(name, value): (&String, &String)| {
            name.contains(is_control) || value.contains(is_control)
        };
        if event.headers.iter().any(is_odd) {
            return None;
        }
        let text = event.body.unwrap_or_default();
        let body = match event.is_base64_encoded {
            true => BASE64_STANDARD.decode(text).ok()?,
            false => text.into_bytes(),
        };
        Some(Self {
            path_parameters: event.path_parameters.unwrap_or_default(),
            headers: event.headers,
            body,
        })
    }

    /// A segment of the path by its name in the route; empty where there is none.
    pub fn segment(&self, name: &str) -> &str {
        self.path_parameters.get(name).map_or("", String::as_str)
    }

    /// A header, whose name may be written in capitals or not.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.body
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
        assert_eq!(
            (posted.segment("company"), posted.segment("token")),
            ("a", "b")
        );
        assert_eq!(
            (
                posted.header("api-timestamp"),
                posted.header("api-signature")
            ),
            (Some("1"), Some("2"))
        );
        assert_eq!(posted.body(), b"{}");
        let mut encoded = event();
        encoded["isBase64Encoded"] = true.into();
        encoded["body"] = "/wA=".into();
        assert_eq!(Posted::read(encoded).unwrap().body(), [0xff, 0]);
    }

    #[test]
    fn what_is_left_out_is_empty() {
        let posted = Posted::read(json!({})).unwrap();
        assert!(posted.segment("company").is_empty() && posted.header("api-signature").is_none());
        assert!(posted.body().is_empty());
        let mut bare = event();
        bare["pathParameters"] = Value::Null;
        assert!(Posted::read(bare).unwrap().segment("company").is_empty());
        let mut bodiless = event();
        bodiless["body"] = Value::Null;
        assert!(Posted::read(bodiless).unwrap().body().is_empty());
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
