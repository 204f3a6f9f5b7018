//! A refund of money that paid no invoice in QuickBooks is the customer's credit given back: an expense on receivables, tied
//! to the payment. The rest of it is a refund receipt (P5).

use hcp_sandbox::{InvoiceId, JobId, NewPayment, PaymentId, PaymentMethod};
use mapping::payment::Decision;
use qbo_sandbox::{Act, Json};
use serde_json::json;
use simulation::Town;
use store::JobState;

use crate::{
    deposits::quiet,
    documents::DAY,
    parties::id,
    payments::{decide, enter, invoiced, of_note, owed, payments},
    people::{cents, requests},
    refunds::{balance, receipts, refund},
    restore::{books, connect_again, forgotten, lose_the_table, restore, slots},
    settings::change,
    stories::make,
};

const NONE: [i64; 0] = [];

const RECEIVABLES: &str = "Accounts Receivable (A/R)";

/// What the expenses in QuickBooks come to.
pub(crate) fn expenses(town: &Town) -> Vec<i64> {
    let expenses = town.qbo.objects("Purchase");
    expenses.iter().map(|one| cents(one, "TotalAmt")).collect()
}

/// A paid invoice over 99.00, of which somebody had entered 50.00 in QuickBooks: the check of Housecall Pro leaves as much
/// unapplied there.
pub(crate) async fn overpaid(seed: u64) -> (Town, JobId, (InvoiceId, PaymentId)) {
    let (town, job) = invoiced(seed).await;
    let of = overpay(&town, &job).await;
    (town, job, of)
}

pub(crate) async fn overpay(town: &Town, job: &JobId) -> (InvoiceId, PaymentId) {
    enter(town, "50.00", "2026-07-24", "7");
    let invoice = town.hcp.invoices_of(job).remove(0);
    let check = of_note(PaymentMethod::Check, "Check 8");
    let payment = town.hcp.pay_invoice(&invoice, check).unwrap();
    town.settle().await;
    decide(town, job, Decision::Separate).await.unwrap();
    town.pull().await;
    (invoice, payment)
}

/// The payment that came from Housecall Pro.
fn ours(town: &Town) -> Json {
    let mut payments = town.qbo.objects("Payment").into_iter();
    let ours = payments.find(|one| one.text("PaymentRefNum") == Some("8"));
    ours.unwrap()
}

/// The words of an alert, beside whatever others.
fn told(town: &Town, kind: &str) -> String {
    let alerts = town.all::<store::AlertRecord>("alert#").into_iter();
    let mut alerts = alerts.filter(|alert| alert.value.open && alert.value.kind == kind);
    let alert = alerts.next().expect("such an alert is open");
    alert.value.message
}

async fn push(town: &Town, job: &JobId) {
    town.push_by_hand(job).await;
    town.settle().await;
}

/// Nobody owes or is owed anything, and what came in and stayed lies in its account.
pub(crate) fn assert_given_back(town: &Town, back: i64) {
    assert_eq!(owed(town), 0);
    assert_eq!(balance(town, RECEIVABLES), 0);
    assert_eq!(balance(town, "Undeposited Funds"), 5_000 + 9_900 - back);
    assert_eq!(cents(&ours(town), "UnappliedAmt"), 0);
}

#[tokio::test]
async fn p5_credit_goes_back_by_an_expense_that_is_tied_to_its_payment() {
    let (town, job, of) = overpaid(1_700).await;
    assert_eq!(town.open_alerts(), ["overpayment"]);
    assert_eq!(balance(&town, RECEIVABLES), -5_000);
    let before = requests(&town);
    refund(&town, &of, Some(5_000)).await;
    // What others paid, since not all of the payment is applied; how that stands, and what expenses there are; the expense,
    // and its tie.
    assert_eq!(requests(&town) - before, 3 + 2 + 2);
    assert_given_back(&town, 5_000);
    assert_eq!(receipts(&town), NONE);
    quiet(&town);
    assert_eq!(town.state(&job), JobState::Synced);
    let expense = town.qbo.objects("Purchase").remove(0);
    let payment = ours(&town);
    let text = |path| expense.text(path).unwrap_or_default();
    assert_eq!(text("EntityRef.name"), "Dana Sample");
    assert_eq!(text("PaymentMethodRef.name"), "Check");
    assert_eq!(expense.text("DocNumber"), None);
    assert_eq!(
        expense.text("AccountRef.value"),
        payment.text("DepositToAccountRef.value")
    );
    let note = text("PrivateNote");
    assert!(note.starts_with("HCP job "), "{note}");
    assert!(
        note.contains("Refund of credit, paid with invoice"),
        "{note}"
    );
    // What did pay the invoice goes back by a receipt.
    refund(&town, &of, None).await;
    assert_eq!(
        (expenses(&town), receipts(&town)),
        (vec![5_000], vec![4_900])
    );
    assert_given_back(&town, 9_900);
    quiet(&town);
    // Nothing is left to do, whatever comes again.
    let before = requests(&town);
    push(&town, &job).await;
    assert_eq!(requests(&town), before);
}

#[tokio::test]
async fn p5_of_a_refund_of_both_the_credit_is_an_expense_and_the_rest_a_receipt() {
    let (town, job, of) = overpaid(1_701).await;
    refund(&town, &of, None).await;
    assert_eq!(
        (expenses(&town), receipts(&town)),
        (vec![5_000], vec![4_900])
    );
    assert_given_back(&town, 9_900);
    quiet(&town);
    // Only what a receipt gave back was sold less, so only that is sold again.
    town.clock.advance(DAY);
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    town.settle().await;
    let sold = town.qbo.objects("SalesReceipt");
    let sold: Vec<i64> = sold.iter().map(|one| cents(one, "TotalAmt")).collect();
    assert_eq!(sold, [4_900]);
    // What is left of it is as much as somebody had entered: a person says whether it is that.
    assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
}

#[tokio::test]
async fn p5_credit_whose_payment_may_not_be_touched_goes_back_and_a_person_ties_it() {
    for why in ["deposited", "closed", "deposited since it was read"] {
        let (town, job, of) = overpaid(1_702).await;
        let deposit = match why {
            "closed" => {
                town.clock.advance(20 * DAY);
                town.qbo.configure(|company| {
                    company.book_close_date = Some("2026-07-31".parse().unwrap());
                });
                push(&town, &job).await;
                None
            }
            "deposited" => Some(to_the_bank(&town)),
            _ => {
                tie_is_refused(&town);
                None
            }
        };
        refund(&town, &of, Some(5_000)).await;
        let words = told(&town, "refund_not_tied");
        let expected = if why == "closed" {
            "closed in QuickBooks"
        } else {
            "bank deposit"
        };
        assert!(words.contains(expected), "{words}");
        assert!(
            words.contains("gave 50.00 of the customer's credit back"),
            "{words}"
        );
        // The customer's balance is right all the same.
        assert_eq!(balance(&town, RECEIVABLES), 0);
        assert_eq!((expenses(&town), receipts(&town)), (vec![5_000], vec![]));
        // It may be tied by now.
        town.refuse_in_quickbooks(|_| None);
        town.qbo.configure(|company| company.book_close_date = None);
        if let Some(deposit) = deposit {
            town.qbo.delete("Deposit", &deposit).unwrap();
        }
        town.clock.advance(2 * DAY);
        push(&town, &job).await;
        assert_given_back(&town, 5_000);
        quiet(&town);
        assert_eq!(town.qbo.count(Act::Create, Some("Purchase")), 1);
    }
}

/// The payment of Housecall Pro goes to the bank.
fn to_the_bank(town: &Town) -> String {
    let bank = id(town, "Account", "AccountType", "Bank");
    let payment = ours(town);
    let payment = payment.text("Id").unwrap();
    let deposit = format!(
        r#"{{"DepositToAccountRef":{{"value":"{bank}"}},"Line":[{{"Amount":99.00,"LinkedTxn":[{{"TxnId":"{payment}","TxnType":"Payment","TxnLineId":"0"}}]}}]}}"#
    );
    make(town, "Deposit", &deposit)
}

/// QuickBooks refuses what ties a payment: somebody deposited it a moment ago.
pub(crate) fn tie_is_refused(town: &Town) {
    town.refuse_in_quickbooks(|sent| {
        let error = json!({ "Message": "No", "Detail": "It is deposited", "code": "6540" });
        let fault = json!({ "Fault": { "Error": [error], "type": "ValidationFault" } });
        let is_tie = String::from_utf8_lossy(&sent.body).contains(r#""TxnType":"Expense""#);
        is_tie.then(|| fault.to_string().into_bytes())
    });
}

#[tokio::test]
async fn p5_r4_an_expense_that_a_person_changed_or_deleted_is_told_and_not_made_again() {
    let (town, job, of) = overpaid(1_703).await;
    tie_is_refused(&town);
    refund(&town, &of, Some(5_000)).await;
    assert!(town.open_alerts().contains(&"refund_not_tied".to_owned()));
    // The bookkeeper gives the money back otherwise.
    let expense = town.qbo.objects("Purchase").remove(0);
    let expense = expense.text("Id").unwrap();
    town.qbo.delete("Purchase", expense).unwrap();
    push(&town, &job).await;
    assert_eq!(expenses(&town), NONE);
    assert_eq!(town.open_alerts(), ["overpayment"]);
    push(&town, &job).await;
    assert_eq!(town.qbo.count(Act::Create, Some("Purchase")), 1);
}

/// The bookkeeper gives credit back to the customer of the only invoice.
fn enter_expense(town: &Town, amount: &str) {
    let invoice = town.qbo.objects("Invoice").remove(0);
    let customer = invoice.text("CustomerRef.value").unwrap();
    let bank = id(town, "Account", "AccountType", "Bank");
    let receivables = id(town, "Account", "AccountType", "Accounts Receivable");
    let entered = format!(
        r#"{{"PaymentType":"Cash","AccountRef":{{"value":"{bank}"}},"EntityRef":{{"value":"{customer}","type":"Customer"}},"Line":[{{"Amount":{amount},"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{{"AccountRef":{{"value":"{receivables}"}}}}}}]}}"#
    );
    make(town, "Purchase", &entered);
}

#[tokio::test]
async fn p5_credit_that_somebody_may_have_given_back_already_waits_for_a_person() {
    for (decision, expected) in [
        (Decision::Same, vec![5_000]),
        (Decision::Separate, vec![5_000, 5_000]),
    ] {
        let (town, job, of) = overpaid(1_704).await;
        enter_expense(&town, "50.00");
        refund(&town, &of, Some(5_000)).await;
        let words = told(&town, "refund_maybe_in_quickbooks");
        assert!(words.contains("an expense"), "{words}");
        decide(&town, &job, decision).await.unwrap();
        assert_eq!(expenses(&town), expected);
        assert_eq!(receipts(&town), NONE);
        assert!(
            !town
                .open_alerts()
                .contains(&"refund_maybe_in_quickbooks".to_owned())
        );
    }
}

#[tokio::test]
async fn p5_open_again_lowers_the_payment_by_its_credit_and_needs_no_expense() {
    let (town, _, of) = overpaid(1_705).await;
    change(&town, &[("refunds", "reopen")]).await.unwrap();
    refund(&town, &of, Some(5_000)).await;
    assert_eq!((expenses(&town), receipts(&town)), (vec![], vec![]));
    let lowered: Vec<i64> = payments(&town).iter().map(|one| one.total).collect();
    assert_eq!(lowered, [5_000, 4_900]);
    assert_given_back(&town, 5_000);
    quiet(&town);
}

#[tokio::test]
async fn p5_open_again_where_the_payment_is_deposited_gives_its_credit_back_by_an_expense() {
    let (town, _, of) = overpaid(1_706).await;
    change(&town, &[("refunds", "reopen")]).await.unwrap();
    to_the_bank(&town);
    refund(&town, &of, Some(5_000)).await;
    assert_eq!((expenses(&town), receipts(&town)), (vec![5_000], vec![]));
    assert_eq!(balance(&town, RECEIVABLES), 0);
    assert!(town.open_alerts().contains(&"refund_not_tied".to_owned()));
}

#[tokio::test]
async fn p5_s6_an_expense_that_quickbooks_refuses_is_told_and_its_receipt_waits() {
    let (town, job, of) = overpaid(1_707).await;
    town.refuse_in_quickbooks(|sent| {
        let error = json!({ "Message": "No", "Detail": "Not from that account", "code": "6430" });
        let fault = json!({ "Fault": { "Error": [error], "type": "ValidationFault" } });
        let is_expense = String::from_utf8_lossy(&sent.body).contains("EntityRef");
        is_expense.then(|| fault.to_string().into_bytes())
    });
    refund(&town, &of, None).await;
    let words = told(&town, "quickbooks_refused");
    assert!(words.contains("Not from that account"), "{words}");
    assert_eq!((expenses(&town), receipts(&town)), (vec![], vec![]));
    town.refuse_in_quickbooks(|_| None);
    push(&town, &job).await;
    assert_eq!(
        (expenses(&town), receipts(&town)),
        (vec![5_000], vec![4_900])
    );
    assert_given_back(&town, 9_900);
    quiet(&town);
}

#[tokio::test]
async fn p5_p8_a_refund_that_changes_after_its_expense_was_sent_is_told() {
    let (town, job, of) = overpaid(1_708).await;
    refund(&town, &of, Some(5_000)).await;
    town.alter_answers(|_, body| {
        let text = String::from_utf8(body).unwrap();
        let changed = text.replace(r#""amount":5000,"#, r#""amount":6000,"#);
        changed.into_bytes()
    });
    push(&town, &job).await;
    let words = told(&town, "refund_differs");
    assert!(
        words.ends_with("it is 60.00 in Housecall Pro, and 50.00 there. The difference is 10.00."),
        "{words}"
    );
    assert_eq!((expenses(&town), receipts(&town)), (vec![5_000], vec![]));
}

#[tokio::test]
async fn v15_expenses_are_linked_again_and_nothing_is_made_twice() {
    for (seed, amount) in (1_710..).zip([Some(5_000), None]) {
        let (mut town, job, of) = overpaid(seed).await;
        refund(&town, &of, amount).await;
        let (before, known) = (books(&town), slots(&town));
        lose_the_table(&mut town);
        let way = (hcp_sandbox::Invoicing::Simple, &[][..]);
        connect_again(&town, way).await;
        let report = restore(&town).await;
        assert_eq!(report.differing, [], "{amount:?}");
        assert_eq!(report.nobodys, [], "{amount:?}");
        town.settle().await;
        assert_eq!(forgotten(&town, &known), Vec::<String>::new());
        push(&town, &job).await;
        assert_eq!(books(&town), before);
        town.pull().await;
        quiet(&town);
    }
}
