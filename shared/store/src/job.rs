use std::collections::BTreeSet;

use hcp::{CustomerId, InvoiceId, PaymentId, Trigger};
use jiff::{SignedDuration, Timestamp, civil::Date};
use mapping::payer::PayerSearch;
use money::Cents;
use serde::{Deserialize, Serialize};

use crate::{
    codec::Body,
    history::{By, FieldChange, is_zero},
    list::Lists,
    places,
    table::Key,
    work::{Evidence, Waiting, WorkRecord},
};

/// What is known of a job: the triggers seen so far, and whether work on it is left.
///
/// A job with work left has `due` set on its record: the moment at which it is looked at again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Every trigger that was seen, each once.
    pub marks: Vec<Mark>,
    /// How many of the marks, from the first, were carried to QuickBooks (or reported).
    pub handled: usize,
    /// Why it waits.
    #[serde(flatten)]
    pub waiting: Waiting,
    /// What the card of the job says.
    #[serde(default)]
    pub state: JobState,
    /// Whether something about it changed that pushes nothing by itself, and that was not looked at yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed: bool,
    /// When such a change is looked at: often a trigger follows at once, and then it needs no look of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_due: Option<Timestamp>,
    /// What Housecall Pro showed when it was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// Marks up to this time were forgotten, since later ones carried all that they told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten_until: Option<Timestamp>,
    /// Whether alerts about it may be open: they are closed when it is in QuickBooks after all.
    #[serde(default)]
    pub alerted: bool,
    /// The job's number, once it was read.
    #[serde(default)]
    pub number: Option<String>,
    /// Its customer, once they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<JobCustomer>,
    /// What Housecall Pro told of it when it was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<JobFacts>,
    /// What of it QuickBooks would get if it were pushed now, as it was compared last (T5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
    /// Of an invoice without a job: what is known of whose it is (P6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
    /// The names of lines that are not in the price book with which it was sent and counted (L5), by their digests.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub typed: BTreeSet<String>,
}

/// Whose an invoice without a job is (P6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// It is being found out.
    Sought(Box<PayerSearch>),
    /// Housecall Pro's lists told.
    Found(CustomerId),
    /// They did not tell.
    NotFound,
    /// A person said so.
    Chosen {
        /// Who it is.
        customer: CustomerId,
        /// When they said it.
        at: Timestamp,
    },
}

/// What of an object in QuickBooks would be otherwise (T5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Of what: `invoice 104`, `customer Dana Sample`; none: of the job as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Field by field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<FieldChange>,
    /// How many more fields would.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// Why it could not be sent as it is, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What Housecall Pro told of a job, as lists and its card show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobFacts {
    /// When it was read.
    pub read_at: Timestamp,
    /// The day on which the work was done, or is planned, for the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Its total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// What of it is still to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Cents>,
    /// Its invoices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<JobInvoice>,
    /// Its payments that went through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<ToldPayment>,
    /// The day on which the work was finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Date>,
}

/// An invoice of a job in Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The day on which it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Date>,
}

/// A payment of a job in Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldPayment {
    /// Its id.
    pub id: PaymentId,
    /// How much it is.
    pub amount: Cents,
    /// The day on which it was made.
    pub date: Date,
    /// How it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
}

/// The customer of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCustomer {
    /// Who it is in Housecall Pro.
    pub id: CustomerId,
    /// Their name there.
    pub name: String,
}

/// The state of a job, as its card shows it (K1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Nothing was seen that pushes it.
    #[default]
    NotSynced,
    /// Its first trigger happened before the connection was made (T8).
    BeforeConnection,
    /// Work is left.
    Queued,
    /// QuickBooks has what the last trigger carried.
    Synced,
    /// The same, and Housecall Pro has it otherwise since: the next trigger or a push by hand carries it (T5).
    PendingChanges,
    /// What happened so far makes no invoice of it (T3, N7).
    WaitsForTrigger,
    /// There was nothing to send: the total is zero and no invoice exists (T9).
    NothingToSend,
    /// The same, and there is not a single line on it: it cannot be sent by hand either (T9).
    NothingOnIt,
    /// It could not be sent; an alert says why.
    Alert,
    /// It is gone from Housecall Pro.
    Gone,
}

impl JobState {
    /// All there are.
    pub const ALL: [Self; 10] = [
        Self::NotSynced,
        Self::BeforeConnection,
        Self::Queued,
        Self::Synced,
        Self::PendingChanges,
        Self::WaitsForTrigger,
        Self::NothingToSend,
        Self::NothingOnIt,
        Self::Alert,
        Self::Gone,
    ];

    /// As it stands in lists, and in questions for them.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSynced => "not_synced",
            Self::BeforeConnection => "before_connection",
            Self::Queued => "queued",
            Self::Synced => "synced",
            Self::PendingChanges => "pending_changes",
            Self::WaitsForTrigger => "waits_for_trigger",
            Self::NothingToSend => "nothing_to_send",
            Self::NothingOnIt => "nothing_on_it",
            Self::Alert => "alert",
            Self::Gone => "gone",
        }
    }
}

/// What makes a job push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A job was marked finished (T2).
    Finished,
    /// An invoice was sent (T2).
    Invoiced,
    /// An invoice or a job was paid, wholly or in part (T2).
    Paid,
    /// Money of an invoice went back (T2, P5).
    Refunded,
    /// A person pushed it by hand (U2).
    ByHand,
    /// It was edited, and edits push by themselves (T5).
    Edited,
}

impl From<Trigger> for Cause {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Finished => Self::Finished,
            Trigger::Invoiced => Self::Invoiced,
            Trigger::Paid => Self::Paid,
        }
    }
}

/// A trigger that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What happened, and to what.
    pub key: String,
    /// When the event occurred, where the same thing can happen again; none when a sweep told of it.
    #[serde(default)]
    pub occurred: Option<Timestamp>,
    /// Which trigger.
    pub trigger: Cause,
    /// When it happened in Housecall Pro.
    pub at: Timestamp,
    /// The invoice that it is about, where it is about one.
    pub invoice: Option<InvoiceId>,
    /// Who pushed it, by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// What Housecall Pro's records of a job showed at one time, as far as triggers tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// When reading began.
    pub at: Timestamp,
    /// Whether the job was finished.
    pub finished: bool,
    /// The invoices that had been sent.
    pub sent: Vec<InvoiceId>,
    /// The invoices that had been paid in full.
    pub paid: Vec<InvoiceId>,
}

impl Shown {
    /// Whether what a trigger tells was there to be read.
    fn has(&self, mark: &Mark) -> bool {
        let within = |invoices: &[InvoiceId]| {
            let invoice = mark.invoice.as_ref();
            invoice.is_some_and(|invoice| invoices.contains(invoice))
        };
        match mark.trigger {
            Cause::Finished => self.finished,
            Cause::Invoiced => within(&self.sent),
            Cause::Paid => within(&self.paid),
            Cause::Refunded | Cause::ByHand | Cause::Edited => false,
        }
    }
}

/// So many marks are kept; beyond, the oldest that were carried are forgotten.
const MOST_MARKS: usize = 100;

/// A trigger told of something that was read this much later, whichever clocks are compared.
const SKEW: SignedDuration = SignedDuration::from_secs(1);

impl Job {
    /// Whether an occurrence is known. A sweep sees the record only: to it, any occurrence is the one.
    pub fn knows(&self, key: &str, occurred: Option<Timestamp>) -> bool {
        self.marks
            .iter()
            .any(|known| known.key == key && (occurred.is_none() || known.occurred == occurred))
    }

    /// Adds a mark unless it is known; tells whether it was new.
    pub fn mark(&mut self, mark: Mark) -> bool {
        let new = !self.knows(&mark.key, mark.occurred) && !self.was_forgotten(&mark);
        if new {
            self.marks.push(mark);
            self.state = JobState::Queued;
            self.forget();
        }
        new
    }

    /// Adds a mark whose trigger changes nothing any more, and which is therefore handled: its webhook came at
    /// `received`, everything it tells was read from Housecall Pro after that, and a trigger of its kind has carried
    /// it. Tells whether it is so.
    pub fn mark_as_carried(&mut self, mark: &Mark, received: Option<Timestamp>) -> bool {
        let read = self.shown.as_ref();
        let read_since = read
            .zip(received)
            .is_some_and(|(shown, received)| shown.at > received + SKEW && shown.has(mark));
        let alike = |known: &Mark| known.trigger == mark.trigger && known.invoice == mark.invoice;
        let carried = self.state == JobState::Synced
            && self.unhandled().is_empty()
            && read_since
            && self.marks.iter().any(alike);
        if carried && !self.knows(&mark.key, mark.occurred) {
            self.marks.push(mark.clone());
            self.forget();
            self.handled = self.marks.len();
        }
        carried
    }

    /// A late repeat of a mark that is kept no more, or the first word of something that later triggers have carried.
    fn was_forgotten(&self, mark: &Mark) -> bool {
        let when = mark.occurred.unwrap_or(mark.at);
        let alike = |known: &Mark| known.trigger == mark.trigger && known.invoice == mark.invoice;
        mark.trigger != Cause::ByHand
            && self.forgotten_until.is_some_and(|until| when <= until)
            && self.marks.iter().any(alike)
    }

    /// Keeps the marks from growing without end. The first of each kind stays: dates and terms follow from it.
    fn forget(&mut self) {
        while self.marks.len() > MOST_MARKS {
            let repeats = |at: &usize| {
                let mark = &self.marks[*at];
                let mut before = self.marks[..*at].iter();
                before.any(|one| one.trigger == mark.trigger && one.invoice == mark.invoice)
            };
            let Some(oldest) = (0..self.handled.min(self.marks.len())).find(repeats) else {
                return;
            };
            let gone = self.marks.remove(oldest);
            self.handled -= 1;
            self.forgotten_until = self
                .forgotten_until
                .max(Some(gone.occurred.unwrap_or(gone.at)));
        }
    }

    /// Nothing is left to do: forgets all that was kept for it.
    pub fn rest(&mut self) {
        self.waiting = Waiting::default();
        self.changed = false;
        self.change_due = None;
    }

    /// Takes over what another copy of the record knows of the job; tells whether its number or its customer is new.
    pub fn know_as(&mut self, other: &Self) -> bool {
        let known = (self.number.clone(), self.customer.clone());
        self.facts = other.facts.clone().or(self.facts.take());
        self.number = other.number.clone().or(self.number.take());
        self.customer = other.customer.clone().or(self.customer.take());
        (&self.number, &self.customer) != (&known.0, &known.1)
    }

    /// Whether a person ever pushed it by hand: then neither its age nor its total keeps it back (U2).
    pub fn was_pushed_by_hand(&self) -> bool {
        let by_hand = |mark: &Mark| mark.trigger == Cause::ByHand;
        self.marks.iter().any(by_hand)
    }

    /// Its customer in Housecall Pro, once they were read.
    pub fn customer_id(&self) -> Option<&CustomerId> {
        self.customer.as_ref().map(|customer| &customer.id)
    }

    /// Whose an invoice without a job is, once that is known (P6).
    pub fn payer(&self) -> Option<&CustomerId> {
        match self.payer.as_ref()? {
            Payer::Found(customer) | Payer::Chosen { customer, .. } => Some(customer),
            Payer::Sought(_) | Payer::NotFound => None,
        }
    }

    /// Whether that is yet to be found out: a person who pushes it by hand has it sought once more.
    pub fn seeks_payer(&self) -> bool {
        let by_hand = |mark: &Mark| mark.trigger == Cause::ByHand;
        match &self.payer {
            None | Some(Payer::Sought(_)) => true,
            Some(Payer::NotFound) => self.unhandled().iter().any(by_hand),
            Some(Payer::Found(_) | Payer::Chosen { .. }) => false,
        }
    }

    /// The marks that are still to be carried.
    pub fn unhandled(&self) -> &[Mark] {
        self.marks.get(self.handled..).unwrap_or_default()
    }
}

impl Body for Job {
    const KIND: &'static str = "job";

    fn lists(&self, key: &Key) -> Lists {
        places::of_job(key, self)
    }
}

impl WorkRecord for Job {
    const PASSING: bool = false;

    fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    fn waiting_mut(&mut self) -> &mut Waiting {
        &mut self.waiting
    }

    /// Its marks keep it.
    fn keep(&mut self, _: &[Evidence]) {}

    fn evidence(&self) -> &[Evidence] {
        &[]
    }
}

/// The customers who paid for service plans, the latest first: they are likely to do so again (P6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePlanCustomers {
    /// Who they are.
    pub customers: Vec<CustomerId>,
}

/// So many of them are kept: as many as one question names.
const MOST_SERVICE_PLAN_CUSTOMERS: usize = 128;

impl ServicePlanCustomers {
    /// One of them paid.
    pub fn paid(&mut self, customer: &CustomerId) {
        self.customers.retain(|known| known != customer);
        self.customers.insert(0, customer.clone());
        self.customers.truncate(MOST_SERVICE_PLAN_CUSTOMERS);
    }
}

impl Body for ServicePlanCustomers {
    const KIND: &'static str = "service plan customers";
}

/// How far a sweep has looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Everything before was seen by a clean pass.
    pub seen_until: Timestamp,
}

/// The sweeps that keep a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepName {
    /// Invoices that were paid.
    Paid,
    /// Invoices that were sent.
    Sent,
    /// Jobs that were finished.
    Finished,
}

impl SweepName {
    /// As it stands in keys.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Sent => "sent",
            Self::Finished => "finished",
        }
    }
}

impl Body for Cursor {
    const KIND: &'static str = "cursor";
}

#[cfg(test)]
mod tests;
