//! Jobs and invoices that count on their own: whose number gives way (N4, N8, N9).

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    time::Duration,
};

use fakes::SeededChance;
use futures::poll;
use hcp_sandbox::{CustomerId, Hundredths, Invoicing, JobId, NewLine};
use qbo_sandbox::{Act, Fault, FaultKind};
use simulation::Town;
use store::{JobState, Table, Write};

use crate::{
    InvoiceSlot,
    documents::{DAY, as_before, booked, number},
    parties::{alert, finish, id, small_job},
    people::{calls, new_customer, requests},
    settings::change,
    stories::void_by_hand,
};

/// A company whose invoices count from `first` on and its jobs from 101, and some of its jobs, over 99 dollars each.
async fn town(seed: u64, first: u32, jobs: usize) -> (Town, Vec<JobId>) {
    town_that_warns(seed, first, jobs, true).await
}

/// The same; QuickBooks warns of numbers that are used twice, or does not.
async fn town_that_warns(seed: u64, first: u32, jobs: usize, warns: bool) -> (Town, Vec<JobId>) {
    let town = Town::with(
        seed,
        |hcp| hcp.settings.first_invoice_number = first,
        |qbo| qbo.company.warn_duplicate_numbers = warns,
    )
    .await;
    let customer = new_customer(&town, "Dana", "Sample");
    let jobs = (0..jobs).map(|_| small_job(&town, &customer)).collect();
    (town, jobs)
}

async fn send(town: &Town, job: &JobId) {
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

/// The numbers in QuickBooks, sorted.
fn numbers(town: &Town) -> Vec<String> {
    booked(town).into_iter().map(|(number, _)| number).collect()
}

/// The number of a job's invoice in QuickBooks, as our records tell it.
fn in_quickbooks(town: &Town, job: &JobId) -> String {
    let slots = town.all::<InvoiceSlot>(&format!("slot#{}#main", job.as_str()));
    let link = slots[0].value.link().unwrap();
    let invoice = town.qbo.object("Invoice", link.id.as_str()).unwrap();
    let number = invoice.text("DocNumber").unwrap().to_owned();
    assert_eq!(slots[0].value.memory.number, Some(number.clone()));
    number
}

fn quiet(town: &Town) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
}

/// Every job has its own invoice's number, or else its own, or where that was ever an invoice's one that takes its place.
fn assert_numbers(town: &Town, jobs: &[JobId]) {
    let own: BTreeMap<&JobId, String> = jobs
        .iter()
        .filter_map(|job| {
            let invoice = town.hcp.invoices_of(job).into_iter().next()?;
            let read = town.hcp.invoice(&invoice)?;
            Some((job, read["invoice_number"].as_str()?.to_owned()))
        })
        .collect();
    let issued: BTreeSet<&String> = own.values().collect();
    for job in jobs {
        let of_job = number(town, job);
        let expected = match own.get(job) {
            Some(own) => own.clone(),
            None if issued.contains(&of_job) => format!("J-{of_job}"),
            None => of_job,
        };
        assert_eq!(in_quickbooks(town, job), expected);
        assert_eq!(town.state(job), JobState::Synced);
    }
    let all = numbers(town);
    let distinct: BTreeSet<&String> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (jobs.len(), jobs.len()));
    quiet(town);
}

/// Some customers, so that jobs are not all of one.
fn customers(town: &Town) -> Vec<CustomerId> {
    let names = ["Ann", "Bob", "Cleo", "Dan", "Eve"];
    names.map(|name| new_customer(town, name, "Sample")).into()
}

/// So many jobs are finished, some of them invoiced at once, some later, some before they are finished; at the end what
/// has no invoice yet gets one, too.
async fn live(seed: u64, first: u32, count: usize) {
    let (town, _) = town(seed, first, 0).await;
    let customers = customers(&town);
    let chance = SeededChance::new(seed);
    let under = |limit: usize| {
        let limit = u64::try_from(limit).unwrap();
        usize::try_from(chance.next_u64() % limit).unwrap()
    };
    let mut jobs = Vec::new();
    let mut uninvoiced: Vec<JobId> = Vec::new();
    while jobs.len() < count {
        for _ in 0..20.min(count - jobs.len()) {
            let job = small_job(&town, &customers[under(customers.len())]);
            if under(4) == 0 {
                town.hcp.send_invoice(&job).unwrap();
            } else {
                uninvoiced.push(job.clone());
            }
            town.hcp.finish_job(&job).unwrap();
            jobs.push(job);
            if under(3) == 0 && !uninvoiced.is_empty() {
                let late = uninvoiced.swap_remove(under(uninvoiced.len()));
                town.hcp.send_invoice(&late).unwrap();
            }
        }
        town.settle().await;
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
    assert_numbers(&town, &jobs);
    for some in uninvoiced.chunks(20) {
        for job in some {
            town.hcp.send_invoice(job).unwrap();
        }
        town.settle().await;
    }
    assert_numbers(&town, &jobs);
}

/// Whether the long form runs.
fn is_proof() -> bool {
    std::env::var_os("PROOF").is_some()
}

#[tokio::test]
async fn n4_jobs_whose_numbers_reach_those_of_their_invoices() {
    let (first, count) = if is_proof() {
        (1_001, 1_000)
    } else {
        (201, 160)
    };
    live(1, first, count).await;
}

#[tokio::test]
async fn n4_jobs_and_invoices_that_count_side_by_side() {
    let seeds = if is_proof() { 20 } else { 2 };
    for seed in 0..seeds {
        for first in [101, 102, 110] {
            live(seed, first, 40).await;
        }
    }
}

#[tokio::test]
async fn n4_whichever_comes_first_a_job_s_number_gives_way_to_an_invoice_s() {
    // The invoice comes first.
    let (town, jobs) = town(2, 103, 3).await;
    finish(&town, &jobs[0]).await;
    send(&town, &jobs[1]).await;
    let before = requests(&town);
    finish(&town, &jobs[2]).await;
    assert_eq!(numbers(&town), ["101", "103", "J-103"]);
    assert_eq!(requests(&town) - before, 2, "as many as without");
    // Pressed again, it keeps what it has, and nothing is asked.
    let before = requests(&town);
    town.push_by_hand(&jobs[2]).await;
    town.settle().await;
    assert_eq!(requests(&town), before, "S8");
    send(&town, &jobs[2]).await;
    assert_eq!(numbers(&town), ["101", "103", "104"]);
    quiet(&town);

    // The job comes first.
    let (town, jobs) = self::town(3, 102, 2).await;
    finish(&town, &jobs[0]).await;
    finish(&town, &jobs[1]).await;
    assert_eq!(numbers(&town), ["101", "102"]);
    let before = requests(&town);
    send(&town, &jobs[0]).await;
    assert_eq!(numbers(&town), ["102", "J-102"]);
    assert_eq!(in_quickbooks(&town, &jobs[0]), "102");
    assert_eq!(requests(&town) - before, 3, "one write more");
    assert_eq!(
        calls(&town, Act::Create),
        4,
        "a customer, an item, two invoices"
    );
    send(&town, &jobs[1]).await;
    assert_eq!(numbers(&town), ["102", "103"]);
    quiet(&town);
}

#[tokio::test]
async fn n4_the_next_number_is_taken_where_one_in_its_place_is_taken_too() {
    for taken in 1..=5 {
        let (town, jobs) = town(4, 102, 2).await;
        finish(&town, &jobs[1]).await;
        let known = id(&town, "Customer", "DisplayName", "Dana Sample");
        let item = id(&town, "Item", "Name", "Sales");
        for count in 1..=taken {
            let name = if count == 1 {
                "J-102".to_owned()
            } else {
                format!("J-102-{count}")
            };
            crate::stories::make(
                &town,
                "Invoice",
                &format!(
                    r#"{{"DocNumber":"{name}","CustomerRef":{{"value":"{known}"}},"Line":[{{"Amount":99.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
                ),
            );
        }
        send(&town, &jobs[0]).await;
        assert_eq!(
            in_quickbooks(&town, &jobs[1]),
            format!("J-102-{}", taken + 1)
        );
        assert_eq!(in_quickbooks(&town, &jobs[0]), "102");
        // T12: of the same customer and total, and yet nothing to be linked.
        quiet(&town);
    }
}

#[tokio::test]
async fn n4_what_was_sent_before_numbers_were_kept_gives_way_too() {
    for asks in ["invoice", "job"] {
        let (town, jobs) = town(5, 102, 3).await;
        match asks {
            "invoice" => finish(&town, &jobs[1]).await,
            _ => send(&town, &jobs[0]).await,
        }
        as_before(&town).await;
        match asks {
            "invoice" => send(&town, &jobs[0]).await,
            _ => finish(&town, &jobs[1]).await,
        }
        assert_eq!(numbers(&town), ["102", "J-102"], "{asks}");
        // And what has its invoice's number keeps it.
        as_before(&town).await;
        finish(&town, &jobs[2]).await;
        town.push_by_hand(&jobs[0]).await;
        town.settle().await;
        assert_eq!(in_quickbooks(&town, &jobs[0]), "102");
        quiet(&town);
    }
}

#[tokio::test]
async fn n4_an_undecided_write_is_settled_before_its_number_gives_way() {
    for kind in [FaultKind::CommitThenDrop, FaultKind::DropBeforeCommit] {
        // Of the one that has the number; then of the one that wants it.
        for lost in ["holder's create", "holder's update", "wanter's"] {
            let (town, jobs) = town(6, 102, 2).await;
            let lose = |town: &Town| {
                let fault = Fault::next(kind.clone()).on("Invoice").method("POST");
                town.qbo.inject(fault);
            };
            town.hcp.finish_job(&jobs[1]).unwrap();
            if lost == "holder's create" {
                lose(&town);
                town.post().await;
                town.batch(&town.worker()).await;
            } else {
                town.settle().await;
            }
            if lost == "holder's update" {
                let line = NewLine::labor("More", 100, Hundredths::ONE);
                town.hcp.add_line(&jobs[1], line).unwrap();
                lose(&town);
                town.push_by_hand(&jobs[1]).await;
                town.batch(&town.worker()).await;
            }
            if lost == "wanter's" {
                lose(&town);
            }
            send(&town, &jobs[0]).await;
            assert_eq!(numbers(&town), ["102", "J-102"], "{kind:?} {lost}");
            assert_eq!(in_quickbooks(&town, &jobs[0]), "102");
            quiet(&town);
        }
    }
}

#[tokio::test]
async fn n4_in_a_closed_month_a_job_s_number_stays_and_an_alert_names_both_jobs() {
    for linked in [false, true] {
        for told in [false, true] {
            let (town, jobs) = town(7, 102, 2).await;
            finish(&town, &jobs[1]).await;
            town.clock.advance(DAY * 10);
            if linked {
                finish(&town, &jobs[0]).await;
            }
            let close = |day: Option<&str>| {
                let day = day.map(|day| day.parse().unwrap());
                town.qbo.configure(|company| company.book_close_date = day);
            };
            close(Some("2026-07-31"));
            if told {
                town.connect().await;
                town.clock.advance(DAY);
            }
            send(&town, &jobs[0]).await;
            let words = alert(&town, "closed_period");
            let end = match linked {
                true => "The job's invoice keeps the number 101.",
                false => "The job was not sent. It comes to 99.00.",
            };
            let expected = format!(
                "The invoice number 102 of job 101 is used in QuickBooks by the invoice of job 102, which has no \
                 number of its own yet and would get another, but its date 2026-07-24 lies in a month that is \
                 closed. {end}"
            );
            assert_eq!(words, expected, "{linked} {told}");
            let expected: &[&str] = if linked { &["101", "102"] } else { &["102"] };
            assert_eq!(numbers(&town), expected);
            close(None);
            town.clock.advance(DAY);
            town.push_by_hand(&jobs[0]).await;
            town.settle().await;
            assert_eq!(numbers(&town), ["102", "J-102"]);
            assert_eq!(town.open_alerts(), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn n8_where_neither_number_is_provisional_an_alert_names_both_jobs() {
    let town = crate::documents::town(8, Invoicing::MatchJobNumber, &[]).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let first = town.hcp.send_invoice(&job).unwrap();
    town.hcp.void_invoice(&first).unwrap();
    send(&town, &job).await;
    let segment = town.hcp.add_segment(&job).unwrap();
    let line = NewLine::labor("Second visit", 7_000, Hundredths::ONE);
    town.hcp.add_line(&segment, line).unwrap();
    send(&town, &segment).await;
    let words = alert(&town, "duplicate_invoice_number");
    let expected = "The invoice number 101-1 of job 101-1 is already used in QuickBooks by the invoice of job 101 of \
                    Dana Sample over 99.00. The job was not sent. It comes to 70.00.";
    assert_eq!(words, expected);
    assert_eq!(numbers(&town), ["101-1"]);
}

#[tokio::test]
async fn n4_a_voided_invoice_keeps_its_number_and_is_in_nobody_s_way() {
    for (by_us, linked) in [(true, false), (true, true), (false, false), (false, true)] {
        let (town, jobs) = town(11, 102, 2).await;
        change(&town, &[("on_removal", "void")]).await.unwrap();
        finish(&town, &jobs[1]).await;
        if by_us {
            town.hcp.delete_job(&jobs[1]).unwrap();
            town.settle().await;
        } else {
            void_by_hand(&town).await;
        }
        if linked {
            finish(&town, &jobs[0]).await;
            town.clock.advance(Duration::from_secs(60));
        }
        send(&town, &jobs[0]).await;
        assert_eq!(
            booked(&town),
            [("102".to_owned(), 0), ("102".to_owned(), 9_900)]
        );
        assert_eq!(in_quickbooks(&town, &jobs[0]), "102");
        quiet(&town);
    }
}

#[tokio::test]
async fn n8_an_invoice_whose_number_gave_way_is_found_again_without_our_records() {
    let (town, jobs) = town(9, 102, 2).await;
    send(&town, &jobs[0]).await;
    finish(&town, &jobs[1]).await;
    assert_eq!(numbers(&town), ["102", "J-102"]);
    for record in town.table.all() {
        let lost = ["slot#job", "qbo#Invoice", "number#"];
        if lost.iter().any(|kind| record.key.sort.starts_with(kind)) {
            let expect = store::Expect::Version(record.version);
            let key = record.key;
            let writer = uuid::Uuid::from_u128(7);
            let gone = vec![Write::Delete { key, expect }];
            town.table.write(writer, gone).await.unwrap();
        }
    }
    for job in [&jobs[1], &jobs[0]] {
        town.push_by_hand(job).await;
        town.settle().await;
    }
    assert_eq!(numbers(&town), ["102", "J-102"]);
    assert_eq!(in_quickbooks(&town, &jobs[1]), "J-102");
    quiet(&town);
}

/// A worker's look at what the queue holds.
async fn look(town: &Town, messages: Vec<ports::QueueMessage>) {
    let worker = town.worker();
    for message in messages {
        let message: sync::work::message::LookAt = serde_json::from_str(&message.body).unwrap();
        let evidence: Vec<_> = message.evidence.into_iter().collect();
        let (company, subject) = (&message.company, &message.subject);
        let looked = worker.look(company, subject, &evidence, town.deadline());
        looked.await.unwrap();
    }
}

#[tokio::test]
async fn n4_two_workers_at_once_never_give_one_number_twice() {
    for (warns, invoice_first, linked) in [
        (true, true, false),
        (true, false, false),
        (false, true, false),
        (false, false, false),
        (false, true, true),
        (false, false, true),
    ] {
        for step in 0.. {
            let (town, jobs) = town_that_warns(10, 103, 3, warns).await;
            finish(&town, &jobs[0]).await;
            if linked {
                // It has its own number by then, and is renumbered in the same moment.
                finish(&town, &jobs[1]).await;
                town.clock.advance(Duration::from_secs(60));
            }
            let mut queues = Vec::new();
            for invoice in [invoice_first, !invoice_first] {
                if invoice {
                    town.hcp.send_invoice(&jobs[1]).unwrap();
                } else {
                    town.hcp.finish_job(&jobs[2]).unwrap();
                }
                town.post().await;
                queues.push(town.queue.take());
            }
            let second = queues.pop().unwrap();
            let first = queues.pop().unwrap();
            town.steps.begin(None);
            town.steps.pause_at(step);
            let mut first = pin!(look(&town, first));
            let waits = poll!(first.as_mut()).is_pending();
            look(&town, second).await;
            if waits {
                first.await;
            }
            town.settle().await;
            assert_eq!(
                numbers(&town),
                ["101", "103", "J-103"],
                "{warns} {invoice_first} {linked}, stopped before {step}"
            );
            assert_eq!(in_quickbooks(&town, &jobs[1]), "103");
            quiet(&town);
            if !waits {
                assert!(step > 10, "{step} steps");
                break;
            }
        }
    }
}
