use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Desk, NewLine, Refusal, not_allowed};
use crate::{
    billing::InvoiceStatus,
    company::{Address, AddressKind, Category},
    events::Event,
    ids::{AddressId, AppointmentId, CustomerId, JobId},
    shelf::When,
    work::{DueTerms, Job, Schedule, TaxRate, WorkStatus, WorkTimestamps},
};

/// The form of a new job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewJob {
    /// Whose job it is.
    pub customer: CustomerId,
    /// Where the work is done: the customer's first service address unless told.
    #[serde(default)]
    pub address: Option<AddressId>,
    /// What is to be done.
    #[serde(default)]
    pub description: String,
    /// Its first lines.
    #[serde(default)]
    pub lines: Vec<NewLine>,
    /// Its taxes.
    #[serde(default)]
    pub taxes: Vec<TaxRate>,
    /// When its invoice will be due.
    #[serde(default)]
    pub due: DueTerms,
    /// When somebody comes.
    #[serde(default)]
    pub visit: Option<Visit>,
    /// Name of the business unit.
    #[serde(default)]
    pub business_unit: Option<String>,
}

impl NewJob {
    /// An empty job.
    pub fn of(customer: &CustomerId) -> Self {
        Self {
            customer: customer.clone(),
            address: None,
            description: String::new(),
            lines: Vec::new(),
            taxes: Vec::new(),
            due: DueTerms::default(),
            visit: None,
            business_unit: None,
        }
    }
}

/// When somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// From.
    pub start: Timestamp,
    /// To.
    pub end: Timestamp,
    /// Minutes.
    #[serde(default)]
    pub arrival_window: u32,
}

/// Who canceled a job: the status tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanceledBy {
    /// The customer.
    Customer,
    /// The company.
    #[default]
    Pro,
}

impl Desk<'_> {
    pub(super) fn create_job(&mut self, mut new: NewJob) -> Result<JobId, Refusal> {
        let visit = new.visit.take();
        let id = self.put_job(new)?;
        self.tell_job(Event::JobCreated, &id);
        if let Some(visit) = visit {
            self.schedule_job(&id, visit)?;
        }
        Ok(id)
    }

    /// A job without its visit, of which nobody has been told yet.
    pub(super) fn put_job(&mut self, new: NewJob) -> Result<JobId, Refusal> {
        let customer = self.customer(&new.customer)?;
        if customer.deleted {
            return not_allowed("the customer is deleted");
        }
        let address = match &new.address {
            Some(wanted) => Some(
                customer
                    .addresses
                    .iter()
                    .find(|address| &address.id == wanted)
                    .cloned()
                    .ok_or_else(|| {
                        Refusal::NotFound(format!("address {wanted} of the customer"))
                    })?,
            ),
            None => first_service_address(&customer.addresses),
        };
        let id = JobId::from(self.random.id(JobId::PREFIX));
        let business_unit = new.business_unit.map(|name| Category {
            uuid: format!("bu_{:08x}", hash(&name)),
            name,
        });
        let job = Job {
            id: id.clone(),
            number: self.counters.job.to_string(),
            description: new.description,
            customer: new.customer,
            address,
            notes: Vec::new(),
            status: WorkStatus::NeedsScheduling,
            work: WorkTimestamps::default(),
            schedule: None,
            more_visits: Vec::new(),
            lines: Vec::new(),
            taxes: Vec::new(),
            due: DueTerms::default(),
            employees: self
                .company
                .employees
                .all(When::Now)
                .find(|employee| employee.active)
                .map(|employee| employee.id.clone())
                .into_iter()
                .collect(),
            tags: Vec::new(),
            segment_of: None,
            estimate_option: None,
            segments: 0,
            business_unit,
            invoicing: self.options.settings.invoicing,
            reserved_number: None,
            invoices: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
            canceled_at: None,
            deleted_at: None,
        };
        self.counters.job = self.counters.job.saturating_add(1);
        self.company.jobs.add(id.as_str(), job);
        // What the form of a new job holds already is part of `job.created`, not an edit after it.
        for line in new.lines {
            self.put_line(&id, line)?;
        }
        self.put_taxes(&id, new.taxes)?;
        self.put_due_terms(&id, new.due)?;
        Ok(id)
    }

    pub(super) fn schedule_job(&mut self, id: &JobId, visit: Visit) -> Result<String, Refusal> {
        if visit.end < visit.start {
            return not_allowed("the visit ends before it starts");
        }
        let fresh = AppointmentId::from(self.random.id(AppointmentId::PREFIX));
        let job = self.open_job(id)?;
        if !matches!(
            job.status,
            WorkStatus::NeedsScheduling | WorkStatus::Scheduled
        ) {
            return not_allowed("work on the job has begun");
        }
        let earlier = job.schedule.take().map(|schedule| schedule.appointment);
        let appointment_event = if earlier.is_some() {
            Event::JobAppointmentRescheduled
        } else {
            Event::JobAppointmentScheduled
        };
        job.schedule = Some(Schedule {
            appointment: earlier.unwrap_or(fresh),
            start: visit.start,
            end: visit.end,
            arrival_window: visit.arrival_window,
        });
        job.status = WorkStatus::Scheduled;
        self.touch(id)?;
        self.tell_job(Event::JobScheduled, id);
        let visit = self.job(id)?.schedule.clone();
        if let Some(visit) = visit {
            self.tell_appointment(appointment_event, id, &visit);
        }
        Ok(id.to_string())
    }

    pub(super) fn on_my_way(&mut self, id: &JobId) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.open_job(id)?;
        if job.status.is_finished() {
            return not_allowed("the job is finished");
        }
        job.work.on_my_way_at = Some(now);
        self.touch(id)?;
        self.tell_job(Event::JobOnMyWay, id);
        Ok(id.to_string())
    }

    pub(super) fn start_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.open_job(id)?;
        if job.status.is_finished() {
            return not_allowed("the job is finished");
        }
        job.status = WorkStatus::InProgress;
        job.work.started_at = Some(now);
        self.touch(id)?;
        self.tell_job(Event::JobStarted, id);
        Ok(id.to_string())
    }

    pub(super) fn finish_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.open_job(id)?;
        if job.status.is_finished() {
            return not_allowed("the job is finished already");
        }
        job.status = WorkStatus::CompleteUnrated;
        job.work.completed_at = Some(now);
        self.touch(id)?;
        self.refresh_due_dates(id)?;
        self.tell_job(Event::JobCompleted, id);
        if self.options.settings.invoice_on_finish && self.live_invoices(id)?.is_empty() {
            self.issue_what_is_left(id)?;
        }
        Ok(id.to_string())
    }

    pub(super) fn reopen_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let job = self.open_job(id)?;
        if !job.status.is_finished() {
            return not_allowed("the job is not finished");
        }
        job.status = match (job.work.started_at, &job.schedule) {
            (Some(_), _) => WorkStatus::InProgress,
            (None, Some(_)) => WorkStatus::Scheduled,
            (None, None) => WorkStatus::NeedsScheduling,
        };
        job.work.completed_at = None;
        self.touch(id)?;
        self.refresh_due_dates(id)?;
        self.tell_job(Event::JobUpdated, id);
        Ok(id.to_string())
    }

    pub(super) fn cancel_job(&mut self, id: &JobId, by: CanceledBy) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.open_job(id)?;
        job.status = match by {
            CanceledBy::Customer => WorkStatus::UserCanceled,
            CanceledBy::Pro => WorkStatus::ProCanceled,
        };
        job.canceled_at = Some(now);
        self.leave_work(id, Event::JobCanceled)
    }

    pub(super) fn delete_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.job_mut(id)?;
        if job.deleted_at.is_some() {
            return not_allowed("the job is deleted already");
        }
        job.status = WorkStatus::ProCanceled;
        job.deleted_at = Some(now);
        self.leave_work(id, Event::JobDeleted)
    }

    /// Back among the jobs: finished where it was, without a visit. Its canceled invoices stay canceled.
    pub(super) fn restore_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let job = self.job_mut(id)?;
        if job.deleted_at.is_none() && !job.status.is_canceled() {
            return not_allowed("the job is neither canceled nor deleted");
        }
        (job.canceled_at, job.deleted_at) = (None, None);
        job.status = match (job.work.started_at, job.work.completed_at) {
            (_, Some(_)) => WorkStatus::CompleteUnrated,
            (Some(_), None) => WorkStatus::InProgress,
            (None, None) => WorkStatus::NeedsScheduling,
        };
        self.edited(id)?;
        Ok(id.to_string())
    }

    /// The end of a canceled or deleted job: its visit is discarded, its unpaid invoice canceled.
    fn leave_work(&mut self, id: &JobId, event: Event) -> Result<String, Refusal> {
        self.touch(id)?;
        self.tell_job(event, id);
        let visits: Vec<Schedule> = self.job(id)?.visits().cloned().collect();
        for visit in &visits {
            self.tell_appointment(Event::JobAppointmentDiscarded, id, visit);
        }
        let job = self.job_mut(id)?;
        (job.schedule, job.more_visits) = (None, Vec::new());
        for invoice in self.live_invoices(id)? {
            if self.invoice(&invoice)?.held() == 0 {
                self.close_invoice(&invoice, InvoiceStatus::Canceled)?;
                self.tell_invoice(Event::InvoiceCanceled, &invoice);
            }
        }
        Ok(id.to_string())
    }

    pub(super) fn edited(&mut self, id: &JobId) -> Result<(), Refusal> {
        self.touch(id)?;
        self.tell_job(Event::JobUpdated, id);
        Ok(())
    }

    pub(super) fn touch(&mut self, id: &JobId) -> Result<(), Refusal> {
        let created_at = self.job(id)?.created_at;
        let updated_at = self.updated_at(created_at);
        self.job_mut(id)?.updated_at = updated_at;
        Ok(())
    }

    pub(super) fn job(&self, id: &JobId) -> Result<&Job, Refusal> {
        self.company
            .job(id, When::Now)
            .ok_or_else(|| Refusal::NotFound(format!("job {id}")))
    }

    pub(super) fn job_mut(&mut self, id: &JobId) -> Result<&mut Job, Refusal> {
        self.company
            .jobs
            .change(id.as_str())
            .ok_or_else(|| Refusal::NotFound(format!("job {id}")))
    }

    /// A job that is neither canceled nor deleted.
    pub(super) fn open_job(&mut self, id: &JobId) -> Result<&mut Job, Refusal> {
        let job = self.job_mut(id)?;
        if job.deleted_at.is_some() {
            return not_allowed("the job is deleted");
        }
        if job.status.is_canceled() {
            return not_allowed("the job is canceled");
        }
        Ok(job)
    }
}

pub(super) fn first_service_address(addresses: &[Address]) -> Option<Address> {
    addresses
        .iter()
        .find(|address| address.kind == AddressKind::Service)
        .or(addresses.first())
        .cloned()
}

/// FNV-1a: the same name gives the same id.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
