//! Rate limits kept across all workers (invariant 13), one record each, by the generic cell rate algorithm.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp};
use ports::{Chance, Clock};
use qbo::RealmId;
use store::{Limit, Stored, Table, WriteError};

use crate::{stop::Stop, world::World};

/// One of the limits that the two systems set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// QuickBooks: 10 a second and 500 a minute are allowed; 8 a second are used.
    Qbo(RealmId),
    /// QuickBooks batches: 40 a minute are allowed; 38 are used.
    QboBatch(RealmId),
    /// Housecall Pro publishes no limit; 4 a second of one key were measured to be safe.
    Hcp(CompanyId),
}

impl Rate {
    fn name(&self) -> String {
        match self {
            Self::Qbo(realm) => format!("qbo#{realm}"),
            Self::QboBatch(realm) => format!("qbo-batch#{realm}"),
            Self::Hcp(company) => format!("hcp#{company}"),
        }
    }

    /// The time that one call takes up, and how many may come at once.
    fn shape(&self) -> (SignedDuration, i32) {
        match self {
            Self::Qbo(_) => (SignedDuration::from_millis(125), 4),
            Self::QboBatch(_) => (SignedDuration::from_millis(60_000 / 38), 4),
            Self::Hcp(_) => (SignedDuration::from_millis(250), 4),
        }
    }
}

/// A Lambda waits this long at most; anything longer is parked.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

/// A reservation further ahead than this comes from a clock that was wrong.
const HORIZON: SignedDuration = SignedDuration::from_mins(5);

/// The limits as this worker last saw them, so that an undisputed call costs one write and no read.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    seen: Mutex<HashMap<String, Stored<Limit>>>,
}

impl Limits {
    /// Reserves `calls` calls and waits until they may be made.
    ///
    /// # Errors
    /// [`Stop::Later`] when that would be too long a wait; nothing is reserved then.
    pub(crate) async fn take(
        &self,
        world: &impl World,
        rate: &Rate,
        calls: i32,
    ) -> Result<(), Stop> {
        let (interval, burst) = rate.shape();
        loop {
            let mut stored = self.seen(rate);
            let now = world.clock().now();
            let next = if stored.value.next > now + HORIZON {
                now
            } else {
                stored.value.next.max(now)
            };
            let wait = next.duration_since(now) - interval * (burst - calls.min(burst));
            if wait > PATIENCE {
                return Err(Stop::Later {
                    until: now + wait,
                    cause: format!("the rate limit {} is used up", rate.name()),
                });
            }
            stored.value.next = next + interval * calls;
            if self.store(world, rate, stored).await? {
                if wait.is_positive() {
                    world.clock().sleep(wait.unsigned_abs()).await;
                }
                return Ok(());
            }
        }
    }

    /// Whether a call would have to wait long, as far as this worker knows.
    ///
    /// # Errors
    /// [`Stop::Later`] when it would.
    pub(crate) fn ready(&self, world: &impl World, rate: &Rate) -> Result<(), Stop> {
        let (interval, burst) = rate.shape();
        let now = world.clock().now();
        let wait = self.seen(rate).value.next.duration_since(now) - interval * burst;
        if wait > PATIENCE && wait < HORIZON {
            return Err(Stop::Later {
                until: now + wait,
                cause: format!(
                    "the rate limit {} is used up, or the other side is down",
                    rate.name()
                ),
            });
        }
        Ok(())
    }

    /// Makes everybody wait: the other side said that the limit was reached.
    pub(crate) async fn hold(
        &self,
        world: &impl World,
        rate: &Rate,
        wait: Duration,
    ) -> Result<Timestamp, Stop> {
        let (interval, burst) = rate.shape();
        let wait = SignedDuration::try_from(wait)
            .unwrap_or(HORIZON)
            .min(HORIZON);
        loop {
            let mut stored = self.seen(rate);
            let until = world.clock().now() + wait;
            let next = until + interval * burst;
            if stored.value.next >= next {
                return Ok(until);
            }
            stored.value.next = next;
            if self.store(world, rate, stored).await? {
                return Ok(until);
            }
        }
    }

    fn seen(&self, rate: &Rate) -> Stored<Limit> {
        let name = rate.name();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&name).cloned().unwrap_or_else(|| {
            Stored::new(
                Limit::key(&name),
                Limit {
                    next: Timestamp::UNIX_EPOCH,
                },
            )
        })
    }

    /// Writes what was reserved; `false`: somebody was faster, and what they wrote is now known.
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
