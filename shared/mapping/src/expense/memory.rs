use money::Cents;
use serde::{Deserialize, Serialize};

/// What is remembered of the part of a refund that gives back credit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// How much its expense is in QuickBooks, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// The payment there whose credit it gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<qbo::Id>,
    /// How much it gives back.
    pub amount: Cents,
    /// What the refund was when it was sent, this included: the rest of it is a refund receipt.
    pub of: Cents,
    /// Whether it was seen to be deleted or voided in QuickBooks: it is not made again by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

impl Memory {
    /// What of the refund is a receipt.
    pub fn rest(&self) -> Cents {
        self.of - self.amount
    }
}
