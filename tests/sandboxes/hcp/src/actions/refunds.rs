//! Money given back.

use super::{Desk, Refusal, not_allowed};
use crate::{
    billing::{PaymentStatus, Refund},
    doubts::Refunds,
    events::Event,
    ids::{InvoiceId, PaymentId, RefundId},
};

impl Desk<'_> {
    /// Gives money back; what it paid is due again, unless the settings leave the invoice paid.
    ///
    /// The tip goes back last.
    pub(super) fn refund_payment(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
        amount: Option<i64>,
    ) -> Result<RefundId, Refusal> {
        let refund = RefundId::from(self.random.id(RefundId::PREFIX));
        let now = self.now;
        let invoice = self.invoice_mut(id)?;
        let payment = invoice
            .payments
            .iter()
            .find(|payment| &payment.id == payment_id)
            .ok_or_else(|| Refusal::NotFound(format!("payment {payment_id} on the invoice")))?;
        if payment.status != PaymentStatus::Succeeded {
            return not_allowed("only a payment that succeeded can be refunded");
        }
        let method = payment.method;
        let (refunded, tips_refunded) = invoice
            .refunds
            .iter()
            .filter(|refund| refund.payment == *payment_id)
            .fold((0, 0), |(all, tips), refund| {
                (all + refund.amount, tips + refund.tip)
            });
        let left = payment.amount - refunded;
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            return not_allowed(format!(
                "a refund lies between 1 cent and the {left} cents left"
            ));
        }
        let work_left = payment.amount - payment.tip - (refunded - tips_refunded);
        let surcharge = if amount == payment.amount {
            payment.surcharge
        } else {
            0
        };
        invoice.refunds.push(Refund {
            id: refund.clone(),
            payment: payment_id.clone(),
            method,
            amount,
            tip: (amount - work_left).max(0),
            surcharge,
            refunded_at: now,
        });
        invoice.updated_at = now;
        let job = invoice.job.clone();
        if self.options.settings.refunds == Refunds::Reopen {
            if self.invoice(id)?.status.is_live() {
                self.settle(id)?;
            }
            self.tell_invoice(Event::InvoiceRefundSucceeded, id);
            if let Some(job) = job {
                self.edited(&job)?;
            }
        } else {
            self.tell_invoice(Event::InvoiceRefundSucceeded, id);
        }
        Ok(refund)
    }
}
