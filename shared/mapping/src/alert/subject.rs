use std::fmt;

use hcp::{CustomerId, InvoiceId, JobId, PaymentId, RefundId};
use serde::{Deserialize, Serialize};

use crate::{JobRecords, Role, SlotName, customer};

/// What an alert is about. As text it is part of the alert's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A job, and its main invoice.
    Job(JobId),
    /// Another invoice of a job.
    Document(JobId, Role),
    /// A customer.
    Customer(CustomerId),
    /// The sub-customer for an address of a customer (C11).
    Address(CustomerId, String),
    /// An item, by its slot.
    Item(String),
    /// An entry of one of QuickBooks' short lists, by its slot.
    Entry(String),
    /// A Housecall Pro invoice whose job is not known.
    Invoice(InvoiceId),
    /// A payment of a job.
    Payment(JobId, PaymentId),
    /// A refund of a job.
    Refund(JobId, RefundId),
    /// What of a payment of a job repeats refunds of an invoice.
    Receipt(JobId, PaymentId, InvoiceId),
    /// The price book.
    PriceBook,
    /// The connection as a whole.
    Connection,
}

impl Subject {
    /// One of the invoices of a job: of the main one the job.
    pub fn of_document(job: &JobId, role: Role) -> Self {
        match role.place() {
            Role::Main => Self::Job(job.clone()),
            role => Self::Document(job.clone(), role),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job(job) | Self::Document(job, Role::Main) => job.fmt(f),
            Self::Document(job, Role::Deposit) => write!(f, "{job}#deposit#1"),
            Self::Document(job, Role::Part(count)) => write!(f, "{job}#partial#{count}"),
            Self::Customer(customer) => customer.fmt(f),
            Self::Address(customer, place) => write!(f, "{customer}#{place}"),
            Self::Item(slot) | Self::Entry(slot) => f.write_str(slot),
            Self::Invoice(invoice) => invoice.fmt(f),
            Self::Payment(job, payment) => SlotName::payment(job, payment).fmt(f),
            Self::Refund(job, refund) => SlotName::refund(job, refund).fmt(f),
            Self::Receipt(job, payment, invoice) => {
                SlotName::sales_receipt(job, payment, invoice).fmt(f)
            }
            Self::PriceBook => f.write_str("price-book"),
            Self::Connection => f.write_str("connection"),
        }
    }
}

/// A job, as a person knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRef {
    /// Its id.
    pub id: JobId,
    /// Its number, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The name of its customer, once it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

impl JobRef {
    /// A job of which nothing was read yet.
    pub fn unread(id: &JobId) -> Self {
        Self {
            id: id.clone(),
            number: None,
            customer: None,
        }
    }

    /// Inside a sentence: `job 104`, or `invoice RSA-1` where there is no job (P6).
    pub fn name(&self) -> String {
        self.named(self.one())
    }

    /// The same where it is known which one is meant: `the job of Dana Sample`.
    pub(super) fn definite_name(&self) -> String {
        self.named(&format!("the {}", self.what()))
    }

    fn named(&self, nameless: &str) -> String {
        match (&self.number, &self.customer) {
            (Some(number), _) => format!("{} {number}", self.what()),
            (None, Some(customer)) => format!("{nameless} of {customer}"),
            (None, None) => nameless.to_owned(),
        }
    }

    /// `job`, or `invoice` where there is no job (P6).
    pub fn what(&self) -> &'static str {
        match self.is_service_plan() {
            true => "invoice",
            false => "job",
        }
    }

    fn one(&self) -> &'static str {
        match self.is_service_plan() {
            true => "an invoice",
            false => "a job",
        }
    }

    /// Whether it is the invoice of a service plan, which has no job (P6).
    pub(super) fn is_service_plan(&self) -> bool {
        self.id.invoice().is_some()
    }
}

impl From<&JobRecords> for JobRef {
    fn from(records: &JobRecords) -> Self {
        Self {
            id: records.job.id.clone(),
            number: records.number().map(str::to_owned),
            customer: Some(customer::given_name(&records.customer)),
        }
    }
}

/// A customer, or the sub-customer for one of their addresses (C11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRef {
    /// The id in Housecall Pro.
    pub id: CustomerId,
    /// What tells the address, of a sub-customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The name.
    pub name: String,
}

impl CustomerRef {
    /// What alerts about it are about.
    pub fn subject(&self) -> Subject {
        match &self.place {
            Some(place) => Subject::Address(self.id.clone(), place.clone()),
            None => Subject::Customer(self.id.clone()),
        }
    }
}

/// A product or service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRef {
    /// The name of its slot in the ledger.
    pub slot: String,
    /// Its name in Housecall Pro.
    pub name: String,
}

/// An entry of one of QuickBooks' short lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRef {
    /// The name of its slot in the ledger.
    pub slot: String,
    /// What it is, inside a sentence: `the payment method Card`.
    pub name: String,
}

/// A sentence that begins with these words.
pub(super) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
