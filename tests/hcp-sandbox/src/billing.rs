//! Invoices, payments and refunds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{InvoiceId, JobId, PaymentId, RefundId},
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

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) id: InvoiceId,
    pub(crate) job: JobId,
    pub(crate) number: String,
    pub(crate) status: InvoiceStatus,
    /// What is billed, as it stood on the job at its last change while the invoice was live.
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
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
    /// Cents that have arrived; refunds do not take them away again.
    pub(crate) fn paid(&self) -> i64 {
        self.payments_with(PaymentStatus::Succeeded)
    }

    /// Cents that are on their way.
    pub(crate) fn pending(&self) -> i64 {
        self.payments_with(PaymentStatus::Pending)
    }

    /// Cents that have arrived or are on their way.
    pub(crate) fn held(&self) -> i64 {
        self.paid() + self.pending()
    }

    fn payments_with(&self, status: PaymentStatus) -> i64 {
        self.payments
            .iter()
            .filter(|payment| payment.status == status)
            .map(|payment| payment.amount)
            .sum()
    }
}

/// What became of a payment.
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
}

#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) status: PaymentStatus,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: i64,
    pub(crate) note: Option<String>,
    pub(crate) paid_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) payment: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: i64,
    pub(crate) refunded_at: Timestamp,
}
