use mapping::SlotName;
use serde::{Deserialize, Serialize};

use crate::codec::Body;

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
}

impl Body for NumberOwner {
    const KIND: &'static str = "number";
}

impl Body for LineName {
    const KIND: &'static str = "line name";
}
