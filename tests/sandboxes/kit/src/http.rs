//! Requests and answers, whoever carries them.

use std::{fmt, time::Duration};

use percent_encoding::percent_decode_str;
use ports::{HttpFailure, HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Clock;

/// One request.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Verb in capitals.
    pub method: String,
    /// Path with its query, percent-encoded; scheme and host may stand before it and are ignored.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// Body bytes; empty for none.
    pub body: Vec<u8>,
}

/// Shows the verb and the path only: headers carry tokens, queries and bodies carry names.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = self.body.len();
        write!(f, "{} {} ({length} bytes)", self.method, self.path())
    }
}

impl From<HttpRequest> for Request {
    fn from(request: HttpRequest) -> Self {
        let headers = request.headers.into_iter();
        Self {
            method: request.method.as_str().to_owned(),
            target: request.url,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body: request.body,
        }
    }
}

impl Request {
    /// A read.
    pub fn get(target: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// A write with JSON.
    pub fn post(target: &str, body: &Value) -> Self {
        Self {
            method: "POST".to_owned(),
            target: target.to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// A removal.
    pub fn delete(target: &str) -> Self {
        Self {
            method: "DELETE".to_owned(),
            ..Self::get(target)
        }
    }

    /// The same with a header more; its name in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The path, without scheme, host and query.
    pub fn path(&self) -> &str {
        let target = self.path_and_query();
        target.split_once('?').map_or(target, |(path, _)| path)
    }

    /// The path and the query, without scheme and host.
    pub fn path_and_query(&self) -> &str {
        // An address can stand in the query too, with its signs as they are.
        let target = match self.target.split_once("://") {
            Some((_, rest)) if !self.target.starts_with('/') => {
                rest.find('/').map_or("/", |at| &rest[at..])
            }
            _ => self.target.as_str(),
        };
        target.split('#').next().unwrap_or_default()
    }

    /// Names and values of the query, decoded, in their order.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.path_and_query().split_once('?');
        query.map_or_else(Vec::new, |(_, query)| form(query))
    }

    /// A parameter of the query, decoded; empty ones count as absent.
    pub fn param(&self, name: &str) -> Option<String> {
        let mut query = self.query().into_iter();
        query
            .find(|(n, value)| n == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    /// The body as JSON; an empty one as an empty object. A body that is not declared as JSON is refused, so that a
    /// foreign web page cannot press buttons.
    ///
    /// # Errors
    /// The answer that refuses it: 415 or 400.
    pub fn json(&self) -> Result<Value, Answer> {
        let is_declared = self
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        if !is_declared {
            return Err(Answer::refused(
                415,
                "send the header content-type: application/json",
            ));
        }
        if self.body.is_empty() {
            return Ok(json!({}));
        }
        serde_json::from_slice(&self.body).map_err(|error| Answer::refused(400, &error.to_string()))
    }

    /// The body as a type of its own.
    ///
    /// # Errors
    /// The answer that refuses it: 415 or 400.
    pub fn order<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        serde_json::from_value(self.json()?)
            .map_err(|error| Answer::refused(400, &error.to_string()))
    }
}

/// Reads `a=b&c=d` with percent signs and pluses.
pub fn form(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// One answer, and how it arrives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
    /// How long the answer is held back.
    pub delay: Duration,
    /// The connection closes instead of this answer arriving.
    pub is_lost: bool,
}

impl From<HttpResponse> for Answer {
    fn from(response: HttpResponse) -> Self {
        Self {
            status: response.status,
            headers: response.headers,
            body: response.body,
            ..Self::default()
        }
    }
}

impl From<Answer> for HttpResponse {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        }
    }
}

impl Answer {
    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::typed(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A page.
    pub fn html(status: u16, body: impl Into<String>) -> Self {
        Self::typed(status, "text/html; charset=utf-8", body.into())
    }

    /// A body of this content type.
    pub fn typed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            ..Self::default()
        }
    }

    /// No body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// A refusal of the sandbox's own, not of the system that it stands for.
    pub fn refused(status: u16, why: &str) -> Self {
        Self::json(status, &json!({ "refused": why }))
    }

    /// No answer: the connection closes.
    pub fn lost() -> Self {
        Self {
            is_lost: true,
            ..Self::default()
        }
    }

    /// The body as JSON; null where it is none.
    pub fn body_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The answer as it comes out of `ports::Http` in process, where the caller waits no longer than `timeout`.
    ///
    /// # Errors
    /// When it is lost, or comes too late.
    pub async fn arrive(
        self,
        clock: &Clock,
        url: &str,
        timeout: Duration,
    ) -> Result<HttpResponse, HttpFailure> {
        clock.spend(self.delay.min(timeout)).await;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        let lost = |reason: &str| HttpFailure::lost(host, reason);
        if self.is_lost {
            return Err(lost("the connection closed before an answer"));
        }
        if self.delay >= timeout && !self.delay.is_zero() {
            return Err(lost("no answer in time"));
        }
        Ok(self.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_ignored_and_parameters_are_decoded() {
        for (target, path, query) in [
            (
                "https://h.example/a/b?q=1%202+3&q=&z#part",
                "/a/b",
                &[("q", "1 2 3"), ("q", ""), ("z", "")][..],
            ),
            (
                "/connect?to=https://app.example/back",
                "/connect",
                &[("to", "https://app.example/back")],
            ),
            ("https://h.example", "/", &[]),
            ("/a", "/a", &[]),
        ] {
            let request = Request::get(target);
            assert_eq!(request.path(), path, "{target}");
            let found = request.query();
            let found: Vec<_> = found
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            assert_eq!(found, query, "{target}");
        }
        let request = Request::get("/?empty=&name=R%20%26%20A");
        assert_eq!(request.param("name").as_deref(), Some("R & A"));
        assert_eq!(request.param("empty"), None);
    }

    #[test]
    fn only_declared_json_is_an_order() {
        let declared = Request::post("/", &json!({ "a": 1 }));
        assert_eq!(declared.json().unwrap(), json!({ "a": 1 }));
        let foreign = Request {
            headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
            ..declared.clone()
        };
        assert_eq!(foreign.json().unwrap_err().status, 415);
        let broken = Request {
            body: b"{".to_vec(),
            ..declared
        };
        assert_eq!(broken.json().unwrap_err().status, 400);
    }

    #[tokio::test]
    async fn an_answer_arrives_is_lost_or_comes_too_late() {
        let clock = Clock::following(jiff::Timestamp::now);
        let second = Duration::from_secs(1);
        for (delay, is_lost, arrives) in [
            (Duration::ZERO, false, true),
            (second / 2, false, true),
            (second, false, false),
            (Duration::ZERO, true, false),
        ] {
            let answer = Answer {
                delay,
                is_lost,
                ..Answer::empty(200)
            };
            let arrived = answer.arrive(&clock, "https://h.example/a", second).await;
            assert_eq!(arrived.is_ok(), arrives, "{delay:?} {is_lost}");
        }
    }
}
