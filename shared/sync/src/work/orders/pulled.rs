//! Looks at QuickBooks that a person asks for (R1): who looks is the task that a schedule puts on the queue too.

use std::time::Duration;

use hcp::CompanyId;
use ports::{Chance, Clock, Queue};
use store::{ActKind, By, Evidence, Stored, WorkItem, read};
use uuid::Uuid;

use super::{Answer, Order, OrderState, Wish};
use crate::{
    ctx::Ctx,
    declined::NotDone,
    engine::Engine,
    history::Acting,
    job::find::FoundJob,
    retry,
    stop::{Stop, chain},
    work::{
        message::{Subject, name},
        park::SAFETY,
    },
    world::World,
};

impl<W: World> Engine<W> {
    /// Has QuickBooks looked at, for one job or for all that changed, under an id by which [`Engine::order_status`] tells what
    /// comes of it. The same under the same id is done once.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn order_pull(
        &self,
        company: &CompanyId,
        id: Uuid,
        job: Option<FoundJob>,
        by: &By,
    ) -> Result<(), NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let subject = subject(job.as_ref());
        let push = self.world.chance().uuid();
        let evidence = Evidence::by_hand(push, self.world.clock().now(), by);
        for _ in 0..retry::CHANGES {
            let entered = self.enter_pull(&cx, (id, push), (&subject, &evidence), job.clone(), by);
            match entered.await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(Stop::PlanAgain(_)) => continue,
                Err(stop) => return Err(stop.into()),
            }
            let message = self.message(company, subject, Some(evidence))?;
            if let Err(error) = self.world.queue().send(message).await {
                tracing::warn!(%id, error = chain(&error), "ordered; the sweep puts it on the queue");
            }
            return Ok(());
        }
        Err(Stop::PlanAgain(subject.as_str().to_owned()).into())
    }

    /// Enters it with the work that it is, which is there until somebody has looked. Not where it was entered before.
    async fn enter_pull(
        &self,
        cx: &Ctx,
        (id, push): (Uuid, Uuid),
        (subject, evidence): (&Subject, &Evidence),
        job: Option<FoundJob>,
        by: &By,
    ) -> Result<bool, Stop> {
        let key = cx.books.work(name::ORDER, &format!("{id}#00"));
        if read::<Order>(self.world.table(), &key).await?.is_some() {
            return Ok(false);
        }
        let mut act = Acting::new(by, ActKind::Pulled);
        if let Some(job) = &job {
            act = act.about(&job.id);
        }
        let now = self.world.clock().now();
        let order = Order {
            wish: Wish::Pull,
            by: Some(by.clone()),
            at: now,
            push,
            outcome: Some(match job {
                Some(FoundJob { id, number }) => Answer::Found { id, number },
                None => Answer::Settled,
            }),
            ..Order::default()
        };
        let key_of_work = cx.books.work(subject.task(), subject.as_str());
        let work = read::<WorkItem>(self.world.table(), &key_of_work).await?;
        let mut work = work.unwrap_or_else(|| Stored::new(key_of_work, WorkItem::default()));
        work.value.evidence.push(evidence.clone());
        // Should its message not go out, the sweep sends it.
        work.due.get_or_insert(now + SAFETY);
        let order = Stored::new(key, order).put()?;
        let act = act.write(&self.world, &cx.books)?;
        self.put(vec![order, work.put()?, act]).await?;
        Ok(true)
    }

    /// How far a look is that a person asked for, and the job that it is for.
    pub(super) async fn state_of_pull(
        &self,
        cx: &Ctx,
        order: &Order,
    ) -> Result<(Option<FoundJob>, OrderState), Stop> {
        let job = match order.outcome.clone() {
            Some(Answer::Found { id, number }) => Some(FoundJob { id, number }),
            _ => None,
        };
        let subject = subject(job.as_ref());
        let key = cx.books.work(subject.task(), subject.as_str());
        let work = read::<WorkItem>(self.world.table(), &key).await?;
        let asked = Evidence::key_by_hand(order.push);
        let waits = work.filter(|work| {
            let mut evidence = work.value.evidence.iter();
            evidence.any(|evidence| evidence.key == asked)
        });
        let state = waits.map_or(OrderState::Settled, |work| OrderState::Waiting {
            why: work.value.waiting.waits_for,
        });
        Ok((job, state))
    }
}

fn subject(job: Option<&FoundJob>) -> Subject {
    job.map_or_else(Subject::changes, |job| Subject::pulled_job(&job.id))
}
