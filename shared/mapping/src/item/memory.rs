use serde::{Deserialize, Serialize};

use crate::{Matched, SlotName};

/// What is remembered of an item, or of a category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The name in Housecall Pro, where QuickBooks cannot take it as it is (I8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// What stands behind the name in QuickBooks, to tell it from another of that name (I8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Why one that QuickBooks already had was taken for this one (I3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
    /// The income account that it is mapped to; without it, the connection's (I5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub income: Option<qbo::Id>,
    /// Of one that QuickBooks had before: the category in Housecall Pro that was accepted without a move (I4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<SlotName>,
}
