//! How often something is done again that others keep changing, and what follows when they do not stop.

/// Rounds of a change that is made on top of what is there: each lost one was won by somebody else. Who loses so often
/// stops with [`Stop::PlanAgain`](crate::Stop::PlanAgain): a message comes back, a person tries again.
pub(crate) const CHANGES: u32 = 20;

/// Rounds of a plan that is made from many records, and lost with any of them: the work then counts as a try that
/// failed, and is put off; a person tries again.
pub(crate) const PLANS: u32 = 6;

/// What becomes of a change to a record.
pub(crate) enum Change<R> {
    /// It is stored.
    Store(R),
    /// There is nothing to store.
    Nothing(R),
}
