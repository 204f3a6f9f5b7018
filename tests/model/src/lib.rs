//! Models of what must never happen, whatever the order (V3). A model checker takes every step that is possible in every
//! state, until there is no state left that it has not seen.
//!
//! The workers run the ledger itself, on the table in memory; what the sync does around it is written down again in
//! [`shell`], function by function. A worker can be stopped at every question that it asks of the table or of QuickBooks
//! ([`desk`]): there another one goes on, or it dies. A lost answer may belong to a write that arrives at once, later or
//! never, or that fails and always will ([`quickbooks`]).
//!
//! Each step moves on something that never comes back: a version, a message that was heard, the time, a trouble that is used
//! up. So no way leads back to where it was, unless a worker begins anew without anything having moved, which is looked
//! for; there are finitely many states, so each way ends; and where it ends, everything must be settled.
//!
//! What is broken on purpose ([`core::Fault`]) must be noticed: that shows that the models can fail.

pub mod core;
pub mod desk;
pub mod ledger;
pub mod payments;
pub mod quickbooks;
pub mod shell;
