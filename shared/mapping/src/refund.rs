//! What the refunds of a job become in QuickBooks (P5).

use hcp::{Invoice, InvoiceId, PaymentMethod, RefundId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{
    JobRecords, SlotName,
    payment::{JobPayment, Surcharge, surcharge_stands},
};

mod given_back;
mod kind;
mod memory;
mod mirror;
mod wanted;

pub use memory::{GivenBack, Memory, NotReopened};
pub use mirror::{Billed, Earlier, Mirror, Moved, mirrored, repeated};
pub use wanted::{PaidOut, dated, wanted};

/// A refund of a job that went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRefund {
    /// Its id in Housecall Pro.
    pub id: RefundId,
    /// The invoice whose money went back.
    pub invoice: InvoiceId,
    /// The number of that.
    pub invoice_number: Option<String>,
    /// All that went back, tip and surcharge included.
    pub amount: Cents,
    /// What of it is a tip.
    pub tip: Cents,
    /// What of it is a card surcharge.
    pub surcharge: Cents,
    /// When it went back.
    pub refunded_at: Timestamp,
    /// How it went back.
    pub method: Option<PaymentMethod>,
}

/// A refund that cannot be sent as Housecall Pro tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its id in Housecall Pro.
    pub id: RefundId,
    /// The number of its invoice.
    pub invoice_number: Option<String>,
    /// What it tells of its amount.
    pub amount: Option<Cents>,
    /// What is wrong.
    pub cause: UnusableCause,
}

/// What is wrong with a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnusableCause {
    /// It tells no amount.
    NoAmount,
    /// Its amount is below zero.
    Negative,
    /// It does not tell when the money went back.
    NoDate,
    /// Its surcharge may stand in its amount or beside it (P2).
    Surcharge,
    /// Several invoices tell it.
    ToldTwice,
}

impl JobRefund {
    /// The slot of its receipt in QuickBooks.
    pub fn slot(&self, job: &hcp::JobId) -> SlotName {
        SlotName::refund(job, &self.id)
    }

    /// The day on which it went back, for the company.
    pub fn date(&self, zone: &TimeZone) -> Date {
        self.refunded_at.to_zoned(zone.clone()).date()
    }

    /// The payment that it gives back, which Housecall Pro does not tell: of those of its invoice one of its method and
    /// amount, else one of its method, else the first.
    pub fn gives_back<'a>(
        &self,
        payments: impl IntoIterator<Item = &'a JobPayment>,
    ) -> Option<&'a JobPayment> {
        let on_it: Vec<(&JobPayment, Cents)> = payments
            .into_iter()
            .filter_map(|payment| {
                let mut parts = payment.parts.iter();
                let (_, part) = parts.find(|(invoice, _)| *invoice == self.invoice)?;
                Some((payment, *part))
            })
            .collect();
        let of_method = |payment: &JobPayment| payment.method == self.method;
        let same =
            |(payment, part): &&(&JobPayment, Cents)| of_method(payment) && *part == self.amount;
        let found = on_it.iter().find(same);
        let found = found.or_else(|| on_it.iter().find(|(payment, _)| of_method(payment)));
        found.or(on_it.first()).map(|(payment, _)| *payment)
    }
}

impl JobRecords {
    /// The refunds of the job that went through, in the order in which they were made; and those that cannot be sent.
    pub fn refunds(&self) -> (Vec<JobRefund>, Vec<Unusable>) {
        let mut refunds: Vec<JobRefund> = Vec::new();
        let mut unusable: Vec<Unusable> = Vec::new();
        for invoice in &self.invoices {
            for told in invoice.refunds.iter().filter(|told| told.is_succeeded()) {
                let is_known = |id: &RefundId| *id == told.id;
                let cause = match went_back(invoice, told) {
                    _ if refunds.iter().any(|known| is_known(&known.id))
                        || unusable.iter().any(|known| is_known(&known.id)) =>
                    {
                        refunds.retain(|known| !is_known(&known.id));
                        unusable.retain(|known| !is_known(&known.id));
                        UnusableCause::ToldTwice
                    }
                    // Nothing went back.
                    Ok(refund) if refund.amount == Cents::ZERO => continue,
                    Ok(refund) => {
                        refunds.push(refund);
                        continue;
                    }
                    Err(cause) => cause,
                };
                unusable.push(Unusable {
                    id: told.id.clone(),
                    invoice_number: invoice.invoice_number.clone(),
                    amount: told.amount,
                    cause,
                });
            }
        }
        refunds
            .sort_by(|one, other| (one.refunded_at, &one.id).cmp(&(other.refunded_at, &other.id)));
        (refunds, unusable)
    }
}

impl JobRecords {
    /// Whether Housecall Pro counts what went back of an invoice as due again. What it leaves paid is not paid once more.
    pub fn is_due_again(&self, id: &InvoiceId) -> bool {
        let mut invoices = self.invoices.iter();
        let Some(invoice) = invoices.find(|invoice| invoice.id == *id && !invoice.is_removed())
        else {
            return true;
        };
        let on_it = |one: &InvoiceId| one == id;
        let (payments, _) = self.payments();
        let parts = payments.iter().flat_map(|payment| &payment.parts);
        let paid: Cents = parts
            .filter(|(invoice, _)| on_it(invoice))
            .map(|(_, part)| *part)
            .sum();
        let paid_off = invoice.amount.zip(invoice.due_amount);
        paid_off.is_none_or(|(amount, due)| amount.checked_sub(due) != Some(paid))
    }
}

/// What went back to the customer of an invoice, and when.
fn went_back(invoice: &Invoice, told: &hcp::Refund) -> Result<JobRefund, UnusableCause> {
    let amount = told.amount.ok_or(UnusableCause::NoAmount)?;
    if amount < Cents::ZERO {
        return Err(UnusableCause::Negative);
    }
    let surcharge = told.surcharge_fee_amount.unwrap_or_default();
    let beside = match surcharge_stands(invoice) {
        _ if surcharge == Cents::ZERO => Cents::ZERO,
        Ok(Surcharge::Inside) => Cents::ZERO,
        Ok(Surcharge::Beside) => surcharge,
        Err(_) => return Err(UnusableCause::Surcharge),
    };
    let amount = amount.checked_add(beside).ok_or(UnusableCause::NoAmount)?;
    Ok(JobRefund {
        id: told.id.clone(),
        invoice: invoice.id.clone(),
        invoice_number: invoice.invoice_number.clone(),
        amount,
        tip: told.tip_amount.unwrap_or_default().max(Cents::ZERO),
        surcharge: surcharge.max(Cents::ZERO),
        refunded_at: told.refunded_at.ok_or(UnusableCause::NoDate)?,
        method: told.payment_method.clone(),
    })
}

#[cfg(test)]
mod tests;
