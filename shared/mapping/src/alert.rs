//! Alerts: what a person must look at, with the facts that its words need. What it is about, what it says and what to
//! do about it follow from the alert alone (S1).

use money::Cents;
use serde::{Deserialize, Serialize};

mod apart;
mod bill;
mod cause;
mod choice;
mod connection;
mod customer;
mod entry;
mod housecall;
mod invoice;
mod item;
mod job;
mod kind;
mod money_moved;
mod number;
mod payment;
mod quickbooks;
mod receipt;
mod refund;
mod removal;
mod subject;
mod tax;

pub use apart::{Apart, Sides};
pub use bill::BillTrouble;
pub use cause::Cause;
pub use choice::{Ask, Choice, Choices, Side};
pub use connection::ConnectionAlert;
pub use customer::{
    AppliedCredit, Candidate, CustomerAlert, CustomerCause, CustomerTrouble, FieldCause,
    RefusedField,
};
pub use entry::{EntryAlert, EntryCause};
pub use housecall::{FieldRef, HousecallTrouble};
pub use invoice::{InvoiceAlert, InvoiceCause};
pub use item::{ItemAlert, ItemCause, ItemTrouble, NotMoved};
pub use job::{DocumentRef, JobAlert, JobTrouble};
pub use kind::AlertKind;
pub use number::{ForeignInvoice, HolderKind, NumberHolder, NumberTrouble};
pub use payment::{Difference, ForeignPayment, PaymentAlert, PaymentRef, PaymentTrouble};
pub use quickbooks::{QuickbooksTrouble, QuickbooksWords};
pub use receipt::{ReceiptAlert, ReceiptTrouble};
pub use refund::{RefundAlert, RefundRef, RefundTrouble};
pub use removal::{LeftOver, Removal, Removed, VoidObstacle};
pub use subject::{CustomerRef, EntryRef, ItemRef, JobRef, Subject};
pub use tax::TaxTrouble;

/// What is done by hand with an invoice without a job, behind the first letter of *press* or *Press*.
const PUSH: &str = "ush the invoice once more";

/// What a person must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// A job, or one of its invoices.
    Job(JobAlert),
    /// A customer whose change QuickBooks does not have, or whose credit it applies by itself; invoices go out all the same.
    Customer(CustomerAlert),
    /// An item by itself; invoices go out all the same.
    Item(ItemAlert),
    /// An entry of a list that QuickBooks does not have; invoices go out without it.
    Entry(EntryAlert),
    /// A Housecall Pro invoice whose job, or whose customer, is not known.
    Invoice(InvoiceAlert),
    /// A payment of a job; its invoice goes out all the same.
    Payment(Box<PaymentAlert>),
    /// A refund of a job; its invoice and its payments go out all the same.
    Refund(Box<RefundAlert>),
    /// What of a payment repeats refunds; its invoice and the rest of it go out all the same.
    Receipt(Box<ReceiptAlert>),
    /// A part of the price book that cannot be read (I4, V24).
    PriceBook {
        /// Which field of it.
        field: String,
    },
    /// The connection as a whole: one alert for all that it holds up (S4).
    Connection(ConnectionAlert),
}

impl Alert {
    /// Its type.
    pub fn kind(&self) -> AlertKind {
        match self {
            Self::Job(alert) => alert.trouble.kind(),
            Self::Customer(alert) => alert.kind(),
            Self::Item(alert) => alert.kind(),
            Self::Entry(alert) => alert.cause.kind(),
            Self::Invoice(alert) => alert.cause.kind(),
            Self::Payment(alert) => alert.trouble.kind(),
            Self::Refund(alert) => alert.trouble.kind(),
            Self::Receipt(alert) => alert.trouble.kind(),
            Self::PriceBook { .. } => AlertKind::PriceBookUnreadable,
            Self::Connection(alert) => alert.kind(),
        }
    }

    /// What it is about: what must be mended.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Job(alert) => alert.subject(),
            Self::Customer(alert) => alert.customer.subject(),
            Self::Item(alert) => Subject::Item(alert.item.slot.clone()),
            Self::Entry(alert) => Subject::Entry(alert.entry.slot.clone()),
            Self::Invoice(alert) => Subject::Invoice(alert.invoice.clone()),
            Self::Payment(alert) => alert.subject(),
            Self::Refund(alert) => alert.subject(),
            Self::Receipt(alert) => alert.subject(),
            Self::PriceBook { .. } => Subject::PriceBook,
            Self::Connection(_) => Subject::Connection,
        }
    }

    /// Its job, where it is about one.
    pub fn job(&self) -> Option<&JobRef> {
        match self {
            Self::Job(alert) => Some(&alert.job),
            Self::Payment(alert) => Some(&alert.job),
            Self::Refund(alert) => Some(&alert.job),
            Self::Receipt(alert) => Some(&alert.job),
            _ => None,
        }
    }

    /// The number of its job, where it is about one.
    pub fn job_number(&self) -> Option<&str> {
        self.job()?.number.as_deref()
    }

    /// The name of the customer whom it is about, or whose job.
    pub fn customer(&self) -> Option<&str> {
        match self {
            Self::Customer(alert) => Some(&alert.customer.name),
            alert => alert.job()?.customer.as_deref(),
        }
    }

    /// What happened.
    pub fn message(&self) -> String {
        match self {
            Self::Job(alert) => alert.message(),
            Self::Customer(alert) => alert.message(),
            Self::Item(alert) => alert.message(),
            Self::Entry(alert) => alert.message(),
            Self::Invoice(alert) => alert.message(),
            Self::Payment(alert) => alert.message(),
            Self::Refund(alert) => alert.message(),
            Self::Receipt(alert) => alert.message(),
            Self::PriceBook { field } => format!(
                "Housecall Pro tells something of the price book in a form that is not known here (for support: {field}; rule I4). Materials that depend on it stay in the category that they have in QuickBooks; new ones are made without one."
            ),
            Self::Connection(alert) => alert.message(),
        }
    }

    /// What to do about it. An invoice without a job has no buttons to press in Housecall Pro (P6).
    pub fn resolution(&self) -> String {
        let to_do = self.to_do();
        match self.job().is_some_and(JobRef::is_service_plan) {
            true => to_do
                .replace("ress Finish, Invoice or Pay again", PUSH)
                .replace("the job", "the invoice"),
            false => to_do.to_owned(),
        }
    }

    fn to_do(&self) -> &'static str {
        match self {
            Self::Job(alert) => alert.trouble.resolution(),
            Self::Customer(alert) => alert.resolution(),
            Self::Item(alert) => alert.resolution(),
            Self::Entry(alert) => alert.cause.resolution(),
            Self::Invoice(alert) => alert.cause.resolution(),
            Self::Payment(alert) => alert.trouble.resolution(),
            Self::Refund(alert) => alert.trouble.resolution(),
            Self::Receipt(alert) => alert.trouble.resolution(),
            Self::PriceBook { .. } => {
                "Open the price book in Housecall Pro and enter its categories and materials anew where they look odd. If they look right, the form of its data has changed there: tell whoever runs this program. Put new materials into their categories in QuickBooks by hand until it is updated."
            }
            Self::Connection(alert) => alert.resolution(),
        }
    }

    /// Whether a setting in QuickBooks may have caused it that was changed since we read it.
    pub fn depends_on_setup(&self) -> bool {
        self.kind().depends_on_setup()
    }

    /// The same, as it ends work on a job: with what is known of that, and whether QuickBooks has an invoice of it. A
    /// request that QuickBooks refused was made for the job, so the alert is about the job and ends with it.
    #[must_use]
    pub fn of(self, job: &JobRef, stands: bool) -> Self {
        match self {
            Self::Job(mut alert) => {
                alert.job.number = alert.job.number.or_else(|| job.number.clone());
                alert.job.customer = alert.job.customer.or_else(|| job.customer.clone());
                // What became of an invoice was told where it was planned.
                alert.stands |= stands && alert.document.is_none();
                Self::Job(alert)
            }
            Self::Connection(ConnectionAlert::RequestRefused(words)) => Self::Job(JobAlert {
                stands,
                ..JobAlert::new(
                    job.clone(),
                    QuickbooksTrouble::Refused { what: None, words },
                )
            }),
            other => other,
        }
    }
}

impl Alert {
    /// By how much both books differ, where it tells that to the cent: a person can accept that.
    pub fn difference(&self) -> Option<Cents> {
        match self {
            Self::Customer(alert) => alert.difference(),
            Self::Payment(alert) => alert.difference(),
            Self::Refund(alert) => alert.difference(),
            _ => None,
        }
    }

    /// The same, as it ends work on a customer.
    #[must_use]
    pub fn of_customer(self, customer: CustomerRef) -> Self {
        match self {
            Self::Connection(ConnectionAlert::RequestRefused(words)) => {
                let cause = CustomerCause::NotAsked(words);
                Self::Customer(CustomerAlert { customer, cause })
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests;
