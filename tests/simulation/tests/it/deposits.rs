//! Deposits: what they bill, what the main invoice takes off, and what of before stays (N7, P9, L3, L4, V22).

use std::collections::BTreeMap;

use hcp_sandbox::{
    CustomerId, DepositItems, Hundredths, InvoiceId, Invoicing, JobId, NewLine, NewPayment, Part,
    PaymentMethod, TaxRate,
};
use qbo_sandbox::{Json, SalesTax};
use simulation::Town;

use crate::{
    documents::{DAY, PER_INVOICE, booked, issue, number, pay, town},
    parties::{finish, id},
    people::{agree, job_with, new_customer, new_customer_in, total},
    settings::change,
    stories::make,
};

pub(crate) fn half() -> Part {
    Part::Percent(Hundredths::new(5_000))
}

pub(crate) fn deposit(town: &Town, job: &JobId, part: Part) -> InvoiceId {
    let deposit = town.hcp.add_deposit(job, part, None).unwrap();
    town.hcp.send_this_invoice(&deposit).unwrap();
    deposit
}

/// A motor for 200 dollars that is taxed and an hour for 95 that is not, and whatever else, with 8.25 % of tax.
pub(crate) fn taxed(town: &Town, more: Vec<NewLine>) -> JobId {
    // QuickBooks' sandbox collects automated tax there.
    let customer = new_customer_in(town, "Dana", "Sample", "AZ");
    taxed_of(town, &customer, more)
}

/// The same of this customer.
pub(crate) fn taxed_of(town: &Town, customer: &CustomerId, more: Vec<NewLine>) -> JobId {
    let lines = vec![
        NewLine::materials("Blower motor", 20_000, Hundredths::ONE),
        NewLine::labor("Hour of work", 9_500, Hundredths::ONE),
    ];
    let job = job_with(town, customer, lines.into_iter().chain(more).collect());
    tax(town, &job, 825);
    job
}

fn tax(town: &Town, job: &JobId, percent: i64) {
    let county = TaxRate {
        name: "County".to_owned(),
        percent: Hundredths::new(percent),
    };
    town.hcp.set_taxes(job, vec![county]).unwrap();
}

pub(crate) fn pay_with_tip(town: &Town, invoice: &InvoiceId, tip: i64) {
    let mut payment = NewPayment::in_full(PaymentMethod::Card);
    payment.tip = tip;
    town.hcp.pay_invoice(invoice, payment).unwrap();
}

pub(crate) fn found(town: &Town, number: &str) -> Json {
    let mut all = town.qbo.objects("Invoice").into_iter();
    let found = all.find(|invoice| invoice.text("DocNumber") == Some(number));
    found.expect("an invoice of that number")
}

fn rows(invoice: &Json) -> &[Json] {
    rows_of(invoice, "Line")
}

fn rows_of<'a>(invoice: &'a Json, list: &str) -> &'a [Json] {
    invoice.at(list).unwrap().as_list()
}

/// What the lines of an invoice come to, by item, then its tax and total.
pub(crate) fn lines(town: &Town, number: &str) -> String {
    told(&found(town, number))
}

/// The same of any sales form.
pub(crate) fn told(form: &Json) -> String {
    let mut told = Vec::new();
    for line in rows(form) {
        let amount = line.decimal("Amount").unwrap();
        if let Some(item) = line.text("SalesItemLineDetail.ItemRef.name") {
            let taxed = line.text("SalesItemLineDetail.TaxCodeRef.value") == Some("TAX");
            told.push(format!(
                "{item} {amount}{}",
                if taxed { " taxed" } else { "" }
            ));
        } else if line.at("DiscountLineDetail").is_some() {
            told.push(format!("off {amount}"));
        }
    }
    let at = |path| form.decimal(path).unwrap_or_default();
    told.push(format!("tax {:.2}", at("TxnTaxDetail.TotalTax")));
    told.push(format!("all {}", at("TotalAmt")));
    told.join(", ")
}

/// What each item has over all invoices, in cents.
pub(crate) fn sales(town: &Town) -> BTreeMap<String, i64> {
    let mut sales = BTreeMap::new();
    for invoice in town.qbo.objects("Invoice") {
        for line in rows(&invoice) {
            if let Some(item) = line.text("SalesItemLineDetail.ItemRef.name") {
                let amount = line.decimal("Amount").unwrap().to_string();
                let cents: i64 = amount.replace('.', "").parse().unwrap();
                *sales.entry(item.to_owned()).or_default() += cents;
            }
        }
    }
    sales.retain(|_, cents| *cents != 0);
    sales
}

pub(crate) fn sold(expected: &[(&str, i64)]) -> BTreeMap<String, i64> {
    let expected = expected.iter();
    expected
        .map(|(item, cents)| ((*item).to_owned(), *cents))
        .collect()
}

pub(crate) fn quiet(town: &Town) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
    agree(town);
}

/// Number and version of each invoice in QuickBooks.
pub(crate) fn versions(town: &Town) -> Vec<(String, String)> {
    let all = town.qbo.objects("Invoice").into_iter();
    let text = |invoice: &Json, field| invoice.text(field).unwrap().to_owned();
    let mut versions: Vec<(String, String)> = all
        .map(|invoice| (text(&invoice, "DocNumber"), text(&invoice, "SyncToken")))
        .collect();
    versions.sort();
    versions
}

/// The job of the examples: four items for 419.40.
fn example(town: &Town) -> JobId {
    example_of(town, &new_customer(town, "Dana", "Sample"))
}

/// The same of this customer.
pub(crate) fn example_of(town: &Town, customer: &CustomerId) -> JobId {
    let book = town.hcp.price_book();
    let entry = |name: &str, quantity: i64| {
        let entry = book.iter().find(|entry| entry.name == name).unwrap();
        NewLine::from_price_book(&entry.uuid, Hundredths::new(quantity))
    };
    let lines = vec![
        entry("Furnace tune-up", 100),
        entry("Labor, per hour", 150),
        entry("Pleated filter 16x25x1", 200),
        NewLine::labor("Haul away old unit", 4_500, Hundredths::ONE),
    ];
    job_with(town, customer, lines)
}

#[tokio::test]
async fn n7_p9_v22_over_deposit_and_main_invoice_each_item_has_what_the_job_sold() {
    let town = town(111, Invoicing::MatchJobNumber, &[]).await;
    let job = example(&town);
    deposit(&town, &job, Part::Amount(15_000));
    town.settle().await;
    let number = number(&town, &job);
    let deposit = format!("D-{number}");
    let billed = "Housecall Pro Deposit 150.00, tax 0.00, all 150.00";
    assert_eq!(lines(&town, &deposit), billed);
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(lines(&town, &deposit), billed);
    assert_eq!(
        lines(&town, &number),
        "Furnace tune-up 149.00, Labor, per hour 187.50, Filters:Pleated filter 16x25x1 37.90, Sales 45.00, \
         Housecall Pro Deposit -150.00, tax 0.00, all 269.40"
    );
    let less = found(&town, &number);
    let described = rows(&less)
        .iter()
        .filter_map(|line| line.text("Description"));
    let described: Vec<&str> = described.collect();
    assert!(described.contains(&format!("Less deposit, invoice {deposit}").as_str()));
    let expected = [
        ("Furnace tune-up", 14_900),
        ("Labor, per hour", 18_750),
        ("Filters:Pleated filter 16x25x1", 3_790),
        ("Sales", 4_500),
    ];
    assert_eq!(sales(&town), sold(&expected));
    // By account: all of it is income.
    let balance = town.qbo.trial_balance();
    let income = town.all::<store::Connection>(town.books().company.as_str());
    let income = &income[0].value.accounts.income.id;
    let mut rows = balance.rows.iter();
    let row = rows.find(|row| row.account == income.as_str()).unwrap();
    assert_eq!(row.credit.to_string(), "419.40");
    quiet(&town);
}

#[tokio::test]
async fn n7_t9_v22_what_a_deposit_pays_in_full_is_sold_by_an_invoice_of_nothing() {
    let town = town(120, Invoicing::MatchJobNumber, &[]).await;
    let job = taxed(&town, Vec::new());
    deposit(&town, &job, Part::Rest);
    town.settle().await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let number = number(&town, &job);
    assert_eq!(
        booked(&town),
        [(number.clone(), 0), (format!("D-{number}"), 31_150)]
    );
    assert_eq!(sales(&town), sold(&[("Sales", 29_500)]));
    quiet(&town);
}

#[tokio::test]
async fn l3_l4_x5_a_tip_beside_a_discount_leaves_the_tax_as_it_is() {
    for sales_tax in [SalesTax::Manual, SalesTax::Automated] {
        let town = Town::with(112, |_| {}, |qbo| qbo.company.sales_tax = sales_tax).await;
        let lines = vec![
            NewLine::materials("Blower motor", 20_000, Hundredths::ONE),
            NewLine::fixed_discount("Spring", 2_000),
        ];
        let job = job_with(
            &town,
            &new_customer_in(&town, "Dana", "Sample", "AZ"),
            lines,
        );
        tax(&town, &job, 560);
        town.hcp.finish_job(&job).unwrap();
        let invoice = town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        let [(number, _)] = <[_; 1]>::try_from(booked(&town)).unwrap();
        let before = "Sales 200.00 taxed, off 20.00, tax 10.08, all 190.08";
        assert_eq!(self::lines(&town, &number), before, "{sales_tax:?}");
        pay_with_tip(&town, &invoice, 5_000);
        town.settle().await;
        let after = "Sales 200.00 taxed, Housecall Pro Tips 50.00, Discount -20.00 taxed, tax 10.08, all 240.08";
        assert_eq!(self::lines(&town, &number), after, "{sales_tax:?}");
        assert_eq!(total(&town, &job), 24_008);
        // Discounts stay where QuickBooks books them.
        let items = town.qbo.objects("Item");
        let discount = items
            .iter()
            .find(|item| item.text("Name") == Some("Discount"));
        let account = discount.unwrap().text("IncomeAccountRef.value").unwrap();
        let account = town.qbo.object("Account", account).unwrap();
        assert_eq!(
            account.text("AccountSubType"),
            Some("DiscountsRefundsGiven")
        );
        quiet(&town);
    }
}

#[tokio::test]
async fn l4_n7_a_tip_on_a_deposit_stands_on_it_alone() {
    for per_invoice in [false, true] {
        let invoicing = if per_invoice {
            Invoicing::Progress
        } else {
            Invoicing::MatchJobNumber
        };
        let choice: &[(&str, &str)] = if per_invoice { &PER_INVOICE } else { &[] };
        let town = town(113, invoicing, choice).await;
        let lines_sold = vec![
            NewLine::labor("Work", 20_000, Hundredths::ONE),
            NewLine::labor("More work", 10_000, Hundredths::ONE),
        ];
        let job = job_with(&town, &new_customer(&town, "Dana", "Sample"), lines_sold);
        let deposit = deposit(&town, &job, Part::Amount(10_000));
        town.settle().await;
        pay_with_tip(&town, &deposit, 1_000);
        town.settle().await;
        finish(&town, &job).await;
        let number = number(&town, &job);
        let told = [format!("D-{number}"), number.clone()].map(|number| lines(&town, &number));
        let expected = if per_invoice {
            [
                "Sales 66.67, Sales 33.33, Housecall Pro Tips 10.00, tax 0.00, all 110.00",
                "Sales 133.33, Sales 66.67, tax 0.00, all 200.00",
            ]
        } else {
            [
                "Housecall Pro Deposit 100.00, Housecall Pro Tips 10.00, tax 0.00, all 110.00",
                "Sales 200.00, Sales 100.00, Housecall Pro Deposit -100.00, tax 0.00, all 200.00",
            ]
        };
        assert_eq!(told, expected);
        let sums = sold(&[("Housecall Pro Tips", 1_000), ("Sales", 30_000)]);
        assert_eq!(sales(&town), sums);
        if per_invoice {
            issue(&town, &job, Part::Rest);
        } else {
            town.hcp.send_invoice(&job).unwrap();
        }
        town.settle().await;
        assert_eq!(sales(&town), sums);
        quiet(&town);
    }
}

/// A payment of the deposit, entered in QuickBooks, and perhaps brought to the bank.
pub(crate) fn pay_in_quickbooks(town: &Town, number: &str) {
    let invoice = found(town, number);
    let (customer, id) = (
        invoice.text("CustomerRef.value").unwrap(),
        invoice.text("Id").unwrap(),
    );
    let amount = invoice.decimal("TotalAmt").unwrap();
    make(
        town,
        "Payment",
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":{amount},"Line":[{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}}]}}"#
        ),
    );
}

/// The payment of an invoice goes to the bank.
pub(crate) fn deposit_payment_of(town: &Town, number: &str) {
    let invoice = found(town, number);
    let payment = rows_of(&invoice, "LinkedTxn")[0].text("TxnId").unwrap();
    let amount = invoice.decimal("TotalAmt").unwrap();
    let accounts = town.qbo.objects("Account");
    let bank = accounts
        .iter()
        .find(|one| one.text("AccountType") == Some("Bank"));
    let bank = bank.unwrap().text("Id").unwrap();
    make(
        town,
        "Deposit",
        &format!(
            r#"{{"DepositToAccountRef":{{"value":"{bank}"}},"Line":[{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{payment}","TxnType":"Payment","TxnLineId":"0"}}]}}]}}"#
        ),
    );
}

/// A job with a deposit of half, finished and invoiced.
pub(crate) async fn with_deposit(town: &Town) -> (JobId, InvoiceId, String) {
    let job = taxed(town, Vec::new());
    let deposit = deposit(town, &job, half());
    town.settle().await;
    finish(town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let number = number(town, &job);
    (job, deposit, number)
}

#[tokio::test]
async fn n6_n7_another_choice_for_parts_leaves_a_job_whose_deposit_was_sent() {
    let town = town(118, Invoicing::Progress, &[]).await;
    let job = example(&town);
    deposit(&town, &job, Part::Amount(15_000));
    town.settle().await;
    change(&town, &PER_INVOICE).await.unwrap();
    town.clock.advance(DAY);
    issue(&town, &job, Part::Amount(5_000));
    issue(&town, &job, Part::Rest);
    town.settle().await;
    let number = number(&town, &job);
    let both = [
        (format!("{number}-1"), 26_940),
        (format!("D-{number}"), 15_000),
    ];
    assert_eq!(booked(&town), both);
    assert_eq!(sales(&town).get("Housecall Pro Deposit"), None);
    quiet(&town);
}

#[tokio::test]
async fn n7_a_deposit_told_as_one_item_leaves_the_tax_to_the_main_invoice() {
    let town = town(119, Invoicing::MatchJobNumber, &[]).await;
    town.hcp.change_settings(hcp_sandbox::Settings {
        deposit_items: DepositItems::OneItem,
        ..town.hcp.settings()
    });
    let (job, deposit, number) = with_deposit(&town).await;
    let expected = [
        "Housecall Pro Deposit 155.75, tax 0.00, all 155.75",
        "Sales 200.00 taxed, Sales 95.00, Housecall Pro Deposit -155.75, tax 16.50, all 155.75",
    ];
    let told =
        |town: &Town| [format!("D-{number}"), number.clone()].map(|number| lines(town, &number));
    assert_eq!(told(&town), expected);
    pay(&town, &deposit);
    town.settle().await;
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Cash))
        .unwrap();
    town.settle().await;
    assert_eq!(told(&town), expected);
    quiet(&town);
}

#[tokio::test]
async fn t3_n7_a_main_invoice_that_bills_the_rest_makes_its_document_before_the_job_is_finished() {
    for trigger in ["job_finished", "job_invoiced"] {
        let town = town(121, Invoicing::Simple, &[("sync_trigger", trigger)]).await;
        let job = taxed(&town, Vec::new());
        deposit(&town, &job, half());
        town.settle().await;
        assert_eq!(versions(&town).len(), 1, "{trigger}");
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(versions(&town).len(), 2, "{trigger}");
        quiet(&town);
    }
}

#[tokio::test]
async fn d1_n7_a_deposit_that_is_sent_dates_no_main_invoice() {
    let town = town(459, Invoicing::MatchJobNumber, &[]).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let lines = vec![NewLine::labor("Work", 20_000, Hundredths::ONE)];
    let job = job_with(&town, &customer, lines);
    let down = deposit(&town, &job, half());
    town.settle().await;
    finish(&town, &job).await;
    let dated = || {
        let main = id(&town, "Invoice", "DocNumber", &number(&town, &job));
        let main = town.qbo.object("Invoice", &main).unwrap();
        main.text("TxnDate").unwrap().to_owned()
    };
    let finished = dated();
    town.clock.advance(DAY + DAY);
    // The invoice of the rest is made by its payment, and sent to nobody.
    let cash = NewPayment::in_full(PaymentMethod::Cash);
    town.hcp.pay_job(&job, cash).unwrap();
    town.settle().await;
    assert_eq!(dated(), finished);
    town.hcp.send_this_invoice(&down).unwrap();
    town.settle().await;
    assert_eq!(dated(), finished);
    quiet(&town);
}
