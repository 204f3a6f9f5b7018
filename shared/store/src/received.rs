use hcp::JobId;
use jiff::{SignedDuration, Timestamp};
use mapping::received::{Facts, News, Received};
use serde::{Deserialize, Serialize};

use crate::{Body, Books, Key, StoreError, Stored, Table, read_all};

/// What people entered in QuickBooks on the documents of a job, and what was told of it in Housecall Pro (R1, R2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobReceived {
    /// Every payment that was seen, each once.
    pub payments: Vec<Received>,
    /// Whether the job was given the tag that says so.
    #[serde(default)]
    pub tagged: bool,
    /// When a note was last sent without an answer: it may stand on the job before it shows there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_at: Option<Timestamp>,
}

impl Body for JobReceived {
    const KIND: &'static str = "received";
}

/// What a person is asked to do in Housecall Pro (R2): one for each payment of a job, until it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxEntry {
    /// The job.
    pub job: JobId,
    /// Its number.
    pub job_number: Option<String>,
    /// The name of its customer.
    pub customer: Option<String>,
    /// The payment in QuickBooks.
    pub payment: qbo::Id,
    /// What happened.
    pub news: News,
    /// What it is.
    pub facts: Facts,
    /// Since when it waits.
    pub since: Timestamp,
}

impl Body for InboxEntry {
    const KIND: &'static str = "inbox entry";
}

impl InboxEntry {
    /// All that wait.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn all(table: &impl Table, books: &Books) -> Result<Vec<Stored<Self>>, StoreError> {
        read_all(table, &books.inbox()).await
    }
}

/// A payment of QuickBooks that concerned a job when it was seen: whose it was before it was moved or deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulledPayment {
    /// The version that was seen last; none where it was gone.
    pub sync_token: Option<qbo::SyncToken>,
    /// The jobs whose documents it paid.
    pub jobs: Vec<JobId>,
}

impl Body for PulledPayment {
    const KIND: &'static str = "pulled";
}

/// How far QuickBooks' changes were looked at (R1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullCursor {
    /// Everything that changed before was looked at.
    pub seen_until: Timestamp,
    /// Where a long way through all that changed goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_way: Option<LongWay>,
    /// When the latest of our own payments was changed, of those that a pull has met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Timestamp>,
    /// The time of the latest of our own payments that a webhook told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echoed: Option<Timestamp>,
}

impl Body for PullCursor {
    const KIND: &'static str = "pull cursor";
}

impl PullCursor {
    /// While webhooks tell of what is written from here, by the latest that a pull has met, they tell of what people do
    /// too: then all changes are looked at once in so long.
    pub fn may_wait(&self, now: Timestamp, every: SignedDuration, late: SignedDuration) -> bool {
        let is_told = self.echoed.is_some_and(|echoed| {
            let own = self.own.unwrap_or(Timestamp::MIN);
            echoed.saturating_add(late).is_ok_and(|until| until >= own)
        });
        self.long_way.is_none() && is_told && now < self.seen_until + every
    }
}

/// A way through more changes than one answer tells: page by page, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongWay {
    /// When it began: the cursor moves there at its end.
    pub begun: Timestamp,
    /// What changed since is looked at.
    pub since: Timestamp,
    /// What is gone through now: payments, or invoices.
    pub invoices: bool,
    /// The row that is next.
    pub next: u32,
}

impl Books {
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
    pub fn owners(&self, kind: &mapping::KindName) -> Key {
        self.key(format!("qbo#{kind}#"))
    }

    /// How far QuickBooks' changes were looked at.
    pub fn pull_cursor(&self) -> Key {
        self.key("cursor#pull")
    }

    /// The tag of the company that says that a job was paid in QuickBooks.
    pub fn paid_tag(&self) -> Key {
        self.key("tag#paid")
    }
}

/// The tag that the company has in Housecall Pro for jobs that were paid in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidTag {
    /// Its id there.
    pub id: hcp::TagId,
}

impl Body for PaidTag {
    const KIND: &'static str = "tag";
}
