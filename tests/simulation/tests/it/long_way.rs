//! The long way through what changed in QuickBooks: more than one answer tells, and more than is told after a gap (R1).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use hcp_sandbox::{NewPayment, PaymentMethod};
use ports::Clock;
use simulation::Town;
use store::{PullCursor, PulledPayment, Stored, Table};

use crate::{
    documents::DAY,
    payments::{enter, invoiced, owed},
    pull::{asked, left_on},
    stories::make,
};

#[tokio::test]
async fn r1_more_changes_than_one_answer_tells_are_all_looked_at() {
    let (town, job) = invoiced(1_007).await;
    let other = make(&town, "Customer", r#"{"DisplayName":"Sample Bakery"}"#);
    for _ in 0..1_005 {
        let payment = format!(r#"{{"CustomerRef":{{"value":"{other}"}},"TotalAmt":1.00}}"#);
        make(&town, "Payment", &payment);
    }
    enter(&town, "99.00", "2026-07-24", "1042");
    town.pull().await;
    assert_eq!(asked(&town).await.len(), 1);
    assert_eq!(left_on(&town, &job).1, ["paid-in-qbo"]);
}

#[tokio::test]
async fn r1_after_a_long_gap_what_was_entered_and_what_was_deleted_are_both_found() {
    let (town, job) = invoiced(1_008).await;
    let card = NewPayment::of(PaymentMethod::Card, 4_000);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    town.pull().await;
    let ours = town.qbo.objects("Payment").remove(0);
    town.qbo
        .delete("Payment", ours.text("Id").unwrap())
        .unwrap();
    enter(&town, "59.00", "2026-07-24", "");
    town.clock.advance(DAY * 45);
    town.pull().await;
    assert_eq!(asked(&town).await.len(), 1);
    assert_eq!(town.open_alerts(), ["payment_gone"]);
    assert_eq!(owed(&town), 4_000);
}

/// So many payments that people entered in QuickBooks, deleted there and told long ago.
async fn with_known(town: &Town, count: u64) {
    for number in 0..count {
        let key = town.books().pulled(&qbo::Id::new(format!("9{number:06}")));
        let known = Stored::new(key, PulledPayment::default());
        let writer = uuid::Uuid::from_u128(number.into());
        town.table
            .write(writer, vec![known.put().unwrap()])
            .await
            .unwrap();
    }
}

/// How often each object is asked for by its id from now on; each question takes a while.
fn counted(town: &Town, takes: Duration) -> Arc<Mutex<BTreeMap<String, u32>>> {
    let counts = Arc::<Mutex<BTreeMap<String, u32>>>::default();
    let (clock, counted) = (Arc::clone(&town.clock), Arc::clone(&counts));
    town.refuse_in_quickbooks(move |sent| {
        clock.advance(takes);
        let asked = sent.url.replace("%27", "'") + &String::from_utf8_lossy(&sent.body);
        let mut counts = counted.lock().unwrap();
        let ids = asked
            .split('\'')
            .filter(|id| id.len() == 7 && id.starts_with('9'));
        for id in ids {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
        None
    });
    counts
}

#[tokio::test]
async fn r1_after_a_long_gap_thousands_are_asked_for_once_in_as_many_runs_as_it_takes() {
    const KNOWN: u64 = 4_000;
    let (town, job) = invoiced(1_032).await;
    let card = NewPayment::of(PaymentMethod::Card, 4_000);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    with_known(&town, KNOWN).await;
    let ours = town.qbo.objects("Payment").remove(0);
    town.qbo
        .delete("Payment", ours.text("Id").unwrap())
        .unwrap();
    town.clock.advance(DAY * 45);
    let counts = counted(&town, Duration::from_secs(2));
    let begun = town.clock.now();
    let worker = town.worker();
    worker.schedule_pulls().await.unwrap();
    let mut runs = 0;
    while !town.queue.messages().is_empty() {
        let before = town.clock.monotonic();
        assert!(town.batch(&worker).await);
        let took = town.clock.monotonic() - before;
        assert!(took <= Duration::from_secs(30), "a run took {took:?}");
        runs += 1;
    }
    assert!(runs > 3, "{runs} runs");
    town.settle().await;
    let counts = counts.lock().unwrap();
    assert_eq!(counts.len() as u64, KNOWN);
    let twice = counts.values().filter(|count| **count > 1).count();
    assert!(twice <= 100, "{twice} were asked for more than once");
    assert!(counts.values().all(|count| *count <= 2));
    assert_eq!(town.open_alerts(), ["payment_gone"]);
    let cursor = town.all::<PullCursor>("cursor#pull").remove(0).value;
    assert_eq!((cursor.seen_until >= begun, cursor.long_way), (true, None));
    assert_eq!(town.waiting(), Vec::<String>::new());
}
