//! Objects whose version in QuickBooks is another one than ours: read by id, written again, and never for ever (R6, S8,
//! S10).

use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, NewLine};
use qbo_sandbox::{Fault, Json, QboFault};
use simulation::Town;
use store::JobState;

use crate::{
    edits::rename,
    lasting::minutes,
    parties::{alert, finish, small_job},
    people::{assert_books, assert_same_books, cents, new_customer, requests},
    removal::paid_in_quickbooks,
};

/// A job that is in QuickBooks, and has one more line since.
async fn changed(seed: u64) -> (Town, JobId) {
    let town = Town::new(seed).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    // What anybody read before is old by now.
    town.clock.advance(Duration::from_secs(60));
    (town, job)
}

/// Lists in QuickBooks do not show what happened within the last hour.
fn lists_are_late(town: &Town) {
    let late = QboFault::LateQuery { ms: 3_600_000 };
    town.qbo
        .inject(Fault::next(late).on("Invoice").method("GET").times(1_000));
}

fn last_paths(town: &Town, count: usize) -> Vec<String> {
    let calls = town.qbo.calls();
    let calls = calls.iter().rev().take(count).rev();
    calls
        .map(|call| format!("{} {}", call.method, call.path))
        .collect()
}

#[tokio::test]
async fn s8_after_a_payment_was_applied_an_update_takes_one_read_by_id_more() {
    let (town, job) = changed(110).await;
    paid_in_quickbooks(&town);
    lists_are_late(&town);
    let (qbo, hcp) = (requests(&town), town.hcp.calls().len());
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town) - qbo, 3, "{:?}", last_paths(&town, 3));
    let read = &last_paths(&town, 2)[0];
    assert!(
        read.starts_with("GET") && read.contains("/invoice/"),
        "{read}"
    );
    assert_eq!(town.hcp.calls().len() - hcp, 4, "read once");
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(cents(invoice, "TotalAmt"), 19_800);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // Only what changed was sent, all the same.
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
}

#[tokio::test]
async fn r6_what_somebody_edited_is_found_though_lists_do_not_show_it_yet() {
    let (town, job) = changed(111).await;
    let id = town.qbo.objects("Invoice")[0]
        .text("Id")
        .unwrap()
        .to_owned();
    let edit = br#"{"CustomerMemo":{"value":"Thank you"},"DueDate":"2027-01-01"}"#;
    town.qbo
        .edit("Invoice", &id, &Json::parse(edit).unwrap())
        .unwrap();
    lists_are_late(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_books(&town, &[&job]);
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("CustomerMemo.value"), Some("Thank you"));
    assert_eq!(invoice.text("DueDate"), Some("2026-07-24"), "ours again");
}

#[tokio::test]
async fn s10_versions_that_never_agree_end_in_an_alert_after_a_few_calls() {
    let (town, job) = changed(112).await;
    let stale = || Fault::next(QboFault::Stale).on("Invoice").times(10_000);
    town.qbo.inject(stale());
    let before = requests(&town);
    town.push_by_hand(&job).await;
    let worker = town.worker();
    minutes(&town, &worker, 60).await;
    let told = alert(&town, "keeps_failing");
    assert!(told.contains("changed"), "{told}");
    let made = requests(&town) - before;
    assert!((4..24).contains(&made), "{made} calls in an hour");
    assert_eq!(town.state(&job), JobState::Alert);
    town.qbo.clear_faults();
    town.settle().await;
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s10_a_customer_whose_version_never_agrees_does_not_hold_the_invoice_up() {
    let town = Town::new(113).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let job = small_job(&town, &customer);
    finish(&town, &job).await;
    rename(&town, &customer, "Example");
    let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    town.qbo
        .inject(Fault::next(QboFault::Stale).on("Customer").times(10_000));
    let before = requests(&town);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    alert(&town, "customer_not_updated");
    let made = requests(&town) - before;
    assert!((4..20).contains(&made), "{made} calls");
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(cents(invoice, "TotalAmt"), 19_800);
}

#[tokio::test]
async fn n8_a_note_of_before_is_rewritten_only_with_something_else() {
    let town = Town::new(114).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let (id, note) = (
        invoice.text("Id").unwrap(),
        invoice.text("PrivateNote").unwrap(),
    );
    let number = invoice.text("DocNumber").unwrap();
    let start = format!("HCP job {number} · ");
    assert!(
        note.starts_with(&start) && note.len() == start.len() + 10,
        "{note}"
    );
    // As it was written before.
    let old = format!(
        "Housecall Pro job {number} [hcp-qbo-sync:{}#main]",
        job.as_str()
    );
    for record in town.table.all() {
        let body = record.body.replace(note, &old);
        if body != record.body {
            let put = store::Write::Put {
                key: record.key,
                expect: store::Expect::Version(record.version),
                body,
                due: record.due,
                lists: record.lists,
                expires: None,
            };
            let writer = uuid::Uuid::from_u128(7);
            store::Table::write(&town.table, writer, vec![put])
                .await
                .unwrap();
        }
    }
    let edit = Json::parse(format!(r#"{{"PrivateNote":"{old}"}}"#).as_bytes()).unwrap();
    town.qbo.edit("Invoice", id, &edit).unwrap();
    town.clock.advance(Duration::from_secs(60));
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before, "S8");
    let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_books(&town, &[&job]);
    let now = town.qbo.objects("Invoice").remove(0);
    assert_eq!(now.text("PrivateNote"), Some(note));
}
