use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{
    HowPaid,
    payment::{Decision, Removal},
    refund::GivenBack,
};

/// What is remembered of a payment's part that repeats refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// How much its receipt is in QuickBooks, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// Its date there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The account there that the money went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<qbo::Id>,
    /// How it was paid there, as the last answer told it; none: it was not told since that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<HowPaid>,
    /// How much it repeats.
    pub amount: Cents,
    /// What the payment paid of the invoice when it was sent, this included.
    pub of: Cents,
    /// What it sells once more of what refunds gave back.
    pub sold: GivenBack,
    /// Whether the receipt was seen to be deleted or voided in QuickBooks: it is not made again by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Whether a person is asked about that, since nothing else was the matter with it (R4).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// What a person decided about one that QuickBooks may have already (R3), or has no more (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl Memory {
    /// Whether it is gone from QuickBooks, and what is to become of it.
    pub fn removal(&self) -> Removal {
        Removal::new(self.gone, self.asked, self.decision)
    }
}
