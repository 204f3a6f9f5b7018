//! How work on a job ends that did not reach its end: it waits, it is tried again, or a person is told (S10).

use hcp::JobId;
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use store::{Job, JobState, Stored, Why};

use crate::{
    alerts::{self, AlertKind, Finding},
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{
        look::{ROUNDS, SAFETY},
        push::Pushed,
    },
    stop::{Stop, chain},
    world::World,
};

/// So many failures of one job, over at least so long, are told to a person (S10).
const TRIES: u32 = 6;
const TRIED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// What a person was told of is tried again after so long.
const SELDOM: SignedDuration = SignedDuration::from_hours(1);

/// A wait up to this long is left to the queue; a longer one is parked, and the sweep puts the job back a minute early.
pub(crate) const SHORT: SignedDuration = SignedDuration::from_secs(90);

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
    /// Of what has no record of its own only the message knows.
    pub(crate) async fn come_again(
        &self,
        cx: &Ctx,
        subject: &str,
        stop: Stop,
    ) -> Result<Outcome, Stop> {
        let until = match stop {
            Stop::Turn { until, .. } | Stop::Later { until, .. } => until,
            Stop::NotConnected { .. } => self.world.clock().now() + SELDOM,
            Stop::Failed {
                system,
                until,
                cause,
            } => {
                let cause = cause.to_string();
                let failed = self.system_failed(cx, system, subject, &cause);
                failed
                    .await?
                    .map_or(until, |outage| outage.probe_at.max(until))
            }
            stop => return Err(stop),
        };
        Ok(Outcome::Again { until })
    }

    /// Enters how work on a job ended that did not reach its end. `turn` is the one with which it began.
    pub(crate) async fn stop_job(
        &self,
        cx: &Ctx,
        id: &JobId,
        stop: Stop,
        turn: Option<Timestamp>,
    ) -> Result<Outcome, Stop> {
        if matches!(stop, Stop::Broken(_)) {
            return Err(stop);
        }
        for _ in 0..ROUNDS {
            let mut job = self.read_job(cx, id).await?;
            // Once its turn came it keeps the place until its work is done.
            job.value.turn = job.value.turn.or(turn);
            let entered = match &stop {
                Stop::Alert(finding) => self.report(cx, id, &mut job, finding).await,
                stop => {
                    let until = self.put_off(cx, id, &mut job, stop).await?;
                    self.park(id, job, until, stop).await
                }
            };
            match entered {
                Err(Stop::PlanAgain(_)) => {}
                entered => return entered,
            }
        }
        Err(Stop::PlanAgain(format!("job {id}")))
    }

    async fn report(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        finding: &Finding,
    ) -> Result<Outcome, Stop> {
        let finding = finding.clone().of(&job.value);
        alerts::raise(&self.world, &cx.books, &finding).await?;
        let pushed = Pushed::state(JobState::Alert);
        self.finish(cx, id, job, pushed).await?;
        Ok(Outcome::Done)
    }

    /// Enters why a job is put off, and tells until when.
    async fn put_off(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        stop: &Stop,
    ) -> Result<Timestamp, Stop> {
        let now = self.world.clock().now();
        job.value.waits_for = Some(stop.to_string());
        match stop {
            Stop::Turn { until, turn, cause } => {
                job.value.turn = turn.or(job.value.turn);
                job.value.waits_for = Some(cause.to_string());
                Ok(*until)
            }
            Stop::NotConnected { cause } => {
                job.value.waits_for = Some(cause.to_string());
                self.limits
                    .close(&self.world, &cx.books.company, &Why::NotConnected)
                    .await?;
                self.keep_place(cx, id, job).await
            }
            Stop::Failed {
                system,
                until,
                cause,
            } => {
                let cause = &cause.to_string();
                job.value.waits_for = Some(cause.clone());
                let failed = self.system_failed(cx, *system, id.as_str(), cause);
                let outage = match failed.await? {
                    None if self.is_lasting(&job.value, 1) => {
                        self.is_away(cx, *system, id.as_str(), cause).await?
                    }
                    outage => outage,
                };
                match outage {
                    // Nothing of it is the job's own.
                    Some(outage) if outage.probe == id.as_str() => Ok(outage.probe_at),
                    Some(_) => self.keep_place(cx, id, job).await,
                    None => self.tried(cx, id, job, *until, cause).await,
                }
            }
            Stop::Later { until, .. } => {
                let wait = backoff(job.value.put_off);
                job.value.put_off += 1;
                Ok((*until).max(now + wait))
            }
            Stop::Lagging { .. } => {
                let wait = lag(job.value.lags).unwrap_or_default();
                job.value.lags += 1;
                Ok(now + wait)
            }
            stop => {
                let until = now + SignedDuration::from_secs(5);
                self.tried(cx, id, job, until, &stop.to_string()).await
            }
        }
    }

    /// A try of this job failed, and others do not fail. After enough of them a person is told; it goes on, seldom.
    async fn tried(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &mut Stored<Job>,
        until: Timestamp,
        cause: &str,
    ) -> Result<Timestamp, Stop> {
        let now = self.world.clock().now();
        let since = *job.value.failing_since.get_or_insert(now);
        let wait = backoff(job.value.put_off);
        job.value.put_off += 1;
        if !self.is_lasting(&job.value, 0) {
            return Ok(until.max(now + wait));
        }
        let since = since.to_zoned(cx.zone.clone());
        let number = job.value.number.clone();
        let finding = Finding::job(AlertKind::KeepsFailing, id)
            .with("job", number.unwrap_or_else(|| id.to_string()))
            .with("tries", job.value.put_off)
            .with("since", since.strftime("%B %-d, %-I:%M %p"))
            .with("reason", cause);
        alerts::raise(&self.world, &cx.books, &finding).await?;
        job.value.state = JobState::Alert;
        job.value.alerted = true;
        Ok(until.max(now + SELDOM))
    }

    /// Whether a job failed often and long enough for a person to be told, with so many failures more.
    fn is_lasting(&self, job: &Job, more: u32) -> bool {
        let now = self.world.clock().now();
        let long = job
            .failing_since
            .is_some_and(|since| now >= since + TRIED_FOR);
        long && job.put_off + more >= TRIES
    }

    /// Stores a job that is put off. A short wait is left to the queue; of a longer one the sweep knows when it ends.
    async fn park(
        &self,
        id: &JobId,
        mut job: Stored<Job>,
        until: Timestamp,
        stop: &Stop,
    ) -> Result<Outcome, Stop> {
        tracing::info!(job = %id, %until, cause = chain(stop), "put off");
        let now = self.world.clock().now();
        let short = until > now && until <= now + SHORT;
        job.due = Some(if short { until + SAFETY } else { until });
        self.put(vec![job.put()?]).await?;
        Ok(match short {
            true => Outcome::Again { until },
            false => Outcome::Done,
        })
    }
}

/// How long a job waits at least that was put off so often already: an outage must not use up the other
/// side's limits, and its end must not find everybody asleep.
pub(crate) fn backoff(put_off: u32) -> SignedDuration {
    SignedDuration::from_secs(2 << put_off.min(7)).min(SignedDuration::from_mins(4))
}
