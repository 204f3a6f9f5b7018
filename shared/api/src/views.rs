//! What is sent and what is answered, as JSON, by what it is about. Amounts are texts with two digits, times are RFC 3339
//! in UTC.

mod alerts;
mod card;
mod companies;
mod customers;
mod decisions;
mod history;
mod inbox;
mod items;
mod jobs;
mod orders;
mod payments;
mod people;
mod quickbooks;
mod settings;
mod telling;
mod today;

pub(crate) use alerts::Alert;
pub(crate) use card::Job;
pub(crate) use companies::Company;
pub(crate) use customers::CustomerLine;
pub(crate) use decisions::{Accepted, DecidedAbout, Decision, Dismissal, NewDecision};
pub(crate) use history::Done;
pub(crate) use inbox::{Entry, Tick};
pub(crate) use items::{
    Assigned, ItemLine, Named, NewAccounts, NewLineItems, NewMatches, TypedLine,
};
pub(crate) use jobs::JobLine;
pub(crate) use orders::{Outcome, Progress, Taken, WhichJob, WhichRecords, named};
pub(crate) use payments::PaymentLine;
pub(crate) use people::{NewPerson, NewRole, Person};
pub(crate) use quickbooks::Quickbooks;
pub(crate) use settings::{NewSettings, Nothing, Settings};
pub(crate) use telling::{Channel, Mailed};
pub(crate) use today::Today;

use serde::Serialize;

/// The name that a value without fields has in JSON.
fn name(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn all<T: Into<U>, U>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}

fn texts(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}
