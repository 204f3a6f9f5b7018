use money::Cents;
use serde_json::{Value, json};

use super::*;
use crate::{
    Invoiced, Invoicing, SentBefore,
    fixtures::{finished, hour, invoiced, labor},
};

/// Sorted as in a company that bills jobs in parts.
fn sorted(records: &JobRecords) -> Sorted<'_> {
    let standing = SentBefore::default();
    records.sorted(Invoicing::Progress, &standing).unwrap()
}

fn number(records: &JobRecords) -> Result<String, Refusal> {
    let number = records.main_number(&sorted(records));
    number.map(|number| number.as_str().to_owned())
}

fn total(records: &JobRecords) -> Result<Cents, Refusal> {
    records.main_total(&sorted(records), None, Cents::ZERO)
}

fn days(records: &JobRecords) -> Days {
    records.days_with(sorted(records).invoiced.first())
}

/// An invoice of nothing, as Housecall Pro adds them.
fn companion() -> Value {
    json!({ "invoice_number": "20312", "status": "paid", "amount": 0, "subtotal": 0, "items": [] })
}

#[test]
fn n1_the_number_is_the_invoices_where_there_is_one() {
    let records = invoiced(finished(&[hour()]), &json!({ "invoice_number": "30417" }));
    assert_eq!(number(&records).unwrap(), "30417");
    assert_eq!(records.job_number(), "20311");
}

#[test]
fn n4_until_there_is_an_invoice_the_number_is_the_jobs() {
    assert_eq!(number(&finished(&[hour()])).unwrap(), "20311");
    let unnumbered = invoiced(finished(&[hour()]), &json!({ "invoice_number": "" }));
    assert_eq!(number(&unnumbered).unwrap(), "20311");
    let voided = json!({ "invoice_number": "30417", "status": "voided" });
    assert_eq!(
        number(&invoiced(finished(&[hour()]), &voided)).unwrap(),
        "20311"
    );
}

#[test]
fn n4_a_job_without_a_number_has_none_for_quickbooks() {
    let mut records = finished(&[hour()]);
    records.job.invoice_number = None;
    let id = "job_e1c5a7f04b9d4d27a3c6820f5b9e7d18";
    assert_eq!((records.number(), records.known_by()), (None, id));
    assert_eq!(number(&records), Err(Refusal::NoNumber));
    let records = invoiced(records, &json!({ "invoice_number": "30417" }));
    assert_eq!(records.known_by(), "30417");
    assert_eq!(number(&records).unwrap(), "30417");
}

#[test]
fn n5_numbers_are_taken_as_they_are_up_to_21_characters() {
    for given in [
        "6-2",
        "11927-1",
        "0042",
        "A/7 b",
        &"9".repeat(21),
        &"é".repeat(21),
    ] {
        let records = invoiced(finished(&[hour()]), &json!({ "invoice_number": given }));
        assert_eq!(number(&records).unwrap(), *given);
        let mut records = finished(&[hour()]);
        records.job.invoice_number = Some((*given).to_owned());
        assert_eq!(number(&records).unwrap(), *given);
    }
    for given in [&"9".repeat(22), &"é".repeat(22), "10\t42"] {
        let records = invoiced(finished(&[hour()]), &json!({ "invoice_number": given }));
        let refusal = Refusal::Number((*given).to_owned());
        assert_eq!(number(&records), Err(refusal), "never shortened");
    }
}

#[test]
fn n5_a_number_that_is_written_as_a_number_is_text() {
    let records = invoiced(finished(&[hour()]), &json!({ "invoice_number": 30417 }));
    assert_eq!(number(&records).unwrap(), "30417");
}

#[test]
fn removed_invoices_and_companions_of_nothing_do_not_count() {
    for status in ["voided", "canceled"] {
        let voided =
            json!({ "id": "invoice_1", "status": status, "invoice_number": "30416", "amount": 1 });
        for changes in [voided, companion()] {
            let alone = invoiced(finished(&[hour()]), &changes);
            assert_eq!(sorted(&alone).invoiced, Invoiced::NotYet, "{changes}");
            let beside = invoiced(alone, &json!({ "invoice_number": "30417" }));
            assert_eq!(number(&beside).unwrap(), "30417", "{changes}");
            assert_eq!(beside.bill().unwrap().lines.len(), 1);
        }
    }
}

#[test]
fn an_invoice_counts_whatever_its_status_unless_it_was_removed() {
    for status in [
        json!("open"),
        json!("paid"),
        json!("pending_payment"),
        json!("uncollectible"),
        json!("something new"),
        Value::Null,
    ] {
        let records = invoiced(
            finished(&[hour()]),
            &json!({ "status": status, "invoice_number": "30417" }),
        );
        assert_eq!(number(&records).unwrap(), "30417", "{status}");
    }
}

#[test]
fn an_invoice_of_nothing_counts_when_it_has_lines() {
    let free = labor("Courtesy check", 1.0, 0, 0);
    let records = invoiced(finished(&[free]), &json!({ "invoice_number": "30417" }));
    assert_eq!(number(&records).unwrap(), "30417");
    assert_eq!(total(&records), Ok(Cents::ZERO));
    assert_eq!(records.bill().unwrap().lines.len(), 1);
}

#[test]
fn the_total_is_the_invoices_before_the_jobs() {
    let mut records = invoiced(finished(&[hour()]), &json!({ "amount": 9_400 }));
    assert_eq!(total(&records), Ok(Cents::new(9_400)));
    records.invoices[0].amount = None;
    assert_eq!(total(&records), Ok(Cents::new(9_500)));
    records.job.total_amount = None;
    assert_eq!(total(&records), Err(Refusal::NoTotal));
    assert_eq!(records.bill(), Err(Refusal::NoTotal));
}

#[test]
fn the_days_are_the_jobs_and_the_invoices() {
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let mut records = finished(&[hour()]);
    let expected = Days {
        finished: at("2026-05-05T02:30:00Z"),
        service: at("2026-05-04T15:00:00Z"),
        ..Days::default()
    };
    assert_eq!(days(&records), expected);
    records.job.work_timestamps.completed_at = None;
    records.job.schedule.scheduled_start = None;
    assert_eq!(days(&records), Days::default());
    let records = invoiced(records, &json!({ "service_date": "2026-05-03T15:00:00Z" }));
    let expected = Days {
        finished: None,
        invoice: at("2026-05-06T15:59:30Z"),
        sent: at("2026-05-06T16:00:00Z"),
        service: at("2026-05-03T15:00:00Z"),
        due: at("2026-06-05T16:00:00Z"),
    };
    assert_eq!(days(&records), expected);
}

#[test]
fn l1_the_service_date_is_the_day_of_completion_else_of_the_plan_in_company_time() {
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let day = |records: &JobRecords| records.service_date(&zone).map(|day| day.to_string());
    let mut records = finished(&[hour()]);
    assert_eq!(
        day(&records).as_deref(),
        Some("2026-05-04"),
        "02:30 in UTC is the day before"
    );
    records.job.work_timestamps.completed_at = None;
    records.job.schedule.scheduled_start = Some("2026-05-02T15:00:00Z".parse().unwrap());
    assert_eq!(day(&records).as_deref(), Some("2026-05-02"));
    records.job.schedule.scheduled_start = None;
    assert_eq!(day(&records), None);
}

#[test]
fn n3_progress_invoices_are_one_invoice_numbered_like_the_first_that_was_sent() {
    let part = |number: &str, sent: Value| {
        let item = json!({ "name": "Hour of work", "amount": 9_500, "invoiced_amount": 4_750 });
        json!({ "invoice_number": number, "sent_at": sent, "amount": 4_750, "items": [item] })
    };
    let at = |day: u32| json!(format!("2026-05-{day:02}T16:00:00Z"));
    for (invoices, first) in [
        (vec![("20311-1", at(6))], "20311-1"),
        (vec![("20311-2", at(8)), ("20311-1", at(6))], "20311-1"),
        (vec![("20311-1", at(8)), ("20311-2", at(6))], "20311-2"),
        (
            vec![("20311-1", Value::Null), ("20311-2", at(6))],
            "20311-2",
        ),
        (
            vec![("20311-10", Value::Null), ("20311-2", Value::Null)],
            "20311-2",
        ),
    ] {
        let told = format!("{invoices:?}");
        let mut records = finished(&[hour()]);
        for (number, sent) in invoices {
            records = invoiced(records, &part(number, sent));
        }
        assert!(
            matches!(sorted(&records).invoiced, Invoiced::Parts(_)),
            "{told}"
        );
        assert_eq!(number(&records).unwrap(), first, "{told}");
        assert_eq!(total(&records), Ok(Cents::new(9_500)), "the whole job's");
    }
}

#[test]
fn n6_what_makes_progress_invoices_of_a_jobs_invoices() {
    let item = |amount: Value, invoiced: Value| json!({ "name": "Hour of work", "amount": amount, "invoiced_amount": invoiced });
    let whole = || item(json!(9_500), json!(9_500));
    for (changes, parts) in [
        (json!({ "items": [whole()] }), false),
        (json!({ "items": [item(json!(9_500), Value::Null)] }), false),
        (json!({ "items": [] }), false),
        (
            json!({ "items": [whole(), item(json!(9_500), json!(4_750))] }),
            true,
        ),
        (json!({ "items": [item(json!(9_500), json!(0))] }), true),
        (json!({ "items": [item(Value::Null, json!(4_750))] }), true),
        (json!({ "invoice_number": "20311-D" }), false),
    ] {
        let records = invoiced(finished(&[hour()]), &changes);
        let found = matches!(sorted(&records).invoiced, Invoiced::Parts(_));
        assert_eq!(found, parts, "{changes}");
        // Two of them are parts, whatever their items say.
        let several = invoiced(records, &json!({ "invoice_number": "20312" }));
        assert!(matches!(sorted(&several).invoiced, Invoiced::Parts(_)));
    }
}
