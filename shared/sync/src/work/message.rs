//! What travels on the work queue: *look at this job*, with the evidence that made us look.

use hcp::{CompanyId, CustomerId, InvoiceId, JobId, Trigger};
use jiff::Timestamp;
use ports::QueueMessage;
use serde::{Deserialize, Serialize};
use store::Cause;
use uuid::Uuid;

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
}

impl Subject {
    /// Its id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Job(job) => job.as_str(),
            Self::Invoice(invoice) => invoice.as_str(),
            Self::Customer(customer) => customer.as_str(),
        }
    }
}

/// What was seen in Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it triggers (T2); nothing, when the job only changed and is looked at again (T6).
    pub trigger: Option<Cause>,
    /// What it is about: `finished@<completed_at>`, `invoiced:<invoice id>@<sent_at>`,
    /// `paid:<invoice id>@<paid_at>`, `payment:<payment id>`, `paid@<event_occurred_at>`, `by_hand@<id of the push>`.
    pub key: String,
    /// The time of the event, where the same thing can happen again under the same key: an invoice that is
    /// sent again keeps its `sent_at`. A sweep sees records only, and so tells none.
    #[serde(default)]
    pub occurred: Option<Timestamp>,
    /// When it happened: the business time where the record tells it (`completed_at`, `sent_at`,
    /// `paid_at`), else the time of the event.
    pub at: Timestamp,
    /// The invoice that it is about, where it is about one.
    pub invoice: Option<InvoiceId>,
    /// When its webhook came, by our own clock; none where a sweep or a person told.
    #[serde(default)]
    pub received: Option<Timestamp>,
}

impl Evidence {
    /// A job that was finished at that time.
    pub fn finished(at: Timestamp) -> Self {
        Self {
            trigger: Some(Cause::Finished),
            key: format!("finished@{at}"),
            occurred: None,
            at,
            invoice: None,
            received: None,
        }
    }

    /// Something changed a while ago that triggers nothing, and now it is time to look at it: nothing new is told.
    pub fn due(at: Timestamp) -> Self {
        Self {
            trigger: None,
            key: Self::DUE.to_owned(),
            occurred: None,
            at,
            invoice: None,
            received: None,
        }
    }

    const DUE: &str = "due";

    /// Whether something new is told.
    pub(crate) fn is_news(&self) -> bool {
        self.key != Self::DUE
    }

    /// A push by hand, of that id.
    pub fn by_hand(id: Uuid, at: Timestamp) -> Self {
        Self {
            trigger: Some(Cause::ByHand),
            key: format!("by_hand@{id}"),
            occurred: None,
            at,
            invoice: None,
            received: None,
        }
    }

    /// An invoice that was sent or paid at that time.
    pub fn of_invoice(trigger: Trigger, invoice: InvoiceId, at: Timestamp) -> Self {
        let verb = match trigger {
            Trigger::Finished => "finished",
            Trigger::Invoiced => "invoiced",
            Trigger::Paid => "paid",
        };
        Self {
            trigger: Some(trigger.into()),
            key: format!("{verb}:{invoice}@{at}"),
            occurred: None,
            at,
            invoice: Some(invoice),
            received: None,
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
        let (company, subject) = (self.company.as_str(), self.subject.as_str());
        Ok(QueueMessage {
            group: format!("{company}#{subject}{apart}"),
            deduplication,
            body: serde_json::to_string(self)?,
        })
    }
}
