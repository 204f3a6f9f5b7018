//! The buttons of the app.
//!
//! Every action either happens whole, with its events, or is refused and leaves no trace.

mod crew;
mod customers;
mod invoices;
mod jobs;
mod lines;
mod notes;
mod offers;
mod parts;
mod payments;
mod plans;
mod price_book;
mod refunds;
mod settling;
mod telling;

use jiff::Timestamp;
use sandbox_kit::Chance;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use self::{
    crew::NewEmployee,
    customers::{CustomerChanges, NewAddress, NewCustomer},
    jobs::{CanceledBy, NewJob, Visit},
    lines::{AdHoc, FromPriceBook, LineChanges, NewLine},
    offers::{EstimateStep, LeadStep, NewEstimate, NewOption},
    parts::Part,
    payments::NewPayment,
    plans::PlanPayment,
    price_book::{EntryChanges, NewEntry},
    refunds::NewRefund,
};
use crate::{
    billing::{PaymentMethod, PaymentStatus},
    company::Company,
    history::Said,
    ids::{
        AddressId, CustomerId, EstimateId, InvoiceId, JobId, LeadId, LineId, NoteId, PaymentId,
        RefundId, TagId,
    },
    options::Options,
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
    RestoreJob {
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
    PayInvoices {
        #[serde(default)]
        invoices: Vec<InvoiceId>,
        payment: NewPayment,
    },
    MarkAsPaid {
        invoice: InvoiceId,
        method: PaymentMethod,
        #[serde(default)]
        note: Option<String>,
    },
    DeletePayment {
        invoice: InvoiceId,
        payment: PaymentId,
    },
    RefundPayment(NewRefund),
    SettleRefund {
        invoice: InvoiceId,
        refund: RefundId,
        status: PaymentStatus,
    },
    AddAddress {
        customer: CustomerId,
        address: NewAddress,
    },
    EditAddress {
        customer: CustomerId,
        address: AddressId,
        changes: NewAddress,
    },
    MergeCustomers {
        from: CustomerId,
        into: CustomerId,
    },
    AddEmployee(NewEmployee),
    DeactivateEmployee {
        employee: String,
    },
    AssignPros {
        job: JobId,
        employees: Vec<String>,
    },
    AddVisit {
        job: JobId,
        visit: Visit,
    },
    RateJob {
        job: JobId,
    },
    AddSegment {
        job: JobId,
    },
    AddNote {
        job: JobId,
        content: String,
    },
    RemoveNote {
        job: JobId,
        note: NoteId,
    },
    TagJob {
        job: JobId,
        tag: String,
    },
    UntagJob {
        job: JobId,
        tag: TagId,
    },
    PayServicePlan(PlanPayment),
    AddService(NewEntry),
    AddMaterial(NewEntry),
    EditEntry {
        entry: String,
        changes: EntryChanges,
    },
    RemoveEntry {
        entry: String,
    },
    MoveToMaterials {
        entry: String,
        category: String,
    },
    CreateEstimate(NewEstimate),
    StepEstimate {
        estimate: EstimateId,
        step: EstimateStep,
    },
    CreateLead {
        customer: CustomerId,
    },
    StepLead {
        lead: LeadId,
        step: LeadStep,
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

impl Action {
    /// What stands on the button: `Pay invoice`.
    pub(crate) fn button(&self) -> String {
        let action = serde_json::to_value(self).unwrap_or_default();
        let mut words = action["action"]
            .as_str()
            .unwrap_or_default()
            .replace('_', " ");
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        words
    }
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
    /// Payments of service plans so far.
    pub(crate) plan: u32,
    /// Estimates so far.
    pub(crate) estimate: u32,
}

/// What an action works with.
pub(crate) struct Desk<'a> {
    pub(crate) company: &'a mut Company,
    pub(crate) options: &'a Options,
    pub(crate) random: &'a mut Chance,
    pub(crate) counters: &'a mut Counters,
    pub(crate) now: Timestamp,
    pub(crate) webhooks: Vec<Webhook>,
    /// What became of invoices, for people.
    pub(crate) said: Vec<Said>,
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
            Action::RestoreJob { job } => self.restore_job(&job),
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
            Action::PayInvoices { invoices, payment } => {
                self.pay_invoices(&invoices, &payment).map(String::from)
            }
            Action::MarkAsPaid {
                invoice,
                method,
                note,
            } => self.mark_as_paid(&invoice, method, note).map(String::from),
            Action::DeletePayment { invoice, payment } => self.delete_payment(&invoice, &payment),
            Action::RefundPayment(new) => self.refund_payment(&new).map(String::from),
            Action::SettleRefund {
                invoice,
                refund,
                status,
            } => self.settle_refund(&invoice, &refund, status),
            Action::AddAddress { customer, address } => self.add_address(&customer, address),
            Action::EditAddress {
                customer,
                address,
                changes,
            } => self.edit_address(&customer, &address, changes),
            Action::MergeCustomers { from, into } => self.merge_customers(&from, &into),
            Action::AddEmployee(new) => self.add_employee(new),
            Action::DeactivateEmployee { employee } => self.deactivate_employee(&employee),
            Action::AssignPros { job, employees } => self.assign_pros(&job, employees),
            Action::AddVisit { job, visit } => self.add_visit(&job, visit),
            Action::RateJob { job } => self.rate_job(&job),
            Action::AddSegment { job } => self.add_segment(&job).map(String::from),
            Action::AddNote { job, content } => self.add_note(&job, &content).map(String::from),
            Action::RemoveNote { job, note } => {
                self.remove_note(&job, &note)?;
                Ok(note.into())
            }
            Action::TagJob { job, tag } => self.tag_job(&job, &tag),
            Action::UntagJob { job, tag } => {
                self.remove_tag(&job, &tag)?;
                Ok(tag.into())
            }
            Action::PayServicePlan(paid) => self.pay_service_plan(paid).map(String::from),
            Action::AddService(new) => self.add_service(new),
            Action::AddMaterial(new) => self.add_material(new),
            Action::EditEntry { entry, changes } => self.edit_entry(&entry, changes),
            Action::RemoveEntry { entry } => self.remove_entry(&entry),
            Action::MoveToMaterials { entry, category } => {
                self.move_to_materials(&entry, &category)
            }
            Action::CreateEstimate(new) => self.create_estimate(new).map(String::from),
            Action::StepEstimate { estimate, step } => self.step_estimate(&estimate, step),
            Action::CreateLead { customer } => self.create_lead(customer).map(String::from),
            Action::StepLead { lead, step } => self.step_lead(&lead, step),
            Action::SendThisInvoice { invoice } => self.send_this_invoice(&invoice),
            Action::AddDeposit { job, part, due } => {
                self.add_deposit(&job, part, due).map(String::from)
            }
            Action::SplitInvoice { job, parts, due } => {
                self.split_invoice(&job, &parts, due).map(String::from)
            }
        }
    }
}
