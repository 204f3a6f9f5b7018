//! What is paid once more after a refund: a sales receipt where the refund is a receipt (P4), an ordinary payment where it
//! opened its invoice again (P5).

use hcp_sandbox::{
    Hundredths, InvoiceId, Invoicing, JobId, NewLine, NewPayment, Part, PaymentId, PaymentMethod,
    Refunds, TaxRate,
};
use mapping::payment::Decision;
use qbo_sandbox::{Act, SalesTax};
use serde_json::json;
use simulation::Town;
use store::JobState;

use crate::{
    deposits::{deposit, deposit_payment_of, lines, pay_with_tip, quiet, taxed, told},
    documents::{DAY, number, town},
    parties::{alert, finish},
    payments::{assert_paid, decide, invoiced, of_note, owed, payments},
    people::{cents, requests, total},
    refunds::{assert_refunded, balance, card, receipts, refund},
    settings::change,
    stories::make,
};

/// What the sales receipts in QuickBooks come to.
pub(crate) fn sold_again(town: &Town) -> Vec<i64> {
    let receipts = town.qbo.objects("SalesReceipt");
    receipts
        .iter()
        .map(|receipt| cents(receipt, "TotalAmt"))
        .collect()
}

/// What is left to pay of the job in Housecall Pro.
fn due(town: &Town, job: &JobId) -> i64 {
    let job = town.hcp.job(job).unwrap();
    job["outstanding_balance"].as_i64().unwrap()
}

/// What customers owe, and what came in and stayed, is the same in both systems; nothing waits or was told.
pub(crate) fn assert_even(town: &Town, job: &JobId) {
    quiet(town);
    assert_eq!(town.state(job), JobState::Synced);
    assert_eq!(owed(town), due(town, job));
    assert_eq!(balance(town, "Accounts Receivable (A/R)"), due(town, job));
    assert_eq!(balance(town, "Undeposited Funds"), kept(town, job));
    assert!(payments(town).iter().all(|paid| paid.unapplied == 0));
}

/// What was paid in Housecall Pro and not given back.
fn kept(town: &Town, job: &JobId) -> i64 {
    let invoices = town.hcp.invoices_of(job);
    let invoices = invoices.iter().filter_map(|id| town.hcp.invoice(id));
    let sum = |of: &serde_json::Value| -> i64 {
        let all = of.as_array().unwrap().iter();
        all.map(|one| one["amount"].as_i64().unwrap()).sum()
    };
    invoices
        .map(|invoice| sum(&invoice["payments"]) - sum(&invoice["refunds"]))
        .sum()
}

async fn pay(town: &Town, invoice: &InvoiceId, payment: NewPayment) -> (InvoiceId, PaymentId) {
    town.clock.advance(std::time::Duration::from_secs(60));
    let payment = town.hcp.pay_invoice(invoice, payment).unwrap();
    town.settle().await;
    (invoice.clone(), payment)
}

/// The only invoice of the job, paid in full.
async fn paid(town: &Town, job: &JobId) -> (InvoiceId, PaymentId) {
    let invoice = town.hcp.invoices_of(job).remove(0);
    pay(town, &invoice, card()).await
}

async fn reopening(town: &Town) {
    change(town, &[("refunds", "reopen")]).await.unwrap();
}

#[tokio::test]
async fn p4_a_payment_after_a_refund_is_a_sales_receipt_that_mirrors_it() {
    let (town, job) = invoiced(1_100).await;
    let of = paid(&town, &job).await;
    let income = balance(&town, "Services");
    refund(&town, &of, None).await;
    let before = requests(&town);
    let check = of_note(PaymentMethod::Check, "Check 1042");
    pay(&town, &of.0, check).await;
    // The method is new: what receipts the customer has, its look-up, the method, the receipt.
    assert!(requests(&town) - before <= 4);
    assert_even(&town, &job);
    assert_eq!(sold_again(&town), [9_900]);
    assert_eq!(payments(&town).len(), 1);
    assert_eq!(balance(&town, "Services"), income);
    let (sold, back) = (
        &town.qbo.objects("SalesReceipt")[0],
        &town.qbo.objects("RefundReceipt")[0],
    );
    assert_eq!(told(sold), told(back));
    assert_eq!(sold.text("CustomerRef.name"), Some("Dana Sample"));
    assert_eq!(sold.text("PaymentMethodRef.name"), Some("Check"));
    assert_eq!(sold.text("PaymentRefNum"), Some("1042"));
    assert_eq!(sold.text("DocNumber"), None);
    let note = sold.text("PrivateNote").unwrap();
    assert!(
        note.contains("Paid again after a refund on invoice "),
        "{note}"
    );
    // Nothing is left to do, whatever comes again.
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
    assert_even(&town, &job);
}

#[tokio::test]
async fn p4_p1_what_exceeds_the_refund_is_an_ordinary_payment() {
    let (town, job) = invoiced(1_101).await;
    let invoice = town.hcp.invoices_of(&job).remove(0);
    let first = pay(&town, &invoice, NewPayment::of(PaymentMethod::Card, 6_000)).await;
    refund(&town, &first, Some(2_500)).await;
    // 39.00 were never paid, and 25.00 are due again; with a tip of 10.00.
    let tip = NewPayment {
        tip: 1_000,
        ..card()
    };
    pay(&town, &invoice, tip).await;
    assert_even(&town, &job);
    assert_eq!(sold_again(&town), [2_500]);
    let paid: Vec<i64> = payments(&town).iter().map(|paid| paid.total).collect();
    assert_eq!(paid, [6_000, 4_900]);
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
}

#[tokio::test]
async fn p4_several_refunds_are_repeated_to_the_cent_and_can_go_back_again() {
    for sales_tax in [SalesTax::Automated, SalesTax::Manual] {
        let town = Town::with(1_102, |_| {}, |qbo| qbo.company.sales_tax = sales_tax).await;
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
        let of = paid(&town, &job).await;
        for amount in [Some(1_245), Some(1), Some(12_345)] {
            refund(&town, &of, amount).await;
        }
        for amount in [7_001, 6_000] {
            let part = NewPayment::of(PaymentMethod::Card, amount);
            pay(&town, &of.0, part).await;
        }
        pay(&town, &of.0, card()).await;
        assert_even(&town, &job);
        assert_eq!(sold_again(&town), [7_001, 6_000, 590]);
        refund(&town, &of, None).await;
        quiet(&town);
        let again = pay(&town, &of.0, card()).await;
        assert_even(&town, &job);
        // What was paid once more goes back as a receipt as well.
        refund(&town, &again, Some(5_000)).await;
        quiet(&town);
        assert_eq!(balance(&town, "Undeposited Funds"), kept(&town, &job));
        assert_eq!(balance(&town, "Accounts Receivable (A/R)"), 0);
    }
}

#[tokio::test]
async fn p4_p5_what_was_paid_once_more_goes_back_from_its_account() {
    let (town, job) = invoiced(1_109).await;
    let account = r#"{"Name":"Card clearing","AccountType":"Bank"}"#;
    let clearing = make(&town, "Account", account);
    town.connect().await;
    let chosen = [("deposit_to.Credit Card", clearing.as_str())];
    change(&town, &chosen).await.unwrap();
    let invoice = town.hcp.invoices_of(&job).remove(0);
    let of = pay(&town, &invoice, NewPayment::in_full(PaymentMethod::Ach)).await;
    refund(&town, &of, None).await;
    assert_eq!(balance(&town, "Undeposited Funds"), 0);
    let again = pay(&town, &invoice, card()).await;
    assert_eq!(balance(&town, "Card clearing"), 9_900);
    refund(&town, &again, Some(4_000)).await;
    quiet(&town);
    assert_eq!(receipts(&town), [9_900, 4_000]);
    assert_eq!(balance(&town, "Card clearing"), 5_900);
    assert_eq!(balance(&town, "Undeposited Funds"), 0);
}

#[tokio::test]
async fn p4_n7_a_deposit_that_is_paid_once_more_is_taken_off_again() {
    let town = town(1_103, Invoicing::MatchJobNumber, &[]).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, Part::Percent(Hundredths::new(5_000)));
    town.settle().await;
    let of = pay(&town, &bill, card()).await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let main = number(&town, &job);
    let taken_off = lines(&town, &main);
    refund(&town, &of, None).await;
    assert_refunded(&town, &job);
    assert_ne!(lines(&town, &main), taken_off);
    pay(&town, &bill, card()).await;
    assert_eq!(lines(&town, &main), taken_off);
    assert_even(&town, &job);
    assert_eq!(sold_again(&town), receipts(&town));
}

#[tokio::test]
async fn p4_payments_and_refunds_that_come_at_once_go_in_their_order() {
    for setting in ["refund_receipt", "reopen"] {
        for seed in 0..6 {
            let town = Town::new(1_110 + seed).await;
            change(&town, &[("refunds", setting)]).await.unwrap();
            let customer = crate::people::new_customer(&town, "Dana", "Sample");
            let job = crate::parties::small_job(&town, &customer);
            town.hcp.finish_job(&job).unwrap();
            let invoice = town.hcp.send_invoice(&job).unwrap();
            for part in [9_900, 4_000, 2_000] {
                let minute = std::time::Duration::from_secs(60);
                town.clock.advance(minute);
                let payment = town.hcp.pay_invoice(&invoice, card()).unwrap();
                town.clock.advance(minute);
                let back = town.hcp.refund_payment(&invoice, &payment, Some(part));
                back.unwrap();
            }
            town.clock.advance(std::time::Duration::from_secs(60));
            town.hcp.pay_invoice(&invoice, card()).unwrap();
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
            assert_even(&town, &job);
            match setting {
                "reopen" => assert_eq!(receipts(&town), [0; 0]),
                _ => {
                    assert_eq!(receipts(&town), [9_900, 4_000, 2_000], "seed {seed}");
                    assert_eq!(sold_again(&town), [9_900, 4_000, 2_000], "seed {seed}");
                }
            }
        }
    }
}

#[tokio::test]
async fn p4_what_housecall_pro_leaves_paid_is_not_paid_once_more() {
    let town = Town::with(
        1_104,
        |hcp| hcp.settings.refunds = Refunds::LeavePaid,
        |_| {},
    )
    .await;
    let customer = crate::people::new_customer(&town, "Dana", "Sample");
    let job = crate::parties::small_job(&town, &customer);
    finish(&town, &job).await;
    let invoice = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let first = pay(&town, &invoice, NewPayment::of(PaymentMethod::Card, 6_000)).await;
    refund(&town, &first, Some(2_500)).await;
    pay(&town, &invoice, card()).await;
    assert_even(&town, &job);
    assert_eq!(sold_again(&town), [0; 0]);
}

#[tokio::test]
async fn p4_r3_a_repetition_that_may_have_been_entered_in_quickbooks_waits_for_a_person() {
    for (decision, expected) in [
        (Decision::Same, vec![9_900]),
        (Decision::Separate, vec![9_900, 9_900]),
    ] {
        let (town, job) = invoiced(1_105).await;
        let of = paid(&town, &job).await;
        refund(&town, &of, None).await;
        let invoice = town.qbo.objects("Invoice").remove(0);
        let customer = invoice.text("CustomerRef.value").unwrap();
        let item = invoice.text("Line.0.SalesItemLineDetail.ItemRef.value");
        let entered = format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{{"Amount":99.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{}"}}}}}}]}}"#,
            item.unwrap()
        );
        make(&town, "SalesReceipt", &entered);
        pay(&town, &of.0, NewPayment::in_full(PaymentMethod::Cash)).await;
        let words = alert(&town, "payment_maybe_in_quickbooks");
        assert!(words.contains("a sales receipt"), "{words}");
        assert_eq!(sold_again(&town), [9_900]);
        decide(&town, &job, decision).await.unwrap();
        assert_eq!(sold_again(&town), expected);
        quiet(&town);
    }
}

#[tokio::test]
async fn p4_s6_a_repetition_in_a_closed_month_is_told_and_sent_when_that_is_open() {
    let (town, job) = invoiced(1_106).await;
    let of = paid(&town, &job).await;
    refund(&town, &of, None).await;
    let close = |until: Option<&str>| {
        let until = until.map(|until| until.parse().unwrap());
        town.qbo
            .configure(|company| company.book_close_date = until);
    };
    close(Some("2026-07-31"));
    pay(&town, &of.0, card()).await;
    let words = alert(&town, "closed_period");
    assert!(
        words.contains("pays once more what was refunded"),
        "{words}"
    );
    assert_eq!(sold_again(&town), [0; 0]);
    close(None);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(sold_again(&town), [9_900]);
    assert_even(&town, &job);
}

#[tokio::test]
async fn p4_p8_a_repetition_whose_payment_is_gone_is_told_until_somebody_deleted_it() {
    let (town, job) = invoiced(1_107).await;
    let of = paid(&town, &job).await;
    refund(&town, &of, None).await;
    let again = pay(&town, &of.0, NewPayment::in_full(PaymentMethod::Check)).await;
    assert_even(&town, &job);
    town.hcp.delete_payment(&again.0, &again.1).unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    let words = alert(&town, "payment_removed");
    assert!(words.contains("it is a sales receipt"), "{words}");
    // What is paid instead waits.
    let part = NewPayment::of(PaymentMethod::Card, 5_000);
    pay(&town, &of.0, part).await;
    assert_eq!(sold_again(&town), [9_900]);
    let receipt = town.qbo.objects("SalesReceipt")[0]
        .text("Id")
        .unwrap()
        .to_owned();
    town.qbo.delete("SalesReceipt", &receipt).unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    quiet(&town);
    assert_eq!(sold_again(&town), [5_000]);
    pay(&town, &of.0, card()).await;
    assert_even(&town, &job);
    assert_eq!(sold_again(&town), [5_000, 4_900]);
}

#[tokio::test]
async fn p4_p8_a_repetition_that_is_entered_anew_stays_the_same_receipt() {
    let (town, job) = invoiced(1_108).await;
    let of = paid(&town, &job).await;
    refund(&town, &of, None).await;
    let again = pay(&town, &of.0, NewPayment::in_full(PaymentMethod::Check)).await;
    town.hcp.delete_payment(&again.0, &again.1).unwrap();
    pay(&town, &of.0, NewPayment::in_full(PaymentMethod::Cash)).await;
    assert_even(&town, &job);
    assert_eq!(town.qbo.count(Act::Create, Some("SalesReceipt")), 1);
    // On another day it differs, which is told.
    let third = town.hcp.invoice(&of.0).unwrap()["payments"][1]["id"].clone();
    let third = PaymentId::from(third.as_str().unwrap().to_owned());
    town.hcp.delete_payment(&of.0, &third).unwrap();
    town.clock.advance(DAY);
    pay(&town, &of.0, NewPayment::in_full(PaymentMethod::Cash)).await;
    let words = alert(&town, "payment_changed");
    assert!(words.contains("its date is 2026-07-25"), "{words}");
    assert_eq!(town.qbo.count(Act::Create, Some("SalesReceipt")), 1);
}

#[tokio::test]
async fn p5_reopen_lowers_the_payment_and_the_invoice_is_open_again() {
    let (town, job) = invoiced(1_120).await;
    reopening(&town).await;
    let of = paid(&town, &job).await;
    let income = balance(&town, "Services");
    for (amount, left) in [(Some(2_500), 7_400), (Some(1), 7_399), (None, 0)] {
        let before = requests(&town);
        refund(&town, &of, amount).await;
        // What the payment is and what receipts the customer has, and the write.
        assert_eq!(requests(&town) - before, 2);
        assert_even(&town, &job);
        let paid: Vec<i64> = payments(&town).iter().map(|paid| paid.total).collect();
        assert_eq!(paid, [left]);
        let before = requests(&town);
        town.push_by_hand(&job).await;
        town.settle().await;
        assert_eq!(requests(&town), before);
        assert_even(&town, &job);
    }
    assert_eq!(receipts(&town), [0; 0]);
    assert_eq!(balance(&town, "Services"), income);
    // What is paid once more is an ordinary payment.
    pay(&town, &of.0, card()).await;
    assert_paid(&town, &job);
    assert_eq!(sold_again(&town), [0; 0]);
    assert_eq!(owed(&town), 0);
}

#[tokio::test]
async fn p5_reopen_gives_back_a_tip_and_the_right_one_of_two_payments() {
    let (town, job) = invoiced(1_121).await;
    reopening(&town).await;
    let invoice = town.hcp.invoices_of(&job).remove(0);
    pay(&town, &invoice, NewPayment::of(PaymentMethod::Card, 2_000)).await;
    pay_with_tip(&town, &invoice, 2_000);
    town.settle().await;
    let told = town.hcp.invoice(&invoice).unwrap();
    let second = told["payments"][1]["id"].as_str().unwrap().to_owned();
    // More than the first payment was.
    refund(
        &town,
        &(invoice.clone(), PaymentId::from(second.clone())),
        Some(5_000),
    )
    .await;
    assert_even(&town, &job);
    refund(&town, &(invoice.clone(), PaymentId::from(second)), None).await;
    assert_even(&town, &job);
    assert_eq!(owed(&town), total(&town, &job) - 2_000);
    assert_eq!(receipts(&town), [0; 0]);
}

#[tokio::test]
async fn p5_r4_a_payment_that_a_refund_finds_gone_is_told_at_once() {
    let (town, job) = invoiced(1_325).await;
    reopening(&town).await;
    let of = paid(&town, &job).await;
    let payment = town.qbo.objects("Payment")[0].clone();
    let payment = payment.text("Id").unwrap();
    town.qbo.void("Payment", payment).unwrap();
    refund(&town, &of, None).await;
    let told = alert(&town, "payment_gone");
    assert!(told.contains("99.00"), "{told}");
    assert_eq!(town.state(&job), JobState::Alert);
}

#[tokio::test]
async fn p5_n7_under_reopen_a_deposit_is_owed_again_and_its_line_stays() {
    let town = town(1_122, Invoicing::MatchJobNumber, &[]).await;
    reopening(&town).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, Part::Percent(Hundredths::new(5_000)));
    town.settle().await;
    let of = pay(&town, &bill, card()).await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let main = number(&town, &job);
    let taken_off = lines(&town, &main);
    refund(&town, &of, None).await;
    assert_even(&town, &job);
    assert_eq!(lines(&town, &main), taken_off);
}

/// QuickBooks refuses what lowers a payment by 40.00: somebody deposited it a moment ago.
fn lowered_is_in_deposit(town: &Town) {
    town.refuse_in_quickbooks(|sent| {
        let error = json!({ "Message": "No", "Detail": "It is deposited", "code": "6540" });
        let fault = json!({ "Fault": { "Error": [error], "type": "ValidationFault" } });
        let is_lowered = String::from_utf8_lossy(&sent.body).contains(r#""TotalAmt":59.00"#);
        is_lowered.then(|| fault.to_string().into_bytes())
    });
}

#[tokio::test]
async fn p5_what_is_deposited_or_closed_is_not_lowered_but_given_back_by_a_receipt() {
    for why in ["deposited", "closed", "deposited since it was read"] {
        let (town, job) = invoiced(1_123).await;
        reopening(&town).await;
        let of = paid(&town, &job).await;
        let number = town.qbo.objects("Invoice")[0]
            .text("DocNumber")
            .map(str::to_owned);
        match why {
            "closed" => {
                town.clock.advance(20 * DAY);
                town.qbo.configure(|company| {
                    company.book_close_date = Some("2026-07-31".parse().unwrap());
                });
            }
            "deposited" => deposit_payment_of(&town, &number.unwrap()),
            _ => lowered_is_in_deposit(&town),
        }
        refund(&town, &of, Some(4_000)).await;
        let words = alert(&town, "refund_not_reopened");
        assert!(
            words.contains("is a refund receipt in QuickBooks"),
            "{words}"
        );
        let expected = if why == "closed" {
            "closed in QuickBooks"
        } else {
            "bank deposit"
        };
        assert!(words.contains(expected), "{words}");
        assert_eq!(receipts(&town), [4_000]);
        assert_eq!(owed(&town), 0);
        // Once more it is there: both systems agree again.
        pay(&town, &of.0, card()).await;
        assert_eq!(sold_again(&town), [4_000]);
        assert_eq!(owed(&town), due(&town, &job));
        quiet(&town);
        assert_eq!(town.qbo.count(Act::Create, Some("Payment")), 1);
    }
}
