use hcp::InvoiceId;
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, FieldRef};

/// An alert about a Housecall Pro invoice whose job, or whose customer, is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceAlert {
    /// Its id.
    pub invoice: InvoiceId,
    /// Its number, where it has one and it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What is the matter.
    pub cause: InvoiceCause,
}

/// Why it cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceCause {
    /// It has no job, and an id by which it cannot stand in the place of one.
    NoJob,
    /// It has no job, and its customer could not be found (P6).
    NoCustomer {
        /// What it bills.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sold: Option<String>,
        /// What it comes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Cents>,
        /// When it was paid, for the company.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paid: Option<Date>,
    },
    /// Housecall Pro refused the question, or sent something unreadable.
    Refused {
        /// Why.
        reason: String,
    },
    /// The field that tells it has a form that is not known (V24).
    FieldUnreadable(FieldRef),
}

impl InvoiceAlert {
    pub(super) fn message(&self) -> String {
        let number = self.number.as_ref();
        let named = || {
            let unnumbered = || "An invoice without a number".to_owned();
            number.map_or_else(unnumbered, |number| format!("Invoice {number}"))
        };
        match &self.cause {
            InvoiceCause::NoJob => format!(
                "{} belongs to no job and so to no customer; it was not sent to QuickBooks.",
                named()
            ),
            InvoiceCause::NoCustomer { sold, total, paid } => {
                let total = total.map(|total| format!(" over {total}"));
                let sold = sold.as_ref().map(|sold| format!(" for {sold}"));
                let paid = paid.map(|paid| format!(", paid on {paid},"));
                let told = [total, sold, paid].into_iter().flatten();
                format!(
                    "{}{} belongs to a service plan, and Housecall Pro does not tell whose. What is new of it and of its payments was not sent to QuickBooks.",
                    named(),
                    told.collect::<String>()
                )
            }
            InvoiceCause::Refused { reason } => format!(
                "An invoice could not be read from Housecall Pro, and was not sent to QuickBooks (for support: {reason})."
            ),
            InvoiceCause::FieldUnreadable(field) => format!(
                "{} cannot be sent to QuickBooks: {}",
                number.map_or_else(
                    || "An invoice".to_owned(),
                    |number| format!("Invoice {number}")
                ),
                field.unreadable()
            ),
        }
    }
}

impl InvoiceCause {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::NoJob | Self::NoCustomer { .. } => AlertKind::InvoiceWithoutCustomer,
            Self::Refused { .. } => AlertKind::HousecallRefused,
            Self::FieldUnreadable(_) => AlertKind::FieldUnreadable,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::NoJob => {
                "Enter this invoice in QuickBooks by hand, with the customer that you know it belongs to."
            }
            Self::NoCustomer { .. } => {
                "Look in Housecall Pro whose invoice it is, and say so by the name of the customer. It is then sent, with its payments."
            }
            Self::Refused { .. } => {
                "Look for invoices in Housecall Pro that are not in QuickBooks. Press Finish, Invoice or Pay again on the job of one that should be there."
            }
            Self::FieldUnreadable(_) => {
                "Press Finish, Invoice or Pay again on the job of the invoice. If it comes up again, Housecall Pro has changed the form of its data: tell whoever runs this program, and enter the invoice in QuickBooks by hand until it is updated."
            }
        }
    }
}
