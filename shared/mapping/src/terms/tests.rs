use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    fixtures::{read, with},
    properties::config,
};

mod net;

fn zone() -> TimeZone {
    TimeZone::get("America/New_York").unwrap()
}

/// An invoice as Housecall Pro shows it, as far as its terms go. It was sent at half past eleven in the evening
/// of 24 July in New York.
fn invoice(changes: &Value) -> Invoice {
    let sent = json!({
        "id": "invoice_b3e8d1f65c0a4b7e9d2f8a1746c05e93",
        "status": "open",
        "invoice_number": "10427",
        "amount": 54636,
        "due_amount": 54636,
        "due_at": null,
        "due_concept": null,
        "display_due_concept": null,
        "paid_at": null,
        "sent_at": "2026-07-25T03:30:00Z",
        "service_date": "2026-07-21T14:00:00Z",
        "invoice_date": "2026-07-22T16:09:41Z",
        "job_id": "job_7a0b5c3e1d2f4968b1e4c7d90f3a6582",
    });
    read(&with(sent, changes))
}

fn said_so(code: Option<&str>, display: Option<&str>) -> Value {
    json!({ "due_concept": code, "display_due_concept": display })
}

fn job() -> Job {
    read(&json!({
        "id": "job_7a0b5c3e1d2f4968b1e4c7d90f3a6582",
        "invoice_number": "10427",
        "work_status": "complete unrated",
        "work_timestamps": {
            "on_my_way_at": "2026-07-21T13:30:00Z",
            "started_at": "2026-07-21T14:02:00Z",
            "completed_at": "2026-07-24T02:05:00Z",
        },
    }))
}

fn dates(by_invoice: bool) -> Dates {
    Dates {
        txn: date(2026, 7, 22),
        due: date(2026, 7, 22),
        by_invoice,
    }
}

fn sent() -> Happened {
    Happened {
        only_finished: false,
        invoiced: true,
        refresh: false,
        at: "2026-07-25T03:30:00Z".parse().unwrap(),
    }
}

/// Terms at the creation of a QuickBooks invoice.
fn first(invoice: &Invoice) -> Terms {
    terms(&job(), Some(invoice), None, sent(), dates(true), &zone())
}

#[test]
fn m1_upon_receipt() {
    for (code, display) in [
        (Some("upon"), Some("upon receipt")),
        (Some("upon"), None),
        (None, Some("upon receipt")),
        (Some("upon_receipt"), Some("Upon Receipt")),
        (Some("upon"), Some("Due upon receipt")),
        (Some("upon"), Some("due on receipt")),
        (Some("upon"), Some(" upon ")),
    ] {
        let told = said_so(code, display);
        let found = first(&invoice(&told));
        let expected = Terms {
            term: Term::Days(0),
            due: date(2026, 7, 24),
            unknown: None,
        };
        assert_eq!(found, expected, "{told}");
    }
}

#[test]
fn m1_the_due_date_is_what_housecall_pro_says_else_the_day_of_sending_else_the_invoices() {
    for (due_at, sent_at, due) in [
        (
            Some("2026-07-26T16:10:00Z"),
            Some("2026-07-25T03:30:00Z"),
            date(2026, 7, 26),
        ),
        (None, Some("2026-07-25T03:30:00Z"), date(2026, 7, 24)),
        (None, None, date(2026, 7, 22)),
    ] {
        let told = with(
            said_so(Some("upon"), Some("upon receipt")),
            &json!({ "due_at": due_at, "sent_at": sent_at }),
        );
        assert_eq!(first(&invoice(&told)).due, due, "{told}");
    }
}

#[test]
fn m2_upon_start_or_completion_of_work() {
    let (start, completion) = (date(2026, 7, 21), date(2026, 7, 23));
    for (code, display, due) in [
        ("upon", Some("upon start of work"), start),
        ("upon_start_of_work", Some("upon start of work"), start),
        ("upon_start", None, start),
        ("upon", Some("Upon completion of work"), completion),
        (
            "upon_completion_of_work",
            Some("upon completion of work"),
            completion,
        ),
        ("upon_completion", Some("upon"), completion),
    ] {
        let told = said_so(Some(code), display);
        let expected = Terms {
            term: Term::Clear,
            due,
            unknown: None,
        };
        assert_eq!(first(&invoice(&told)), expected, "{told}");
        let told = with(told, &json!({ "due_at": "2026-07-28T12:00:00Z" }));
        assert_eq!(first(&invoice(&told)).due, date(2026, 7, 28), "{told}");
    }
}

#[test]
fn m2_work_that_has_not_begun_leaves_the_invoices_date() {
    let job: Job = read(&json!({ "id": "job_1", "work_timestamps": {} }));
    for display in ["upon start of work", "upon completion of work"] {
        let invoice = invoice(&said_so(Some("upon"), Some(display)));
        let found = terms(&job, Some(&invoice), None, sent(), dates(true), &zone());
        assert_eq!(found.due, date(2026, 7, 22), "{display}");
    }
}

#[test]
fn m4_on_a_date() {
    for (code, display) in [
        (Some("on"), Some("on date")),
        (Some("on"), None),
        (Some("on_date"), Some("on date")),
        (Some("on"), Some("08/06/2026")),
        (Some("on_date"), Some("on Aug 6, 2026")),
        (None, Some("On a date")),
    ] {
        for (due_at, due) in [
            (Some("2026-08-06T04:00:00Z"), date(2026, 8, 6)),
            (None, date(2026, 7, 22)),
        ] {
            let told = with(said_so(code, display), &json!({ "due_at": due_at }));
            let expected = Terms {
                term: Term::Clear,
                due,
                unknown: None,
            };
            assert_eq!(first(&invoice(&told)), expected, "{told}");
        }
    }
}

#[test]
fn m5_what_nobody_has_seen_gives_its_due_date_no_term_and_a_word_to_log() {
    for (code, display) in [
        (Some("specific_date"), Some("on date")),
        (Some("eom"), Some("net 30")),
        (Some("net_eom"), Some("net end of month")),
        (Some("upon"), Some("upon approval")),
        (Some("upon"), Some("net 30")),
        (Some("net"), Some("net soon")),
        (Some("net"), None),
        (Some("net_30"), Some("net 60")),
        (Some("net_1000"), Some("net 1000")),
        (Some("net_99999999999"), None),
        (Some("on"), Some("upon receipt")),
        (None, Some("whenever")),
    ] {
        for (due_at, due) in [
            (Some("2026-08-06T16:00:00Z"), date(2026, 8, 6)),
            (None, date(2026, 7, 22)),
        ] {
            let told = with(said_so(code, display), &json!({ "due_at": due_at }));
            let found = first(&invoice(&told));
            assert_eq!((found.term, found.due), (Term::Clear, due), "{told}");
            let log = found.unknown.unwrap();
            for text in [code, display].into_iter().flatten() {
                assert!(log.contains(text), "{log}");
            }
        }
    }
}

#[test]
fn m5_where_nothing_is_told_nothing_is_set_or_cleared() {
    for (code, display) in [(None, None), (Some(""), Some(" "))] {
        let told = with(
            said_so(code, display),
            &json!({ "due_at": "2026-08-06T16:00:00Z" }),
        );
        let expected = Terms {
            term: Term::Keep,
            due: date(2026, 8, 6),
            unknown: None,
        };
        assert_eq!(first(&invoice(&told)), expected);
    }
}

#[test]
fn n4_a_job_without_an_invoice_has_no_term() {
    let dates = dates(false);
    let found = terms(&job(), None, None, sent(), dates, &zone());
    let expected = Terms {
        term: Term::Keep,
        due: dates.due,
        unknown: None,
    };
    assert_eq!(found, expected);
}

#[test]
fn d7_a_term_is_written_with_the_dates_of_the_invoice_and_by_hand_only() {
    let told = with(
        said_so(Some("net"), Some("net 30")),
        &json!({ "due_at": "2026-09-01T16:00:00Z" }),
    );
    let told = invoice(&told);
    let by_hand = Happened {
        refresh: true,
        ..sent()
    };
    let written = (Term::Days(30), date(2026, 9, 1));
    let kept = (Term::Keep, date(2026, 7, 22));
    for (known, happened, expected) in [
        (None, sent(), &written),
        (Some(dates(false)), sent(), &written),
        (Some(dates(true)), sent(), &kept),
        (Some(dates(true)), by_hand, &written),
    ] {
        let found = terms(&job(), Some(&told), known, happened, dates(true), &zone());
        assert_eq!(&(found.term, found.due), expected, "{known:?}");
    }
}

/// Of a code that nobody has seen the display is believed where the due date agrees with it.
#[test]
fn m5_an_unseen_code_hides_no_term_that_the_due_date_bears_out() {
    let net_30 = "2026-08-23T14:00:00Z";
    for (code, display, due_at, term) in [
        ("days_after_sending", "net 30", Some(net_30), Term::Days(30)),
        (
            "days_after_sending",
            "Net 30 days",
            Some(net_30),
            Term::Days(30),
        ),
        ("days_after_sending", "net 60", Some(net_30), Term::Clear),
        ("days_after_sending", "net 30", None, Term::Clear),
        (
            "immediately",
            "upon receipt",
            Some("2026-07-24T14:00:00Z"),
            Term::Days(0),
        ),
        ("immediately", "upon receipt", Some(net_30), Term::Clear),
        ("specific_date", "on date", Some(net_30), Term::Clear),
    ] {
        let told = said_so(Some(code), Some(display));
        let told = invoice(&with(told, &json!({ "due_at": due_at })));
        let found = first(&told);
        assert_eq!(found.term, term, "{code}, {display}, {due_at:?}");
        assert!(
            found.unknown.unwrap().contains(code),
            "it is logged all the same"
        );
    }
    let unsent = with(
        said_so(Some("days_after_sending"), Some("net 30")),
        &json!({ "due_at": net_30, "sent_at": null }),
    );
    assert_eq!(first(&invoice(&unsent)).term, Term::Clear);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn v5_no_text_makes_a_term_that_quickbooks_refuses(
        code in prop::option::of(prop_oneof![".{0,12}", "(net|upon|on|due)[ _-]?[a-z0-9]{0,12}"]),
        display in prop::option::of(prop_oneof![".{0,12}", "(Net|upon|on) ?[0-9]{0,6}( days)?"]),
        due_at in prop::option::of(Just("2026-08-06T16:00:00Z")),
    ) {
        let told = with(said_so(code.as_deref(), display.as_deref()), &json!({ "due_at": due_at }));
        let found = first(&invoice(&told));
        if let Term::Days(days) = found.term {
            prop_assert!(days <= MOST_DAYS);
        }
        if due_at.is_some() {
            prop_assert_eq!(found.due, date(2026, 8, 6));
        }
    }
}
