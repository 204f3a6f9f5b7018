//! Refunds of Housecall Pro become refund receipts in QuickBooks, each once: the customer owes what they owed, and less was
//! sold (P5, N7).

use hcp_sandbox::{
    Hundredths, InvoiceId, Invoicing, JobId, NewLine, NewPayment, Part, PaymentId, PaymentMethod,
    TaxRate,
};
use mapping::payment::Decision;
use qbo_sandbox::{Act, Json, SalesTax};
use serde_json::{Value, json};
use simulation::Town;
use store::JobState;

use crate::{
    deposits::{deposit, lines, pay_with_tip, quiet, taxed, told},
    documents::{DAY, number, town},
    expenses::overpay,
    parties::{alert, edit, finish, id},
    payments::{decide, enter, invoiced, of_note, owed, payments},
    people::{cents, requests},
    settings::change,
    stories::make,
};

const NONE: [i64; 0] = [];

/// What the refund receipts in QuickBooks come to.
pub(crate) fn receipts(town: &Town) -> Vec<i64> {
    let receipts = town.qbo.objects("RefundReceipt");
    receipts
        .iter()
        .map(|receipt| cents(receipt, "TotalAmt"))
        .collect()
}

/// What went back in Housecall Pro.
fn refunded(town: &Town, job: &JobId) -> i64 {
    let invoices = town.hcp.invoices_of(job);
    let invoices = invoices
        .iter()
        .filter_map(|invoice| town.hcp.invoice(invoice));
    let of_invoice = |invoice: Value| -> i64 {
        let refunds = invoice["refunds"].as_array().unwrap();
        refunds
            .iter()
            .map(|refund| refund["amount"].as_i64().unwrap())
            .sum()
    };
    invoices.map(of_invoice).sum()
}

/// What an account has, debits above zero, in cents.
pub(crate) fn balance(town: &Town, account: &str) -> i64 {
    let balance = town.qbo.trial_balance();
    let row = balance.rows.iter().find(|row| row.name == account);
    let dollars = row.map(|row| row.debit - row.credit).unwrap_or_default();
    let text = format!("{dollars:.2}").replace('.', "");
    text.parse().unwrap()
}

/// What customers owe, and what came in and stayed, is the same in both systems; nothing waits or was told.
pub(crate) fn assert_refunded(town: &Town, job: &JobId) {
    quiet(town);
    assert_eq!(town.state(job), JobState::Synced);
    assert_eq!(receipts(town).iter().sum::<i64>(), refunded(town, job));
    assert_eq!(balance(town, "Accounts Receivable (A/R)"), owed(town));
    let paid: i64 = payments(town).iter().map(|paid| paid.total).sum();
    let kept = paid - refunded(town, job);
    assert_eq!(balance(town, "Undeposited Funds"), kept);
}

pub(crate) async fn refund(town: &Town, of: &(InvoiceId, PaymentId), amount: Option<i64>) {
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.refund_payment(&of.0, &of.1, amount).unwrap();
    town.settle().await;
}

/// The only invoice of the job, paid in full.
pub(crate) async fn paid(town: &Town, job: &JobId, payment: NewPayment) -> (InvoiceId, PaymentId) {
    let invoice = town.hcp.invoices_of(job).remove(0);
    let payment = town.hcp.pay_invoice(&invoice, payment).unwrap();
    town.settle().await;
    (invoice, payment)
}

pub(crate) fn card() -> NewPayment {
    NewPayment::in_full(PaymentMethod::Card)
}

#[tokio::test]
async fn p5_a_refund_in_full_is_one_receipt_that_mirrors_its_invoice() {
    let (town, job) = invoiced(1_000).await;
    let of = paid(&town, &job, card()).await;
    let (before, income) = (requests(&town), balance(&town, "Services"));
    refund(&town, &of, None).await;
    // Which account the payment went to, and the receipt.
    assert_eq!(requests(&town) - before, 2);
    assert_refunded(&town, &job);
    assert_eq!(receipts(&town), [9_900]);
    assert_eq!(balance(&town, "Services"), income + 9_900);
    let receipt = &town.qbo.objects("RefundReceipt")[0];
    assert_eq!(told(receipt), lines(&town, receipt_invoice(receipt)));
    assert_eq!(receipt.text("CustomerRef.name"), Some("Dana Sample"));
    assert_eq!(receipt.text("PaymentMethodRef.name"), Some("Credit Card"));
    let payment = &town.qbo.objects("Payment")[0];
    let account = "DepositToAccountRef.value";
    assert_eq!(receipt.text(account), payment.text(account));
    assert_eq!(receipt.text("DocNumber"), None);
    // Nothing is left to do, whatever comes again.
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
    assert_refunded(&town, &job);
}

/// The number of the invoice that a receipt names.
fn receipt_invoice(receipt: &Json) -> &str {
    let note = receipt.text("PrivateNote").unwrap();
    assert!(note.starts_with("HCP job "), "{note}");
    note.rsplit("Refund on invoice ").next().unwrap()
}

#[tokio::test]
async fn p5_several_refunds_give_back_all_of_an_invoice_to_the_cent() {
    for sales_tax in [SalesTax::Automated, SalesTax::Manual] {
        let town = Town::with(1_001, |_| {}, |qbo| qbo.company.sales_tax = sales_tax).await;
        let job = taxed(
            &town,
            vec![NewLine::percent_discount("Spring", Hundredths::new(700))],
        );
        let arizona = TaxRate {
            name: "Arizona".to_owned(),
            percent: Hundredths::new(560),
        };
        town.hcp.set_taxes(&job, vec![arizona]).unwrap();
        town.hcp.finish_job(&job).unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        let of = paid(&town, &job, card()).await;
        for amount in [Some(1_245), Some(1), Some(12_345), None] {
            refund(&town, &of, amount).await;
            assert_refunded(&town, &job);
        }
        assert_eq!(receipts(&town).len(), 4, "{sales_tax:?}");
        // All that was sold, taxed and taken off is given back.
        let rows = town.qbo.trial_balance().rows;
        let left: Vec<_> = rows
            .iter()
            .map(|row| (row.name.as_str(), row.debit.max(row.credit)))
            .collect();
        match sales_tax {
            SalesTax::Automated => assert_eq!(left, []),
            // A cent that the rate could not give lies on the other side.
            _ => assert!(
                left.iter().all(|(_, off)| *off <= "0.01".parse().unwrap()),
                "{left:?}"
            ),
        }
    }
}

#[tokio::test]
async fn p5_a_tip_goes_back_on_its_own_item() {
    let (town, job) = invoiced(1_002).await;
    let invoice = town.hcp.invoices_of(&job).remove(0);
    pay_with_tip(&town, &invoice, 2_000);
    town.settle().await;
    let told_payment = town.hcp.invoice(&invoice).unwrap()["payments"][0]["id"].clone();
    let payment = PaymentId::from(told_payment.as_str().unwrap().to_owned());
    // Housecall Pro gives the work back first, the tip last.
    refund(&town, &(invoice.clone(), payment.clone()), Some(9_000)).await;
    refund(&town, &(invoice, payment), None).await;
    assert_refunded(&town, &job);
    let told: Vec<String> = town.qbo.objects("RefundReceipt").iter().map(told).collect();
    assert_eq!(
        told,
        [
            "Sales 90.00, tax 0.00, all 90.00",
            "Sales 9.00, Housecall Pro Tips 20.00, tax 0.00, all 29.00"
        ]
    );
}

#[tokio::test]
async fn p5_n7_what_is_given_back_of_a_deposit_the_main_invoice_bills_again() {
    let town = town(1_003, Invoicing::MatchJobNumber, &[]).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, Part::Percent(Hundredths::new(5_000)));
    town.settle().await;
    let payment = town.hcp.pay_invoice(&bill, card()).unwrap();
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let main = number(&town, &job);
    let of = (bill, payment);
    assert_eq!(
        lines(&town, &main),
        "Sales 200.00 taxed, Sales 95.00, Housecall Pro Deposit -100.00 taxed, Housecall Pro Deposit -47.50, tax 8.25, all 155.75"
    );
    for (amount, expected) in [
        (
            Some(7_787),
            "Sales 200.00 taxed, Sales 95.00, Housecall Pro Deposit -50.00 taxed, Housecall Pro Deposit -23.75, tax 12.37, all 233.62",
        ),
        (
            None,
            "Sales 200.00 taxed, Sales 95.00, tax 16.50, all 311.50",
        ),
    ] {
        refund(&town, &of, amount).await;
        assert_refunded(&town, &job);
        assert_eq!(lines(&town, &main), expected);
        // The job owes all that is not paid, in both systems.
        let due = town.hcp.job(&job).unwrap()["outstanding_balance"].as_i64();
        assert_eq!(Some(owed(&town)), due);
    }
    assert_eq!(receipts(&town), [7_787, 7_788]);
}

#[tokio::test]
async fn p5_one_refund_is_one_whatever_tells_of_it_in_whatever_order() {
    for seed in 0..10 {
        let town = Town::new(1_010 + seed).await;
        let customer = crate::people::new_customer(&town, "Dana", "Sample");
        let job = crate::parties::small_job(&town, &customer);
        town.hcp.finish_job(&job).unwrap();
        let invoice = town.hcp.send_invoice(&job).unwrap();
        let payment = town.hcp.pay_invoice(&invoice, card()).unwrap();
        for amount in [Some(2_500), Some(2_500), None] {
            town.clock.advance(std::time::Duration::from_secs(60));
            town.hcp.refund_payment(&invoice, &payment, amount).unwrap();
        }
        let mut posted = town.hcp.take_webhooks();
        posted.extend(posted.clone());
        let chance = fakes::SeededChance::new(seed);
        for i in (1..posted.len()).rev() {
            let j = usize::try_from(chance.next_u64() % (i as u64 + 1)).unwrap();
            posted.swap(i, j);
        }
        for webhook in posted {
            town.receive(vec![webhook]).await;
            if chance.next_u64().is_multiple_of(2) {
                town.settle().await;
            }
        }
        town.settle().await;
        assert_refunded(&town, &job);
        assert_eq!(receipts(&town), [2_500, 2_500, 4_900], "seed {seed}");
    }
}

#[tokio::test]
async fn p5_p3_the_money_leaves_the_account_that_the_payment_went_to() {
    let (town, job) = invoiced(1_004).await;
    let checking = make(
        &town,
        "Account",
        r#"{"Name":"Card clearing","AccountType":"Bank"}"#,
    );
    town.connect().await;
    let chosen = [("deposit_to.Credit Card", checking.as_str())];
    change(&town, &chosen).await.unwrap();
    let of = paid(&town, &job, card()).await;
    // What is chosen later is for later payments.
    change(&town, &[("deposit_to.Credit Card", "")])
        .await
        .unwrap();
    refund(&town, &of, Some(4_000)).await;
    assert_eq!(balance(&town, "Card clearing"), 5_900);
    assert_eq!(balance(&town, "Undeposited Funds"), 0);
    quiet(&town);
}

#[tokio::test]
async fn p5_a_refund_waits_for_its_payment() {
    for (decision, expected) in [
        (Decision::Separate, ""),
        (Decision::Same, "refund_without_account"),
    ] {
        let (town, job) = invoiced(1_005).await;
        enter(&town, "40.00", "2026-06-24", "");
        let of = paid(&town, &job, NewPayment::of(PaymentMethod::Check, 4_000)).await;
        refund(&town, &of, Some(1_500)).await;
        assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
        assert_eq!(receipts(&town), NONE);
        decide(&town, &job, decision).await.unwrap();
        if decision == Decision::Separate {
            assert_eq!(receipts(&town), [1_500]);
            town.pull().await;
            quiet(&town);
        } else {
            // Nobody knows which of the payments in QuickBooks is the one.
            let words = alert(&town, expected);
            assert!(
                words.contains("which account the payment went to"),
                "{words}"
            );
            assert_eq!(receipts(&town), NONE);
        }
    }
}

/// A refund of a check that the bookkeeper had entered too, and what is paid once more after it.
pub(crate) async fn without_account(seed: u64) -> (Town, JobId) {
    let (town, job) = invoiced(seed).await;
    enter(&town, "40.00", "2026-06-24", "");
    let of = paid(&town, &job, NewPayment::of(PaymentMethod::Check, 4_000)).await;
    refund(&town, &of, Some(1_500)).await;
    decide(&town, &job, Decision::Same).await.unwrap();
    town.clock.advance(DAY);
    paid(&town, &job, card()).await;
    assert_eq!(town.open_alerts(), ["refund_without_account"]);
    let words = alert(&town, "refund_without_account");
    assert!(
        words.ends_with("these payments of the invoice wait: 74.00."),
        "{words}"
    );
    assert_eq!((receipts(&town), payments(&town).len()), (vec![], 1));
    (town, job)
}

#[tokio::test]
async fn p5_p3_a_refund_whose_account_nobody_tells_leaves_the_one_that_is_chosen() {
    let (town, job) = without_account(1_030).await;
    let bank = r#"{"Name":"Check account","AccountType":"Bank"}"#;
    let bank = make(&town, "Account", bank);
    town.connect().await;
    change(&town, &[("deposit_to.Check", bank.as_str())])
        .await
        .unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    quiet(&town);
    assert_eq!(town.state(&job), JobState::Synced);
    assert_eq!(receipts(&town), [1_500]);
    assert_eq!(balance(&town, "Check account"), -1_500);
    // What waited is the rest of the invoice, and what was given back once more.
    assert_eq!(owed(&town), 0);
    let sold = town.qbo.objects("SalesReceipt").remove(0);
    assert_eq!(cents(&sold, "TotalAmt"), 1_500);
}

#[tokio::test]
async fn p5_p4_a_refund_that_a_person_entered_by_hand_holds_no_payment_any_more() {
    let (town, job) = without_account(1_031).await;
    enter_receipt(&town, "15.00");
    decide(&town, &job, Decision::Same).await.unwrap();
    assert_eq!(receipts(&town), [1_500]);
    assert_eq!(owed(&town), 0);
    // Of which lines the money was given back is not known here: the rest of it is a person's.
    assert_eq!(town.open_alerts(), ["payment_not_applied"]);
}

/// The bookkeeper pays another invoice with the credit that the customer has.
pub(crate) fn pay_another(town: &Town) {
    let invoice = town.qbo.objects("Invoice").remove(0);
    let customer = invoice.text("CustomerRef.value").unwrap();
    let item = invoice.text("Line.0.SalesItemLineDetail.ItemRef.value");
    let other = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{{"Amount":50.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{}"}}}}}}]}}"#,
        item.unwrap()
    );
    let other = make(town, "Invoice", &other);
    let mut payments = town.qbo.objects("Payment").into_iter();
    let payment = payments.find(|one| one.text("PaymentRefNum") == Some("8"));
    let payment = payment.unwrap();
    let line = |invoice: &str, amount| {
        format!(
            r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}"#
        )
    };
    let lines = [
        line(invoice.text("Id").unwrap(), "49.00"),
        line(&other, "50.00"),
    ];
    let lines = format!(r#"{{"Line":[{}]}}"#, lines.join(","));
    edit(town, "Payment", payment.text("Id").unwrap(), &lines);
}

#[tokio::test]
async fn p5_a_refund_that_stays_a_persons_is_settled_by_what_they_say() {
    for (amount, expected) in [
        (9_901, "refund_more_than_paid"),
        (9_900, "refund_not_applied"),
    ] {
        let (town, job) = invoiced(1_032).await;
        let of = match expected {
            "refund_not_applied" => {
                let of = overpay(&town, &job).await;
                pay_another(&town);
                of
            }
            _ => paid(&town, &job, of_note(PaymentMethod::Check, "Check 8")).await,
        };
        retell(&town, json!({ "amount": amount }));
        town.clock.advance(DAY);
        refund(&town, &of, Some(9_900)).await;
        let open = town.open_alerts();
        assert!(open.contains(&expected.to_owned()), "{open:?}");
        decide(&town, &job, Decision::Same).await.unwrap();
        let open = town.open_alerts();
        assert!(!open.contains(&expected.to_owned()), "{open:?}");
        assert_eq!(receipts(&town), NONE);
    }
}

#[tokio::test]
async fn p5_s6_a_refund_in_a_closed_month_is_told_and_sent_when_that_is_open() {
    let (town, job) = invoiced(1_006).await;
    let of = paid(&town, &job, card()).await;
    let close = |until: Option<&str>| {
        let until = until.map(|until| until.parse().unwrap());
        town.qbo
            .configure(|company| company.book_close_date = until);
    };
    close(Some("2026-07-31"));
    refund(&town, &of, Some(4_000)).await;
    let words = alert(&town, "closed_period");
    assert!(
        words.starts_with("The refund of 40.00 on invoice "),
        "{words}"
    );
    assert_eq!(receipts(&town), NONE);
    close(None);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(receipts(&town), [4_000]);
    assert_refunded(&town, &job);
}

/// Housecall Pro tells this of every refund from now on.
pub(crate) fn retell(town: &Town, changes: Value) {
    retell_all(town, "refunded_at", changes);
}

/// Housecall Pro tells this from now on of everything that has such a field.
pub(crate) fn retell_all(town: &Town, field: &'static str, changes: Value) {
    fn changed(value: &mut Value, field: &str, changes: &Value) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|one| changed(one, field, changes)),
            Value::Object(fields) if fields.contains_key(field) => {
                let changes = changes.as_object().unwrap().clone();
                fields.extend(changes);
            }
            Value::Object(fields) => {
                let mut all = fields.values_mut();
                all.by_ref().for_each(|one| changed(one, field, changes));
            }
            _ => {}
        }
    }
    town.alter_answers(move |_, body| {
        let Ok(mut value) = serde_json::from_slice(&body) else {
            return body;
        };
        changed(&mut value, field, &changes);
        serde_json::to_vec(&value).unwrap()
    });
}

#[tokio::test]
async fn p5_a_refund_that_cannot_be_right_is_told_and_sent_when_it_is_corrected() {
    for (changes, expected, words) in [
        (
            json!({ "amount": null }),
            "refund_unusable",
            "how much it is",
        ),
        (json!({ "amount": -1 }), "refund_unusable", "below zero"),
        (
            json!({ "refunded_at": null }),
            "refund_unusable",
            "when the money went back",
        ),
        (
            json!({ "amount": 9_901 }),
            "refund_more_than_paid",
            "with it 99.01 went back in Housecall Pro, and 99.00 was paid there",
        ),
    ] {
        let (town, job) = invoiced(1_007).await;
        let of = paid(&town, &job, card()).await;
        retell(&town, changes);
        refund(&town, &of, Some(4_000)).await;
        let told = alert(&town, expected);
        assert!(told.contains(words), "{told}");
        assert_eq!(receipts(&town), NONE);
        town.alter_answers(|_, body| body);
        town.push_by_hand(&job).await;
        town.settle().await;
        assert_eq!(receipts(&town), [4_000]);
        assert_refunded(&town, &job);
    }
}

#[tokio::test]
async fn p5_a_refund_that_housecall_pro_does_not_show_yet_is_waited_for() {
    let (town, job) = invoiced(1_030).await;
    let of = paid(&town, &job, card()).await;
    // It shows as if it were on its way.
    town.alter_answers(|_, body| {
        let text = String::from_utf8(body).unwrap();
        text.replace("\"refunds\":[{", "\"later\":[{").into_bytes()
    });
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.refund_payment(&of.0, &of.1, None).unwrap();
    town.post().await;
    let worker = town.worker();
    town.batch(&worker).await;
    assert_eq!(receipts(&town), NONE);
    assert_eq!(town.state(&job), JobState::Queued);
    town.alter_answers(|_, body| body);
    town.settle().await;
    assert_eq!(receipts(&town), [9_900]);
    assert_refunded(&town, &job);
}

#[tokio::test]
async fn p5_a_receipt_that_differs_is_told_until_somebody_mended_it() {
    for is_deleted in [false, true] {
        let (town, job) = invoiced(1_008).await;
        let of = paid(&town, &job, card()).await;
        refund(&town, &of, Some(4_000)).await;
        retell(&town, json!({ "amount": 3_900 }));
        town.push_by_hand(&job).await;
        town.settle().await;
        let words = alert(&town, "refund_differs");
        assert!(
            words.ends_with("and 40.00 there. The difference is 1.00."),
            "{words}"
        );
        let receipt = town.qbo.objects("RefundReceipt")[0]
            .text("Id")
            .unwrap()
            .to_owned();
        if is_deleted {
            town.qbo.delete("RefundReceipt", &receipt).unwrap();
        } else {
            let item = id(&town, "Item", "Name", "Sales");
            let line = format!(
                r#"{{"Line":[{{"Amount":39.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
            );
            edit(&town, "RefundReceipt", &receipt, &line);
        }
        town.push_by_hand(&job).await;
        town.settle().await;
        quiet(&town);
        assert_eq!(town.qbo.count(Act::Create, Some("RefundReceipt")), 1);
    }
}

/// The bookkeeper enters a refund receipt.
pub(crate) fn enter_receipt(town: &Town, amount: &str) {
    let invoice = town.qbo.objects("Invoice").remove(0);
    let customer = invoice.text("CustomerRef.value").unwrap();
    let item = invoice.text("Line.0.SalesItemLineDetail.ItemRef.value");
    let account = id(town, "Account", "Name", "Undeposited Funds");
    let entered = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"DepositToAccountRef":{{"value":"{account}"}},"Line":[{{"Amount":{amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{}"}}}}}}]}}"#,
        item.unwrap()
    );
    make(town, "RefundReceipt", &entered);
}

#[tokio::test]
async fn p5_a_refund_that_may_have_been_entered_in_quickbooks_waits_for_a_person() {
    for (decision, expected) in [
        (Decision::Same, vec![1_500]),
        (Decision::Separate, vec![1_500, 1_500]),
    ] {
        let (town, job) = invoiced(1_020).await;
        let of = paid(&town, &job, card()).await;
        // The bookkeeper was faster.
        enter_receipt(&town, "15.00");
        refund(&town, &of, Some(1_500)).await;
        let words = alert(&town, "refund_maybe_in_quickbooks");
        assert!(words.contains("of the same amount"), "{words}");
        assert_eq!(receipts(&town), [1_500]);
        decide(&town, &job, decision).await.unwrap();
        assert_eq!(receipts(&town), expected);
        quiet(&town);
    }
}
