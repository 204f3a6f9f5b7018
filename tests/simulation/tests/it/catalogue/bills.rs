//! Alerts about what a job bills: its lines, its taxes, its total, its date.

use hcp_sandbox::{Hundredths, Invoicing, JobId, NewLine, Part};
use qbo_sandbox::SalesTax;
use serde_json::json;
use simulation::Town;

use super::{
    desk::Desk,
    housecall::{tell, tell_the_truth},
};
use crate::{
    documents::{self, issue, work},
    money::taxed_job,
    parties::{finish, named, small_job},
    people::{assert_books, assert_same_books, invoices, job_with, new_customer},
    stories::make,
    taxes::{self, a_cent_apart, send},
};

/// A town where a job is finished while Housecall Pro tells something else of it.
async fn told_otherwise(
    town: Town,
    job: JobId,
    kind: &str,
    (record, pointer, value): (&'static str, &'static str, serde_json::Value),
) -> String {
    tell(&town, record, pointer, value);
    finish(&town, &job).await;
    mended(town, job, kind).await
}

/// The alert ends when Housecall Pro tells the truth and the job is pushed once more.
async fn mended(town: Town, job: JobId, kind: &str) -> String {
    let desk = Desk::at(town).await;
    let seen = desk.sees(kind).await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

fn automated(qbo: &mut qbo_sandbox::Options) {
    qbo.company.sales_tax = SalesTax::Automated;
}

pub(super) async fn not_supported() -> String {
    let town = Town::new(3_301).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let unknown = ("lines", "/data/0/kind", json!("warranty"));
    told_otherwise(town, job, "not_supported", unknown).await
}

pub(super) async fn lines_do_not_add_up() -> String {
    let town = billed_in_parts(3_302).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let less = ("invoices", "/invoices/0/amount", json!(9_000));
    issued_and_told_otherwise(town, job, "lines_do_not_add_up", less).await
}

pub(super) async fn tax_without_line() -> String {
    let town = Town::with(3_303, |_| {}, automated).await;
    let job = taxed_job(&town, 560);
    let untaxed = ("lines", "/data/0/taxable", json!(false));
    told_otherwise(town, job, "tax_without_line", untaxed).await
}

pub(super) async fn sales_tax_off() -> String {
    let town = Town::new(3_304).await;
    let job = taxed_job(&town, 560);
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("sales_tax_off").await;
    let on = |company: &mut qbo_sandbox::Company| company.sales_tax = SalesTax::Automated;
    desk.town.qbo.configure(on);
    desk.retry("sales_tax_off").await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn tax_rate_unmapped() -> String {
    let town = taxes::town(3_305, Invoicing::Simple, &[]).await;
    let phoenix =
        r#"{"Name":"Phoenix","SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"3"}}]}}"#;
    make(&town, "TaxCode", phoenix);
    town.connect().await;
    let job = taxes::taxed(&town, &[(20_000, true)], 560);
    send(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("tax_rate_unmapped").await;
    desk.choose(&seen, "use_rate:", None).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn unknown_line() -> String {
    let town = billed_in_parts(3_306).await;
    let job = taxed_job(&town, 560);
    let other = ("invoices", "/invoices/0/items/0/name", json!("Trip fee"));
    issued_and_told_otherwise(town, job, "unknown_line", other).await
}

/// A company that bills its jobs in parts, and has each in QuickBooks.
async fn billed_in_parts(seed: u64) -> Town {
    documents::town(seed, Invoicing::Progress, &documents::PER_INVOICE).await
}

/// The same of a job whose invoice is issued.
async fn issued_and_told_otherwise(
    town: Town,
    job: JobId,
    kind: &str,
    (record, pointer, value): (&'static str, &'static str, serde_json::Value),
) -> String {
    tell(&town, record, pointer, value);
    issue(&town, &job, Part::Rest);
    town.settle().await;
    mended(town, job, kind).await
}

pub(super) async fn discounts_off() -> String {
    let off = |qbo: &mut qbo_sandbox::Options| qbo.company.allow_discount = false;
    let town = Town::with(3_307, |_| {}, off).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let discount = NewLine::fixed_discount("Spring", 500);
    town.hcp.add_line(&job, discount).unwrap();
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("discounts_off").await;
    let on = |company: &mut qbo_sandbox::Company| company.allow_discount = true;
    desk.town.qbo.configure(on);
    desk.retry("discounts_off").await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn total_mismatch() -> String {
    let town = taxes::town(3_308, Invoicing::Simple, &[]).await;
    let job = a_cent_apart(&town);
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("total_mismatch").await;
    desk.set("rounding", "line").await;
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn closed_period() -> String {
    let town = Town::new(3_309).await;
    let closed = Some("2026-07-31".parse().unwrap());
    let close = |company: &mut qbo_sandbox::Company| company.book_close_date = closed;
    town.qbo.configure(close);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("closed_period").await;
    desk.choose(&seen, "first_open_day", None).await;
    desk.is_clear().await;
    assert_eq!(invoices(&desk.town)[0].1, "2026-08-01");
    seen.told()
}

pub(super) async fn no_lines() -> String {
    let town = Town::new(3_310).await;
    let job = job_with(&town, &named(&town, "Dana"), Vec::new());
    town.push_by_hand(&job).await;
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("no_lines").await;
    let free = NewLine::labor("Warranty visit", 0, Hundredths::ONE);
    desk.town.hcp.add_line(&job, free).unwrap();
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn invoicing_unclear() -> String {
    let town = documents::town(3_311, Invoicing::Progress, &[]).await;
    let desk = Desk::at(town).await;
    desk.set("invoicing", "match_job_number").await;
    let job = work(&desk.town);
    issue(&desk.town, &job, Part::Amount(5_000));
    desk.town.settle().await;
    let seen = desk.sees("invoicing_unclear").await;
    desk.set("invoicing", "progress").await;
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}
