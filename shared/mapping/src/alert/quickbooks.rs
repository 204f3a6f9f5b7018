use std::fmt;

use jiff::civil::DateTime;
use qbo::QboError;
use serde::{Deserialize, Serialize};

use super::{AlertKind, JobAlert, subject::capital};

/// How QuickBooks puts a refusal (S5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickbooksWords {
    /// Its sentence.
    pub words: String,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// Intuit's name for the answer, which their support asks for.
    pub intuit_tid: Option<String>,
}

impl From<&QboError> for QuickbooksWords {
    fn from(error: &QboError) -> Self {
        let first = match error {
            QboError::Refused { fault, .. } => fault.errors.first(),
            _ => None,
        };
        Self {
            words: first.map_or_else(|| error.to_string(), |error| error.detail.clone()),
            code: first.map(|error| error.code.clone()),
            intuit_tid: error.tid().as_str().map(str::to_owned),
        }
    }
}

impl fmt::Display for QuickbooksWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.as_deref().unwrap_or("none");
        let tid = self.intuit_tid.as_deref().unwrap_or("none");
        write!(f, "{} (code {code}, reference {tid})", self.words)
    }
}

/// What QuickBooks says to a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum QuickbooksTrouble {
    /// It refuses for a reason that has no type of its own (S5).
    Refused {
        /// What of the job, where it is not the invoice: `the customer Dana Sample`.
        what: Option<String>,
        /// How it puts it.
        words: QuickbooksWords,
    },
    /// A try of this job fails for long while others do not; it may be Housecall Pro that fails (S10).
    KeepsFailing {
        /// How often it was tried.
        tries: u32,
        /// Since when, in the company's time.
        since: DateTime,
        /// What came.
        reason: String,
    },
    /// What people did in QuickBooks with its documents cannot be looked at (R1, S10).
    NotLookedAt {
        /// Why.
        reason: String,
    },
}

impl QuickbooksTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Refused { .. } => AlertKind::QuickbooksRefused,
            Self::KeepsFailing { .. } => AlertKind::KeepsFailing,
            Self::NotLookedAt { .. } => AlertKind::PullFails,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        match self {
            Self::Refused { what: None, words } => {
                format!("QuickBooks refused {}: {words}.", of.unsent())
            }
            Self::Refused {
                what: Some(what),
                words,
            } => format!("QuickBooks refused {what} of {}: {words}.", of.name()),
            Self::KeepsFailing {
                tries,
                since,
                reason,
            } => format!(
                "{} could not be sent: it was tried {tries} times since {}. Other jobs are sent (for support: each time this came back: {reason}).",
                capital(&of.unsent()),
                time(*since)
            ),
            Self::NotLookedAt { reason } => format!(
                "What people do in QuickBooks with {} is not noticed: it could not be looked at. Other jobs are looked at (for support: {reason}).",
                of.name()
            ),
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Refused { .. } => {
                "Correct what QuickBooks names, then press Finish, Invoice or Pay again."
            }
            Self::KeepsFailing { .. } => {
                "It is tried again every hour by itself. If it does not go away, open the document in the system that answers with the error and look for what is unusual about it, then push the job once more."
            }
            Self::NotLookedAt { .. } => {
                "It is looked at again every hour by itself, nothing is left out then, and the alert ends when that succeeds. If it stays for a day, open the job in Housecall Pro and its invoice in QuickBooks, look for what is unusual about them, then have it looked at once more."
            }
        }
    }
}

/// As a person reads it.
pub(super) fn time(at: DateTime) -> String {
    at.strftime("%B %-d, %-I:%M %p").to_string()
}
