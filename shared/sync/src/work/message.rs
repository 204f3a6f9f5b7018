//! What travels on the work queue: *look at this*, with the evidence that made us look.

use hcp::{CompanyId, CustomerId, InvoiceId, JobId};
use ports::{Chance, QueueMessage};
use serde::{Deserialize, Serialize};
pub use store::Evidence;

use crate::{
    engine::Engine,
    stop::{Stop, broken},
    world::World,
};

/// The names of tasks.
pub(crate) mod name {
    pub(crate) const JOB: &str = "job";
    pub(crate) const INVOICE: &str = "invoice";
    pub(crate) const ORDER: &str = "order";
    pub(crate) const CUSTOMER_EDIT: &str = "customer-edit";
    pub(crate) const PULL: &str = "pull";
    pub(crate) const PULLED_JOB: &str = "pulled-job";
}

/// Asks the consumer to look at one subject. A message carries no state to copy into QuickBooks: the
/// consumer reads Housecall Pro's present state itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAt {
    /// Format version; see [`LookAt::VERSION`].
    pub v: u32,
    /// Whose books.
    pub company: CompanyId,
    /// What to look at.
    pub subject: Subject,
    /// Why: absent when there is nothing new to tell (a nudge for parked work).
    pub evidence: Option<Evidence>,
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A job, with everything on it.
    Job(JobId),
    /// An invoice whose job the event did not name.
    Invoice(InvoiceId),
    /// A customer whose data changed; whose jobs use it is not told.
    Customer(CustomerId),
    /// What any other task is about.
    Task {
        /// The task, by its name.
        name: String,
        /// What it looks at, by a name that only this task must understand.
        of: String,
    },
}

impl Subject {
    /// All that changed in QuickBooks since it was looked at last (R1).
    pub fn changes() -> Self {
        Self::pull(Self::CHANGES)
    }

    /// What QuickBooks' webhooks told of (R1); the evidence says what.
    pub fn told() -> Self {
        Self::pull(Self::TOLD)
    }

    pub(crate) const CHANGES: &str = "changes";
    pub(crate) const TOLD: &str = "told";

    fn pull(of: &str) -> Self {
        Self::Task {
            name: name::PULL.to_owned(),
            of: of.to_owned(),
        }
    }

    /// Something that a person ordered.
    pub(crate) fn order(of: String) -> Self {
        Self::Task {
            name: name::ORDER.to_owned(),
            of,
        }
    }

    /// What people did in QuickBooks with the documents of a job.
    pub(crate) fn pulled_job(job: &JobId) -> Self {
        Self::Task {
            name: name::PULLED_JOB.to_owned(),
            of: job.to_string(),
        }
    }

    /// Its id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Job(job) => job.as_str(),
            Self::Invoice(invoice) => invoice.as_str(),
            Self::Customer(customer) => customer.as_str(),
            Self::Task { of, .. } => of,
        }
    }

    /// The task that looks at it.
    pub fn task(&self) -> &str {
        match self {
            Self::Job(_) => name::JOB,
            Self::Invoice(_) => name::INVOICE,
            Self::Customer(_) => name::CUSTOMER_EDIT,
            Self::Task { name, .. } => name.as_str(),
        }
    }
}

impl LookAt {
    /// The format written today.
    pub const VERSION: u32 = 1;

    /// The queue message. Messages about one subject keep their order; what triggers nothing is kept apart, so that no
    /// trigger waits behind it.
    pub fn to_queue(&self, deduplication: String) -> Result<QueueMessage, serde_json::Error> {
        let triggers_nothing = |evidence: &Evidence| evidence.trigger.is_none();
        let edit = self.evidence.as_ref().is_some_and(triggers_nothing);
        let apart = if edit { "#edit" } else { "" };
        let company = self.company.as_str();
        let subject = match &self.subject {
            Subject::Task { name, of } => format!("{name}#{of}"),
            subject => subject.as_str().to_owned(),
        };
        Ok(QueueMessage {
            group: format!("{company}#{subject}{apart}"),
            deduplication,
            body: serde_json::to_string(self)?,
        })
    }
}

impl<W: World> Engine<W> {
    /// A message to the consumer; each is a new one to the queue.
    pub(crate) fn message(
        &self,
        company: &CompanyId,
        subject: Subject,
        evidence: Option<Evidence>,
    ) -> Result<QueueMessage, Stop> {
        let look_at = LookAt {
            v: LookAt::VERSION,
            company: company.clone(),
            subject,
            evidence,
        };
        let id = self.world.chance().uuid();
        look_at.to_queue(id.to_string()).map_err(broken)
    }
}
