//! What was done, by looks and by people: one record for each, which nobody changes afterwards (K1).

use jiff::Timestamp;
use mapping::KindName;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{
    codec::Body,
    job::{Cause, JobState, Mark},
    list::Lists,
    places,
    table::Key,
};

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// What tells them from all others: the id of their sign-in, or of the AWS identity that ran the command.
    pub id: String,
    /// What people know them by.
    pub name: String,
}

/// What was done at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When it began.
    pub at: Timestamp,
    /// What it is about; none: the company as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// What was done.
    pub did: Did,
    /// What was sent to QuickBooks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// How many more objects were sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// How it ended.
    pub ended: Ended,
    /// When the webhook of Housecall Pro's came that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard: Option<Timestamp>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub took: u64,
}

/// What something that was done is about, as people know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The id of a job, a customer or an invoice in Housecall Pro, or the name of a task.
    pub id: String,
    /// The number of the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The name of its customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// A look, for these reasons.
    Looked(Vec<Reason>),
    /// An act of a person.
    Acted(Act),
}

/// Why something was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What happened.
    pub what: LookCause,
    /// Who asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// What made us look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookCause {
    /// A trigger.
    Trigger(Cause),
    /// Something changed in Housecall Pro that triggers nothing (T5, T6).
    Changed,
    /// Somebody did something in QuickBooks (R1).
    InQuickbooks,
}

/// An act of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who.
    pub by: By,
    /// What they did.
    pub what: ActKind,
    /// With what, or why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What is otherwise since then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
}

/// What people do. The names are stored: none is ever changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// They pushed it by hand (U2).
    Pushed,
    /// They had QuickBooks looked at (R1).
    Pulled,
    /// They ticked an entry of the inbox off (R2).
    TickedOff,
    /// They took such a tick back (R2).
    TickedBack,
    /// They decided about a payment or a refund (R3, R4).
    DecidedPayment,
    /// They accepted a difference (S3).
    Dismissed,
    /// They linked an invoice that QuickBooks had before (T12).
    Linked,
    /// They chose a way out of an alert (S2).
    Resolved,
    /// They took back that an alert was dismissed (S3).
    Reopened,
    /// They decided about a customer or an item (S2).
    Chose,
    /// They mapped an item to an income account (I5).
    MappedIncome,
    /// They mapped lines of a name to an item (L5).
    MappedLine,
    /// They changed settings.
    ChangedSettings,
    /// They connected the company, or changed its keys.
    Connected,
    /// They ended the connection with QuickBooks.
    Disconnected,
    /// They had all work of the company wait.
    Paused,
    /// They had it go on.
    Resumed,
    /// They had restored what was lost (V15).
    Restored,
    /// They changed who may use the company.
    ChangedPeople,
}

/// An object that was sent to QuickBooks, and what that answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// What kind of object.
    pub kind: KindName,
    /// What was done to it.
    pub action: SentAction,
    /// What of it is otherwise than before; of a new one all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// How many more fields are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// What QuickBooks answered.
    pub answer: Answered,
}

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentAction {
    /// It is made.
    Made,
    /// It is changed.
    Changed,
    /// It is voided.
    Voided,
}

/// A field that is otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Where it stands: of an object in QuickBooks' own names, `Line[2].Amount`.
    pub field: String,
    /// What it was; none: it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is; none: it is not there any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What QuickBooks answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It took it.
    Took {
        /// Its id there.
        id: qbo::Id,
        /// Its number or name there.
        name: String,
        /// What it comes to there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Cents>,
    },
    /// It did not.
    Refused {
        /// Why, in its own words.
        words: String,
    },
    /// Nothing that is known: a later look finds out.
    Nothing,
}

/// How something that was done ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It did not come to its end: the next look goes on.
    Interrupted,
    /// It came to its end.
    Done,
    /// The job stands so.
    State(JobState),
    /// A person must decide.
    Alert {
        /// The type of the alert.
        kind: String,
        /// What it says.
        message: String,
    },
    /// It was put off.
    PutOff {
        /// Why.
        why: String,
    },
}

impl Body for HistoryEntry {
    const KIND: &'static str = "history entry";

    fn lists(&self, key: &Key) -> Lists {
        places::of_history(key, self)
    }
}

impl From<LookCause> for Reason {
    fn from(what: LookCause) -> Self {
        Self { what, by: None }
    }
}

impl From<&Mark> for Reason {
    fn from(mark: &Mark) -> Self {
        Self {
            what: LookCause::Trigger(mark.trigger),
            by: mark.by.clone(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference to what it asks about"
)]
pub(crate) fn is_zero(count: &usize) -> bool {
    *count == 0
}
