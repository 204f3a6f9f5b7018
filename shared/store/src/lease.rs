use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::codec::Body;

/// A right that one worker has at a time.
///
/// It carries no time of expiry: clocks differ and step back. Whoever wants it takes it over only after
/// seeing one version of it unchanged for the whole term on its own monotonic clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who holds it; `None` when it is free.
    pub holder: Option<Uuid>,
    /// How long the holder may work at most, in milliseconds.
    pub term_ms: u64,
}

impl Body for Lease {
    const KIND: &'static str = "lease";
}
