//! Every record key by key: the same keys, the same JSON types as in `tests/cases/shapes.json`, and as in the
//! recorded samples in the folder that `RECORDINGS` names. Those are not part of the project:
//! `RECORDINGS=<folder> cargo nextest run -p hcp-sandbox --run-ignored only` compares with them.

use std::{env, fs, path::PathBuf};

use hcp_sandbox::{
    Event, Hundredths, NewLine, NewPayment, PaymentMethod, Sandbox, Visit, signature,
};
use serde_json::{Value, json};

use crate::company::{company, first_customer, read, repair_job};

/// Where a shape is taken from, by the name of its recording.
type Shapes = fn(&str) -> Value;

fn written(name: &str) -> Value {
    let shapes: Value = serde_json::from_str(include_str!("../cases/shapes.json")).unwrap();
    let shape = shapes.get(name.trim_end_matches(".composite"));
    shape
        .unwrap_or_else(|| panic!("there is no shape {name}"))
        .clone()
}

fn recorded(name: &str) -> Value {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    let path = PathBuf::from(folder).join(format!("hcp/{name}.json"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Tests over the written shapes everywhere, and over the recordings where they are.
macro_rules! compare {
    ($($test:ident),+) => {
        mod with_written_shapes {
            $(#[test]
            fn $test() {
                super::$test(super::written);
            })+
        }
        mod with_recordings {
            $(#[test]
            #[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
            fn $test() {
                super::$test(super::recorded);
            })+
        }
    };
}

compare!(
    rest_answers_agree,
    webhooks_agree,
    an_estimate_agrees,
    a_discount_and_a_tip_agree
);

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Where the shapes differ. Null stands for any type; an empty list for any list.
fn differences(ours: &Value, theirs: &Value, at: &str, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(ours), Value::Object(theirs)) => {
            for key in ours.keys().filter(|key| !theirs.contains_key(*key)) {
                found.push(format!("{at}.{key} is not in the sample"));
            }
            for (key, theirs) in theirs {
                match ours.get(key) {
                    Some(ours) => differences(ours, theirs, &format!("{at}.{key}"), found),
                    None => found.push(format!("{at}.{key} is missing")),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            let Some(pattern) = theirs.first() else {
                return;
            };
            for (index, ours) in ours.iter().enumerate() {
                differences(ours, pattern, &format!("{at}[{index}]"), found);
            }
        }
        _ if kind(ours) != kind(theirs) => {
            found.push(format!(
                "{at} is {} instead of {}",
                kind(ours),
                kind(theirs)
            ));
        }
        _ => {}
    }
}

#[track_caller]
fn same_shape(ours: &Value, shapes: Shapes, name: &str) {
    let theirs = shapes(name);
    let mut found = Vec::new();
    differences(ours, &theirs, "", &mut found);
    assert!(found.is_empty(), "{name}: {found:#?}");
}

/// A paid and refunded job that has been scheduled, done and noted.
fn busy_company() -> Sandbox {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let visit = Visit {
        start: "2026-03-03T14:00:00Z".parse().unwrap(),
        end: "2026-03-03T16:00:00Z".parse().unwrap(),
        arrival_window: 60,
    };
    sandbox.schedule_job(&job, visit).unwrap();
    sandbox.start_job(&job).unwrap();
    sandbox.finish_job(&job).unwrap();
    let invoice = sandbox.send_invoice(&job).unwrap();
    let payment = NewPayment::in_full(PaymentMethod::Card);
    let payment = sandbox.pay_invoice(&invoice, payment).unwrap();
    sandbox
        .refund_payment(&invoice, &payment, Some(100))
        .unwrap();
    sandbox
}

fn webhook(sandbox: &Sandbox, event: Event) -> Value {
    let webhooks = sandbox.take_webhooks();
    webhooks
        .iter()
        .rfind(|webhook| webhook.event == event)
        .map(|webhook| webhook.json())
        .unwrap_or_else(|| panic!("{event} did not happen"))
}

fn rest_answers_agree(shapes: Shapes) {
    let sandbox = busy_company();
    let job = sandbox.jobs().remove(0);
    let category = read(&sandbox, "/api/price_book/material_categories");
    let category = category["data"][0]["uuid"].as_str().unwrap();
    for (url, name) in [
        ("/company".to_owned(), "rest-GET-company"),
        ("/customers".to_owned(), "rest-GET-customers"),
        ("/employees".to_owned(), "rest-GET-employees"),
        ("/jobs".to_owned(), "rest-GET-jobs"),
        (
            format!("/jobs/{job}/line_items"),
            "rest-GET-jobs-id-line_items",
        ),
        (
            format!("/jobs/{job}/invoices"),
            "rest-GET-jobs-id-invoices.composite",
        ),
        ("/invoices".to_owned(), "rest-GET-invoices.composite"),
        (
            format!("/api/price_book/materials?material_category_uuid={category}"),
            "rest-GET-price_book-materials.composite",
        ),
    ] {
        same_shape(&read(&sandbox, &url), shapes, name);
    }
}

fn webhooks_agree(shapes: Shapes) {
    for (event, name) in [
        (Event::JobCreated, "webhook-job.created"),
        (Event::JobCompleted, "webhook-job.completed.composite"),
        (Event::JobPaid, "webhook-job.paid.composite"),
        (
            Event::JobAppointmentScheduled,
            "webhook-job.appointment.scheduled",
        ),
        (Event::InvoiceSent, "webhook-invoice.sent.composite"),
        (Event::InvoicePaid, "webhook-invoice.paid.composite"),
        (
            Event::InvoicePaymentSucceeded,
            "webhook-invoice.payment.succeeded.composite",
        ),
        (
            Event::InvoiceRefundSucceeded,
            "webhook-invoice.refund.succeeded.composite",
        ),
    ] {
        same_shape(&webhook(&busy_company(), event), shapes, name);
    }
    let sandbox = company();
    let changes = serde_json::from_str(r#"{"notes": "Ring twice"}"#).unwrap();
    sandbox
        .edit_customer(&first_customer(&sandbox), changes)
        .unwrap();
    same_shape(
        &webhook(&sandbox, Event::CustomerUpdated),
        shapes,
        "webhook-customer.updated",
    );
    let sandbox = busy_company();
    let job = sandbox.jobs().remove(0);
    sandbox.delete_job(&job).unwrap();
    same_shape(
        &webhook(&sandbox, Event::JobAppointmentDiscarded),
        shapes,
        "webhook-job.appointment.appointment_discarded",
    );
}

fn an_estimate_agrees(shapes: Shapes) {
    let sandbox = company();
    let new = hcp_sandbox::NewEstimate {
        customer: first_customer(&sandbox),
        options: vec![hcp_sandbox::NewOption {
            name: "Option #1".to_owned(),
            lines: Vec::new(),
        }],
    };
    sandbox.create_estimate(new).unwrap();
    same_shape(
        &webhook(&sandbox, Event::EstimateCreated),
        shapes,
        "webhook-estimate.updated",
    );
}

fn a_discount_and_a_tip_agree(shapes: Shapes) {
    let sandbox = company();
    let job = repair_job(&sandbox);
    for line in [
        NewLine::percent_discount("Neighbor", Hundredths::new(750)),
        NewLine::fixed_discount("Coupon", 1_000),
        NewLine::tip(500),
    ] {
        sandbox.add_line(&job, line).unwrap();
    }
    sandbox.send_invoice(&job).unwrap();
    same_shape(
        &read(&sandbox, "/invoices"),
        shapes,
        "rest-GET-invoices.composite",
    );
    let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
    same_shape(&lines, shapes, "rest-GET-jobs-id-line_items");
}

#[test]
fn the_signature_agrees_with_a_written_vector() {
    // Computed with: printf '%s.%s' 1784871495 "$BODY" | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    let body = r#"{"event":"customer.updated","customer":{"id":"cus_1","first_name":"Zoë","last_name":"O’Case"}}"#;
    assert_eq!(
        signature(
            "0123456789abcdef0123456789abcdef",
            "1784871495",
            body.as_bytes()
        ),
        "5b5080d989965318ba586c822fec9118e3eee8c224f33024d49e1d323946ff07"
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn the_signature_agrees_with_the_recorded_vector() {
    let vector = recorded("signature-vector");
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap();
    let signed = signature(
        text("/secret_utf8"),
        text("/headers/Api-Timestamp"),
        text("/raw_body").as_bytes(),
    );
    assert_eq!(signed, text("/headers/Api-Signature"));
}

#[test]
fn errors_have_the_five_written_shapes() {
    errors_agree(&json!({
        "401": { "message": "Unauthorized" },
        "404_error_object": { "error": { "message": "job not found" } },
        "404_error_string": { "error": "text" },
        "422": { "errors": { "status": "must be an array" } },
        "400": { "message": "Name can't be blank", "name": ["can't be blank"] },
    }));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn errors_have_the_five_recorded_shapes() {
    errors_agree(&recorded("error-bodies"));
}

fn errors_agree(expected: &Value) {
    let sandbox = company();
    let ours = [
        ("401", sandbox.call_api(&hcp_sandbox::Request::get("/jobs"))),
        (
            "404_error_object",
            crate::company::get(&sandbox, "/jobs/job_none"),
        ),
        (
            "404_error_string",
            crate::company::get(&sandbox, "/api/invoices/invoice_none"),
        ),
        (
            "422",
            crate::company::get(&sandbox, "/invoices?status=paid"),
        ),
        (
            "400",
            sandbox.call_api(
                &hcp_sandbox::Request::post("/tags", &json!({ "name": "" }))
                    .with_header("authorization", &crate::company::token()),
            ),
        ),
    ];
    for (name, answer) in ours {
        assert_eq!(answer.status.to_string(), name[..3], "{name}");
        let mut found = Vec::new();
        differences(&answer.body_json(), &expected[name], "", &mut found);
        assert!(found.is_empty(), "{name}: {found:#?}");
        if name != "404_error_string" {
            assert_eq!(answer.body_json(), expected[name], "{name}");
        }
    }
}
