//! Records as Housecall Pro writes them. Webhooks and REST answers differ in a few keys.

pub(crate) mod company;
pub(crate) mod customer;
mod invoice;
mod job;
pub(crate) mod keys;
mod offers;
pub(crate) mod price_book;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{company::Company, options::Options, shelf::When, webhook::seconds};

/// Who reads the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A REST answer.
    Rest,
    /// A webhook's body.
    Webhook,
}

/// Writes records from one state of the company.
#[derive(Clone, Copy)]
pub(crate) struct Records<'a> {
    pub(crate) company: &'a Company,
    pub(crate) options: &'a Options,
    pub(crate) when: When,
}

fn time(time: Timestamp) -> Value {
    json!(seconds(time))
}

fn optional_time(time: Option<Timestamp>) -> Value {
    json!(time.map(seconds))
}

/// Puts further keys into an object.
pub(crate) fn extend(record: &mut Value, more: Value) {
    if let (Value::Object(record), Value::Object(more)) = (record, more) {
        record.extend(more);
    }
}
