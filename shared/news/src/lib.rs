//! What the people of a company are told of its open alerts, by mail and in Slack (S11): which letters are due, what they
//! say, and how they are sent. It knows the table and the ports, and nothing of the sync.

mod due;
mod figures;
#[cfg(test)]
mod fixtures;
mod post;
mod slack;
mod words;

pub use due::{Standing, due};
pub use figures::Tally;
pub use post::{Ends, Post};
pub use slack::{NoSlackAddress, SlackAddress};
pub use words::Words;
