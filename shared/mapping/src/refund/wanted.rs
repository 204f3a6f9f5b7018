use jiff::{civil::Date, tz::TimeZone};
use qbo::{Id, Ref, RefundReceipt};

use super::{JobRefund, Mirror};
use crate::{JobRecords, Marker};

/// Whom the money of a refund went to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidOut {
    /// Whom the invoice is made out to.
    pub customer: Id,
    /// The account that the payment went to.
    pub account: Id,
    /// The payment's method, perhaps a slot's.
    pub method: Option<Id>,
}

/// The day on which it is dated in QuickBooks: its own, or the first that was open, where a person chose that (S6).
pub fn dated(refund: &JobRefund, not_before: Option<Date>, zone: &TimeZone) -> Date {
    let own = refund.date(zone);
    not_before.map_or(own, |day| own.max(day))
}

/// The refund as it should stand in QuickBooks (P5), not dated before a day that a person chose (S6).
pub fn wanted(
    records: &JobRecords,
    (refund, not_before): (&JobRefund, Option<Date>),
    paid_out: PaidOut,
    mirror: Mirror,
    zone: &TimeZone,
    marker: &Marker,
) -> RefundReceipt {
    let invoice = refund.invoice_number.as_deref();
    let named = invoice.map(|number| format!("Refund on invoice {number}"));
    RefundReceipt {
        txn_date: Some(dated(refund, not_before, zone)),
        customer_ref: Some(Ref::to(paid_out.customer)),
        payment_method_ref: paid_out.method.map(Ref::to),
        deposit_to_account_ref: Some(Ref::to(paid_out.account)),
        private_note: Some(marker.payment_note(records.known_by(), named.as_deref())),
        apply_tax_after_discount: mirror.apply_tax_after_discount(),
        line: mirror.lines,
        class_ref: mirror.class,
        txn_tax_detail: mirror.tax_detail,
        ..RefundReceipt::default()
    }
}
