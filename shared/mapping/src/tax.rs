//! Sales tax: whose rules apply, and what is told to QuickBooks (X1 to X3, X5).

use std::collections::BTreeMap;

use money::Cents;
use qbo::{Percent, TxnTaxDetail};

use crate::{bill::Bill, names::normalised, refusal::Refusal};

/// QuickBooks' tax codes of lines.
const TAXED: &str = "TAX";
const NOT_TAXED: &str = "NON";

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

/// A tax code that a company keeps by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxCode {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Its rates on sales; QuickBooks rounds the tax of each.
    pub rates: Vec<Percent>,
}

/// The tax code of a line: without tax on the invoice no line has any (X2).
pub(crate) fn code_of_line(bill: &Bill, taxable: bool) -> qbo::Ref {
    let taxed = taxable && bill.tax > Cents::ZERO;
    qbo::Ref::to(if taxed { TAXED } else { NOT_TAXED })
}

/// The tax of an invoice, as it is sent.
pub(crate) fn detail(
    bill: &Bill,
    sales_tax: SalesTax<'_>,
) -> Result<Option<TxnTaxDetail>, Refusal> {
    let of = |code: Option<&qbo::Id>| {
        Some(TxnTaxDetail {
            txn_tax_code_ref: code.map(Into::into),
            total_tax: Some(bill.tax),
        })
    };
    match sales_tax {
        SalesTax::Off if bill.tax > Cents::ZERO => Err(Refusal::NoSalesTax(bill.tax)),
        SalesTax::Off => Ok(None),
        SalesTax::Automated(code) => Ok(of(code)),
        SalesTax::Manual { .. } if bill.tax == Cents::ZERO => Ok(None),
        SalesTax::Manual { codes, chosen } => Ok(of(Some(&code_of(bill, codes, chosen)?.id))),
    }
}

/// X2: the code whose rates make Housecall Pro's tax; where several do, the one of its name, else the one
/// that a person chose for it.
fn code_of<'a>(
    bill: &Bill,
    codes: &'a [TaxCode],
    chosen: &BTreeMap<String, qbo::Id>,
) -> Result<&'a TaxCode, Refusal> {
    let fitting: Vec<&TaxCode> = codes
        .iter()
        .filter(|code| tax_of(bill, code) == Some(bill.tax))
        .collect();
    let names: Vec<String> = bill.tax_names.iter().map(|name| normalised(name)).collect();
    let named: Vec<&TaxCode> = fitting
        .iter()
        .copied()
        .filter(|code| names.contains(&normalised(&code.name)))
        .collect();
    let mapped: Vec<&TaxCode> = fitting
        .iter()
        .copied()
        .filter(|code| names.iter().any(|name| chosen.get(name) == Some(&code.id)))
        .collect();
    match (named.as_slice(), mapped.as_slice(), fitting.as_slice()) {
        ([one], ..) | (_, [one], _) | ([], [], [one]) => Ok(one),
        (.., fitting) => Err(Refusal::TaxRateUnmapped {
            tax: bill.tax,
            candidates: fitting.iter().map(|code| code.name.clone()).collect(),
        }),
    }
}

/// What QuickBooks makes of a code: each rate of what is taxable after its part of the discount (X5),
/// rounded for itself.
fn tax_of(bill: &Bill, code: &TaxCode) -> Option<Cents> {
    let (mut sold, mut taxable) = (Cents::ZERO, Cents::ZERO);
    for line in &bill.lines {
        sold = sold.checked_add(line.amount)?;
        if line.taxable {
            taxable = taxable.checked_add(line.amount)?;
        }
    }
    let left = sold.checked_sub(bill.discount)?;
    code.rates.iter().try_fold(Cents::ZERO, |sum, rate| {
        sum.checked_add(rate.of_share(left, taxable, sold)?)
    })
}

#[cfg(test)]
mod tests;
