//! `/_sandbox/…`: what a test or a demo does to the sandbox from outside.

use std::time::Duration;

use jiff::Timestamp;
use ports::HttpResponse;
use serde::Deserialize;

use crate::{
    Sandbox,
    api::request::Request,
    company_file::{changed, settings},
    faults::Fault,
    json::{Json, Object, amount},
    ledger::TrialBalance,
};

/// How far the clock goes forward.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Move {
    By { advance_seconds: u64 },
    To { to: Timestamp },
}

/// Where the row of chances starts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

/// Who stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    into: String,
}

/// Answers requests below `/_sandbox`; `None` for all others.
pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Option<HttpResponse> {
    let path = request.path().strip_prefix("/_sandbox/")?;
    let segments: Vec<&str> = path.split('/').collect();
    Some(match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["health"]) => ok(&Object::new().with("ok", true)),
        ("GET", ["company"]) => HttpResponse {
            body: sandbox.company_file().into_bytes(),
            ..ok(&Object::new())
        },
        ("POST", ["save"]) => match sandbox.save() {
            Ok(()) => ok(&Object::new().with("saved", true)),
            Err(error) => refused(409, &error.to_string()),
        },
        ("GET", ["settings"]) => ok(&settings(&sandbox.state().options)),
        ("POST", ["settings"]) => match change_settings(sandbox, &request.body) {
            Ok(()) => ok(&settings(&sandbox.state().options)),
            Err(error) => refused(400, &error),
        },
        ("POST", ["disconnect"]) => {
            sandbox.disconnect();
            ok(&Object::new().with("connected", false))
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
        ("GET", ["trial-balance"]) => ok(&trial_balance(&sandbox.trial_balance())),
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
        ("POST", ["faults"]) => match faults(&request.body) {
            Ok(faults) => {
                for fault in faults {
                    sandbox.inject(fault);
                }
                waiting(sandbox)
            }
            Err(error) => refused(400, &error.to_string()),
        },
        ("DELETE", ["faults"]) => {
            sandbox.clear_faults();
            waiting(sandbox)
        }
        ("POST", ["webhook"]) => match serde_json::from_slice::<crate::Webhook>(&request.body) {
            Ok(webhook) => {
                sandbox.subscribe(Some(webhook));
                untold(sandbox)
            }
            Err(error) => refused(400, &error.to_string()),
        },
        ("DELETE", ["webhook"]) => {
            sandbox.subscribe(None);
            untold(sandbox)
        }
        ("GET", ["webhook"]) => untold(sandbox),
        ("POST", ["seed"]) => match serde_json::from_slice::<Seed>(&request.body) {
            Ok(Seed { seed }) => {
                sandbox.seed(seed);
                waiting(sandbox)
            }
            Err(error) => refused(400, &error.to_string()),
        },
        ("GET", ["clock"]) => now(sandbox),
        ("POST", ["clock"]) => match serde_json::from_slice::<Move>(&request.body) {
            Ok(Move::By { advance_seconds }) => {
                sandbox
                    .clock()
                    .advance(Duration::from_secs(advance_seconds));
                now(sandbox)
            }
            Ok(Move::To { to }) => {
                let ahead = to.duration_since(sandbox.clock().now());
                match Duration::try_from(ahead) {
                    Ok(ahead) => {
                        sandbox.clock().advance(ahead);
                        now(sandbox)
                    }
                    Err(_) => refused(400, "the clock goes forward only"),
                }
            }
            Err(error) => refused(400, &error.to_string()),
        },
        ("POST", ["objects", "Customer", id, "merge"]) => merge(sandbox, id, &request.body),
        ("POST", ["invoices", id]) => by_hand(sandbox, request, "Invoice", Some(id)),
        (_, ["objects", entity]) => by_hand(sandbox, request, entity, None),
        (_, ["objects", entity, id]) => by_hand(sandbox, request, entity, Some(id)),
        _ => refused(404, "no such control"),
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
fn by_hand(sandbox: &Sandbox, request: &Request, entity: &str, id: Option<&str>) -> HttpResponse {
    let body = match (request.method.as_str(), Json::parse(&request.body)) {
        ("DELETE", _) => Json::Null,
        (_, Ok(fields @ Json::Object(_))) => fields,
        (_, Ok(_)) => return refused(400, "the body is not an object"),
        (_, Err(error)) => return refused(400, &error.to_string()),
    };
    let done = match (request.method.as_str(), id) {
        ("POST", None) => sandbox.create(entity, &body),
        ("POST", Some(id)) => sandbox.edit(entity, id, &body),
        ("DELETE", Some(id)) => sandbox.delete(entity, id),
        _ => return refused(404, "no such control"),
    };
    match done {
        Ok(object) => ok(&Object::new().with(entity, object)),
        Err(error) => refused(422, &error.to_string()),
    }
}

/// Merges a customer into the one that the body names.
fn merge(sandbox: &Sandbox, id: &str, body: &[u8]) -> HttpResponse {
    match serde_json::from_slice::<Merge>(body) {
        Err(error) => refused(400, &error.to_string()),
        Ok(Merge { into }) => match sandbox.merge_customers(id, &into) {
            Ok(object) => ok(&Object::new().with("Customer", object)),
            Err(error) => refused(422, &error.to_string()),
        },
    }
}

/// One failure or an array of them.
fn faults(body: &[u8]) -> Result<Vec<Fault>, serde_json::Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(body)
    } else {
        serde_json::from_slice(body).map(|fault| vec![fault])
    }
}

fn trial_balance(balance: &TrialBalance) -> Object {
    let rows: Vec<Json> = balance
        .rows
        .iter()
        .map(|row| {
            Object::new()
                .with("account", row.account.as_str())
                .with("name", row.name.as_str())
                .with("debit", amount(row.debit))
                .with("credit", amount(row.credit))
                .into()
        })
        .collect();
    Object::new()
        .with("rows", rows)
        .with("debit", amount(balance.debit()))
        .with("credit", amount(balance.credit()))
}

fn waiting(sandbox: &Sandbox) -> HttpResponse {
    ok(&Object::new().with("waiting", sandbox.state().faults.len()))
}

fn now(sandbox: &Sandbox) -> HttpResponse {
    ok(&Object::new().with("now", sandbox.clock().now().to_string()))
}

fn untold(sandbox: &Sandbox) -> HttpResponse {
    let state = sandbox.state();
    ok(&Object::new()
        .with("waiting", state.webhooks.waiting())
        .with("failures", state.webhooks.failures()))
}

fn ok(body: &Object) -> HttpResponse {
    json(200, body)
}

fn refused(status: u16, error: &str) -> HttpResponse {
    json(status, &Object::new().with("error", error))
}

fn json(status: u16, body: &Object) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}
