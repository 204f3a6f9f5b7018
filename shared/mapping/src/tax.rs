//! Sales tax: whose rules apply, and what is told to QuickBooks (X1 to X3).

use std::collections::BTreeMap;

use money::Cents;
use qbo::{Percent, TxnTaxDetail};
use serde::{Deserialize, Serialize};

use crate::{
    Document,
    bill::Bill,
    names::normalised,
    refusal::{OfferedCode, Refusal, Unmapped},
    tax_base::TaxBase,
};

/// QuickBooks' tax codes of lines.
pub(crate) const TAXED: &str = "TAX";
pub(crate) const NOT_TAXED: &str = "NON";

/// How QuickBooks handles sales tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SalesTax<'a> {
    /// Not at all (X1).
    Off,
    /// By codes that the company keeps by hand (X2).
    Manual {
        /// The codes.
        codes: &'a [TaxCode],
        /// Which code a person chose for a tax of Housecall Pro, by its normalised name.
        chosen: &'a BTreeMap<String, qbo::Id>,
    },
    /// By itself; an amount that is sent counts, if a code is sent with it (X3). Which one does not matter:
    /// QuickBooks puts the right one in its place.
    Automated(Option<&'a qbo::Id>),
}

impl<'a> SalesTax<'a> {
    /// The rates by which QuickBooks works out the tax of a code itself, whatever amount is sent; none where it takes what
    /// is sent.
    pub fn rates_of(self, code: &qbo::Id) -> Option<&'a [Percent]> {
        let Self::Manual { codes, .. } = self else {
            return None;
        };
        let code = codes.iter().find(|known| known.id == *code)?;
        Some(&code.rates)
    }
}

/// A tax code that a company keeps by hand, as it was read last. It is kept in this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxCode {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Its rates on sales; QuickBooks rounds the tax of each.
    pub rates: Vec<Percent>,
}

impl TaxCode {
    /// Its name and its percentage, for a person.
    fn told(&self) -> String {
        let rates: Vec<String> = self.rates.iter().map(|rate| format!("{rate} %")).collect();
        format!("{} ({})", self.name, rates.join(" + "))
    }
}

/// The tax code of a line: without tax on the invoice no line has any (X2).
pub(crate) fn code_of_line(bill: &Bill, taxable: bool) -> qbo::Ref {
    let taxed = taxable && bill.tax > Cents::ZERO;
    qbo::Ref::to(if taxed { TAXED } else { NOT_TAXED })
}

/// The tax of an invoice, as it is sent.
pub(crate) fn detail(
    document: &Document,
    sales_tax: SalesTax<'_>,
) -> Result<Option<TxnTaxDetail>, Refusal> {
    let bill = &document.bill;
    let of = |code: Option<&qbo::Id>| {
        Some(TxnTaxDetail {
            txn_tax_code_ref: code.map(Into::into),
            total_tax: Some(bill.tax_in_quickbooks()),
            ..TxnTaxDetail::default()
        })
    };
    match sales_tax {
        SalesTax::Off if bill.tax > Cents::ZERO => Err(Refusal::NoSalesTax(bill.tax)),
        SalesTax::Off => Ok(None),
        SalesTax::Automated(code) => Ok(of(code)),
        SalesTax::Manual { .. } if bill.tax == Cents::ZERO => Ok(None),
        SalesTax::Manual { codes, chosen } => Ok(of(Some(&code_of(document, codes, chosen)?.id))),
    }
}

/// X2: the code that a person chose for the tax; else the one of its name whose percentage makes it, else the only
/// one whose percentage does.
fn code_of<'a>(
    document: &Document,
    codes: &'a [TaxCode],
    chosen: &BTreeMap<String, qbo::Id>,
) -> Result<&'a TaxCode, Refusal> {
    let names = document.bill.tax_names.iter();
    let names: Vec<String> = names.map(|name| normalised(name)).collect();
    let choices: Vec<&qbo::Id> = names.iter().filter_map(|name| chosen.get(name)).collect();
    // A choice for one of several taxes need not be one for all of them: it counts where its percentage is right.
    if let Some(choice) = choices.first()
        && choices.len() == names.len()
        && choices.iter().all(|other| other == choice)
        && let Some(code) = codes.iter().find(|code| code.id == **choice)
    {
        return Ok(code);
    }
    let fitting = fitting(document, codes);
    let only = |is_meant: &dyn Fn(&TaxCode) -> bool| {
        let mut meant = fitting.iter().copied().filter(|code| is_meant(code));
        (meant.next(), meant.next())
    };
    let by_choice = only(&|code| choices.contains(&&code.id));
    let by_name = only(&|code| names.contains(&normalised(&code.name)));
    let by_percentage = only(&|_| true);
    match (by_choice, by_name, by_percentage) {
        ((Some(one), None), ..)
        | ((None, _), (Some(one), None), _)
        | ((None, _), (None, _), (Some(one), None)) => Ok(one),
        _ => Err(unmapped(document, codes, &fitting)),
    }
}

/// The codes whose percentage makes the tax, within what rounding allows. Where a small part of a job does not tell
/// them apart, the whole job may.
fn fitting<'a>(document: &Document, codes: &'a [TaxCode]) -> Vec<&'a TaxCode> {
    let made_by = |base: &TaxBase, code: &TaxCode| base.is_made_by(&code.rates);
    let fitting: Vec<&TaxCode> = codes
        .iter()
        .filter(|code| made_by(&document.tax_base, code))
        .collect();
    let Some(job) = &document.tax_base_of_job else {
        return fitting;
    };
    let of_job: Vec<&TaxCode> = fitting
        .iter()
        .copied()
        .filter(|code| made_by(job, code))
        .collect();
    if of_job.is_empty() { fitting } else { of_job }
}

fn unmapped(document: &Document, codes: &[TaxCode], fitting: &[&TaxCode]) -> Refusal {
    let charges = |code: &&TaxCode| code.rates.iter().any(|rate| !rate.is_zero());
    let others = codes
        .iter()
        .filter(|code| charges(code) && !fitting.contains(code));
    let offered = fitting.iter().copied().chain(others.clone());
    let offered = offered.map(|code| OfferedCode {
        id: code.id.clone(),
        told: code.told(),
    });
    Refusal::TaxRateUnmapped(Box::new(Unmapped {
        invoice: document.number.to_string(),
        tax: document.tax_base.tax,
        taxable: document.tax_base.taxable,
        names: document.bill.tax_names.clone(),
        fitting: fitting.iter().map(|code| code.told()).collect(),
        codes: offered.collect(),
        others: others.map(TaxCode::told).collect(),
    }))
}

#[cfg(test)]
mod tests;
