use mapping::SlotName;
use store::{Key, StoreError, WriteError};
use thiserror::Error;

/// Why something was not entered. Nothing of it was, then.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The QuickBooks object belongs to another slot.
    #[error("it belongs to {0}")]
    HeldBy(SlotName),
    /// Another worker changed a record meanwhile.
    #[error("{0} was changed by another worker")]
    Changed(Key),
    /// A write is on its way to a slot that must be at rest.
    #[error("{0} waits for the outcome of a write")]
    Busy(Key),
    /// What was asked for does not follow from the state that a slot, or an envelope, is in.
    #[error("{record} is {state}, so it cannot {act}")]
    Unfit {
        /// Which slot or envelope.
        record: Key,
        /// What it is.
        state: &'static str,
        /// What was asked for.
        act: &'static str,
    },
    /// So many answers came to so many writes.
    #[error("{answers} answers came to {writes} writes of {envelope}")]
    Answers {
        /// The envelope.
        envelope: Key,
        /// What was sent in it.
        writes: usize,
        /// What came.
        answers: usize,
    },
    /// The table did not answer, or holds what cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<WriteError> for LedgerError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Conflict { key, .. } => Self::Changed(key),
            WriteError::Table(error) => Self::Store(error.into()),
        }
    }
}
