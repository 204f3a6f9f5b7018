//! Alerts about refunds.

use hcp_sandbox::PaymentMethod;
use serde_json::{Value, json};

use super::{desk::Desk, housecall::tell_the_truth};
use crate::{
    deposits::deposit_payment_of,
    documents::DAY,
    expenses::{assert_given_back, overpaid, tie_is_refused},
    parties::{edit, id},
    payments::{invoiced, of_note, owed},
    refunds::{
        self, assert_refunded, card, enter_receipt, paid, pay_another, receipts, refund, retell,
    },
    stories::make,
};

pub(super) async fn unusable() -> String {
    let (town, job) = invoiced(3_801).await;
    let of = paid(&town, &job, card()).await;
    retell(&town, json!({ "amount": Value::Null }));
    refund(&town, &of, Some(4_000)).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_unusable").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_refunded(&desk.town, &job);
    seen.told()
}

pub(super) async fn more_than_paid() -> String {
    let (town, job) = invoiced(3_802).await;
    let of = paid(&town, &job, card()).await;
    retell(&town, json!({ "amount": 9_901 }));
    refund(&town, &of, Some(4_000)).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_more_than_paid").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_refunded(&desk.town, &job);
    seen.told()
}

pub(super) async fn not_applied() -> String {
    let (town, _, of) = overpaid(3_803).await;
    pay_another(&town);
    town.clock.advance(DAY);
    refund(&town, &of, None).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_not_applied").await;
    // The bookkeeper takes the customer's credit off the other invoice, which was none.
    let mut all = desk.town.qbo.objects("Payment").into_iter();
    let ours = all.find(|one| one.text("PaymentRefNum") == Some("8"));
    let [invoice, other] = desk.town.qbo.objects("Invoice").try_into().unwrap();
    let pays = format!(
        r#"{{"Line":[{{"Amount":49.00,"LinkedTxn":[{{"TxnId":"{}","TxnType":"Invoice"}}]}}]}}"#,
        invoice.text("Id").unwrap()
    );
    edit(
        &desk.town,
        "Payment",
        ours.unwrap().text("Id").unwrap(),
        &pays,
    );
    let other = other.text("Id").unwrap();
    desk.town.qbo.delete("Invoice", other).unwrap();
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_given_back(&desk.town, 9_900);
    seen.told()
}

pub(super) async fn without_account() -> String {
    let (town, job) = refunds::without_account(3_804).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_without_account").await;
    let bank = r#"{"Name":"Check account","AccountType":"Bank"}"#;
    let bank = make(&desk.town, "Account", bank);
    desk.read_quickbooks().await;
    desk.set("deposit_to.Check", &bank).await;
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_eq!(desk.town.state(&job), store::JobState::Synced);
    assert_eq!((receipts(&desk.town), owed(&desk.town)), (vec![1_500], 0));
    seen.told()
}

pub(super) async fn differs() -> String {
    let (town, job) = invoiced(3_805).await;
    let of = paid(&town, &job, card()).await;
    refund(&town, &of, Some(4_000)).await;
    let item = id(&town, "Item", "Name", "Sales");
    let line = |amount: &str| {
        format!(
            r#"{{"Line":[{{"Amount":{amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        )
    };
    retell(&town, json!({ "amount": 3_900 }));
    town.push_by_hand(&job).await;
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_differs").await;
    let receipt = desk.town.qbo.objects("RefundReceipt").remove(0);
    let receipt = receipt.text("Id").unwrap();
    edit(&desk.town, "RefundReceipt", receipt, &line("39.00"));
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_eq!(receipts(&desk.town), [3_900]);
    seen.told()
}

pub(super) async fn gone() -> String {
    let (town, job) = invoiced(3_809).await;
    let of = paid(&town, &job, card()).await;
    refund(&town, &of, Some(4_000)).await;
    let receipt = town.qbo.objects("RefundReceipt").remove(0);
    town.qbo
        .void("RefundReceipt", receipt.text("Id").unwrap())
        .unwrap();
    town.pull().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_gone").await;
    desk.choose(&seen, "send_again", None).await;
    desk.is_clear().await;
    let sent = receipts(&desk.town);
    assert_eq!(sent.iter().sum::<i64>(), 4_000, "{sent:?}");
    seen.told()
}

pub(super) async fn not_reopened() -> String {
    let (town, job) = invoiced(3_806).await;
    let desk = Desk::at(town).await;
    desk.set("refunds", "reopen").await;
    let of = paid(&desk.town, &job, card()).await;
    let invoice = desk.town.qbo.objects("Invoice").remove(0);
    deposit_payment_of(&desk.town, invoice.text("DocNumber").unwrap());
    refund(&desk.town, &of, Some(4_000)).await;
    let seen = desk.sees("refund_not_reopened").await;
    // The customer pays once more.
    desk.town.clock.advance(DAY);
    paid(&desk.town, &job, card()).await;
    desk.is_clear().await;
    assert_eq!(owed(&desk.town), 0);
    seen.told()
}

pub(super) async fn maybe_there() -> String {
    let (town, job) = invoiced(3_807).await;
    let of = paid(&town, &job, of_note(PaymentMethod::Check, "Check 8")).await;
    enter_receipt(&town, "15.00");
    refund(&town, &of, Some(1_500)).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_maybe_in_quickbooks").await;
    desk.choose(&seen, "same", None).await;
    desk.is_clear().await;
    assert_eq!(receipts(&desk.town), [1_500]);
    seen.told()
}

pub(super) async fn not_tied() -> String {
    let (town, _, of) = overpaid(3_808).await;
    tie_is_refused(&town);
    refund(&town, &of, Some(5_000)).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("refund_not_tied").await;
    desk.town.refuse_in_quickbooks(|_| None);
    desk.town.clock.advance(2 * DAY);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_given_back(&desk.town, 5_000);
    seen.told()
}
