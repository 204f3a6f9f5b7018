//! A job: looked at, planned, carried to QuickBooks, and what becomes of it when it is removed.

pub mod card;
pub(crate) mod dates_and_terms;
pub(crate) mod deposits;
pub(crate) mod drive;
pub(crate) mod edits;
pub(crate) mod entering;
pub mod find;
pub(crate) mod graph;
pub(crate) mod look;
pub(crate) mod money;
pub(crate) mod node;
pub(crate) mod parts;
pub(crate) mod plan;
pub(crate) mod planning;
pub(crate) mod push;
pub(crate) mod refusals;
pub(crate) mod removal;
pub(crate) mod sent_before;
pub(crate) mod sides;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod totals;
