//! The accounts of tips and card surcharges, and where a surcharge is told (L4, P2).

use hcp_sandbox::{
    Hundredths, JobId, NewLine, NewPayment, PaymentMethod, Settings, SurchargedTotals, Surcharges,
};
use simulation::Town;

use crate::{
    parties::{alert, edit, id, somebody},
    payments::{invoiced, owed, payments},
    people::{assert_books, assert_same_books, cents, invoices, job_with},
    settings::change,
    stories::make,
};

pub(crate) const ITEM: &str = "Housecall Pro Tips";

pub(crate) fn account(town: &Town, name: &str, kind: &str) -> String {
    let account = format!(r#"{{"Name":"{name}","AccountType":"{kind}"}}"#);
    make(town, "Account", &account)
}

pub(crate) const OWED: &str = "Other Current Liability";

/// The account of the item of tips.
fn booked(town: &Town) -> String {
    let item = id(town, "Item", "Name", ITEM);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("IncomeAccountRef.value").unwrap().to_owned()
}

pub(crate) async fn tipped(town: &Town) -> JobId {
    let lines = vec![
        NewLine::labor("Visit", 9_900, Hundredths::ONE),
        NewLine::tip(2_000),
    ];
    let job = job_with(town, &somebody(town), lines);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    job
}

async fn choose(town: &Town, kind: &str) {
    change(town, &[("tips_account", kind)]).await.unwrap();
}

/// A town whose QuickBooks lets an app book an item to what is owed.
pub(crate) async fn lenient_town(seed: u64) -> Town {
    let qbo = |qbo: &mut qbo_sandbox::Options| qbo.doubts.refuse_liability_items = false;
    Town::with(seed, |_| {}, qbo).await
}

#[tokio::test]
async fn l4_tips_are_income_unless_chosen_otherwise() {
    let town = Town::new(81).await;
    let job = tipped(&town).await;
    let default = town.all::<store::Connection>(town.books().company.as_str());
    assert_eq!(booked(&town), default[0].value.accounts.income.id.as_str());
    assert_books(&town, &[&job]);

    // An income account that is named like the item comes first.
    let town = Town::new(81).await;
    let own = account(&town, ITEM, "Income");
    town.connect().await;
    let job = tipped(&town).await;
    assert_eq!(booked(&town), own);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn l4_tips_that_are_owed_wait_for_an_account_and_notice_it_by_themselves() {
    let town = lenient_town(82).await;
    choose(&town, "liability").await;
    let job = tipped(&town).await;
    let told = alert(&town, "no_liability_account");
    assert!(
        told.contains("no account named Housecall Pro Tips of the type Other Current Liabilities"),
        "{told}"
    );
    assert_eq!(invoices(&town).len(), 0);
    let owed = account(&town, ITEM, OWED);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), owed);
    let balance = town.qbo.object("Account", &owed).unwrap();
    let balance = balance.decimal("CurrentBalance").unwrap();
    assert_eq!(balance.abs().to_string(), "20.00", "it is owed to the crew");
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn l4_a_setting_that_changes_counts_from_the_next_invoice_that_has_a_tip() {
    let town = lenient_town(83).await;
    let owed = account(&town, "Tips payable", OWED);
    town.connect().await;
    let first = tipped(&town).await;
    let income = booked(&town);
    choose(&town, "liability").await;
    assert_eq!(
        booked(&town),
        income,
        "nothing is written for the setting alone"
    );
    let second = tipped(&town).await;
    assert_eq!(booked(&town), owed);
    choose(&town, "income").await;
    let third = tipped(&town).await;
    assert_eq!(booked(&town), income);
    assert_books(&town, &[&first, &second, &third]);
}

#[tokio::test]
async fn i6_an_account_of_tips_chosen_in_quickbooks_stays_while_it_is_of_the_kind_that_was_set() {
    let town = lenient_town(84).await;
    let owed = account(&town, "Tips payable", OWED);
    let other = account(&town, "Crew", OWED);
    town.connect().await;
    choose(&town, "liability").await;
    let first = tipped(&town).await;
    assert_eq!(booked(&town), owed);
    let item = id(&town, "Item", "Name", ITEM);
    let by_hand = format!(r#"{{"IncomeAccountRef":{{"value":"{other}"}}}}"#);
    edit(&town, "Item", &item, &by_hand);
    let second = tipped(&town).await;
    assert_eq!(booked(&town), other);
    // The setting that changes counts for more.
    choose(&town, "income").await;
    let third = tipped(&town).await;
    let income = booked(&town);
    assert!(![&owed, &other].contains(&&income));
    edit(&town, "Item", &item, &by_hand);
    choose(&town, "liability").await;
    let fourth = tipped(&town).await;
    assert_eq!(booked(&town), other, "it is owed already");
    assert_same_books(&town, &[&first, &second, &third, &fourth]);
}

#[tokio::test]
async fn l4_where_quickbooks_refuses_it_a_person_can_choose_the_account_there() {
    let town = Town::new(85).await;
    let owed = account(&town, ITEM, OWED);
    town.connect().await;
    choose(&town, "liability").await;
    let job = tipped(&town).await;
    let told = alert(&town, "liability_refused");
    assert!(
        told.contains("book the product Housecall Pro Tips to a liability"),
        "{told}"
    );
    assert_eq!(invoices(&town).len(), 0);
    make(
        &town,
        "Item",
        &format!(r#"{{"Name":"{ITEM}","Type":"Service","IncomeAccountRef":{{"value":"{owed}"}}}}"#),
    );
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), owed);
    assert_same_books(&town, &[&job]);

    // The same of an item that is there already: its tips are never booked to the wrong account.
    let town = Town::new(86).await;
    let owed = account(&town, ITEM, OWED);
    town.connect().await;
    let first = tipped(&town).await;
    choose(&town, "liability").await;
    let second = tipped(&town).await;
    alert(&town, "liability_refused");
    assert_eq!(invoices(&town).len(), 1);
    let item = id(&town, "Item", "Name", ITEM);
    let by_hand = format!(r#"{{"IncomeAccountRef":{{"value":"{owed}"}}}}"#);
    edit(&town, "Item", &item, &by_hand);
    town.hcp.send_invoice(&second).unwrap();
    town.settle().await;
    assert_eq!(booked(&town), owed);
    assert_same_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn p2_l4_a_card_surcharge_is_billed_and_charged_once_wherever_housecall_pro_tells_it() {
    for (seed, surcharged_totals, surcharges, billed, charged, told) in [
        (
            960,
            SurchargedTotals::Held,
            Surcharges::Apart,
            10_185,
            &[10_185][..],
            &[][..],
        ),
        (
            961,
            SurchargedTotals::Held,
            Surcharges::InAmount,
            10_185,
            &[10_185],
            &[],
        ),
        (
            962,
            SurchargedTotals::LeftOut,
            Surcharges::Apart,
            9_900,
            &[9_900],
            &[],
        ),
        (
            963,
            SurchargedTotals::LeftOut,
            Surcharges::InAmount,
            9_900,
            &[],
            &["payment_unusable"],
        ),
    ] {
        let (town, job) = invoiced(seed).await;
        town.hcp.change_settings(Settings {
            surcharged_totals,
            surcharges,
            ..town.hcp.settings()
        });
        let by_card = NewPayment {
            surcharge: 285,
            ..NewPayment::in_full(PaymentMethod::Card)
        };
        town.hcp.pay_job(&job, by_card).unwrap();
        town.settle().await;
        let invoice = town.qbo.objects("Invoice").remove(0);
        assert_eq!(cents(&invoice, "TotalAmt"), billed, "{seed}");
        let payments: Vec<i64> = payments(&town).iter().map(|paid| paid.total).collect();
        assert_eq!(payments, charged, "{seed}");
        assert_eq!(town.open_alerts(), told, "{seed}");
        assert_eq!(owed(&town), billed - charged.iter().sum::<i64>());
    }
}
