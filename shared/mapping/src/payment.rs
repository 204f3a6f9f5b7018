//! What the payments of a job become in QuickBooks (P1, P2, P4, P7).

use hcp::{Invoice, InvoiceId, JobId, PaymentId, PaymentMethod, PaymentStatus};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{JobRecords, SlotName, payment_method};

mod allocation;
mod check_number;
mod evidence;
mod kind;
mod memory;
pub(crate) mod wanted;

pub use allocation::{Open, allocated, allocated_beside};
pub use evidence::{Verdict, days_between, judge};
pub use memory::{Decision, Memory, Removal, Reopened};
pub use wanted::{Applied, changed_there, differences, moved_away, pays_less, wanted};

/// A payment of a job that went through, over all invoices of the job that it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobPayment {
    /// Its id in Housecall Pro.
    pub id: PaymentId,
    /// What the customer was charged on each invoice, tip and surcharge included.
    pub parts: Vec<(InvoiceId, Cents)>,
    /// The number of the first of these invoices.
    pub invoice_number: Option<String>,
    /// When it was made.
    pub paid_at: Timestamp,
    /// How it was made.
    pub method: Option<PaymentMethod>,
    /// The name of the method in QuickBooks, and whether it is a card.
    pub method_name: Option<(String, bool)>,
    /// What somebody noted with it.
    pub note: Option<String>,
    /// What of it repeats refunds of these invoices and so is sent as sales receipts (P4); not among its parts.
    pub repeats: Vec<(InvoiceId, Cents)>,
}

/// A payment that cannot be sent as Housecall Pro tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its id in Housecall Pro.
    pub id: PaymentId,
    /// What it tells of its amount.
    pub amount: Option<Cents>,
    /// What is wrong.
    pub cause: UnusableCause,
}

/// What is wrong with a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnusableCause {
    /// It tells no amount.
    NoAmount,
    /// Its amount is below zero.
    Negative,
    /// It does not tell when it was made.
    NoDate,
    /// Its surcharge may stand in its amount or beside it, and neither agrees with what is left to pay (P2).
    Surcharge,
    /// Several invoices tell it, each more than it asks for: the whole of it, it seems (P1).
    ToldTwice,
}

impl JobPayment {
    /// All that was paid.
    pub fn total(&self) -> Cents {
        self.parts.iter().map(|(_, amount)| *amount).sum()
    }

    /// Whether Housecall Pro took the money by card: nobody enters such a payment a second time.
    pub fn is_card(&self) -> bool {
        self.method == Some(PaymentMethod::CreditCard)
    }

    /// The slot of its payment in QuickBooks.
    pub fn slot(&self, job: &JobId) -> SlotName {
        SlotName::payment(job, &self.id)
    }

    /// The day on which it was made, for the company.
    pub fn date(&self, zone: &TimeZone) -> Date {
        self.paid_at.to_zoned(zone.clone()).date()
    }
}

impl JobRecords {
    /// The payments of the job that went through, in the order in which they were made; and those that cannot be sent.
    pub fn payments(&self) -> (Vec<JobPayment>, Vec<Unusable>) {
        let mut payments: Vec<JobPayment> = Vec::new();
        let mut unusable: Vec<Unusable> = Vec::new();
        for invoice in &self.invoices {
            for paid in invoice.payments.iter().filter(|paid| paid.is_succeeded()) {
                match charged(invoice, paid) {
                    // P7: nothing was paid.
                    Ok((Cents::ZERO, _)) => {}
                    Ok((amount, paid_at)) => {
                        let part = (invoice.id.clone(), amount);
                        match payments.iter_mut().find(|known| known.id == paid.id) {
                            Some(known) => known.parts.push(part),
                            None => payments.push(JobPayment {
                                id: paid.id.clone(),
                                parts: vec![part],
                                invoice_number: invoice.invoice_number.clone(),
                                paid_at,
                                method: paid.payment_method.clone(),
                                method_name: payment_method(paid),
                                note: paid.note.clone(),
                                repeats: Vec::new(),
                            }),
                        }
                    }
                    Err(cause) => unusable.push(Unusable {
                        id: paid.id.clone(),
                        amount: paid.amount,
                        cause,
                    }),
                }
            }
        }
        let told_twice = payments.extract_if(.., |payment| self.is_told_twice(payment));
        unusable.extend(told_twice.map(|payment| Unusable {
            amount: payment.parts.first().map(|(_, amount)| *amount),
            id: payment.id,
            cause: UnusableCause::ToldTwice,
        }));
        // What is wrong with one part is wrong with all of it.
        payments.retain(|payment| unusable.iter().all(|one| one.id != payment.id));
        payments.sort_by(|one, other| (one.paid_at, &one.id).cmp(&(other.paid_at, &other.id)));
        (payments, unusable)
    }

    /// Whether a payment of Housecall Pro's was given back by the bank: it went through once and did not (P8).
    pub fn has_failed(&self, payment: &PaymentId) -> bool {
        let mut payments = self.invoices.iter().flat_map(|invoice| &invoice.payments);
        let failed = Some(PaymentStatus::Failed);
        payments.any(|paid| paid.id == *payment && paid.status == failed)
    }

    fn is_told_twice(&self, payment: &JobPayment) -> bool {
        let exceeds = |(id, amount): &(InvoiceId, Cents)| {
            let mut invoices = self.invoices.iter();
            let invoice = invoices.find(|invoice| invoice.id == *id);
            invoice.is_some_and(|invoice| invoice.amount.is_some_and(|asked| *amount > asked))
        };
        payment.parts.len() > 1 && payment.parts.iter().any(exceeds)
    }
}

/// What the customer was charged on an invoice, and when.
fn charged(invoice: &Invoice, paid: &hcp::Payment) -> Result<(Cents, Timestamp), UnusableCause> {
    let amount = paid.amount.ok_or(UnusableCause::NoAmount)?;
    if amount < Cents::ZERO {
        return Err(UnusableCause::Negative);
    }
    let beside = match surcharge_stands(invoice)? {
        Surcharge::Inside => Cents::ZERO,
        Surcharge::Beside => paid.surcharge_fee_amount.unwrap_or_default(),
    };
    let amount = amount.checked_add(beside).ok_or(UnusableCause::NoAmount)?;
    let paid_at = paid.paid_at.or(invoice.paid_at);
    Ok((amount, paid_at.ok_or(UnusableCause::NoDate)?))
}

/// Where the surcharges of an invoice's payments, and of its refunds, stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surcharge {
    /// In their amounts.
    Inside,
    /// Beside them.
    Beside,
}

/// Housecall Pro does not say whether a payment's amount has its surcharge in it: the reading that agrees with what is
/// left to pay counts (P2). What was refunded may be due again, or not (P5).
pub(crate) fn surcharge_stands(invoice: &Invoice) -> Result<Surcharge, UnusableCause> {
    let paid = || invoice.payments.iter().filter(|paid| paid.is_succeeded());
    let refunds = || {
        invoice
            .refunds
            .iter()
            .filter(|refund| refund.is_succeeded())
    };
    let surcharges: Cents = paid().filter_map(|paid| paid.surcharge_fee_amount).sum();
    if surcharges == Cents::ZERO {
        return Ok(Surcharge::Inside);
    }
    let amounts: Cents = paid().filter_map(|paid| paid.amount).sum();
    let back: Cents = refunds().filter_map(|refund| refund.amount).sum();
    let back_beside: Cents = refunds()
        .filter_map(|refund| refund.surcharge_fee_amount)
        .sum();
    let inside = [amounts, amounts - back];
    let whole = amounts + surcharges;
    let beside = [whole, whole - back - back_beside];
    let paid_off = invoice.amount.zip(invoice.due_amount);
    let paid_off = paid_off.and_then(|(amount, due)| amount.checked_sub(due));
    let agrees = |readings: [Cents; 2]| paid_off.is_some_and(|off| readings.contains(&off));
    match (agrees(inside), agrees(beside)) {
        // All of it was given back: what the invoice asks for tells.
        (true, true) if invoice.amount == Some(whole) => Ok(Surcharge::Beside),
        (true, _) => Ok(Surcharge::Inside),
        (false, true) => Ok(Surcharge::Beside),
        (false, false) => Err(UnusableCause::Surcharge),
    }
}

#[cfg(test)]
mod tests;
