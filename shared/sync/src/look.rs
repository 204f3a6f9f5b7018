//! Looking at a job: which triggers were seen, what Housecall Pro says now, and what follows from both
//! (invariant 1).

use std::time::Duration;

use hcp::{CompanyId, InvoiceId, JobId};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, QueueMessage};
use store::{Cause, ConnectionStatus, Job, JobState, Mark, Stored, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    books::Session,
    by_hand::nothing_to_push,
    engine::{Engine, Outcome},
    housecall::lagging,
    limits::Rate,
    message::{Evidence, Subject},
    push::Pushed,
    stop::Stop,
    world::World,
};

/// How often a plan is made again when other workers keep changing what it was made from.
pub(crate) const ROUNDS: u32 = 6;

/// When a job with work left is looked at again by itself, should its worker die.
pub(crate) const SAFETY: SignedDuration = SignedDuration::from_mins(3);

/// When a record that lags behind its event is read again; after the last, a person is told.
const LAGS: [SignedDuration; 4] = [
    SignedDuration::from_secs(10),
    SignedDuration::from_secs(60),
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
];

/// A lagging record is read again at once, after this pause.
const LAG_PAUSE: Duration = Duration::from_secs(2);

impl<W: World> Engine<W> {
    /// Looks at a subject because of some evidence, and does what follows from it, until `deadline` on the
    /// monotonic clock.
    ///
    /// # Errors
    /// When our own records, secrets or queue do not answer: then the message must come again.
    pub async fn look(
        &self,
        company: &CompanyId,
        subject: &Subject,
        evidence: &[Evidence],
        deadline: Duration,
    ) -> Result<Outcome, Stop> {
        let session = self.session(company, deadline).await?;
        let session = self.up_to_date(session).await?;
        match subject {
            Subject::Job(job) => self.look_at_job(&session, job, evidence).await,
            Subject::Invoice(invoice) => self.look_at_invoice(&session, invoice, evidence).await,
            Subject::Customer(customer) => {
                self.look_at_customer(&session, customer, evidence).await
            }
        }
    }

    /// An invoice whose event named no job: its job is found, and looked at.
    async fn look_at_invoice(
        &self,
        session: &Session,
        invoice: &InvoiceId,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let found = match self.read_invoice(session, invoice).await {
            Ok(found) => found,
            Err(Stop::Later { until, .. }) => {
                return Ok(Outcome::Later {
                    until,
                    parked: false,
                });
            }
            Err(Stop::Alert(finding)) => {
                alerts::raise(&self.world, &session.books, &finding).await?;
                return Ok(Outcome::Done);
            }
            Err(stop) => return Err(stop),
        };
        match found.job_id {
            Some(job) => self.look_at_job(session, &job, evidence).await,
            None => {
                let kind = AlertKind::InvoiceWithoutCustomer;
                let finding = Finding::about(kind, invoice.to_string())
                    .with("number", found.invoice_number.unwrap_or_default());
                alerts::raise(&self.world, &session.books, &finding).await?;
                Ok(Outcome::Done)
            }
        }
    }

    async fn look_at_job(
        &self,
        session: &Session,
        id: &JobId,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let marks: Vec<Mark> = evidence.iter().filter_map(mark).collect();
        let job = self.mark(session, id, &marks).await?;
        if !job.value.unhandled().is_empty() {
            return self.work_on(session, id, job).await;
        }
        if evidence.is_empty() && !job.value.changed {
            return Ok(Outcome::Done);
        }
        self.look_at_change(session, id, job).await
    }

    /// Carries the unhandled marks of a job to QuickBooks, and enters how that ended.
    pub(crate) async fn work_on(
        &self,
        session: &Session,
        id: &JobId,
        mut job: Stored<Job>,
    ) -> Result<Outcome, Stop> {
        let mut rounds = 0;
        let mut again = None;
        let stop = loop {
            rounds += 1;
            let present = again.as_ref().unwrap_or(session);
            let pushed = self.push_job(present, id, &job).await;
            let state = match pushed {
                Ok(pushed) => pushed,
                Err(Stop::Alert(finding)) if again.is_none() && finding.kind.depends_on_setup() => {
                    match self.set_up_otherwise(session).await {
                        Ok(Some(present)) => again = Some(present),
                        Ok(None) => break Stop::Alert(finding),
                        Err(stop) => break stop,
                    }
                    continue;
                }
                Err(Stop::Rival(_)) if rounds < ROUNDS => {
                    job = self.read_job(session, id).await?;
                    continue;
                }
                Err(stop) => break stop,
            };
            match self.finish(session, id, &mut job, state).await {
                // A mark was added meanwhile.
                Err(Stop::Rival(_)) if rounds < ROUNDS => {
                    job = self.read_job(session, id).await?;
                }
                Ok(()) => return Ok(Outcome::Done),
                Err(stop) => break stop,
            }
        };
        self.stop_job(session, id, stop).await
    }

    /// A session with QuickBooks' present setup, if that is another one.
    async fn set_up_otherwise(&self, session: &Session) -> Result<Option<Session>, Stop> {
        if !self.refresh_facts(session).await? {
            return Ok(None);
        }
        self.session(&session.books.company, session.deadline)
            .await
            .map(Some)
    }

    /// Enters how work on a job ended that did not reach its end.
    async fn stop_job(&self, session: &Session, id: &JobId, stop: Stop) -> Result<Outcome, Stop> {
        let now = self.world.clock().now();
        let cause = stop.to_string();
        let (until, cause, lags) = match stop {
            Stop::Alert(finding) => {
                let mut job = self.read_job(session, id).await?;
                let finding = match (&job.value.number, finding.facts.contains_key("job")) {
                    (Some(number), false) => finding.clone().with("job", number),
                    _ => *finding,
                };
                alerts::raise(&self.world, &session.books, &finding).await?;
                let pushed = Pushed::state(JobState::Alert);
                return match self.finish(session, id, &mut job, pushed).await {
                    Ok(()) => Ok(Outcome::Done),
                    Err(stop) => Err(stop),
                };
            }
            Stop::Later { until, cause } => (until, cause, false),
            Stop::Lagging { .. } => (now, cause, true),
            Stop::Rival(_) => (now + SignedDuration::from_secs(5), cause, false),
            Stop::Broken(reason) => return Err(Stop::Broken(reason)),
        };
        let mut job = self.read_job(session, id).await?;
        let until = if lags {
            let wait = LAGS.get(usize::try_from(job.value.lags).unwrap_or(usize::MAX));
            job.value.lags += 1;
            now + wait.copied().unwrap_or_default()
        } else {
            until.max(now + backoff(job.value.put_off))
        };
        self.park(id, job, until, cause).await
    }

    /// Puts work on a job off: the sweep puts it back on the queue.
    pub(crate) async fn park(
        &self,
        id: &JobId,
        mut job: Stored<Job>,
        until: Timestamp,
        cause: String,
    ) -> Result<Outcome, Stop> {
        tracing::info!(job = %id, %until, cause, "put off");
        job.value.put_off += 1;
        job.value.waits_for = Some(cause);
        job.due = Some(until);
        self.put(vec![job.put()?]).await?;
        Ok(Outcome::Later {
            until,
            parked: true,
        })
    }

    /// Persists new marks. Without any, the record is as it was read, or new and not stored.
    async fn mark(
        &self,
        session: &Session,
        id: &JobId,
        marks: &[Mark],
    ) -> Result<Stored<Job>, Stop> {
        loop {
            let key = session.books.job(id);
            let stored = read::<Job>(self.world.table(), &key).await?;
            let mut job = stored.unwrap_or_else(|| Stored::new(key, Job::default()));
            let mut new = false;
            for mark in marks {
                new |= job.value.mark(mark.clone());
            }
            if !new {
                return Ok(job);
            }
            job.value.put_off = 0;
            job.value.lags = 0;
            job.due = Some(self.world.clock().now() + SAFETY);
            match self.put(vec![job.put()?]).await {
                Ok(()) => {
                    job.written();
                    return Ok(job);
                }
                Err(Stop::Rival(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
    }

    pub(crate) async fn read_job(
        &self,
        session: &Session,
        id: &JobId,
    ) -> Result<Stored<Job>, Stop> {
        let key = session.books.job(id);
        let job = read::<Job>(self.world.table(), &key).await?;
        job.ok_or_else(|| Stop::Broken(format!("the record of job {id} is missing")))
    }

    /// Enters that the marks of `job` are handled.
    async fn finish(
        &self,
        session: &Session,
        id: &JobId,
        job: &mut Stored<Job>,
        pushed: Pushed,
    ) -> Result<(), Stop> {
        match pushed.state {
            JobState::Alert => job.value.alerted = true,
            JobState::Synced | JobState::Gone if job.value.alerted => {
                alerts::close(&self.world, &session.books, id.as_str()).await?;
                job.value.alerted = false;
            }
            _ => {}
        }
        if job.value.put_off > 0 && pushed.state == JobState::Synced {
            // What held it up, and perhaps everything, is over.
            alerts::close(&self.world, &session.books, alerts::CONNECTION).await?;
        }
        job.value.handled = job.value.marks.len();
        job.value.state = pushed.state;
        job.value.put_off = 0;
        job.value.lags = 0;
        job.value.waits_for = None;
        job.value.changed = false;
        if let Some(number) = pushed.number {
            job.value.number = Some(number);
        }
        job.due = None;
        self.put(vec![job.put()?]).await
    }

    /// Whether QuickBooks may be written to at all.
    pub(crate) fn may_write(&self, session: &Session) -> Result<(), Stop> {
        let cause = match session.connection.status {
            ConnectionStatus::Active => return Ok(()),
            ConnectionStatus::Paused => "the connection is paused",
            ConnectionStatus::Reconnect => "QuickBooks must be connected again",
        };
        self.forget(&session.books.company);
        Err(Stop::Later {
            until: self.world.clock().now() + SignedDuration::from_mins(15),
            cause: cause.to_owned(),
        })
    }

    /// Reads the job and carries it to QuickBooks.
    async fn push_job(
        &self,
        session: &Session,
        id: &JobId,
        job: &Stored<Job>,
    ) -> Result<Pushed, Stop> {
        self.may_write(session)?;
        // Before Housecall Pro is asked: there is no point in reading what cannot be sent.
        self.limits
            .ready(&self.world, &Rate::Qbo(session.books.realm.clone()))?;
        let unhandled = job.value.unhandled();
        let by_hand = unhandled.iter().any(|mark| mark.trigger == Cause::ByHand);
        let mut records = self.read_records(session, id).await?;
        if let Some(found) = &records
            && !by_hand
            && lagging(found, unhandled).is_some()
        {
            self.world.clock().sleep(LAG_PAUSE).await;
            records = self.read_records(session, id).await?;
        }
        let there = records.as_ref().filter(|found| !found.job.is_removed());
        if there.is_none() && by_hand && !self.has_documents(session, id).await? {
            return Err(nothing_to_push(id, records.as_ref()));
        }
        let Some(records) = records else {
            return self.removed(session, id, &job.value, None).await;
        };
        if records.job.is_removed() {
            return self.removed(session, id, &job.value, Some(&records)).await;
        }
        if let Some(event) = lagging(&records, unhandled) {
            if by_hand {
                // What a person asked for does not wait for what another event told.
                self.push(session, &records, &job.value).await?;
            }
            let tried = usize::try_from(job.value.lags).unwrap_or(usize::MAX);
            if tried >= LAGS.len() {
                return Err(Finding::job(AlertKind::RecordLags, id)
                    .with("job", records.job_number())
                    .with("event", event)
                    .stop());
            }
            return Err(Stop::Lagging { event });
        }
        self.push(session, &records, &job.value).await
    }

    /// Enters that a job was looked at, where that had been put off.
    pub(crate) async fn looked(&self, mut job: Stored<Job>) -> Result<Outcome, Stop> {
        if job.value.changed {
            job.value.changed = false;
            job.value.put_off = 0;
            job.value.waits_for = None;
            job.due = None;
            self.put(vec![job.put()?]).await?;
        }
        Ok(Outcome::Done)
    }

    /// A message to the consumer; each is a new one to the queue.
    pub(crate) fn message(
        &self,
        company: &CompanyId,
        subject: Subject,
        evidence: Option<Evidence>,
    ) -> Result<QueueMessage, Stop> {
        let look_at = crate::message::LookAt {
            v: crate::message::LookAt::VERSION,
            company: company.clone(),
            subject,
            evidence,
        };
        let id = ports::Chance::uuid(self.world.chance());
        look_at
            .to_queue(id.to_string())
            .map_err(|error| Stop::Broken(error.to_string()))
    }
}

/// How long a job waits at least that was put off so often already: an outage must not use up the other
/// side's limits, and its end must not find everybody asleep.
pub(crate) fn backoff(put_off: u32) -> SignedDuration {
    SignedDuration::from_secs(2 << put_off.min(7)).min(SignedDuration::from_mins(4))
}

/// The mark that a piece of evidence leaves.
pub(crate) fn mark(evidence: &Evidence) -> Option<Mark> {
    Some(Mark {
        trigger: evidence.trigger?,
        key: evidence.key.clone(),
        occurred: evidence.occurred,
        at: evidence.at,
        invoice: evidence.invoice.clone(),
    })
}
