//! Letting all work of a company wait, and having it go on.

use hcp::CompanyId;
use store::{ActKind, By, Connection, ConnectionStatus, read};

use crate::{
    declined::{Declined, NotDone},
    engine::{Engine, not_connected},
    history::Acting,
    retry::CHANGES,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Lets all work of a company wait until it is resumed: nothing is written to QuickBooks, and nothing is lost. Takes
    /// effect within half a minute, as long as a worker remembers the connection. What is paused already stays so.
    ///
    /// # Errors
    /// [`Declined`] when the company is not connected, or waits for something else already.
    pub async fn pause_work(
        &self,
        company: &CompanyId,
        reason: &str,
        by: &By,
    ) -> Result<(), NotDone> {
        let words = match self.turn_status(company, true, reason, by).await? {
            None | Some(ConnectionStatus::Active | ConnectionStatus::Paused) => return Ok(()),
            Some(ConnectionStatus::Reconnect) => {
                "Nothing is sent anyway: QuickBooks must be connected again first."
            }
            Some(ConnectionStatus::RecordsLost) => {
                "Nothing is sent anyway: the records of the company must be restored first."
            }
        };
        Err(Declined::not_usable("connection", words).into())
    }

    /// Has the work of a paused company go on: the next sweep puts back what waited meanwhile, within a minute. What is at
    /// work already stays so.
    ///
    /// # Errors
    /// [`Declined`] when the company is not connected, or waits for something else.
    pub async fn resume_work(&self, company: &CompanyId, by: &By) -> Result<(), NotDone> {
        let words = match self.turn_status(company, false, "", by).await? {
            None | Some(ConnectionStatus::Active | ConnectionStatus::Paused) => return Ok(()),
            Some(ConnectionStatus::Reconnect) => {
                "It is not paused: QuickBooks must be connected again."
            }
            Some(ConnectionStatus::RecordsLost) => {
                "It is not paused: the records of the company must be restored."
            }
        };
        Err(Declined::not_usable("connection", words).into())
    }

    /// Changes between at work and paused. Gives the status that is in the way or as asked for already; none: it was changed.
    async fn turn_status(
        &self,
        company: &CompanyId,
        pauses: bool,
        reason: &str,
        by: &By,
    ) -> Result<Option<ConnectionStatus>, NotDone> {
        let (from, to, act) = match pauses {
            true => (
                ConnectionStatus::Active,
                ConnectionStatus::Paused,
                ActKind::Paused,
            ),
            false => (
                ConnectionStatus::Paused,
                ConnectionStatus::Active,
                ActKind::Resumed,
            ),
        };
        let key = Connection::key(company);
        for _ in 0..CHANGES {
            let stored = read::<Connection>(self.world.table(), &key).await?;
            let mut stored = stored.ok_or_else(|| not_connected(company))?;
            if stored.value.status != from {
                return Ok(Some(stored.value.status));
            }
            stored.value.status = to;
            let acting = Acting::new(by, act);
            let act = if pauses { acting.told(reason) } else { acting };
            let act = act.write(&self.world, &stored.value.books())?;
            match self.put(vec![stored.put()?, act]).await {
                Ok(()) => {
                    self.forget(company);
                    return Ok(None);
                }
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        Err(Stop::PlanAgain(key.to_string()).into())
    }
}
