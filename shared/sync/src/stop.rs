use jiff::{SignedDuration, Timestamp};
use ports::{QueueError, SecretError};
use store::{StoreError, System, TableError};
use thiserror::Error;

use crate::alerts::Finding;

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
        /// What it waits for, in plain words.
        cause: String,
    },
    /// The connection is paused or lost: it waits until there is one, whenever that is.
    #[error("waits for the connection: {cause}")]
    NotConnected {
        /// Why there is none, in plain words.
        cause: String,
    },
    /// It is put off: the job is parked and looked at again.
    #[error("put off until {until}: {cause}")]
    Later {
        /// When it is worth another look.
        until: Timestamp,
        /// Why, in plain words.
        cause: String,
    },
    /// A system did not answer, or with an error of its own. It is tried again; when that lasts for one subject a
    /// person is told, and when it happens to all, an outage begins (S10).
    #[error("tried again at {until}: {cause}")]
    Failed {
        /// Which one.
        system: System,
        /// When it is worth another try.
        until: Timestamp,
        /// What came, in plain words.
        cause: String,
    },
    /// QuickBooks refuses one document for a reason that may pass. It is tried again; when it lasts, a person is told
    /// (S10).
    #[error("{0}")]
    Refused(String),
    /// Housecall Pro's records do not show yet what its event told: the job is parked, for a while.
    #[error("Housecall Pro does not show yet that the job was {event}")]
    Lagging {
        /// `finished`, `invoiced`, `paid`.
        event: &'static str,
    },
    /// A person must decide: an alert is written and the work is done for now.
    #[error("alert {}", .0.kind.name())]
    Alert(Box<Finding>),
    /// Another worker changed a record that this plan was made from: the plan is made again.
    #[error("{0} was changed by another worker")]
    PlanAgain(String),
    /// Our own records, secrets or queue did not answer: the message goes back to the queue.
    #[error("{0}")]
    Broken(String),
}

impl Stop {
    /// The time of this run is used up; whoever takes the work up goes on with it.
    pub(crate) fn out_of_time(now: Timestamp) -> Self {
        Self::Turn {
            until: now + SignedDuration::from_secs(1),
            turn: None,
            cause: "the time of this run is used up".to_owned(),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<TableError> for Stop {
    fn from(error: TableError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<SecretError> for Stop {
    fn from(error: SecretError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<QueueError> for Stop {
    fn from(error: QueueError) -> Self {
        Self::Broken(error.to_string())
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
