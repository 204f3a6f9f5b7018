use hcp::JobId;
use jiff::{SignedDuration, Timestamp};
use mapping::received::{Facts, News, Received};
use serde::{Deserialize, Serialize};

use crate::{Body, Key, Lists, places};

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

    fn lists(&self, key: &Key) -> Lists {
        let job = key.sort.strip_prefix("received#").unwrap_or_default();
        places::of_received(key, job, self)
    }
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

    fn lists(&self, key: &Key) -> Lists {
        places::of_part(key, self.job.as_str())
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
    /// What is gone through now. A way that was begun by an earlier version says nothing of it, and its row is then one of the
    /// payments, which were first: so none is left out.
    #[serde(default)]
    pub of: Listed,
    /// The row that is next.
    pub next: u32,
    /// What is known and asked for by its id before; none where that is done, or deletions are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<KnownWay>,
}

/// What QuickBooks lists of changes, in the order in which it is gone through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    /// Payments.
    #[default]
    Payments,
    /// Invoices.
    Invoices,
    /// Refund receipts.
    RefundReceipts,
    /// Sales receipts.
    SalesReceipts,
    /// Expenses.
    Expenses,
}

impl Listed {
    /// What is gone through after this.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Payments => Some(Self::Invoices),
            Self::Invoices => Some(Self::RefundReceipts),
            Self::RefundReceipts => Some(Self::SalesReceipts),
            Self::SalesReceipts => Some(Self::Expenses),
            Self::Expenses => None,
        }
    }
}

/// How far what is known of QuickBooks was asked for by its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownWay {
    /// What is gone through now.
    pub of: Known,
    /// The sort key of the record up to which it was; none at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What is known of QuickBooks, in the order in which it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// Payments that are linked with ours.
    #[default]
    Payments,
    /// Payments that people entered there.
    Pulled,
    /// Invoices that are linked with ours.
    Invoices,
    /// Refund receipts that are linked with ours.
    RefundReceipts,
    /// Sales receipts that are linked with ours.
    SalesReceipts,
    /// Expenses that are linked with ours.
    Expenses,
}

impl Known {
    /// What is gone through after this.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Payments => Some(Self::Pulled),
            Self::Pulled => Some(Self::Invoices),
            Self::Invoices => Some(Self::RefundReceipts),
            Self::RefundReceipts => Some(Self::SalesReceipts),
            Self::SalesReceipts => Some(Self::Expenses),
            Self::Expenses => None,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r1_a_long_way_that_an_earlier_version_began_goes_on_and_leaves_nothing_out() {
        let before = r#"{"begun":"2026-07-24T13:00:00Z","since":"2026-05-24T13:00:00Z","invoices":true,"next":951}"#;
        let way: LongWay = serde_json::from_str(before).unwrap();
        assert_eq!((way.known.as_ref(), way.next), (None, 951));
        let mut all = vec![way.of];
        while let Some(next) = all.last().and_then(|of| of.next()) {
            all.push(next);
        }
        assert_eq!(all[..2], [Listed::Payments, Listed::Invoices]);
        assert_eq!(all.len(), 5);
    }
}
