//! The app: its buttons as `POST /_app/<action>`, its pages for people.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
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
    if let Some(visit) = body.get_mut("visit") {
        let zone = sandbox.state().options.time_zone.clone();
        for moment in ["start", "end"] {
            if let Some(written) = visit.get_mut(moment) {
                *written = on_clocks_of(&zone, written);
            }
        }
    }
    body.insert("action".to_owned(), json!(name));
    let action: Action = match serde_json::from_value(Value::Object(body)) {
        Ok(action) => action,
        Err(error) => return Answer::refused(400, &error.to_string()),
    };
    match sandbox.press(action) {
        Ok((id, said)) => Answer::json(200, &json!({ "id": id, "said": said })),
        Err(refusal) => refuse(&refusal),
    }
}

/// Pages show and take times as the company's clocks do: without a zone.
fn on_clocks_of(zone: &TimeZone, written: &Value) -> Value {
    written
        .as_str()
        .filter(|text| text.parse::<Timestamp>().is_err())
        .and_then(|text| text.parse::<DateTime>().ok())
        .and_then(|civil| civil.to_zoned(zone.clone()).ok())
        .map_or_else(|| written.clone(), |time| json!(time.timestamp()))
}
