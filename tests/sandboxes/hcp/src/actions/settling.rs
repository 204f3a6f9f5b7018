//! What becomes of a payment: it arrives, fails, comes back, or is deleted.

use super::{Desk, Refusal, not_allowed};
use crate::{
    billing::{Invoice, Payment, PaymentStatus},
    doubts::{DeletedPayments, SharedPayments},
    events::Event,
    ids::{InvoiceId, JobId, PaymentId},
    shelf::When,
    words::{dollars, extras_words, method_words},
};

impl Desk<'_> {
    /// A pending payment arrives or fails; a bank takes back one that had arrived. On every invoice that it
    /// stands on.
    pub(super) fn settle_payment(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
        status: PaymentStatus,
    ) -> Result<String, Refusal> {
        let before = payment_of(self.invoice(id)?, payment_id)?.status;
        for id in self.invoices_with(id, payment_id) {
            let payment = payment_of(self.invoice(&id)?, payment_id)?;
            if payment.status == before {
                self.settle_part(&id, payment_id, status)?;
            }
        }
        Ok(payment_id.to_string())
    }

    fn settle_part(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
        status: PaymentStatus,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let invoice = self.invoice(id)?;
        let job = invoice.job().cloned();
        let payment = payment_of(invoice, payment_id)?;
        let before = payment.status;
        let has_refund = invoice.has_refund(payment_id);
        match (before, status) {
            (PaymentStatus::Pending, PaymentStatus::Succeeded | PaymentStatus::Failed) => {}
            (PaymentStatus::Succeeded, PaymentStatus::Failed)
                if payment.method.can_be_returned() && !has_refund => {}
            _ => {
                return not_allowed(
                    "a pending payment succeeds or fails; of those that succeeded only a bank \
                     transfer or mobile check can fail, and only before a refund",
                );
            }
        }
        let owed_before = match &job {
            Some(job) => self.outstanding(job)?,
            None => 0,
        };
        let mut payments = self.invoice_mut(id)?.payments.iter_mut();
        if let Some(payment) = payments.find(|payment| payment.id == *payment_id) {
            payment.status = status;
            payment.paid_at = (status == PaymentStatus::Succeeded).then_some(now);
        }
        let became_paid = self.settle(id)?;
        self.say_payment(id, payment_id)?;
        if status == PaymentStatus::Failed {
            self.tell_invoice(Event::InvoicePaymentFailed, id);
            if before == PaymentStatus::Succeeded {
                self.job_is_owed(job.as_ref(), owed_before)?;
            }
            return Ok(());
        }
        self.tell_invoice(Event::InvoicePaymentSucceeded, id);
        if became_paid {
            self.tell_invoice(Event::InvoicePaid, id);
        }
        self.job_is_owed(job.as_ref(), owed_before)
    }

    /// The invoices that a payment stands on: several only where they share its id.
    fn invoices_with(&self, id: &InvoiceId, payment: &PaymentId) -> Vec<InvoiceId> {
        if self.options.settings.shared_payments == SharedPayments::OwnIds {
            return vec![id.clone()];
        }
        let invoices = self.company.invoices.all(When::Now);
        invoices
            .filter(|invoice| payment_of(invoice, payment).is_ok())
            .map(|invoice| invoice.id.clone())
            .collect()
    }

    /// What is owed of the job has changed.
    fn job_is_owed(&mut self, job: Option<&JobId>, before: i64) -> Result<(), Refusal> {
        let Some(job) = job else { return Ok(()) };
        self.edited(job)?;
        if before > 0 && self.outstanding(job)? <= 0 {
            self.tell_job(Event::JobPaid, job);
        }
        Ok(())
    }

    /// Takes a payment off that was only noted: so people correct it before they enter it again. A tip that
    /// came with it stays on the job.
    pub(super) fn delete_payment(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
    ) -> Result<String, Refusal> {
        payment_of(self.invoice(id)?, payment_id)?;
        for id in self.invoices_with(id, payment_id) {
            self.delete_part(&id, payment_id)?;
        }
        Ok(payment_id.to_string())
    }

    fn delete_part(&mut self, id: &InvoiceId, payment_id: &PaymentId) -> Result<(), Refusal> {
        let invoice = self.invoice(id)?;
        let job = invoice.job().cloned();
        let payment = payment_of(invoice, payment_id)?;
        let what = payment_words(payment);
        if !payment.method.is_external() {
            return not_allowed("only cash, checks and others are deleted: refund this payment");
        }
        if invoice.has_refund(payment_id) {
            return not_allowed("a payment that was refunded stays");
        }
        let invoice = self.invoice_mut(id)?;
        invoice.payments.retain(|kept| kept.id != *payment_id);
        self.settle(id)?;
        self.say(id, &format!("{what} deleted"));
        if self.options.settings.deleted_payments == DeletedPayments::JobUpdated
            && let Some(job) = job
        {
            self.edited(&job)?;
        }
        Ok(())
    }

    pub(super) fn say_payment(
        &mut self,
        id: &InvoiceId,
        payment: &PaymentId,
    ) -> Result<(), Refusal> {
        let payment = payment_of(self.invoice(id)?, payment)?;
        let (what, status) = (payment_words(payment), payment.status.name());
        self.say(id, &format!("{what}: {status}"));
        Ok(())
    }
}

pub(super) fn payment_of<'a>(invoice: &'a Invoice, id: &PaymentId) -> Result<&'a Payment, Refusal> {
    let mut payments = invoice.payments.iter();
    payments
        .find(|payment| &payment.id == id)
        .ok_or_else(|| Refusal::NotFound(format!("payment {id} on the invoice")))
}

fn payment_words(payment: &Payment) -> String {
    let method = method_words(payment.method);
    let extras = extras_words(payment.tip, payment.surcharge);
    let note = match payment.note.as_deref() {
        Some(note) if note != method => format!(" (“{note}”)"),
        _ => String::new(),
    };
    let (method, amount) = (method.to_lowercase(), dollars(payment.amount));
    format!("{method} payment of {amount}{extras}{note}")
}
