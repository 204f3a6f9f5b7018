use jiff::Timestamp;
use money::{Cents, Quantity};
use serde::Deserialize;

use super::{LineKind, fields, open_enum::open_enum};
use crate::{InvoiceId, InvoiceItemId, JobId, PaymentId, RefundId};

/// An invoice; a job can have several. It names no customer: that is the job's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// The job it bills; none on some service-plan invoices.
    #[serde(default, deserialize_with = "fields::id")]
    pub job_id: Option<JobId>,
    /// How it stands.
    #[serde(default)]
    pub status: Option<InvoiceStatus>,
    /// Its number.
    #[serde(default, deserialize_with = "fields::text")]
    pub invoice_number: Option<String>,
    /// Total of this invoice.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
    /// Total before tax and discounts. `amount − subtotal` is not the tax: read `taxes`.
    #[serde(default, deserialize_with = "fields::cents")]
    pub subtotal: Option<Cents>,
    /// Still owed.
    #[serde(default, deserialize_with = "fields::cents")]
    pub due_amount: Option<Cents>,
    /// Due on.
    #[serde(default, deserialize_with = "fields::time")]
    pub due_at: Option<Timestamp>,
    /// Terms as a code (`upon`); not all codes are known.
    #[serde(default, deserialize_with = "fields::text")]
    pub due_concept: Option<String>,
    /// Terms as shown (`upon receipt`).
    #[serde(default, deserialize_with = "fields::text")]
    pub display_due_concept: Option<String>,
    /// When it was paid in full; can be missing on a paid invoice of nothing.
    #[serde(default, deserialize_with = "fields::time")]
    pub paid_at: Option<Timestamp>,
    /// When it was sent.
    #[serde(default, deserialize_with = "fields::time")]
    pub sent_at: Option<Timestamp>,
    /// When the service was done; a point in time, not a date.
    #[serde(default, deserialize_with = "fields::time")]
    pub service_date: Option<Timestamp>,
    /// The invoice's date; a point in time, not a date.
    #[serde(default, deserialize_with = "fields::time")]
    pub invoice_date: Option<Timestamp>,
    /// Lines.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub items: Vec<InvoiceItem>,
    /// Taxes.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub taxes: Vec<Tax>,
    /// Discounts.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub discounts: Vec<Discount>,
    /// Payments in any state: count only those that succeeded.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub payments: Vec<Payment>,
    /// Refunds in any state.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub refunds: Vec<Refund>,
}

impl Invoice {
    /// Whether it was voided or cancelled.
    pub fn is_removed(&self) -> bool {
        matches!(
            self.status,
            Some(InvoiceStatus::Voided | InvoiceStatus::Canceled)
        )
    }
}

open_enum! {
    /// How an invoice stands.
    InvoiceStatus {
        /// Owed.
        Open = "open",
        /// A payment is on its way.
        PendingPayment = "pending payment",
        /// Paid in full, or an invoice of nothing.
        Paid = "paid",
        /// Voided.
        Voided = "voided",
        /// Given up.
        Uncollectible = "uncollectible",
        /// Cancelled.
        Canceled = "canceled",
    }
}

/// A line of an invoice. It tells neither whether it is taxable nor its price-book entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct InvoiceItem {
    /// Its id.
    #[serde(default, deserialize_with = "fields::id")]
    pub id: Option<InvoiceItemId>,
    /// Name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "fields::text")]
    pub description: Option<String>,
    /// What kind of line it is.
    #[serde(default, rename = "type")]
    pub kind: Option<LineKind>,
    /// Cost of one.
    #[serde(default, deserialize_with = "fields::cents")]
    pub unit_cost: Option<Cents>,
    /// Price of one.
    #[serde(default, deserialize_with = "fields::cents")]
    pub unit_price: Option<Cents>,
    /// How many.
    #[serde(
        default,
        rename = "qty_in_hundredths",
        deserialize_with = "fields::hundredths"
    )]
    pub quantity: Option<Quantity>,
    /// Total of the whole job's line; every progress invoice repeats it.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
    /// The part billed on this invoice; none where Housecall Pro does not tell.
    #[serde(default, deserialize_with = "fields::cents")]
    pub invoiced_amount: Option<Cents>,
}

/// A tax on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tax {
    /// Its id.
    #[serde(default, deserialize_with = "fields::text")]
    pub id: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// The rate as it was written; its unit is not known, so nothing is computed from it.
    #[serde(default, deserialize_with = "fields::text")]
    pub rate: Option<String>,
    /// The tax.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
}

/// A discount on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Discount {
    /// Its id.
    #[serde(default, deserialize_with = "fields::text")]
    pub id: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "fields::text")]
    pub description: Option<String>,
    /// The discount; its sign is not documented.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
}

/// A payment on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// How it went.
    #[serde(default)]
    pub status: Option<PaymentStatus>,
    /// How it was made.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// What was paid, gross: Housecall Pro's API tells no fees.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
    /// A note; for payments outside Housecall Pro it may tell the means.
    #[serde(default, deserialize_with = "fields::text")]
    pub note: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "fields::time")]
    pub paid_at: Option<Timestamp>,
    /// Category; its values are not known.
    #[serde(default, deserialize_with = "fields::text")]
    pub category: Option<String>,
    /// Card surcharge in it.
    #[serde(default, deserialize_with = "fields::cents")]
    pub surcharge_fee_amount: Option<Cents>,
    /// Tip in it.
    #[serde(default, deserialize_with = "fields::cents")]
    pub tip_amount: Option<Cents>,
}

impl Payment {
    /// Whether money moved.
    pub fn is_succeeded(&self) -> bool {
        self.status == Some(PaymentStatus::Succeeded)
    }
}

open_enum! {
    /// How a payment or a refund went.
    PaymentStatus {
        /// Money moved.
        Succeeded = "succeeded",
        /// Not yet.
        Pending = "pending",
        /// It did not.
        Failed = "failed",
    }
}

open_enum! {
    /// How a payment was made.
    PaymentMethod {
        /// By card.
        CreditCard = "credit card",
        /// By bank transfer.
        Ach = "ach",
        /// By a loan through Housecall Pro.
        ConsumerFinancing = "consumer financing",
        /// Outside Housecall Pro: cash, check or other.
        External = "external",
        /// By a check deposited with the phone.
        MobileCheckDeposit = "mobile check deposit",
        /// Buy now, pay later.
        Bnpl = "bnpl",
    }
}

/// A refund on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// How it went.
    #[serde(default)]
    pub status: Option<PaymentStatus>,
    /// How it was made.
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
    /// What was refunded.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
    /// When.
    #[serde(default, deserialize_with = "fields::time")]
    pub refunded_at: Option<Timestamp>,
    /// Category; its values are not known.
    #[serde(default, deserialize_with = "fields::text")]
    pub category: Option<String>,
    /// Card surcharge in it.
    #[serde(default, deserialize_with = "fields::cents")]
    pub surcharge_fee_amount: Option<Cents>,
    /// Tip in it.
    #[serde(default, deserialize_with = "fields::cents")]
    pub tip_amount: Option<Cents>,
}

impl Refund {
    /// Whether money moved.
    pub fn is_succeeded(&self) -> bool {
        self.status == Some(PaymentStatus::Succeeded)
    }
}
