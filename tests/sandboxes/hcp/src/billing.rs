//! Invoices, payments and refunds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    bill::Bill,
    doubts::Refunds,
    ids::{CustomerId, InvoiceId, JobId, PaymentId, RefundId},
    work::{DueTerms, Line, Tax},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Open,
    PendingPayment,
    Paid,
    Voided,
    Canceled,
}

impl InvoiceStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::Voided => "voided",
            Self::Canceled => "canceled",
        }
    }

    /// Neither voided nor canceled.
    pub(crate) fn is_live(self) -> bool {
        !matches!(self, Self::Voided | Self::Canceled)
    }
}

/// What an invoice bills of its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceKind {
    /// All that no deposit bills; follows the job.
    Main,
    /// A fixed amount ahead; its total stays when the job changes.
    Deposit,
    /// A part, as it stood when it was made.
    Progress,
    /// A payment of a service plan.
    Plan,
}

/// What an invoice is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Billed {
    Job(JobId),
    /// A customer's service plan.
    Plan(CustomerId),
}

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) id: InvoiceId,
    pub(crate) billed: Billed,
    pub(crate) number: String,
    pub(crate) kind: InvoiceKind,
    pub(crate) status: InvoiceStatus,
    /// The whole job, as it stood at its last change that the invoice followed.
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
    /// What this invoice bills of it.
    pub(crate) bill: Bill,
    /// Terms of its own; `None`: those of the job.
    pub(crate) own_due: Option<DueTerms>,
    pub(crate) due: DueTerms,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) service_date: Option<Timestamp>,
    pub(crate) invoice_date: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) paid_at: Option<Timestamp>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Invoice {
    /// The job that it bills; none for a service plan's.
    pub(crate) fn job(&self) -> Option<&JobId> {
        match &self.billed {
            Billed::Job(job) => Some(job),
            Billed::Plan(_) => None,
        }
    }

    /// What was given back of a payment, or is about to be.
    pub(crate) fn refunds_of(&self, payment: &PaymentId) -> impl Iterator<Item = &Refund> {
        self.refunds.iter().filter(move |refund| {
            refund.payment == *payment && refund.status != PaymentStatus::Failed
        })
    }

    /// Whether something of a payment was given back, or is about to be.
    pub(crate) fn has_refund(&self, payment: &PaymentId) -> bool {
        self.refunds_of(payment).next().is_some()
    }

    /// Cents to be paid.
    pub(crate) fn total(&self) -> i64 {
        self.bill.total()
    }

    /// Cents that have arrived, refunded or not.
    pub(crate) fn paid(&self) -> i64 {
        self.payments_with(PaymentStatus::Succeeded)
    }

    /// Cents that were given back.
    pub(crate) fn refunded(&self) -> i64 {
        self.refunds
            .iter()
            .filter(|refund| refund.status == PaymentStatus::Succeeded)
            .map(|refund| refund.amount)
            .sum()
    }

    /// Cents that count as paid: a refund takes them away again where it opens the invoice, or where the
    /// invoice has come to less.
    pub(crate) fn covered(&self, refunds: Refunds) -> i64 {
        let kept = self.paid() - self.refunded();
        match refunds {
            Refunds::LeavePaid if self.status.is_live() => self.paid().min(self.total().max(kept)),
            Refunds::LeavePaid | Refunds::Reopen => kept,
        }
    }

    /// Cents of surcharges that have arrived, and those of them that were given back.
    pub(crate) fn surcharges(&self) -> (i64, i64) {
        let has_succeeded = |status: PaymentStatus| status == PaymentStatus::Succeeded;
        let payments = self.payments.iter();
        let refunds = self.refunds.iter();
        (
            payments
                .filter(|payment| has_succeeded(payment.status))
                .map(|payment| payment.surcharge)
                .sum(),
            refunds
                .filter(|refund| has_succeeded(refund.status))
                .map(|refund| refund.surcharge)
                .sum(),
        )
    }

    /// Cents that a payment can still be collected for.
    pub(crate) fn collectable(&self, refunds: Refunds) -> i64 {
        self.total() - self.covered(refunds) - self.pending()
    }

    /// Cents that are on their way.
    pub(crate) fn pending(&self) -> i64 {
        self.payments_with(PaymentStatus::Pending)
    }

    /// Cents that have arrived and stayed, or are on their way.
    pub(crate) fn held(&self) -> i64 {
        self.paid() - self.refunded() + self.pending()
    }

    fn payments_with(&self, status: PaymentStatus) -> i64 {
        self.payments
            .iter()
            .filter(|payment| payment.status == status)
            .map(|payment| payment.amount)
            .sum()
    }
}

/// What became of a payment, or of a refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The money arrived.
    #[default]
    Succeeded,
    /// The money is on its way (bank transfer).
    Pending,
    /// The money did not arrive.
    Failed,
}

impl PaymentStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

/// How somebody pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// By card.
    #[default]
    Card,
    /// By bank transfer.
    Ach,
    /// In cash: recorded as `external` with a note.
    Cash,
    /// By cheque: recorded as `external` with a note.
    Check,
    /// Anything else that Housecall Pro does not move itself: recorded as `external`.
    Other,
    /// A cheque photographed in the app.
    MobileCheck,
    /// A loan.
    Financing,
    /// Buy now, pay later.
    Bnpl,
}

impl PaymentMethod {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Card => "credit_card",
            Self::Ach => "ach",
            Self::Cash | Self::Check | Self::Other => "external",
            Self::MobileCheck => "mobile_check_deposit",
            Self::Financing => "consumer_financing",
            Self::Bnpl => "bnpl",
        }
    }

    /// Whether Housecall Pro only notes that it was paid, and moves no money itself.
    pub(crate) fn is_external(self) -> bool {
        matches!(self, Self::Cash | Self::Check | Self::Other)
    }

    /// Whether a bank can take the money back after it arrived.
    pub(crate) fn can_be_returned(self) -> bool {
        matches!(self, Self::Ach | Self::MobileCheck)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) status: PaymentStatus,
    pub(crate) method: PaymentMethod,
    /// Cents, with the tip, without the surcharge.
    pub(crate) amount: i64,
    /// Cents that the customer paid at once, over all invoices.
    pub(crate) paid_at_once: i64,
    pub(crate) tip: i64,
    pub(crate) surcharge: i64,
    pub(crate) note: Option<String>,
    pub(crate) paid_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) status: PaymentStatus,
    pub(crate) payment: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: i64,
    /// How much of it is tip.
    pub(crate) tip: i64,
    /// Cents on top.
    pub(crate) surcharge: i64,
    /// When it succeeded.
    pub(crate) refunded_at: Option<Timestamp>,
}
