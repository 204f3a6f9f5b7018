//! What becomes of a QuickBooks invoice when its own was removed in Housecall Pro (T7).

use hcp_sandbox::{CanceledBy, DeletedJobs, Hundredths, Invoicing, JobId, Part};
use qbo_sandbox::{Act, Fault, FaultKind, Json, QboFault};
use simulation::Town;
use store::{Connection, ConnectionStatus, JobState, Table, read};
use uuid::Uuid;

use crate::{
    documents::{DAY, PER_INVOICE, booked, issue, number, pay, town, work},
    parties::{alert, finish},
    people::calls,
};

const VOID: [(&str, &str); 1] = [("on_removal", "void")];

/// Ids and totals in QuickBooks.
fn ids(town: &Town) -> Vec<String> {
    let invoices = town.qbo.objects("Invoice");
    let ids = invoices
        .iter()
        .map(|invoice| invoice.text("Id").unwrap().to_owned());
    ids.collect()
}

fn deleted_jobs(town: &Town, deleted_jobs: DeletedJobs) {
    town.hcp.change_settings(hcp_sandbox::Settings {
        deleted_jobs,
        ..town.hcp.settings()
    });
}

fn quiet(town: &Town) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
}

/// A job that was finished and invoiced, and is in QuickBooks.
async fn invoiced(town: &Town) -> (JobId, hcp_sandbox::InvoiceId) {
    let job = work(town);
    town.hcp.finish_job(&job).unwrap();
    let invoice = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(booked(town).len(), 1);
    (job, invoice)
}

#[tokio::test]
async fn t7_a_voided_invoice_is_for_a_person_to_void_until_it_is_issued_again() {
    let town = town(91, Invoicing::MatchJobNumber, &[]).await;
    let (job, invoice) = invoiced(&town).await;
    let before = calls(&town, Act::Query);
    town.hcp.void_invoice(&invoice).unwrap();
    town.settle().await;
    let told = alert(&town, "removed_in_housecall");
    let number = number(&town, &job);
    assert!(
        told.contains(&format!("its invoice {number} over 200.00 is still in")),
        "{told}"
    );
    assert!(told.contains("was voided"), "{told}");
    assert_eq!(town.state(&job), JobState::Alert);
    assert_eq!(
        booked(&town),
        [(number.clone(), 20_000)],
        "it is not touched"
    );
    assert_eq!(calls(&town, Act::Query), before, "QuickBooks is not asked");
    // Nor by a trigger that comes while there is no invoice.
    town.hcp.reopen_job(&job).unwrap();
    town.clock.advance(DAY);
    finish(&town, &job).await;
    assert_eq!(town.open_alerts(), ["removed_in_housecall"]);
    assert_eq!(booked(&town), [(number.clone(), 20_000)]);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), [(format!("{number}-1"), 20_000)]);
    assert_eq!(town.state(&job), JobState::Synced);
    quiet(&town);
}

#[tokio::test]
async fn t7_a_job_that_was_only_finished_was_never_invoiced() {
    let town = town(92, Invoicing::MatchJobNumber, &[]).await;
    let job = work(&town);
    finish(&town, &job).await;
    town.hcp.reopen_job(&job).unwrap();
    town.settle().await;
    assert_eq!(booked(&town).len(), 1);
    quiet(&town);
}

#[tokio::test]
async fn t7_an_invoice_that_was_voided_before_it_was_synced_makes_none() {
    let town = town(93, Invoicing::MatchJobNumber, &[]).await;
    let job = work(&town);
    let invoice = town.hcp.send_invoice(&job).unwrap();
    town.hcp.void_invoice(&invoice).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), []);
    assert_eq!(town.state(&job), JobState::WaitsForTrigger);
    finish(&town, &job).await;
    assert_eq!(booked(&town).len(), 1);
    quiet(&town);
}

#[tokio::test]
async fn t7_each_document_counts_for_itself() {
    let progress = town(94, Invoicing::Progress, &PER_INVOICE).await;
    let job = work(&progress);
    issue(&progress, &job, Part::Amount(5_000));
    let second = issue(&progress, &job, Part::Amount(6_000));
    progress.settle().await;
    progress.hcp.void_invoice(&second).unwrap();
    progress.settle().await;
    let told = alert(&progress, "removed_in_housecall");
    let number = number(&progress, &job);
    assert!(
        told.contains(&format!("its invoice {number}-2 over 60.00 is")),
        "{told}"
    );
    issue(&progress, &job, Part::Rest);
    progress.settle().await;
    let expected = [
        (format!("{number}-1"), 5_000),
        (format!("{number}-3"), 15_000),
    ];
    assert_eq!(booked(&progress), expected);
    quiet(&progress);

    // A job that is canceled: all of them.
    let deposits = town(95, Invoicing::MatchJobNumber, &[]).await;
    let job = work(&deposits);
    let half = Part::Percent(Hundredths::new(5_000));
    let deposit = deposits.hcp.add_deposit(&job, half, None).unwrap();
    deposits.hcp.send_this_invoice(&deposit).unwrap();
    deposits.hcp.finish_job(&job).unwrap();
    deposits.settle().await;
    deposits.hcp.cancel_job(&job, CanceledBy::Customer).unwrap();
    deposits.settle().await;
    let told = alert(&deposits, "removed_in_housecall");
    let number = crate::documents::number(&deposits, &job);
    let both = format!("D-{number} over 100.00 and {number} over 100.00");
    assert!(told.contains(&both), "{told}");
}

#[tokio::test]
async fn t7_void_what_was_removed_is_voided_once() {
    for gone in [DeletedJobs::StillReturned, DeletedJobs::Gone] {
        for delete in [true, false] {
            let town = town(96, Invoicing::MatchJobNumber, &VOID).await;
            deleted_jobs(&town, gone);
            let (job, invoice) = invoiced(&town).await;
            if delete {
                town.hcp.delete_job(&job).unwrap();
            } else {
                town.hcp.void_invoice(&invoice).unwrap();
            }
            let posted = town.hcp.take_webhooks();
            for _ in 0..2 {
                town.receive(posted.clone()).await;
                town.settle().await;
                town.queue.forget_ids();
            }
            assert_eq!(booked(&town), [(number(&town, &job), 0)]);
            assert_eq!(calls(&town, Act::Void), 1);
            let note = town.qbo.objects("Invoice")[0]
                .text("PrivateNote")
                .unwrap()
                .to_owned();
            assert!(note.starts_with("Voided"), "{note}");
            if delete {
                assert_eq!(town.state(&job), JobState::Gone);
            }
            quiet(&town);
        }
    }
}

#[tokio::test]
async fn t7_void_waits_while_the_connection_is_paused() {
    let town = town(95, Invoicing::MatchJobNumber, &VOID).await;
    let (_, invoice) = invoiced(&town).await;
    let status = async |status| {
        let key = Connection::key(&town.books().company);
        let known = read::<Connection>(&*town.table, &key).await.unwrap();
        let mut known = known.unwrap();
        known.value.status = status;
        let write = vec![known.put().unwrap()];
        town.table.write(Uuid::new_v4(), write).await.unwrap();
    };
    status(ConnectionStatus::Paused).await;
    town.hcp.void_invoice(&invoice).unwrap();
    town.post().await;
    town.batch(&town.worker()).await;
    assert_eq!(calls(&town, Act::Void), 0);
    assert_eq!(town.waiting().len(), 1, "and it is not forgotten");
    status(ConnectionStatus::Active).await;
    town.settle().await;
    assert_eq!(calls(&town, Act::Void), 1);
    quiet(&town);
}

#[tokio::test]
async fn t7_void_an_invoice_issued_again_is_a_new_one() {
    let town = town(97, Invoicing::MatchJobNumber, &VOID).await;
    let (job, invoice) = invoiced(&town).await;
    let first = ids(&town);
    town.hcp.void_invoice(&invoice).unwrap();
    town.settle().await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let number = number(&town, &job);
    let expected = [(number.clone(), 0), (format!("{number}-1"), 20_000)];
    assert_eq!(booked(&town), expected);
    assert_eq!(ids(&town)[..1], first, "the old one stays void");
    assert_eq!(town.state(&job), JobState::Synced);
    quiet(&town);
}

#[tokio::test]
async fn t7_void_a_restored_job_gets_a_new_invoice_with_the_same_number() {
    for fault in [
        None,
        Some(FaultKind::CommitThenDrop),
        Some(FaultKind::DropBeforeCommit),
    ] {
        let town = town(98, Invoicing::MatchJobNumber, &VOID).await;
        let job = work(&town);
        finish(&town, &job).await;
        town.hcp.delete_job(&job).unwrap();
        town.settle().await;
        let number = number(&town, &job);
        assert_eq!(booked(&town), [(number.clone(), 0)]);
        town.hcp.restore_job(&job).unwrap();
        town.hcp.reopen_job(&job).unwrap();
        town.clock.advance(DAY);
        town.hcp.finish_job(&job).unwrap();
        if let Some(kind) = &fault {
            let lost = Fault::next(kind.clone()).on("Invoice").method("POST");
            town.qbo.inject(lost);
        }
        town.settle().await;
        assert_eq!(
            booked(&town),
            [(number.clone(), 0), (number, 20_000)],
            "{fault:?}"
        );
        quiet(&town);
    }
}

#[tokio::test]
async fn t7_void_a_lost_answer_is_settled_and_nothing_is_voided_twice() {
    for kind in [
        FaultKind::CommitThenDrop,
        FaultKind::DropBeforeCommit,
        QboFault::Html502.into(),
    ] {
        for delete in [true, false] {
            let town = town(99, Invoicing::MatchJobNumber, &VOID).await;
            let (job, invoice) = invoiced(&town).await;
            let lost = Fault::next(kind.clone()).on("Invoice").method("POST");
            town.qbo.inject(lost);
            if delete {
                town.hcp.delete_job(&job).unwrap();
            } else {
                town.hcp.void_invoice(&invoice).unwrap();
            }
            town.settle().await;
            assert_eq!(booked(&town), [(number(&town, &job), 0)], "{kind:?}");
            let version = town.qbo.objects("Invoice")[0]
                .text("SyncToken")
                .unwrap()
                .to_owned();
            assert_eq!(version, "1", "one change after the first: the void");
            quiet(&town);
        }
    }
}

/// A payment that a person entered in QuickBooks.
pub(crate) fn paid_in_quickbooks(town: &Town) {
    let invoice = &town.qbo.objects("Invoice")[0];
    let text = |path| invoice.text(path).unwrap().to_owned();
    let payment = format!(
        r#"{{"CustomerRef":{{"value":"{}"}},"TotalAmt":50.00,"Line":[{{"Amount":50.00,"LinkedTxn":[{{"TxnId":"{}","TxnType":"Invoice"}}]}}]}}"#,
        text("CustomerRef.value"),
        text("Id")
    );
    let payment = Json::parse(payment.as_bytes()).unwrap();
    town.qbo.create("Payment", &payment).unwrap();
}

#[tokio::test]
async fn t7_void_is_refused_where_money_or_a_closed_month_stand_against_it() {
    for (what, why) in [
        ("paid", "a payment is applied to it"),
        (
            "paid in Housecall Pro",
            "Housecall Pro holds a payment for it",
        ),
        ("paid and gone", "Housecall Pro holds a payment for it"),
        ("closed", "its date lies in a month that is closed"),
        ("closed since", "its date lies in a month that is closed"),
    ] {
        let town = town(100, Invoicing::MatchJobNumber, &VOID).await;
        let (job, invoice) = invoiced(&town).await;
        let close = || {
            let last = "2026-07-31".parse().unwrap();
            town.qbo
                .configure(|company| company.book_close_date = Some(last));
        };
        match what {
            "paid" => {
                paid_in_quickbooks(&town);
                town.pull().await;
            }
            "closed" => {
                close();
                town.connect().await;
                town.clock.advance(DAY);
            }
            "closed since" => close(),
            _ => {
                pay(&town, &invoice);
                town.settle().await;
                let gone = what == "paid and gone";
                if gone {
                    let gone = DeletedJobs::Gone;
                    deleted_jobs(&town, gone);
                }
            }
        }
        town.hcp.delete_job(&job).unwrap();
        town.settle().await;
        let told = alert(&town, "void_refused");
        let number = number(&town, &job);
        assert!(
            told.contains(&format!("{number} over 200.00 ({why})")),
            "{what}: {told}"
        );
        assert_eq!(booked(&town), [(number, 20_000)], "{what}");
        let voids = town.qbo.calls().into_iter();
        let voids = voids.filter(|call| call.operation.as_deref() == Some("void"));
        assert_eq!(voids.count(), usize::from(what == "closed since"), "{what}");
    }
}

#[tokio::test]
async fn t7_void_one_that_a_person_voided_or_deleted_needs_nothing() {
    for delete in [true, false] {
        let town = town(101, Invoicing::MatchJobNumber, &VOID).await;
        let (job, _) = invoiced(&town).await;
        let id = ids(&town).remove(0);
        if delete {
            town.qbo.delete("Invoice", &id).unwrap();
        } else {
            crate::stories::void_by_hand(&town).await;
        }
        let before = calls(&town, Act::Void);
        town.hcp.delete_job(&job).unwrap();
        town.settle().await;
        assert_eq!(calls(&town, Act::Void), before);
        quiet(&town);
    }
}

#[tokio::test]
async fn t7_void_one_that_a_person_edited_is_voided_as_it_stands_now() {
    let town = town(102, Invoicing::MatchJobNumber, &VOID).await;
    let (job, invoice) = invoiced(&town).await;
    let id = ids(&town).remove(0);
    let memo = Json::parse(br#"{"CustomerMemo":{"value":"Thank you"}}"#).unwrap();
    town.qbo.edit("Invoice", &id, &memo).unwrap();
    town.hcp.void_invoice(&invoice).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), [(number(&town, &job), 0)]);
    quiet(&town);
}
