use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, FieldRef, JobAlert};

/// What is the matter with what a job bills, or with its invoice in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum BillTrouble {
    /// It has something that cannot be carried correctly.
    NotSupported {
        /// What.
        what: String,
    },
    /// Its lines do not add up to its total.
    LinesDoNotAddUp {
        /// Their sum.
        lines: Cents,
        /// Housecall Pro's total.
        total: Cents,
    },
    /// It has no line, and was pushed by hand (T9).
    NoLines,
    /// It has a discount, and QuickBooks allows none (L3).
    DiscountsOff {
        /// The discount.
        discount: Cents,
    },
    /// It cannot be told what its invoices are (N7).
    InvoicingUnclear {
        /// Their numbers.
        invoices: Vec<String>,
    },
    /// Its date lies in a closed month (S6).
    ClosedPeriod {
        /// The date.
        date: Date,
    },
    /// Its invoice was deleted or voided in QuickBooks by hand (R8).
    Gone {
        /// The number that it had.
        number: Option<String>,
        /// What it came to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Cents>,
    },
    /// Its invoice comes to something else in QuickBooks (X4).
    TotalMismatch {
        /// The number of the invoice.
        number: String,
        /// Housecall Pro's total.
        ours: Cents,
        /// Housecall Pro's sales tax.
        our_tax: Cents,
        /// QuickBooks' total.
        theirs: Cents,
        /// QuickBooks' sales tax.
        their_tax: Cents,
        /// The cents that QuickBooks only rounds otherwise, where it is no more than that (X6).
        rounding: Option<Cents>,
    },
    /// Its invoice was sent without fields that could not be read (V24).
    FieldsLeftOut {
        /// The fields.
        fields: Vec<FieldRef>,
    },
}

impl BillTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::NotSupported { .. } => AlertKind::NotSupported,
            Self::LinesDoNotAddUp { .. } => AlertKind::LinesDoNotAddUp,
            Self::NoLines => AlertKind::NoLines,
            Self::DiscountsOff { .. } => AlertKind::DiscountsOff,
            Self::InvoicingUnclear { .. } => AlertKind::InvoicingUnclear,
            Self::ClosedPeriod { .. } => AlertKind::ClosedPeriod,
            Self::Gone { .. } => AlertKind::DocumentGone,
            Self::TotalMismatch { .. } => AlertKind::TotalMismatch,
            Self::FieldsLeftOut { .. } => AlertKind::FieldLeftOut,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        let why = match self {
            Self::NotSupported { what } => {
                format!("it has {what}, which this version cannot put into QuickBooks correctly")
            }
            Self::LinesDoNotAddUp { lines, total } => {
                format!("its lines add up to {lines}, but its total in Housecall Pro is {total}")
            }
            Self::NoLines => "there is not a single line on it".to_owned(),
            Self::DiscountsOff { discount } => format!(
                "it has a discount of {discount}, but QuickBooks is set up not to allow discounts"
            ),
            Self::InvoicingUnclear { invoices } => format!(
                "it has the invoices {}, and it is not clear which of them is a deposit, the main invoice or a progress invoice",
                invoices.join(", ")
            ),
            Self::ClosedPeriod { date } => {
                format!("its date {date} lies in a month that is closed")
            }
            Self::Gone { number, total } => {
                let number = number.as_ref().map(|number| format!(" {number}"));
                let total = total.map(|total| format!(" over {total}"));
                return format!(
                    "The QuickBooks invoice{}{} of {} was deleted or voided in QuickBooks. It was not made again.",
                    number.unwrap_or_default(),
                    total.unwrap_or_default(),
                    of.job.name()
                );
            }
            Self::TotalMismatch {
                number,
                ours,
                our_tax,
                theirs,
                their_tax,
                ..
            } => {
                return format!(
                    "Invoice {number} of {}: QuickBooks has {} than Housecall Pro. Housecall Pro says {ours} with {our_tax} of sales tax, QuickBooks says {theirs} with {their_tax}.",
                    of.job.name(),
                    difference((*ours, *our_tax), (*theirs, *their_tax)),
                );
            }
            Self::FieldsLeftOut { fields } => {
                let fields = fields.iter().map(FieldRef::left_out);
                return format!(
                    "{} is in QuickBooks without something: Housecall Pro tells these fields in a form that is not known here: {}.",
                    of.capital_name(),
                    fields.collect::<Vec<_>>().join("; ")
                );
            }
        };
        format!("{}: {why}.", of.not_sent())
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::NotSupported { .. } => {
                "Enter this invoice in QuickBooks by hand, or remove that part from the job and press Finish, Invoice or Pay again."
            }
            Self::LinesDoNotAddUp { .. } => {
                "Open the job in Housecall Pro and compare its invoice with its lines. Correct what is wrong there, then press Finish, Invoice or Pay again. If both are right, enter the invoice in QuickBooks by hand."
            }
            Self::NoLines => {
                "Put a line on the job in Housecall Pro, of zero dollars where nothing is charged, then push the job once more."
            }
            Self::DiscountsOff { .. } => {
                "Switch discounts on in QuickBooks (Settings, Account and settings, Sales, Sales form content), then press Finish, Invoice or Pay again."
            }
            Self::InvoicingUnclear { .. } => {
                "Compare the setting Invoicing here with Settings, Invoices, Configuration in Housecall Pro. Correct the one that is wrong, or void the invoice that should not be there. Then press Finish, Invoice or Pay again."
            }
            Self::ClosedPeriod { .. } => {
                "Ask your bookkeeper to open the month, or change the date in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            Self::Gone { .. } => {
                "If it was removed on purpose, leave it as it is: it is told no more. If not, make it again."
            }
            Self::TotalMismatch {
                rounding: Some(_), ..
            } => {
                "QuickBooks rounds the sales tax otherwise; nothing is wrong with the invoice. If a line of a cent is to make the totals equal, on this one and all later ones, choose that in the settings (Rounding: line), then press Finish, Invoice or Pay again."
            }
            Self::TotalMismatch { rounding: None, .. } => {
                "Compare the two invoices line by line and correct the one that is wrong, then press Finish, Invoice or Pay again."
            }
            Self::FieldsLeftOut { .. } => {
                "Enter what is missing in QuickBooks by hand; it stays. If it looks right in Housecall Pro, the form of its data has changed there: tell whoever runs this program."
            }
        }
    }
}

/// By how much QuickBooks differs, of total and tax.
fn difference(ours: (Cents, Cents), theirs: (Cents, Cents)) -> String {
    let by = |ours: Cents, theirs: Cents, what: &str| {
        let cents = i128::from(theirs.get()) - i128::from(ours.get());
        let more = if cents < 0 { "less" } else { "more" };
        let cents = cents.unsigned_abs();
        (cents > 0).then(|| format!("{}.{:02} {more}{what}", cents / 100, cents % 100))
    };
    let parts = [by(ours.0, theirs.0, ""), by(ours.1, theirs.1, " sales tax")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x4_the_difference_is_told_to_the_cent() {
        for (ours, theirs, words) in [
            (
                (31_561, 561),
                (31_560, 560),
                "0.01 less and 0.01 less sales tax",
            ),
            ((10_000, 0), (10_001, 0), "0.01 more"),
            ((10_000, 0), (0, 0), "100.00 less"),
            ((10_000, 500), (10_000, 612), "1.12 more sales tax"),
            ((i64::MAX, 0), (-1, 0), "92233720368547758.08 less"),
        ] {
            let cents = |(total, tax)| (Cents::new(total), Cents::new(tax));
            assert_eq!(difference(cents(ours), cents(theirs)), words);
        }
    }
}
