//! The short lists of QuickBooks that an invoice or a payment refers to: terms, classes, methods of payment.
//! An entry is found by what it means, else by its name, else made (M1, M3, L6, P2).

mod class;
mod entry;
mod payment_method;
mod term;

use hcp::{Payment, PaymentMethod};
use qbo::limits;
use serde::{Deserialize, Serialize};

use crate::names::{self, normalised};

pub use self::{class::class, payment_method::method, term::term};

/// An entry of such a list, as it was read last. It is kept in this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Of a term: days until an invoice is due; none where the term names a day of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// Whether it can be used; inactive ones hold their names.
    #[serde(default = "usable")]
    pub active: bool,
}

fn usable() -> bool {
    true
}

/// What is remembered of an entry: nothing beside the link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMemory {}

/// What a list holds of what is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    /// This entry.
    Existing(qbo::Id),
    /// Nothing: it is made under this name, which no other entry has.
    Create(String),
}

/// The term of so many days: by days first, then by name (M1, M3).
pub(crate) fn find_term(known: &[ListEntry], days: u16) -> Listed {
    let name = term_name(days);
    let by_days = || active(known).filter(|term| term.days == Some(days));
    by_days()
        .find(|term| called(term, &name))
        .or_else(|| by_days().next())
        .map_or_else(
            || find_named(known, &name, limits::TERM_NAME),
            |term| Listed::Existing(term.id.clone()),
        )
}

/// The name of a new one.
fn term_name(days: u16) -> String {
    match days {
        0 => "Due on receipt".to_owned(),
        days => format!("Net {days}"),
    }
}

/// The entry of that name, case and spacing ignored; a new one's has at most `limit` characters.
pub(crate) fn find_named(known: &[ListEntry], name: &str, limit: usize) -> Listed {
    if let Some(entry) = active(known).find(|entry| called(entry, name)) {
        return Listed::Existing(entry.id.clone());
    }
    // An entry that is no longer used may still hold its name.
    let mut free = name.to_owned();
    let mut next = 2_usize;
    while known.iter().any(|entry| called(entry, &free)) {
        free = names::with_suffix(name, &format!(" ({next})"), limit);
        next += 1;
    }
    Listed::Create(free)
}

/// The name of the class that a job's business unit becomes (L6); none where the job has no business unit.
pub fn class_name(job: &hcp::Job) -> Option<String> {
    let unit = job.job_fields.business_unit.as_ref()?;
    names::name(unit.name.as_deref()?, limits::CLASS_NAME)
}

/// The name of a payment's method, and whether it is a card (P2). None where Housecall Pro tells nothing.
pub fn payment_method(payment: &Payment) -> Option<(String, bool)> {
    let name = match payment.payment_method.as_ref()? {
        PaymentMethod::CreditCard => return Some(("Credit Card".to_owned(), true)),
        PaymentMethod::Ach => "ACH".to_owned(),
        PaymentMethod::ConsumerFinancing => "Financing".to_owned(),
        PaymentMethod::MobileCheckDeposit => "Mobile Check".to_owned(),
        PaymentMethod::Bnpl => "Buy now pay later".to_owned(),
        PaymentMethod::External => outside(payment.note.as_deref().unwrap_or_default()).to_owned(),
        PaymentMethod::Other(method) => names::name(method, limits::PAYMENT_METHOD_NAME)?,
    };
    Some((name, false))
}

/// Outside Housecall Pro only the note tells how somebody paid.
fn outside(note: &str) -> &'static str {
    let note = note.to_lowercase();
    let told = |words: &[&str]| words.iter().any(|word| note.contains(word));
    if told(&["check", "cheque"]) {
        "Check"
    } else if told(&["cash"]) {
        "Cash"
    } else {
        "Other"
    }
}

fn active(known: &[ListEntry]) -> impl Iterator<Item = &ListEntry> {
    known.iter().filter(|entry| entry.active)
}

fn called(entry: &ListEntry, name: &str) -> bool {
    normalised(&entry.name) == normalised(name)
}

#[cfg(test)]
mod tests;
