use office::{CauseRow, InboxCount, Reach, WaitingRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::{alerts::Alert, all, jobs::JobLine, texts};

/// Whether one of the two systems can be reached.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reached {
    /// It answers, as far as is known.
    Connected,
    /// Work is paused.
    Paused,
    /// It answers nobody.
    Away,
    /// It refuses us: it is to be connected again, or its key replaced.
    Refuses,
    /// The records of what was sent must be restored.
    RecordsLost,
}

impl From<Reach> for Reached {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Connected => Self::Connected,
            Reach::Paused => Self::Paused,
            Reach::Away => Self::Away,
            Reach::Refuses => Self::Refuses,
            Reach::RecordsLost => Self::RecordsLost,
        }
    }
}

/// What wants somebody today, and whether all goes well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Today {
    /// Whether QuickBooks can be reached.
    quickbooks: Reached,
    /// Whether Housecall Pro can.
    housecall: Reached,
    /// When a webhook of Housecall Pro's came last for which something was done lately.
    last_webhook: Option<String>,
    /// When the oldest trigger happened that waits to be carried to QuickBooks.
    oldest_unsynced: Option<String>,
    /// Open alerts by their cause, those first that came up last.
    alerts: Vec<AlertsOfCause>,
    /// Jobs that wait, the oldest first.
    waiting: Vec<Waiting>,
    /// Whether more of them wait.
    more_waiting: bool,
    /// What is to be done in Housecall Pro.
    inbox: InboxFigures,
    /// Jobs that were finished so many days ago and no invoice of which was sent, the latest first.
    not_invoiced: Vec<JobLine>,
    /// Whether more of them may lie further back.
    more_not_invoiced: bool,
}

/// Open alerts of one cause.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertsOfCause {
    /// Their type.
    kind: String,
    /// How many there are.
    count: usize,
    /// When the oldest of them first came up.
    oldest: String,
    /// The one that came up last.
    latest: Alert,
}

/// A job that waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waiting {
    /// The job.
    job: JobLine,
    /// When the oldest trigger happened that it waits to carry.
    since: Option<String>,
    /// Why it waits; none: its turn comes.
    why: Option<String>,
    /// When it is looked at again.
    due: Option<String>,
}

/// What is to be done in Housecall Pro, in figures.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InboxFigures {
    /// How many entries there are.
    entries: usize,
    /// How many payments are to be marked as paid.
    to_mark: usize,
    /// What they come to.
    amount: String,
}

impl From<office::Today> for Today {
    fn from(today: office::Today) -> Self {
        Self {
            quickbooks: today.quickbooks.into(),
            housecall: today.housecall.into(),
            last_webhook: texts(today.last_webhook),
            oldest_unsynced: texts(today.oldest_unsynced),
            alerts: all(today.alerts),
            waiting: all(today.waiting.rows),
            more_waiting: today.waiting.more,
            inbox: today.inbox.into(),
            not_invoiced: all(today.not_invoiced.rows),
            more_not_invoiced: today.not_invoiced.more,
        }
    }
}

impl From<CauseRow> for AlertsOfCause {
    fn from(row: CauseRow) -> Self {
        Self {
            kind: row.kind,
            count: row.count,
            oldest: row.oldest.to_string(),
            latest: row.latest.into(),
        }
    }
}

impl From<WaitingRow> for Waiting {
    fn from(row: WaitingRow) -> Self {
        Self {
            job: row.job.into(),
            since: texts(row.since),
            why: row.why,
            due: texts(row.due),
        }
    }
}

impl From<InboxCount> for InboxFigures {
    fn from(count: InboxCount) -> Self {
        Self {
            entries: count.entries,
            to_mark: count.to_mark,
            amount: count.amount.to_string(),
        }
    }
}
