//! What looks at due work: one trait, one list of those that there are, and how a look begins and ends, the same for
//! all of them.

use std::{fmt, time::Duration};

use futures::{
    FutureExt,
    future::{BoxFuture, LocalBoxFuture},
};
use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp};
use mapping::alert::Alert;
use ports::Clock;
use store::{Body, Evidence, Key, Stored, Waiting, WorkRecord, Write, read};

use crate::{
    alerts,
    ctx::Ctx,
    engine::{Engine, Outcome},
    stop::{Stop, broken},
    work::message::Subject,
    world::World,
};

/// Work that was put back is not put back again while its message waits in the queue.
const IN_QUEUE: SignedDuration = SignedDuration::from_mins(5);

/// One look at one subject.
pub(crate) struct Work<'a> {
    pub(crate) cx: &'a Ctx,
    pub(crate) subject: &'a Subject,
    /// What it was seen by, kept evidence first; none where it is only put back.
    pub(crate) evidence: &'a [Evidence],
    /// How it has waited so far, where its record is a passing one.
    pub(crate) waiting: &'a Waiting,
}

/// How a look ended that did not reach its end.
pub(crate) struct Unfinished {
    stop: Stop,
    /// The turn with which it began: it keeps the place until its work is done.
    turn: Option<Timestamp>,
}

impl Unfinished {
    /// Another worker changed what it was planned from.
    pub(crate) fn is_out_of_date(&self) -> bool {
        matches!(self.stop, Stop::PlanAgain(_))
    }

    /// It began with that turn.
    pub(crate) fn after(turn: Timestamp) -> impl FnOnce(Stop) -> Self {
        move |stop| Self {
            stop,
            turn: Some(turn),
        }
    }
}

impl From<Stop> for Unfinished {
    fn from(stop: Stop) -> Self {
        Self { stop, turn: None }
    }
}

/// What is known of work that fails and fails.
pub(crate) struct Failures<'a> {
    /// When it failed first.
    pub(crate) since: Timestamp,
    /// How often it did.
    pub(crate) tries: u32,
    /// Why, the last time.
    pub(crate) cause: &'a str,
}

/// What looks at a kind of subject because of some evidence. It takes no state from the message, and does nothing
/// twice that was done already: so it may be asked at any time, and any number of times.
pub(crate) trait Task<W: World>: fmt::Debug + Send + Sync {
    /// Its name in messages, and what the keys of its records begin with.
    const NAME: &'static str;
    /// The reads of Housecall Pro that it begins with: what its turn costs.
    const READS: usize;
    /// Of what due work is known.
    type Record: WorkRecord + Send;

    /// The subject that a record's key names.
    fn subject(of: &str) -> Option<Subject>;

    /// Looks, and does what follows.
    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished>;

    /// Enters that a person must decide: an alert is written, and the work is done for now.
    async fn report(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        record: Stored<Self::Record>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        alerts::raise(&engine.world, &work.cx.books, alert).await?;
        engine.remove(record).await
    }

    /// What a person is told when it keeps failing while others do not (S10); it goes on, seldom.
    async fn lasting(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        record: &mut Self::Record,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop>;

    /// What its message says when it is put back.
    fn due(_record: &Self::Record, _now: Timestamp) -> Option<Evidence> {
        None
    }
}

/// Work that a sweep has taken to put it back.
pub(crate) struct DueWork {
    pub(crate) subject: Subject,
    /// What its message says.
    pub(crate) evidence: Option<Evidence>,
}

/// A task among others, whatever its record.
pub(crate) trait AnyTask<W: World>: fmt::Debug + Send + Sync {
    fn name(&self) -> &'static str;

    fn look<'a>(
        &'a self,
        engine: &'a Engine<W>,
        cx: &'a Ctx,
        subject: &'a Subject,
        evidence: &'a [Evidence],
    ) -> LocalBoxFuture<'a, Result<Outcome, Stop>>;
}

/// The same, for who puts due work back and looks at none: apart, so that a function that only does that does not carry
/// the code of all looks.
pub(crate) trait AnyDueWork<W: World>: fmt::Debug + Send + Sync {
    fn name(&self) -> &'static str;

    /// Takes work that is due, if it still is.
    fn take_due<'a>(
        &'a self,
        engine: &'a Engine<W>,
        key: &'a Key,
        of: &'a str,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<Option<DueWork>, Stop>>;
}

impl<W: World, T: Task<W>> AnyTask<W> for T {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn look<'a>(
        &'a self,
        engine: &'a Engine<W>,
        cx: &'a Ctx,
        subject: &'a Subject,
        evidence: &'a [Evidence],
    ) -> LocalBoxFuture<'a, Result<Outcome, Stop>> {
        engine.look_as(self, cx, subject, evidence).boxed_local()
    }
}

impl<W: World, T: Task<W>> AnyDueWork<W> for T {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn take_due<'a>(
        &'a self,
        engine: &'a Engine<W>,
        key: &'a Key,
        of: &'a str,
        until: Timestamp,
    ) -> BoxFuture<'a, Result<Option<DueWork>, Stop>> {
        async move {
            let Some(subject) = T::subject(of) else {
                tracing::error!(%key, "a record is due whose key names nothing");
                return Ok(None);
            };
            let Some(record) = engine.take_due::<T::Record>(key, until).await? else {
                return Ok(None);
            };
            let evidence = T::due(&record, engine.world.clock().now());
            Ok(Some(DueWork { subject, evidence }))
        }
        .boxed()
    }
}

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
        let task = self.task(subject.task());
        let task = task.ok_or_else(|| broken(format!("there is no task {}", subject.task())))?;
        let cx = self.cx(company, deadline).await?;
        self.note_heard(&cx, evidence).await;
        task.look(self, &cx, subject, evidence).await
    }

    /// The task of that name.
    pub(crate) fn task(&self, name: &str) -> Option<&'static dyn AnyTask<W>> {
        self.tasks.iter().copied().find(|task| task.name() == name)
    }

    /// The due work of the task of that name.
    pub(crate) fn due_work(&self, name: &str) -> Option<&'static dyn AnyDueWork<W>> {
        let mut all = self.due_work.iter().copied();
        all.find(|work| work.name() == name)
    }

    /// Has a task look at a subject, and enters how that ended.
    pub(crate) async fn look_as<T: Task<W>>(
        &self,
        task: &T,
        cx: &Ctx,
        subject: &Subject,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let key = cx.books.work(T::NAME, subject.as_str());
        let known = match T::Record::PASSING {
            true => read::<T::Record>(self.world.table(), &key).await?,
            false => None,
        };
        if T::Record::PASSING && known.is_none() && evidence.is_empty() {
            return Ok(Outcome::Done);
        }
        let mut record = known.as_ref().map(|known| known.value.clone());
        let told = record.get_or_insert_default();
        told.keep(evidence);
        let work = Work {
            cx,
            subject,
            evidence: match T::Record::PASSING {
                true => told.evidence(),
                false => evidence,
            },
            waiting: told.waiting(),
        };
        cx.trail.begin(&self.world, subject.as_str(), work.evidence);
        let outcome = match task.run(self, &work).await {
            Ok(Outcome::Done) => match known {
                Some(known) => self.remove(known).await,
                None => Ok(Outcome::Done),
            },
            Ok(again) => Ok(again),
            Err(unfinished) => {
                let Unfinished { stop, turn } = unfinished;
                self.leave_unfinished(task, &work, key, stop, turn).await
            }
        }?;
        self.tell_rest(cx).await?;
        Ok(outcome)
    }

    /// Work that is due, which is then taken by this run. The index may lag: only the record itself tells.
    async fn take_due<R: Body>(&self, key: &Key, until: Timestamp) -> Result<Option<R>, Stop> {
        let Some(mut work) = read::<R>(self.world.table(), key).await? else {
            return Ok(None);
        };
        if work.due.is_none_or(|due| due > until) {
            return Ok(None);
        }
        // Marked first: should the message not go out, the work is due again later.
        work.due = Some(self.world.clock().now() + IN_QUEUE);
        match self.put(vec![work.put()?]).await {
            Ok(()) => Ok(Some(work.value)),
            Err(Stop::PlanAgain(_)) => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    /// Nothing is left to do: the record of it goes.
    pub(crate) async fn remove<R: WorkRecord>(&self, record: Stored<R>) -> Result<Outcome, Stop> {
        if record.version.is_some() {
            let delete = Write::Delete {
                expect: record.expect(),
                key: record.key,
            };
            self.put(vec![delete]).await?;
        }
        Ok(Outcome::Done)
    }
}
