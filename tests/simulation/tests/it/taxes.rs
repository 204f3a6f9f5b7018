//! Sales tax under rates that a company keeps by hand: QuickBooks works it out by itself (X2, X4).

use hcp_sandbox::{Hundredths, InvoiceId, Invoicing, JobId, NewLine, Part, TaxRate};
use qbo_sandbox::{Act, Json, SalesTax};
use simulation::Town;
use store::{AlertRecord, JobState};

use crate::{
    documents::{PER_INVOICE, booked, issue, number},
    people::{assert_books, cents, invoices, job_with, new_customer, total},
    settings::change,
    stories::make,
};

/// California has 6 and 1.25 per cent in QuickBooks, Arizona 5.6.
pub(crate) async fn town(seed: u64, invoicing: Invoicing, settings: &[(&str, &str)]) -> Town {
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

pub(crate) const LINE: [(&str, &str); 1] = [("rounding", "line")];

/// A job of lines of these amounts, taxable (materials) or not, at these hundredths of a per cent.
pub(crate) fn taxed(town: &Town, lines: &[(i64, bool)], percent: i64) -> JobId {
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

pub(crate) fn set_tax(town: &Town, job: &JobId, name: &str, percent: i64) {
    let tax = TaxRate {
        name: name.to_owned(),
        percent: Hundredths::new(percent),
    };
    town.hcp.set_taxes(job, vec![tax]).unwrap();
}

/// 207.75 at 7.25 per cent: 15.061875 in Housecall Pro, 12.465 and 2.596875 in QuickBooks.
pub(crate) fn a_cent_apart(town: &Town) -> JobId {
    taxed(town, &[(20_775, true)], 725)
}

pub(crate) async fn finish(town: &Town, job: &JobId) {
    town.hcp.finish_job(job).unwrap();
    town.settle().await;
}

pub(crate) async fn send(town: &Town, job: &JobId) {
    // Two events of one second are one.
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

/// The open alerts: type and words, by their words.
fn alerts(town: &Town) -> Vec<(String, String)> {
    let all = town.all::<AlertRecord>("alert#").into_iter();
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

/// Writes to QuickBooks so far.
pub(crate) fn writes(town: &Town) -> u64 {
    [Act::Create, Act::Update]
        .iter()
        .map(|act| town.qbo.count(*act, None))
        .sum()
}

#[tokio::test]
async fn x2_x4_a_rate_of_two_parts_is_found_and_the_cent_that_quickbooks_rounds_otherwise_is_told()
{
    let town = town(101, Invoicing::Simple, &[]).await;
    let job = a_cent_apart(&town);
    finish(&town, &job).await;
    let number = number(&town, &job);
    let (tax, total, code) = in_quickbooks(&town, &number);
    assert_eq!((tax, total), (1_507, 22_282));
    assert_eq!(code, code_named(&town, "California"));
    let told = format!(
        "Invoice {number} of job {number}: QuickBooks has 0.01 more and 0.01 more sales tax than Housecall Pro. \
         Housecall Pro says 222.81 with 15.06 of sales tax, QuickBooks says 222.82 with 15.07."
    );
    assert_eq!(alerts(&town), [("total_mismatch".to_owned(), told)]);
    let alert = town.all::<AlertRecord>("alert#").remove(0).value;
    assert!(
        alert.resolution.contains("Rounding: line"),
        "{}",
        alert.resolution
    );
    assert_eq!(town.state(&job), JobState::Alert);
    // Telling QuickBooks the same once more would not change what it rounds.
    send(&town, &job).await;
    let before = writes(&town);
    send(&town, &job).await;
    assert_eq!(writes(&town), before);
    assert_eq!(town.open_alerts(), ["total_mismatch"]);
    assert_eq!(town.all::<AlertRecord>("alert#").remove(0).value.count, 3);
    assert_eq!(town.qbo.violations(), []);
}

fn code_named(town: &Town, name: &str) -> String {
    let codes = town.qbo.objects("TaxCode");
    let code = codes.iter().find(|code| code.text("Name") == Some(name));
    code.and_then(|code| code.text("Id")).unwrap().to_owned()
}

#[tokio::test]
async fn x2_the_rate_that_a_person_chose_counts_whatever_it_makes() {
    let town = town(102, Invoicing::Simple, &[]).await;
    let job = taxed(&town, &[(20_000, true)], 990);
    finish(&town, &job).await;
    let number = number(&town, &job);
    let told = format!(
        "Invoice {number} of job {number} was not sent to QuickBooks: it has 19.80 of sales tax on 200.00, and none of \
         its rates makes that: California (6 % + 1.25 %), Arizona (5.6 %). It comes to 219.80."
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

/// 128.89 and 63.59 that are taxed, 95.00 that are not.
const THREE: [(i64, bool); 3] = [(12_889, true), (6_359, true), (9_500, false)];

fn quarter() -> Part {
    Part::Percent(Hundredths::new(2_500))
}

/// Tax and total of an invoice in Housecall Pro.
fn in_housecall(town: &Town, invoice: &InvoiceId) -> (i64, i64) {
    let invoice = town.hcp.invoice(invoice).unwrap();
    let taxes = invoice["taxes"].as_array().unwrap().iter();
    let tax = taxes.map(|tax| tax["amount"].as_i64().unwrap()).sum();
    (tax, invoice["amount"].as_i64().unwrap())
}

#[tokio::test]
async fn x2_x4_a_deposit_of_a_taxed_job_is_sent_and_the_alert_names_the_invoice_that_differs() {
    for settings in [&[][..], &LINE] {
        let town = town(104, Invoicing::MatchJobNumber, settings).await;
        let job = taxed(&town, &THREE, 560);
        let deposit = town.hcp.add_deposit(&job, quarter(), None).unwrap();
        town.hcp.send_this_invoice(&deposit).unwrap();
        town.settle().await;
        finish(&town, &job).await;
        let (tax, amount) = in_housecall(&town, &deposit);
        let job_number = number(&town, &job);
        let numbers = [format!("D-{job_number}"), job_number.clone()];
        let housecall = [(tax, amount), (1_078 - tax, total(&town, &job) - amount)];
        let mut differing = Vec::new();
        for (number, (tax, total)) in numbers.iter().zip(housecall) {
            let (their_tax, their_total, code) = in_quickbooks(&town, number);
            assert_eq!(code, code_named(&town, "Arizona"));
            assert_eq!(
                total - their_total,
                if settings.is_empty() {
                    tax - their_tax
                } else {
                    0
                }
            );
            assert!((tax - their_tax).abs() <= 1, "{number}");
            if total != their_total {
                differing.push(number);
            }
        }
        let told = alerts(&town);
        assert_eq!(told.len(), differing.len(), "{told:?}");
        for number in differing {
            let named = format!("Invoice {number} of job {job_number}: QuickBooks has 0.01");
            assert!(
                told.iter().any(|(_, words)| words.starts_with(&named)),
                "{told:?}"
            );
        }
    }
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

/// Numbers that follow from a seed.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, most: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i64::try_from(self.0 >> 33).unwrap() % most
    }

    fn lines(&mut self) -> Vec<(i64, bool)> {
        let more = self.below(4);
        let mut lines: Vec<(i64, bool)> = (0..more)
            .map(|_| (100 + self.below(60_000), self.below(3) > 0))
            .collect();
        lines.push((1_000 + self.below(60_000), true));
        lines
    }
}

/// A job that is invoiced in parts, all of them sent; the invoices that it has then.
async fn in_parts(
    town: &Town,
    seeded: &mut Seeded,
    invoicing: Invoicing,
) -> (JobId, Vec<InvoiceId>) {
    let percent = [560, 725][usize::try_from(seeded.below(2)).unwrap()];
    let job = taxed(town, &seeded.lines(), percent);
    if seeded.below(3) == 0 {
        let off =
            NewLine::percent_discount("Spring", Hundredths::new(100 * (1 + seeded.below(30))));
        town.hcp.add_line(&job, off).unwrap();
    }
    let mut part = || Part::Percent(Hundredths::new(500 + seeded.below(4_000)));
    let mut sent = Vec::new();
    if invoicing == Invoicing::Progress {
        for part in [part(), part(), Part::Rest] {
            sent.push(issue(town, &job, part));
            town.settle().await;
        }
    } else {
        let deposit = town.hcp.add_deposit(&job, part(), None).unwrap();
        town.hcp.send_this_invoice(&deposit).unwrap();
        town.settle().await;
        sent.push(deposit);
        finish(town, &job).await;
        send(town, &job).await;
        let all = town.hcp.invoices_of(&job);
        let main = all.into_iter().find(|invoice| *invoice != sent[0]);
        sent.push(main.unwrap());
    }
    (job, sent)
}

#[tokio::test]
async fn x2_x6_jobs_in_parts_are_sent_to_the_cent_whatever_quickbooks_rounds() {
    for (invoicing, settings) in [
        (Invoicing::MatchJobNumber, &LINE[..]),
        (Invoicing::Progress, &[LINE[0], PER_INVOICE[0]]),
        (Invoicing::MatchJobNumber, &[]),
        (Invoicing::Progress, &PER_INVOICE),
    ] {
        let town = town(110, invoicing, settings).await;
        let mut seeded = Seeded(7);
        let mut apart = 0;
        for _ in 0..12 {
            let (job, invoices) = in_parts(&town, &mut seeded, invoicing).await;
            let told: Vec<(i64, i64)> = invoices
                .iter()
                .map(|one| in_housecall(&town, one))
                .collect();
            let sum: i64 = told.iter().map(|(_, amount)| amount).sum();
            assert_eq!(sum, total(&town, &job), "the parts add up to the job");
            for (invoice, (tax, amount)) in invoices.iter().zip(told) {
                let invoice = town.hcp.invoice(invoice).unwrap();
                let number = invoice["invoice_number"].as_str().unwrap();
                let (their_tax, their_total, _) = in_quickbooks(&town, number);
                let by_line = settings.contains(&LINE[0]);
                let expected = if by_line {
                    amount
                } else {
                    amount - tax + their_tax
                };
                assert_eq!(their_total, expected, "{number}");
                assert!((their_tax - tax).abs() <= 2, "{number}");
                apart += usize::from(their_tax != tax);
            }
        }
        assert!(apart > 2, "{apart} of them are rounded otherwise");
        let alerts = alerts(&town);
        let mismatches = if settings.contains(&LINE[0]) {
            0
        } else {
            apart
        };
        assert_eq!(alerts.len(), mismatches, "{alerts:?}");
        assert!(alerts.iter().all(|(kind, _)| kind == "total_mismatch"));
        assert_eq!(town.qbo.violations(), []);
    }
}
