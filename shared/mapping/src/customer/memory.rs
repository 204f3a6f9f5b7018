use serde::{Deserialize, Serialize};

use crate::Matched;

/// What is remembered of a customer, or of the sub-customer for an address of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The name in Housecall Pro, where QuickBooks cannot take it as it is (C8), or has nobody for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// What their e-mail field holds beside the address that QuickBooks has (C2, C8).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// What stands behind the name in QuickBooks, to tell it from another of that name (C7, C8).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Why one that QuickBooks already had was taken for this one (C6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
    /// One of their invoices in QuickBooks. Where people merge customers there, it tells who stayed (C12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<qbo::Id>,
}
