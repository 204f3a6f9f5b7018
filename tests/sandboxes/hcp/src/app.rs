//! The app: its buttons as `POST /_app/<action>`, its pages for people.

use serde_json::{Value, json};

use crate::{
    actions::{Action, Refusal},
    http::{Answer, Request},
    page,
    sandbox::Sandbox,
};

pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Answer {
    match (
        request.method.as_str(),
        request.path().strip_prefix("/_app/"),
    ) {
        ("POST", Some(name)) => press(sandbox, name, request),
        ("GET" | "HEAD", _) => page::answer(sandbox, request),
        _ => say(405, "there is nothing to send here"),
    }
}

/// A body that is not declared as JSON is refused, so that a foreign web page cannot press buttons.
pub(crate) fn json_body(request: &Request) -> Result<Value, Answer> {
    let declared = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"));
    if !declared {
        return Err(say(415, "send the header content-type: application/json"));
    }
    if request.body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(&request.body).map_err(|error| say(400, &error.to_string()))
}

/// An answer of the sandbox's own.
pub(crate) fn say(status: u16, refused: &str) -> Answer {
    Answer::json(status, &json!({ "refused": refused }))
}

pub(crate) fn refuse(refusal: &Refusal) -> Answer {
    let status = match refusal {
        Refusal::NotFound(_) => 404,
        Refusal::NotAllowed(_) => 422,
        Refusal::NotCovered(_) => 501,
    };
    say(status, &refusal.to_string())
}

fn press(sandbox: &Sandbox, name: &str, request: &Request) -> Answer {
    let mut body = match json_body(request) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return say(400, "send a JSON object"),
        Err(answer) => return answer,
    };
    body.insert("action".to_owned(), json!(name));
    let action: Action = match serde_json::from_value(Value::Object(body)) {
        Ok(action) => action,
        Err(error) => return say(400, &error.to_string()),
    };
    match sandbox.act(action) {
        Ok(id) => Answer::json(200, &json!({ "id": id })),
        Err(refusal) => refuse(&refusal),
    }
}
