//! Edits of a customer in Housecall Pro. The next invoice of the customer carries them (C4); where the company chose
//! that edits push by themselves, a linked customer is brought up to date at once (T5).

use hcp::{CustomerId, HcpError};
use mapping::{
    AnyKind, PushEdits, SlotName,
    alert::{Alert, CustomerAlert, CustomerCause, CustomerRef},
    customer::given_name,
};
use qbo::QboError;
use store::{LookCause, Stored, WorkItem, read};

use crate::{
    alerts,
    calls::{housecall::Asked, limits::Reserved},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::{Engine, Outcome},
    job::{parts::CustomerSlot, step::Step},
    objects::{
        customer_changes::{self, CustomerChange, WRITES, customer_ref},
        slots::{StoredCustomer, stored, wrote},
    },
    retry,
    settle::Reread,
    stop::{Stop, broken},
    work::{
        message::{Subject, name},
        task::{Failures, Task, Unfinished, Work},
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
        work.cx.trail.because([LookCause::Changed.into()]);
        for _ in 0..retry::PLANS {
            match engine.update_customer(work, id).await {
                Err(unfinished) if unfinished.is_out_of_date() => {}
                ended => return ended.map(|()| Outcome::Done),
            }
        }
        Err(Stop::PlanAgain(format!("customer {id}")).into())
    }

    async fn report(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        record: Stored<WorkItem>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        if let Subject::Customer(id) = work.subject {
            let customer = engine.known_as(work.cx, id).await?;
            let alert = alert.clone().of_customer(customer);
            let name = SlotName::customer(id);
            engine.tell_of_change(work.cx, &name, &alert).await?;
        }
        engine.remove(record).await
    }

    async fn lasting(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        let id = CustomerId::parse(work.subject.as_str()).map_err(broken)?;
        engine
            .note_change_alert(work.cx, &SlotName::customer(&id))
            .await?;
        let reason = failures.cause.to_owned();
        Ok(Alert::Customer(CustomerAlert {
            customer: engine.known_as(work.cx, &id).await?,
            cause: CustomerCause::KeepsFailing { reason },
        }))
    }
}

impl<W: World> Engine<W> {
    /// A customer, by the name that was last written.
    async fn known_as(&self, cx: &Ctx, id: &CustomerId) -> Result<CustomerRef, Stop> {
        let name = SlotName::customer(id);
        let slot: StoredCustomer = stored(self.world.table(), cx, &name).await?;
        let known: qbo::Customer = wrote(&slot.value)?;
        customer_ref(&name, known.display_name.unwrap_or_default())
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
        let written = self.write_edit(cx, id, name, slot, reserved);
        written.await.map_err(Unfinished::after(turn))
    }

    async fn write_edit(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        name: SlotName,
        slot: StoredCustomer,
        reserved: Reserved,
    ) -> Result<(), Stop> {
        let cx = &self.up_to_date(cx.clone()).await?;
        let known: qbo::Customer = wrote(&slot.value)?;
        reserved.wait(&self.world, 0).await;
        match self.read_customer(cx, id, &known).await? {
            Some(customer) => self.write_as_told(cx, &name, &slot, &customer).await,
            None => Ok(()),
        }
    }

    /// Writes what of a customer is otherwise in Housecall Pro, since a person asked for it (U1).
    pub(crate) async fn push_customer(
        &self,
        cx: &Ctx,
        customer: &hcp::Customer,
    ) -> Result<(), NotDone> {
        let name = SlotName::customer(&customer.id);
        for _ in 0..retry::PLANS {
            let cx = &self.up_to_date(cx.clone()).await?;
            let slot: StoredCustomer = stored(self.world.table(), cx, &name).await?;
            if slot.value.is_sending() {
                self.settle(cx, &name).await?;
                continue;
            }
            if slot.value.link().is_none() {
                let words = format!(
                    "{} is not in QuickBooks yet, and goes there with the first invoice: push a job of theirs",
                    given_name(customer)
                );
                return Err(Declined::not_usable("customer", words).into());
            }
            match self.write_as_told(cx, &name, &slot, customer).await {
                Err(Stop::PlanAgain(_)) => {}
                written => return Ok(written?),
            }
        }
        Err(Stop::PlanAgain(format!("customer {}", customer.id)).into())
    }

    async fn write_as_told(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: &StoredCustomer,
        customer: &hcp::Customer,
    ) -> Result<(), Stop> {
        let known: qbo::Customer = wrote(&slot.value)?;
        let mut wanted = mapping::customer::wanted(customer, None);
        if let Some(suffix) = &slot.value.memory.suffix {
            wanted = mapping::customer::told_apart(wanted, suffix);
        }
        // Where the customer has no address, a job's may stand there.
        wanted.bill_addr = wanted.bill_addr.or(known.bill_addr);
        let kept = mapping::customer::kept_emails(customer);
        self.write_customer(cx, name, &wanted, kept).await
    }

    /// Writes what changed of a linked customer, as far as QuickBooks takes it.
    async fn write_customer(
        &self,
        cx: &Ctx,
        name: &SlotName,
        wanted: &qbo::Customer,
        kept: Vec<String>,
    ) -> Result<(), Stop> {
        let mut change = CustomerChange::default();
        for _ in 0..=WRITES {
            let mut slot: StoredCustomer = stored(self.world.table(), cx, name).await?;
            let had = std::mem::replace(&mut slot.value.memory.emails, kept.clone());
            let known = CustomerSlot {
                name,
                slot: &slot,
                wanted,
            };
            let Some(op) = change.next(known)? else {
                if slot.value.memory.emails != had {
                    self.put(vec![slot.put()?]).await?;
                }
                return match self.customer_is_written(cx, known, &mut change).await? {
                    Step::Moved => Ok(()),
                    // One of before, of which the slot does not know.
                    Step::Nothing => {
                        let subject = customer_ref(name, String::new())?.subject();
                        alerts::close_change(&self.world, &cx.books, &subject).await
                    }
                };
            };
            let cause = match self.write(cx, vec![op]).await?.pop() {
                Some(Ok(_)) => {
                    change.taken();
                    continue;
                }
                Some(Err(QboError::Stale { .. })) => {
                    if self.reread(cx, name, AnyKind::Customer).await? != Reread::Gone {
                        return Err(Stop::PlanAgain("the QuickBooks customer".to_owned()));
                    }
                    CustomerCause::Gone
                }
                Some(Err(QboError::Missing { .. })) => CustomerCause::Gone,
                Some(Err(error)) => match change.refuse(known, &error)? {
                    true => continue,
                    false => return Err(self.stop_for(cx, &error).await?),
                },
                None => {
                    return Err(broken("a write came back without its answer"));
                }
            };
            return Err(customer_changes::alert(known, cause)?.into());
        }
        Err(Stop::PlanAgain(name.to_string()))
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
                let known_as = known.display_name.clone().unwrap_or_default();
                let asked = Asked::Customer(customer_ref(&SlotName::customer(id), known_as)?);
                Err(self.housecall_stop(cx, &asked, &error).await?)
            }
        }
    }
}
