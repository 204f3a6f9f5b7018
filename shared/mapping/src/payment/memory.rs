use hcp::{InvoiceId, RefundId};
use jiff::{Timestamp, civil::Date};
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::HowPaid;

/// What is remembered of a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// How much it is in QuickBooks, as the last answer told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// Its date there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The day on which it was made in Housecall Pro, of one that a look found without a place in QuickBooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<Date>,
    /// When it was changed there last, as the last answer told it: what a webhook tells of that time is our own echo (R1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    /// What it pays there: the documents, and how much of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<(qbo::Id, Cents)>,
    /// What of it pays nothing there.
    pub unapplied: Cents,
    /// How it was paid there, as the last answer told it; none: it was not told since that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<HowPaid>,
    /// The Housecall Pro invoices that it paid when it was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoiceId>,
    /// What of the same payment in Housecall Pro is sent as sales receipts, by the invoices whose refunds it repeats (P4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeats: Vec<(InvoiceId, Cents)>,
    /// The refunds by which it was lowered, so that its invoice is open again (P5).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reopened: Vec<Reopened>,
    /// Whether somebody else had entered it in QuickBooks (R3).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub joined: bool,
    /// Whether it was seen to be deleted or voided in QuickBooks: it is not made again by itself (R4).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// The first day that was open when a person chose to have it dated there (S6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// What a person decided about one that QuickBooks may have already (R3), or has no more (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// A refund that lowered a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// Its id in Housecall Pro.
    pub refund: RefundId,
    /// The invoice whose money went back.
    pub invoice: InvoiceId,
    /// How much.
    pub amount: Cents,
}

/// What a person decided about a payment that QuickBooks may have already (R3), or has no more (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is the money that QuickBooks has, or needs not: it is not sent.
    Same,
    /// It is other money: it is sent, even once more.
    Separate,
}

/// Whether a refund receipt, a sales receipt or an expense is gone from QuickBooks, and what is to become of it (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    gone: bool,
    asked: bool,
    decision: Option<Decision>,
}

impl Removal {
    pub(crate) fn new(gone: bool, asked: bool, decision: Option<Decision>) -> Self {
        Self {
            gone,
            asked,
            decision,
        }
    }

    /// Whether nothing is sent of it any more by itself: a person settled it, or is asked.
    pub fn is_settled(self) -> bool {
        match self.decision {
            Some(Decision::Same) => true,
            Some(Decision::Separate) => self.gone && !self.asked,
            None => self.gone,
        }
    }

    /// Whether a person is to say what becomes of it, now that it is gone.
    pub fn is_asked(self) -> bool {
        self.gone && self.asked && self.decision.is_none()
    }

    /// Whether it stays as it is, and nobody is asked.
    pub fn is_final(self) -> bool {
        self.is_settled() && !self.is_asked()
    }

    /// Whether it is gone, and may be made again: what it moved counts until a person says that it stays away.
    pub fn may_return(self) -> bool {
        self.gone && self.asked && self.decision != Some(Decision::Same)
    }

    /// Whether a person said that it is made again.
    pub fn is_made_again(self) -> bool {
        self.gone && self.asked && self.decision == Some(Decision::Separate)
    }
}

impl Memory {
    /// What it pays of a document.
    pub fn paid_of(&self, document: &qbo::Id) -> Cents {
        let of_it = self.applied.iter().filter(|(id, _)| id == document);
        of_it.map(|(_, amount)| *amount).sum()
    }
}
