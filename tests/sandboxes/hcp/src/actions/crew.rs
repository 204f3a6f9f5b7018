//! Who comes, how often, and a job's segments.

use serde::{Deserialize, Serialize};

use super::{Desk, Refusal, Visit, not_allowed};
use crate::{
    company::Employee,
    events::Event,
    ids::{AppointmentId, JobId},
    shelf::When,
    work::{Job, Schedule, WorkStatus, WorkTimestamps},
};

/// The form of a new employee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are Housecall Pro's")]
pub struct NewEmployee {
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub mobile_number: String,
    /// Office staff instead of a field tech.
    pub office: bool,
}

impl Desk<'_> {
    pub(super) fn add_employee(&mut self, new: NewEmployee) -> Result<String, Refusal> {
        if new.first_name.trim().is_empty() && new.last_name.trim().is_empty() {
            return not_allowed("an employee needs a name");
        }
        let id = self.random.id("pro_");
        let role = if new.office {
            "office staff"
        } else {
            "field tech"
        };
        let employee = Employee {
            id: id.clone(),
            first_name: new.first_name,
            last_name: new.last_name,
            email: new.email,
            mobile_number: new.mobile_number,
            color_hex: "8F6F2F".to_owned(),
            role: role.to_owned(),
            admin: false,
            active: true,
            created_at: self.now,
        };
        self.company.employees.add(&id, employee);
        self.tell_employee(&id);
        Ok(id)
    }

    /// Jobs still name them; lists do not.
    pub(super) fn deactivate_employee(&mut self, id: &str) -> Result<String, Refusal> {
        let employee = self
            .company
            .employees
            .change(id)
            .ok_or_else(|| Refusal::NotFound(format!("employee {id}")))?;
        if !employee.active {
            return not_allowed("the employee is deactivated already");
        }
        employee.active = false;
        Ok(id.to_owned())
    }

    /// Exactly these come from now on.
    pub(super) fn assign_pros(
        &mut self,
        id: &JobId,
        employees: Vec<String>,
    ) -> Result<String, Refusal> {
        for employee in &employees {
            let known = self.company.employees.get(employee, When::Now);
            if !known.is_some_and(|known| known.active) {
                return Err(Refusal::NotFound(format!("employee {employee}")));
            }
        }
        let job = self.open_job(id)?;
        let gained = employees
            .iter()
            .any(|employee| !job.employees.contains(employee));
        let lost = job
            .employees
            .iter()
            .any(|employee| !employees.contains(employee));
        job.employees = employees;
        let visit = job.schedule.clone();
        self.edited(id)?;
        if let Some(visit) = visit {
            for (happened, event) in [
                (lost, Event::JobAppointmentProsUnassigned),
                (gained, Event::JobAppointmentProsAssigned),
            ] {
                if happened {
                    self.tell_appointment(event, id, &visit);
                }
            }
        }
        Ok(id.to_string())
    }

    /// Another visit beside the first.
    pub(super) fn add_visit(&mut self, id: &JobId, visit: Visit) -> Result<String, Refusal> {
        if visit.end < visit.start {
            return not_allowed("the visit ends before it starts");
        }
        let appointment = AppointmentId::from(self.random.id(AppointmentId::PREFIX));
        let job = self.open_job(id)?;
        if job.schedule.is_none() {
            return not_allowed("schedule the first visit first");
        }
        let fresh = Schedule {
            appointment: appointment.clone(),
            start: visit.start,
            end: visit.end,
            arrival_window: visit.arrival_window,
        };
        job.more_visits.push(fresh.clone());
        self.edited(id)?;
        self.tell_appointment(Event::JobAppointmentScheduled, id, &fresh);
        Ok(appointment.into())
    }

    /// The customer rates the work.
    pub(super) fn rate_job(&mut self, id: &JobId) -> Result<String, Refusal> {
        let job = self.open_job(id)?;
        if job.status != WorkStatus::CompleteUnrated {
            return not_allowed("only a finished job that has no rating can be rated");
        }
        job.status = WorkStatus::CompleteRated;
        self.edited(id)?;
        Ok(id.to_string())
    }

    /// Another stretch of the same work: an empty job of its own, numbered `100-1`, `100-2` and so on.
    pub(super) fn add_segment(&mut self, id: &JobId) -> Result<JobId, Refusal> {
        let segment = JobId::from(self.random.id(JobId::PREFIX));
        let now = self.now;
        let first = self.open_job(id)?;
        if first.segment_of.is_some() {
            return not_allowed("a segment has no segments: add it to the first job");
        }
        first.segments += 1;
        let job = Job {
            id: segment.clone(),
            number: format!("{}-{}", first.number, first.segments),
            segment_of: Some(id.clone()),
            segments: 0,
            notes: Vec::new(),
            status: WorkStatus::NeedsScheduling,
            work: WorkTimestamps::default(),
            schedule: None,
            more_visits: Vec::new(),
            lines: Vec::new(),
            reserved_number: None,
            invoices: Vec::new(),
            created_at: now,
            updated_at: now,
            ..first.clone()
        };
        self.company.jobs.add(segment.as_str(), job);
        self.tell_job(Event::JobCreated, &segment);
        Ok(segment)
    }

    fn tell_employee(&mut self, id: &str) {
        let records = self.records();
        if let Some(employee) = self.company.employees.get(id, When::Now) {
            let record = records.employee(employee);
            self.tell(Event::ProCreated, "employee", record);
        }
    }
}
