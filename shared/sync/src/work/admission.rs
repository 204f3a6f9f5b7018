//! Whether work may begin: its turn (T13), the connection, time enough.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use store::{ConnectionStatus, Job, Stored, Waiting};

use crate::{
    calls::{
        housecall::READS,
        limits::{Admission, Reserved, Wanting},
    },
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::look::RECORDS_LOST,
    stop::Stop,
    world::World,
};

/// A run with less time left begins nothing.
const BEGINNING: Duration = Duration::from_secs(12);

impl<W: World> Engine<W> {
    /// Nothing is left to do for a job: a turn that it has goes to others, and the sweep leaves it in peace.
    pub(crate) async fn leave_queue(&self, cx: &Ctx, job: &Stored<Job>) -> Result<Outcome, Stop> {
        let turn = job.value.waiting.turn;
        if turn.is_some() || job.due.is_some() {
            let mut job = job.clone();
            job.value.waiting.turn = None;
            job.due = None;
            self.put(vec![job.put()?]).await?;
        }
        if turn.is_some() {
            let company = &cx.books.company;
            self.limits.give_back(&self.world, company, READS).await?;
        }
        Ok(Outcome::Done)
    }

    /// Lets a look at a subject begin when its turn has come: the turn, and the times of its reads.
    pub(crate) async fn admit_work(
        &self,
        cx: &Ctx,
        subject: &str,
        waiting: &Waiting,
        triggered: bool,
        reads: usize,
    ) -> Result<(Timestamp, Reserved), Stop> {
        let wanting = Wanting {
            subject,
            turn: waiting.turn,
            again: waiting.put_off > 0 || waiting.lags > 0,
            last: !triggered,
            reads,
            patience: SignedDuration::ZERO,
            connected: true,
        };
        self.admit(cx, wanting).await
    }

    /// Lets work begin when its turn has come. `patience` is filled in here.
    ///
    /// # Errors
    /// [`Stop::Turn`] when it has not come, [`Stop::Failed`] when it was its turn to ask whether a system answers
    /// again, and that does not.
    async fn admit(&self, cx: &Ctx, wanting: Wanting<'_>) -> Result<(Timestamp, Reserved), Stop> {
        let company = &cx.books.company;
        if self.world.clock().monotonic() + BEGINNING > cx.deadline {
            return Err(Stop::out_of_time(self.world.clock().now()));
        }
        self.is_connected(cx).await?;
        let mut asked = false;
        loop {
            let patience = cx.patience(&self.world);
            let wanting = Wanting {
                patience: SignedDuration::try_from(patience).unwrap_or_default(),
                ..wanting
            };
            match self.limits.admit(&self.world, company, &wanting).await? {
                Admission::Begin { turn, reads } => return Ok((turn, Reserved::new(reads))),
                Admission::Wait { until, turn, why } => {
                    let cause = why.into();
                    return Err(Stop::Turn { until, turn, cause });
                }
                Admission::Probe(system) if !asked => {
                    asked = true;
                    let outage = self.ask_again(cx, system, wanting.subject).await?;
                    if let Some(outage) = outage {
                        return Err(Stop::Failed {
                            system,
                            until: outage.probe_at,
                            cause: outage.cause.into(),
                        });
                    }
                }
                Admission::Probe(_) => {
                    let until = self.world.clock().now() + SignedDuration::from_secs(1);
                    let cause = "another outage has begun".into();
                    let turn = wanting.turn;
                    return Err(Stop::Turn { until, turn, cause });
                }
            }
        }
    }

    /// Whether there is a connection to work for: else nobody is served until there is one again.
    async fn is_connected(&self, cx: &Ctx) -> Result<(), Stop> {
        if cx.connection.status == ConnectionStatus::Active {
            return Ok(());
        }
        // It may have been made again since it was remembered.
        let company = &cx.books.company;
        self.forget(company);
        let connection = self.find_connection(company).await?;
        let cause = match connection.map(|connection| connection.status) {
            Some(ConnectionStatus::Active) => return Ok(()),
            Some(ConnectionStatus::Paused) => "the connection is paused",
            Some(ConnectionStatus::Reconnect) => "QuickBooks must be connected again",
            Some(ConnectionStatus::RecordsLost) => RECORDS_LOST,
            None => "the company is not connected any more",
        };
        Err(Stop::NotConnected {
            cause: cause.into(),
        })
    }

    /// The place of work among those who wait until somebody is served again.
    pub(crate) async fn keep_place(
        &self,
        cx: &Ctx,
        subject: &str,
        waiting: &mut Waiting,
        reads: usize,
    ) -> Result<Timestamp, Stop> {
        let wanting = Wanting {
            subject,
            turn: waiting.turn,
            again: false,
            last: false,
            reads,
            patience: SignedDuration::MIN,
            connected: false,
        };
        let company = &cx.books.company;
        match self.limits.admit(&self.world, company, &wanting).await? {
            Admission::Wait { until, turn, .. } => {
                waiting.turn = turn;
                Ok(until)
            }
            // It has ended in this very moment.
            Admission::Begin { .. } | Admission::Probe(_) => Ok(self.world.clock().now()),
        }
    }
}
