//! What the people of a company do with its jobs and its money.

use std::time::Duration;

use mapping::{payment::Decision, received::referred_to};
use money::Cents;
use ports::Clock;
use store::InboxEntry;
use sync::{
    Declined, NotDone, World,
    job::find::JobName,
    payments::decide::Decided,
    pull::inbox::Inbox,
    work::orders::{Named, OrderStatus, Wish},
};
use uuid::Uuid;

use crate::{Caller, Office, Operation, resolutions::usable_reason};

/// How long a person waits for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

impl<W: World> Office<W> {
    /// Has jobs, customers or items pushed, or the invoices linked that their open alerts offer: what comes of it is told under the id.
    ///
    /// # Errors
    /// [`Declined`] when nothing is named, or too much.
    pub async fn order(
        &self,
        caller: &Caller,
        id: Uuid,
        wish: Wish,
        names: &[Named],
    ) -> Result<(), NotDone> {
        caller.may(match wish {
            Wish::Push => Operation::Push,
            Wish::Link => Operation::Link,
            Wish::Resolve => Operation::Resolve,
            Wish::Assign => Operation::MapItems,
            Wish::Pull => Operation::Pull,
        })?;
        let (company, by) = (caller.company(), caller.by());
        self.engine.order(company, id, &by, wish, names).await
    }

    /// What became of it, one by one.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when nothing was ordered under the id.
    pub async fn order_status(
        &self,
        caller: &Caller,
        id: Uuid,
        wish: Wish,
    ) -> Result<Vec<OrderStatus>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let mut told = self.engine.order_status(caller.company(), id).await?;
        told.retain(|one| one.wish == wish);
        match told.is_empty() {
            true => {
                Err(Declined::no_such("order", &id, "Nothing was asked for under this id.").into())
            }
            false => Ok(told),
        }
    }

    /// What waits to be done in Housecall Pro, since somebody did it in QuickBooks.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`], or when the table does not answer.
    pub async fn inbox(&self, caller: &Caller) -> Result<Inbox, NotDone> {
        caller.may(Operation::SeeWork)?;
        self.engine.inbox(caller.company()).await
    }

    /// Ticks an entry of the inbox off, or takes the tick back.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when there is no such entry, or nothing was ticked off.
    pub async fn tick(
        &self,
        caller: &Caller,
        job: &hcp::JobId,
        reference: &str,
        done: bool,
    ) -> Result<InboxEntry, NotDone> {
        caller.may(Operation::TickOff)?;
        let company = caller.company();
        let payment = referred_to(reference).ok_or_else(|| {
            let words = "That is no reference of the inbox: they begin with QBO-.";
            Declined::not_usable("reference", words)
        })?;
        let by = caller.by();
        match done {
            true => self.engine.tick_off(company, job, &payment, &by).await,
            false => self.engine.tick_back(company, job, &payment, &by).await,
        }
    }

    /// Has QuickBooks looked at, for one job or for all that changed: what comes of it is told under the id.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when the job was not seen here.
    pub async fn pull(
        &self,
        caller: &Caller,
        id: Uuid,
        job: Option<&JobName>,
    ) -> Result<(), NotDone> {
        caller.may(Operation::Pull)?;
        let company = caller.company();
        let job = match job {
            Some(name) => Some(self.engine.find_known_job(company, name).await?),
            None => None,
        };
        self.engine.order_pull(company, id, job, &caller.by()).await
    }

    /// Decides about the payment or the refund of a job that an open alert asks about.
    ///
    /// # Errors
    /// [`Declined`] when none asks, or several do and none is named.
    pub async fn decide(
        &self,
        caller: &Caller,
        job: &JobName,
        id: Option<&str>,
        decision: Decision,
    ) -> Result<Decided, NotDone> {
        caller.may(Operation::Decide)?;
        let (company, by, deadline) = (caller.company(), caller.by(), self.deadline());
        let job = self.engine.find_known_job(company, job).await?.id;
        let decided = self
            .engine
            .decide_payment(company, &job, id, decision, &by, deadline);
        decided.await
    }

    /// Accepts that both books differ by so much, as an open alert of a job tells it. Gives what that says.
    ///
    /// # Errors
    /// [`Declined`] when none tells of it, or no reason is given.
    pub async fn dismiss(
        &self,
        caller: &Caller,
        job: &JobName,
        difference: Cents,
        reason: &str,
    ) -> Result<String, NotDone> {
        caller.may(Operation::Dismiss)?;
        let reason = usable_reason(reason)?;
        let (company, by, deadline) = (caller.company(), caller.by(), self.deadline());
        let job = self.engine.find_known_job(company, job).await?.id;
        let dismissed = self
            .engine
            .dismiss_difference(company, &job, difference, reason, &by, deadline);
        dismissed.await
    }

    fn deadline(&self) -> Duration {
        self.engine.world().clock().monotonic() + PATIENCE
    }
}
