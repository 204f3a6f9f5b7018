//! Having all work of a company wait, and go on.

use sync::{NotDone, World};

use crate::{Caller, Office, Operation, resolutions::usable_reason};

impl<W: World> Office<W> {
    /// Has all work of the caller's company wait, within half a minute. Nothing is lost, and nothing written to QuickBooks.
    ///
    /// # Errors
    /// [`Declined`](sync::Declined) when no reason is given, or the work waits for something else already.
    pub async fn pause(&self, caller: &Caller, why: &str) -> Result<(), NotDone> {
        caller.may(Operation::Pause)?;
        let why = usable_reason(why)?;
        let by = caller.by();
        self.engine.pause_work(caller.company(), why, &by).await
    }

    /// Has it go on, within a minute.
    ///
    /// # Errors
    /// [`Declined`](sync::Declined) when it waits for something else.
    pub async fn resume(&self, caller: &Caller) -> Result<(), NotDone> {
        caller.may(Operation::Pause)?;
        self.engine
            .resume_work(caller.company(), &caller.by())
            .await
    }
}
