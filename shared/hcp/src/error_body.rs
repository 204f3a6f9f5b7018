//! What Housecall Pro says when it refuses: five shapes of JSON, pages of HTML, or nothing.

use serde_json::Value;

/// The body of a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ErrorBody {
    /// JSON with a reason in one of the five shapes, as one line.
    Message(String),
    /// A page: the address itself is unknown to the server.
    Html,
    /// Nothing, or nothing known.
    Silent,
}

/// Longer reasons are cut: they go into alerts.
const MAX_LENGTH: usize = 200;

impl ErrorBody {
    pub(crate) fn parse(body: &[u8]) -> Self {
        if let Ok(json) = serde_json::from_slice::<Value>(body) {
            return match message(&json) {
                Some(text) => Self::Message(text.chars().take(MAX_LENGTH).collect()),
                None => Self::Silent,
            };
        }
        match body.trim_ascii_start().first() {
            Some(b'<') => Self::Html,
            _ => Self::Silent,
        }
    }
}

fn message(json: &Value) -> Option<String> {
    text(&json["message"])
        .or_else(|| text(&json["error"]["message"]))
        .or_else(|| text(&json["error"]))
        .or_else(|| reasons(&json["errors"]))
}

fn text(json: &Value) -> Option<String> {
    json.as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// `{"status": "must be an array"}`, `{"name": ["can't be blank", "is too short"]}`, also a bare list or text.
fn reasons(json: &Value) -> Option<String> {
    let said = match json {
        Value::Object(fields) => fields
            .iter()
            .filter_map(|(field, said)| Some(format!("{field} {}", reasons(said)?)))
            .collect(),
        Value::Array(list) => list.iter().filter_map(reasons).collect(),
        other => Vec::from_iter(text(other)),
    };
    (!said.is_empty()).then(|| said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_gives_its_reason() {
        for (body, reason) in [
            (r#"{"message":"Unauthorized"}"#, "Unauthorized"),
            (r#"{"error":{"message":"job not found"}}"#, "job not found"),
            (r#"{"error":"Too many requests"}"#, "Too many requests"),
            (
                r#"{"errors":{"status":"must be an array"}}"#,
                "status must be an array",
            ),
            (
                r#"{"errors":{"a":["is odd","is long"],"b":"is blank"}}"#,
                "a is odd; is long; b is blank",
            ),
            (
                r#"{"message":"Name can't be blank","name":["can't be blank"]}"#,
                "Name can't be blank",
            ),
            (r#"{"errors":["first","second"]}"#, "first; second"),
        ] {
            assert_eq!(
                ErrorBody::parse(body.as_bytes()),
                ErrorBody::Message(reason.to_owned()),
                "{body}"
            );
        }
    }

    #[test]
    fn pages_and_silence_are_told_apart() {
        for (body, expected) in [
            ("\n<!DOCTYPE html><html></html>", ErrorBody::Html),
            ("", ErrorBody::Silent),
            ("Bad gateway", ErrorBody::Silent),
            ("{}", ErrorBody::Silent),
            ("[]", ErrorBody::Silent),
            (r#"{"error":null}"#, ErrorBody::Silent),
        ] {
            assert_eq!(ErrorBody::parse(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_long_reason_is_cut() {
        let body = format!(r#"{{"message":"{}"}}"#, "é".repeat(1_000));
        assert_eq!(
            ErrorBody::parse(body.as_bytes()),
            ErrorBody::Message("é".repeat(200))
        );
    }
}
