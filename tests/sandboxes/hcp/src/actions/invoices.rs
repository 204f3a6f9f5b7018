//! Invoices of a job: made, sent, voided, and kept in step with the job.

use super::{Desk, Refusal, not_allowed};
use crate::{
    bill::Bill,
    billing::{Billed, Invoice, InvoiceKind, InvoiceStatus},
    events::Event,
    ids::{InvoiceId, JobId},
    options::Invoicing,
    shelf::When,
    work::{DueTerms, Job},
};

impl Desk<'_> {
    /// Sends the job's invoice, making it first where there is none. Sent again, it keeps its date.
    ///
    /// In progress invoicing that is the first part that was not sent yet, else all that is left.
    pub(super) fn send_invoice(&mut self, job_id: &JobId) -> Result<InvoiceId, Refusal> {
        self.open_job(job_id)?;
        let id = self.invoice_to_send(job_id)?;
        self.send(job_id, &id)?;
        Ok(id)
    }

    fn invoice_to_send(&mut self, job_id: &JobId) -> Result<InvoiceId, Refusal> {
        if self.job(job_id)?.invoicing == Invoicing::Progress {
            for id in self.live_invoices(job_id)? {
                let invoice = self.invoice(&id)?;
                if invoice.kind == InvoiceKind::Progress && invoice.sent_at.is_none() {
                    return Ok(id);
                }
            }
        }
        if let Some(id) = self.issue_what_is_left(job_id)? {
            return Ok(id);
        }
        let live = self.live_invoices(job_id)?;
        let mut latest = live.into_iter().rev();
        latest
            .find(|id| {
                let invoice = self.company.invoice(id, When::Now);
                invoice.is_some_and(|invoice| invoice.kind != InvoiceKind::Deposit)
            })
            .ok_or_else(|| Refusal::NotFound(format!("invoice of job {job_id}")))
    }

    /// Sends one invoice, such as a deposit's.
    pub(super) fn send_this_invoice(&mut self, id: &InvoiceId) -> Result<String, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        let job = invoice.job().cloned();
        let job = job.ok_or(Refusal::NotCovered("sending the invoice of a service plan"))?;
        self.open_job(&job)?;
        self.send(&job, id)?;
        Ok(id.to_string())
    }

    fn send(&mut self, job_id: &JobId, id: &InvoiceId) -> Result<(), Refusal> {
        let now = self.now;
        self.invoice_mut(id)?.sent_at.get_or_insert(now);
        self.refresh_due_dates(job_id)?;
        self.settle(id)?;
        self.tell_invoice(Event::InvoiceSent, id);
        Ok(())
    }

    pub(super) fn void_invoice(&mut self, id: &InvoiceId) -> Result<String, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        if invoice.held() > 0 {
            return not_allowed(
                "an invoice that holds payments cannot be voided: refund them first",
            );
        }
        let job = invoice.job().cloned();
        self.close_invoice(id, InvoiceStatus::Voided)?;
        self.tell_invoice(Event::InvoiceVoided, id);
        if let Some(job) = job {
            let billed = self.job(&job)?;
            if billed.deleted_at.is_none() && !billed.status.is_canceled() {
                // What a voided deposit billed falls back to the main invoice.
                self.invoices_follow_job(&job)?;
            }
        }
        Ok(id.to_string())
    }

    /// Makes the invoice over all that is not billed yet; `None` where nothing is left and there is one.
    pub(super) fn issue_what_is_left(
        &mut self,
        job_id: &JobId,
    ) -> Result<Option<InvoiceId>, Refusal> {
        let job = self.job(job_id)?;
        let kind = match job.invoicing {
            Invoicing::Progress => InvoiceKind::Progress,
            Invoicing::Simple | Invoicing::MatchJobNumber => InvoiceKind::Main,
        };
        let left = self.left_to_bill(job)?;
        let has_one = self
            .company
            .invoices_of(job, When::Now)
            .any(|invoice| invoice.status.is_live() && invoice.kind == kind);
        if has_one && (kind == InvoiceKind::Main || left.total() == 0) {
            return Ok(None);
        }
        self.issue(job_id, kind, left, None).map(Some)
    }

    /// Makes an invoice.
    pub(super) fn issue(
        &mut self,
        job_id: &JobId,
        kind: InvoiceKind,
        bill: Bill,
        own_due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        let id = InvoiceId::from(self.random.id(InvoiceId::PREFIX));
        let number = self.next_number(job_id, kind)?;
        let job = self.job(job_id)?;
        let due = own_due.unwrap_or(job.due);
        let invoice = Invoice {
            id: id.clone(),
            billed: Billed::Job(job_id.clone()),
            number,
            kind,
            status: InvoiceStatus::Open,
            lines: job.lines.clone(),
            taxes: job.taxes.clone(),
            bill,
            own_due,
            due,
            due_at: due.due_at(self.now, job, &self.options.time_zone),
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

    fn next_number(&mut self, job_id: &JobId, kind: InvoiceKind) -> Result<String, Refusal> {
        let job = self.job(job_id)?;
        let number = job.number.clone();
        let simple = job.invoicing == Invoicing::Simple;
        let of_kind = |kind| {
            let invoices = self.company.invoices_of(job, When::Now);
            invoices.filter(|invoice| invoice.kind == kind).count()
        };
        let (before, mains) = (of_kind(kind), of_kind(InvoiceKind::Main));
        let again = |number: String| match before {
            0 => number,
            times => format!("{number}-{times}"),
        };
        match kind {
            InvoiceKind::Progress => Ok(format!("{number}-{}", before + 1)),
            InvoiceKind::Main if simple => match self.job_mut(job_id)?.reserved_number.take() {
                Some(reserved) => Ok(reserved),
                None => Ok(self.next_invoice_number()),
            },
            InvoiceKind::Deposit if simple => {
                // The deposit's number follows the main invoice's, which comes later as a rule.
                if mains == 0 && self.job(job_id)?.reserved_number.is_none() {
                    let reserved = self.next_invoice_number();
                    self.job_mut(job_id)?.reserved_number = Some(reserved);
                }
                Ok(self.next_invoice_number())
            }
            // A plan's invoice has no job and numbers itself.
            InvoiceKind::Main | InvoiceKind::Plan => Ok(again(number)),
            InvoiceKind::Deposit => Ok(again(format!("D-{number}"))),
        }
    }

    fn next_invoice_number(&mut self) -> String {
        let number = self.counters.invoice;
        self.counters.invoice = number.saturating_add(1);
        number.to_string()
    }

    /// What no live invoice bills yet.
    pub(super) fn left_to_bill(&self, job: &Job) -> Result<Bill, Refusal> {
        let mut left = Bill::whole(&job.lines, &job.taxes);
        for invoice in self.company.invoices_of(job, When::Now) {
            if invoice.status.is_live() && invoice.kind != InvoiceKind::Main {
                left = without(&left, invoice, job)?;
            }
        }
        Ok(left)
    }

    /// The job's lines or taxes changed: live invoices bill them as they are now.
    pub(super) fn invoices_follow_job(&mut self, job_id: &JobId) -> Result<(), Refusal> {
        let live = self.live_invoices(job_id)?;
        if live.is_empty() {
            return Ok(());
        }
        let job = self.job(job_id)?;
        let (lines, taxes) = (job.lines.clone(), job.taxes.clone());
        let mut left = Bill::whole(&lines, &taxes);
        let mut changed = Vec::new();
        for kind in [
            InvoiceKind::Progress,
            InvoiceKind::Deposit,
            InvoiceKind::Main,
        ] {
            for id in &live {
                let invoice = self.invoice(id)?;
                if invoice.kind != kind {
                    continue;
                }
                let bill = match kind {
                    InvoiceKind::Progress => {
                        left = without(&left, invoice, self.job(job_id)?)?;
                        continue;
                    }
                    InvoiceKind::Deposit => deposit_over(&left, invoice, self.job(job_id)?)?,
                    InvoiceKind::Main | InvoiceKind::Plan => left.clone(),
                };
                left = left.less(&bill).ok_or(BILLED_FOR_MORE)?;
                let (before, total) = (invoice.total(), bill.total());
                if total < invoice.held() {
                    return Err(Refusal::NotCovered(
                        "an invoice that falls below what is paid on it",
                    ));
                }
                let invoice = self.invoice_mut(id)?;
                invoice.lines.clone_from(&lines);
                invoice.taxes.clone_from(&taxes);
                invoice.bill = bill;
                if total != before {
                    changed.push(id.clone());
                }
            }
        }
        for id in changed {
            let became_paid = self.settle(&id)? && self.invoice(&id)?.paid_at.is_some();
            self.tell_invoice(Event::InvoiceAmountUpdated, &id);
            if became_paid {
                self.tell_invoice(Event::InvoicePaid, &id);
            }
        }
        Ok(())
    }

    /// Terms, sending or the work's times changed: the due dates follow.
    pub(super) fn refresh_due_dates(&mut self, job_id: &JobId) -> Result<(), Refusal> {
        for id in self.live_invoices(job_id)? {
            let job = self.job(job_id)?;
            let invoice = self.invoice(&id)?;
            let issued = invoice.sent_at.unwrap_or(invoice.invoice_date);
            let due = invoice.own_due.unwrap_or(job.due);
            let due_at = due.due_at(issued, job, &self.options.time_zone);
            let invoice = self.invoice_mut(&id)?;
            invoice.due = due;
            invoice.due_at = due_at;
        }
        Ok(())
    }

    /// Sets status and time of payment from the payments; true when it became paid just now.
    ///
    /// A $0 invoice is paid without a payment and without a time. One that is voided or canceled stays so.
    pub(super) fn settle(&mut self, id: &InvoiceId) -> Result<bool, Refusal> {
        let now = self.now;
        let refunds = self.options.settings.refunds;
        let invoice = self.invoice_mut(id)?;
        invoice.updated_at = now;
        if !invoice.status.is_live() {
            return Ok(false);
        }
        let was_paid = invoice.status == InvoiceStatus::Paid;
        invoice.status = if invoice.covered(refunds) >= invoice.total() {
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

    /// The invoices that bill the job, oldest first.
    pub(super) fn live_invoices(&self, job_id: &JobId) -> Result<Vec<InvoiceId>, Refusal> {
        let job = self.job(job_id)?;
        let invoices = self.company.invoices_of(job, When::Now);
        Ok(invoices
            .filter(|invoice| invoice.status.is_live())
            .map(|invoice| invoice.id.clone())
            .collect())
    }

    /// Cents of the job that no payment has covered.
    pub(super) fn outstanding(&self, job_id: &JobId) -> Result<i64, Refusal> {
        Ok(self.records().outstanding(self.job(job_id)?))
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

/// No source tells what Housecall Pro does then.
const BILLED_FOR_MORE: Refusal =
    Refusal::NotCovered("a line that falls below what other invoices of the job bill of it");

/// `left` without what the invoice bills, over the job's lines as they are now.
fn without(left: &Bill, invoice: &Invoice, job: &Job) -> Result<Bill, Refusal> {
    invoice
        .bill
        .moved_to((&invoice.lines, &invoice.taxes), (&job.lines, &job.taxes))
        .and_then(|bill| left.less(&bill))
        .ok_or(BILLED_FOR_MORE)
}

/// A deposit keeps its total and its tips; its shares of the lines follow the job.
fn deposit_over(left: &Bill, invoice: &Invoice, job: &Job) -> Result<Bill, Refusal> {
    let mut tips = invoice.bill.clone();
    for (line, part) in invoice.lines.iter().zip(&mut tips.lines) {
        if line.kind != crate::work::LineKind::Tip {
            *part = 0;
        }
    }
    tips.taxes.fill(0);
    let fixed = invoice.total() - tips.total();
    let mut bill = tips
        .moved_to((&invoice.lines, &invoice.taxes), (&job.lines, &job.taxes))
        .ok_or(BILLED_FOR_MORE)?;
    let work = super::parts::without_tips(left, &job.lines);
    if work.total() < fixed {
        return Err(BILLED_FOR_MORE);
    }
    bill.add(&work.part(fixed));
    Ok(bill)
}
