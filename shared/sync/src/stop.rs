use jiff::Timestamp;
use ports::{QueueError, SecretError};
use store::{StoreError, TableError};
use thiserror::Error;

use crate::alerts::Finding;

/// Why work did not reach its end. What happens next follows from the variant alone.
#[derive(Debug, Error)]
pub enum Stop {
    /// It is put off: the job is parked and looked at again.
    #[error("put off until {until}: {cause}")]
    Later {
        /// When it is worth another look.
        until: Timestamp,
        /// Why, in plain words.
        cause: String,
    },
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
    Rival(String),
    /// Our own records, secrets or queue did not answer: the message goes back to the queue.
    #[error("{0}")]
    Broken(String),
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
            store::WriteError::Conflict { key, .. } => Self::Rival(key.to_string()),
            store::WriteError::Table(error) => error.into(),
        }
    }
}
