//! Looking at a job: which triggers were seen, what Housecall Pro says now, and what follows from both
//! (invariant 1).

use std::time::Duration;

use hcp::JobId;
use jiff::{SignedDuration, Timestamp};
use mapping::{
    PushEdits,
    alert::{self, Alert, AlertKind, HousecallTrouble, JobAlert, JobRef, QuickbooksTrouble},
    payer::MOST_CALLS,
};
use ports::Clock;
use store::{Cause, ConnectionStatus, Ended, Evidence, Job, JobState, Mark, Stored, read};

use crate::{
    alerts,
    calls::{
        housecall::{READS, know, lagging, shown},
        limits::Reserved,
    },
    ctx::Ctx,
    engine::{Engine, Outcome},
    history::reasons,
    intake::push_by_hand::nothing_to_push,
    job::push::Pushed,
    retry::{self, Change},
    stop::{Stop, broken},
    work::{
        message::{Subject, name},
        park::{SAFETY, lag},
        task::{Failures, Task, Unfinished, Work},
    },
    world::World,
};

/// An edit is often followed by its trigger, and then needs no look of its own: it is looked at after so long, or after
/// so little where the company chose that edits push by themselves.
const EDIT_WAITS: SignedDuration = SignedDuration::from_mins(1);
const EDIT_PUSHES: SignedDuration = SignedDuration::from_secs(5);

/// Why work waits while what was sent before is not known.
pub(crate) const RECORDS_LOST: &str = "the records of what was sent to QuickBooks must be restored";

/// A lagging record is read again at once, after this pause.
const LAG_PAUSE: Duration = Duration::from_secs(2);

/// Looks at a job, with everything on it.
#[derive(Debug)]
pub(crate) struct JobTask;

impl<W: World> Task<W> for JobTask {
    const NAME: &'static str = name::JOB;
    const READS: usize = READS;
    type Record = Job;

    fn subject(of: &str) -> Option<Subject> {
        JobId::parse(of).ok().map(Subject::Job)
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let (cx, evidence) = (work.cx, work.evidence);
        let Subject::Job(id) = work.subject else {
            return Ok(Outcome::Done);
        };
        let job = engine.mark(cx, id, evidence).await?;
        let triggered = !job.value.unhandled().is_empty();
        if !triggered && let Some(outcome) = engine.put_off_edit(cx, id, &job, evidence).await? {
            return Ok(outcome);
        }
        let waiting = &job.value.waiting;
        // Whose it is, is found out behind all other work (P6).
        let seeks = id.invoice().is_some() && job.value.seeks_payer();
        let (first, reads) = match seeks {
            true => (false, READS + MOST_CALLS),
            false => (triggered, READS),
        };
        let admitted = engine.admit_work(cx, id.as_str(), waiting, first, reads);
        let (turn, reads) = admitted.await?;
        let begun = engine.begin_job(cx, id, job, reads, triggered);
        begun.await.map_err(Unfinished::after(turn))
    }

    async fn report(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        mut job: Stored<Job>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        let Subject::Job(id) = work.subject else {
            return Ok(Outcome::Done);
        };
        let (world, books) = (&engine.world, &work.cx.books);
        let stands = engine.has_documents(work.cx, id).await?;
        let alert = alert.clone().of(&alerts::job_ref(id, &job.value), stands);
        let alert = engine.with_sides(work.cx, id, &job.value, alert).await?;
        let open = alerts::raise(world, books, &alert).await?;
        if job.value.alerted {
            // Whatever it is, it is another trouble now.
            let subject = alert::Subject::Job(id.clone());
            alerts::close_one(world, books, &subject, AlertKind::KeepsFailing).await?;
        }
        let state = match open {
            true => JobState::Alert,
            // A person left it so.
            false => engine.left_as(work.cx, &alert, job.value.state).await?,
        };
        let pushed = Pushed::state(state);
        engine.finish(work.cx, id, &mut job, pushed).await?;
        Ok(Outcome::Done)
    }

    async fn lasting(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        job: &mut Job,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        job.state = JobState::Alert;
        job.alerted = true;
        let id = JobId::parse(work.subject.as_str()).map_err(broken)?;
        let trouble = QuickbooksTrouble::KeepsFailing {
            tries: failures.tries,
            since: failures.since.to_zoned(work.cx.zone.clone()).datetime(),
            reason: failures.cause.to_owned(),
        };
        let stands = engine.has_documents(work.cx, &id).await?;
        let alert = Alert::Job(JobAlert {
            stands,
            ..JobAlert::new(alerts::job_ref(&id, job), trouble)
        });
        engine.with_sides(work.cx, &id, job, alert).await
    }

    /// No trigger waits behind what triggers nothing.
    fn due(job: &Job, now: Timestamp) -> Option<Evidence> {
        let edited = job.changed && job.unhandled().is_empty();
        edited.then(|| Evidence::due(now))
    }
}

impl<W: World> Engine<W> {
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
        cx.trail.because(reasons(job.value.unhandled()));
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
                Err(Stop::Alert(alert)) if again.is_none() && alert.depends_on_setup() => {
                    match self.set_up_otherwise(cx).await? {
                        Some(present) => again = Some(present),
                        None => return Err(Stop::Alert(alert)),
                    }
                    continue;
                }
                Err(Stop::PlanAgain(_)) if rounds < retry::PLANS => {
                    *job = self.read_job(cx, id).await?;
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            match self.finish(cx, id, job, state).await {
                // A mark was added meanwhile.
                Err(Stop::PlanAgain(_)) if rounds < retry::PLANS => {
                    *job = self.read_job(cx, id).await?;
                }
                Ok(()) => return Ok(Outcome::Done),
                Err(stop) => return Err(stop),
            }
        }
    }

    /// A cx with QuickBooks' present setup, if that is another one.
    async fn set_up_otherwise(&self, cx: &Ctx) -> Result<Option<Ctx>, Stop> {
        if !self.refresh_setup(cx).await? {
            return Ok(None);
        }
        self.cx_anew(cx).await.map(Some)
    }

    /// Persists new marks. Without any, the record is as it was read, or new and not stored.
    async fn mark(&self, cx: &Ctx, id: &JobId, evidence: &[Evidence]) -> Result<Stored<Job>, Stop> {
        let soon = self.world.clock().now() + SAFETY;
        let key = cx.books.job(id);
        let marked = self.change(&key, Job::default, |job| {
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
                return Change::Nothing(());
            }
            if new {
                job.value.waiting.try_anew();
                // What it waits for already, it goes on waiting for.
                job.due = Some(job.due.map_or(soon, |due| due.min(soon)));
            }
            Change::Store(())
        });
        Ok(marked.await?.0)
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
        let mut state = pushed.state;
        if !pushed.typed.is_empty() {
            self.count_lines(&cx.books, job, &pushed.typed).await?;
        }
        if state == JobState::Alert {
            job.value.alerted = true;
        } else if job.value.alerted {
            // Sent, or nothing is left that could be.
            job.value.alerted = alerts::close_sent(&self.world, &cx.books, id).await?;
            if job.value.alerted {
                state = JobState::Alert;
            }
        }
        let held_up = job.value.waiting.put_off > 0 || job.value.waiting.waits_for.is_some();
        if held_up && pushed.state == JobState::Synced {
            // What held it up, and perhaps everything, is over.
            let subject = alert::Subject::Connection;
            let held_up = alerts::is_of_sending;
            alerts::close_those(&self.world, &cx.books, &subject, held_up).await?;
        }
        cx.trail.because(reasons(job.value.unhandled()));
        cx.trail.know(&job.value);
        cx.trail.is_news();
        cx.trail.ends(&self.world, Ended::State(pushed.state));
        job.value.handled = job.value.marks.len();
        job.value.state = state;
        job.value.pending.clear();
        job.value.rest();
        if let Some(number) = pushed.number {
            job.value.number = Some(number);
        }
        job.due = None;
        self.put_and_tell(cx, vec![job.put()?]).await
    }

    /// Whether QuickBooks may be written to at all.
    pub(crate) fn may_write(&self, cx: &Ctx) -> Result<(), Stop> {
        let cause = match cx.connection.status {
            ConnectionStatus::Active => return Ok(()),
            ConnectionStatus::Paused => "the connection is paused",
            ConnectionStatus::Reconnect => "QuickBooks must be connected again",
            ConnectionStatus::RecordsLost => RECORDS_LOST,
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
        mut reserved: Option<Reserved>,
    ) -> Result<Pushed, Stop> {
        self.may_write(cx)?;
        if let Some(invoice) = id.invoice().filter(|_| job.value.payer().is_none()) {
            // On the heap: seldom needed, and not to make the future of every push larger.
            let sought = Box::pin(self.find_payer(cx, (id, &invoice), job, reserved.take()));
            if let Some(nothing_sent) = sought.await? {
                return Ok(nothing_sent);
            }
        }
        let unhandled = job.value.unhandled();
        let by_hand = is_pushed_by_hand(&job.value);
        let mut read_at = self.world.clock().now();
        let mut records = self.read_records(cx, id, reserved).await?;
        if let Some(found) = &records
            && !by_hand
            && lagging(&found.job, &found.invoices, unhandled).is_some()
        {
            self.world.clock().sleep(LAG_PAUSE).await;
            read_at = self.world.clock().now();
            records = self.read_records(cx, id, None).await?;
        }
        let lags = records.as_ref();
        let lags = lags.and_then(|found| lagging(&found.job, &found.invoices, unhandled));
        job.value.shown = records.as_ref().map(|found| shown(found, read_at));
        if let Some(found) = &records {
            know(&mut job.value, found, read_at, &cx.zone);
            cx.trail.know(&job.value);
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
            return Err(lags_behind(JobRef::from(&records), &job.value, event));
        }
        self.push(cx, &records, &job.value).await
    }

    /// Enters that a change of a job was looked at.
    pub(crate) async fn looked(&self, cx: &Ctx, mut job: Stored<Job>) -> Result<Outcome, Stop> {
        cx.trail.ends(&self.world, Ended::State(job.value.state));
        job.value.rest();
        job.due = None;
        self.put_and_tell(cx, vec![job.put()?]).await?;
        Ok(Outcome::Done)
    }
}

/// Whether a person pushed it by hand since it was carried last.
pub(crate) fn is_pushed_by_hand(job: &Job) -> bool {
    let by_hand = |mark: &Mark| mark.trigger == Cause::ByHand;
    job.unhandled().iter().any(by_hand)
}

/// How a look ends at records that do not show yet what an event told: they are read again, until a person is told.
pub(crate) fn lags_behind(of: JobRef, job: &Job, event: &'static str) -> Stop {
    if lag(job.waiting.lags).is_some() {
        return Stop::Lagging { event };
    }
    let event = event.to_owned();
    Alert::Job(JobAlert::new(of, HousecallTrouble::RecordLags { event })).into()
}

/// The mark that a piece of evidence leaves.
pub(crate) fn mark(evidence: &Evidence) -> Option<Mark> {
    Some(Mark {
        trigger: evidence.trigger?,
        key: evidence.key.clone(),
        occurred: evidence.occurred,
        at: evidence.at,
        invoice: evidence.invoice.clone(),
        by: evidence.by.clone(),
    })
}
