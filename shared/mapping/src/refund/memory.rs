use hcp::InvoiceId;
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{
    HowPaid,
    payment::{Decision, Removal},
};

/// What is remembered of a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// How much its receipt is in QuickBooks, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// Its date there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// How the money went back, as the last answer told it; none: it was not told since that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<HowPaid>,
    /// The Housecall Pro invoice whose money went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice: Option<InvoiceId>,
    /// What it gives back of that.
    pub given_back: GivenBack,
    /// Whether the receipt was seen to be deleted or voided in QuickBooks: it is not made again by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Whether a person is asked about that, since nothing else was the matter with it (R4).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asked: bool,
    /// Why its invoice was not opened again, where the company chose that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_reopened: Option<NotReopened>,
    /// The first day that was open when a person chose to have it dated there (S6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// What a person decided about one that QuickBooks may have already (P5), or has no more (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl Memory {
    /// Whether it is gone from QuickBooks, and what is to become of it.
    pub fn removal(&self) -> Removal {
        Removal::new(self.gone, self.asked, self.decision)
    }
}

/// Why the payment that a refund gives back stays as it is in QuickBooks: its invoice is not open again, or the expense that
/// gives credit back is not tied to it (P5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReopened {
    /// It lies in a deposit.
    Deposited,
    /// Its month is closed.
    ClosedMonth,
    /// Somebody else entered it there (R3).
    EnteredByHand,
    /// No single payment holds as much.
    NoPayment,
    /// QuickBooks does not let it be lowered.
    Refused,
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

    /// What is left of it after so much was paid once more (P4).
    #[must_use]
    pub fn less(self, again: Self) -> Self {
        let less = |all: Cents, again: Cents| {
            (all - again).clamp(all.min(Cents::ZERO), all.max(Cents::ZERO))
        };
        Self {
            taxed: less(self.taxed, again.taxed),
            untaxed: less(self.untaxed, again.untaxed),
            tax: less(self.tax, again.tax),
        }
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
