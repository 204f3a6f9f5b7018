//! The rules of the books, one file an entity.

pub(crate) mod account;
pub(crate) mod classes;
pub(crate) mod company;
pub(crate) mod credits;
pub(crate) mod customer;
pub(crate) mod deposit;
mod hierarchy;
pub(crate) mod item;
pub(crate) mod journal;
mod line_ids;
pub(crate) mod links;
pub(crate) mod merge;
mod names;
pub(crate) mod payment;
pub(crate) mod people;
mod period;
mod posting;
pub(crate) mod purchase;
mod references;
pub(crate) mod sales;
pub(crate) mod tax;
pub(crate) mod term;
mod tracking;

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;

pub(crate) use hierarchy::rename_children;
pub(crate) use posting::trial_balance;
pub(crate) use references::check as check_references;
pub(crate) use tracking::settle as check_tracking;

use crate::{
    fault::Refusal,
    json::{Json, Object},
    options::{Company, Doubts},
    schema::Entity,
    store::Books,
    times::Times,
};

/// What rules need to know besides the books.
pub(crate) struct Env<'a> {
    pub(crate) company: &'a Company,
    pub(crate) doubts: &'a Doubts,
    pub(crate) times: Times,
    pub(crate) now: Timestamp,
}

impl Env<'_> {
    pub(crate) fn today(&self) -> Date {
        self.times.day(self.now)
    }
}

/// A change of one object on its way into the books.
pub(crate) struct Change {
    pub(crate) entity: &'static Entity,
    pub(crate) id: u64,
    pub(crate) kind: ChangeKind,
    pub(crate) author: Author,
    pub(crate) allow_duplicate_number: bool,
    /// What came in, in stored form; `Json::Null` for what is to be cleared.
    pub(crate) sent: Object,
    /// The object as it was; empty at creation.
    pub(crate) old: Object,
    /// The object as it will be; empty at deletion.
    pub(crate) new: Object,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Create,
    Full,
    Sparse,
    Void,
    Delete,
}

/// Who changes an object: people are not held to the checks that only the API makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    App,
    Person,
}

impl Change {
    /// Whether the sender gave this field a value.
    pub(crate) fn sends(&self, field: &str) -> bool {
        self.sent
            .get(field)
            .is_some_and(|value| *value != Json::Null)
    }

    /// Sets a field that the new object lacks.
    pub(crate) fn or_else(&mut self, field: &str, value: impl FnOnce() -> Json) {
        if self.new.get(field).is_none() {
            self.new.set(field, value());
        }
    }
}

/// Says in a document's note that it was voided; the note stays behind that (recorded).
fn void_note(document: &mut Object) {
    let note = match document.text("PrivateNote") {
        None => "Voided".to_owned(),
        Some(note) if note.starts_with("Voided") => return,
        Some(note) => format!("Voided - {note}"),
    };
    document.set("PrivateNote", note);
}

/// For entities whose changes touch no other object.
pub(crate) fn nothing_else(_: &mut Books, _: &Env<'_>, _: &Change) {}

/// Gives an address that was sent its own id; one that came from elsewhere keeps its.
pub(crate) fn number_address(books: &mut Books, change: &mut Change, field: &str) {
    if change.sends(field)
        && let Some(Json::Object(address)) = change.new.get_mut(field)
    {
        let mut numbered = Object::new().with("Id", books.next_id("addresses").to_string());
        for (name, value) in address.iter() {
            numbered.set(name, value.clone());
        }
        *address = numbered;
    }
}

/// Fills in the home currency; there is only one, and its rate of 1 (or 0, which some clients send) is not
/// kept.
pub(crate) fn home_currency(change: &mut Change) -> Result<(), Refusal> {
    if change
        .new
        .text("CurrencyRef.value")
        .is_some_and(|code| code != "USD")
    {
        return Err(Refusal::not_covered("a currency other than USD"));
    }
    let rate = change.new.remove("ExchangeRate");
    let is_home = |rate: Decimal| rate.is_zero() || rate == Decimal::ONE;
    if rate.is_some_and(|rate| !rate.as_decimal().is_some_and(is_home)) {
        return Err(Refusal::not_covered("an exchange rate other than 1"));
    }
    change.or_else("CurrencyRef", || Object::new().with("value", "USD").into());
    Ok(())
}
