//! The shapes in which Housecall Pro says no, and the sandbox's own one for what it does not cover.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{Answer, actions::Refusal};

/// Missing, wrong and wrong-prefix keys, and operations that the key may not use, look alike.
pub(crate) fn unauthorized() -> Answer {
    Answer::json(401, &json!({ "message": "Unauthorized" }))
}

/// 404 with an object, as jobs answer.
pub(crate) fn not_found(what: &str) -> Answer {
    let message = format!("{what} not found");
    Answer::json(404, &json!({ "error": { "message": message } }))
}

/// 404 with a string, as estimates answer; invoices here too, so that clients meet both.
pub(crate) fn not_found_text(what: &str) -> Answer {
    Answer::json(404, &json!({ "error": format!("{what} not found") }))
}

/// 422 for a list parameter without brackets.
pub(crate) fn must_be_an_array(name: &str) -> Answer {
    let errors = Map::from_iter([(name.to_owned(), json!("must be an array"))]);
    Answer::json(422, &json!({ "errors": errors }))
}

/// 400 for a field that is missing or malformed.
pub(crate) fn bad_field(name: &str, problem: &str) -> Answer {
    let mut label = name.replace('_', " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut body = Map::new();
    body.insert("message".to_owned(), json!(format!("{label} {problem}")));
    body.insert(name.to_owned(), json!([problem]));
    Answer::json(400, &Value::Object(body))
}

/// 429; `reset` is when the next request is welcome.
pub(crate) fn too_many_requests(reset: Timestamp) -> Answer {
    let mut answer = Answer::json(429, &json!({ "error": "Too many requests" }));
    let reset = ("ratelimit-reset".to_owned(), reset.as_second().to_string());
    answer.headers.push(reset);
    answer
}

/// The page that an unknown route answers.
pub(crate) fn unknown_route() -> Answer {
    Answer::html(
        404,
        "<!DOCTYPE html>\n<html><head><title>The page you were looking for doesn't exist (404)\
         </title></head><body><h1>The page you were looking for doesn't exist.</h1></body></html>\n",
    )
}

/// The page of a server that broke.
pub(crate) fn server_error() -> Answer {
    Answer::html(
        500,
        "<!DOCTYPE html>\n<html><head><title>We're sorry, but something went wrong (500)</title>\
         </head><body><h1>We're sorry, but something went wrong.</h1></body></html>\n",
    )
}

/// Housecall Pro has this; the sandbox refuses instead of pretending.
pub(crate) fn not_covered(what: &str) -> Answer {
    let message = format!("hcp-sandbox does not cover {what}");
    Answer::json(501, &json!({ "error": { "message": message } }))
}

/// A write that the action behind it refused.
pub(crate) fn refused(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::NotFound(what) => not_found(what.split(' ').next().unwrap_or_default()),
        Refusal::NotAllowed(why) => Answer::json(422, &json!({ "errors": { "base": [why] } })),
        Refusal::NotCovered(what) => not_covered(what),
    }
}
