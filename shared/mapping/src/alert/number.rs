use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, JobAlert, QuickbooksWords};

/// What is the matter with the number of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum NumberTrouble {
    /// Neither the job nor its invoice has one (N4, N5).
    Missing {
        /// The customer of the job.
        customer: String,
    },
    /// QuickBooks cannot take it (N5).
    NotAllowed {
        /// The number.
        number: String,
    },
    /// A document in QuickBooks that is not ours has it, or one of ours that does not give way (N8).
    Taken {
        /// The number.
        number: String,
        /// Who has it.
        holder: NumberHolder,
        /// The number that the invoice keeps, where QuickBooks has it already (N9).
        kept: Option<String>,
    },
    /// An invoice in QuickBooks has it, of the same customer and total, which is perhaps the same (T12).
    Linkable {
        /// The number.
        number: String,
        /// The invoice.
        invoice: ForeignInvoice,
    },
    /// An invoice of ours has it that would give way, but lies in a closed month (N4, S6).
    HolderInClosedPeriod {
        /// The number.
        number: String,
        /// The number of that invoice's job.
        holder: Option<String>,
        /// The date of that invoice.
        date: Option<Date>,
        /// The number that this invoice keeps, where QuickBooks has it already (N9).
        kept: Option<String>,
    },
    /// An invoice of ours has it that would give way, and QuickBooks refuses to give that one another (N4).
    HolderRefused {
        /// The number.
        number: String,
        /// The number of that invoice's job.
        holder: Option<String>,
        /// What QuickBooks said.
        words: QuickbooksWords,
    },
}

/// A document in QuickBooks that has a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberHolder {
    /// What it is.
    pub kind: HolderKind,
    /// Whom it is made out to.
    pub customer: Option<String>,
    /// What it comes to.
    pub total: Option<Cents>,
}

/// What a document that has a number is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    /// An invoice.
    Invoice,
    /// The invoice of another job of ours, by its number.
    InvoiceOfJob(String),
    /// A credit memo.
    CreditMemo,
    /// A sales receipt.
    SalesReceipt,
    /// A refund receipt.
    RefundReceipt,
    /// An estimate.
    Estimate,
    /// QuickBooks does not tell.
    Unknown,
}

/// An invoice in QuickBooks that did not come from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignInvoice {
    /// The id there.
    pub id: qbo::Id,
    /// Whom it is made out to.
    pub customer: Option<String>,
    /// What it comes to.
    pub total: Option<Cents>,
    /// Its date.
    pub date: Option<Date>,
}

impl NumberTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Missing { .. } => AlertKind::NumberMissing,
            Self::NotAllowed { .. } => AlertKind::NumberTooLong,
            Self::Taken { holder, .. } => match holder.kind {
                HolderKind::CreditMemo => AlertKind::DuplicateCreditMemoNumber,
                _ => AlertKind::DuplicateInvoiceNumber,
            },
            Self::Linkable { .. } => AlertKind::LinkableInvoice,
            Self::HolderInClosedPeriod { .. } => AlertKind::ClosedPeriod,
            Self::HolderRefused { .. } => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        match self {
            Self::Missing { customer } => format!(
                "A job of {customer} was not sent to QuickBooks: in Housecall Pro, neither it nor its invoice has a number."
            ),
            Self::NotAllowed { number } => format!(
                "{}: its invoice number {number} {}.",
                of.not_sent(),
                if number.chars().count() > qbo::limits::DOC_NUMBER {
                    "is longer than the 21 characters that QuickBooks allows"
                } else {
                    "holds a tab or a line break, which QuickBooks does not allow"
                }
            ),
            Self::Taken {
                number,
                holder,
                kept,
            } => {
                let total = holder.total.map(|total| total.to_string());
                format!(
                    "The invoice number {number} of {} is already used in QuickBooks by {} of {} over {}. {}",
                    of.job.name(),
                    holder.kind.name(),
                    holder.customer.as_deref().unwrap_or("another customer"),
                    total.as_deref().unwrap_or("another amount"),
                    outcome(kept.as_deref())
                )
            }
            Self::Linkable { number, invoice } => format!(
                "{}: there is an invoice {number} there of the same customer, {}, over the same amount, {}, dated {}, which did not come from here. It is probably the same.",
                of.not_sent(),
                invoice.customer.as_deref().unwrap_or("unknown"),
                text(invoice.total),
                text(invoice.date)
            ),
            Self::HolderInClosedPeriod {
                number,
                holder,
                date,
                kept,
            } => format!(
                "The invoice number {number} of {} is used in QuickBooks by the invoice of {}, which has no number of its own yet and would get another, but its date {} lies in a month that is closed. {}",
                of.job.name(),
                job(holder.as_deref()),
                text(*date),
                outcome(kept.as_deref())
            ),
            Self::HolderRefused {
                number,
                holder,
                words,
            } => format!(
                "{}: its number {number} is used there by the invoice of {}, which has no number of its own yet, and QuickBooks refused to give that one another: {words}.",
                of.not_sent(),
                job(holder.as_deref())
            ),
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Missing { .. } => {
                "Give the job a number in Housecall Pro, or send its invoice, which gets one. Then press Finish, Invoice or Pay again."
            }
            Self::NotAllowed { .. } => {
                "Change the number in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            Self::Taken { holder, .. } => match holder.kind {
                HolderKind::CreditMemo => {
                    "Send the invoice under another number. Or give the credit memo in QuickBooks another one, then press Finish, Invoice or Pay again."
                }
                _ => {
                    "Send this one under another number. Or give one of the two another number yourself, then press Finish, Invoice or Pay again."
                }
            },
            Self::Linkable { .. } => {
                "If it is the same, link it: it is then kept up to date from here. If it is not, send this one under another number."
            }
            Self::HolderInClosedPeriod { .. } => {
                "Ask your bookkeeper to open the month, or change the date in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            Self::HolderRefused { .. } => {
                "Correct what QuickBooks names, then press Finish, Invoice or Pay again."
            }
        }
    }
}

impl HolderKind {
    fn name(&self) -> String {
        match self {
            Self::Invoice => "an invoice",
            Self::InvoiceOfJob(job) => return format!("the invoice of job {job}"),
            Self::CreditMemo => "a credit memo",
            Self::SalesReceipt => "a sales receipt",
            Self::RefundReceipt => "a refund receipt",
            Self::Estimate => "an estimate",
            Self::Unknown => "another document",
        }
        .to_owned()
    }
}

fn outcome(kept: Option<&str>) -> String {
    kept.map_or_else(
        || "The job was not sent.".to_owned(),
        |kept| format!("The job's invoice keeps the number {kept}."),
    )
}

fn job(number: Option<&str>) -> String {
    number.map_or_else(
        || "another job".to_owned(),
        |number| format!("job {number}"),
    )
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| value.to_string())
}
