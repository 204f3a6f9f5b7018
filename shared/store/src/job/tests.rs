use super::*;
use crate::{Key, Record, Stored, WorkItem};

fn at(minute: i64) -> Timestamp {
    let noon: Timestamp = "2026-07-24T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_mins(minute)
}

fn invoice(name: &str) -> InvoiceId {
    InvoiceId::parse(name).unwrap()
}

fn mark(trigger: Cause, minute: i64) -> Mark {
    Mark {
        key: format!("{trigger:?}@{minute}"),
        occurred: Some(at(minute)),
        trigger,
        at: at(minute),
        invoice: (trigger != Cause::Finished).then(|| invoice("invoice_1")),
        by: None,
    }
}

/// A job whose triggers so far were carried.
fn synced(marks: impl IntoIterator<Item = Mark>) -> Job {
    let mut job = Job::default();
    for mark in marks {
        assert!(job.mark(mark));
        job.handled = job.marks.len();
    }
    job.state = JobState::Synced;
    job
}

#[test]
fn t13_the_marks_of_a_job_do_not_grow_without_end_and_no_repeat_counts_again() {
    let mut job = synced([mark(Cause::Finished, 0)]);
    for minute in 1..6_000 {
        assert!(job.mark(mark(Cause::Invoiced, minute)));
        if minute % 3 == 0 {
            job.handled = job.marks.len();
        }
    }
    assert!(job.marks.len() <= 100, "{}", job.marks.len());
    job.handled = job.marks.len();
    let first: Vec<Timestamp> = job.marks[..2].iter().map(|mark| mark.at).collect();
    assert_eq!(first, [at(0), at(1)], "the first of each kind stays");
    for minute in [0, 1, 2, 17, 3_000, 5_998, 5_999] {
        let trigger = if minute == 0 {
            Cause::Finished
        } else {
            Cause::Invoiced
        };
        assert!(!job.mark(mark(trigger, minute)), "minute {minute} again");
    }
    assert!(job.mark(mark(Cause::Invoiced, 6_000)));
    assert!(
        job.mark(mark(Cause::Paid, 40)),
        "nothing of the kind was forgotten"
    );
    assert_eq!(job.unhandled().len(), 2);
}

#[test]
fn t13_a_trigger_that_was_read_already_needs_no_read_of_its_own() {
    let shown = |at: Timestamp, paid: &[&str]| Shown {
        at,
        finished: true,
        sent: vec![invoice("invoice_1")],
        paid: paid.iter().map(|name| invoice(name)).collect(),
    };
    let paid = mark(Cause::Paid, 11);
    let again = Mark {
        key: "payment:invpay_1".to_owned(),
        ..paid.clone()
    };
    // What was read, when the webhook came, whether a trigger of the kind was carried; whether that is enough.
    let table = [
        (
            "read afterwards",
            shown(at(12), &["invoice_1"]),
            Some(at(11)),
            true,
            true,
        ),
        (
            "read before",
            shown(at(10), &["invoice_1"]),
            Some(at(11)),
            true,
            false,
        ),
        (
            "in the same moment",
            shown(at(11), &["invoice_1"]),
            Some(at(11)),
            true,
            false,
        ),
        (
            "the record lagged",
            shown(at(12), &[]),
            Some(at(11)),
            true,
            false,
        ),
        (
            "another invoice was paid",
            shown(at(12), &["invoice_2"]),
            Some(at(11)),
            true,
            false,
        ),
        (
            "the first of its kind",
            shown(at(12), &["invoice_1"]),
            Some(at(11)),
            false,
            false,
        ),
        (
            "told by a sweep",
            shown(at(12), &["invoice_1"]),
            None,
            true,
            false,
        ),
    ];
    for (case, shown, received, before, enough) in table {
        let mut job = synced(
            [mark(Cause::Finished, 0)]
                .into_iter()
                .chain(before.then(|| paid.clone())),
        );
        job.shown = Some(shown);
        assert_eq!(job.mark_as_carried(&again, received), enough, "{case}");
        assert!(job.unhandled().is_empty());
        assert_eq!(
            job.knows(&again.key, again.occurred),
            enough,
            "{case}: a repeat is known"
        );
    }
}

#[test]
fn a_record_of_before_there_were_turns_is_read() {
    let stored = r#"{"marks":[{"key":"finished@x","trigger":"finished","at":"2026-07-24T12:00:00Z","invoice":null}],
        "handled":0,"put_off":3,"waits_for":"the rate limit hcp#1 is used up","state":"queued"}"#;
    let job: Job = serde_json::from_str(stored).unwrap();
    assert_eq!(
        (job.waiting.put_off, job.waiting.turn, job.unhandled().len()),
        (3, None, 1)
    );
    let limit: crate::Limit = serde_json::from_str(r#"{"next":"2026-07-24T12:00:00Z"}"#).unwrap();
    assert_eq!(limit, crate::Limit::default());
}

/// As the version wrote them that kept the waiting of jobs and of customers' edits each in a form of its own.
#[test]
fn records_of_before_work_was_one_are_read() {
    let record = |sort: &str, body: &str| Record {
        key: Key::new("books#c#1", sort),
        version: 4,
        writer: uuid::Uuid::nil(),
        body: body.to_owned(),
        due: Some(at(7)),
        lists: crate::Lists::default(),
    };
    let job = record(
        "job#job_1",
        r#"{"v":1,"data":{"marks":[{"key":"Finished@0","occurred":"2026-07-24T12:00:00Z","trigger":"finished","at":"2026-07-24T12:00:00Z","invoice":null},{"key":"Invoiced@5","occurred":"2026-07-24T12:05:00Z","trigger":"invoiced","at":"2026-07-24T12:05:00Z","invoice":"invoice_1"}],"handled":1,"put_off":3,"failing_since":"2026-07-24T12:01:00Z","lags":2,"turn":"2026-07-24T12:02:00Z","waits_for":"the limit hcp#1 is used up until then","state":"queued","alerted":false,"number":"104"}}"#,
    );
    let edit = record(
        "customer-edit#cus_1",
        r#"{"v":1,"data":{"put_off":2,"waits_for":"tried again at 2026-07-24T12:05:00Z: QuickBooks cannot be reached at the moment: status 503"}}"#,
    );
    let job = Stored::<Job>::decode(&job).unwrap();
    assert_eq!(job.value.unhandled(), [mark(Cause::Invoiced, 5)]);
    assert_eq!(
        job.value.waiting,
        Waiting {
            put_off: 3,
            failing_since: Some(at(1)),
            lags: 2,
            turn: Some(at(2)),
            waits_for: Some("the limit hcp#1 is used up until then".to_owned()),
        }
    );
    let edit = Stored::<WorkItem>::decode(&edit).unwrap();
    assert_eq!(
        (edit.value.waiting.put_off, edit.value.evidence()),
        (2, &[][..])
    );
    let waits_for = edit.value.waiting.waits_for.unwrap();
    assert!(waits_for.contains("status 503"), "{waits_for}");
}
