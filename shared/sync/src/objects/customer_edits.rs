//! Edits of a customer in Housecall Pro. The next invoice of the customer carries them (C4); where the company chose
//! that edits push by themselves, a linked customer is brought up to date at once (T5).

use hcp::{CustomerId, HcpError};
use mapping::{AnyKind, PushEdits, QboObject, SlotName};
use qbo::QboError;
use store::{WorkItem, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    calls::{
        limits::Reserved,
        quickbooks::{broken, refused},
    },
    ctx::Ctx,
    engine::{Engine, Outcome},
    ledger::PlannedWrite,
    objects::slots::{StoredCustomer, wrote},
    retry,
    settle::Reread,
    stop::Stop,
    work::{
        message::Subject,
        task::{Failures, Task, Unfinished, Work, name},
    },
    world::World,
};

/// Brings a linked customer up to date.
#[derive(Debug)]
pub(crate) struct CustomerEditTask;

impl<W: World> Task<W> for CustomerEditTask {
    const NAME: &'static str = name::CUSTOMER_EDIT;
    const READS: usize = 1;
    type Record = WorkItem;

    fn subject(of: &str) -> Option<Subject> {
        CustomerId::parse(of).ok().map(Subject::Customer)
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let Subject::Customer(id) = work.subject else {
            return Ok(Outcome::Done);
        };
        if work.cx.settings.push_edits == PushEdits::Manual {
            return Ok(Outcome::Done);
        }
        for _ in 0..retry::PLANS {
            match engine.update_customer(work, id).await {
                Err(unfinished) if unfinished.is_out_of_date() => {}
                ended => return ended.map(|()| Outcome::Done),
            }
        }
        Err(Stop::PlanAgain(format!("customer {id}")).into())
    }

    async fn lasting(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Finding, Stop> {
        let id = work.subject.as_str();
        let known_as = match work.subject {
            Subject::Customer(id) => engine.known_as(work.cx, id).await?,
            _ => None,
        };
        Ok(Finding::about(AlertKind::CustomerNotUpdated, id.to_owned())
            .with("customer", known_as.as_deref().unwrap_or(id))
            .with("quickbooks", failures.cause))
    }
}

impl<W: World> Engine<W> {
    /// The name of a customer as it was last written.
    async fn known_as(&self, cx: &Ctx, id: &CustomerId) -> Result<Option<String>, Stop> {
        let key = cx.books.slot(&SlotName::customer(id));
        let slot: Option<StoredCustomer> = read(self.world.table(), &key).await?;
        let Some(slot) = slot else {
            return Ok(None);
        };
        let known: qbo::Customer = wrote(&slot.value)?;
        Ok(known.display_name)
    }

    /// Writes what changed of a linked customer since it was last written, when its turn has come.
    async fn update_customer(&self, work: &Work<'_>, id: &CustomerId) -> Result<(), Unfinished> {
        let cx = work.cx;
        let name = SlotName::customer(id);
        let slot = read(self.world.table(), &cx.books.slot(&name)).await;
        let slot: Option<StoredCustomer> = slot.map_err(Stop::from)?;
        let Some(slot) = slot else {
            return Ok(());
        };
        if slot.value.is_sending() {
            self.settle(cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()).into());
        }
        if slot.value.link().is_none() {
            return Ok(());
        }
        let admitted = self.admit_work(cx, id.as_str(), work.waiting, false, 1);
        let (turn, reserved) = admitted.await?;
        let written = self.write_customer(cx, id, name, slot, reserved);
        written.await.map_err(Unfinished::after(turn))
    }

    async fn write_customer(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        name: SlotName,
        mut slot: StoredCustomer,
        reserved: Reserved,
    ) -> Result<(), Stop> {
        let cx = &self.up_to_date(cx.clone()).await?;
        let known: qbo::Customer = wrote(&slot.value)?;
        reserved.wait(&self.world, 0).await;
        let Some(customer) = self.read_customer(cx, id, &known).await? else {
            return Ok(());
        };
        let mut wanted = mapping::customer::wanted(&customer, None);
        if let Some(suffix) = &slot.value.memory.suffix {
            wanted = mapping::customer::told_apart(wanted, suffix);
        }
        let kept = mapping::customer::kept_emails(&customer);
        let had = std::mem::replace(&mut slot.value.memory.emails, kept);
        let Some(change) = mapping::customer::changes(&known, &wanted) else {
            if slot.value.memory.emails != had {
                self.put(vec![slot.put()?]).await?;
            }
            return alerts::close(&self.world, &cx.books, id.as_str()).await;
        };
        // Where the customer has no address, a job's may stand there.
        wanted.bill_addr = wanted.bill_addr.or(known.bill_addr);
        let display_name = wanted.display_name.clone().unwrap_or_default();
        let (sent, wants) = (
            QboObject::Customer(Box::new(change)),
            QboObject::Customer(Box::new(wanted)),
        );
        let op = PlannedWrite::new(&name, slot, sent, wants)?;
        let written = self.write(cx, vec![op]).await?.pop();
        match written.ok_or_else(|| broken("a write came back without its answer"))? {
            Ok(_) => alerts::close(&self.world, &cx.books, id.as_str()).await,
            Err(error) => Err(self
                .customer_not_updated(cx, id, &name, display_name, &error)
                .await?),
        }
    }

    /// The customer in Housecall Pro. `None`: deleted or merged; nothing of it is taken out of QuickBooks (C10).
    async fn read_customer(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        known: &qbo::Customer,
    ) -> Result<Option<hcp::Customer>, Stop> {
        let client = self.housecall(&cx.books.company).await?;
        match client.customer(id).await {
            Ok(customer) => Ok(Some(customer)),
            Err(HcpError::NotFound { .. }) => Ok(None),
            Err(error) => {
                let known_as = known.display_name.as_deref().unwrap_or_default();
                let finding = Finding::customer(AlertKind::CustomerNotUpdated, id)
                    .with("customer", known_as)
                    .with("quickbooks", "Housecall Pro did not tell what it is");
                Err(self.housecall_stop(cx, finding, &error).await?)
            }
        }
    }

    /// How it ends that QuickBooks did not take a change of a customer.
    async fn customer_not_updated(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        name: &SlotName,
        display_name: String,
        error: &QboError,
    ) -> Result<Stop, Stop> {
        let finding = Finding::customer(AlertKind::CustomerNotUpdated, id);
        let reason = match error {
            QboError::Stale { .. } => {
                if self.reread(cx, name, AnyKind::Customer).await? != Reread::Gone {
                    return Ok(Stop::PlanAgain("the QuickBooks customer".to_owned()));
                }
                GONE
            }
            QboError::Missing { .. } => GONE,
            QboError::DuplicateName { .. } => {
                "another customer, a vendor or an employee has the name there"
            }
            error @ QboError::Refused { .. } => {
                let finding = refused(finding, error).with("customer", display_name);
                return Ok(finding.stop());
            }
            error => return self.stop_for(cx, error).await,
        };
        Ok(finding
            .with("customer", display_name)
            .with("quickbooks", reason)
            .stop())
    }
}

/// Why a customer cannot be changed any more (C10).
const GONE: &str = "it was deleted or made inactive there";
