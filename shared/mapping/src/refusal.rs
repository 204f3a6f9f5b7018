use money::Cents;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a job cannot become an invoice as it is. Nothing is sent then; a person is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Something on it has no counterpart here yet; sending the rest would make a wrong balance.
    #[error("it has {0}")]
    NotSupported(&'static str),
    /// N5.
    #[error("the number {0} is no number for QuickBooks")]
    Number(String),
    /// Neither the invoice nor the job has a number.
    #[error("it has no number")]
    NoNumber,
    /// Neither the job nor an invoice tells what it amounts to.
    #[error("its total is not known")]
    NoTotal,
    /// There is sales tax, and no line to put it on (L2).
    #[error("it has {0} of sales tax and no taxable line")]
    NoTaxableLine(Cents),
    /// Sales tax, which QuickBooks is set not to charge (X1).
    #[error("it has {0} of sales tax, and QuickBooks charges none")]
    NoSalesTax(Cents),
    /// No single tax code of QuickBooks is certain to be that of this tax (X2).
    #[error("no single tax code is that of the tax of {} on {} of its invoice {}", .0.tax, .0.taxable, .0.invoice)]
    TaxRateUnmapped(Box<Unmapped>),
    /// A discount, which QuickBooks is set not to allow (L3).
    #[error("it has a discount of {0}, and QuickBooks allows none")]
    NoDiscounts(Cents),
    /// A taxed invoice bills something that is no line of the job (L2): whether it is taxable nobody can tell.
    #[error("its invoice {invoice} bills {line:?}, which is no line of the job")]
    UnknownLine {
        /// What it bills.
        line: String,
        /// The number of the invoice.
        invoice: String,
    },
    /// Neither the signs nor the setting tell which of these invoices is a deposit, which a progress invoice (N7).
    #[error("it is not clear what its invoices are: {}", .0.join(", "))]
    InvoicingUnclear(Vec<String>),
    /// The lines do not add up to the total that Housecall Pro shows.
    #[error("its lines add up to {lines}, its total is {total}")]
    LinesDoNotAddUp {
        /// Sum of the lines.
        lines: Cents,
        /// Housecall Pro's total.
        total: Cents,
    },
}

/// A tax whose code nobody can tell (X2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmapped {
    /// The number of the invoice.
    pub invoice: String,
    /// Housecall Pro's tax.
    pub tax: Cents,
    /// What it is on.
    pub taxable: Cents,
    /// What Housecall Pro calls it.
    pub names: Vec<String>,
    /// The codes that make it, each with its percentage; several, or none.
    pub fitting: Vec<String>,
    /// All other codes that charge something.
    pub others: Vec<String>,
    /// The names of both in QuickBooks, by which one is chosen; none in an alert of before they were kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<OfferedCode>,
}

/// A tax code that a person may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedCode {
    /// Its id.
    pub id: qbo::Id,
    /// Its name and its percentage.
    pub told: String,
}
