//! `/_sandbox/…`: what a test or a demo does to the sandbox from outside.

use sandbox_kit::{Answer, Request};
use serde::Deserialize;

use crate::{
    EditError, Sandbox,
    company_file::{changed, settings},
    json::{Json, Object},
};

/// Who stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    into: String,
}

/// Answers requests below `/_sandbox`; `None` for all others.
pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Option<Answer> {
    let path = request.path().strip_prefix("/_sandbox/")?;
    let common = sandbox_kit::control::answer(request, &sandbox.clock, &mut sandbox.state().faults);
    if common.is_some() {
        return common;
    }
    let segments: Vec<&str> = path.split('/').collect();
    Some(match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["health"]) => ok(&Object::new().with("ok", true)),
        ("GET", ["company"]) => Answer {
            body: sandbox.company_file().into_bytes(),
            ..ok(&Object::new())
        },
        ("POST", ["save"]) => match sandbox.save() {
            Ok(()) => ok(&Object::new().with("saved", true)),
            Err(error) => Answer::refused(409, &error.to_string()),
        },
        ("GET", ["settings"]) => ok(&settings(&sandbox.state().options)),
        ("POST", ["settings"]) => match change_settings(sandbox, &request.body) {
            Ok(()) => ok(&settings(&sandbox.state().options)),
            Err(error) => Answer::refused(400, &error),
        },
        ("POST", ["disconnect"]) => {
            sandbox.disconnect();
            ok(&Object::new().with("connected", false))
        }
        ("POST", ["access-token"]) => {
            ok(&Object::new().with("access_token", sandbox.access_token()))
        }
        ("GET", ["calls"]) => {
            let calls: Vec<Json> = sandbox
                .state()
                .log
                .calls()
                .map(crate::Call::to_json)
                .collect();
            ok(&Object::new().with("calls", calls))
        }
        ("GET", ["trial-balance"]) => ok(&sandbox.trial_balance().to_json()),
        ("GET", ["violations"]) => {
            let violations: Vec<Json> = sandbox
                .violations()
                .iter()
                .map(|violation| {
                    Object::new()
                        .with("at", violation.at.to_string())
                        .with("rule", violation.rule.as_str())
                        .with("call", violation.call.as_str())
                        .into()
                })
                .collect();
            ok(&Object::new().with("violations", violations))
        }
        ("POST", ["webhook"]) => match serde_json::from_slice::<crate::Webhook>(&request.body) {
            Ok(webhook) => {
                sandbox.subscribe(Some(webhook));
                untold(sandbox)
            }
            Err(error) => Answer::refused(400, &error.to_string()),
        },
        ("DELETE", ["webhook"]) => {
            sandbox.subscribe(None);
            untold(sandbox)
        }
        ("GET", ["webhook"]) => untold(sandbox),
        ("POST", ["objects", "Customer", id, "merge"]) => merge(sandbox, id, &request.body),
        ("POST", ["invoices", id]) => by_hand(sandbox, request, "Invoice", Some(id)),
        ("POST", ["objects", entity, id, "void"]) => done(entity, sandbox.void(entity, id)),
        ("POST", ["objects", entity, id, "delete"]) => done(entity, sandbox.delete(entity, id)),
        (_, ["objects", entity]) => by_hand(sandbox, request, entity, None),
        (_, ["objects", entity, id]) => by_hand(sandbox, request, entity, Some(id)),
        _ => Answer::refused(404, "no such control"),
    })
}

/// Changes settings and switches: all that are named, or none.
fn change_settings(sandbox: &Sandbox, body: &[u8]) -> Result<(), String> {
    let body = Json::parse(body).map_err(|error| error.to_string())?;
    let (mut company, mut doubts) = {
        let state = sandbox.state();
        (state.options.company.clone(), state.options.doubts.clone())
    };
    for (part, changes) in body.as_object().ok_or("the body is not an object")?.iter() {
        match part {
            "company" => {
                company = changed(&company, changes).map_err(|error| error.to_string())?;
            }
            "doubts" => doubts = changed(&doubts, changes).map_err(|error| error.to_string())?,
            other => return Err(format!("there is no part {other}")),
        }
    }
    sandbox.state().options.doubts = doubts;
    sandbox.configure(|settings| *settings = company);
    Ok(())
}

/// What a person does to an object of any kind.
fn by_hand(sandbox: &Sandbox, request: &Request, entity: &str, id: Option<&str>) -> Answer {
    let body = match (request.method.as_str(), Json::parse(&request.body)) {
        ("DELETE", _) => Json::Null,
        (_, Ok(fields @ Json::Object(_))) => fields,
        (_, Ok(_)) => return Answer::refused(400, "the body is not an object"),
        (_, Err(error)) => return Answer::refused(400, &error.to_string()),
    };
    match (request.method.as_str(), id) {
        ("POST", None) => done(entity, sandbox.create(entity, &body)),
        ("POST", Some(id)) => done(entity, sandbox.edit(entity, id, &body)),
        ("DELETE", Some(id)) => done(entity, sandbox.delete(entity, id)),
        _ => Answer::refused(404, "no such control"),
    }
}

/// The object under its name, or why nothing was done.
fn done(entity: &str, done: Result<Json, EditError>) -> Answer {
    match done {
        Ok(object) => ok(&Object::new().with(entity, object)),
        Err(error) => Answer::refused(422, &error.to_string()),
    }
}

/// Merges a customer into the one that the body names.
fn merge(sandbox: &Sandbox, id: &str, body: &[u8]) -> Answer {
    match serde_json::from_slice::<Merge>(body) {
        Err(error) => Answer::refused(400, &error.to_string()),
        Ok(Merge { into }) => done("Customer", sandbox.merge_customers(id, &into)),
    }
}

fn untold(sandbox: &Sandbox) -> Answer {
    let state = sandbox.state();
    ok(&Object::new()
        .with("waiting", state.webhooks.waiting())
        .with("failures", state.webhooks.failures()))
}

fn ok(body: &Object) -> Answer {
    Answer::typed(200, "application/json", body.to_string())
}
