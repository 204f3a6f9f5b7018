//! Leases: one worker at a time refreshes tokens, or adds to QuickBooks' lists of names.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::SignedDuration;
use ports::{Chance, Clock};
use store::{Key, Lease, Stored, Table, WriteError, read};

use crate::{
    stop::{Stop, chain},
    world::World,
};

/// How often a held lease is looked at while waiting for it.
const PAUSE: Duration = Duration::from_millis(200);

/// What this worker saw of leases that others hold.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    seen: Mutex<HashMap<Key, Sighting>>,
}

#[derive(Clone, Copy, Debug)]
struct Sighting {
    version: u64,
    /// On this worker's monotonic clock.
    first: Duration,
}

/// A lease that this worker holds.
#[derive(Debug)]
#[must_use = "a lease that is not released blocks others for its whole term"]
pub(crate) struct Held {
    stored: Stored<Lease>,
}

impl Leases {
    /// Takes the lease, waiting for it for `patience` at most.
    ///
    /// `term` must exceed the longest time that the holder can work: the HTTP time-out of its calls.
    ///
    /// # Errors
    /// [`Stop::Turn`] when somebody else keeps it.
    pub(crate) async fn take(
        &self,
        world: &impl World,
        key: &Key,
        term: Duration,
        patience: Duration,
    ) -> Result<Held, Stop> {
        let holder = world.chance().uuid();
        let started = world.clock().monotonic();
        loop {
            let found = read::<Lease>(world.table(), key).await?;
            let free = match &found {
                None => true,
                Some(lease) => lease.value.holder.is_none() || self.abandoned(world, lease),
            };
            if free {
                let mut stored = found.unwrap_or_else(|| {
                    Stored::new(
                        key.clone(),
                        Lease {
                            holder: None,
                            term_ms: 0,
                        },
                    )
                });
                stored.value = Lease {
                    holder: Some(holder),
                    term_ms: u64::try_from(term.as_millis()).unwrap_or(u64::MAX),
                };
                match world.table().write(holder, vec![stored.put()?]).await {
                    Ok(()) => {
                        stored.written();
                        return Ok(Held { stored });
                    }
                    Err(WriteError::Conflict { .. }) => {}
                    Err(WriteError::Table(error)) => return Err(error.into()),
                }
            }
            if world.clock().monotonic().saturating_sub(started) >= patience {
                return Err(Stop::Turn {
                    until: world.clock().now() + SignedDuration::from_secs(1),
                    turn: None,
                    cause: format!("another worker has the lease {}", key.sort).into(),
                });
            }
            world.clock().sleep(PAUSE).await;
        }
    }

    /// Gives a lease back. When somebody took it over meanwhile, it is theirs.
    pub(crate) async fn release(&self, world: &impl World, held: Held) {
        let mut stored = held.stored;
        stored.value.holder = None;
        if let Ok(write) = stored.put() {
            let writer = world.chance().uuid();
            let released = world.table().write(writer, vec![write]).await;
            if let Err(error) = released {
                tracing::warn!(
                    lease = stored.key.sort,
                    error = chain(&error),
                    "lease not released; it runs out"
                );
            }
        }
    }

    /// Whether one version of the lease was seen unchanged for its whole term.
    fn abandoned(&self, world: &impl World, lease: &Stored<Lease>) -> bool {
        let version = lease.version.unwrap_or_default();
        let now = world.clock().monotonic();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let sighting = seen
            .entry(lease.key.clone())
            .and_modify(|known| {
                if known.version != version {
                    *known = Sighting {
                        version,
                        first: now,
                    };
                }
            })
            .or_insert(Sighting {
                version,
                first: now,
            });
        now.saturating_sub(sighting.first) >= Duration::from_millis(lease.value.term_ms)
    }
}
