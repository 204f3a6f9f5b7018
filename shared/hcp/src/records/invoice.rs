use jiff::Timestamp;
use money::{Cents, Quantity};
use serde::Deserialize;

use super::{
    LineKind,
    fields::{Fields, Missing, Record, Unread, from_fields},
    open_enum::open_enum,
};
use crate::{InvoiceId, InvoiceItemId, JobId, PaymentId, RefundId};

/// An invoice; a job can have several. It names no customer: that is the job's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// The job it bills; none on some service-plan invoices.
    pub job_id: Option<JobId>,
    /// How it stands.
    pub status: Option<InvoiceStatus>,
    /// Its number.
    pub invoice_number: Option<String>,
    /// Total of this invoice.
    pub amount: Option<Cents>,
    /// Total before tax and discounts. `amount − subtotal` is not the tax: read `taxes`.
    pub subtotal: Option<Cents>,
    /// Still owed.
    pub due_amount: Option<Cents>,
    /// Due on.
    pub due_at: Option<Timestamp>,
    /// Terms as a code (`upon`); not all codes are known.
    pub due_concept: Option<String>,
    /// Terms as shown (`upon receipt`).
    pub display_due_concept: Option<String>,
    /// When it was paid in full; can be missing on a paid invoice of nothing.
    pub paid_at: Option<Timestamp>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When the service was done; a point in time, not a date.
    pub service_date: Option<Timestamp>,
    /// The invoice's date; a point in time, not a date.
    pub invoice_date: Option<Timestamp>,
    /// Lines.
    pub items: Vec<InvoiceItem>,
    /// Taxes.
    pub taxes: Vec<Tax>,
    /// Discounts.
    pub discounts: Vec<Discount>,
    /// Payments in any state: count only those that succeeded.
    pub payments: Vec<Payment>,
    /// Refunds in any state.
    pub refunds: Vec<Refund>,
    /// What was told in a form that is not known.
    pub unread: Unread,
}

impl Record for Invoice {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            job_id: fields.id("job_id"),
            status: fields.word("status"),
            invoice_number: fields.text("invoice_number"),
            amount: fields.cents("amount"),
            subtotal: fields.cents("subtotal"),
            due_amount: fields.cents("due_amount"),
            due_at: fields.time("due_at"),
            due_concept: fields.text("due_concept"),
            display_due_concept: fields.text("display_due_concept"),
            paid_at: fields.time("paid_at"),
            sent_at: fields.time("sent_at"),
            service_date: fields.time("service_date"),
            invoice_date: fields.time("invoice_date"),
            items: fields.records("items"),
            taxes: fields.records("taxes"),
            discounts: fields.records("discounts"),
            payments: fields.records("payments"),
            refunds: fields.records("refunds"),
            unread: fields.unread(),
        })
    }
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
#[serde(try_from = "Fields")]
pub struct InvoiceItem {
    /// Its id.
    pub id: Option<InvoiceItemId>,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// What kind of line it is.
    pub kind: Option<LineKind>,
    /// Cost of one.
    pub unit_cost: Option<Cents>,
    /// Price of one.
    pub unit_price: Option<Cents>,
    /// How many.
    pub quantity: Option<Quantity>,
    /// Total of the whole job's line; every progress invoice repeats it.
    pub amount: Option<Cents>,
    /// The part billed on this invoice; none where Housecall Pro does not tell.
    pub invoiced_amount: Option<Cents>,
}

impl Record for InvoiceItem {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.id("id"),
            name: fields.text("name"),
            description: fields.text("description"),
            kind: fields.word("type"),
            unit_cost: fields.cents("unit_cost"),
            unit_price: fields.cents("unit_price"),
            quantity: fields.hundredths("qty_in_hundredths"),
            amount: fields.cents("amount"),
            invoiced_amount: fields.cents("invoiced_amount"),
        })
    }
}

/// A tax on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Tax {
    /// Its id.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// The rate as it was written; its unit is not known, so nothing is computed from it.
    pub rate: Option<String>,
    /// The tax.
    pub amount: Option<Cents>,
}

impl Record for Tax {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.text("id"),
            name: fields.text("name"),
            rate: fields.text("rate"),
            amount: fields.cents("amount"),
        })
    }
}

/// A discount on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Discount {
    /// Its id.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// The discount; its sign is not documented.
    pub amount: Option<Cents>,
}

impl Record for Discount {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.text("id"),
            name: fields.text("name"),
            description: fields.text("description"),
            amount: fields.cents("amount"),
        })
    }
}

/// A payment on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// How it went.
    pub status: Option<PaymentStatus>,
    /// How it was made.
    pub payment_method: Option<PaymentMethod>,
    /// What was paid, gross: Housecall Pro's API tells no fees.
    pub amount: Option<Cents>,
    /// A note; for payments outside Housecall Pro it may tell the means.
    pub note: Option<String>,
    /// When it was made.
    pub paid_at: Option<Timestamp>,
    /// Category; its values are not known.
    pub category: Option<String>,
    /// Card surcharge in it.
    pub surcharge_fee_amount: Option<Cents>,
    /// Tip in it.
    pub tip_amount: Option<Cents>,
}

impl Record for Payment {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            status: fields.word("status"),
            payment_method: fields.word("payment_method"),
            amount: fields.cents("amount"),
            note: fields.text("note"),
            paid_at: fields.time("paid_at"),
            category: fields.text("category"),
            surcharge_fee_amount: fields.cents("surcharge_fee_amount"),
            tip_amount: fields.cents("tip_amount"),
        })
    }
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
#[serde(try_from = "Fields")]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// How it went.
    pub status: Option<PaymentStatus>,
    /// How it was made.
    pub payment_method: Option<PaymentMethod>,
    /// What was refunded.
    pub amount: Option<Cents>,
    /// When.
    pub refunded_at: Option<Timestamp>,
    /// Category; its values are not known.
    pub category: Option<String>,
    /// Card surcharge in it.
    pub surcharge_fee_amount: Option<Cents>,
    /// Tip in it.
    pub tip_amount: Option<Cents>,
}

impl Record for Refund {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            status: fields.word("status"),
            payment_method: fields.word("payment_method"),
            amount: fields.cents("amount"),
            refunded_at: fields.time("refunded_at"),
            category: fields.text("category"),
            surcharge_fee_amount: fields.cents("surcharge_fee_amount"),
            tip_amount: fields.cents("tip_amount"),
        })
    }
}

impl Refund {
    /// Whether money moved.
    pub fn is_succeeded(&self) -> bool {
        self.status == Some(PaymentStatus::Succeeded)
    }
}

from_fields!(Invoice, InvoiceItem, Tax, Discount, Payment, Refund);
