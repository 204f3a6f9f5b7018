use hcp::InvoiceId;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::payment::Decision;

/// What is remembered of a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// How much its receipt is in QuickBooks, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// The Housecall Pro invoice whose money went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// What it gives back of that.
    pub given_back: GivenBack,
    /// Whether the receipt was seen to be deleted or voided in QuickBooks: it is not made again by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// What a person decided about one that QuickBooks may have already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// What a refund gives back of the work that an invoice bills, less its share of a discount; tips and surcharges are not
/// among it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GivenBack {
    /// Of what is taxed, before tax.
    pub taxed: Cents,
    /// Of what is not.
    pub untaxed: Cents,
    /// Of the sales tax.
    pub tax: Cents,
}

impl GivenBack {
    /// All of the work.
    pub fn before_tax(self) -> Cents {
        self.taxed + self.untaxed
    }
}

impl std::ops::Add for GivenBack {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            taxed: self.taxed + other.taxed,
            untaxed: self.untaxed + other.untaxed,
            tax: self.tax + other.tax,
        }
    }
}
