//! Every record key by key against recorded samples: the same keys, the same JSON types.
//!
//! The samples are not part of the repository. They are looked for in the folder that `HCP_SAMPLES` names,
//! else in `shared/samples/hcp` beside the repository; without them these tests say so and pass.

use std::{fs, path::PathBuf};

use hcp_sandbox::{
    Event, Hundredths, NewLine, NewPayment, PaymentMethod, Sandbox, Visit, signature,
};
use serde_json::Value;

use crate::company::{company, first_customer, read, repair_job};

fn sample(name: &str) -> Option<Value> {
    let folder = std::env::var_os("HCP_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/samples/hcp"),
        PathBuf::from,
    );
    let Ok(text) = fs::read_to_string(folder.join(name)) else {
        println!("skipped: there is no sample {name}; name their folder in HCP_SAMPLES");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

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
fn same_shape(ours: &Value, sample_name: &str) {
    let Some(theirs) = sample(sample_name) else {
        return;
    };
    let mut found = Vec::new();
    differences(ours, &theirs, "", &mut found);
    assert!(found.is_empty(), "{sample_name}: {found:#?}");
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

#[test]
fn rest_answers_have_the_shapes_of_the_samples() {
    let sandbox = busy_company();
    let job = sandbox.jobs().remove(0);
    let category = read(&sandbox, "/api/price_book/material_categories");
    let category = category["data"][0]["uuid"].as_str().unwrap();
    for (url, name) in [
        ("/company".to_owned(), "rest-GET-company.json"),
        ("/customers".to_owned(), "rest-GET-customers.json"),
        ("/employees".to_owned(), "rest-GET-employees.json"),
        ("/jobs".to_owned(), "rest-GET-jobs.json"),
        (
            format!("/jobs/{job}/line_items"),
            "rest-GET-jobs-id-line_items.json",
        ),
        (
            format!("/jobs/{job}/invoices"),
            "rest-GET-jobs-id-invoices.composite.json",
        ),
        ("/invoices".to_owned(), "rest-GET-invoices.composite.json"),
        (
            format!("/api/price_book/materials?material_category_uuid={category}"),
            "rest-GET-price_book-materials.composite.json",
        ),
    ] {
        same_shape(&read(&sandbox, &url), name);
    }
}

#[test]
fn webhooks_have_the_shapes_of_the_samples() {
    for (event, name) in [
        (Event::JobCreated, "webhook-job.created.json"),
        (Event::JobCompleted, "webhook-job.completed.composite.json"),
        (Event::JobPaid, "webhook-job.paid.composite.json"),
        (
            Event::JobAppointmentScheduled,
            "webhook-job.appointment.scheduled.json",
        ),
        (Event::InvoiceSent, "webhook-invoice.sent.composite.json"),
        (Event::InvoicePaid, "webhook-invoice.paid.composite.json"),
        (
            Event::InvoicePaymentSucceeded,
            "webhook-invoice.payment.succeeded.composite.json",
        ),
        (
            Event::InvoiceRefundSucceeded,
            "webhook-invoice.refund.succeeded.composite.json",
        ),
    ] {
        same_shape(&webhook(&busy_company(), event), name);
    }
    let sandbox = company();
    let changes = serde_json::from_str(r#"{"notes": "Ring twice"}"#).unwrap();
    sandbox
        .edit_customer(&first_customer(&sandbox), changes)
        .unwrap();
    same_shape(
        &webhook(&sandbox, Event::CustomerUpdated),
        "webhook-customer.updated.json",
    );
    let sandbox = busy_company();
    let job = sandbox.jobs().remove(0);
    sandbox.delete_job(&job).unwrap();
    same_shape(
        &webhook(&sandbox, Event::JobAppointmentDiscarded),
        "webhook-job.appointment.appointment_discarded.json",
    );
}

#[test]
fn an_estimate_has_the_shape_of_the_sample() {
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
        "webhook-estimate.updated.json",
    );
}

#[test]
fn a_discount_and_a_tip_fit_the_shapes_too() {
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
        "rest-GET-invoices.composite.json",
    );
    let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
    same_shape(&lines, "rest-GET-jobs-id-line_items.json");
}

#[test]
fn the_signature_agrees_with_the_recorded_vector() {
    let Some(vector) = sample("signature-vector.json") else {
        return;
    };
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap();
    let signed = signature(
        text("/secret_utf8"),
        text("/headers/Api-Timestamp"),
        text("/raw_body").as_bytes(),
    );
    assert_eq!(signed, text("/headers/Api-Signature"));
}

#[test]
fn errors_have_the_five_recorded_shapes() {
    let Some(recorded) = sample("error-bodies.json") else {
        return;
    };
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
                &hcp_sandbox::Request::post("/tags", &serde_json::json!({ "name": "" }))
                    .with_key(crate::company::KEY),
            ),
        ),
    ];
    for (name, answer) in ours {
        assert_eq!(answer.status.to_string(), name[..3], "{name}");
        let mut found = Vec::new();
        differences(&answer.body_json(), &recorded[name], "", &mut found);
        assert!(found.is_empty(), "{name}: {found:#?}");
        if name != "404_error_string" {
            assert_eq!(answer.body_json(), recorded[name], "{name}");
        }
    }
}
