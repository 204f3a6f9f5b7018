//! The real ends of the ports, and the table in memory, against their contracts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dynamodb;
mod local;
mod lost_answers;
mod memory;
mod queue;
mod secrets;
