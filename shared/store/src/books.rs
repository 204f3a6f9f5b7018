use std::fmt;

use hcp::{CompanyId, JobId};
use mapping::{KindName, SlotName};
use qbo::RealmId;
use uuid::Uuid;

use crate::{alert::OpenAlert, history::HistoryEntry, job::SweepName, places::sorted, table::Key};

/// A pair of companies: everything that is linked, sent or reported belongs to one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Books {
    /// The company in Housecall Pro.
    pub company: CompanyId,
    /// The company in QuickBooks Online.
    pub realm: RealmId,
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.company, self.realm)
    }
}

impl Books {
    /// The partition of these books.
    pub fn partition(&self) -> String {
        format!("books#{self}")
    }

    /// A job with its marks.
    pub fn job(&self, job: &JobId) -> Key {
        self.key(format!("job#{job}"))
    }

    /// The company and the job that a job's record is about.
    pub fn parse_job(key: &Key) -> Option<(CompanyId, JobId)> {
        let job = key.sort.strip_prefix("job#")?;
        let (company, _) = key.partition.strip_prefix("books#")?.split_once('#')?;
        Some((CompanyId::parse(company).ok()?, JobId::parse(job).ok()?))
    }

    /// What is known of the work of a task on one subject; a job's is [`Books::job`].
    pub fn work(&self, task: &str, subject: &str) -> Key {
        self.key(format!("{task}#{subject}"))
    }

    /// The task, and what it is about, that a record of work belongs to.
    pub fn parse_work(key: &Key) -> Option<(&str, &str)> {
        key.sort.split_once('#')
    }

    /// Who paid for service plans.
    pub fn service_plan_customers(&self) -> Key {
        self.key("service-plan-customers")
    }

    /// How far a sweep has looked.
    pub fn cursor(&self, sweep: SweepName) -> Key {
        self.key(format!("cursor#{}", sweep.as_str()))
    }

    /// A slot of the ledger.
    pub fn slot(&self, slot: &SlotName) -> Key {
        self.key(format!("slot#{slot}"))
    }

    /// What the keys of the slots of a job begin with.
    pub fn slots_of(&self, job: &JobId) -> Key {
        self.key(format!("slot#{job}#"))
    }

    /// What the keys of the slots of all jobs begin with.
    pub fn slots_of_jobs(&self) -> Key {
        self.key("slot#job_")
    }

    /// What the keys of all sub-customers of a customer begin with (C11).
    pub fn places(&self, customer: &SlotName) -> Key {
        self.key(format!("slot#{customer}#"))
    }

    /// One call to QuickBooks that writes.
    pub fn envelope(&self, id: Uuid) -> Key {
        self.key(format!("envelope#{id}"))
    }

    /// Which slot owns a QuickBooks object.
    pub fn owner(&self, kind: &KindName, id: &qbo::Id) -> Key {
        self.key(format!("qbo#{kind}#{id}"))
    }

    /// Which slot's invoice has a number.
    pub fn number(&self, number: &qbo::DocNumber) -> Key {
        self.key(format!("number#{number}"))
    }

    /// What a line's name stands for, when it is not in the price book.
    pub fn line_name(&self, normalised: &str) -> Key {
        self.key(format!("line-name#{normalised}"))
    }

    /// An alert: at most one for a subject and a type.
    pub fn alert(&self, subject: &str, kind: &str) -> Key {
        self.key(format!("alert#{subject}#{kind}"))
    }

    /// What the keys of all alerts begin with, open or closed.
    pub fn alerts(&self) -> Key {
        self.key("alert#")
    }

    /// What the keys of the alerts of a subject begin with; of a job also those of its invoices.
    pub fn alerts_of(&self, subject: &str) -> Key {
        self.key(format!("alert#{subject}#"))
    }

    /// That an alert is open.
    pub fn open_alert(&self, subject: &str, kind: &str) -> Key {
        Key::new(OpenAlert::PARTITION, format!("{self}#{subject}#{kind}"))
    }

    /// What the keys begin with that tell that an alert of these books is open.
    pub fn open_alerts(&self) -> Key {
        Key::new(OpenAlert::PARTITION, format!("{self}#"))
    }

    /// What the company chose.
    pub fn settings(&self) -> Key {
        self.key("settings")
    }

    /// Where the QuickBooks tokens are.
    pub fn token(&self) -> Key {
        self.key("token")
    }

    /// A lease by its name.
    pub fn lease(&self, name: &str) -> Key {
        self.key(format!("lease#{name}"))
    }

    /// What people entered in QuickBooks for a job.
    pub fn received(&self, job: &JobId) -> Key {
        self.key(format!("received#{job}"))
    }

    /// What a person is asked to do about a payment of a job.
    pub fn inbox_entry(&self, job: &JobId, payment: &qbo::Id) -> Key {
        self.key(format!("inbox#{job}#{payment}"))
    }

    /// What the keys begin with of all that a person is asked to do in Housecall Pro.
    pub fn inbox(&self) -> Key {
        self.key("inbox#")
    }

    /// The jobs that a payment of QuickBooks concerned.
    pub fn pulled(&self, payment: &qbo::Id) -> Key {
        self.key(format!("pulled#{payment}"))
    }

    /// What the keys begin with of all such payments.
    pub fn all_pulled(&self) -> Key {
        self.key("pulled#")
    }

    /// What the keys begin with of the owners of all objects of a kind.
    pub fn owners(&self, kind: &KindName) -> Key {
        self.key(format!("qbo#{kind}#"))
    }

    /// When webhooks came.
    pub fn heard(&self) -> Key {
        self.key("heard")
    }

    /// How far QuickBooks' changes were looked at.
    pub fn pull_cursor(&self) -> Key {
        self.key("cursor#pull")
    }

    /// The tag of the company that says that a job was paid in QuickBooks.
    pub fn paid_tag(&self) -> Key {
        self.key("tag#paid")
    }

    /// What was done at one time.
    pub fn history(&self, entry: &HistoryEntry, id: Uuid) -> Key {
        let about = entry.about.as_ref().map_or("company", |about| &about.id);
        self.key(format!("history#{about}#{}#{id}", sorted(entry.at)))
    }

    fn key(&self, sort: impl Into<String>) -> Key {
        Key::new(self.partition(), sort)
    }
}
