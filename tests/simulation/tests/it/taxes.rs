//! Sales tax under rates that a company keeps by hand: QuickBooks works it out by itself (X2, X4).

use hcp_sandbox::{Hundredths, Invoicing, JobId, NewLine, Part, TaxRate};
use qbo_sandbox::{Json, SalesTax};
use simulation::Town;
use store::{Alert, JobState};

use crate::{
    documents::{booked, number},
    people::{assert_books, cents, invoices, job_with, new_customer},
    settings::change,
    stories::make,
};

/// California has 6 and 1.25 per cent in QuickBooks, Arizona 5.6.
async fn town(seed: u64, invoicing: Invoicing, settings: &[(&str, &str)]) -> Town {
    let town = Town::with(
        seed,
        |hcp| hcp.settings.invoicing = invoicing,
        |qbo| qbo.company.sales_tax = SalesTax::Manual,
    )
    .await;
    let named = match invoicing {
        Invoicing::Simple => "simple",
        Invoicing::MatchJobNumber => "match_job_number",
        Invoicing::Progress => "progress",
    };
    change(&town, &[("invoicing", named)]).await.unwrap();
    change(&town, settings).await.unwrap();
    town
}

/// A job of lines of these amounts, taxable (materials) or not, at these hundredths of a per cent.
fn taxed(town: &Town, lines: &[(i64, bool)], percent: i64) -> JobId {
    let line = |&(amount, taxable): &(i64, bool)| match taxable {
        true => NewLine::materials("Motor", amount, Hundredths::ONE),
        false => NewLine::labor("Hour of work", amount, Hundredths::ONE),
    };
    let lines = lines.iter().map(line).collect();
    let name = format!("Sample {}", town.qbo.objects("Customer").len());
    let job = job_with(town, &new_customer(town, "Dana", &name), lines);
    set_tax(town, &job, "County", percent);
    job
}

fn set_tax(town: &Town, job: &JobId, name: &str, percent: i64) {
    let tax = TaxRate {
        name: name.to_owned(),
        percent: Hundredths::new(percent),
    };
    town.hcp.set_taxes(job, vec![tax]).unwrap();
}

async fn finish(town: &Town, job: &JobId) {
    town.hcp.finish_job(job).unwrap();
    town.settle().await;
}

async fn send(town: &Town, job: &JobId) {
    // Two events of one second are one.
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

/// The open alerts: type and words, by their words.
fn alerts(town: &Town) -> Vec<(String, String)> {
    let all = town.all::<Alert>("alert#").into_iter();
    let open = all.map(|alert| alert.value).filter(|alert| alert.open);
    let mut told: Vec<(String, String)> = open.map(|alert| (alert.kind, alert.message)).collect();
    told.sort();
    told
}

/// Tax, total and code of the only QuickBooks invoice.
fn booked_once(town: &Town) -> (i64, i64, String) {
    let [(number, ..)] = invoices(town).try_into().unwrap();
    in_quickbooks(town, &number)
}

/// The same of the one with a number.
fn in_quickbooks(town: &Town, number: &str) -> (i64, i64, String) {
    let all = town.qbo.objects("Invoice");
    let one = |invoice: &&Json| invoice.text("DocNumber") == Some(number);
    let found = all.iter().find(one);
    let told = format!("no invoice {number}: {:?} {:?}", booked(town), alerts(town));
    let invoice = found.expect(&told);
    let code = invoice.text("TxnTaxDetail.TxnTaxCodeRef.value");
    (
        cents(invoice, "TxnTaxDetail.TotalTax"),
        cents(invoice, "TotalAmt"),
        code.unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn x2_the_rate_that_a_person_chose_counts_whatever_it_makes() {
    let town = town(102, Invoicing::Simple, &[]).await;
    let job = taxed(&town, &[(20_000, true)], 990);
    finish(&town, &job).await;
    let number = number(&town, &job);
    let told = format!(
        "Invoice {number} of job {number} was not sent to QuickBooks: it has 19.80 of sales tax on 200.00, and none of \
         its rates makes that: California (6 % + 1.25 %), Arizona (5.6 %)."
    );
    assert_eq!(alerts(&town), [("tax_rate_unmapped".to_owned(), told)]);
    assert_eq!(invoices(&town), []);
    change(&town, &[("tax_rates.County", "Arizona")])
        .await
        .unwrap();
    // The choice is one for the name, which the invoice tells.
    send(&town, &job).await;
    let (tax, total, code) = booked_once(&town);
    assert_eq!(
        (tax, total, code),
        (1_120, 21_120, code_named(&town, "Arizona"))
    );
    let told = alerts(&town);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].1.contains("8.60 less and 8.60 less sales tax"),
        "{told:?}"
    );
    set_tax(&town, &job, "County", 560);
    send(&town, &job).await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn x2_of_equal_rates_none_is_guessed_and_the_alert_names_them() {
    let town = town(103, Invoicing::Simple, &[]).await;
    let phoenix =
        r#"{"Name":"Phoenix","SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"3"}}]}}"#;
    make(&town, "TaxCode", phoenix);
    town.connect().await;
    let job = taxed(&town, &[(20_000, true)], 560);
    finish(&town, &job).await;
    let told = alerts(&town);
    let expected = "several of its rates make that: Arizona (5.6 %), Phoenix (5.6 %).";
    assert!(told[0].1.contains(expected), "{told:?}");
    set_tax(&town, &job, "PHOENIX", 560);
    send(&town, &job).await;
    assert_books(&town, &[&job]);
    let (.., code) = booked_once(&town);
    assert_eq!(code, code_named(&town, "Phoenix"));
}

#[tokio::test]
async fn x4_each_invoice_of_a_job_has_its_own_alert_which_ends_when_it_agrees() {
    let town = town(105, Invoicing::MatchJobNumber, &[]).await;
    // Half of it has 7.26 of tax in Housecall Pro and 7.25 in QuickBooks, the other half the other way round.
    let job = taxed(&town, &[(20_017, true)], 725);
    let half = Part::Percent(Hundredths::new(5_000));
    let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
    town.hcp.send_this_invoice(&deposit).unwrap();
    town.settle().await;
    finish(&town, &job).await;
    let number = number(&town, &job);
    let about = |town: &Town| -> Vec<String> {
        let told = alerts(town).into_iter();
        let about = told.map(|(_, words)| words.split(' ').nth(1).unwrap().to_owned());
        about.collect()
    };
    assert_eq!(about(&town), [number.clone(), format!("D-{number}")]);
    let few = NewLine::materials("Washer", 4, Hundredths::ONE);
    town.hcp.add_line(&job, few).unwrap();
    send(&town, &job).await;
    assert_eq!(about(&town), [format!("D-{number}")]);
    assert_eq!(town.state(&job), JobState::Alert);
}

fn code_named(town: &Town, name: &str) -> String {
    let codes = town.qbo.objects("TaxCode");
    let code = codes.iter().find(|code| code.text("Name") == Some(name));
    code.and_then(|code| code.text("Id")).unwrap().to_owned()
}
