//! Stories of the whole sync, in one process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests: what is wrong here fails them"
)]

mod categories;
mod choices;
mod crash;
mod extras;
mod items;
mod line_names;
mod money;
mod parties;
mod people;
mod settings;
mod stories;
mod terms;
mod trouble;
