//! What a person asked for and cannot have.

use mapping::SettingErrors;
use thiserror::Error;

use crate::stop::Stop;

/// What a person asked for and cannot have. Nothing was changed, and nothing is tried again: the words say what they
/// can do. Each variant is one answer of an API: not found, conflict, out of date, unusable, forbidden.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Declined {
    /// There is no such thing.
    #[error("{words}")]
    NoSuch {
        /// What there is not: `job`, `connection`.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What a person reads.
        words: String,
    },
    /// Something else has it.
    #[error("{words}")]
    HeldBy {
        /// What was to be had: `customer`, `name`.
        what: &'static str,
        /// Who or what has it.
        holder: String,
        /// What a person reads.
        words: String,
    },
    /// It is not any more what the person saw, or somebody is working on it.
    #[error("{words}")]
    Changed {
        /// What changed: `invoice`, `job`.
        what: &'static str,
        /// What a person reads.
        words: String,
    },
    /// It is there, and does not do for this.
    #[error("{words}")]
    NotUsable {
        /// What does not do: `number`, `account`.
        what: &'static str,
        /// What a person reads.
        words: String,
    },
    /// The person may not do it.
    #[error("{words}")]
    NotAllowed {
        /// What a person reads.
        words: String,
    },
}

impl Declined {
    /// See [`Declined::NoSuch`].
    pub fn no_such(what: &'static str, name: &impl ToString, words: impl Into<String>) -> Self {
        let (name, words) = (name.to_string(), words.into());
        Self::NoSuch { what, name, words }
    }

    /// See [`Declined::HeldBy`].
    pub fn held_by(what: &'static str, holder: &impl ToString, words: impl Into<String>) -> Self {
        let (holder, words) = (holder.to_string(), words.into());
        Self::HeldBy {
            what,
            holder,
            words,
        }
    }

    /// See [`Declined::Changed`].
    pub fn changed(what: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self::Changed { what, words }
    }

    /// See [`Declined::NotUsable`].
    pub fn not_usable(what: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self::NotUsable { what, words }
    }
}

/// Why something that a person asked for was not done: either it cannot be, or something failed that may work when it
/// is asked for again.
#[derive(Debug, Error)]
pub enum NotDone {
    /// It cannot be had.
    #[error(transparent)]
    Declined(#[from] Declined),
    /// It could not be done now.
    #[error(transparent)]
    Stop(Stop),
}

/// Nobody waits in the background for what a person asked: a plan that is out of date, and a decision that a person
/// must take, go to that person at once.
impl From<Stop> for NotDone {
    fn from(stop: Stop) -> Self {
        match stop {
            stop @ Stop::PlanAgain(_) => {
                Declined::changed("record", format!("{stop}: try it again")).into()
            }
            Stop::Alert(alert) => Declined::not_usable("request", alert.message()).into(),
            stop => Self::Stop(stop),
        }
    }
}

impl From<store::StoreError> for NotDone {
    fn from(error: store::StoreError) -> Self {
        Self::Stop(error.into())
    }
}

impl From<store::TableError> for NotDone {
    fn from(error: store::TableError) -> Self {
        Self::Stop(error.into())
    }
}

impl From<store::WriteError> for NotDone {
    fn from(error: store::WriteError) -> Self {
        Stop::from(error).into()
    }
}

impl From<ports::QueueError> for NotDone {
    fn from(error: ports::QueueError) -> Self {
        Self::Stop(error.into())
    }
}

impl From<SettingErrors> for NotDone {
    fn from(errors: SettingErrors) -> Self {
        Declined::not_usable("settings", errors.to_string()).into()
    }
}
