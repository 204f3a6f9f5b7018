//! The buttons of the app.
//!
//! Every action either happens whole, with its events, or is refused and leaves no trace.

mod customers;
mod invoices;
mod jobs;
mod lines;
mod parts;
mod payments;
mod refunds;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

pub use self::{
    customers::{CustomerChanges, NewAddress, NewCustomer},
    jobs::{CanceledBy, NewJob, Visit},
    lines::{AdHoc, FromPriceBook, LineChanges, NewLine},
    parts::Part,
    payments::NewPayment,
};
use crate::{
    billing::PaymentStatus,
    company::Company,
    events::Event,
    ids::{CustomerId, InvoiceId, JobId, LineId, PaymentId},
    options::Options,
    random::Random,
    records::{Form, Records},
    shelf::When,
    webhook::Webhook,
    work::{DueTerms, TaxRate},
};

/// One press of a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "the methods of `Sandbox` with the same names say what each does"
)]
pub enum Action {
    CreateCustomer(NewCustomer),
    EditCustomer {
        customer: CustomerId,
        changes: CustomerChanges,
    },
    DeleteCustomer {
        customer: CustomerId,
    },
    CreateJob(NewJob),
    ScheduleJob {
        job: JobId,
        visit: Visit,
    },
    OnMyWay {
        job: JobId,
    },
    StartJob {
        job: JobId,
    },
    FinishJob {
        job: JobId,
    },
    ReopenJob {
        job: JobId,
    },
    CancelJob {
        job: JobId,
        #[serde(default)]
        by: CanceledBy,
    },
    DeleteJob {
        job: JobId,
    },
    AddLine {
        job: JobId,
        line: NewLine,
    },
    EditLine {
        job: JobId,
        line: LineId,
        changes: LineChanges,
    },
    RemoveLine {
        job: JobId,
        line: LineId,
    },
    SetTaxes {
        job: JobId,
        taxes: Vec<TaxRate>,
    },
    SetDueTerms {
        job: JobId,
        due: DueTerms,
    },
    SendInvoice {
        job: JobId,
    },
    VoidInvoice {
        invoice: InvoiceId,
    },
    PayInvoice {
        invoice: InvoiceId,
        payment: NewPayment,
    },
    PayJob {
        job: JobId,
        payment: NewPayment,
    },
    SettlePayment {
        invoice: InvoiceId,
        payment: PaymentId,
        status: PaymentStatus,
    },
    RefundPayment {
        invoice: InvoiceId,
        payment: PaymentId,
        #[serde(default)]
        amount: Option<i64>,
    },
    SendThisInvoice {
        invoice: InvoiceId,
    },
    AddDeposit {
        job: JobId,
        part: Part,
        #[serde(default)]
        due: Option<DueTerms>,
    },
    SplitInvoice {
        job: JobId,
        parts: Vec<Part>,
        #[serde(default)]
        due: Option<DueTerms>,
    },
}

/// Why an action did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is no such record.
    #[error("there is no {0}")]
    NotFound(String),
    /// The app does not allow it.
    #[error("{0}")]
    NotAllowed(String),
    /// Housecall Pro can do this, the sandbox cannot.
    #[error("the sandbox does not cover {0}")]
    NotCovered(&'static str),
}

pub(crate) fn not_allowed<T>(why: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::NotAllowed(why.into()))
}

/// The next numbers that the company gives out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counters {
    pub(crate) job: u32,
    pub(crate) invoice: u32,
}

/// What an action works with.
pub(crate) struct Desk<'a> {
    pub(crate) company: &'a mut Company,
    pub(crate) options: &'a Options,
    pub(crate) random: &'a mut Random,
    pub(crate) counters: &'a mut Counters,
    pub(crate) now: Timestamp,
    pub(crate) webhooks: Vec<Webhook>,
}

impl Desk<'_> {
    /// Does what the button does; answers the id of the record that it made or changed.
    pub(crate) fn act(&mut self, action: Action) -> Result<String, Refusal> {
        match action {
            Action::CreateCustomer(new) => self.create_customer(new).map(String::from),
            Action::EditCustomer { customer, changes } => {
                self.edit_customer(&customer, changes)?;
                Ok(customer.into())
            }
            Action::DeleteCustomer { customer } => {
                self.delete_customer(&customer)?;
                Ok(customer.into())
            }
            Action::CreateJob(new) => self.create_job(new).map(String::from),
            Action::ScheduleJob { job, visit } => self.schedule_job(&job, visit),
            Action::OnMyWay { job } => self.on_my_way(&job),
            Action::StartJob { job } => self.start_job(&job),
            Action::FinishJob { job } => self.finish_job(&job),
            Action::ReopenJob { job } => self.reopen_job(&job),
            Action::CancelJob { job, by } => self.cancel_job(&job, by),
            Action::DeleteJob { job } => self.delete_job(&job),
            Action::AddLine { job, line } => self.add_line(&job, line).map(String::from),
            Action::EditLine { job, line, changes } => self.edit_line(&job, &line, changes),
            Action::RemoveLine { job, line } => self.remove_line(&job, &line),
            Action::SetTaxes { job, taxes } => self.set_taxes(&job, taxes),
            Action::SetDueTerms { job, due } => self.set_due_terms(&job, due),
            Action::SendInvoice { job } => self.send_invoice(&job).map(String::from),
            Action::VoidInvoice { invoice } => self.void_invoice(&invoice),
            Action::PayInvoice { invoice, payment } => {
                self.pay_invoice(&invoice, payment).map(String::from)
            }
            Action::PayJob { job, payment } => self.pay_job(&job, &payment).map(String::from),
            Action::SettlePayment {
                invoice,
                payment,
                status,
            } => self.settle_payment(&invoice, &payment, status),
            Action::RefundPayment {
                invoice,
                payment,
                amount,
            } => self
                .refund_payment(&invoice, &payment, amount)
                .map(String::from),
            Action::SendThisInvoice { invoice } => self.send_this_invoice(&invoice),
            Action::AddDeposit { job, part, due } => {
                self.add_deposit(&job, part, due).map(String::from)
            }
            Action::SplitInvoice { job, parts, due } => {
                self.split_invoice(&job, &parts, due).map(String::from)
            }
        }
    }

    /// The time that a changed record shows: now, or as far behind as the settings allow.
    pub(crate) fn updated_at(&mut self, created_at: Timestamp) -> Timestamp {
        let lag = u64::from(self.options.settings.updated_at_lag_seconds);
        if lag == 0 {
            return self.now;
        }
        let behind = i64::try_from(self.random.below(lag + 1)).unwrap_or_default();
        Timestamp::from_second(self.now.as_second() - behind)
            .unwrap_or(self.now)
            .max(created_at)
    }

    pub(crate) fn tell_customer(&mut self, event: Event, id: &CustomerId) {
        let records = self.records();
        let Some(customer) = self.company.customer(id, When::Now) else {
            return;
        };
        let record = records.customer(customer, Form::Webhook);
        self.tell(event, "customer", &record);
    }

    pub(crate) fn tell_job(&mut self, event: Event, id: &JobId) {
        let records = self.records();
        let Some(job) = self.company.job(id, When::Now) else {
            return;
        };
        let record = records.job(job, Form::Webhook);
        self.tell(event, "job", &record);
    }

    pub(crate) fn tell_invoice(&mut self, event: Event, id: &InvoiceId) {
        let records = self.records();
        let Some(invoice) = self.company.invoice(id, When::Now) else {
            return;
        };
        let record = records.invoice(invoice);
        self.tell(event, "invoice", &record);
    }

    pub(crate) fn tell_appointment(&mut self, event: Event, id: &JobId) {
        let records = self.records();
        let Some(job) = self.company.job(id, When::Now) else {
            return;
        };
        let record = match (event, &job.schedule) {
            (Event::JobAppointmentDiscarded, Some(schedule)) => {
                json!({ "id": schedule.appointment, "job_id": job.id })
            }
            _ => records.appointment(job),
        };
        self.tell(event, "appointment", &record);
    }

    pub(crate) fn records(&self) -> Records<'_> {
        Records {
            company: self.company,
            options: self.options,
            when: When::Now,
        }
    }

    fn tell(&mut self, event: Event, key: &str, record: &Value) {
        if self.options.events.contains(&event) {
            let Options {
                company_id,
                signing_secret,
                ..
            } = self.options;
            let webhook = Webhook::new(event, *company_id, key, record, self.now, signing_secret);
            self.webhooks.push(webhook);
        }
    }
}
