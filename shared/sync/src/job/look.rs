//! Looking at a job: which triggers were seen, what Housecall Pro says now, and what follows from both
//! (invariant 1).

use std::time::Duration;

use hcp::{CompanyId, InvoiceId, JobId};
use jiff::SignedDuration;
use mapping::PushEdits;
use ports::{Clock, QueueMessage};
use store::{Cause, ConnectionStatus, Job, JobState, Mark, Stored, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    calls::{
        housecall::{know, lagging, shown},
        limits::Reserved,
        quickbooks::broken,
    },
    ctx::Ctx,
    engine::{Engine, Outcome},
    intake::push_by_hand::nothing_to_push,
    job::push::Pushed,
    stop::Stop,
    work::{
        message::{Evidence, Subject},
        put_off::lag,
    },
    world::World,
};

/// How often marks are entered again when other workers keep changing a job's record.
const MARK_ROUNDS: u32 = 20;

/// How often a plan is made again when other workers keep changing what it was made from.
pub(crate) const ROUNDS: u32 = 6;

/// When a job with work left is looked at again by itself, should its worker die.
pub(crate) const SAFETY: SignedDuration = SignedDuration::from_mins(3);

/// An edit is often followed by its trigger, and then needs no look of its own: it is looked at after so long, or after
/// so little where the company chose that edits push by themselves.
const EDIT_WAITS: SignedDuration = SignedDuration::from_mins(1);
const EDIT_PUSHES: SignedDuration = SignedDuration::from_secs(5);

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
        let cx = self.cx(company, deadline).await?;
        match subject {
            Subject::Job(job) => self.look_at_job(&cx, job, evidence).await,
            Subject::Invoice(invoice) => self.look_at_invoice(&cx, invoice, evidence).await,
            Subject::Customer(customer) => self.look_at_customer(&cx, customer, evidence).await,
        }
    }

    /// An invoice whose event named no job: its job is found, and looked at.
    async fn look_at_invoice(
        &self,
        cx: &Ctx,
        invoice: &InvoiceId,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let found = match self.read_invoice(cx, invoice).await {
            Ok(found) => found,
            Err(Stop::Alert(finding)) => {
                alerts::raise(&self.world, &cx.books, &finding).await?;
                return Ok(Outcome::Done);
            }
            Err(stop) => return self.come_again(cx, invoice.as_str(), stop).await,
        };
        match found.job_id {
            Some(job) => self.look_at_job(cx, &job, evidence).await,
            None => {
                let kind = AlertKind::InvoiceWithoutCustomer;
                let mut finding = Finding::about(kind, invoice.to_string());
                if let Some(number) = found.invoice_number {
                    finding = finding.with("number", number);
                }
                alerts::raise(&self.world, &cx.books, &finding).await?;
                Ok(Outcome::Done)
            }
        }
    }

    async fn look_at_job(
        &self,
        cx: &Ctx,
        id: &JobId,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let job = self.mark(cx, id, evidence).await?;
        let triggered = !job.value.unhandled().is_empty();
        if !triggered && let Some(outcome) = self.put_off_edit(cx, id, &job, evidence).await? {
            return Ok(outcome);
        }
        let mut turn = None;
        let begun = match self.admit_job(cx, id, &job, triggered).await {
            Ok((place, reads)) => {
                turn = Some(place);
                self.begin_job(cx, id, job, reads, triggered).await
            }
            Err(stop) => Err(stop),
        };
        match begun {
            Ok(outcome) => Ok(outcome),
            Err(stop) => self.stop_job(cx, id, stop, turn).await,
        }
    }

    /// What comes without a trigger is looked at a while later, when nobody is kept waiting by it. `None`: the while
    /// is over.
    async fn put_off_edit(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &Stored<Job>,
        evidence: &[Evidence],
    ) -> Result<Option<Outcome>, Stop> {
        let now = self.world.clock().now();
        let pushes = cx.settings.push_edits == PushEdits::Automatic;
        let again = |until| match pushes {
            true => Outcome::Again { until },
            false => Outcome::Done,
        };
        let news = evidence.iter().any(Evidence::is_news);
        if job.value.changed {
            // What puts it back comes somewhat early, and is the only one to come.
            let early = |until| match news {
                true => again(until),
                false => Outcome::Again { until },
            };
            let due = job.value.change_due.filter(|due| *due > now);
            return Ok(due.map(early));
        }
        if !news || !self.has_documents(cx, id).await? {
            return self.leave_queue(cx, job).await.map(Some);
        }
        let due = now + if pushes { EDIT_PUSHES } else { EDIT_WAITS };
        let mut job = job.clone();
        job.value.changed = true;
        job.value.change_due = Some(due);
        job.due = Some(if pushes { due + SAFETY } else { due });
        self.put(vec![job.put()?]).await?;
        Ok(Some(again(due)))
    }

    async fn begin_job(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: Stored<Job>,
        reads: Reserved,
        triggered: bool,
    ) -> Result<Outcome, Stop> {
        let cx = self.up_to_date(cx.clone()).await?;
        if triggered {
            self.work_on(&cx, id, job, Some(reads)).await
        } else {
            self.look_at_change(&cx, id, job, reads).await
        }
    }

    /// Carries the unhandled marks of a job to QuickBooks, and enters how that ended.
    pub(crate) async fn work_on(
        &self,
        cx: &Ctx,
        id: &JobId,
        mut job: Stored<Job>,
        reserved: Option<Reserved>,
    ) -> Result<Outcome, Stop> {
        let mut before = job.value.clone();
        let ended = self.carry_job(cx, id, &mut job, reserved).await;
        if ended.is_err() && before.know_as(&job.value) {
            // Whatever it waits for, its card shows which job it is (K1).
            let mut known = self.read_job(cx, id).await?;
            known.value.know_as(&job.value);
            match self.put(vec![known.put()?]).await {
                // Somebody else has the record: the next look notes it.
                Ok(()) | Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        ended
    }

    async fn carry_job(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        mut reserved: Option<Reserved>,
    ) -> Result<Outcome, Stop> {
        let mut rounds = 0;
        let mut again = None;
        loop {
            rounds += 1;
            let present = again.as_ref().unwrap_or(cx);
            // All that a push goes through is large: on the heap it does not fill the stack.
            let pushed = Box::pin(self.push_job(present, id, job, reserved.take())).await;
            let state = match pushed {
                Ok(pushed) => pushed,
                Err(Stop::Alert(finding)) if again.is_none() && finding.kind.depends_on_setup() => {
                    match self.set_up_otherwise(cx).await? {
                        Some(present) => again = Some(present),
                        None => return Err(Stop::Alert(finding)),
                    }
                    continue;
                }
                Err(Stop::PlanAgain(_)) if rounds < ROUNDS => {
                    *job = self.read_job(cx, id).await?;
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            match self.finish(cx, id, job, state).await {
                // A mark was added meanwhile.
                Err(Stop::PlanAgain(_)) if rounds < ROUNDS => {
                    *job = self.read_job(cx, id).await?;
                }
                Ok(()) => return Ok(Outcome::Done),
                Err(stop) => return Err(stop),
            }
        }
    }

    /// A cx with QuickBooks' present setup, if that is another one.
    async fn set_up_otherwise(&self, cx: &Ctx) -> Result<Option<Ctx>, Stop> {
        if !self.refresh_facts(cx).await? {
            return Ok(None);
        }
        self.cx(&cx.books.company, cx.deadline).await.map(Some)
    }

    /// Persists new marks. Without any, the record is as it was read, or new and not stored.
    async fn mark(&self, cx: &Ctx, id: &JobId, evidence: &[Evidence]) -> Result<Stored<Job>, Stop> {
        for _ in 0..MARK_ROUNDS {
            let key = cx.books.job(id);
            let stored = read::<Job>(self.world.table(), &key).await?;
            let mut job = stored.unwrap_or_else(|| Stored::new(key, Job::default()));
            let before = job.value.clone();
            let mut new = false;
            for evidence in evidence {
                if let Some(mark) = mark(evidence)
                    && !job.value.mark_as_carried(&mark, evidence.received)
                {
                    new |= job.value.mark(mark);
                }
            }
            if job.value == before {
                return Ok(job);
            }
            if new {
                job.value.put_off = 0;
                job.value.failing_since = None;
                job.value.lags = 0;
                // What it waits for already, it goes on waiting for.
                let soon = self.world.clock().now() + SAFETY;
                job.due = Some(job.due.map_or(soon, |due| due.min(soon)));
            }
            match self.put(vec![job.put()?]).await {
                Ok(()) => {
                    job.written();
                    return Ok(job);
                }
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::PlanAgain(format!("job {id}")))
    }

    pub(crate) async fn read_job(&self, cx: &Ctx, id: &JobId) -> Result<Stored<Job>, Stop> {
        let key = cx.books.job(id);
        let job = read::<Job>(self.world.table(), &key).await?;
        job.ok_or_else(|| broken(format!("the record of job {id} is missing")))
    }

    /// Enters that the marks of `job` are handled.
    pub(crate) async fn finish(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        pushed: Pushed,
    ) -> Result<(), Stop> {
        match pushed.state {
            JobState::Alert => job.value.alerted = true,
            JobState::Synced | JobState::Gone if job.value.alerted => {
                alerts::close(&self.world, &cx.books, id.as_str()).await?;
                job.value.alerted = false;
            }
            _ => {}
        }
        let held_up = job.value.put_off > 0 || job.value.waits_for.is_some();
        if held_up && pushed.state == JobState::Synced {
            // What held it up, and perhaps everything, is over.
            alerts::close(&self.world, &cx.books, alerts::CONNECTION).await?;
        }
        job.value.handled = job.value.marks.len();
        job.value.state = pushed.state;
        job.value.rest();
        if let Some(number) = pushed.number {
            job.value.number = Some(number);
        }
        job.due = None;
        self.put(vec![job.put()?]).await
    }

    /// Whether QuickBooks may be written to at all.
    pub(crate) fn may_write(&self, cx: &Ctx) -> Result<(), Stop> {
        let cause = match cx.connection.status {
            ConnectionStatus::Active => return Ok(()),
            ConnectionStatus::Paused => "the connection is paused",
            ConnectionStatus::Reconnect => "QuickBooks must be connected again",
        };
        self.forget(&cx.books.company);
        Err(Stop::NotConnected {
            cause: cause.into(),
        })
    }

    /// Reads the job and carries it to QuickBooks.
    async fn push_job(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        reserved: Option<Reserved>,
    ) -> Result<Pushed, Stop> {
        self.may_write(cx)?;
        let unhandled = job.value.unhandled();
        let by_hand = unhandled.iter().any(|mark| mark.trigger == Cause::ByHand);
        let mut read_at = self.world.clock().now();
        let mut records = self.read_records(cx, id, reserved).await?;
        if let Some(found) = &records
            && !by_hand
            && lagging(found, unhandled).is_some()
        {
            self.world.clock().sleep(LAG_PAUSE).await;
            read_at = self.world.clock().now();
            records = self.read_records(cx, id, None).await?;
        }
        let lags = records.as_ref().and_then(|found| lagging(found, unhandled));
        job.value.shown = records.as_ref().map(|found| shown(found, read_at));
        if let Some(found) = &records {
            know(&mut job.value, found);
        }
        let job = &*job;
        let there = records.as_ref().filter(|found| !found.job.is_removed());
        if there.is_none() && by_hand && !self.has_documents(cx, id).await? {
            return Err(nothing_to_push(id, records.as_ref()));
        }
        let Some(records) = records else {
            return self.removed(cx, id, &job.value, None).await;
        };
        if records.job.is_removed() {
            return self.removed(cx, id, &job.value, Some(&records)).await;
        }
        if let Some(event) = lags {
            if by_hand {
                // What a person asked for does not wait for what another event told.
                self.push(cx, &records, &job.value).await?;
            }
            if lag(job.value.lags).is_none() {
                return Err(Finding::job(AlertKind::RecordLags, id)
                    .with("job", records.known_by())
                    .with("event", event)
                    .stop());
            }
            return Err(Stop::Lagging { event });
        }
        self.push(cx, &records, &job.value).await
    }

    /// Enters that a change of a job was looked at.
    pub(crate) async fn looked(&self, mut job: Stored<Job>) -> Result<Outcome, Stop> {
        job.value.rest();
        job.due = None;
        self.put(vec![job.put()?]).await?;
        Ok(Outcome::Done)
    }

    /// A message to the consumer; each is a new one to the queue.
    pub(crate) fn message(
        &self,
        company: &CompanyId,
        subject: Subject,
        evidence: Option<Evidence>,
    ) -> Result<QueueMessage, Stop> {
        let look_at = crate::work::message::LookAt {
            v: crate::work::message::LookAt::VERSION,
            company: company.clone(),
            subject,
            evidence,
        };
        let id = ports::Chance::uuid(self.world.chance());
        look_at.to_queue(id.to_string()).map_err(broken)
    }
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
