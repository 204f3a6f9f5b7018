//! Alerts about payments.

use hcp_sandbox::{JobId, NewPayment, PaymentMethod, PaymentStatus};
use qbo_sandbox::Json;
use serde_json::{Value, json};
use simulation::Town;

use super::{desk::Desk, housecall::tell_the_truth};
use crate::{
    credits::{sent, with_credit},
    documents::DAY,
    expenses::overpaid,
    parties::edit,
    payments::{
        amounts, apply, assert_paid, enter, invoiced, of_note, owed, paid_on, pay_job,
        with_deleted_check,
    },
    refunds::retell_all,
};

/// A job that was paid by check, and its payment in QuickBooks.
async fn paid(seed: u64) -> (Town, JobId, Json) {
    let (town, job) = invoiced(seed).await;
    pay_job(&town, &job, of_note(PaymentMethod::Check, "Check 1042")).await;
    let payment = town.qbo.objects("Payment").remove(0);
    (town, job, payment)
}

fn delete(town: &Town, payment: &Json) {
    let id = payment.text("Id").unwrap();
    town.qbo.delete("Payment", id).unwrap();
}

/// The payment with this reference.
fn with_reference(town: &Town, reference: &str) -> Json {
    let mut all = town.qbo.objects("Payment").into_iter();
    let found = all.find(|one| one.text("PaymentRefNum") == Some(reference));
    found.unwrap()
}

pub(super) async fn unusable() -> String {
    let (town, job) = invoiced(3_701).await;
    retell_all(&town, "payment_method", json!({ "amount": Value::Null }));
    let check = of_note(PaymentMethod::Check, "Check 1042");
    pay_job(&town, &job, check).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_unusable").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn without_invoice() -> String {
    let (town, job) = invoiced(3_702).await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let invoice = invoice.text("Id").unwrap();
    town.qbo.delete("Invoice", invoice).unwrap();
    town.pull().await;
    let check = of_note(PaymentMethod::Check, "Check 1042");
    pay_job(&town, &job, check).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_without_invoice").await;
    // What becomes of the invoice is decided first.
    let gone = desk.sees("document_gone").await;
    desk.choose(&gone, "make_again", None).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn maybe_there() -> String {
    let (town, job) = invoiced(3_703).await;
    enter(&town, "40.00", "2026-07-10", "77");
    let check = NewPayment {
        amount: Some(4_000),
        ..of_note(PaymentMethod::Check, "Check 1042")
    };
    pay_job(&town, &job, check).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_maybe_in_quickbooks").await;
    desk.choose(&seen, "same", None).await;
    desk.is_clear().await;
    assert_eq!(amounts(&desk.town), [4_000]);
    seen.told()
}

pub(super) async fn overpayment() -> String {
    let (town, ..) = overpaid(3_704).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("overpayment").await;
    // The 50.00 that somebody had entered were part of the check.
    delete(&desk.town, &with_reference(&desk.town, "7"));
    apply(&desk.town);
    desk.pull().await;
    desk.is_clear().await;
    assert_eq!((amounts(&desk.town), owed(&desk.town)), (vec![9_900], 0));
    seen.told()
}

pub(super) async fn not_applied() -> String {
    let (town, job) = invoiced(3_705).await;
    enter(&town, "40.00", "2026-07-10", "77");
    let card = NewPayment::of(PaymentMethod::Card, 9_900);
    pay_job(&town, &job, card).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_not_applied").await;
    delete(&desk.town, &with_reference(&desk.town, "77"));
    apply(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn changed() -> String {
    let (town, job, payment) = paid(3_706).await;
    let day_before = json!({ "paid_at": "2026-07-23T15:00:00Z" });
    retell_all(&town, "payment_method", day_before);
    town.push_by_hand(&job).await;
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_changed").await;
    let id = payment.text("Id").unwrap();
    edit(&desk.town, "Payment", id, r#"{"TxnDate":"2026-07-23"}"#);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn changed_there() -> String {
    let (town, job, payment) = paid(3_707).await;
    let id = payment.text("Id").unwrap();
    edit(&town, "Payment", id, r#"{"TxnDate":"2026-07-20"}"#);
    town.pull().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_changed_in_quickbooks").await;
    edit(&desk.town, "Payment", id, r#"{"TxnDate":"2026-07-24"}"#);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn removed() -> String {
    let (town, job, _) = with_deleted_check(3_708).await;
    let again = NewPayment::of(PaymentMethod::Card, 9_900);
    pay_job(&town, &job, again).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_removed").await;
    let deleted = desk.town.qbo.objects("Payment").remove(0);
    delete(&desk.town, &deleted);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn returned() -> String {
    let (town, job) = invoiced(3_709).await;
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Ach)).await;
    town.clock.advance(DAY);
    let (invoice, payments) = paid_on(&town, &job);
    let failed = PaymentStatus::Failed;
    town.hcp
        .settle_payment(&invoice, &payments[0], failed)
        .unwrap();
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_returned").await;
    let returned = desk.town.qbo.objects("Payment").remove(0);
    delete(&desk.town, &returned);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_eq!(owed(&desk.town), 9_900);
    seen.told()
}

pub(super) async fn gone() -> String {
    let (town, job, payment) = paid(3_710).await;
    delete(&town, &payment);
    town.pull().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("payment_gone").await;
    desk.choose(&seen, "send_again", None).await;
    desk.is_clear().await;
    assert_paid(&desk.town, &job);
    seen.told()
}

pub(super) async fn credit_applied() -> String {
    let (town, dana) = with_credit(3_711, 20).await;
    sent(&town, &dana).await;
    town.pull().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("credit_applied").await;
    // The bookkeeper takes the credit off the invoice.
    let mut payments = desk.town.qbo.objects("Payment").into_iter();
    let applied = payments.find(|one| crate::people::cents(one, "TotalAmt") == 0);
    delete(&desk.town, &applied.unwrap());
    desk.pull().await;
    desk.is_clear().await;
    seen.told()
}
