use office::{HistoryRow, SentRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::all;

/// Something that was done, by a person or by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// When it began.
    at: String,
    /// The number of the job that it is about.
    job_number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Who did it, or asked for it.
    who: Option<String>,
    /// Why something was looked at, or what a person did.
    what: String,
    /// What was sent to QuickBooks.
    sent: Vec<Sent>,
    /// How many more objects were.
    more: usize,
    /// What a person changed.
    changes: Vec<Change>,
    /// What came of it.
    ended: String,
    /// How long it took, in milliseconds.
    took: u64,
}

/// An object that was sent to QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sent {
    /// What it is: `invoice 104`.
    what: String,
    /// What was done to it: `made`, `changed`, `voided`.
    action: String,
    /// What of it is otherwise than before.
    changes: Vec<Change>,
    /// How many more fields are.
    more: usize,
    /// What QuickBooks answered.
    answer: String,
}

/// A field that is otherwise than before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Which: `line 2: amount`.
    field: String,
    /// What it was; none: nothing, or only an id.
    before: Option<String>,
    /// What it is; none: nothing, or only an id.
    after: Option<String>,
}

impl From<HistoryRow> for Done {
    fn from(row: HistoryRow) -> Self {
        Self {
            at: row.at.to_string(),
            job_number: row.number,
            customer: row.customer,
            who: row.who,
            what: row.what,
            sent: all(row.sent),
            more: row.more,
            changes: all(row.changes),
            ended: row.ended,
            took: u64::try_from(row.took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl From<SentRow> for Sent {
    fn from(row: SentRow) -> Self {
        Self {
            what: row.what,
            action: row.action.to_owned(),
            changes: all(row.changes),
            more: row.more,
            answer: row.answer,
        }
    }
}

impl From<office::Change> for Change {
    fn from(change: office::Change) -> Self {
        Self {
            field: change.field,
            before: change.before,
            after: change.after,
        }
    }
}
