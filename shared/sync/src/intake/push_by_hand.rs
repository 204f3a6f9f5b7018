//! Pushing by hand (U2 to U4): a person wants a job in QuickBooks, whatever its status, its age or the trigger
//! that the company waits for.

use hcp::{CompanyId, JobId};
use mapping::{
    JobRecords,
    alert::{Alert, HousecallTrouble, JobAlert, JobRef},
};
use ports::{Chance, Clock, Queue};
use store::{ActKind, By};
use uuid::Uuid;

use crate::{
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    stop::Stop,
    work::message::{Evidence, Subject},
    world::World,
};

impl<W: World> Engine<W> {
    /// Puts a push by hand on the queue, and gives its id at once (U3). What comes of it shows in the record of the
    /// job: sent, or an alert. Pushing again sends nothing that QuickBooks has already.
    ///
    /// # Errors
    /// When the company is not connected, the subject is a customer (who goes with the next invoice), or the queue
    /// does not answer: then it may have been taken all the same, and pushing again is harmless.
    pub async fn push_by_hand(
        &self,
        company: &CompanyId,
        subject: &Subject,
        by: &By,
    ) -> Result<Uuid, NotDone> {
        if let Subject::Customer(customer) = subject {
            let words = format!(
                "the customer {customer} goes to QuickBooks with an invoice: push a job of theirs"
            );
            return Err(Declined::not_usable("customer", words).into());
        }
        if let Subject::Task { name, .. } = subject {
            let words = format!("work of the task {name} is nothing that is pushed");
            return Err(Declined::not_usable("task", words).into());
        }
        let books = self.connection_for_person(company).await?.books();
        let id = self.world.chance().uuid();
        let evidence = Evidence::by_hand(id, self.world.clock().now(), by);
        let act = Acting::new(by, ActKind::Pushed).about(&subject.as_str());
        self.put(vec![act.write(&self.world, &books)?]).await?;
        let message = self.message(company, subject.clone(), Some(evidence))?;
        self.world.queue().send(message).await?;
        tracing::info!(%company, subject = subject.as_str(), %id, "pushed by hand");
        Ok(id)
    }
}

/// The refusal of a job that is not there any more and has no invoice in QuickBooks.
pub(crate) fn nothing_to_push(id: &JobId, records: Option<&JobRecords>) -> Stop {
    let job = records.map_or_else(|| JobRef::unread(id), JobRef::from);
    Alert::Job(JobAlert::new(job, HousecallTrouble::PushedButRemoved)).into()
}
