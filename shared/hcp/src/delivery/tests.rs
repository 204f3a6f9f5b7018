use std::{env, fs, path::PathBuf};

use serde_json::json;

use super::*;

const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";

fn notice(body: &serde_json::Value) -> Notice {
    match Delivery::parse(body.to_string().as_bytes()).unwrap() {
        Delivery::Event(notice) => *notice,
        Delivery::UrlCheck => panic!("no event in {body}"),
    }
}

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn a_finished_job_tells_when() {
    let notice = notice(&json!({
        "event": "job.completed",
        "event_occurred_at": "2026-07-24T16:05:12Z",
        "company_id": COMPANY.to_uppercase(),
        "job": {
            "id": "job_1",
            "customer": { "id": "cus_1" },
            "work_timestamps": { "completed_at": "2026-07-24T16:05:11Z" },
        },
    }));
    assert_eq!(notice.event, Event::JobCompleted);
    assert_eq!(notice.occurred_at, at("2026-07-24T16:05:12Z"));
    assert_eq!(notice.company.unwrap().as_str(), COMPANY);
    assert_eq!(notice.job.unwrap().as_str(), "job_1");
    assert_eq!(notice.customer.unwrap().as_str(), "cus_1");
    assert_eq!(notice.completed_at, at("2026-07-24T16:05:11Z"));
}

#[test]
fn an_invoice_tells_its_job_and_its_newest_payment() {
    let notice = notice(&json!({
        "event": "invoice.payment.succeeded",
        "invoice": {
            "id": "invoice_1",
            "job_id": "job_1",
            "sent_at": "2026-07-24T16:10:00Z",
            "paid_at": null,
            "payments": [
                { "id": "invpay_2", "status": "succeeded", "paid_at": "2026-07-25T10:12:02Z" },
                { "id": "invpay_1", "status": "succeeded", "paid_at": "2026-07-24T10:12:02Z" },
                { "id": "invpay_3", "status": "failed", "paid_at": "2026-07-26T10:12:02Z" },
                { "id": "invpay_4", "status": "succeeded" },
                { "status": "succeeded", "paid_at": "2026-07-27T10:12:02Z" },
            ],
        },
    }));
    assert_eq!(notice.job.as_ref().unwrap().as_str(), "job_1");
    assert_eq!(notice.invoice.as_ref().unwrap().as_str(), "invoice_1");
    assert_eq!(notice.sent_at, at("2026-07-24T16:10:00Z"));
    assert_eq!(notice.paid_at, None);
    assert_eq!(notice.payments.len(), 4);
    assert_eq!(notice.newest_payment().unwrap().id.as_str(), "invpay_2");
}

#[test]
fn an_appointment_names_its_job() {
    let notice = notice(&json!({
        "event": "job.appointment.scheduled",
        "appointment": { "id": "appt_1", "job_id": "job_1" },
    }));
    assert_eq!(notice.event, Event::AppointmentScheduled);
    assert_eq!(notice.job.unwrap().as_str(), "job_1");
}

#[test]
fn an_object_without_an_event_is_a_trial_of_the_address() {
    for body in [r#"{"foo":"bar"}"#, "{}", r#"{"event":null}"#] {
        assert_eq!(
            Delivery::parse(body.as_bytes()),
            Ok(Delivery::UrlCheck),
            "{body}"
        );
        assert!(Delivery::is_url_check(body.as_bytes()), "{body}");
    }
    let long = format!(r#"{{"foo":"{}"}}"#, "x".repeat(300));
    assert_eq!(Delivery::parse(long.as_bytes()), Ok(Delivery::UrlCheck));
    for body in [&long, r#"{"event":"job.paid"}"#, r#"{"event":1}"#, "[]", ""] {
        assert!(!Delivery::is_url_check(body.as_bytes()), "{body}");
    }
}

#[test]
fn what_is_no_webhook_is_refused() {
    for (body, error) in [
        ("", DeliveryError::Malformed),
        ("null", DeliveryError::Malformed),
        ("\"job.paid\"", DeliveryError::Malformed),
        ("[[[[", DeliveryError::Malformed),
        (
            r#"["job.paid",null,null,null,null,null,null]"#,
            DeliveryError::Malformed,
        ),
        (r#"{"event":"job.paid""#, DeliveryError::Malformed),
        (r#"{"event":"job.paid"} x"#, DeliveryError::Malformed),
        (
            r#"{"event":"job.paid","event":"job.paid"}"#,
            DeliveryError::Malformed,
        ),
    ] {
        assert_eq!(Delivery::parse(body.as_bytes()), Err(error), "{body}");
    }
    assert_eq!(
        Delivery::parse(&[b'{', 0xff, b'}']),
        Err(DeliveryError::Malformed)
    );
    let deep = format!("{}{}", r#"{"event":"job.paid","job":"#, "[".repeat(100_000));
    assert_eq!(
        Delivery::parse(deep.as_bytes()),
        Err(DeliveryError::Malformed)
    );
}

#[test]
fn odd_evidence_is_left_out() {
    let bare = notice(&json!({ "event": "job.paid" }));
    for odd in [
        json!({ "event": "job.paid", "company_id": null, "job": null, "invoice": null, "customer": null }),
        json!({ "event": "job.paid", "company_id": "other" }),
        json!({ "event": "job.paid", "company_id": 7 }),
        json!({ "event": "job.paid", "job": "job_1", "invoice": [], "event_occurred_at": "soon" }),
        json!({ "event": "job.paid", "job": { "id": "../job_1", "work_timestamps": "done" } }),
        json!({ "event": "job.paid", "job": { "work_timestamps": { "completed_at": 5 } } }),
        json!({ "event": "job.paid", "invoice": { "id": "", "sent_at": "", "payments": {} } }),
        json!({ "event": "job.paid", "event_occurred_at": 1_784_871_495, "extra": { "deep": [1] } }),
    ] {
        assert_eq!(notice(&odd), bare, "{odd}");
    }
}

#[test]
fn every_kind_of_delivery_tells_whom_it_is_about() {
    let job =
        || json!({ "id": "job_1", "work_status": "scheduled", "customer": { "id": "cus_1" } });
    let invoice =
        || json!({ "id": "invoice_1", "job_id": "job_1", "status": "open", "payments": [] });
    for (event, key, record, about_a_job) in [
        ("job.created", "job", job(), true),
        ("job.completed", "job", job(), true),
        ("job.paid", "job", job(), true),
        (
            "job.appointment.scheduled",
            "appointment",
            json!({ "id": "appt_1", "job_id": "job_1" }),
            true,
        ),
        (
            "job.appointment.appointment_discarded",
            "appointment",
            json!({ "id": "appt_1", "job_id": "job_1" }),
            true,
        ),
        ("invoice.sent", "invoice", invoice(), true),
        ("invoice.paid", "invoice", invoice(), true),
        ("invoice.payment.succeeded", "invoice", invoice(), true),
        ("invoice.refund.succeeded", "invoice", invoice(), true),
        (
            "customer.updated",
            "customer",
            json!({ "id": "cus_1" }),
            false,
        ),
        (
            "estimate.updated",
            "estimate",
            json!({ "id": "csr_1" }),
            false,
        ),
    ] {
        let mut body = json!({ "event": event, "event_occurred_at": "2026-05-04T16:30:10Z", "company_id": COMPANY });
        body[key] = record;
        let notice = notice(&body);
        assert_eq!(notice.event.name(), event);
        assert!(!matches!(notice.event, Event::Unknown(_)), "{event}");
        assert_eq!(notice.company.unwrap().as_str(), COMPANY, "{event}");
        assert_eq!(notice.occurred_at, at("2026-05-04T16:30:10Z"), "{event}");
        assert_eq!(notice.job.is_some(), about_a_job, "{event}");
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn every_recorded_delivery_is_understood() {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    let files = fs::read_dir(PathBuf::from(folder).join("hcp")).unwrap();
    for path in files.map(|file| file.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("webhook-") {
            continue;
        }
        let body = fs::read(&path).unwrap();
        match Delivery::parse(&body).unwrap() {
            Delivery::UrlCheck => assert_eq!(name, "webhook-url-validation.json"),
            Delivery::Event(notice) => {
                assert!(
                    name.starts_with(&format!("webhook-{}", notice.event.name())),
                    "{name}"
                );
                assert!(!matches!(notice.event, Event::Unknown(_)), "{name}");
                assert_eq!(notice.company.unwrap().as_str(), COMPANY, "{name}");
                assert!(notice.occurred_at.is_some(), "{name}");
                let about_a_job = name.contains("job.") || name.contains("invoice.");
                assert_eq!(notice.job.is_some(), about_a_job, "{name}");
            }
        }
    }
}
