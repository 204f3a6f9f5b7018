use super::*;
use DateSource::{Both, InvoiceDate, ServiceDate};

mod orders;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("America/New_York").unwrap()
}

/// Each day on which something happened, by its name in the tables.
const CALENDAR: [(&str, &str); 9] = [
    ("service", "2026-07-20T14:00:00Z"),
    ("finish", "2026-07-24T16:05:11Z"),
    ("invoice", "2026-07-27T16:09:41Z"),
    ("sent", "2026-07-28T16:10:00Z"),
    ("due", "2026-08-27T16:10:00Z"),
    ("payday", "2026-08-30T10:00:00Z"),
    ("later", "2026-09-02T12:00:00Z"),
    ("second", "2026-09-05T12:00:00Z"),
    ("today", "2026-09-09T12:00:00Z"),
];

fn day(name: &str) -> Timestamp {
    let named = CALENDAR.iter().find(|(known, _)| *known == name);
    at(named.unwrap_or_else(|| panic!("no day {name}")).1)
}

fn name(date: Date) -> &'static str {
    let named = CALENDAR
        .iter()
        .find(|(_, text)| at(text).to_zoned(zone()).date() == date);
    named.unwrap_or_else(|| panic!("no day {date}")).0
}

/// A company that does its work step by step, syncing after some of the steps.
struct Company {
    source: DateSource,
    days: Days,
    known: Option<Dates>,
}

impl Company {
    /// The work is scheduled; nothing was done.
    fn new(source: DateSource) -> Self {
        let days = Days {
            service: Some(day("service")),
            ..Days::default()
        };
        Self {
            source,
            days,
            known: None,
        }
    }

    /// What Housecall Pro shows after a step. Only the first invoice issued gives days.
    fn happens(&mut self, step: &str) {
        match step {
            "finished" => self.days.finished = Some(day("finish")),
            "invoiced" | "1st" => {
                self.days.invoice.get_or_insert(day("invoice"));
                self.days.sent = Some(day("sent"));

                self.days.due.get_or_insert(day("due"));
            }
            "2nd" | "final" | "paid" | "hand" | "edited" => {}
            // Changes in Housecall Pro that are no triggers.
            "redated" => self.days.invoice = Some(day("later")),
            "reterm" => self.days.due = Some(day("payday")),
            other => panic!("no step {other}"),
        }
    }

    /// Syncs because of these steps.
    fn sync(&mut self, steps: &[&str]) -> Dates {
        let has = |wanted: &[&str]| steps.iter().any(|step| wanted.contains(step));
        let happened = Happened {
            only_finished: steps.iter().all(|step| *step == "finished"),
            invoiced: has(&["invoiced", "1st", "2nd", "final"]),
            refresh: has(&["hand", "edited"]),
            at: match steps.last() {
                Some(&"finished") => day("finish"),
                Some(&("invoiced" | "1st")) => day("sent"),
                Some(&("2nd" | "final")) => day("second"),
                Some(&"paid") => day("payday"),
                _ => day("today"),
            },
        };
        let dates = dates(self.source, self.known, happened, &self.days, &zone());
        self.known = Some(dates);
        dates
    }
}

/// The name of `TxnDate` after each step. `+` joins steps that one sync carries; a step in brackets is not
/// synced: it happened before, or told nothing.
fn dated(source: DateSource, story: &str) -> String {
    let mut company = Company::new(source);
    let mut dates = Vec::new();
    for step in story.split_whitespace() {
        match step
            .strip_prefix('(')
            .and_then(|step| step.strip_suffix(')'))
        {
            Some(unseen) => company.happens(unseen),
            None => {
                let together: Vec<&str> = step.split('+').collect();
                together.iter().for_each(|step| company.happens(step));
                dates.push(name(company.sync(&together).txn));
            }
        }
    }
    dates.join(" ")
}

fn check(source: DateSource, table: &[(&str, &str)]) {
    for (story, expected) in table {
        assert_eq!(dated(source, story), *expected, "{source:?}: {story}");
    }
}

#[test]
fn d1_simple_invoices_by_invoice_date() {
    check(
        InvoiceDate,
        &[
            ("finished invoiced paid", "finish invoice invoice"),
            ("finished paid invoiced", "finish finish invoice"),
            ("finished paid", "finish finish"),
            ("finished invoiced+paid", "finish invoice"),
            ("finished+invoiced paid", "invoice invoice"),
            ("finished (invoiced) paid", "finish finish"),
            // Sent before it was finished, and told late: the first sync is still that of *finished*.
            ("(invoiced) finished invoiced", "finish invoice"),
        ],
    );
}

#[test]
fn d1_without_a_date_of_its_own_the_day_of_sending_is_the_invoice_date() {
    let mut company = Company::new(InvoiceDate);
    company.happens("finished");
    company.sync(&["finished"]);
    company.happens("invoiced");
    company.days.invoice = None;
    assert_eq!(name(company.sync(&["invoiced"]).txn), "sent");
}

#[test]
fn d1_an_invoice_without_days_dates_nothing_and_the_next_does() {
    let mut company = Company::new(InvoiceDate);
    company.happens("finished");
    let first = company.sync(&["finished"]);
    assert_eq!(company.sync(&["invoiced"]), first);
    company.happens("invoiced");
    assert_eq!(name(company.sync(&["invoiced"]).txn), "invoice");
}

#[test]
fn d1_an_invoice_that_has_no_days_of_work_is_dated_by_itself_at_finished() {
    for source in [InvoiceDate, ServiceDate, Both] {
        let mut company = Company::new(source);
        company.happens("invoiced");
        company.days.service = None;
        let first = company.sync(&["finished"]);
        assert_eq!(name(first.txn), "invoice", "{source:?}");
        company.happens("redated");
        assert_eq!(company.sync(&["invoiced"]), first, "{source:?}");
    }
}

#[test]
fn d2_simple_invoices_by_service_date() {
    check(
        ServiceDate,
        &[
            ("finished invoiced paid", "finish finish finish"),
            ("finished paid invoiced", "finish finish finish"),
            ("finished invoiced+paid", "finish finish"),
            ("finished+invoiced paid", "finish finish"),
            ("finished paid", "finish finish"),
        ],
    );
}

#[test]
fn d3_progress_invoices_by_invoice_date() {
    check(
        InvoiceDate,
        &[
            (
                "finished 1st 2nd paid final paid",
                "finish invoice invoice invoice invoice invoice",
            ),
            (
                "finished 1st paid 2nd final paid",
                "finish invoice invoice invoice invoice invoice",
            ),
            ("finished paid 1st 2nd", "finish finish invoice invoice"),
            // The webhook of the first was lost: it stays the first invoice's date.
            ("finished (1st) 2nd final", "finish invoice invoice"),
            ("finished 1st+2nd+final paid", "finish invoice invoice"),
            ("1st 2nd finished final", "invoice invoice invoice invoice"),
            ("(1st) 2nd finished", "invoice invoice"),
            ("(1st) (2nd) final paid", "invoice invoice"),
        ],
    );
}

#[test]
fn d4_progress_invoices_by_service_date() {
    check(
        ServiceDate,
        &[
            (
                "finished 1st 2nd paid final paid",
                "finish finish finish finish finish finish",
            ),
            ("finished paid 1st 2nd", "finish finish finish finish"),
            ("finished (1st) 2nd final", "finish finish finish"),
            // The work is done after the first partial invoice: the date of the first sync stays.
            ("1st finished 2nd final", "service service service service"),
        ],
    );
}

#[test]
fn d5_a_first_sync_that_starts_at_invoiced() {
    check(
        InvoiceDate,
        &[
            ("(finished) invoiced paid", "invoice invoice"),
            ("invoiced finished paid", "invoice invoice invoice"),
        ],
    );
    check(
        ServiceDate,
        &[
            ("(finished) invoiced paid", "finish finish"),
            ("invoiced finished paid", "service service service"),
        ],
    );
}

#[test]
fn d5_d6_by_service_date_the_invoice_date_is_the_last_resort() {
    for step in ["invoiced", "paid"] {
        let mut company = Company::new(ServiceDate);
        company.happens("invoiced");
        company.days.service = None;
        assert_eq!(name(company.sync(&[step]).txn), "invoice", "{step}");
    }
}

#[test]
fn d6_a_first_sync_that_starts_at_paid_or_by_hand() {
    for (source, invoiced) in [(InvoiceDate, "invoice"), (ServiceDate, "finish")] {
        check(
            source,
            &[
                ("(finished) (invoiced) paid", invoiced),
                ("(finished) (invoiced) hand", invoiced),
                ("(finished) paid", "finish"),
                ("(finished) hand", "finish"),
                ("paid finished", "service service"),
                ("hand", "service"),
            ],
        );
    }
}

#[test]
fn d6_the_day_of_the_trigger_is_the_last_resort() {
    for source in [InvoiceDate, ServiceDate, Both] {
        for (step, expected) in [
            ("finished", "finish"),
            ("invoiced", "sent"),
            ("paid", "payday"),
            ("hand", "today"),
        ] {
            let mut company = Company::new(source);
            company.days = Days::default();
            assert_eq!(name(company.sync(&[step]).txn), expected, "{source:?}");
        }
    }
}

#[test]
fn d7_a_later_change_waits_for_a_push_by_hand_or_of_the_edit() {
    check(
        InvoiceDate,
        &[
            (
                "finished invoiced (redated) invoiced paid hand paid",
                "finish invoice invoice invoice later later",
            ),
            (
                "(finished) paid+invoiced (redated) paid edited",
                "invoice invoice later",
            ),
            (
                "finished 1st (redated) 2nd final",
                "finish invoice invoice invoice",
            ),
            // Sent without a word of it, then pushed by hand.
            ("finished (invoiced) paid hand", "finish finish invoice"),
            ("finished hand", "finish finish"),
        ],
    );
    check(
        ServiceDate,
        &[
            ("invoiced (finished) paid hand", "service service finish"),
            ("finished invoiced (redated) hand", "finish finish finish"),
        ],
    );
}

#[test]
fn d7_an_edit_that_pushes_itself_does_not_date_an_invoice_that_was_never_sent() {
    let mut company = Company::new(InvoiceDate);
    company.happens("finished");
    company.sync(&["finished"]);
    company.days.invoice = Some(day("invoice"));
    assert_eq!(name(company.sync(&["edited"]).txn), "finish");
}

#[test]
fn d7_a_push_by_hand_never_dates_anew_with_the_day_of_the_push() {
    for source in [InvoiceDate, ServiceDate, Both] {
        let mut company = Company::new(source);
        company.happens("finished");
        let first = company.sync(&["finished"]);
        company.days = Days::default();
        assert_eq!(company.sync(&["hand"]).txn, first.txn, "{source:?}");
    }
}

#[test]
fn d7_the_due_date_is_written_at_the_creation_when_it_is_issued_and_by_hand() {
    for source in [InvoiceDate, ServiceDate, Both] {
        let mut company = Company::new(source);
        company.happens("finished");
        let mut due = |steps: &[&str], unseen: &[&str]| {
            unseen.iter().for_each(|step| company.happens(step));
            name(company.sync(steps).due)
        };
        assert_eq!(due(&["finished"], &[]), "finish", "N4");
        assert_eq!(due(&["invoiced"], &["invoiced"]), "due");
        assert_eq!(due(&["paid"], &["reterm"]), "due");
        assert_eq!(due(&["2nd"], &[]), "due");
        assert_eq!(due(&["hand"], &[]), "payday");
    }
}

#[test]
fn n4_a_finished_job_has_the_due_date_of_an_invoice_that_is_there_already() {
    let mut company = Company::new(InvoiceDate);
    company.happens("finished");
    company.happens("invoiced");
    let first = company.sync(&["finished"]);
    assert_eq!((name(first.txn), name(first.due)), ("finish", "due"));
}

#[test]
fn d8_days_are_those_of_the_company() {
    let late = at("2026-07-25T03:30:00Z");
    for (zone, txn) in [
        ("America/New_York", "2026-07-24"),
        ("Pacific/Honolulu", "2026-07-24"),
        ("UTC", "2026-07-25"),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let days = Days {
            finished: Some(late),
            due: Some(late),
            ..Days::default()
        };
        let happened = Happened {
            only_finished: true,
            invoiced: false,
            refresh: false,
            at: at("2026-07-30T00:00:00Z"),
        };
        let dates = dates(InvoiceDate, None, happened, &days, &zone);
        assert_eq!(dates.txn.to_string(), txn);
        assert_eq!(dates.due.to_string(), txn);
    }
}
