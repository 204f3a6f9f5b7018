//! How work ends that did not reach its end: it waits, it is tried again, or a person is told (S10).

use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use store::{Ended, Key, Stored, Waiting, Why, WorkRecord, read};

use crate::{
    alerts,
    ctx::Ctx,
    engine::{Engine, Outcome},
    retry,
    stop::{Stop, chain},
    work::task::{Failures, Task, Work},
    world::World,
};

/// So many failures of one subject, over at least so long, are told to a person (S10).
const TRIES: u32 = 6;
const TRIED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What a person was told of is tried again after so long.
pub(crate) const SELDOM: SignedDuration = SignedDuration::from_hours(1);

/// When work that is left is looked at again by itself, should its worker die.
pub(crate) const SAFETY: SignedDuration = SignedDuration::from_mins(3);

/// A wait up to this long is left to the queue; a longer one is parked, and the sweep puts the work back a minute early.
const SHORT: SignedDuration = SignedDuration::from_secs(90);

/// When a record that lags behind its event is read again, after the pause below; after the last, a person is told.
pub(crate) fn lag(lags: u32) -> Option<SignedDuration> {
    match lags {
        0 => Some(SignedDuration::from_secs(10)),
        1 => Some(SignedDuration::from_secs(30)),
        2..=12 => Some(SignedDuration::from_mins(1)),
        13 => Some(SignedDuration::from_mins(10)),
        14 => Some(SignedDuration::from_hours(1)),
        _ => None,
    }
}

impl<W: World> Engine<W> {
    /// Enters how work ended that did not reach its end. `turn` is the one with which it began.
    pub(crate) async fn leave_unfinished<T: Task<W>>(
        &self,
        task: &T,
        work: &Work<'_>,
        key: Key,
        stop: Stop,
        turn: Option<Timestamp>,
    ) -> Result<Outcome, Stop> {
        if matches!(stop, Stop::Broken(_)) {
            return Err(stop);
        }
        for _ in 0..retry::CHANGES {
            let record = read::<T::Record>(self.world.table(), &key).await?;
            let fresh = || Stored::new(key.clone(), T::Record::default());
            let mut record = record.unwrap_or_else(fresh);
            record.value.keep(work.evidence);
            // Once its turn came it keeps the place until its work is done.
            let waiting = record.value.waiting_mut();
            waiting.turn = waiting.turn.or(turn);
            let entered = match &stop {
                Stop::Alert(alert) => {
                    work.cx.trail.alert(alert);
                    task.report(self, work, record, alert).await
                }
                stop => {
                    let until = self.put_off(task, work, &mut record.value, stop).await?;
                    self.park(work.cx, record, until, &chain(stop)).await
                }
            };
            match entered {
                Err(Stop::PlanAgain(_)) => {}
                entered => return entered,
            }
        }
        Err(Stop::PlanAgain(key.to_string()))
    }

    /// Enters why work is put off, and tells until when.
    async fn put_off<T: Task<W>>(
        &self,
        task: &T,
        work: &Work<'_>,
        record: &mut T::Record,
        stop: &Stop,
    ) -> Result<Timestamp, Stop> {
        let (cx, subject) = (work.cx, work.subject.as_str());
        let now = self.world.clock().now();
        let waiting = record.waiting_mut();
        waiting.waits_for = Some(chain(stop));
        match stop {
            Stop::Turn { until, turn, cause } => {
                waiting.turn = turn.or(waiting.turn);
                waiting.waits_for = Some(chain(&**cause));
                Ok(*until)
            }
            Stop::NotConnected { cause } => {
                waiting.waits_for = Some(chain(&**cause));
                self.limits
                    .close(&self.world, &cx.books.company, &Why::NotConnected)
                    .await?;
                self.keep_place(cx, subject, waiting, T::READS).await
            }
            Stop::Failed {
                system,
                until,
                cause,
            } => {
                let cause = &chain(&**cause);
                waiting.waits_for = Some(cause.clone());
                let failed = self.system_failed(cx, *system, subject, cause);
                let outage = match failed.await? {
                    None if self.is_lasting(waiting, 1) => {
                        self.is_away(cx, *system, subject, cause).await?
                    }
                    outage => outage,
                };
                match outage {
                    // Nothing of it is the subject's own.
                    Some(outage) if outage.probe == subject => Ok(outage.probe_at),
                    Some(_) => self.keep_place(cx, subject, waiting, T::READS).await,
                    None => self.tried(task, work, record, *until, cause).await,
                }
            }
            Stop::Later { until, .. } => {
                let wait = backoff(waiting.put_off);
                waiting.put_off += 1;
                Ok((*until).max(now + wait))
            }
            Stop::Lagging { .. } => {
                let wait = lag(waiting.lags).unwrap_or_default();
                waiting.lags += 1;
                Ok(now + wait)
            }
            stop => {
                let until = now + SignedDuration::from_secs(5);
                let cause = &chain(stop);
                self.tried(task, work, record, until, cause).await
            }
        }
    }

    /// A try failed, and others do not fail. After enough of them a person is told; it goes on, seldom.
    async fn tried<T: Task<W>>(
        &self,
        task: &T,
        work: &Work<'_>,
        record: &mut T::Record,
        until: Timestamp,
        cause: &str,
    ) -> Result<Timestamp, Stop> {
        let now = self.world.clock().now();
        let waiting = record.waiting_mut();
        let since = *waiting.failing_since.get_or_insert(now);
        let wait = backoff(waiting.put_off);
        waiting.put_off += 1;
        if !self.is_lasting(waiting, 0) {
            return Ok(until.max(now + wait));
        }
        let failures = Failures {
            since,
            tries: waiting.put_off,
            cause,
        };
        let alert = task.lasting(self, work, record, &failures).await?;
        work.cx.trail.alert(&alert);
        alerts::raise(&self.world, &work.cx.books, &alert).await?;
        Ok(until.max(now + SELDOM))
    }

    /// Whether it failed often and long enough for a person to be told, with so many failures more.
    fn is_lasting(&self, waiting: &Waiting, more: u32) -> bool {
        let now = self.world.clock().now();
        let long = waiting
            .failing_since
            .is_some_and(|since| now >= since + TRIED_FOR);
        long && waiting.put_off + more >= TRIES
    }

    /// Stores work that is put off. A short wait is left to the queue; of a longer one the sweep knows when it ends.
    pub(crate) async fn park<R: WorkRecord>(
        &self,
        cx: &Ctx,
        mut record: Stored<R>,
        until: Timestamp,
        cause: &str,
    ) -> Result<Outcome, Stop> {
        tracing::info!(work = record.key.sort, %until, cause, "put off");
        let now = self.world.clock().now();
        let short = until > now && until <= now + SHORT;
        record.due = Some(if short { until + SAFETY } else { until });
        let why = record.value.waiting().waits_for.clone();
        let why = why.unwrap_or_default();
        cx.trail.ends(&self.world, Ended::PutOff { why });
        self.put_and_tell(cx, vec![record.put()?]).await?;
        Ok(match short {
            true => Outcome::Again { until },
            false => Outcome::Done,
        })
    }
}

/// How long work waits at least that was put off so often already: an outage must not use up the other
/// side's limits, and its end must not find everybody asleep.
fn backoff(put_off: u32) -> SignedDuration {
    SignedDuration::from_secs(2 << put_off.min(7)).min(SignedDuration::from_mins(4))
}
