use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The evidence for a match with an object that QuickBooks already had (C6, I3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// When.
    pub at: Timestamp,
    /// The object's name in QuickBooks.
    pub name: String,
    /// What agreed beside the name; none is enough where nothing contradicts.
    pub agreed: Vec<String>,
}
