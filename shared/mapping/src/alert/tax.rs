use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, JobAlert};
use crate::Unmapped;

/// So many tax codes are offered to a person; the others are counted.
const OFFERED: usize = 12;

/// Why a job was not sent: its sales tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum TaxTrouble {
    /// No line is taxable (L2).
    NoTaxableLine {
        /// The tax.
        tax: Cents,
    },
    /// QuickBooks charges none (X1).
    Off {
        /// The tax.
        tax: Cents,
    },
    /// No single code of QuickBooks is certain to be that of the tax (X2).
    RateUnmapped(Unmapped),
    /// A taxed invoice bills something that is no line of the job (L2).
    UnknownLine {
        /// What it bills.
        line: String,
        /// The number of the invoice.
        invoice: String,
    },
}

impl TaxTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::NoTaxableLine { .. } => AlertKind::TaxWithoutLine,
            Self::Off { .. } => AlertKind::SalesTaxOff,
            Self::RateUnmapped(_) => AlertKind::TaxRateUnmapped,
            Self::UnknownLine { .. } => AlertKind::UnknownLine,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        match self {
            Self::NoTaxableLine { tax } => format!(
                "{}: it has {tax} of sales tax, but none of its lines is marked as taxable.",
                of.not_sent()
            ),
            Self::Off { tax } => format!(
                "{}: it has {tax} of sales tax, but QuickBooks is set up not to charge any.",
                of.not_sent()
            ),
            Self::RateUnmapped(unmapped) => {
                let number = &unmapped.invoice;
                let lead = match of.stands {
                    true => format!("What changed of invoice {number}"),
                    false => format!("Invoice {number}"),
                };
                format!(
                    "{lead} of {} was not sent to QuickBooks: {}.",
                    of.job.name(),
                    unmapped.words()
                )
            }
            Self::UnknownLine { line, invoice } => format!(
                "{}: its invoice {invoice} is taxed and bills {line}, which is not on the job, so that it is not known whether that is taxable.",
                of.not_sent()
            ),
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::NoTaxableLine { .. } => {
                "Mark what is taxed as taxable on the job in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            Self::Off { .. } => {
                "Switch sales tax on in QuickBooks (Taxes, Sales tax), then press Finish, Invoice or Pay again. Or take the tax off the job."
            }
            Self::RateUnmapped(_) => {
                "Choose the rate that counts for this tax, here or in the settings. Or give the tax the same name and percentage in both systems. Then press Finish, Invoice or Pay again. A job without an invoice does not tell the name of its tax: send its invoice."
            }
            Self::UnknownLine { .. } => {
                "Put that line on the job in Housecall Pro with the same name, quantity and price, then press Finish, Invoice or Pay again."
            }
        }
    }
}

impl Unmapped {
    /// The tax, and the codes that a person chooses from.
    fn words(&self) -> String {
        let (outcome, codes) = match (self.fitting.as_slice(), self.others.as_slice()) {
            ([], []) => ("QuickBooks has no rate", &[][..]),
            ([], others) => ("none of its rates makes that: ", others),
            (fitting, _) => ("several of its rates make that: ", fitting),
        };
        let offered: Vec<&str> = codes.iter().take(OFFERED).map(String::as_str).collect();
        let more = match codes.len().saturating_sub(OFFERED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = match self.names.as_slice() {
            [] => String::new(),
            names => format!(" ({})", names.join(", ")),
        };
        format!(
            "it has {} of sales tax{names} on {}, and {outcome}{}{more}",
            self.tax,
            self.taxable,
            offered.join(", ")
        )
    }
}
