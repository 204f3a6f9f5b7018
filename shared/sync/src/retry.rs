//! How often something is done again that others keep changing.

/// Rounds of a change that is made on top of what is there: each lost one was won by somebody else. Who loses so often
/// stops with [`Stop::PlanAgain`](crate::Stop::PlanAgain): the message comes back, a person tries again.
pub(crate) const ROUNDS: u32 = 8;
