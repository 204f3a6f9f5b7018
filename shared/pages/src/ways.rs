//! The way to Intuit's page and back: what somebody comes back with counts once, for ten minutes, and in the session in which
//! they set out.

use ports::{Chance, Clock};
use secrecy::{ExposeSecret, SecretString};
use store::{Chosen, Stored, Table, WayToIntuit, Write, WriteError, read};
use sync::{NotDone, World};

use crate::{
    Desk,
    sessions::{Visit, digest, unguessable},
};

impl<W: World> Desk<W> {
    /// What somebody who sets out has to come back with.
    pub(crate) fn new_state(&self) -> SecretString {
        unguessable(self.office.engine().world().chance())
    }

    /// Notes that they set out.
    pub(crate) async fn set_out(
        &self,
        visit: &Visit,
        caller: &office::Caller,
        chosen: Chosen,
        state: &SecretString,
    ) -> Result<(), NotDone> {
        let world = self.office.engine().world();
        let until = world.clock().now() + WayToIntuit::LIFE;
        let way = WayToIntuit {
            company: caller.company().clone(),
            until,
            chosen,
        };
        let key = WayToIntuit::key(&visit.digest(), &digest("way", state));
        let write = Stored::new(key, way).put_until(until)?;
        let writer = world.chance().uuid();
        world.table().write(writer, vec![write]).await?;
        Ok(())
    }

    /// The way that somebody comes back from; none: there is no such way of this session, somebody came back from it before,
    /// or it took too long. It is gone then.
    pub(crate) async fn come_back(
        &self,
        visit: &Visit,
        state: &str,
    ) -> Result<Option<WayToIntuit>, NotDone> {
        let world = self.office.engine().world();
        let state = SecretString::from(state);
        let key = WayToIntuit::key(&visit.digest(), &digest("way", &state));
        if state.expose_secret().is_empty() {
            return Ok(None);
        }
        let Some(stored) = read::<WayToIntuit>(world.table(), &key).await? else {
            return Ok(None);
        };
        let delete = Write::Delete {
            expect: stored.expect(),
            key,
        };
        let writer = world.chance().uuid();
        match world.table().write(writer, vec![delete]).await {
            Ok(()) => {}
            // Of two who come back at once, one is first.
            Err(WriteError::Conflict { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let in_time = world.clock().now() < stored.value.until;
        Ok(in_time.then_some(stored.value))
    }
}
