//! Whether QuickBooks has a payment already that somebody entered there (R3).

use jiff::{civil::Date, tz::TimeZone};
use money::Cents;
use qbo::{Id, Payment};

use super::{JobPayment, check_number::check_number};
use crate::received;

/// Within so many days of the payment in Housecall Pro, one of equal amount in QuickBooks is the same money.
const DAYS: i32 = 3;

/// What becomes of a payment, by what QuickBooks has on its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sent.
    Send,
    /// It is this one, which somebody entered.
    Join(Box<Payment>),
    /// It may be among these, or these leave too little to pay: a person decides.
    Ask(Vec<Payment>),
}

/// Judges a payment by those of others on its document. `left`: what is left to pay of it there, and `part` what the
/// payment would pay of it. `ticked`: those of which a person said that they are marked in Housecall Pro.
pub fn judge(
    payment: &JobPayment,
    document: &Id,
    others: &[Payment],
    ticked: &[Id],
    (part, left): (Cents, Cents),
    zone: &TimeZone,
) -> Verdict {
    let paid = |other: &&Payment| other.paid_of(document);
    // One of nothing applies a credit: no money moved with it.
    let moved =
        |other: &&Payment| other.total_amt != Some(Cents::ZERO) && paid(other) != Cents::ZERO;
    let candidates: Vec<&Payment> = others.iter().filter(moved).collect();
    let equal: Vec<&&Payment> = candidates.iter().filter(|one| paid(one) == part).collect();
    let is_ticked = |one: &Payment| one.id.as_ref().is_some_and(|id| ticked.contains(id));
    let proven = equal.iter();
    let proven = proven.filter(|one| is_ticked(one) || is_same(payment, one, zone));
    let proven: Vec<&&&Payment> = proven.collect();
    match (proven.as_slice(), equal.as_slice()) {
        ([one], _) if payment.parts.len() == 1 && one.total_amt == Some(part) => {
            return Verdict::Join(Box::new(Payment::clone(one)));
        }
        ([], []) => {}
        _ => return Verdict::Ask(owned(&candidates)),
    }
    let together: Cents = candidates.iter().map(paid).sum();
    let adds_up = candidates.len() > 1 && together == part;
    let covers = candidates.iter().any(|one| paid(one) > part);
    if !candidates.is_empty() && (adds_up || covers || left < part) {
        return Verdict::Ask(owned(&candidates));
    }
    Verdict::Send
}

fn owned(candidates: &[&Payment]) -> Vec<Payment> {
    candidates.iter().copied().cloned().collect()
}

/// Whether there is evidence beside the amount: the note names its reference, its own or the one that was given with the
/// request to mark it, or it was made within days and no number
/// of a check differs. A card was charged by Housecall Pro, so only a reference that is named tells there.
fn is_same(payment: &JobPayment, other: &Payment, zone: &TimeZone) -> bool {
    let theirs = other.payment_ref_num.as_deref().map(str::trim);
    let theirs = theirs.filter(|number| !number.is_empty());
    let check = payment.note.as_deref().and_then(check_number);
    let is_invoice = |number: &str| Some(number) == payment.invoice_number.as_deref();
    let named = theirs.filter(|number| !is_invoice(number));
    let note = payment.note.as_deref().unwrap_or_default();
    let given = other.id.as_ref().map(received::reference);
    let mut numbers = named.into_iter().chain(given.as_deref());
    if numbers.any(|number| names(note, number)) {
        return true;
    }
    if payment.is_card() {
        return false;
    }
    let differs = check.is_some() && named.is_some() && check != named;
    let near = other
        .txn_date
        .is_some_and(|date| days_between(date, payment.date(zone)) <= DAYS);
    near && !differs
}

/// Whether a note has a word that is this number.
fn names(note: &str, number: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '-';
    note.split(|letter: char| !is_part(letter))
        .any(|word| word.eq_ignore_ascii_case(number))
}

/// How many days lie between two dates, whichever is first.
pub fn days_between(one: Date, other: Date) -> i32 {
    let days = one.until(other).map(|span| span.get_days());
    days.map_or(i32::MAX, i32::abs)
}
