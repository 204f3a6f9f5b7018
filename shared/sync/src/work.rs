//! Work as it goes through the queue: messages, the tasks that look at them, turns, and how it ends unfinished.

pub(crate) mod admission;
pub mod consume;
pub(crate) mod heard;
mod invoice;
pub mod message;
pub mod orders;
pub(crate) mod park;
pub(crate) mod task;
mod tasks;
#[cfg(test)]
mod tests;
