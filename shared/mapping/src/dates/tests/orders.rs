//! Every order of what can happen to a job, and days of every kind.

use proptest::{prelude::*, sample::subsequence};

use super::*;
use crate::properties::config;

/// All orders of a job's steps in which invoices are issued one after the other, with one payment or two.
fn orders() -> Vec<Vec<&'static str>> {
    fn go(left: &[&'static str], done: &mut Vec<&'static str>, all: &mut Vec<Vec<&'static str>>) {
        all.push(done.clone());
        for (index, step) in left.iter().enumerate() {
            let too_early = match *step {
                "2nd" => left.contains(&"1st"),
                "final" => left.contains(&"1st") || left.contains(&"2nd"),
                _ => false,
            };
            if !too_early {
                let mut rest = left.to_vec();
                done.push(rest.remove(index));
                go(&rest, done, all);
                done.pop();
            }
        }
    }
    let mut all = Vec::new();
    go(
        &["finished", "1st", "2nd", "final", "paid", "paid"],
        &mut Vec::new(),
        &mut all,
    );
    all.retain(|order| !order.is_empty());
    all
}

/// The rules in their own words: what the date is after each step, whatever comes in which order and wherever
/// the first sync starts.
fn expected(source: DateSource, unseen: &[&str], seen: &[&str]) -> Vec<&'static str> {
    let mut done = unseen.to_vec();
    let mut date = None;
    let mut dated = Vec::new();
    let mut first_invoice_counts = false;
    for step in seen {
        done.push(step);
        let work = if done.contains(&"finished") {
            "finish"
        } else {
            "service"
        };
        let issued = done.contains(&"1st");
        let invoiced = matches!(*step, "1st" | "2nd" | "final");
        let now = match (source, date) {
            // D2, D4: it stays.
            (ServiceDate, Some(date)) => date,
            // D1 to D4 at *finished*; D5 and D6 by service date.
            (ServiceDate, None) => work,
            (_, None) if *step == "finished" => "finish",
            // D5, D6.
            (_, None) if issued => "invoice",
            (_, None) => work,
            // D1, D3: the first invoice, once.
            (_, Some(_)) if invoiced && !first_invoice_counts => "invoice",
            (_, Some(date)) => date,
        };
        first_invoice_counts |= now == "invoice";
        date = Some(now);
        dated.push(now);
    }
    dated
}

#[test]
fn d1_to_d6_every_order_and_every_start() {
    let orders = orders();
    assert!(orders.len() > 100, "{}", orders.len());
    for order in &orders {
        for start in 0..order.len() {
            let (unseen, seen) = order.split_at(start);
            for source in [InvoiceDate, ServiceDate] {
                let story: Vec<String> = unseen
                    .iter()
                    .map(|step| format!("({step})"))
                    .chain(seen.iter().map(|step| (*step).to_owned()))
                    .collect();
                let story = story.join(" ");
                let expected = expected(source, unseen, seen).join(" ");
                assert_eq!(dated(source, &story), expected, "{source:?}: {story}");
            }
        }
    }
}

#[test]
fn d9_both_is_the_invoice_date() {
    for order in orders() {
        let story = order.join(" ");
        for story in [story.clone(), format!("{story} (redated) hand")] {
            assert_eq!(dated(Both, &story), dated(InvoiceDate, &story), "{story}");
        }
    }
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    prop_oneof![
        4 => 1_500_000_000_i64..2_000_000_000,
        1 => first..=last,
        1 => Just(first),
        1 => Just(last),
    ]
    .prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn any_days() -> impl Strategy<Value = Days> {
    let time = || prop::option::of(any_time());
    (time(), time(), time(), time(), time()).prop_map(|(finished, invoice, sent, service, due)| {
        Days {
            finished,
            invoice,
            sent,
            service,
            due,
        }
    })
}

/// What happens at one sync of a job.
fn any_sync() -> impl Strategy<Value = (Days, Happened)> {
    (any_days(), any::<[bool; 3]>(), any_time()).prop_map(|(days, [a, b, refresh], at)| {
        let happened = Happened {
            only_finished: a && b,
            invoiced: a && !b,
            refresh: refresh && !(a && b),
            at,
        };
        (days, happened)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn v5_dates_are_days_of_the_records_whatever_happens(
        syncs in prop::collection::vec(any_sync(), 1..5),
        source in prop::sample::select(vec![InvoiceDate, ServiceDate, Both]),
        zone in prop::sample::select(vec!["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue"]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let mut known = None;
        let mut seen: Vec<Date> = Vec::new();
        for (days, happened) in &syncs {
            let told = [days.finished, days.invoice, days.sent, days.service, days.due, Some(happened.at)];
            seen.extend(told.into_iter().flatten().map(|at| at.to_zoned(zone.clone()).date()));
            let wrote: Option<Dates> = known;
            let now = dates(source, known, *happened, days, &zone);
            prop_assert!(seen.contains(&now.txn) && seen.contains(&now.due));
            // What was once the invoice's stays so, and the same again changes nothing.
            prop_assert!(now.by_invoice || wrote.is_none_or(|wrote| !wrote.by_invoice));
            prop_assert_eq!(dates(source, Some(now), *happened, days, &zone), now);
            if !are_written(wrote, *happened, now) {
                prop_assert_eq!(Some(now), wrote);
            }
            known = Some(now);
        }
    }

    #[test]
    fn d7_after_an_invoice_counted_no_trigger_moves_a_date(
        steps in subsequence(vec!["finished", "paid", "2nd", "invoiced", "final"], 1..5).prop_shuffle(),
        source in prop::sample::select(vec![InvoiceDate, ServiceDate, Both]),
    ) {
        let mut company = Company::new(source);
        company.happens("finished");
        company.happens("1st");
        let first = company.sync(&["1st"]);
        company.happens("redated");
        company.happens("reterm");
        for step in steps {
            prop_assert_eq!(company.sync(&[step]), first);
        }
    }
}
