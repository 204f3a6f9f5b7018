//! What becomes of the main invoice when its deposit's document leaves QuickBooks (N7, T7, R8).

use hcp_sandbox::Invoicing;
use qbo_sandbox::{Fault, FaultKind, QboFault};
use simulation::Town;
use store::JobState;

use crate::{
    deposits::{
        found, half, lines, pay_in_quickbooks, pay_with_tip, quiet, versions, with_deposit,
    },
    documents::{booked, pay, town},
    parties::alert,
    people::total,
    pull::message,
};

const VOID: [(&str, &str); 1] = [("on_removal", "void")];

const WITH: &str = "Sales 200.00 taxed, Sales 95.00, Housecall Pro Deposit -100.00 taxed, \
                    Housecall Pro Deposit -47.50, tax 8.25, all 155.75";
const WITHOUT: &str = "Sales 200.00 taxed, Sales 95.00, tax 16.50, all 311.50";

/// A person voids an invoice in QuickBooks.
async fn void(town: &Town, number: &str) {
    let invoice = found(town, number);
    let id = qbo::Id::new(invoice.text("Id").unwrap());
    let version = qbo::SyncToken::new(invoice.text("SyncToken").unwrap());
    let attempt = qbo::RequestId::new("by-hand").unwrap();
    let void = qbo::Request::void_invoice(&id, &version, attempt).unwrap();
    let token = qbo::AccessToken::new(town.qbo.access_token().into());
    let client = qbo::Client::new(town.qbo.clone(), "https://qbo.test", town.books().realm);
    client.send(&token, &void).await.unwrap();
}

#[tokio::test]
async fn n7_t7_the_line_stays_until_the_deposit_is_voided_in_quickbooks() {
    for delete in [false, true] {
        let town = town(115, Invoicing::MatchJobNumber, &[]).await;
        let (job, deposit, number) = with_deposit(&town).await;
        assert_eq!(lines(&town, &number), WITH);
        town.hcp.void_invoice(&deposit).unwrap();
        town.settle().await;
        let told = alert(&town, "removed_in_housecall");
        let still = format!("D-{number} over 155.75 is still in");
        assert!(told.contains(&still), "{told}");
        let told = town
            .all::<store::AlertRecord>("alert#")
            .remove(0)
            .value
            .resolution;
        assert!(
            told.contains("void its invoice in QuickBooks by hand, and then press"),
            "{told}"
        );
        // The deposit is in QuickBooks: both are the job.
        let before = versions(&town);
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(lines(&town, &number), WITH);
        assert_eq!(versions(&town), before);
        if delete {
            let id = found(&town, &format!("D-{number}"));
            town.qbo.delete("Invoice", id.text("Id").unwrap()).unwrap();
        } else {
            void(&town, &format!("D-{number}")).await;
        }
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(lines(&town, &number), WITHOUT);
        assert_eq!(town.state(&job), JobState::Synced);
        quiet(&town);
        // One that is asked for later is another document.
        let again = crate::deposits::deposit(&town, &job, half());
        town.settle().await;
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert!(lines(&town, &format!("D-{number}-1")).ends_with("all 155.75"));
        assert_eq!(lines(&town, &number), WITH);
        pay(&town, &again);
        town.settle().await;
        quiet(&town);
    }
}

#[tokio::test]
async fn n7_t7_a_deposit_that_is_voided_for_the_company_is_billed_again_at_once() {
    for kind in [
        None,
        Some(FaultKind::CommitThenDrop),
        Some(QboFault::Html502.into()),
    ] {
        let town = town(116, Invoicing::MatchJobNumber, &VOID).await;
        let (job, deposit, number) = with_deposit(&town).await;
        town.hcp.void_invoice(&deposit).unwrap();
        if let Some(kind) = &kind {
            town.qbo
                .inject(Fault::next(kind.clone()).on("Invoice").method("POST"));
        }
        town.settle().await;
        assert_eq!(
            booked(&town),
            [(number.clone(), 31_150), (format!("D-{number}"), 0)]
        );
        assert_eq!(lines(&town, &number), WITHOUT, "{kind:?}");
        assert_eq!(town.state(&job), JobState::Synced);
        quiet(&town);
    }
}

#[tokio::test]
async fn n7_r8_a_deposit_seen_to_be_deleted_is_billed_by_the_main_invoice_from_the_next_trigger_on()
{
    for delete in [false, true] {
        let town = town(121, Invoicing::MatchJobNumber, &[]).await;
        let (job, deposit, number) = with_deposit(&town).await;
        let id = found(&town, &format!("D-{number}"));
        if delete {
            town.qbo.delete("Invoice", id.text("Id").unwrap()).unwrap();
        } else {
            void(&town, &format!("D-{number}")).await;
        }
        // Nothing of it changes: it is not looked at.
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(lines(&town, &number), WITH);
        assert_eq!(town.open_alerts(), [""; 0]);
        pay_with_tip(&town, &deposit, 1_000);
        town.settle().await;
        // What was paid on it waits for a decision too (P1).
        assert_eq!(
            town.open_alerts(),
            ["document_gone", "payment_without_invoice"]
        );
        let told = message(&town, "document_gone");
        assert!(told.contains(&format!("D-{number}")), "{told}");
        assert_eq!(lines(&town, &number), WITH, "nothing without a decision");
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(
            lines(&town, &number),
            "Sales 200.00 taxed, Sales 95.00, Housecall Pro Tips 10.00, tax 16.50, all 321.50"
        );
        assert_eq!(total(&town, &job), 32_150);
        assert_eq!(
            town.open_alerts(),
            ["document_gone", "payment_without_invoice"]
        );
        let count = if delete { 1 } else { 2 };
        assert_eq!(booked(&town).len(), count, "it is not made again");
    }
}

#[tokio::test]
async fn n7_t7_a_deposit_that_cannot_be_voided_is_still_taken_off() {
    let town = town(117, Invoicing::MatchJobNumber, &VOID).await;
    let (job, deposit, number) = with_deposit(&town).await;
    pay_in_quickbooks(&town, &format!("D-{number}"));
    town.hcp.void_invoice(&deposit).unwrap();
    town.settle().await;
    let told = alert(&town, "void_refused");
    assert!(told.contains("a payment is applied to it"), "{told}");
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(lines(&town, &number), WITH);
    alert(&town, "void_refused");
}
