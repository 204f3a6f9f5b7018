//! What people do in QuickBooks comes back (R1, R2, R4, R6, R8). A pull learns which jobs are concerned, by what changed
//! since the last one or by what a webhook told; each of these jobs is then looked at by itself, with QuickBooks as it is
//! at that time.

mod changes;
mod concerned;
mod credits;
pub mod inbox;
mod job;
mod known;
mod notes;
mod receipts;
mod receive;
mod tag;

use mapping::alert::Alert;
use store::{Cause, Evidence, Stored, WorkItem};

use crate::{
    alerts,
    engine::{Engine, Outcome},
    stop::Stop,
    work::{
        message::{Subject, name},
        task::{Failures, Task, Unfinished, Work},
    },
    world::World,
};

pub(crate) use job::PulledJobTask;

/// Learns which jobs are concerned by what people did in QuickBooks.
#[derive(Debug)]
pub(crate) struct PullTask;

impl<W: World> Task<W> for PullTask {
    const NAME: &'static str = name::PULL;
    const READS: usize = 0;
    type Record = WorkItem;

    fn subject(of: &str) -> Option<Subject> {
        match of {
            Subject::CHANGES => Some(Subject::changes()),
            Subject::TOLD => Some(Subject::told()),
            _ => None,
        }
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let (cx, subject) = (work.cx, work.subject);
        // It costs Housecall Pro nothing, so nobody waits longer for it.
        let admitted = engine.admit_work(cx, subject.as_str(), work.waiting, true, 0);
        let (turn, _) = admitted.await?;
        let pulled = async {
            engine.may_write(cx)?;
            if *subject == Subject::told() {
                return engine.pull_told(cx, work.evidence).await;
            }
            let by_hand = |evidence: &Evidence| evidence.trigger == Some(Cause::ByHand);
            let by_hand = work.evidence.iter().any(by_hand);
            engine.pull_changes(cx, by_hand).await
        };
        let pulled = pulled.await.map_err(Unfinished::after(turn));
        pulled.map(|()| Outcome::Done)
    }

    async fn lasting(
        &self,
        _: &Engine<W>,
        _: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        Ok(changes::keeps_failing(failures.cause))
    }

    async fn report(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        record: Stored<WorkItem>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        // What of it ends with the next pull that succeeds.
        let alert = changes::keeps_failing(&alert.message());
        alerts::raise(&engine.world, &work.cx.books, &alert).await?;
        engine.remove(record).await
    }
}
