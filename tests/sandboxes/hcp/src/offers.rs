//! Estimates and leads: what may become a job.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    company::Address,
    ids::{CustomerId, EstimateId, JobId, LeadId, OptionId},
    work::{Line, Schedule, WorkTimestamps},
};

/// What the customer, or the company for them, said to an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// It waits.
    AwaitingResponse,
    /// The customer wants it.
    Approved,
    /// The company noted that the customer wants it.
    ProApproved,
    /// The customer does not want it.
    Declined,
    /// The company noted that the customer does not want it.
    ProDeclined,
    /// Nobody answered in time.
    Expired,
}

impl Approval {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AwaitingResponse => "awaiting response",
            Self::Approved => "approved",
            Self::ProApproved => "pro approved",
            Self::Declined => "declined",
            Self::ProDeclined => "pro declined",
            Self::Expired => "expired",
        }
    }

    pub(crate) fn is_yes(self) -> bool {
        matches!(self, Self::Approved | Self::ProApproved)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct EstimateOption {
    pub(crate) id: OptionId,
    pub(crate) name: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) approval: Option<Approval>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Estimate {
    pub(crate) id: EstimateId,
    pub(crate) number: String,
    pub(crate) customer: CustomerId,
    pub(crate) address: Option<Address>,
    pub(crate) options: Vec<EstimateOption>,
    pub(crate) schedule: Option<Schedule>,
    pub(crate) work: WorkTimestamps,
    /// The job that it became.
    pub(crate) job: Option<JobId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Estimate {
    pub(crate) fn status(&self) -> &'static str {
        if self.job.is_some() {
            "created job from estimate"
        } else if self.work.completed_at.is_some() {
            "complete unrated"
        } else if self.schedule.is_some() {
            "scheduled"
        } else {
            "needs scheduling"
        }
    }
}

/// Where a lead stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeadStatus {
    Open,
    Won,
    Lost,
}

#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) id: LeadId,
    pub(crate) customer: CustomerId,
    pub(crate) note: Option<String>,
    pub(crate) status: LeadStatus,
    pub(crate) deleted: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}
