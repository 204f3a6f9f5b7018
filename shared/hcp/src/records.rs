//! Housecall Pro's records, as far as the sync reads them.
//!
//! Live answers have keys that the published description lacks, leave out others, send `null` for anything, grow new
//! enum values and change the form of single fields. So unknown keys are ignored, every field but a record's own id may
//! be absent, every enum keeps an unknown value as text, and a field in an unknown form is none, and is told as
//! [`Unread`]: a missing amount and a misread one are different things, but which of them matters is not known here.

mod company;
mod customer;
mod fields;
mod invoice;
mod job;
mod open_enum;
mod price_book;

pub use company::Company;
pub use customer::{Address, AddressKind, Customer};
pub use fields::Unread;
pub use invoice::{
    Discount, Invoice, InvoiceItem, InvoiceStatus, Payment, PaymentMethod, PaymentStatus, Refund,
    Tax,
};
pub use job::{
    Job, JobFields, LineItem, LineKind, Named, Note, Schedule, ServiceItemType, Tag, WorkStatus,
    WorkTimestamps,
};
pub use price_book::{Material, MaterialCategory};

pub(crate) use fields::{Fields, Missing, Record, timestamp};

#[cfg(test)]
mod tests;
