//! Deposits that were sent before there was an item for them keep their form (N7, S8).

use hcp_sandbox::{Hundredths, Invoicing, JobId, NewLine, NewPayment, PaymentMethod};
use qbo_sandbox::{Act, Json};
use serde_json::{Value, json};
use simulation::Town;
use store::{JobState, Table};
use uuid::Uuid;

use crate::{
    InvoiceSlot,
    deposits::{
        deposit, deposit_payment_of, found, half, lines, pay_with_tip, quiet, sales, taxed,
        with_deposit,
    },
    documents::{booked, number, town},
    parties::finish,
};

/// A line as it was stored.
fn line(text: &str, cents: i64, taxed: bool, item: &str, priced: bool) -> Value {
    let amount = cents_of(cents);
    let mut sale = json!({
        "ItemRef": { "value": item },
        "TaxCodeRef": { "value": if taxed { "TAX" } else { "NON" } },
        "ServiceDate": "2026-07-24",
    });
    if priced {
        sale["Qty"] = json!(1);
        sale["UnitPrice"] = amount.clone();
    }
    json!({
        "Description": text, "Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sale,
    })
}

fn cents_of(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    let (whole, part) = (cents.abs() / 100, cents.abs() % 100);
    serde_json::from_str(&format!("{sign}{whole}.{part:02}")).unwrap()
}

fn off(cents: i64) -> Value {
    json!({
        "Amount": cents_of(cents), "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": { "PercentBased": false },
    })
}

/// The lines of deposit and main invoice of the job of [`taxed`], with a deposit of half of it, as they were sent
/// before deposits had an item, discounts stood among the lines, and a tip stood on one of the two.
fn of_before(town: &Town, discount: bool, tip: i64) -> [Vec<Value>; 2] {
    let items = town.qbo.objects("Item");
    let id = |name| {
        let item = items.iter().find(|item| item.text("Name") == Some(name));
        item.map_or("", |item| item.text("Id").unwrap())
    };
    let (sales, tips) = (id("Sales"), id("Housecall Pro Tips"));
    let less = "Less deposit, invoice D-101";
    let mut deposit = vec![
        line("Blower motor", 10_000, true, sales, false),
        line("Hour of work", 4_750, false, sales, false),
    ];
    let mut main = vec![
        line("Blower motor", 20_000, true, sales, true),
        line("Hour of work", 9_500, false, sales, true),
    ];
    if tip > 0 {
        deposit.push(line("Tip", tip, false, tips, true));
        main.push(line("Tip", tip, false, tips, true));
    }
    let (taxed, rest) = match (discount, tip) {
        (false, tip) => (10_000, 4_750 + tip),
        (true, 0) => (9_000, 4_275),
        (true, _) => (9_063, 5_212),
    };
    main.push(line(less, -taxed, true, sales, false));
    main.push(line(less, -rest, false, sales, false));
    if discount {
        deposit.push(off(1_475));
        main.push(off(2_950));
    }
    [deposit, main]
}

/// Both documents as they stood in QuickBooks before, and our records of them as they were stored then.
async fn as_before(town: &Town, job: &JobId, discount: bool, tip: i64) {
    let mut writes = Vec::new();
    let lines = of_before(town, discount, tip);
    for (role, lines) in ["deposit#1", "main"].iter().zip(lines) {
        let slot = format!("slot#{}#{role}", job.as_str());
        let mut slot = town.all::<InvoiceSlot>(&slot).remove(0);
        slot.value.memory.bills.clear();
        let link = slot.value.link().unwrap();
        let wrote = link.last_written.as_ref().unwrap();
        let mut wrote: Value = serde_json::from_str(wrote.get()).unwrap();
        wrote["Line"] = json!(lines);
        let mut edit = json!({ "Line": lines, "TxnTaxDetail": wrote["TxnTaxDetail"] });
        if discount {
            wrote["ApplyTaxAfterDiscount"] = json!(true);
            edit["ApplyTaxAfterDiscount"] = json!(true);
        }
        let edit = Json::parse(edit.to_string().as_bytes()).unwrap();
        let edited = town.qbo.edit("Invoice", link.id.as_str(), &edit).unwrap();
        let total = slot.value.memory.totals.unwrap().total.to_string();
        assert_eq!(edited.decimal("TotalAmt").unwrap().to_string(), total);
        let version = qbo::SyncToken::new(edited.text("SyncToken").unwrap());
        let wrote = serde_json::value::to_raw_value(&wrote).unwrap();
        assert!(slot.value.see(version, Some(wrote)));
        writes.push(slot.put().unwrap());
    }
    town.table.write(Uuid::new_v4(), writes).await.unwrap();
}

/// How a deposit may stand when a company is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Open,
    Deposited,
    Closed,
}

#[tokio::test]
async fn n7_s8_deposits_of_before_keep_their_form_and_nothing_is_written() {
    for stands in [Stands::Open, Stands::Deposited, Stands::Closed] {
        for (off, tip) in [(false, 0), (true, 0), (false, 1_000), (true, 1_000)] {
            let told = format!("{stands:?}, off {off}, tip {tip}");
            let town = town(71, Invoicing::MatchJobNumber, &[]).await;
            let spring = NewLine::percent_discount("Spring", Hundredths::new(1_000));
            let job = taxed(&town, if off { vec![spring] } else { Vec::new() });
            let deposit = deposit(&town, &job, half());
            town.settle().await;
            finish(&town, &job).await;
            let deposit_number = format!("D-{}", number(&town, &job));
            pay_with_tip(&town, &deposit, tip);
            town.settle().await;
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            as_before(&town, &job, off, tip).await;
            if stands == Stands::Deposited {
                deposit_payment_of(&town, &deposit_number);
            }
            if stands == Stands::Closed {
                let last = "2026-12-31".parse().unwrap();
                town.qbo
                    .configure(|company| company.book_close_date = Some(last));
                town.connect().await;
            }
            let before = (
                town.qbo.count(Act::Update, Some("Invoice")),
                sales(&town),
                town.qbo.objects("Item").len(),
            );
            // Every button, on the same day, and a push by hand.
            town.hcp.send_this_invoice(&deposit).unwrap();
            town.settle().await;
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            town.hcp.reopen_job(&job).unwrap();
            finish(&town, &job).await;
            town.hcp
                .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
                .unwrap();
            town.settle().await;
            town.push_by_hand(&job).await;
            town.settle().await;
            let after = (
                town.qbo.count(Act::Update, Some("Invoice")),
                sales(&town),
                town.qbo.objects("Item").len(),
            );
            assert_eq!(after, before, "{told}");
            // The payment of the rest is dated in the closed period.
            let (alerts, state) = match stands {
                Stands::Closed => (vec!["closed_period"], JobState::Alert),
                _ => (Vec::new(), JobState::Synced),
            };
            assert_eq!(town.open_alerts(), alerts, "{told}");
            assert_eq!(town.state(&job), state, "{told}");
        }
    }
}

#[tokio::test]
async fn n7_a_deposit_of_before_that_changes_keeps_its_form() {
    let town = town(71, Invoicing::MatchJobNumber, &[]).await;
    let job = taxed(&town, Vec::new());
    let deposit = deposit(&town, &job, half());
    town.settle().await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    as_before(&town, &job, false, 0).await;
    let number = number(&town, &job);
    // A tip that is paid now stands on the deposit alone, a new line on the main invoice.
    pay_with_tip(&town, &deposit, 1_000);
    town.settle().await;
    town.hcp
        .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(
        lines(&town, &format!("D-{number}")),
        "Sales 75.89 taxed, Sales 36.04, Housecall Pro Tips 10.00, Sales 37.56, tax 6.26, all 165.75",
    );
    assert_eq!(
        lines(&town, &number),
        "Sales 200.00 taxed, Sales 95.00, Sales 99.00, Sales -75.89 taxed, Sales -73.60, tax 10.24, all 254.75",
    );
    quiet(&town);
}

#[tokio::test]
async fn n7_n9_a_deposit_that_is_issued_again_keeps_its_form_in_the_same_document() {
    let town = town(114, Invoicing::MatchJobNumber, &[]).await;
    let job = taxed(&town, Vec::new());
    let first = deposit(&town, &job, half());
    town.settle().await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    as_before(&town, &job, false, 0).await;
    town.hcp.void_invoice(&first).unwrap();
    deposit(&town, &job, half());
    town.settle().await;
    let number = number(&town, &job);
    let again = format!("D-{number}-1");
    assert!(lines(&town, &again).starts_with("Sales 100.00 taxed, Sales 47.50, "));
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert!(lines(&town, &number).contains("Sales -100.00 taxed, Sales -47.50, tax 8.25"));
    assert_eq!(booked(&town).len(), 2);
    quiet(&town);
}

/// Our record of the deposit's invoice is lost.
pub(crate) async fn lose(town: &Town, job: &JobId, invoice: &qbo::Id) {
    let job = hcp::JobId::parse(job.as_str()).unwrap();
    let books = town.books();
    for key in [
        books.slot(&mapping::SlotName::deposit_invoice(&job)),
        books.owner(&mapping::AnyKind::Invoice.name(), invoice),
    ] {
        let record = town.table.get(&key).await.unwrap().unwrap();
        let expect = store::Expect::Version(record.version);
        let delete = store::Write::Delete { key, expect };
        town.table
            .write(Uuid::new_v4(), vec![delete])
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn n7_n8_a_deposit_whose_record_was_lost_keeps_the_form_that_it_has() {
    for before in [false, true] {
        let town = town(71, Invoicing::MatchJobNumber, &[]).await;
        let (job, _, number) = with_deposit(&town).await;
        if before {
            as_before(&town, &job, false, 0).await;
        }
        let sold = [format!("D-{number}"), number.clone()].map(|number| lines(&town, &number));
        let id = qbo::Id::new(found(&town, &format!("D-{number}")).text("Id").unwrap());
        lose(&town, &job, &id).await;
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        let now = [format!("D-{number}"), number.clone()].map(|number| lines(&town, &number));
        assert_eq!(now, sold);
        assert_eq!(booked(&town).len(), 2);
        quiet(&town);
    }
}
