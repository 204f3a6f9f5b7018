//! Stories of the whole sync, in one process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: what is wrong here fails them"
)]

mod addresses;
mod choices;
mod crash;
mod items;
mod merges;
mod money;
mod names;
mod parties;
mod people;
mod settings;
mod stories;
mod terms;
mod trouble;
