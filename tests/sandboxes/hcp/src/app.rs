//! The app: its buttons as `POST /_app/<action>`, its pages for people.

use serde_json::{Value, json};

use crate::{
    Answer, Request,
    actions::{Action, Refusal},
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
        _ => Answer::refused(405, "there is nothing to send here"),
    }
}

fn refuse(refusal: &Refusal) -> Answer {
    let status = match refusal {
        Refusal::NotFound(_) => 404,
        Refusal::NotAllowed(_) => 422,
        Refusal::NotCovered(_) => 501,
    };
    Answer::refused(status, &refusal.to_string())
}

fn press(sandbox: &Sandbox, name: &str, request: &Request) -> Answer {
    let mut body = match request.json() {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Answer::refused(400, "send a JSON object"),
        Err(answer) => return answer,
    };
    body.insert("action".to_owned(), json!(name));
    let action: Action = match serde_json::from_value(Value::Object(body)) {
        Ok(action) => action,
        Err(error) => return Answer::refused(400, &error.to_string()),
    };
    match sandbox.act(action) {
        Ok(id) => Answer::json(200, &json!({ "id": id })),
        Err(refusal) => refuse(&refusal),
    }
}
