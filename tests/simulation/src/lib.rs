//! The whole sync in one process and one thread: the engine between the two sandboxes, on a clock that only
//! moves when told to. Every call that leaves the engine is a step that can be made the last one of its
//! worker.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness for tests: what is wrong here fails the test"
)]

mod judged;
mod logged;
pub mod rush;
mod steps;
mod town;
mod world;

pub use steps::{Crash, Moment, Steps};
pub use town::{Seen, Town, Worker, person};
pub use world::{QBO, SIGN_IN, Traced};
