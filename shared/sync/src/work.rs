//! Work as it goes through the queue: messages, turns, and how it ends unfinished.

pub(crate) mod admission;
pub mod consume;
pub mod message;
pub(crate) mod put_off;
