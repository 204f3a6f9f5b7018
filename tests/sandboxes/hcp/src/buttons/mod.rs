//! The buttons of the app, one method each.

mod office;

use crate::{
    actions::{
        Action, CanceledBy, CustomerChanges, LineChanges, NewCustomer, NewJob, NewLine, NewPayment,
        NewRefund, Part, Refusal, Visit,
    },
    billing::{PaymentMethod, PaymentStatus},
    ids::{CustomerId, InvoiceId, JobId, LineId, PaymentId, RefundId},
    sandbox::Sandbox,
    work::{DueTerms, TaxRate},
};

/// The buttons, one method each.
impl Sandbox {
    /// *New customer*: `customer.created`.
    ///
    /// # Errors
    /// When the form is incomplete.
    pub fn create_customer(&self, new: NewCustomer) -> Result<CustomerId, Refusal> {
        self.act(Action::CreateCustomer(new)).map(CustomerId::from)
    }

    /// *Edit customer*: `customer.updated`.
    ///
    /// # Errors
    /// When there is no such customer, or nothing would be left to reach them by.
    pub fn edit_customer(
        &self,
        customer: &CustomerId,
        changes: CustomerChanges,
    ) -> Result<(), Refusal> {
        let customer = customer.clone();
        self.act(Action::EditCustomer { customer, changes })
            .map(drop)
    }

    /// *Delete customer*: `customer.deleted`. Jobs still name them.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn delete_customer(&self, customer: &CustomerId) -> Result<(), Refusal> {
        let customer = customer.clone();
        self.act(Action::DeleteCustomer { customer }).map(drop)
    }

    /// *New job*: `job.created`, and with a visit what [`Sandbox::schedule_job`] tells.
    ///
    /// # Errors
    /// When the customer, address or price-book entry is not there, or a line is not possible.
    pub fn create_job(&self, new: NewJob) -> Result<JobId, Refusal> {
        self.act(Action::CreateJob(new)).map(JobId::from)
    }

    /// *Schedule*: `job.scheduled`, then `job.appointment.scheduled` or `.rescheduled`.
    ///
    /// # Errors
    /// When work has begun or is over.
    pub fn schedule_job(&self, job: &JobId, visit: Visit) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::ScheduleJob { job, visit }).map(drop)
    }

    /// *On my way*: `job.on_my_way`.
    ///
    /// # Errors
    /// When the job is over.
    pub fn on_my_way(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::OnMyWay { job: job.clone() }).map(drop)
    }

    /// *Start*: `job.started`.
    ///
    /// # Errors
    /// When the job is over.
    pub fn start_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::StartJob { job: job.clone() }).map(drop)
    }

    /// *Finish*: `job.completed`; with the setting `invoice_on_finish` then `invoice.created`.
    ///
    /// # Errors
    /// When the job is over.
    pub fn finish_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::FinishJob { job: job.clone() }).map(drop)
    }

    /// *Reopen*: `job.updated`.
    ///
    /// # Errors
    /// When the job is not finished.
    pub fn reopen_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::ReopenJob { job: job.clone() }).map(drop)
    }

    /// *Cancel*: `job.canceled`, the visit discarded, `invoice.canceled` for an invoice without payment.
    ///
    /// # Errors
    /// When the job is canceled or deleted already.
    pub fn cancel_job(&self, job: &JobId, by: CanceledBy) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::CancelJob { job, by }).map(drop)
    }

    /// *Delete*: `job.deleted`, else as [`Sandbox::cancel_job`].
    ///
    /// # Errors
    /// When the job is deleted already.
    pub fn delete_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::DeleteJob { job: job.clone() }).map(drop)
    }

    /// *Restore*: `job.updated`.
    ///
    /// # Errors
    /// When the job is neither canceled nor deleted.
    pub fn restore_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::RestoreJob { job: job.clone() }).map(drop)
    }

    /// *Add line*: `job.updated`, and `invoice.amount_updated` where an invoice follows.
    ///
    /// # Errors
    /// When the line is not possible.
    pub fn add_line(&self, job: &JobId, line: NewLine) -> Result<LineId, Refusal> {
        let job = job.clone();
        self.act(Action::AddLine { job, line }).map(LineId::from)
    }

    /// *Edit line*: as [`Sandbox::add_line`].
    ///
    /// # Errors
    /// When the line is not possible, or the invoice would fall below what is paid.
    pub fn edit_line(
        &self,
        job: &JobId,
        line: &LineId,
        changes: LineChanges,
    ) -> Result<(), Refusal> {
        let (job, line) = (job.clone(), line.clone());
        self.act(Action::EditLine { job, line, changes }).map(drop)
    }

    /// *Remove line*: as [`Sandbox::add_line`].
    ///
    /// # Errors
    /// As [`Sandbox::edit_line`].
    pub fn remove_line(&self, job: &JobId, line: &LineId) -> Result<(), Refusal> {
        let (job, line) = (job.clone(), line.clone());
        self.act(Action::RemoveLine { job, line }).map(drop)
    }

    /// Sets the job's taxes: as [`Sandbox::add_line`].
    ///
    /// # Errors
    /// When a rate is not possible.
    pub fn set_taxes(&self, job: &JobId, taxes: Vec<TaxRate>) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::SetTaxes { job, taxes }).map(drop)
    }

    /// Sets when the job's invoice is due: `job.updated`.
    ///
    /// # Errors
    /// When the app does not offer the terms.
    pub fn set_due_terms(&self, job: &JobId, due: DueTerms) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::SetDueTerms { job, due }).map(drop)
    }

    /// *Send invoice*: `invoice.created` the first time, then `invoice.sent`.
    ///
    /// # Errors
    /// When the job is canceled or deleted.
    pub fn send_invoice(&self, job: &JobId) -> Result<InvoiceId, Refusal> {
        let job = job.clone();
        self.act(Action::SendInvoice { job }).map(InvoiceId::from)
    }

    /// *Send* on one invoice, such as a deposit's: `invoice.sent`.
    ///
    /// # Errors
    /// When it is voided or canceled.
    pub fn send_this_invoice(&self, invoice: &InvoiceId) -> Result<(), Refusal> {
        let invoice = invoice.clone();
        self.act(Action::SendThisInvoice { invoice }).map(drop)
    }

    /// *Add deposit*: `invoice.created`, and `invoice.amount_updated` for the invoice that bills the rest.
    ///
    /// # Errors
    /// When the job has one, or not so much is left to bill.
    pub fn add_deposit(
        &self,
        job: &JobId,
        part: Part,
        due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        let job = job.clone();
        self.act(Action::AddDeposit { job, part, due })
            .map(InvoiceId::from)
    }

    /// *Split into progress invoices*: `invoice.created` for each; answers the first.
    ///
    /// # Errors
    /// When the job was made without progress invoicing, or not so much is left to bill.
    pub fn split_invoice(
        &self,
        job: &JobId,
        parts: Vec<Part>,
        due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        let job = job.clone();
        self.act(Action::SplitInvoice { job, parts, due })
            .map(InvoiceId::from)
    }

    /// *Void invoice*: `invoice.voided`. The next sending or payment makes a new one.
    ///
    /// # Errors
    /// When it holds payments or is no longer live.
    pub fn void_invoice(&self, invoice: &InvoiceId) -> Result<(), Refusal> {
        let invoice = invoice.clone();
        self.act(Action::VoidInvoice { invoice }).map(drop)
    }

    /// *Collect payment* on an invoice: `invoice.payment.succeeded` (or `.failed`), `invoice.paid` when
    /// nothing is left, `job.updated`, `job.paid` when nothing is left. A pending payment tells nothing.
    ///
    /// # Errors
    /// When more is paid than is due.
    pub fn pay_invoice(
        &self,
        invoice: &InvoiceId,
        payment: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let invoice = invoice.clone();
        self.act(Action::PayInvoice { invoice, payment })
            .map(PaymentId::from)
    }

    /// *Collect payment* on a job: its invoices oldest first; the one over what is left is made where there
    /// is none. Answers the first payment.
    ///
    /// A progress invoice that the money does not cover is voided (`invoice.voided`), and what remains of
    /// the money pays a new part of its own size.
    ///
    /// # Errors
    /// As [`Sandbox::pay_invoice`].
    pub fn pay_job(&self, job: &JobId, payment: NewPayment) -> Result<PaymentId, Refusal> {
        let job = job.clone();
        self.act(Action::PayJob { job, payment })
            .map(PaymentId::from)
    }

    /// *Collect payment* of a customer over several invoices of theirs, of one job or several, in their
    /// order: what [`Sandbox::pay_invoice`] tells, for each. Answers the first payment.
    ///
    /// # Errors
    /// When they are not one customer's, or as [`Sandbox::pay_invoice`].
    pub fn pay_invoices(
        &self,
        invoices: &[InvoiceId],
        payment: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let invoices = invoices.to_vec();
        self.act(Action::PayInvoices { invoices, payment })
            .map(PaymentId::from)
    }

    /// *Mark as paid* by cash, check or other: all that is due, at the moment of the press. Tells what
    /// [`Sandbox::pay_invoice`] does.
    ///
    /// # Errors
    /// When nothing is due, or Housecall Pro would move the money itself.
    pub fn mark_as_paid(
        &self,
        invoice: &InvoiceId,
        method: PaymentMethod,
        note: Option<&str>,
    ) -> Result<PaymentId, Refusal> {
        self.act(Action::MarkAsPaid {
            invoice: invoice.clone(),
            method,
            note: note.map(str::to_owned),
        })
        .map(PaymentId::from)
    }

    /// *Delete* on a cash, check or other payment: it is gone, and what it paid is due again. The setting
    /// `deleted_payments` says what tells it.
    ///
    /// # Errors
    /// When it is of another method, or something of it was refunded.
    pub fn delete_payment(&self, invoice: &InvoiceId, payment: &PaymentId) -> Result<(), Refusal> {
        let (invoice, payment) = (invoice.clone(), payment.clone());
        self.act(Action::DeletePayment { invoice, payment })
            .map(drop)
    }

    /// A pending payment arrives (`invoice.payment.succeeded`, as [`Sandbox::pay_invoice`]) or fails
    /// (`invoice.payment.failed`); a bank takes back a transfer or mobile check that had arrived
    /// (`invoice.payment.failed`, `job.updated`).
    ///
    /// # Errors
    /// When it is neither.
    pub fn settle_payment(
        &self,
        invoice: &InvoiceId,
        payment: &PaymentId,
        status: PaymentStatus,
    ) -> Result<(), Refusal> {
        let (invoice, payment) = (invoice.clone(), payment.clone());
        self.act(Action::SettlePayment {
            invoice,
            payment,
            status,
        })
        .map(drop)
    }

    /// *Refund*: `invoice.refund.succeeded`. All that is left of the payment unless told (cents).
    ///
    /// # Errors
    /// When more is refunded than is left.
    pub fn refund_payment(
        &self,
        invoice: &InvoiceId,
        payment: &PaymentId,
        amount: Option<i64>,
    ) -> Result<RefundId, Refusal> {
        self.refund(NewRefund {
            amount,
            ..NewRefund::of(invoice, payment)
        })
    }

    /// *Refund* with its parts and its outcome: `invoice.refund.succeeded` once the money is back.
    ///
    /// # Errors
    /// As [`Sandbox::refund_payment`]; or when a bank transfer is older than 90 days.
    pub fn refund(&self, new: NewRefund) -> Result<RefundId, Refusal> {
        self.act(Action::RefundPayment(new)).map(RefundId::from)
    }

    /// A pending refund arrives (`invoice.refund.succeeded`) or fails, which nothing tells.
    ///
    /// # Errors
    /// When it is not pending.
    pub fn settle_refund(
        &self,
        invoice: &InvoiceId,
        refund: &RefundId,
        status: PaymentStatus,
    ) -> Result<(), Refusal> {
        let (invoice, refund) = (invoice.clone(), refund.clone());
        self.act(Action::SettleRefund {
            invoice,
            refund,
            status,
        })
        .map(drop)
    }
}
