//! What a company chose, seen and changed.

use mapping::Settings;
use sync::{NotDone, World};

use crate::{Caller, Office, Operation};

impl<W: World> Office<W> {
    /// What the caller's company chose.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`](sync::Declined::NotAllowed), or when the table does not answer.
    pub async fn settings(&self, caller: &Caller) -> Result<Settings, NotDone> {
        caller.may(Operation::SeeSettings)?;
        self.engine.settings(caller.company()).await
    }

    /// Changes settings, all of them or none, where they are those that the person saw.
    ///
    /// # Errors
    /// [`Declined`](sync::Declined) with everything that cannot be, or when they are others by now.
    pub async fn change_settings(
        &self,
        caller: &Caller,
        changes: &[(String, String)],
        as_seen: impl Fn(&Settings) -> bool,
    ) -> Result<Settings, NotDone> {
        caller.may(Operation::ChangeSettings)?;
        let (company, by) = (caller.company(), caller.by());
        let changed = self
            .engine
            .change_settings_seen(company, changes, &by, as_seen);
        changed.await
    }
}
