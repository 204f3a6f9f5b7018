//! How often something is done again that others keep changing, and what follows when they do not stop.

use store::{Body, Key, Stored, read};

use crate::{engine::Engine, stop::Stop, world::World};

/// Rounds of a change that is made on top of what is there: each lost one was won by somebody else. Who loses so often
/// stops with [`Stop::PlanAgain`]: a message comes back, a person tries again.
pub(crate) const CHANGES: u32 = 20;

/// Rounds of a plan that is made from many records, and lost with any of them: the work then counts as a try that
/// failed, and is put off; a person tries again.
pub(crate) const PLANS: u32 = 6;

/// What becomes of a change to a record.
pub(crate) enum Change<R> {
    /// It is stored.
    Store(R),
    /// There is nothing to store.
    Nothing(R),
}

impl<W: World> Engine<W> {
    /// Changes a record on top of what others store meanwhile. Returns the record as it is then, and what the change
    /// came to.
    ///
    /// # Errors
    /// [`Stop::PlanAgain`] after [`CHANGES`] rounds that others won.
    pub(crate) async fn change<T: Body, R>(
        &self,
        key: &Key,
        fresh: impl Fn() -> T,
        change: impl Fn(&mut Stored<T>) -> Change<R>,
    ) -> Result<(Stored<T>, R), Stop> {
        for _ in 0..CHANGES {
            let stored = read::<T>(self.world.table(), key).await?;
            let mut stored = stored.unwrap_or_else(|| Stored::new(key.clone(), fresh()));
            let changed = match change(&mut stored) {
                Change::Store(changed) => changed,
                Change::Nothing(unchanged) => return Ok((stored, unchanged)),
            };
            match self.put(vec![stored.put()?]).await {
                Ok(()) => {
                    stored.written();
                    return Ok((stored, changed));
                }
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::PlanAgain(key.to_string()))
    }
}
