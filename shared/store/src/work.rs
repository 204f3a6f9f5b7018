use hcp::{InvoiceId, Trigger};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{codec::Body, history::By, job::Cause};

/// Why a piece of work waits, and how often it did: beside what the work is about. A record with work left has `due`
/// set: the moment at which it is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How often in a row it failed while others did not; grows the wait.
    #[serde(default)]
    pub put_off: u32,
    /// When the first of those failures was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// How often in a row Housecall Pro's records did not show what its event had told.
    #[serde(default)]
    pub lags: u32,
    /// Its place among those who wait, on the clock of turns: kept until its work is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Timestamp>,
    /// Why it waits, in plain words, when it does.
    #[serde(default)]
    pub waits_for: Option<String>,
}

impl Waiting {
    /// Something new came: what failed before may succeed now. What it waits for already, it goes on waiting for.
    pub fn try_anew(&mut self) {
        self.put_off = 0;
        self.failing_since = None;
        self.lags = 0;
    }
}

/// A record of which due work is known.
pub trait WorkRecord: Body + Clone + Default + Send + Sync {
    /// Whether it is there only as long as there is work: then it keeps the evidence too, and is removed with the end
    /// of the work.
    const PASSING: bool;

    /// Why it waits.
    fn waiting(&self) -> &Waiting;

    /// Why it waits, to be changed.
    fn waiting_mut(&mut self) -> &mut Waiting;

    /// Keeps evidence that is not known yet, where this record is what keeps it.
    fn keep(&mut self, evidence: &[Evidence]);

    /// The evidence that it keeps.
    fn evidence(&self) -> &[Evidence];
}

/// Work that was put off, of a task that keeps no record of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkItem {
    /// Why it waits.
    #[serde(flatten)]
    pub waiting: Waiting,
    /// What it was seen by: the message that told it is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// So much evidence of one subject is kept: a message is a reason to look, and one look sees all.
const MOST_EVIDENCE: usize = 20;

impl WorkRecord for WorkItem {
    const PASSING: bool = true;

    fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    fn waiting_mut(&mut self) -> &mut Waiting {
        &mut self.waiting
    }

    fn keep(&mut self, evidence: &[Evidence]) {
        for new in evidence {
            if !self.evidence.contains(new) {
                self.evidence.push(new.clone());
            }
        }
        let oldest = self.evidence.len().saturating_sub(MOST_EVIDENCE);
        self.evidence.drain(..oldest);
    }

    fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

impl Body for WorkItem {
    const KIND: &'static str = "work";
}

/// What was seen in Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it triggers (T2); nothing, when the job only changed and is looked at again (T6).
    pub trigger: Option<Cause>,
    /// What it is about: `finished@<completed_at>`, `invoiced:<invoice id>@<sent_at>`,
    /// `paid:<invoice id>@<paid_at>`, `payment:<payment id>`, `paid@<event_occurred_at>`, `by_hand@<id of the push>`;
    /// of QuickBooks `<kind>#<id>`, such as `Payment#311`.
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
    /// Who asked for it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
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
            by: None,
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
            by: None,
        }
    }

    const DUE: &str = "due";

    /// Whether something new is told.
    pub fn is_news(&self) -> bool {
        self.key != Self::DUE
    }

    /// The key of a push by hand.
    pub fn key_by_hand(id: Uuid) -> String {
        format!("by_hand@{id}")
    }

    /// A push by hand, of that id, by this person.
    pub fn by_hand(id: Uuid, at: Timestamp, by: &By) -> Self {
        Self {
            trigger: Some(Cause::ByHand),
            key: Self::key_by_hand(id),
            occurred: None,
            at,
            invoice: None,
            received: None,
            by: Some(by.clone()),
        }
    }

    /// An object of QuickBooks that its webhook told of (R1): what of it changed is not told.
    pub fn of_quickbooks(kind: &str, id: &qbo::Id, at: Timestamp) -> Self {
        Self {
            trigger: None,
            key: format!("{kind}#{id}"),
            occurred: Some(at),
            at,
            invoice: None,
            received: None,
            by: None,
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
            by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_evidence_of_work_that_waits_long_does_not_grow_without_end() {
        let mut item = WorkItem::default();
        let seen = |second| {
            Evidence::finished(Timestamp::UNIX_EPOCH + std::time::Duration::from_secs(second))
        };
        for second in 0..50 {
            item.keep(&[seen(second), seen(second)]);
        }
        assert_eq!(item.evidence().len(), MOST_EVIDENCE);
        assert_eq!(item.evidence().last(), Some(&seen(49)));
    }
}
