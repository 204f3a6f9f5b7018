//! What is sent and what is answered, as JSON, by what it is about. Amounts are texts with two digits, times are RFC 3339
//! in UTC.

mod alerts;
mod companies;
mod decisions;
mod inbox;
mod jobs;
mod orders;
mod people;
mod settings;

pub(crate) use alerts::Alert;
pub(crate) use companies::Company;
pub(crate) use decisions::{Accepted, DecidedAbout, Decision, Dismissal, NewDecision};
pub(crate) use inbox::{Begun, Entry, Tick};
pub(crate) use jobs::{Job, JobLine};
pub(crate) use orders::{Outcome, Taken, WhichJob, WhichJobs, named};
pub(crate) use people::{NewPerson, NewRole, Person};
pub(crate) use settings::{NewSettings, Settings};

use serde::Serialize;

/// The name that a value without fields has in JSON.
fn name(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn all<T: Into<U>, U>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}
