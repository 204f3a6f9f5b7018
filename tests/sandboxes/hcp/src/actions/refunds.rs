//! Money given back.

use serde::{Deserialize, Serialize};

use super::{Desk, Refusal, not_allowed, settling::payment_of};
use crate::{
    billing::{Invoice, Payment, PaymentMethod, PaymentStatus, Refund},
    doubts::Refunds,
    events::Event,
    ids::{InvoiceId, PaymentId, RefundId},
    words::{dollars, extras_words},
};

/// Bank transfers are given back within so many days.
const ACH_DAYS: i64 = 90;

/// The form of *refund*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Where the payment stands.
    pub invoice: InvoiceId,
    /// What is given back of.
    pub payment: PaymentId,
    /// Cents with the tip, without the surcharge; all that is left unless told.
    #[serde(default)]
    pub amount: Option<i64>,
    /// How many of them are tip: unless told, the work is given back first.
    #[serde(default)]
    pub tip: Option<i64>,
    /// Cents on top; unless told, all of the surcharge with the whole payment, else nothing.
    #[serde(default)]
    pub surcharge: Option<i64>,
    /// What becomes of it.
    #[serde(default)]
    pub status: PaymentStatus,
}

impl NewRefund {
    /// All that is left of a payment.
    pub fn of(invoice: &InvoiceId, payment: &PaymentId) -> Self {
        Self {
            invoice: invoice.clone(),
            payment: payment.clone(),
            amount: None,
            tip: None,
            surcharge: None,
            status: PaymentStatus::Succeeded,
        }
    }
}

/// The parts of a sum that is given back.
struct Parts {
    amount: i64,
    tip: i64,
    surcharge: i64,
}

impl Parts {
    /// What the form asks for, where so much is left of the payment.
    fn of(new: &NewRefund, invoice: &Invoice, payment: &Payment) -> Result<Self, Refusal> {
        let back =
            |part: fn(&Refund) -> i64| -> i64 { invoice.refunds_of(&payment.id).map(part).sum() };
        let left = payment.amount - back(|refund| refund.amount);
        let tip_left = payment.tip - back(|refund| refund.tip);
        let surcharge_left = payment.surcharge - back(|refund| refund.surcharge);
        let amount = new.amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            return not_allowed(format!(
                "a refund lies between $0.01 and the {} left of the payment",
                dollars(left)
            ));
        }
        let work_left = left - tip_left;
        let tip = new.tip.unwrap_or((amount - work_left).max(0));
        if !(0..=tip_left.min(amount)).contains(&tip) || amount - tip > work_left {
            return not_allowed(format!(
                "{} of work and {} of tip are left of the payment",
                dollars(work_left),
                dollars(tip_left)
            ));
        }
        let all_at_once = amount == payment.amount;
        let surcharge = new
            .surcharge
            .unwrap_or(if all_at_once { surcharge_left } else { 0 });
        if !(0..=surcharge_left).contains(&surcharge) {
            return not_allowed(format!(
                "{} of surcharge are left of the payment",
                dollars(surcharge_left)
            ));
        }
        Ok(Self {
            amount,
            tip,
            surcharge,
        })
    }
}

impl Desk<'_> {
    /// Gives money back; what it paid is due again, unless the settings leave the invoice paid.
    pub(super) fn refund_payment(&mut self, new: &NewRefund) -> Result<RefundId, Refusal> {
        let id = RefundId::from(self.random.id(RefundId::PREFIX));
        let now = self.now;
        let invoice = self.invoice(&new.invoice)?;
        let payment = payment_of(invoice, &new.payment)?;
        if payment.status != PaymentStatus::Succeeded {
            return not_allowed("only a payment that succeeded can be refunded");
        }
        let is_too_late = payment
            .paid_at
            .is_some_and(|paid_at| now.duration_since(paid_at).as_hours() > ACH_DAYS * 24);
        if payment.method == PaymentMethod::Ach && is_too_late {
            return not_allowed(format!(
                "a bank transfer is refunded within {ACH_DAYS} days"
            ));
        }
        let parts = Parts::of(new, invoice, payment)?;
        let refund = Refund {
            id: id.clone(),
            status: PaymentStatus::Pending,
            payment: new.payment.clone(),
            method: payment.method,
            amount: parts.amount,
            tip: parts.tip,
            surcharge: parts.surcharge,
            refunded_at: None,
        };
        let words = refund_words(&refund);
        let invoice = self.invoice_mut(&new.invoice)?;
        invoice.refunds.push(refund);
        invoice.updated_at = now;
        if new.status == PaymentStatus::Pending {
            self.say(&new.invoice, &words);
        } else {
            self.settle_refund(&new.invoice, &id, new.status)?;
        }
        Ok(id)
    }

    /// A pending refund arrives or fails. No event tells a failure.
    pub(super) fn settle_refund(
        &mut self,
        id: &InvoiceId,
        refund_id: &RefundId,
        status: PaymentStatus,
    ) -> Result<String, Refusal> {
        let now = self.now;
        let invoice = self.invoice_mut(id)?;
        let mut refunds = invoice.refunds.iter_mut();
        let refund = refunds
            .find(|refund| &refund.id == refund_id)
            .ok_or_else(|| Refusal::NotFound(format!("refund {refund_id} on the invoice")))?;
        if refund.status != PaymentStatus::Pending || status == PaymentStatus::Pending {
            return not_allowed("only a pending refund can succeed or fail");
        }
        refund.status = status;
        refund.refunded_at = (status == PaymentStatus::Succeeded).then_some(now);
        let words = refund_words(refund);
        invoice.updated_at = now;
        let job = invoice.job().cloned();
        self.say(id, &words);
        if status == PaymentStatus::Failed {
            return Ok(refund_id.to_string());
        }
        let reopens = self.options.settings.refunds == Refunds::Reopen;
        if reopens {
            self.settle(id)?;
        }
        self.tell_invoice(Event::InvoiceRefundSucceeded, id);
        if reopens && let Some(job) = job {
            self.edited(&job)?;
        }
        Ok(refund_id.to_string())
    }
}

fn refund_words(refund: &Refund) -> String {
    let extras = extras_words(refund.tip, refund.surcharge);
    let (amount, status) = (dollars(refund.amount), refund.status.name());
    format!("refund of {amount}{extras}: {status}")
}
