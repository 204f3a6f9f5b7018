//! Alerts as they are kept: one for a subject and a type, which a repeat updates (S1), and an index of those that are
//! open. Both change in one transaction, and only on top of what was read of both.

pub(crate) mod dismiss;
mod listed;
pub mod resolve;

use std::cmp::Reverse;

use mapping::{
    JobRecords,
    alert::{Alert, AlertKind, JobAlert, JobRef, JobTrouble, Subject},
};
use ports::{Chance, Clock};
use store::{
    AlertRecord, Books, Dismissal, Job, OpenAlert, Stored, Table, Write, WriteError, read,
    read_all, read_many,
};

pub use listed::OpenAlerts;

use crate::{
    retry,
    stop::{Stop, broken},
    world::World,
};

/// Records that one read takes.
const AT_ONCE: usize = 100;

impl From<Alert> for Stop {
    fn from(alert: Alert) -> Self {
        Self::Alert(Box::new(alert))
    }
}

/// An alert about a job that was read.
pub(crate) fn of_job(records: &JobRecords, trouble: impl Into<JobTrouble>) -> Alert {
    Alert::Job(JobAlert::of(records, trouble))
}

/// A job, as far as its record knows it.
pub(crate) fn job_ref(id: &hcp::JobId, job: &Job) -> JobRef {
    JobRef {
        id: id.clone(),
        number: job.number.clone(),
        customer: job.customer.as_ref().map(|customer| customer.name.clone()),
    }
}

/// Writes an alert, or updates the one that is there (S1). Where others keep writing the same one, the work that came
/// upon it is done again, and raises it then: nothing is reported as done whose alert is not there. Gives whether it is
/// open: one that a person dismissed stays closed as long as it says the same.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer, [`Stop::PlanAgain`] when others keep writing the same alert.
pub(crate) async fn raise(world: &impl World, books: &Books, alert: &Alert) -> Result<bool, Stop> {
    let (subject, kind) = (alert.subject().to_string(), alert.kind().name());
    let now = world.clock().now();
    for _ in 0..retry::CHANGES {
        let fresh = AlertRecord {
            kind: kind.to_owned(),
            subject: subject.clone(),
            job_number: alert.job_number().map(str::to_owned),
            message: alert.message(),
            resolution: alert.resolution(),
            alert: Some(serde_json::value::to_raw_value(alert).map_err(broken)?),
            count: 1,
            first_at: now,
            last_at: now,
            open: true,
            closed_at: None,
            dismissed: None,
        };
        let key = books.alert(&subject, kind);
        let stored = match read::<AlertRecord>(world.table(), &key).await? {
            None => Stored::new(key, fresh),
            Some(known) if is_settled(&known.value) && says_same(&known.value, &fresh) => {
                return Ok(false);
            }
            Some(mut known) => {
                known.value = AlertRecord {
                    count: known.value.count + 1,
                    first_at: known.value.first_at,
                    ..fresh
                };
                known
            }
        };
        let open = noted(world, books, &subject, kind).await?;
        let writes = vec![stored.put()?, note(books, &stored.value, open).put()?];
        match world.table().write(world.chance().uuid(), writes).await {
            Ok(()) => {
                tracing::warn!(alert = kind, subject, "alert");
                return Ok(true);
            }
            Err(WriteError::Conflict { .. }) => {}
            Err(WriteError::Table(error)) => return Err(error.into()),
        }
    }
    Err(Stop::PlanAgain(format!("the alert {kind} of {subject}")))
}

/// An alert as it was kept; `None`: of before there were facts with the words.
///
/// # Errors
/// [`Stop::Broken`] when it cannot be read.
pub(crate) fn facts(alert: &AlertRecord) -> Result<Option<Alert>, Stop> {
    let text = alert.alert.as_ref();
    let read = text.map(|text| serde_json::from_str(text.get()));
    read.transpose().map_err(broken)
}

fn is_settled(known: &AlertRecord) -> bool {
    known.dismissed.as_ref().is_some_and(Dismissal::lasts)
}

fn says_same(known: &AlertRecord, now: &AlertRecord) -> bool {
    let text = |alert: &AlertRecord| alert.alert.as_ref().map(|text| text.get().to_owned());
    text(known) == text(now)
}

/// The open alerts of these books, the latest first.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn all_open(world: &impl World, books: &Books) -> Result<Vec<AlertRecord>, Stop> {
    let noted = read_all::<OpenAlert>(world.table(), &books.open_alerts()).await?;
    let (mut alerts, mut unsaid) = (Vec::with_capacity(noted.len()), Vec::new());
    for open in noted.into_iter().map(|open| open.value) {
        match open.record {
            Some(record) => alerts.push(*record),
            None => unsaid.push(books.alert(&open.subject, &open.kind)),
        }
    }
    for keys in unsaid.chunks(AT_ONCE) {
        let read = read_many::<AlertRecord>(world.table(), keys).await?;
        let read = read.into_iter().flatten().map(|alert| alert.value);
        alerts.extend(read.filter(|alert| alert.open));
    }
    alerts.sort_by_key(|alert| Reverse(alert.last_at));
    Ok(alerts)
}

/// The open alerts of a subject; a job's with those of its invoices.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn open(
    world: &impl World,
    books: &Books,
    subject: &Subject,
) -> Result<Vec<Stored<AlertRecord>>, Stop> {
    let name = subject.to_string();
    let mut alerts = read_all::<AlertRecord>(world.table(), &books.alerts_of(&name)).await?;
    let with_parts = matches!(subject, Subject::Job(_));
    alerts.retain(|alert| alert.value.open && (with_parts || alert.value.subject == name));
    Ok(alerts)
}

/// Closes the alerts of a subject, of a job with those of its invoices: what they reported was sent after all (S2).
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close(
    world: &impl World,
    books: &Books,
    subject: &Subject,
) -> Result<(), Stop> {
    close_those(world, books, subject, |_| true).await
}

/// Closes the alerts of a job that was sent after all, with those of its invoices (S2). What a pull cannot look at, a push
/// does not mend: gives whether such an alert stays open.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_sent(
    world: &impl World,
    books: &Books,
    job: &hcp::JobId,
) -> Result<bool, Stop> {
    let mut stays = false;
    for alert in open(world, books, &Subject::Job(job.clone())).await? {
        match alert.value.kind == AlertKind::PullFails.name() {
            true => stays = true,
            false => shut(world, books, alert).await?,
        }
    }
    Ok(stays)
}

/// The types of alerts about the connection that end when lists are read again (T11), whatever is sent meanwhile.
pub(crate) const OF_LISTS: [AlertKind; 2] =
    [AlertKind::HousecallRefused, AlertKind::FieldUnreadable];

/// Whether an alert about the connection ends when work that was held up is sent.
pub(crate) fn is_of_sending(kind: &str) -> bool {
    let mut others = OF_LISTS.iter().chain([&AlertKind::PullFails]);
    others.all(|one| one.name() != kind)
}

/// Closes the alerts of a subject whose type's name fits.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_those(
    world: &impl World,
    books: &Books,
    subject: &Subject,
    fits: impl Fn(&str) -> bool,
) -> Result<(), Stop> {
    for alert in open(world, books, subject).await? {
        if fits(&alert.value.kind) {
            shut(world, books, alert).await?;
        }
    }
    Ok(())
}

/// Closes the alerts that say that QuickBooks lacks what changed of a customer, an item or an entry.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_change(
    world: &impl World,
    books: &Books,
    subject: &Subject,
) -> Result<(), Stop> {
    let is_of_change = |kind: &str| kind != AlertKind::CreditApplied.name();
    close_those(world, books, subject, is_of_change).await
}

/// Closes all alerts of a type that are open in these books, whatever they are about.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_kind(
    world: &impl World,
    books: &Books,
    kind: AlertKind,
) -> Result<(), Stop> {
    let noted = read_all::<OpenAlert>(world.table(), &books.open_alerts()).await?;
    let noted = noted.into_iter().map(|open| open.value);
    for open in noted.filter(|open| open.kind == kind.name()) {
        let key = books.alert(&open.subject, &open.kind);
        if let Some(alert) = read::<AlertRecord>(world.table(), &key).await? {
            shut(world, books, alert).await?;
        }
    }
    Ok(())
}

/// Puts right what an open alert says, without a repeat. Who has written it meanwhile knows better.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn revise(
    world: &impl World,
    books: &Books,
    mut record: Stored<AlertRecord>,
    alert: &Alert,
) -> Result<(), Stop> {
    record.value.message = alert.message();
    record.value.alert = Some(serde_json::value::to_raw_value(alert).map_err(broken)?);
    let (subject, kind) = (&record.value.subject, &record.value.kind);
    let open = noted(world, books, subject, kind).await?;
    let writes = vec![record.put()?, note(books, &record.value, open).put()?];
    match world.table().write(world.chance().uuid(), writes).await {
        Ok(()) | Err(WriteError::Conflict { .. }) => Ok(()),
        Err(WriteError::Table(error)) => Err(error.into()),
    }
}

/// Closes the alert of a subject and a type, if it is open.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_one(
    world: &impl World,
    books: &Books,
    subject: &Subject,
    kind: AlertKind,
) -> Result<(), Stop> {
    let key = books.alert(&subject.to_string(), kind.name());
    match read::<AlertRecord>(world.table(), &key).await? {
        Some(alert) => shut(world, books, alert).await,
        None => Ok(()),
    }
}

/// What is noted of an alert that is open.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn noted(
    world: &impl World,
    books: &Books,
    subject: &str,
    kind: &str,
) -> Result<Option<Stored<OpenAlert>>, Stop> {
    Ok(read(world.table(), &books.open_alert(subject, kind)).await?)
}

/// The note that an alert is open, in place of the one that is there.
pub(crate) fn note(
    books: &Books,
    alert: &AlertRecord,
    before: Option<Stored<OpenAlert>>,
) -> Stored<OpenAlert> {
    let open = OpenAlert {
        company: books.company.clone(),
        kind: alert.kind.clone(),
        subject: alert.subject.clone(),
        since: before
            .as_ref()
            .map_or(alert.last_at, |before| before.value.since),
        record: Some(Box::new(alert.clone())),
    };
    match before {
        Some(before) => Stored {
            value: open,
            ..before
        },
        None => Stored::new(books.open_alert(&alert.subject, &alert.kind), open),
    }
}

/// Closes an alert. Who has written it meanwhile knows better.
pub(crate) async fn shut(
    world: &impl World,
    books: &Books,
    alert: Stored<AlertRecord>,
) -> Result<(), Stop> {
    if !alert.value.open {
        return Ok(());
    }
    let writes = end(world, books, alert).await?;
    match world.table().write(world.chance().uuid(), writes).await {
        Ok(()) | Err(WriteError::Conflict { .. }) => Ok(()),
        Err(WriteError::Table(error)) => Err(error.into()),
    }
}

/// The writes that close an alert.
pub(crate) async fn end(
    world: &impl World,
    books: &Books,
    mut alert: Stored<AlertRecord>,
) -> Result<Vec<Write>, Stop> {
    alert.value.open = false;
    alert.value.closed_at = Some(world.clock().now());
    let mut writes = vec![alert.put()?];
    if let Some(open) = noted(world, books, &alert.value.subject, &alert.value.kind).await? {
        let expect = open.expect();
        writes.push(Write::Delete {
            key: open.key,
            expect,
        });
    }
    Ok(writes)
}

#[cfg(test)]
mod tests;
