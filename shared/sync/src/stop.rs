//! How work ends that does not reach its end: each variant of [`Stop`] says what happens next, and nothing else.
//!
//! # Which error when
//!
//! | what happened | what to return | what follows |
//! | --- | --- | --- |
//! | a limit, a lease, a turn, the time of this run | [`Stop::Turn`] | it goes on at that time; no try counts |
//! | the connection is paused or lost | [`Stop::NotConnected`] | it keeps its place until there is one |
//! | a write on its way, a locked list, keys that change | [`Stop::Later`] | it is put off, each time for longer |
//! | no answer, or a 5xx | [`Stop::Failed`] | it is tried again; lasting, an alert or an outage (S10) |
//! | a refusal that may pass | [`Stop::Refused`] | it is tried again; lasting, an alert |
//! | the records do not show what an event told | [`Stop::Lagging`] | they are read again, for a while |
//! | a person must decide | [`Stop::Alert`] | the alert is written; the work is done for now |
//! | a record changed under a plan | [`Stop::PlanAgain`] | it is planned once more, from what is there now |
//! | our table, secrets or queue did not answer, or something of ours is defective | [`Stop::Broken`] | the message comes back |
//! | a person asked for something that there is not | [`Declined`](crate::Declined) | they are told, and nothing is tried again |
//!
//! Use cases that run by themselves return [`Stop`]. Those that a person asks for return [`NotDone`](crate::NotDone),
//! into which both turn by `?`. An error of another crate is kept whole, as the source: words are made of it where it
//! is logged or shown, by [`chain`].

use std::error::Error;

use jiff::{SignedDuration, Timestamp};
use mapping::alert::Alert;
use ports::{QueueError, SecretError, Source};
use store::{StoreError, System, TableError};
use thiserror::Error;

/// Why work did not reach its end. What happens next follows from the variant alone.
#[derive(Debug, Error)]
pub enum Stop {
    /// It waits for something of our own: a limit, a lease, time to run. No failure, and counted by nobody.
    #[error("waits until {until}: {cause}")]
    Turn {
        /// When it may go on.
        until: Timestamp,
        /// Its place among those who wait, where it has got one.
        turn: Option<Timestamp>,
        /// What it waits for.
        #[source]
        cause: Source,
    },
    /// The connection is paused or lost: it waits until there is one, whenever that is.
    #[error("waits for the connection: {cause}")]
    NotConnected {
        /// Why there is none.
        #[source]
        cause: Source,
    },
    /// It is put off: the work is parked and looked at again.
    #[error("put off until {until}: {cause}")]
    Later {
        /// When it is worth another look.
        until: Timestamp,
        /// Why.
        #[source]
        cause: Source,
    },
    /// A system did not answer, or with an error of its own. It is tried again; when that lasts for one subject a
    /// person is told, and when it happens to all, an outage begins (S10).
    #[error("{cause}")]
    Failed {
        /// Which one.
        system: System,
        /// When it is worth another try.
        until: Timestamp,
        /// What came.
        #[source]
        cause: Source,
    },
    /// QuickBooks refuses one document for a reason that may pass. It is tried again; when it lasts, a person is told
    /// (S10).
    #[error(transparent)]
    Refused(Source),
    /// Housecall Pro's records do not show yet what its event told: the job is parked, for a while.
    #[error("Housecall Pro does not show yet that the job was {event}")]
    Lagging {
        /// `finished`, `invoiced`, `paid`.
        event: &'static str,
    },
    /// A person must decide: an alert is written and the work is done for now.
    #[error("alert {}", .0.kind().name())]
    Alert(Box<Alert>),
    /// Another worker changed a record that this plan was made from: the plan is made again.
    #[error("{0} was changed by another worker")]
    PlanAgain(String),
    /// Our own records, secrets or queue did not answer, or something of ours is defective: the message goes back to
    /// the queue. Never what a person asked for and cannot have: that is [`Declined`](crate::Declined).
    #[error(transparent)]
    Broken(Source),
}

impl Stop {
    /// The time of this run is used up; whoever takes the work up goes on with it.
    pub(crate) fn out_of_time(now: Timestamp) -> Self {
        Self::Turn {
            until: now + SignedDuration::from_secs(1),
            turn: None,
            cause: "the time of this run is used up".into(),
        }
    }
}

/// A defect of ours, or an answer that nobody can use.
pub(crate) fn broken(error: impl Into<Source>) -> Stop {
    Stop::Broken(error.into())
}

/// An error with all that caused it, in one line. Many errors quote their cause: what is told already is not told
/// twice.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !told.contains(&words) {
            told.push_str(": ");
            told.push_str(&words);
        }
        cause = error.source();
    }
    told
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<TableError> for Stop {
    fn from(error: TableError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<SecretError> for Stop {
    fn from(error: SecretError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<QueueError> for Stop {
    fn from(error: QueueError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<store::WriteError> for Stop {
    fn from(error: store::WriteError) -> Self {
        match error {
            store::WriteError::Conflict { key, .. } => Self::PlanAgain(key.to_string()),
            store::WriteError::Table(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_tells_every_cause_once() {
        let table = TableError {
            action: "read",
            what: "job#job_1".to_owned(),
            source: "no connection".into(),
        };
        let stop = Stop::from(StoreError::from(table));
        let told = "the table could not read job#job_1: no connection";
        assert_eq!(chain(&stop), told);
        #[derive(Debug, Error)]
        #[error("the invoice was not made")]
        struct Outer(#[source] Stop);
        let until = Timestamp::UNIX_EPOCH;
        let cause = Source::from("status 503");
        let system = System::Quickbooks;
        let failed = Stop::Failed {
            system,
            until,
            cause,
        };
        assert_eq!(
            chain(&Outer(failed)),
            "the invoice was not made: status 503"
        );
    }
}
