use money::Cents;
use serde::{Deserialize, Serialize};

use crate::payment::{Decision, Removal};

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
    /// Whether a person is asked about that, since nothing else was the matter with it (R4).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// What a person decided about one that QuickBooks has no more (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl Memory {
    /// What of the refund is a receipt.
    pub fn rest(&self) -> Cents {
        self.of - self.amount
    }

    /// Whether it is gone from QuickBooks, and what is to become of it.
    pub fn removal(&self) -> Removal {
        Removal::new(self.gone, self.asked, self.decision)
    }
}
