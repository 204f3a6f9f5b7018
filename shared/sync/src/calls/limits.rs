//! The limits that the two systems set, kept across all workers (invariant 7), one record each.
//!
//! A record holds the times of the last calls, those reserved ahead included, so that no window of time ever holds
//! more than is allowed. A window is taken 5 % longer than it is: calls can be that much later on their way.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp};
use ports::{Chance, Clock};
use qbo::RealmId;
use store::{Limit, Stored, Table, Why, WriteError, read};

use crate::{stop::Stop, world::World};

mod pace;
mod turns;

use pace::Pace;
pub(crate) use turns::{Admission, ORPHANED, Wanting, ask_next};

/// One of the limits that the two systems set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// QuickBooks: 500 a minute, 10 in a second. Eight in a second are 456 in a minute.
    Qbo(RealmId),
    /// QuickBooks batches: 40 a minute.
    QboBatch(RealmId),
    /// Housecall Pro publishes no limit; 4 a second of one key were measured to be safe.
    Hcp(CompanyId),
}

impl Rate {
    fn name(&self) -> String {
        match self {
            Self::Qbo(realm) => Limit::of_realm(realm),
            Self::QboBatch(realm) => format!("qbo-batch#{realm}"),
            Self::Hcp(company) => Limit::of_company(company),
        }
    }

    fn pace(&self) -> Pace {
        let (calls, window_ms) = match self {
            Self::Qbo(_) => (8, 1_050),
            Self::QboBatch(_) => (40, 63_000),
            Self::Hcp(_) => (4, 1_050),
        };
        Pace { calls, window_ms }
    }
}

/// Workers that change one record at once take turns; one that loses so often gives way.
const ROUNDS: u32 = 100;

/// The longest time that the other side may make everybody wait for.
const LONGEST_HOLD: SignedDuration = SignedDuration::from_mins(15);

/// The limits as this worker last saw them, so that an undisputed call costs one write and no read.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    seen: Mutex<HashMap<String, Stored<Limit>>>,
}

/// The times of calls that were reserved.
#[derive(Clone, Debug)]
pub(crate) struct Reserved(Vec<Timestamp>);

impl Reserved {
    pub(crate) fn new(times: Vec<Timestamp>) -> Self {
        Self(times)
    }

    /// Waits for the time of a call.
    pub(crate) async fn wait(&self, world: &impl World, call: usize) {
        let now = world.clock().now();
        let wait = self.0.get(call).map(|at| at.duration_since(now));
        if let Some(Ok(wait)) = wait.map(Duration::try_from)
            && !wait.is_zero()
        {
            world.clock().sleep(wait).await;
        }
    }

    /// Those from the so-many-th on.
    pub(crate) fn from(&self, call: usize) -> Self {
        Self(self.0.iter().skip(call).copied().collect())
    }

    /// Takes the next one, and waits for it; whether there was one.
    pub(crate) async fn take(&mut self, world: &impl World) -> bool {
        let is_there = !self.0.is_empty();
        self.wait(world, 0).await;
        *self = self.from(1);
        is_there
    }
}

/// What becomes of a change to a record.
enum Change<T> {
    /// It is stored.
    Store(T),
    /// There is nothing to store. Decided on the record as it was last seen, it is decided once more on the one that
    /// is there.
    Nothing(T),
}

impl Limits {
    /// Reserves so many calls, if all can be made within `patience`.
    ///
    /// # Errors
    /// [`Stop::Turn`] when that would be too long a wait; nothing is reserved then.
    pub(crate) async fn reserve(
        &self,
        world: &impl World,
        rate: &Rate,
        calls: usize,
        patience: Duration,
    ) -> Result<Reserved, Stop> {
        self.reserve_as(world, rate, (calls, false), patience).await
    }

    /// The same; metered ones are counted with the same write.
    async fn reserve_as(
        &self,
        world: &impl World,
        rate: &Rate,
        (calls, metered): (usize, bool),
        patience: Duration,
    ) -> Result<Reserved, Stop> {
        let pace = rate.pace();
        let patience = SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX);
        let reserved = self.change(world, rate, |limit, now| {
            let last = pace.last_of(limit, now, calls);
            if last.duration_since(now) > patience {
                return Change::Nothing(Err(last));
            }
            if let Rate::Hcp(_) = rate {
                // What was read without a turn comes later by as much for those who wait.
                turns::give(limit, pace, now, calls);
            }
            if metered {
                limit.meter(now, calls);
            }
            Change::Store(Ok(pace.reserve(limit, now, calls)))
        });
        reserved.await?.map(Reserved).map_err(|until| Stop::Turn {
            until,
            turn: None,
            cause: format!("the limit {} is used up until then", rate.name()).into(),
        })
    }

    /// Reserves so many calls and waits for the first.
    ///
    /// # Errors
    /// As [`Limits::reserve`].
    pub(crate) async fn take(
        &self,
        world: &impl World,
        rate: &Rate,
        calls: usize,
        patience: Duration,
    ) -> Result<Reserved, Stop> {
        let reserved = self.reserve(world, rate, calls, patience).await?;
        reserved.wait(world, 0).await;
        Ok(reserved)
    }

    /// Reserves a call to QuickBooks and waits for it; `metered`: Intuit counts it.
    ///
    /// # Errors
    /// As [`Limits::reserve`].
    pub(crate) async fn take_call(
        &self,
        world: &impl World,
        realm: &RealmId,
        metered: bool,
        patience: Duration,
    ) -> Result<(), Stop> {
        let rate = Rate::Qbo(realm.clone());
        let reserved = self.reserve_as(world, &rate, (1, metered), patience);
        reserved.await?.wait(world, 0).await;
        Ok(())
    }

    /// Whether work of a company may begin; see [`turns::admit`].
    pub(crate) async fn admit(
        &self,
        world: &impl World,
        company: &CompanyId,
        wanting: &Wanting<'_>,
    ) -> Result<Admission, Stop> {
        let rate = Rate::Hcp(company.clone());
        let admitted = self.change(world, &rate, |limit, now| {
            match turns::admit(limit, rate.pace(), now, wanting) {
                (admission, true) => Change::Store(admission),
                (admission, false) => Change::Nothing(admission),
            }
        });
        admitted.await
    }

    /// Gives a turn back that is not needed any more.
    pub(crate) async fn give_back(
        &self,
        world: &impl World,
        company: &CompanyId,
        reads: usize,
    ) -> Result<(), Stop> {
        let rate = Rate::Hcp(company.clone());
        let given = self.change(world, &rate, |limit, now| {
            if turns::give_back(limit, rate.pace(), now, reads) {
                Change::Store(())
            } else {
                Change::Nothing(())
            }
        });
        given.await
    }

    /// Makes everybody wait: the other side said that the limit was reached. Those who wait for a turn of the company
    /// keep their places.
    pub(crate) async fn hold(
        &self,
        world: &impl World,
        rate: &Rate,
        company: &CompanyId,
        wait: Duration,
    ) -> Result<Timestamp, Stop> {
        let wait = SignedDuration::try_from(wait)
            .unwrap_or(LONGEST_HOLD)
            .min(LONGEST_HOLD);
        let hold = |limit: &mut Limit, now| Change::Store(Pace::hold(limit, now, wait));
        let until = self.change(world, rate, hold).await?;
        let turns = Rate::Hcp(company.clone());
        if *rate != turns {
            self.change(world, &turns, hold).await?;
        }
        Ok(until)
    }

    /// Stops serving the work of a company.
    pub(crate) async fn close(
        &self,
        world: &impl World,
        company: &CompanyId,
        why: &Why,
    ) -> Result<(), Stop> {
        let closed = self.change_company(world, company, |limit, now| {
            turns::close(limit, now, why.clone()).then_some(())
        });
        closed.await.map(|_| ())
    }

    /// Serves the work of a company again. Tells whether it was not.
    pub(crate) async fn reopen(
        &self,
        world: &impl World,
        company: &CompanyId,
    ) -> Result<bool, Stop> {
        let opened = self.change_company(world, company, |limit, now| {
            turns::reopen(limit, now).then_some(())
        });
        Ok(opened.await?.is_some())
    }

    /// The record of a company's turns, as it is now.
    pub(crate) async fn of_company(
        &self,
        world: &impl World,
        company: &CompanyId,
    ) -> Result<Limit, Stop> {
        let rate = Rate::Hcp(company.clone());
        self.reread(world, &rate).await?;
        Ok(self.seen(&rate).value)
    }

    /// Changes the record of a company's turns; `None`: there was nothing to change.
    pub(crate) async fn change_company<T>(
        &self,
        world: &impl World,
        company: &CompanyId,
        change: impl Fn(&mut Limit, Timestamp) -> Option<T>,
    ) -> Result<Option<T>, Stop> {
        let rate = Rate::Hcp(company.clone());
        let changed = self.change(world, &rate, |limit, now| match change(limit, now) {
            Some(changed) => Change::Store(Some(changed)),
            None => Change::Nothing(None),
        });
        changed.await
    }

    async fn change<T>(
        &self,
        world: &impl World,
        rate: &Rate,
        change: impl Fn(&mut Limit, Timestamp) -> Change<T>,
    ) -> Result<T, Stop> {
        let mut fresh = false;
        for _ in 0..ROUNDS {
            let mut stored = self.seen(rate);
            match change(&mut stored.value, world.clock().now()) {
                Change::Nothing(outcome) if fresh => return Ok(outcome),
                Change::Nothing(_) => self.reread(world, rate).await?,
                Change::Store(outcome) => {
                    if self.store(world, rate, stored).await? {
                        return Ok(outcome);
                    }
                }
            }
            fresh = true;
        }
        Err(Stop::Turn {
            until: world.clock().now() + SignedDuration::from_secs(1),
            turn: None,
            cause: format!("too many workers ask for the limit {}", rate.name()).into(),
        })
    }

    fn seen(&self, rate: &Rate) -> Stored<Limit> {
        let name = rate.name();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(&name).cloned();
        known.unwrap_or_else(|| Stored::new(Limit::key(&name), Limit::default()))
    }

    async fn reread(&self, world: &impl World, rate: &Rate) -> Result<(), Stop> {
        let stored = read::<Limit>(world.table(), &Limit::key(&rate.name())).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match stored {
            Some(stored) => seen.insert(rate.name(), stored),
            None => seen.remove(&rate.name()),
        };
        Ok(())
    }

    /// Writes a changed record; `false`: somebody was faster, and what they wrote is now known.
    async fn store(
        &self,
        world: &impl World,
        rate: &Rate,
        mut stored: Stored<Limit>,
    ) -> Result<bool, Stop> {
        let written = world
            .table()
            .write(world.chance().uuid(), vec![stored.put()?])
            .await;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match written {
            Ok(()) => {
                stored.written();
                seen.insert(rate.name(), stored);
                Ok(true)
            }
            Err(WriteError::Conflict {
                current: Some(current),
                ..
            }) => {
                seen.insert(rate.name(), Stored::decode(&current)?);
                Ok(false)
            }
            Err(WriteError::Conflict { current: None, .. }) => {
                seen.remove(&rate.name());
                Ok(false)
            }
            Err(WriteError::Table(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
