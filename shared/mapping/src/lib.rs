//! The mapping: what Housecall Pro's records become in QuickBooks. Plain functions from values to values;
//! no I/O, no clock, no async.

pub mod customer;
mod dates;
pub mod invoice;
pub mod item;
pub mod marker;
mod names;
mod records;
mod refusal;

pub use dates::{Dates, Days, Happened, dates};
pub use names::normalised;
pub use records::{BilledLine, Goods, JobRecords};
pub use refusal::Refusal;
