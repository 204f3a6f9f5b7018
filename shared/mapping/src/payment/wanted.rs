use jiff::{civil::Date, tz::TimeZone};
use money::Cents;
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

/// The day on which it is dated in QuickBooks: its own, or the first that was open, where a person chose that (S6).
fn dated(payment: &JobPayment, not_before: Option<Date>, zone: &TimeZone) -> Date {
    let own = payment.date(zone);
    not_before.map_or(own, |day| own.max(day))
}

/// The payment as it should stand in QuickBooks (P2), not dated before a day that a person chose.
pub fn wanted(
    records: &JobRecords,
    (payment, not_before): (&JobPayment, Option<Date>),
    applied: Applied,
    zone: &TimeZone,
    marker: &Marker,
) -> Payment {
    Payment {
        txn_date: Some(dated(payment, not_before, zone)),
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
pub(crate) fn reference(records: &JobRecords, payment: &JobPayment) -> Option<String> {
    let check = payment.note.as_deref().and_then(check_number);
    let told = check.or(payment.invoice_number.as_deref());
    names::name(
        told.unwrap_or_else(|| records.known_by()),
        limits::PAYMENT_REF_NUM,
    )
}

/// What Housecall Pro tells otherwise of a payment than QuickBooks (P8).
pub fn differences(payment: &JobPayment, memory: &Memory, zone: &TimeZone) -> Vec<Difference> {
    let date = dated(payment, memory.not_before, zone);
    let told = (payment.total(), date);
    differences_between(told, (memory.total, memory.date))
}

/// What is told otherwise than QuickBooks has it.
pub(crate) fn differences_between(
    (total, date): (Cents, Date),
    there: (Option<Cents>, Option<Date>),
) -> Vec<Difference> {
    differing(there, (Some(total), Some(date)))
}

/// What QuickBooks has otherwise of a payment than it was written (R4).
pub fn changed_there(written: &Payment, memory: &Memory) -> Vec<Difference> {
    let sent = (written.total_amt, written.txn_date);
    differing(sent, (memory.total, memory.date))
}

/// A payment that pays something else in QuickBooks than it was written for, and leaves nothing unapplied: somebody moved
/// it (R4).
pub fn moved_away(written: &Payment, memory: &Memory) -> Option<Difference> {
    let (back, paid): (Vec<&PaymentLine>, _) =
        written.line.iter().partition(|line| line.is_given_back());
    let stays = |lines: &[&PaymentLine]| -> Cents {
        let linked = lines.iter().flat_map(|line| &line.linked_txn);
        linked.map(|linked| memory.paid_of(&linked.txn_id)).sum()
    };
    let sent: Cents = paid.iter().map(|line| line.amount).sum();
    let stayed = stays(&paid);
    let elsewhere: Cents = memory.applied.iter().map(|(_, amount)| *amount).sum();
    let elsewhere = elsewhere - stayed - stays(&back);
    (stayed < sent && elsewhere > Cents::ZERO).then(|| Difference {
        what: "use".to_owned(),
        sent: format!("{sent} of the invoice"),
        now: format!("{stayed} of the invoice and {elsewhere} of something else"),
    })
}

/// One that somebody had entered there, and that pays less of its invoices by now than what it was joined with (R4).
pub fn pays_less(was: Cents, pays: Cents) -> Option<Difference> {
    (pays < was).then(|| Difference {
        what: "use".to_owned(),
        sent: format!("{was} of the invoice"),
        now: format!("{pays} of the invoice"),
    })
}

fn differing(
    (sent, sent_on): (Option<Cents>, Option<Date>),
    (now, now_on): (Option<Cents>, Option<Date>),
) -> Vec<Difference> {
    let difference = |what: &str, sent: Option<String>, now: Option<String>| {
        let (sent, now) = sent.zip(now).filter(|(sent, now)| sent != now)?;
        let what = what.to_owned();
        Some(Difference { what, sent, now })
    };
    let text = |amount: Option<Cents>| amount.map(|amount| amount.to_string());
    let day = |date: Option<Date>| date.map(|date| date.to_string());
    let amount = difference("amount", text(sent), text(now));
    let date = difference("date", day(sent_on), day(now_on));
    amount.into_iter().chain(date).collect()
}
