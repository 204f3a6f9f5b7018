use serde::{Deserialize, Serialize};

use super::{Desk, NewLine, Refusal, invoices::total_of, not_allowed};
use crate::{
    billing::{Payment, PaymentMethod, PaymentStatus, Refund},
    events::Event,
    ids::{InvoiceId, JobId, PaymentId, RefundId},
};

/// The form of *collect payment*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPayment {
    /// How it is paid.
    pub method: PaymentMethod,
    /// Cents without the tip; all that is due unless told.
    pub amount: Option<i64>,
    /// Cents on top; becomes a line of the job.
    pub tip: i64,
    /// A note; cash, cheques and others name themselves unless told.
    pub note: Option<String>,
    /// What becomes of it.
    pub status: PaymentStatus,
}

impl NewPayment {
    /// All that is due.
    pub fn in_full(method: PaymentMethod) -> Self {
        Self {
            method,
            ..Self::default()
        }
    }

    /// So many cents.
    pub fn of(method: PaymentMethod, cents: i64) -> Self {
        Self {
            method,
            amount: Some(cents),
            ..Self::default()
        }
    }
}

impl Desk<'_> {
    /// Pays the job's invoice, making it first where there is none.
    pub(super) fn pay_job(
        &mut self,
        job_id: &JobId,
        payment: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        self.open_job(job_id)?;
        let id = match self.live_invoice(job_id)? {
            Some(id) => id,
            None => self.issue_invoice(job_id)?,
        };
        self.pay_invoice(&id, payment)
    }

    pub(super) fn pay_invoice(
        &mut self,
        id: &InvoiceId,
        new: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        let due = total_of(invoice) - invoice.held();
        let amount = new.amount.unwrap_or(due);
        if amount <= 0 || amount > due {
            return not_allowed(format!(
                "a payment lies between 1 cent and the {due} cents that are due"
            ));
        }
        let job = invoice.job.clone();
        if new.tip > 0 {
            if new.status == PaymentStatus::Failed {
                return not_allowed("a failed payment leaves no tip");
            }
            self.add_line(&job, NewLine::tip(new.tip))?;
        } else if new.tip < 0 {
            return not_allowed("a tip is not negative");
        }
        let payment = PaymentId::from(self.random.id(PaymentId::PREFIX));
        let fresh = Payment {
            id: payment.clone(),
            status: PaymentStatus::Pending,
            method: new.method,
            amount: amount + new.tip,
            note: new.note.or_else(|| own_name(new.method)),
            paid_at: None,
        };
        self.invoice_mut(id)?.payments.push(fresh);
        if new.status == PaymentStatus::Pending {
            self.settle(id)?;
        } else {
            self.settle_payment(id, &payment, new.status)?;
        }
        Ok(payment)
    }

    /// A pending payment arrives or fails.
    pub(super) fn settle_payment(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
        status: PaymentStatus,
    ) -> Result<String, Refusal> {
        let now = self.now;
        let invoice = self.invoice_mut(id)?;
        let job = invoice.job.clone();
        let payment = invoice
            .payments
            .iter_mut()
            .find(|payment| &payment.id == payment_id)
            .ok_or_else(|| Refusal::NotFound(format!("payment {payment_id} on the invoice")))?;
        if payment.status != PaymentStatus::Pending || status == PaymentStatus::Pending {
            return not_allowed("only a pending payment can succeed or fail");
        }
        payment.status = status;
        payment.paid_at = (status == PaymentStatus::Succeeded).then_some(now);
        let became_paid = self.settle(id)?;
        if status == PaymentStatus::Failed {
            self.tell_invoice(Event::InvoicePaymentFailed, id);
            return Ok(payment_id.to_string());
        }
        self.tell_invoice(Event::InvoicePaymentSucceeded, id);
        if became_paid {
            self.tell_invoice(Event::InvoicePaid, id);
        }
        self.edited(&job)?;
        if became_paid {
            self.tell_job(Event::JobPaid, &job);
        }
        Ok(payment_id.to_string())
    }

    /// Gives money back; what is due does not rise again.
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
        let refunded: i64 = invoice
            .refunds
            .iter()
            .filter(|refund| refund.payment == *payment_id)
            .map(|refund| refund.amount)
            .sum();
        let left = payment.amount - refunded;
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            return not_allowed(format!(
                "a refund lies between 1 cent and the {left} cents left"
            ));
        }
        invoice.refunds.push(Refund {
            id: refund.clone(),
            payment: payment_id.clone(),
            method,
            amount,
            refunded_at: now,
        });
        invoice.updated_at = now;
        self.tell_invoice(Event::InvoiceRefundSucceeded, id);
        Ok(refund)
    }
}

fn own_name(method: PaymentMethod) -> Option<String> {
    let name = match method {
        PaymentMethod::Cash => "Cash",
        PaymentMethod::Check => "Check",
        PaymentMethod::Other => "Other",
        _ => return None,
    };
    Some(name.to_owned())
}
