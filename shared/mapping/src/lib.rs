//! The mapping: what Housecall Pro's records become in QuickBooks. Plain functions from values to values;
//! no I/O, no clock, no async.

pub mod alert;
mod bill;
pub mod customer;
mod dates;
mod deposit;
mod document;
pub mod expense;
#[cfg(test)]
mod fixtures;
mod forms;
mod graph;
mod how_paid;
pub mod invoice;
pub mod item;
mod join;
mod kind;
mod kinds;
mod lists;
mod main_bill;
pub mod marker;
mod matched;
mod names;
mod parts;
pub mod payer;
pub mod payment;
#[cfg(test)]
mod properties;
pub mod provisional;
mod raw_memory;
pub mod received;
mod records;
pub mod refund;
mod refusal;
mod removal;
pub mod restore;
pub mod rounding;
pub mod sales_receipt;
pub mod service_plan;
mod settings;
mod slot_name;
mod sorting;
#[cfg(test)]
mod splits;
mod tax;
mod tax_base;
mod terms;

pub use bill::{Bill, BilledLine, Goods};
pub use dates::{Dates, Days, Happened, dates};
pub use deposit::DepositForm;
pub use document::{Document, Role};
pub use graph::Wanted;
pub use how_paid::HowPaid;
pub use join::SentLine;
pub use kind::{Contradiction, Family, Found, Kind, KindName, LookUp, UnknownKind};
pub use kinds::{AnyKind, QboObject, TypedRows};
pub use lists::{ListEntry, ListMemory, class, class_name, method, payment_method, term};
pub use marker::Marker;
pub use matched::Matched;
pub use names::{name_hash, normalised};
pub use raw_memory::RawMemory;
pub use records::{JobRecords, Need, UnreadField, unread_customer, unread_job, unread_list};
pub use refusal::{OfferedCode, Refusal, Unmapped};
pub use settings::{
    DateSource, Entry, ExtraAccount, Invoicing, OnRemoval, ProgressInvoices, PushEdits, Refunds,
    Rounding, SettingError, SettingErrors, Settings, SyncTrigger,
};
pub use slot_name::SlotName;
pub use sorting::{Invoiced, SentBefore, SentDocument, Sorted};
pub use tax::{SalesTax, TaxCode};
pub use tax_base::TaxBase;
pub use terms::{Term, Terms, days_under, terms};
