use hcp::{InvoiceId, Trigger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::codec::Body;

/// What is known of a job: the triggers seen so far, and whether work on it is left.
///
/// A job with work left has `due` set on its record: the moment at which it is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Every trigger that was seen, each once.
    pub marks: Vec<Mark>,
    /// How many of the marks, from the first, were carried to QuickBooks (or reported).
    pub handled: usize,
    /// How often in a row the job was put off; grows the wait.
    #[serde(default)]
    pub put_off: u32,
    /// How often in a row Housecall Pro's records did not show what its event had told.
    #[serde(default)]
    pub lags: u32,
    /// Why it waits, in plain words, when it does.
    #[serde(default)]
    pub waits_for: Option<String>,
    /// What the card of the job says.
    #[serde(default)]
    pub state: JobState,
    /// Whether something about it changed that pushes nothing by itself, and that could not be looked at yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed: bool,
    /// Whether alerts about it may be open: they are closed when it is in QuickBooks after all.
    #[serde(default)]
    pub alerted: bool,
    /// The job's number, once it was read.
    #[serde(default)]
    pub number: Option<String>,
}

/// The state of a job, as its card shows it (K1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nothing was seen that pushes it.
    #[default]
    NotSynced,
    /// Its first trigger happened before the connection was made (T8).
    BeforeConnection,
    /// Work is left.
    Queued,
    /// QuickBooks has what the last trigger carried.
    Synced,
    /// The same, and Housecall Pro has it otherwise since: the next trigger or a push by hand carries it (T5).
    PendingChanges,
    /// What happened so far makes no invoice of it (T3, N7).
    WaitsForTrigger,
    /// There was nothing to send: the total is zero and no invoice exists (T9).
    NothingToSend,
    /// It could not be sent; an alert says why.
    Alert,
    /// It is gone from Housecall Pro.
    Gone,
}

/// What makes a job push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A job was marked finished (T2).
    Finished,
    /// An invoice was sent (T2).
    Invoiced,
    /// An invoice or a job was paid, wholly or in part (T2).
    Paid,
    /// A person pushed it by hand (U2).
    ByHand,
    /// It was edited, and edits push by themselves (T5).
    Edited,
}

impl From<Trigger> for Cause {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Finished => Self::Finished,
            Trigger::Invoiced => Self::Invoiced,
            Trigger::Paid => Self::Paid,
        }
    }
}

/// A trigger that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What happened, and to what.
    pub key: String,
    /// When the event occurred, where the same thing can happen again; none when a sweep told of it.
    #[serde(default)]
    pub occurred: Option<Timestamp>,
    /// Which trigger.
    pub trigger: Cause,
    /// When it happened in Housecall Pro.
    pub at: Timestamp,
    /// The invoice that it is about, where it is about one.
    pub invoice: Option<InvoiceId>,
}

impl Job {
    /// Whether an occurrence is known. A sweep sees the record only: to it, any occurrence is the one.
    pub fn knows(&self, key: &str, occurred: Option<Timestamp>) -> bool {
        self.marks
            .iter()
            .any(|known| known.key == key && (occurred.is_none() || known.occurred == occurred))
    }

    /// Adds a mark unless it is known; tells whether it was new.
    pub fn mark(&mut self, mark: Mark) -> bool {
        let new = !self.knows(&mark.key, mark.occurred);
        if new {
            self.marks.push(mark);
            self.state = JobState::Queued;
        }
        new
    }

    /// Whether a person ever pushed it by hand: then neither its age nor its total keeps it back (U2).
    pub fn was_pushed_by_hand(&self) -> bool {
        let by_hand = |mark: &Mark| mark.trigger == Cause::ByHand;
        self.marks.iter().any(by_hand)
    }

    /// The marks that are still to be carried.
    pub fn unhandled(&self) -> &[Mark] {
        self.marks.get(self.handled..).unwrap_or_default()
    }
}

impl Body for Job {
    const KIND: &'static str = "job";
}

/// An edit of a customer that was put off (T5): it is there only as long as there is something to do, and `due` on its
/// record tells when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerEdit {
    /// How often in a row it was put off; grows the wait.
    pub put_off: u32,
    /// Why it waits, in plain words.
    pub waits_for: String,
}

impl Body for CustomerEdit {
    const KIND: &'static str = "customer edit";
}

/// How far a sweep has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Everything before was seen by a clean pass.
    pub seen_until: Timestamp,
}

/// The sweeps that keep a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepName {
    /// Invoices that were paid.
    Paid,
    /// Invoices that were sent.
    Sent,
    /// Jobs that were finished.
    Finished,
}

impl SweepName {
    /// As it stands in keys.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Sent => "sent",
            Self::Finished => "finished",
        }
    }
}

impl Body for Cursor {
    const KIND: &'static str = "cursor";
}
