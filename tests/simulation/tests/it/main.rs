//! Stories of the whole sync, in one process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: what is wrong here fails them"
)]

mod addresses;
mod categories;
mod choices;
mod crash;
mod deposits;
mod deposits_before;
mod deposits_gone;
mod documents;
mod edits;
mod extras;
mod foreign;
mod items;
mod lasting;
mod line_names;
mod merges;
mod money;
mod names;
mod numbers;
mod parties;
mod people;
mod removal;
mod rush;
mod settings;
mod stories;
mod terms;
mod told;
mod triggers;
mod trouble;
mod versions;
