use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{codec::Body, table::Key};

/// A rate limit shared by all workers, as the generic cell rate algorithm keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// The theoretical arrival time of the next call.
    pub next: Timestamp,
}

impl Limit {
    /// Where the limit of that name is kept.
    pub fn key(name: &str) -> Key {
        Key::new("limits", name)
    }
}

impl Body for Limit {
    const KIND: &'static str = "limit";
}
