use mapping::SlotName;
use serde::{Deserialize, Serialize};

use crate::{codec::Body, history::is_zero, list::Lists, places, table::Key};

/// Which slot's invoice got a number last, or is about to. It keeps two of ours from getting the same one at the same
/// moment; who has it is told by the slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberOwner {
    /// The slot.
    pub slot: SlotName,
}

/// What a line's name stands for when the line is not in the price book (L5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineName {
    /// The slot of the item.
    pub item: SlotName,
    /// The name, as it was typed first; none where an earlier version noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many jobs were sent to QuickBooks with a line of that name, each counted once, however often it was sent and
    /// whatever became of the line since ([`Job::typed`](crate::Job::typed)).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub jobs: usize,
}

impl Body for NumberOwner {
    const KIND: &'static str = "number";
}

impl LineName {
    /// A name that was seen for the first time.
    pub fn new(name: &str, item: SlotName) -> Self {
        Self {
            item,
            name: Some(name.to_owned()),
            jobs: 0,
        }
    }
}

impl Body for LineName {
    const KIND: &'static str = "line name";

    fn lists(&self, key: &Key) -> Lists {
        places::of_line_name(key, self)
    }
}
