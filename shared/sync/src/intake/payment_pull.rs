//! Has the changes of all companies looked at that people made in QuickBooks (R1).

use ports::{Clock, Queue};
use store::{ConnectionStatus, Evidence};

use crate::{
    engine::Engine,
    stop::{Stop, chain},
    work::message::Subject,
    world::World,
};

impl<W: World> Engine<W> {
    /// Puts *look what changed in QuickBooks* on the queue for each company that is connected; gives how many.
    ///
    /// # Errors
    /// When our own table or queue does not answer.
    pub async fn schedule_pulls(&self) -> Result<u64, Stop> {
        let mut told = 0;
        let mut failed = None;
        for connection in self.companies().await? {
            if connection.status != ConnectionStatus::Active {
                continue;
            }
            let now = Evidence::due(self.world.clock().now());
            let message = self.message(&connection.company, Subject::changes(), Some(now))?;
            match self.world.queue().send(message).await {
                Ok(()) => told += 1,
                // One company's trouble is not the others'; the run has failed all the same.
                Err(error) => {
                    tracing::error!(company = %connection.company, error = chain(&error), "not pulled");
                    failed = Some(Stop::from(error));
                }
            }
        }
        failed.map_or(Ok(told), Err)
    }
}
