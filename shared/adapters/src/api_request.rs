//! What API Gateway hands over. Anybody can post to the address: whatever stands in a header, reading it must not fail
//! the function, nor be logged.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::Value;

/// The parts of an event (payload format 2.0) that a request consists of.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    raw_path: String,
    #[serde(default)]
    raw_query_string: String,
    /// None for a route without any.
    path_parameters: Option<HashMap<String, String>>,
    #[serde(default)]
    headers: HashMap<String, String>,
    /// Each by itself, apart from the headers.
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    request_context: Context,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Default, Deserialize)]
struct Context {
    #[serde(default)]
    http: Http,
    #[serde(default)]
    authorizer: Authorizer,
}

#[derive(Default, Deserialize)]
struct Http {
    #[serde(default)]
    method: String,
}

/// What API Gateway found about who asks; nothing for a route that asks nobody.
#[derive(Default, Deserialize)]
struct Authorizer {
    #[serde(default)]
    jwt: Token,
}

#[derive(Default, Deserialize)]
struct Token {
    #[serde(default)]
    claims: HashMap<String, Value>,
}

/// A request as API Gateway hands it over.
pub struct ApiRequest {
    event: Event,
    body: Vec<u8>,
}

impl ApiRequest {
    /// Reads the event of an HTTP API; `None`: no HTTP request is like that.
    pub fn read(event: Value) -> Option<Self> {
        let event = Event::deserialize(event).ok()?;
        let is_control = |c: char| c.is_control() && c != '\t';
        let is_odd = |(name, value): (&String, &String)| {
            name.contains(is_control) || value.contains(is_control)
        };
        let is_odd_cookie = |cookie: &String| cookie.contains(is_control);
        if event.headers.iter().any(is_odd) || event.cookies.iter().any(is_odd_cookie) {
            return None;
        }
        let text = event.body.as_deref().unwrap_or_default();
        let body = match event.is_base64_encoded {
            true => BASE64_STANDARD.decode(text).ok()?,
            false => text.as_bytes().to_vec(),
        };
        Some(Self { event, body })
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.event.request_context.http.method
    }

    /// The path, decoded.
    pub fn path(&self) -> &str {
        &self.event.raw_path
    }

    /// What stands behind the question mark, as it was sent.
    pub fn query(&self) -> &str {
        &self.event.raw_query_string
    }

    /// All headers.
    pub fn headers(&self) -> &HashMap<String, String> {
        &self.event.headers
    }

    /// Its cookies, `name=value` each.
    pub fn cookies(&self) -> &[String] {
        &self.event.cookies
    }

    /// What the token that API Gateway has checked says of that.
    pub fn claim(&self, name: &str) -> Option<&str> {
        let claims = &self.event.request_context.authorizer.jwt.claims;
        claims.get(name).and_then(Value::as_str)
    }

    /// A segment of the path by its name in the route; empty where there is none.
    pub fn segment(&self, name: &str) -> &str {
        let parameters = self.event.path_parameters.as_ref();
        let found = parameters.and_then(|parameters| parameters.get(name));
        found.map_or("", String::as_str)
    }

    /// A header, whose name may be written in capitals or not.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let mut headers = self.event.headers.iter();
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
            "cookies": ["a=b", "c=d"],
            "headers": { "Api-Timestamp": "1", "api-signature": "2", "user-agent": "x\ty \u{e9}" },
            "rawPath": "/hcp/a/b",
            "rawQueryString": "x=1",
            "requestContext": {
                "http": { "method": "POST" },
                "authorizer": { "jwt": { "claims": { "sub": "user-1", "iat": 7 } } },
            },
            "body": "{}",
            "isBase64Encoded": false,
        })
    }

    #[test]
    fn a_delivery_is_read_byte_for_byte() {
        let request = ApiRequest::read(event()).unwrap();
        assert_eq!(
            (request.segment("company"), request.segment("token")),
            ("a", "b")
        );
        assert_eq!(
            (
                request.header("api-timestamp"),
                request.header("api-signature")
            ),
            (Some("1"), Some("2"))
        );
        assert_eq!(request.body(), b"{}");
        assert_eq!(request.cookies(), ["a=b", "c=d"]);
        assert_eq!(
            (request.method(), request.path(), request.query()),
            ("POST", "/hcp/a/b", "x=1")
        );
        assert_eq!(
            (request.claim("sub"), request.claim("iat")),
            (Some("user-1"), None)
        );
        let mut encoded = event();
        encoded["isBase64Encoded"] = true.into();
        encoded["body"] = "/wA=".into();
        assert_eq!(ApiRequest::read(encoded).unwrap().body(), [0xff, 0]);
    }

    #[test]
    fn what_is_left_out_is_empty() {
        let request = ApiRequest::read(json!({})).unwrap();
        assert!(request.segment("company").is_empty() && request.header("api-signature").is_none());
        assert!(request.body().is_empty());
        let mut bare = event();
        bare["pathParameters"] = Value::Null;
        assert!(
            ApiRequest::read(bare)
                .unwrap()
                .segment("company")
                .is_empty()
        );
        let mut bodiless = event();
        bodiless["body"] = Value::Null;
        assert!(ApiRequest::read(bodiless).unwrap().body().is_empty());
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
            ("/cookies", json!(["a=\u{1}"])),
            ("/cookies", json!("a=b")),
            ("/pathParameters", json!("a/b")),
            ("/body", json!({ "a": 1 })),
        ] {
            let mut event = event();
            *event.pointer_mut(path).unwrap() = value;
            assert!(ApiRequest::read(event).is_none(), "{path}");
        }
        let mut encoded = event();
        encoded["isBase64Encoded"] = true.into();
        assert!(ApiRequest::read(encoded).is_none(), "no base64");
        assert!(ApiRequest::read(json!("text")).is_none());
    }
}
