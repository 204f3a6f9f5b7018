//! What cannot be had, as plain sentences: of the office itself (RFC 9457), or of the gateway before it.

use ports::HttpResponse;
use serde::Deserialize;

use crate::{failure::Failure, table::one_line};

/// Problem details.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

/// Why an answer is not what was asked for.
pub(super) fn failure(answer: &HttpResponse, office: &str) -> Failure {
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let words = match (problem, answer.status) {
        (Some(Problem { detail }), _) => sentence(&one_line(detail)),
        (None, 401 | 403) => {
            format!(
                "The office at {office} does not accept the sign-in: hcpqbo login begins a new one."
            )
        }
        (None, 404) => {
            format!("There is no office at {office}: is OFFICE_URL the one of target/outputs.env?")
        }
        (None, 429) => {
            "The office has had too many requests for some minutes: try it again later.".to_owned()
        }
        (None, status) => {
            format!(
                "The office at {office} could not answer (status {status}): try it again in a minute."
            )
        }
    };
    match answer.status {
        429 | 500.. => Failure::Failed(words),
        _ => Failure::Declined(words),
    }
}

/// Begins with a capital and ends with a full stop.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.trim().chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let mut text = first.unwrap_or_default() + letters.as_str();
    if !text.is_empty() && !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, body: &str) -> String {
        let answer = HttpResponse {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        match failure(&answer, "https://office.example.com") {
            Failure::Declined(words) => format!("{status} 3 {words}"),
            Failure::Failed(words) => format!("{status} 1 {words}"),
        }
    }

    #[test]
    fn problems_are_plain_sentences_with_the_exit_code_that_fits() {
        let typo = r#"{"title":"Not Found","status":404,"detail":"no job has the number 9104: is it typed right?"}"#;
        let busy = r#"{"title":"Service Unavailable","status":503,"detail":"Try it again in a few seconds."}"#;
        let cases = [
            told(404, typo),
            told(503, busy),
            told(403, r#"{"message":"Forbidden"}"#),
            told(404, r#"{"message":"Not Found"}"#),
            told(429, r#"{"message":"Too Many Requests"}"#),
            told(502, "<html>"),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        404 3 No job has the number 9104: is it typed right?
        503 1 Try it again in a few seconds.
        403 3 The office at https://office.example.com does not accept the sign-in: hcpqbo login begins a new one.
        404 3 There is no office at https://office.example.com: is OFFICE_URL the one of target/outputs.env?
        429 1 The office has had too many requests for some minutes: try it again later.
        502 1 The office at https://office.example.com could not answer (status 502): try it again in a minute.
        ");
    }
}
