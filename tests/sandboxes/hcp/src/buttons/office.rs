//! The buttons around a job: crew, notes, customers, price book, plans, estimates and leads.

use crate::{
    actions::{
        Action, EntryChanges, EstimateStep, LeadStep, NewAddress, NewEmployee, NewEntry,
        NewEstimate, PlanPayment, Refusal, Visit,
    },
    ids::{AddressId, CustomerId, EstimateId, InvoiceId, JobId, LeadId, NoteId, TagId},
    sandbox::Sandbox,
};

/// The buttons around a job, one method each.
impl Sandbox {
    /// *Add address*: `customer.updated`.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn add_address(&self, customer: &CustomerId, address: NewAddress) -> Result<(), Refusal> {
        let customer = customer.clone();
        self.act(Action::AddAddress { customer, address }).map(drop)
    }

    /// *Edit address*: it keeps its id, and its jobs show what it says now; `customer.updated`.
    ///
    /// # Errors
    /// When there is no such customer, or the address is not theirs.
    pub fn edit_address(
        &self,
        customer: &CustomerId,
        address: &AddressId,
        changes: NewAddress,
    ) -> Result<(), Refusal> {
        self.act(Action::EditAddress {
            customer: customer.clone(),
            address: address.clone(),
            changes,
        })
        .map(drop)
    }

    /// *Merge customers*: `customer.updated` for the one who stays, `customer.deleted` for the other.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn merge_customers(&self, from: &CustomerId, into: &CustomerId) -> Result<(), Refusal> {
        let (from, into) = (from.clone(), into.clone());
        self.act(Action::MergeCustomers { from, into }).map(drop)
    }

    /// *New employee*: `pro.created`, which arrives as `employee.created`. Answers the id.
    ///
    /// # Errors
    /// When there is no name.
    pub fn add_employee(&self, new: NewEmployee) -> Result<String, Refusal> {
        self.act(Action::AddEmployee(new))
    }

    /// *Deactivate*: lists leave the employee out, jobs still name them.
    ///
    /// # Errors
    /// When there is no such employee.
    pub fn deactivate_employee(&self, employee: &str) -> Result<(), Refusal> {
        let employee = employee.to_owned();
        self.act(Action::DeactivateEmployee { employee }).map(drop)
    }

    /// *Assign*: `job.updated`, and for a scheduled job `.appointment_pros_unassigned` and
    /// `.appointment_pros_assigned`.
    ///
    /// # Errors
    /// When one of them is not there or not active.
    pub fn assign_pros(&self, job: &JobId, employees: Vec<String>) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::AssignPros { job, employees }).map(drop)
    }

    /// *Add visit*: `job.updated`, `job.appointment.scheduled`.
    ///
    /// # Errors
    /// When the job has no first visit yet.
    pub fn add_visit(&self, job: &JobId, visit: Visit) -> Result<(), Refusal> {
        let job = job.clone();
        self.act(Action::AddVisit { job, visit }).map(drop)
    }

    /// The customer rates a finished job: `job.updated`, from `complete unrated` to `complete rated`.
    ///
    /// # Errors
    /// When it is not finished, or rated already.
    pub fn rate_job(&self, job: &JobId) -> Result<(), Refusal> {
        self.act(Action::RateJob { job: job.clone() }).map(drop)
    }

    /// *Add segment*: `job.created` for a job numbered after this one (`100-1`).
    ///
    /// # Errors
    /// When the job is over, or a segment itself.
    pub fn add_segment(&self, job: &JobId) -> Result<JobId, Refusal> {
        let job = job.clone();
        self.act(Action::AddSegment { job }).map(JobId::from)
    }

    /// *Add note*: `job.updated`.
    ///
    /// # Errors
    /// When there is no such job.
    pub fn add_note(&self, job: &JobId, content: &str) -> Result<NoteId, Refusal> {
        let (job, content) = (job.clone(), content.to_owned());
        self.act(Action::AddNote { job, content }).map(NoteId::from)
    }

    /// *Remove note*: `job.updated`.
    ///
    /// # Errors
    /// When the job has no such note.
    pub fn remove_note(&self, job: &JobId, note: &NoteId) -> Result<(), Refusal> {
        let (job, note) = (job.clone(), note.clone());
        self.act(Action::RemoveNote { job, note }).map(drop)
    }

    /// *Remove tag*: `job.updated`.
    ///
    /// # Errors
    /// When the job has no such tag.
    pub fn untag_job(&self, job: &JobId, tag: &TagId) -> Result<(), Refusal> {
        let (job, tag) = (job.clone(), tag.clone());
        self.act(Action::UntagJob { job, tag }).map(drop)
    }

    /// *Add tag*, by its name: `job.updated`.
    ///
    /// # Errors
    /// When there is no such job, or no name.
    pub fn tag_job(&self, job: &JobId, tag: &str) -> Result<(), Refusal> {
        let (job, tag) = (job.clone(), tag.to_owned());
        self.act(Action::TagJob { job, tag }).map(drop)
    }

    /// A service plan's next payment: an invoice `RSA-1`, `RSA-2` and so on. The API shows it, and webhooks
    /// tell it, only where the settings say so.
    ///
    /// # Errors
    /// When the customer is not there, or the payment is not possible.
    pub fn pay_service_plan(&self, paid: PlanPayment) -> Result<InvoiceId, Refusal> {
        self.act(Action::PayServicePlan(paid)).map(InvoiceId::from)
    }

    /// *New service* in the price book. Answers its id; no event tells it.
    ///
    /// # Errors
    /// When name, category or price are not possible.
    pub fn add_service(&self, new: NewEntry) -> Result<String, Refusal> {
        self.act(Action::AddService(new))
    }

    /// *New material* in the price book. Answers its id; no event tells it.
    ///
    /// # Errors
    /// As [`Sandbox::add_service`].
    pub fn add_material(&self, new: NewEntry) -> Result<String, Refusal> {
        self.act(Action::AddMaterial(new))
    }

    /// *Edit entry*: lines that exist keep what they were made with.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn edit_entry(&self, entry: &str, changes: EntryChanges) -> Result<(), Refusal> {
        let entry = entry.to_owned();
        self.act(Action::EditEntry { entry, changes }).map(drop)
    }

    /// *Remove entry*: lines keep its id.
    ///
    /// # Errors
    /// When there is no such entry.
    pub fn remove_entry(&self, entry: &str) -> Result<(), Refusal> {
        let entry = entry.to_owned();
        self.act(Action::RemoveEntry { entry }).map(drop)
    }

    /// *Move to materials*: the service vanishes, a material with another id takes its place. Answers that.
    ///
    /// # Errors
    /// When there is no such service.
    pub fn move_to_materials(&self, entry: &str, category: &str) -> Result<String, Refusal> {
        let (entry, category) = (entry.to_owned(), category.to_owned());
        self.act(Action::MoveToMaterials { entry, category })
    }

    /// *New estimate*: `estimate.created`, `estimate.option.created` for each option.
    ///
    /// # Errors
    /// When the customer is not there, or an option is not possible.
    pub fn create_estimate(&self, new: NewEstimate) -> Result<EstimateId, Refusal> {
        self.act(Action::CreateEstimate(new)).map(EstimateId::from)
    }

    /// A button of an estimate; answers the estimate's id, or the job's that it became.
    ///
    /// # Errors
    /// When it has become a job.
    pub fn step_estimate(
        &self,
        estimate: &EstimateId,
        step: EstimateStep,
    ) -> Result<String, Refusal> {
        let estimate = estimate.clone();
        self.act(Action::StepEstimate { estimate, step })
    }

    /// *New lead*: `lead.created`.
    ///
    /// # Errors
    /// When the customer is not there.
    pub fn create_lead(&self, customer: &CustomerId) -> Result<LeadId, Refusal> {
        let customer = customer.clone();
        self.act(Action::CreateLead { customer }).map(LeadId::from)
    }

    /// A button of a lead; answers the lead's id, or the job's that it became.
    ///
    /// # Errors
    /// When it is won or lost.
    pub fn step_lead(&self, lead: &LeadId, step: LeadStep) -> Result<String, Refusal> {
        let lead = lead.clone();
        self.act(Action::StepLead { lead, step })
    }
}
