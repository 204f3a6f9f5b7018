//! What a step of the driver comes to.

use crate::ledger::PlannedWrite;

/// Whether a step did something, so that the plan must be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something changed.
    Moved,
    /// There was nothing to do.
    Nothing,
}

/// What follows for one object.
pub(crate) enum Next {
    /// It is written.
    Write(Box<PlannedWrite>),
    /// Something was entered: it is looked at again.
    Moved,
    /// It waits for what it refers to, or stays as it is.
    Nothing,
}
