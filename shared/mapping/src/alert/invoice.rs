use hcp::InvoiceId;
use serde::{Deserialize, Serialize};

use super::{AlertKind, FieldRef};

/// An alert about a Housecall Pro invoice whose job is not known.
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

/// Why its job is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceCause {
    /// It has none, and so no customer (P6).
    NoJob,
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
        match &self.cause {
            InvoiceCause::NoJob => format!(
                "{} belongs to no job and so to no customer; it was not sent to QuickBooks.",
                number.map_or_else(
                    || "An invoice without a number".to_owned(),
                    |number| format!("Invoice {number}")
                )
            ),
            InvoiceCause::Refused { reason } => format!(
                "An invoice could not be read from Housecall Pro, and was not sent to QuickBooks: {reason}."
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
            Self::NoJob => AlertKind::InvoiceWithoutCustomer,
            Self::Refused { .. } => AlertKind::HousecallRefused,
            Self::FieldUnreadable(_) => AlertKind::FieldUnreadable,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::NoJob => {
                "Enter this invoice in QuickBooks by hand, with the customer that you know it belongs to."
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
