use super::{Desk, Refusal, not_allowed};
use crate::{
    billing::{Invoice, InvoiceStatus},
    events::Event,
    ids::{InvoiceId, JobId},
    options::Invoicing,
    shelf::When,
    totals::Totals,
};

impl Desk<'_> {
    /// Sends the job's invoice, making it first where there is none. Sent again, it keeps its date.
    pub(super) fn send_invoice(&mut self, job_id: &JobId) -> Result<InvoiceId, Refusal> {
        self.open_job(job_id)?;
        let id = match self.live_invoice(job_id)? {
            Some(id) => id,
            None => self.issue_invoice(job_id)?,
        };
        let now = self.now;
        self.invoice_mut(&id)?.sent_at.get_or_insert(now);
        self.refresh_due_date(job_id)?;
        self.settle(&id)?;
        self.tell_invoice(Event::InvoiceSent, &id);
        Ok(id)
    }

    pub(super) fn void_invoice(&mut self, id: &InvoiceId) -> Result<String, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        let refunded: i64 = invoice.refunds.iter().map(|refund| refund.amount).sum();
        if invoice.paid() > refunded || invoice.pending() > 0 {
            return not_allowed(
                "an invoice that holds payments cannot be voided: refund them first",
            );
        }
        self.close_invoice(id, InvoiceStatus::Voided)?;
        self.tell_invoice(Event::InvoiceVoided, id);
        Ok(id.to_string())
    }

    /// Makes the job's invoice.
    pub(super) fn issue_invoice(&mut self, job_id: &JobId) -> Result<InvoiceId, Refusal> {
        let id = InvoiceId::from(self.random.id(InvoiceId::PREFIX));
        let job = self.job(job_id)?;
        let (job_number, issued_before) = (job.number.clone(), job.invoices.len());
        let number = match self.options.settings.invoicing {
            Invoicing::Simple => {
                let number = self.counters.invoice;
                self.counters.invoice = number.saturating_add(1);
                number.to_string()
            }
            Invoicing::MatchJobNumber if issued_before == 0 => job_number,
            Invoicing::MatchJobNumber => format!("{job_number}-{issued_before}"),
        };
        let job = self.job(job_id)?;
        let invoice = Invoice {
            id: id.clone(),
            job: job_id.clone(),
            number,
            status: InvoiceStatus::Open,
            lines: job.lines.clone(),
            taxes: job.taxes.clone(),
            due: job.due,
            due_at: job.due.due_at(self.now, job, &self.options.time_zone),
            service_date: job
                .schedule
                .as_ref()
                .map(|schedule| schedule.start)
                .or(job.work.completed_at),
            invoice_date: self.now,
            sent_at: None,
            paid_at: None,
            payments: Vec::new(),
            refunds: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
        };
        self.company.invoices.add(id.as_str(), invoice);
        self.job_mut(job_id)?.invoices.push(id.clone());
        self.tell_invoice(Event::InvoiceCreated, &id);
        Ok(id)
    }

    /// The job's lines or taxes changed: a live invoice bills them as they are now.
    pub(super) fn invoice_follows_job(&mut self, job_id: &JobId) -> Result<(), Refusal> {
        let Some(id) = self.live_invoice(job_id)? else {
            return Ok(());
        };
        let job = self.job(job_id)?;
        let (lines, taxes) = (job.lines.clone(), job.taxes.clone());
        let total = Totals::of(&lines, &taxes).total;
        let invoice = self.invoice(&id)?;
        let (held, before) = (invoice.held(), total_of(invoice));
        if total < held {
            return Err(Refusal::NotCovered(
                "an invoice that falls below what is paid on it",
            ));
        }
        let invoice = self.invoice_mut(&id)?;
        invoice.lines = lines;
        invoice.taxes = taxes;
        if total == before {
            return Ok(());
        }
        let became_paid = self.settle(&id)?;
        self.tell_invoice(Event::InvoiceAmountUpdated, &id);
        if became_paid && held > 0 {
            self.tell_invoice(Event::InvoicePaid, &id);
            self.tell_job(Event::JobPaid, job_id);
        }
        Ok(())
    }

    /// Terms, sending or the work's times changed: the due date follows.
    pub(super) fn refresh_due_date(&mut self, job_id: &JobId) -> Result<(), Refusal> {
        let Some(id) = self.live_invoice(job_id)? else {
            return Ok(());
        };
        let job = self.job(job_id)?;
        let invoice = self.invoice(&id)?;
        let issued = invoice.sent_at.unwrap_or(invoice.invoice_date);
        let due = job.due;
        let due_at = due.due_at(issued, job, &self.options.time_zone);
        let invoice = self.invoice_mut(&id)?;
        invoice.due = due;
        invoice.due_at = due_at;
        Ok(())
    }

    /// Sets status and time of payment from the payments; true when it became paid just now.
    ///
    /// A $0 invoice is paid without a payment and without a time.
    pub(super) fn settle(&mut self, id: &InvoiceId) -> Result<bool, Refusal> {
        let now = self.now;
        let invoice = self.invoice_mut(id)?;
        let was_paid = invoice.status == InvoiceStatus::Paid;
        invoice.status = if invoice.paid() >= total_of(invoice) {
            InvoiceStatus::Paid
        } else if invoice.pending() > 0 {
            InvoiceStatus::PendingPayment
        } else {
            InvoiceStatus::Open
        };
        let is_paid = invoice.status == InvoiceStatus::Paid;
        invoice.paid_at = invoice
            .payments
            .iter()
            .filter_map(|payment| payment.paid_at)
            .max()
            .filter(|_| is_paid);
        invoice.updated_at = now;
        Ok(is_paid && !was_paid)
    }

    pub(super) fn close_invoice(
        &mut self,
        id: &InvoiceId,
        status: InvoiceStatus,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let invoice = self.invoice_mut(id)?;
        invoice.status = status;
        invoice.updated_at = now;
        Ok(())
    }

    /// The invoice that bills the job. Simple invoicing has one at a time.
    pub(super) fn live_invoice(&self, job_id: &JobId) -> Result<Option<InvoiceId>, Refusal> {
        let job = self.job(job_id)?;
        Ok(self
            .company
            .invoices_of(job, When::Now)
            .find(|invoice| invoice.status.is_live())
            .map(|invoice| invoice.id.clone()))
    }

    pub(super) fn invoice(&self, id: &InvoiceId) -> Result<&Invoice, Refusal> {
        self.company
            .invoice(id, When::Now)
            .ok_or_else(|| Refusal::NotFound(format!("invoice {id}")))
    }

    pub(super) fn invoice_mut(&mut self, id: &InvoiceId) -> Result<&mut Invoice, Refusal> {
        self.company
            .invoices
            .change(id.as_str())
            .ok_or_else(|| Refusal::NotFound(format!("invoice {id}")))
    }
}

pub(super) fn total_of(invoice: &Invoice) -> i64 {
    Totals::of(&invoice.lines, &invoice.taxes).total
}
