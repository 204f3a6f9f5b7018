use hcp::InvoiceId;
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    AlertKind, Difference, JobRef, PaymentRef, QuickbooksWords, Sides, Subject,
    apart::differ,
    money_moved::{MoneyMoved, waits},
    subject::capital,
};

/// An alert about the part of a payment that repeats refunds of an invoice, and so is a sales receipt in QuickBooks (P4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptAlert {
    /// The job.
    pub job: JobRef,
    /// Which payment, and how much of it.
    pub payment: PaymentRef,
    /// The invoice whose refunds it repeats.
    pub of: InvoiceId,
    /// What is the matter.
    pub trouble: ReceiptTrouble,
    /// The payments that wait until that is settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Cents>,
}

/// What is the matter with what repeats a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum ReceiptTrouble {
    /// Somebody may have entered a sales receipt for it in QuickBooks already (R3).
    MaybeThere {
        /// The date of that.
        date: Option<Date>,
        /// Its number.
        number: Option<String>,
    },
    /// It was deleted or voided in QuickBooks by hand (R4).
    Gone,
    /// Its payment was deleted in Housecall Pro after it was sent (P8).
    Removed,
    /// The bank gave its payment back after it was sent (P8).
    Returned,
    /// QuickBooks has something else than Housecall Pro tells of its payment (P8).
    Changed {
        /// What of it.
        differences: Vec<Difference>,
        /// How much it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sides: Option<Sides>,
    },
    /// It is not known line by line what it pays for once more (P4).
    Unknown,
    /// Its date lies in a closed month (S6).
    ClosedPeriod {
        /// The date.
        date: Date,
    },
    /// QuickBooks refused it.
    Refused(QuickbooksWords),
}

impl ReceiptAlert {
    pub(super) fn subject(&self) -> Subject {
        Subject::Receipt(
            self.job.id.clone(),
            self.payment.id.clone(),
            self.of.clone(),
        )
    }

    pub(super) fn message(&self) -> String {
        let payment = &self.payment;
        let moved = MoneyMoved {
            what: "payment",
            amount: payment.amount,
            invoice: payment.invoice.as_deref(),
            method: payment.method.as_deref(),
            date: payment.date,
        };
        let name = capital(&moved.name(&self.job));
        let not_sent =
            || format!("{name} pays once more what was refunded, and was not sent to QuickBooks");
        match &self.trouble {
            ReceiptTrouble::MaybeThere { date, number } => {
                let number = number.as_ref().map(|number| format!(" {number}"));
                let date = date.map(|date| format!(" of {date}"));
                format!(
                    "{} yet: it may be there already. The customer has a sales receipt{}{} of the same amount that did not come from here.",
                    not_sent(),
                    number.unwrap_or_default(),
                    date.unwrap_or_default()
                )
            }
            ReceiptTrouble::Gone => format!(
                "{name} pays once more what was refunded, and its sales receipt was deleted or voided in QuickBooks. Housecall Pro has the payment still."
            ),
            ReceiptTrouble::Removed => format!(
                "{name} was deleted in Housecall Pro. In QuickBooks it is a sales receipt, since it paid once more what was refunded, and it is still there.{}",
                waits(&self.waiting)
            ),
            ReceiptTrouble::Returned => format!(
                "{name} was given back by the bank. In QuickBooks it is a sales receipt, since it paid once more what was refunded, and it is still there.{}",
                waits(&self.waiting)
            ),
            ReceiptTrouble::Changed { differences, sides } => {
                let told = differences.iter().map(|difference| {
                    let Difference { what, sent, now } = difference;
                    format!("its {what} is {now} in Housecall Pro and {sent} in QuickBooks")
                });
                let told: Vec<String> = told.collect();
                format!(
                    "{name} pays once more what was refunded, and its sales receipt differs: {}.{}",
                    told.join("; "),
                    differ(*sides)
                )
            }
            ReceiptTrouble::Unknown => format!(
                "{}: the lines of the refund receipts in QuickBooks do not cover it.",
                not_sent()
            ),
            ReceiptTrouble::ClosedPeriod { date } => format!(
                "{}: its date, {date}, lies in a period that is closed in QuickBooks.",
                not_sent()
            ),
            ReceiptTrouble::Refused(words) => format!("{}: QuickBooks says: {words}.", not_sent()),
        }
    }
}

impl ReceiptTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::MaybeThere { .. } => AlertKind::PaymentMaybeInQuickbooks,
            Self::Gone => AlertKind::PaymentGone,
            Self::Removed => AlertKind::PaymentRemoved,
            Self::Returned => AlertKind::PaymentReturned,
            Self::Changed { .. } => AlertKind::PaymentChanged,
            Self::Unknown => AlertKind::PaymentNotApplied,
            Self::ClosedPeriod { .. } => AlertKind::ClosedPeriod,
            Self::Refused(_) => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::MaybeThere { .. } => {
                "Open that sales receipt in QuickBooks. If it is for this payment, say so: nothing is sent. If it is for something else, say that: this one is sent."
            }
            Self::Gone => {
                "If it should stay away, choose that it is not sent. If it was deleted by mistake, send it once more."
            }
            Self::Removed | Self::Returned => {
                "If the money is not there, delete the sales receipt in QuickBooks; then push the job once more. What was paid on the invoice since waits until then."
            }
            Self::Changed { .. } => {
                "Change the sales receipt in QuickBooks to what is right, or delete it and enter one by hand; then push the job once more. If the payment is wrong in Housecall Pro, correct it there."
            }
            Self::Unknown => "Enter a sales receipt for it in QuickBooks by hand.",
            Self::ClosedPeriod { .. } => {
                "Ask whoever closed the books to open the period for a moment, and push the job once more; or enter a sales receipt in QuickBooks with a date that is open."
            }
            Self::Refused(_) => {
                "Mend what QuickBooks names, then push the job once more. Else enter a sales receipt in QuickBooks by hand."
            }
        }
    }
}
