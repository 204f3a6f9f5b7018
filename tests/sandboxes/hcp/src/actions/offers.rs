//! The buttons of estimates and leads.

use serde::{Deserialize, Serialize};

use super::{Desk, NewJob, NewLine, Refusal, Visit, jobs::first_service_address, not_allowed};
use crate::{
    events::Event,
    ids::{AppointmentId, CustomerId, EstimateId, JobId, LeadId, OptionId},
    offers::{Approval, Estimate, EstimateOption, Lead, LeadStatus},
    records::Form,
    shelf::When,
    work::{Schedule, WorkTimestamps},
};

/// The form of a new estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEstimate {
    /// For whom.
    pub customer: CustomerId,
    /// What they can choose from.
    pub options: Vec<NewOption>,
}

/// One option of an estimate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewOption {
    /// Its name.
    pub name: String,
    /// Its lines.
    pub lines: Vec<NewLine>,
}

/// One press on an estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimateStep {
    /// `estimate.scheduled`.
    Schedule(Visit),
    /// `estimate.on_my_way`.
    OnMyWay,
    /// `estimate.completed`.
    Finish,
    /// `estimate.sent`.
    Send,
    /// `estimate.option.created`, `estimate.updated`.
    AddOption(NewOption),
    /// `estimate.option.approval_status_changed`.
    Decide {
        /// Which option.
        option: OptionId,
        /// What was said.
        approval: Approval,
    },
    /// `estimate.copy_to_job`, `job.created`: an approved option becomes a job.
    CopyToJob {
        /// Which option.
        option: OptionId,
    },
}

/// One press on a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadStep {
    /// `lead.updated`.
    Note(String),
    /// `lead.converted`, `job.created`.
    Convert,
    /// `lead.lost`.
    Lose,
    /// `lead.deleted`.
    Delete,
}

impl Desk<'_> {
    pub(super) fn create_estimate(&mut self, new: NewEstimate) -> Result<EstimateId, Refusal> {
        let customer = self.customer(&new.customer)?;
        if customer.deleted {
            return not_allowed("the customer is deleted");
        }
        let address = first_service_address(&customer.addresses);
        let id = EstimateId::from(self.random.id(EstimateId::PREFIX));
        self.counters.estimate = self.counters.estimate.saturating_add(1);
        let estimate = Estimate {
            id: id.clone(),
            number: self.counters.estimate.to_string(),
            customer: new.customer,
            address,
            options: Vec::new(),
            schedule: None,
            work: WorkTimestamps::default(),
            job: None,
            created_at: self.now,
            updated_at: self.now,
        };
        self.company.estimates.add(id.as_str(), estimate);
        let options = new.options.len();
        for option in new.options {
            self.put_option(&id, option)?;
        }
        self.tell_estimate(Event::EstimateCreated, &id, None);
        for _ in 0..options {
            self.tell_estimate(Event::EstimateOptionCreated, &id, None);
        }
        Ok(id)
    }

    pub(super) fn step_estimate(
        &mut self,
        id: &EstimateId,
        step: EstimateStep,
    ) -> Result<String, Refusal> {
        let now = self.now;
        let appointment = AppointmentId::from(self.random.id(AppointmentId::PREFIX));
        let estimate = self.estimate_mut(id)?;
        if estimate.job.is_some() {
            return not_allowed("the estimate has become a job");
        }
        estimate.updated_at = now;
        let event = match step {
            EstimateStep::Schedule(visit) => {
                estimate.schedule = Some(Schedule {
                    appointment,
                    start: visit.start,
                    end: visit.end,
                    arrival_window: visit.arrival_window,
                });
                Event::EstimateScheduled
            }
            EstimateStep::OnMyWay => {
                estimate.work.on_my_way_at = Some(now);
                Event::EstimateOnMyWay
            }
            EstimateStep::Finish => {
                estimate.work.completed_at = Some(now);
                Event::EstimateCompleted
            }
            EstimateStep::Send => {
                for option in &mut estimate.options {
                    option.approval.get_or_insert(Approval::AwaitingResponse);
                }
                Event::EstimateSent
            }
            EstimateStep::AddOption(option) => {
                self.put_option(id, option)?;
                self.tell_estimate(Event::EstimateOptionCreated, id, None);
                Event::EstimateUpdated
            }
            EstimateStep::Decide { option, approval } => {
                let option = find(estimate, &option)?;
                option.approval = Some(approval);
                option.updated_at = now;
                Event::EstimateOptionApprovalStatusChanged
            }
            EstimateStep::CopyToJob { option } => {
                return self.copy_to_job(id, &option).map(String::from);
            }
        };
        self.tell_estimate(event, id, None);
        Ok(id.to_string())
    }

    fn copy_to_job(&mut self, id: &EstimateId, option: &OptionId) -> Result<JobId, Refusal> {
        let estimate = self.estimate_mut(id)?;
        let customer = estimate.customer.clone();
        let chosen = find(estimate, option)?;
        if !chosen.approval.is_some_and(Approval::is_yes) {
            return not_allowed("approve the option first");
        }
        let mut lines = chosen.lines.clone();
        for line in &mut lines {
            line.id = self.line_id();
            line.invoice_item_id = self.random.id("invitm_");
        }
        let job = self.put_job(NewJob::of(&customer))?;
        let made = self.job_mut(&job)?;
        made.lines = lines;
        made.estimate_option = Some(option.clone());
        self.estimate_mut(id)?.job = Some(job.clone());
        self.tell_job(Event::JobCreated, &job);
        self.tell_estimate(Event::EstimateCopyToJob, id, Some(&job));
        Ok(job)
    }

    pub(super) fn create_lead(&mut self, customer: CustomerId) -> Result<LeadId, Refusal> {
        if self.customer(&customer)?.deleted {
            return not_allowed("the customer is deleted");
        }
        let id = LeadId::from(self.random.id(LeadId::PREFIX));
        let lead = Lead {
            id: id.clone(),
            customer,
            note: None,
            status: LeadStatus::Open,
            deleted: false,
            created_at: self.now,
            updated_at: self.now,
        };
        self.company.leads.add(id.as_str(), lead);
        self.tell_lead(Event::LeadCreated, &id);
        Ok(id)
    }

    pub(super) fn step_lead(&mut self, id: &LeadId, step: LeadStep) -> Result<String, Refusal> {
        let now = self.now;
        let lead = self
            .company
            .leads
            .change(id.as_str())
            .filter(|lead| !lead.deleted)
            .ok_or_else(|| Refusal::NotFound(format!("lead {id}")))?;
        let done = lead.status != LeadStatus::Open;
        if done && matches!(step, LeadStep::Convert | LeadStep::Lose) {
            return not_allowed("the lead is won or lost already");
        }
        lead.updated_at = now;
        let event = match step {
            LeadStep::Note(note) => {
                lead.note = Some(note);
                Event::LeadUpdated
            }
            LeadStep::Convert => {
                lead.status = LeadStatus::Won;
                let new = NewJob::of(&lead.customer);
                self.tell_lead(Event::LeadConverted, id);
                return self.create_job(new).map(String::from);
            }
            LeadStep::Lose => {
                lead.status = LeadStatus::Lost;
                Event::LeadLost
            }
            LeadStep::Delete => {
                lead.deleted = true;
                Event::LeadDeleted
            }
        };
        self.tell_lead(event, id);
        Ok(id.to_string())
    }

    fn put_option(&mut self, id: &EstimateId, new: NewOption) -> Result<(), Refusal> {
        if new.name.trim().is_empty() {
            return not_allowed("an option needs a name");
        }
        let mut lines = Vec::new();
        for line in new.lines {
            lines.push(self.made_line(line)?);
        }
        super::lines::check_discounts(&lines)?;
        let option = EstimateOption {
            id: OptionId::from(self.random.id(OptionId::PREFIX)),
            name: new.name,
            lines,
            approval: None,
            created_at: self.now,
            updated_at: self.now,
        };
        self.estimate_mut(id)?.options.push(option);
        Ok(())
    }

    fn estimate_mut(&mut self, id: &EstimateId) -> Result<&mut Estimate, Refusal> {
        self.company
            .estimates
            .change(id.as_str())
            .ok_or_else(|| Refusal::NotFound(format!("estimate {id}")))
    }

    /// A copy to a job carries the job too.
    fn tell_estimate(&mut self, event: Event, id: &EstimateId, job: Option<&JobId>) {
        let records = self.records();
        let Some(estimate) = self.company.estimates.get(id.as_str(), When::Now) else {
            return;
        };
        let mut told = vec![("estimate", records.estimate(estimate, Form::Webhook))];
        if let Some(job) = job.and_then(|job| self.company.job(job, When::Now)) {
            told.push(("job", records.job(job, Form::Webhook)));
        }
        self.tell_all(event, &mut told);
    }

    fn tell_lead(&mut self, event: Event, id: &LeadId) {
        let records = self.records();
        if let Some(lead) = self.company.leads.get(id.as_str(), When::Now) {
            let record = records.lead(lead);
            self.tell(event, "lead", record);
        }
    }
}

fn find<'e>(
    estimate: &'e mut Estimate,
    option: &OptionId,
) -> Result<&'e mut EstimateOption, Refusal> {
    estimate
        .options
        .iter_mut()
        .find(|known| known.id == *option)
        .ok_or_else(|| Refusal::NotFound(format!("option {option} of the estimate")))
}
