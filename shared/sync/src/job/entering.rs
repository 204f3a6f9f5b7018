//! What a person decides about a job, entered with the push that carries it.

use hcp::JobId;
use ports::{Chance, Clock, Queue};
use store::{By, Job, Stored, Write, read};
use uuid::Uuid;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::look::mark,
    stop::{Stop, chain},
    work::{
        message::{Evidence, Subject},
        park::SAFETY,
    },
    world::World,
};

/// How what a person decides about a job is entered, so that all of it happens or nothing.
#[derive(Debug)]
pub(crate) struct Entering<'a> {
    /// Who decides.
    pub(crate) by: &'a By,
    /// The id under which the job is pushed then.
    pub(crate) push: Uuid,
    /// What is entered with it.
    pub(crate) also: Vec<Write>,
}

impl<'a> Entering<'a> {
    /// With nothing else.
    pub(crate) fn alone(world: &impl World, by: &'a By) -> Self {
        Self {
            by,
            push: world.chance().uuid(),
            also: Vec::new(),
        }
    }
}

impl<W: World> Engine<W> {
    /// The record of a job with a push by hand.
    pub(crate) async fn pushed_record(
        &self,
        cx: &Ctx,
        job: &JobId,
        by: &By,
    ) -> Result<Stored<Job>, Stop> {
        let id = self.world.chance().uuid();
        self.record_with_push(cx, job, id, by).await
    }

    /// The same, of a push that has its id.
    pub(crate) async fn record_with_push(
        &self,
        cx: &Ctx,
        job: &JobId,
        id: Uuid,
        by: &By,
    ) -> Result<Stored<Job>, Stop> {
        let now = self.world.clock().now();
        let key = cx.books.job(job);
        let record = read::<Job>(self.world.table(), &key).await?;
        let mut record = record.unwrap_or_else(|| Stored::new(key, Job::default()));
        let pushed = Evidence::by_hand(id, now, by);
        if let Some(mark) = mark(&pushed) {
            record.value.mark(mark);
        }
        record.value.waiting.put_off = 0;
        record.due = Some(now + SAFETY);
        Ok(record)
    }

    /// Puts a job with work left on the queue at once. Where that fails, the sweep does it.
    pub(crate) async fn nudge(&self, cx: &Ctx, job: &JobId) -> Result<(), Stop> {
        let message = self.message(&cx.books.company, Subject::Job(job.clone()), None)?;
        if let Err(error) = self.world.queue().send(message).await {
            tracing::warn!(%job, error = chain(&error), "entered; the sweep puts it on the queue");
        }
        Ok(())
    }
}
