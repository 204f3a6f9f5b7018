//! What a genuine delivery puts on the queue.

use super::*;
use crate::work::message::Subject;

/// An invoice event with all times and two payments; the second is the newer.
fn invoice_event(name: &str) -> Value {
    json!({
        "event": name,
        "event_occurred_at": "2026-07-25T10:12:03Z",
        "company_id": COMPANY,
        "invoice": {
            "id": "invoice_1",
            "job_id": "job_1",
            "sent_at": "2026-07-24T16:10:00Z",
            "paid_at": "2026-07-25T10:12:02Z",
            "payments": [
                { "id": "invpay_1", "status": "succeeded", "paid_at": "2026-07-24T18:00:00Z" },
                { "id": "invpay_2", "status": "succeeded", "paid_at": "2026-07-25T10:12:01Z" },
            ],
        },
    })
}

fn without(mut json: Value, path: &[&str]) -> Value {
    let (last, parents) = path.split_last().unwrap();
    let parent = parents.iter().fold(&mut json, |json, key| &mut json[*key]);
    parent.as_object_mut().unwrap().remove(*last).unwrap();
    json
}

#[tokio::test]
async fn a_finished_job_is_put_on_the_queue_of_its_company_and_job() {
    let receiver = Receiver::new();
    let body = finished().to_string();
    let outcome = receiver.deliver_signed(body.as_bytes(), SIGNING).await;
    assert_eq!((outcome, outcome.status()), (Outcome::Queued, 200));

    let messages = receiver.queue.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].group, format!("{COMPANY}#job_1"));
    let digest = hex::encode(Sha256::digest(format!("{COMPANY}{body}")));
    assert_eq!(messages[0].deduplication, digest);
    assert_eq!(
        serde_json::from_str::<Value>(&messages[0].body).unwrap(),
        json!({
            "v": 1,
            "company": COMPANY,
            "subject": { "job": "job_1" },
            "evidence": {
                "trigger": "finished",
                "key": "finished@2026-07-24T16:05:11Z",
                "occurred": "2026-07-24T16:05:12Z",
                "at": "2026-07-24T16:05:11Z",
                "invoice": null,
                "received": receiver.clock.now(),
            },
        })
    );
}

#[tokio::test]
async fn t2_each_trigger_has_a_key_and_a_time_of_its_own() {
    use store::Cause::{Finished, Invoiced, Paid};
    let job_paid = json!({
        "event": "job.paid",
        "event_occurred_at": "2026-07-25T10:12:03Z",
        "job": { "id": "job_1" },
    });
    for (body, kind, key, at) in [
        (
            finished(),
            Finished,
            "finished@2026-07-24T16:05:11Z",
            "2026-07-24T16:05:11Z",
        ),
        (
            without(finished(), &["job", "work_timestamps"]),
            Finished,
            "finished@2026-07-24T16:05:12Z",
            "2026-07-24T16:05:12Z",
        ),
        (
            invoice_event("invoice.sent"),
            Invoiced,
            "invoiced:invoice_1@2026-07-24T16:10:00Z",
            "2026-07-24T16:10:00Z",
        ),
        (
            without(invoice_event("invoice.sent"), &["invoice", "sent_at"]),
            Invoiced,
            "invoiced:invoice_1@2026-07-25T10:12:03Z",
            "2026-07-25T10:12:03Z",
        ),
        (
            invoice_event("invoice.paid"),
            Paid,
            "paid:invoice_1@2026-07-25T10:12:02Z",
            "2026-07-25T10:12:02Z",
        ),
        (
            invoice_event("invoice.payment.succeeded"),
            Paid,
            "payment:invpay_2",
            "2026-07-25T10:12:01Z",
        ),
        (
            without(
                invoice_event("invoice.payment.succeeded"),
                &["invoice", "payments"],
            ),
            Paid,
            "paid:invoice_1@2026-07-25T10:12:02Z",
            "2026-07-25T10:12:02Z",
        ),
        (
            job_paid,
            Paid,
            "paid@2026-07-25T10:12:03Z",
            "2026-07-25T10:12:03Z",
        ),
    ] {
        let receiver = Receiver::new();
        assert_eq!(receiver.deliver(&body).await, Outcome::Queued, "{body}");
        let queued = receiver.queued();
        let evidence = queued[0].evidence.as_ref().unwrap();
        assert_eq!(evidence.trigger.unwrap(), kind, "{body}");
        assert_eq!(evidence.key, key, "{body}");
        assert_eq!(evidence.at, time(at), "{body}");
        let invoice = body["invoice"]["id"].as_str();
        assert_eq!(
            evidence.invoice.as_ref().map(|id| id.as_str()),
            invoice,
            "{body}"
        );
        assert!(
            matches!(&queued[0].subject, Subject::Job(id) if id.as_str() == "job_1"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn an_occurrence_without_any_time_is_known_by_its_delivery() {
    let receiver = Receiver::new();
    let body = json!({ "event": "job.paid", "job": { "id": "job_1" } });
    receiver.deliver(&body).await;
    receiver.clock.advance(Duration::from_secs(3600));
    receiver.queue.forget_ids();
    receiver.deliver(&body).await;

    let [first, second] = &receiver.queued()[..] else {
        panic!("two messages");
    };
    let (first, second) = (
        first.evidence.as_ref().unwrap(),
        second.evidence.as_ref().unwrap(),
    );
    assert_eq!(first.key, second.key, "a late repeat is no new occurrence");
    assert_eq!(first.key.len(), "paid@".len() + 16);
    assert_eq!(first.at, time(NOW));
}

/// What becomes of each event that can be switched on in Housecall Pro: what it pushes, or `look`, or nothing.
const ALL_EVENTS: [(&str, &str); 41] = [
    ("job.created", ""),
    ("job.updated", "look at job_1"),
    ("job.scheduled", ""),
    ("job.on_my_way", ""),
    ("job.started", ""),
    ("job.completed", "push job_1: finished"),
    ("job.paid", "push job_1: paid"),
    ("job.canceled", "look at job_1"),
    ("job.deleted", "look at job_1"),
    ("job.appointment.scheduled", ""),
    ("job.appointment.rescheduled", ""),
    ("job.appointment.appointment_discarded", ""),
    ("job.appointment.appointment_pros_assigned", ""),
    ("job.appointment.appointment_pros_unassigned", ""),
    ("invoice.created", ""),
    ("invoice.sent", "push job_1: invoiced"),
    ("invoice.amount_updated", "look at job_1"),
    ("invoice.paid", "push job_1: paid"),
    ("invoice.voided", "look at job_1"),
    ("invoice.canceled", "look at job_1"),
    ("invoice.payment.succeeded", "push job_1: paid"),
    ("invoice.payment.failed", "look at job_1"),
    ("invoice.refund.succeeded", "push job_1: refunded"),
    ("customer.created", ""),
    ("customer.updated", "look at cus_1"),
    ("customer.deleted", "look at cus_1"),
    ("estimate.created", ""),
    ("estimate.updated", ""),
    ("estimate.scheduled", ""),
    ("estimate.on_my_way", ""),
    ("estimate.completed", ""),
    ("estimate.sent", ""),
    ("estimate.copy_to_job", ""),
    ("estimate.option.created", ""),
    ("estimate.option.approval_status_changed", ""),
    ("lead.created", ""),
    ("lead.updated", ""),
    ("lead.converted", ""),
    ("lead.lost", ""),
    ("lead.deleted", ""),
    ("pro.created", ""),
];

#[tokio::test]
async fn t6_each_of_the_41_events_pushes_or_is_looked_at_or_does_nothing() {
    let named: Vec<&str> = ALL_EVENTS.iter().map(|(event, _)| *event).collect();
    let known: Vec<&str> = hcp::Event::ALL.iter().map(hcp::Event::name).collect();
    assert_eq!(named, known);
    for (event, expected) in ALL_EVENTS {
        // With every record that an event could carry: the event alone decides.
        let mut body = invoice_event(event);
        match event.split_once('.').unwrap().0 {
            "invoice" => {}
            "customer" => {
                body["customer"] = json!({ "id": "cus_1" });
                body.as_object_mut().unwrap().remove("invoice");
            }
            _ => {
                body["job"] = json!({ "id": "job_1", "customer": { "id": "cus_1" } });
                body.as_object_mut().unwrap().remove("invoice");
            }
        }
        let receiver = Receiver::new();
        let outcome = receiver.deliver(&body).await;
        let ignored = expected.is_empty();
        let queued = if ignored {
            Outcome::Ignored
        } else {
            Outcome::Queued
        };
        assert_eq!(outcome, queued, "{event}");
        let messages = receiver.queue.messages();
        let Some(message) = messages.first() else {
            assert!(ignored, "{event}");
            continue;
        };
        let look_at = &receiver.queued()[0];
        let evidence = look_at.evidence.clone().unwrap();
        let subject = look_at.subject.as_str();
        let becomes = match evidence.trigger {
            Some(cause) => format!("push {subject}: {cause:?}").to_lowercase(),
            None => format!("look at {subject}"),
        };
        assert_eq!(becomes, expected, "{event}");
        if evidence.trigger.is_none() {
            let key = format!("changed@{}", &message.deduplication[..16]);
            assert_eq!(evidence.key, key, "{event}");
            assert_eq!(evidence.at, time("2026-07-25T10:12:03Z"), "{event}");
        }
    }
}

#[tokio::test]
async fn t6_what_changes_nothing_is_acknowledged_and_forgotten() {
    for (body, outcome) in [
        (
            json!({ "event": "job.scheduled", "job": { "id": "job_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "estimate.sent", "estimate": { "id": "csr_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "invented.tomorrow", "job": { "id": "job_1" } }),
            Outcome::Ignored,
        ),
        (
            json!({ "event": "customer.updated", "customer": { "id": "no id" } }),
            Outcome::NoSubject,
        ),
        (
            // Whom a payment is from is no reason to look at the customer.
            json!({ "event": "invoice.paid", "customer": { "id": "cus_1" } }),
            Outcome::NoSubject,
        ),
        (
            json!({ "event": "job.completed", "job": { "id": "no id" } }),
            Outcome::NoSubject,
        ),
    ] {
        let receiver = Receiver::new();
        let received = receiver.deliver(&body).await;
        assert_eq!((received, received.status()), (outcome, 200), "{body}");
        assert!(receiver.queue.messages().is_empty(), "{body}");
    }
}

#[tokio::test]
async fn an_invoice_without_a_job_is_its_own_subject() {
    let receiver = Receiver::new();
    let body = without(invoice_event("invoice.paid"), &["invoice", "job_id"]);
    assert_eq!(receiver.deliver(&body).await, Outcome::Queued);
    let message = &receiver.queue.messages()[0];
    assert_eq!(message.group, format!("{COMPANY}#invoice_1"));
    assert!(matches!(&receiver.queued()[0].subject, Subject::Invoice(_)));
}

#[tokio::test]
async fn a_repeated_delivery_is_queued_once_and_a_similar_one_again() {
    let receiver = Receiver::new();
    for _ in 0..3 {
        // Signed anew each time: the time is no part of the identity.
        receiver.clock.advance(Duration::from_secs(1));
        assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
    }
    assert_eq!(receiver.queue.messages().len(), 1);

    // Two payments within one second: the same event and time, another body.
    let mut body = invoice_event("invoice.payment.succeeded");
    receiver.deliver(&body).await;
    body["invoice"]["payments"][1]["id"] = json!("invpay_3");
    receiver.deliver(&body).await;
    assert_eq!(receiver.queue.messages().len(), 3);
}
