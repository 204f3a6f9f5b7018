use jiff::tz::TimeZone;
use qbo::{Id, Payment, PaymentLine, Ref, limits};

use super::{JobPayment, Memory, check_number::check_number};
use crate::{JobRecords, Marker, alert::Difference, names};

/// What a payment is sent with beside what Housecall Pro tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Whom the documents that it pays are made out to.
    pub customer: Id,
    /// What it pays of them.
    pub lines: Vec<PaymentLine>,
    /// Its method, perhaps a slot's.
    pub method: Option<Id>,
    /// The account that the money lies in; none: *Undeposited Funds* (P3).
    pub account: Option<Id>,
}

/// The payment as it should stand in QuickBooks (P2).
pub fn wanted(
    records: &JobRecords,
    payment: &JobPayment,
    applied: Applied,
    zone: &TimeZone,
    marker: &Marker,
) -> Payment {
    Payment {
        txn_date: Some(payment.date(zone)),
        customer_ref: Some(Ref::to(applied.customer)),
        total_amt: Some(payment.total()),
        line: applied.lines,
        payment_method_ref: applied.method.map(Ref::to),
        payment_ref_num: reference(records, payment),
        deposit_to_account_ref: applied.account.map(Ref::to),
        private_note: Some(marker.payment_note(records.known_by(), payment.note.as_deref())),
        ..Payment::default()
    }
}

/// The number of the check, else that of the invoice.
fn reference(records: &JobRecords, payment: &JobPayment) -> Option<String> {
    let check = payment.note.as_deref().and_then(check_number);
    let told = check.or(payment.invoice_number.as_deref());
    names::name(
        told.unwrap_or_else(|| records.known_by()),
        limits::PAYMENT_REF_NUM,
    )
}

/// What Housecall Pro tells otherwise of a payment than QuickBooks (P8).
pub fn differences(payment: &JobPayment, memory: &Memory, zone: &TimeZone) -> Vec<Difference> {
    let (total, date) = (payment.total(), payment.date(zone));
    let other_total = memory.total.filter(|there| *there != total);
    let other_date = memory.date.filter(|there| *there != date);
    let total = other_total.map(|there| Difference {
        what: "amount".to_owned(),
        sent: there.to_string(),
        now: total.to_string(),
    });
    let date = other_date.map(|there| Difference {
        what: "date".to_owned(),
        sent: there.to_string(),
        now: date.to_string(),
    });
    total.into_iter().chain(date).collect()
}
