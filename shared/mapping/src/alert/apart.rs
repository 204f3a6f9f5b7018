//! What both books have otherwise because of an alert, to the cent: whatever differs between them is named by one.

use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    Alert, BillTrouble, CustomerCause, HousecallTrouble, InvoiceCause, JobAlert, JobTrouble,
    NumberTrouble, PaymentTrouble, QuickbooksTrouble, ReceiptTrouble, RefundTrouble, Removal,
};

/// An amount, as each of the two systems has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// In Housecall Pro.
    pub housecall: Cents,
    /// In QuickBooks; nothing where that lacks it.
    pub quickbooks: Cents,
}

/// Something that both books have otherwise. Its amount stands in the message of its alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// What an invoice comes to.
    Billed(Sides),
    /// What was paid.
    Paid(Sides),
    /// What went back, so that it is to be paid again.
    Refunded(Sides),
    /// What went back, and nobody has to pay again.
    GivenBack(Sides),
    /// What was paid and pays nothing in QuickBooks.
    Credit(Cents),
}

impl Sides {
    /// What only Housecall Pro has.
    pub(super) fn lacking(housecall: Cents) -> Self {
        Self {
            housecall,
            quickbooks: Cents::ZERO,
        }
    }

    /// What only QuickBooks has.
    fn left_over(quickbooks: Cents) -> Self {
        Self {
            housecall: Cents::ZERO,
            quickbooks,
        }
    }

    /// By how much Housecall Pro has more, or less, below zero.
    pub fn more(self) -> Cents {
        self.housecall - self.quickbooks
    }
}

/// A sentence more, where they differ.
pub(super) fn differ(sides: Option<Sides>) -> String {
    match sides.map(Sides::more) {
        None | Some(Cents::ZERO) => String::new(),
        Some(more) => format!(" The difference is {}.", more.abs()),
    }
}

impl Apart {
    /// By how much more is to be paid in Housecall Pro, or less, below zero. Credit counts as paid.
    pub fn owed(self) -> Cents {
        match self {
            Self::Billed(sides) | Self::Refunded(sides) => sides.more(),
            Self::Paid(sides) => -sides.more(),
            Self::GivenBack(_) | Self::Credit(_) => Cents::ZERO,
        }
    }

    /// By how much more money came in and stayed in Housecall Pro, or less, below zero.
    pub fn kept(self) -> Cents {
        match self {
            Self::Paid(sides) => sides.more(),
            Self::Refunded(sides) | Self::GivenBack(sides) => -sides.more(),
            Self::Billed(_) | Self::Credit(_) => Cents::ZERO,
        }
    }

    /// What of the customer's payments pays nothing in QuickBooks.
    pub fn credit(self) -> Cents {
        match self {
            Self::Credit(amount) => amount,
            Self::Billed(_) | Self::Paid(_) | Self::Refunded(_) | Self::GivenBack(_) => Cents::ZERO,
        }
    }

    /// By how much both differ.
    pub fn amount(self) -> Cents {
        match self {
            Self::Billed(sides)
            | Self::Paid(sides)
            | Self::Refunded(sides)
            | Self::GivenBack(sides) => sides.more().abs(),
            Self::Credit(amount) => amount,
        }
    }
}

impl Alert {
    /// What both books have otherwise because of it; nothing where they have the same all the same, and where an alert of an
    /// earlier version does not tell how much.
    pub fn apart(&self) -> Vec<Apart> {
        let mut apart = match self {
            Self::Job(alert) => of_job(alert),
            Self::Customer(alert) => of_customer(&alert.cause),
            Self::Invoice(alert) => of_invoice(&alert.cause),
            Self::Payment(alert) => {
                let refunds = alert.refunds.iter().copied().map(Sides::lacking);
                let payments = alert.payments.iter().copied().map(Sides::lacking);
                let of_it = of_payment(&alert.trouble, alert.payment.amount).into_iter();
                let with_refunds = of_it.chain(refunds.map(Apart::Refunded));
                with_refunds.chain(payments.map(Apart::Paid)).collect()
            }
            Self::Refund(alert) => {
                let waiting = alert.waiting.iter().copied();
                let waiting = waiting.map(|amount| Apart::Paid(Sides::lacking(amount)));
                let of_it = of_refund(&alert.trouble, alert.refund.amount);
                of_it.into_iter().chain(waiting).collect()
            }
            Self::Receipt(alert) => {
                let waiting = alert.waiting.iter().copied().map(Sides::lacking);
                let of_it = of_receipt(&alert.trouble, alert.payment.amount);
                of_it.into_iter().chain(waiting.map(Apart::Paid)).collect()
            }
            // Invoices go out all the same; or all waits, and nothing is lost.
            Self::Item(_) | Self::Entry(_) | Self::PriceBook { .. } | Self::Connection(_) => {
                Vec::new()
            }
        };
        apart.retain(|one| one.amount() != Cents::ZERO);
        apart
    }
}

fn of_job(alert: &JobAlert) -> Vec<Apart> {
    let billed: Vec<Sides> = match &alert.trouble {
        trouble if is_unsent(trouble) => alert.sides.into_iter().collect(),
        JobTrouble::Bill(BillTrouble::Gone { total, .. }) => {
            total.iter().copied().map(Sides::lacking).collect()
        }
        JobTrouble::Bill(BillTrouble::TotalMismatch { ours, theirs, .. }) => vec![Sides {
            housecall: *ours,
            quickbooks: *theirs,
        }],
        JobTrouble::Removal(Removal::StillThere { totals, .. }) => {
            totals.iter().copied().map(Sides::left_over).collect()
        }
        JobTrouble::Removal(Removal::NotVoided { documents, .. }) => {
            let totals = documents.iter().filter_map(|left| left.total);
            totals.map(Sides::left_over).collect()
        }
        JobTrouble::Customer(_)
        | JobTrouble::Item(_)
        | JobTrouble::Number(_)
        | JobTrouble::Tax(_)
        | JobTrouble::Bill(_)
        | JobTrouble::Housecall(_)
        | JobTrouble::Quickbooks(_) => Vec::new(),
    };
    billed.into_iter().map(Apart::Billed).collect()
}

/// Whether it is why an invoice was not sent, or what changed of it.
pub(super) fn is_unsent(trouble: &JobTrouble) -> bool {
    match trouble {
        JobTrouble::Customer(_) | JobTrouble::Item(_) | JobTrouble::Tax(_) => true,
        JobTrouble::Number(trouble) => match trouble {
            NumberTrouble::Missing { .. }
            | NumberTrouble::NotAllowed { .. }
            | NumberTrouble::Linkable { .. }
            | NumberTrouble::HolderRefused { .. } => true,
            // One that keeps its number is sent.
            NumberTrouble::Taken { kept, .. }
            | NumberTrouble::HolderInClosedPeriod { kept, .. } => kept.is_none(),
        },
        JobTrouble::Bill(trouble) => match trouble {
            BillTrouble::NotSupported { .. }
            | BillTrouble::LinesDoNotAddUp { .. }
            | BillTrouble::NoLines
            | BillTrouble::DiscountsOff { .. }
            | BillTrouble::InvoicingUnclear { .. }
            | BillTrouble::ClosedPeriod { .. } => true,
            BillTrouble::Gone { .. }
            | BillTrouble::TotalMismatch { .. }
            | BillTrouble::FieldsLeftOut { .. } => false,
        },
        JobTrouble::Housecall(trouble) => match trouble {
            HousecallTrouble::Refused { .. }
            | HousecallTrouble::FieldUnreadable(_)
            | HousecallTrouble::NoCustomer => true,
            HousecallTrouble::RecordLags { .. } | HousecallTrouble::PushedButRemoved => false,
        },
        JobTrouble::Quickbooks(trouble) => match trouble {
            QuickbooksTrouble::Refused { .. } | QuickbooksTrouble::KeepsFailing { .. } => true,
            QuickbooksTrouble::NotLookedAt { .. } => false,
        },
        JobTrouble::Removal(_) => false,
    }
}

fn of_customer(cause: &CustomerCause) -> Vec<Apart> {
    match cause {
        CustomerCause::CreditApplied { credits } => {
            let amounts = credits.iter().map(|credit| credit.amount);
            amounts.map(Apart::Credit).collect()
        }
        CustomerCause::Refused { .. }
        | CustomerCause::NotAsked(_)
        | CustomerCause::Gone
        | CustomerCause::KeepsFailing { .. }
        | CustomerCause::Unread { .. } => Vec::new(),
    }
}

fn of_invoice(cause: &InvoiceCause) -> Vec<Apart> {
    match cause {
        InvoiceCause::NoCustomer { total, .. } => {
            let total = total.map(Sides::lacking);
            total.map(Apart::Billed).into_iter().collect()
        }
        // It is not known what it comes to.
        InvoiceCause::NoJob | InvoiceCause::Refused { .. } | InvoiceCause::FieldUnreadable(_) => {
            Vec::new()
        }
    }
}

fn of_payment(trouble: &PaymentTrouble, amount: Option<Cents>) -> Vec<Apart> {
    let paid = |sides: Option<Sides>| sides.map(Apart::Paid).into_iter().collect();
    let waiting = |waiting: &[Cents]| {
        let left = amount.map(Sides::left_over);
        let waiting = waiting.iter().copied().map(Sides::lacking);
        left.into_iter().chain(waiting).map(Apart::Paid).collect()
    };
    match trouble {
        PaymentTrouble::Unusable(_)
        | PaymentTrouble::NoInvoice
        | PaymentTrouble::InvoiceGone { .. }
        | PaymentTrouble::MaybeThere { .. }
        | PaymentTrouble::Gone
        | PaymentTrouble::ClosedPeriod { .. }
        | PaymentTrouble::Refused(_) => paid(amount.map(Sides::lacking)),
        PaymentTrouble::Overpaid { rest, .. } => vec![Apart::Credit(*rest)],
        PaymentTrouble::NotApplied { expected, applied } => {
            vec![Apart::Credit(*expected - *applied)]
        }
        PaymentTrouble::Changed { sides, .. } | PaymentTrouble::ChangedThere { sides, .. } => {
            paid(*sides)
        }
        PaymentTrouble::Removed { waiting: wait } | PaymentTrouble::Returned { waiting: wait } => {
            waiting(wait)
        }
    }
}

fn of_refund(trouble: &RefundTrouble, amount: Option<Cents>) -> Vec<Apart> {
    match trouble {
        RefundTrouble::Unusable(_)
        | RefundTrouble::MaybeThere { .. }
        | RefundTrouble::MaybeExpense { .. }
        | RefundTrouble::MoreThanPaid { .. }
        | RefundTrouble::NotApplied { .. }
        | RefundTrouble::NoAccount
        | RefundTrouble::ClosedPeriod { .. }
        | RefundTrouble::Refused(_) => {
            let unsent = amount.map(Sides::lacking);
            unsent.map(Apart::Refunded).into_iter().collect()
        }
        RefundTrouble::Gone { receipt, expense } => vec![
            Apart::Refunded(Sides::lacking(*receipt)),
            Apart::GivenBack(Sides::lacking(*expense)),
        ],
        RefundTrouble::Differs { refund, receipt } => vec![Apart::GivenBack(Sides {
            housecall: *refund,
            quickbooks: *receipt,
        })],
        // It is there, and the payment leaves as much unapplied all the same.
        RefundTrouble::NotTied { amount, .. } => vec![Apart::Credit(*amount)],
        // The receipt is there.
        RefundTrouble::NotReopened(_) => Vec::new(),
    }
}

fn of_receipt(trouble: &ReceiptTrouble, amount: Option<Cents>) -> Vec<Apart> {
    let sides = match trouble {
        ReceiptTrouble::MaybeThere { .. }
        | ReceiptTrouble::Unknown
        | ReceiptTrouble::Gone
        | ReceiptTrouble::ClosedPeriod { .. }
        | ReceiptTrouble::Refused(_) => amount.map(Sides::lacking),
        ReceiptTrouble::Removed | ReceiptTrouble::Returned => amount.map(Sides::left_over),
        ReceiptTrouble::Changed { sides, .. } => *sides,
    };
    sides.map(Apart::Paid).into_iter().collect()
}
