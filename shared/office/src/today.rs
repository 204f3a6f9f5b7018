//! What wants somebody today, and whether all goes well: in five reads of the table beside the connection.

use std::{cmp::Reverse, collections::BTreeMap};

use futures::try_join;
use hcp::CompanyId;
use jiff::{Timestamp, ToSpan, civil::Date};
use mapping::{
    alert::{AlertKind, Subject},
    received::News,
};
use money::Cents;
use ports::Clock;
use store::{
    AlertRecord, Books, Connection, ConnectionStatus, HistoryEntry, InboxEntry, Job, JobState,
    Stored, Table,
};
use sync::{NotDone, Stop, World};

use crate::{AlertView, Caller, Days, JobRow, Office, Operation};

/// Jobs that one of its lists is made from.
const MOST_JOBS: usize = 200;

/// Entries of the log in which the last webhook is looked for.
const MOST_ENTRIES: usize = 20;

/// So many days back it is looked for jobs that were finished and not invoiced.
const BACK: i32 = 90;

/// What wants somebody today, and whether all goes well.
#[derive(Clone, Debug)]
pub struct Today {
    /// Whether QuickBooks can be reached.
    pub quickbooks: Reach,
    /// Whether Housecall Pro can.
    pub housecall: Reach,
    /// When a webhook of Housecall Pro's came last that something was done for, among the latest entries of the log.
    pub last_webhook: Option<Timestamp>,
    /// When the oldest trigger happened that waits to be carried to QuickBooks.
    pub oldest_unsynced: Option<Timestamp>,
    /// Open alerts by their cause, those first that came up last.
    pub alerts: Vec<CauseRow>,
    /// Jobs that wait, the oldest first.
    pub waiting: Few<WaitingRow>,
    /// What is to be done in Housecall Pro.
    pub inbox: InboxCount,
    /// Jobs that were finished so many days ago and no invoice of which was sent, the latest first.
    pub not_invoiced: Few<JobRow>,
}

/// Whether one of the two systems can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
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

/// Open alerts of one cause.
#[derive(Clone, Debug)]
pub struct CauseRow {
    /// Their type.
    pub kind: String,
    /// How many there are.
    pub count: usize,
    /// When the oldest of them first came up.
    pub oldest: Timestamp,
    /// The one that came up last.
    pub latest: AlertView,
}

/// Some of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<T> {
    /// Those.
    pub rows: Vec<T>,
    /// Whether there may be more.
    pub more: bool,
}

/// A job that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// The job.
    pub job: JobRow,
    /// When the oldest trigger happened that it waits to carry.
    pub since: Option<Timestamp>,
    /// Why it waits; none: its turn comes.
    pub why: Option<String>,
    /// When it is looked at again.
    pub due: Option<Timestamp>,
}

/// What is to be done in Housecall Pro, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxCount {
    /// How many entries there are.
    pub entries: usize,
    /// How many payments are to be marked as paid.
    pub to_mark: usize,
    /// What they come to.
    pub amount: Cents,
}

impl<W: World> Office<W> {
    /// What wants somebody today. `days`: a job may be finished for so long before it is missed that no invoice was sent.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`](sync::Declined::NotAllowed), or when the table does not answer.
    pub async fn today(&self, caller: &Caller, days: u16) -> Result<Today, NotDone> {
        caller.may(Operation::SeeWork)?;
        let id: &CompanyId = caller.company();
        let company = self.engine.company(id).await?;
        let books = company.connection.books();
        let now = self.engine.world().clock().now();
        let today = now.to_zoned(company.zone.clone()).date();
        let (alerts, inbox, waiting, finished, last_webhook) = try_join!(
            self.engine.open_alerts(id),
            self.engine.inbox(id),
            self.waiting(&books),
            self.not_invoiced(&books, today, days),
            self.last_webhook(&books),
        )?;
        let alerts = alerts.alerts;
        Ok(Today {
            quickbooks: quickbooks(&company.connection, &alerts),
            housecall: housecall(&alerts),
            last_webhook,
            oldest_unsynced: waiting.rows.iter().filter_map(|row| row.since).min(),
            alerts: by_cause(alerts),
            waiting,
            inbox: count(&inbox.entries),
            not_invoiced: finished,
        })
    }

    async fn waiting(&self, books: &Books) -> Result<Few<WaitingRow>, NotDone> {
        let list = books.jobs_in(JobState::Queued);
        let page = self.table().page(&list, MOST_JOBS, None);
        let page = page.await.map_err(Stop::from)?;
        let mut rows = Vec::with_capacity(page.records.len());
        for record in &page.records {
            rows.extend(WaitingRow::of(Stored::decode(record)?));
        }
        rows.sort_by_key(|row| row.since);
        Ok(Few {
            rows,
            more: page.next.is_some(),
        })
    }

    async fn not_invoiced(
        &self,
        books: &Books,
        today: Date,
        days: u16,
    ) -> Result<Few<JobRow>, NotDone> {
        let until = today.saturating_sub(i32::from(days).days());
        let span = Days {
            from: Some(today.saturating_sub(BACK.days())),
            to: Some(until),
        };
        let list = span.of(books.jobs_by_date()).backwards();
        let page = self.table().page(&list, MOST_JOBS, None);
        let page = page.await.map_err(Stop::from)?;
        let mut rows = Vec::new();
        for record in &page.records {
            let job = Stored::<Job>::decode(record)?;
            if is_not_invoiced(&job.value, until) {
                rows.extend(JobRow::of(job));
            }
        }
        Ok(Few {
            rows,
            more: page.next.is_some(),
        })
    }

    async fn last_webhook(&self, books: &Books) -> Result<Option<Timestamp>, NotDone> {
        let list = books.log().backwards();
        let page = self.table().page(&list, MOST_ENTRIES, None);
        let page = page.await.map_err(Stop::from)?;
        let mut last = None;
        for record in &page.records {
            last = last.max(Stored::<HistoryEntry>::decode(record)?.value.heard);
        }
        Ok(last)
    }
}

impl WaitingRow {
    fn of(job: Stored<Job>) -> Option<Self> {
        let marks = job.value.unhandled().iter();
        let since = marks.map(|mark| mark.at).min();
        let (why, due) = (job.value.waiting.waits_for.clone(), job.due);
        Some(Self {
            job: JobRow::of(job)?,
            since,
            why,
            due,
        })
    }
}

/// Whether a job was finished until that day, and no invoice of it was sent.
fn is_not_invoiced(job: &Job, until: Date) -> bool {
    let facts = job.facts.as_ref();
    let shown = job.shown.as_ref();
    // One that was read before the day was kept has that of the work.
    let was_finished = || {
        shown
            .filter(|shown| shown.finished)
            .map(|_| job.listed_on())
    };
    let finished = facts.and_then(|facts| facts.finished).or_else(was_finished);
    let mut invoices = facts.into_iter().flat_map(|facts| &facts.invoices);
    let is_sent =
        invoices.any(|one| one.sent.is_some()) || shown.is_some_and(|one| !one.sent.is_empty());
    let is_owed = facts.and_then(|facts| facts.total) != Some(Cents::ZERO);
    finished.is_some_and(|day| day <= until) && !is_sent && is_owed && job.state != JobState::Gone
}

fn quickbooks(connection: &Connection, alerts: &[AlertRecord]) -> Reach {
    match connection.status {
        ConnectionStatus::Paused => Reach::Paused,
        ConnectionStatus::Reconnect => Reach::Refuses,
        ConnectionStatus::RecordsLost => Reach::RecordsLost,
        ConnectionStatus::Active if is_open(alerts, AlertKind::AppKeysRefused) => Reach::Refuses,
        ConnectionStatus::Active if is_open(alerts, AlertKind::QuickbooksAway) => Reach::Away,
        ConnectionStatus::Active => Reach::Connected,
    }
}

fn housecall(alerts: &[AlertRecord]) -> Reach {
    match () {
        () if is_open(alerts, AlertKind::HousecallUnauthorized) => Reach::Refuses,
        () if is_open(alerts, AlertKind::HousecallAway) => Reach::Away,
        () => Reach::Connected,
    }
}

/// Whether the connection has an alert of a type.
fn is_open(alerts: &[AlertRecord], kind: AlertKind) -> bool {
    let connection = Subject::Connection.to_string();
    let mut alerts = alerts.iter();
    alerts.any(|alert| alert.subject == connection && alert.kind == kind.name())
}

/// The alerts come with the latest first.
fn by_cause(alerts: Vec<AlertRecord>) -> Vec<CauseRow> {
    let mut causes: BTreeMap<String, CauseRow> = BTreeMap::new();
    for alert in alerts {
        let (kind, first) = (alert.kind.clone(), alert.first_at);
        let cause = causes.entry(kind.clone()).or_insert_with(|| CauseRow {
            kind,
            count: 0,
            oldest: first,
            latest: AlertView::of(alert),
        });
        cause.count += 1;
        cause.oldest = cause.oldest.min(first);
    }
    let mut causes: Vec<CauseRow> = causes.into_values().collect();
    causes.sort_by_key(|cause| Reverse(cause.latest.record.last_at));
    causes
}

fn count(entries: &[InboxEntry]) -> InboxCount {
    let to_mark = entries.iter().filter(|entry| entry.news == News::Paid);
    let amounts = to_mark.map(|entry| entry.facts.amount());
    amounts.fold(
        InboxCount {
            entries: entries.len(),
            ..InboxCount::default()
        },
        |all, amount| InboxCount {
            to_mark: all.to_mark + 1,
            amount: all.amount + amount,
            ..all
        },
    )
}
