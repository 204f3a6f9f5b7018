//! Edits of a customer in Housecall Pro. The next invoice of the customer carries them (C4); where the company chose
//! that edits push by themselves, a linked customer is brought up to date at once (T5).

use hcp::{CustomerId, HcpError};
use jiff::{SignedDuration, Timestamp};
use mapping::PushEdits;
use ports::Clock;
use qbo::QboError;
use store::{CustomerEdit, Kind, Slot, SlotName, Stored, Why, Write, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    calls::{
        limits::Wanting,
        quickbooks::{broken, refused},
    },
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{
        look::{ROUNDS, SAFETY},
        plan::Plan,
        push::Step,
    },
    ledger::PlannedWrite,
    objects::{document::Document, items},
    settle::Reread,
    stop::Stop,
    work::{
        message::Evidence,
        put_off::{SHORT, backoff},
    },
    world::World,
};

impl<W: World> Engine<W> {
    /// A customer was edited, or is said to have been.
    pub(crate) async fn look_at_customer(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        evidence: &[Evidence],
    ) -> Result<Outcome, Stop> {
        let key = cx.books.customer_edit(id);
        let waiting = read::<CustomerEdit>(self.world.table(), &key).await?;
        let told = !evidence.is_empty() || waiting.is_some();
        if !told || cx.settings.push_edits == PushEdits::Manual {
            return self.customer_done(waiting).await;
        }
        let mut rounds = 0;
        let stop = loop {
            rounds += 1;
            match self.update_customer(cx, id).await {
                Ok(()) => return self.customer_done(waiting).await,
                Err(Stop::PlanAgain(_)) if rounds < ROUNDS => {}
                Err(stop) => break stop,
            }
        };
        let edit = waiting.unwrap_or_else(|| Stored::new(key, CustomerEdit::default()));
        match stop {
            Stop::Alert(finding) => {
                alerts::raise(&self.world, &cx.books, &finding).await?;
                self.customer_done(Some(edit)).await
            }
            stop @ Stop::Broken(_) => Err(stop),
            stop => self.park_customer(cx, id, edit, stop).await,
        }
    }

    async fn park_customer(
        &self,
        cx: &Ctx,
        id: &CustomerId,
        mut edit: Stored<CustomerEdit>,
        stop: Stop,
    ) -> Result<Outcome, Stop> {
        let now = self.world.clock().now();
        edit.value.waits_for = stop.to_string();
        let until = match stop {
            Stop::Turn { until, .. } => until,
            Stop::NotConnected { .. } => {
                let company = &cx.books.company;
                self.limits
                    .close(&self.world, company, &Why::NotConnected)
                    .await?;
                now
            }
            Stop::Failed {
                system,
                until,
                cause,
            } => {
                let cause = cause.to_string();
                self.system_failed(cx, system, id.as_str(), &cause).await?;
                self.put_off_customer(&mut edit, until)
            }
            Stop::Later { until, .. } => self.put_off_customer(&mut edit, until),
            _ => self.put_off_customer(&mut edit, now + SignedDuration::from_secs(5)),
        };
        // A short wait is left to the queue.
        let short = until > now && until <= now + SHORT;
        edit.due = Some(if short { until + SAFETY } else { until });
        self.put(vec![edit.put()?]).await?;
        Ok(match short {
            true => Outcome::Again { until },
            false => Outcome::Done,
        })
    }

    fn put_off_customer(&self, edit: &mut Stored<CustomerEdit>, until: Timestamp) -> Timestamp {
        let wait = backoff(edit.value.put_off);
        edit.value.put_off += 1;
        until.max(self.world.clock().now() + wait)
    }

    /// Nothing is left to do for a customer.
    async fn customer_done(&self, waiting: Option<Stored<CustomerEdit>>) -> Result<Outcome, Stop> {
        if let Some(waiting) = waiting
            && waiting.version.is_some()
        {
            let delete = Write::Delete {
                expect: waiting.expect(),
                key: waiting.key,
            };
            self.put(vec![delete]).await?;
        }
        Ok(Outcome::Done)
    }

    /// Writes what changed of a linked customer since it was last written.
    async fn update_customer(&self, cx: &Ctx, id: &CustomerId) -> Result<(), Stop> {
        let name = SlotName::customer(id);
        let slot = read::<Slot>(self.world.table(), &cx.books.slot(&name)).await?;
        let Some(slot) = slot else { return Ok(()) };
        if slot.value.pending.is_some() {
            self.settle(cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()));
        }
        if slot.value.link.is_none() {
            return Ok(());
        }
        let wanting = Wanting {
            subject: id.as_str(),
            turn: None,
            again: false,
            last: true,
            reads: 1,
            patience: SignedDuration::ZERO,
            connected: true,
        };
        let (_, reserved) = self.admit(cx, wanting).await?;
        let cx = &self.up_to_date(cx.clone()).await?;
        let wrote: qbo::Customer = items::wrote(&slot.value)?;
        let known_as = wrote.display_name.clone().unwrap_or_default();
        let company = &cx.books.company;
        reserved.wait(&self.world, 0).await;
        let customer = match self.housecall(company).await?.customer(id).await {
            Ok(customer) => customer,
            // Deleted or merged: nothing of it is taken out of QuickBooks (C10).
            Err(HcpError::NotFound { .. }) => return Ok(()),
            Err(error) => {
                let finding = Finding::customer(AlertKind::CustomerNotUpdated, id)
                    .with("customer", known_as)
                    .with("quickbooks", "Housecall Pro did not tell what it is");
                return Err(self.housecall_stop(cx, finding, &error).await?);
            }
        };
        let mut wanted = mapping::customer::wanted(&customer, None);
        if let Some(suffix) = &slot.value.suffix {
            wanted = mapping::customer::told_apart(wanted, suffix);
        }
        let mut slot = slot;
        let kept = mapping::customer::kept_emails(&customer);
        let had = std::mem::replace(&mut slot.value.emails, kept);
        let Some(change) = mapping::customer::changes(&wrote, &wanted) else {
            if slot.value.emails != had {
                self.put(vec![slot.put()?]).await?;
            }
            return alerts::close(&self.world, &cx.books, id.as_str()).await;
        };
        // Where the customer has no address, a job's may stand there.
        wanted.bill_addr = wanted.bill_addr.or(wrote.bill_addr);
        let display_name = wanted.display_name.clone().unwrap_or_default();
        let op = PlannedWrite {
            name: name.clone(),
            slot,
            sent: Document::Customer(Box::new(change)),
            wants: Document::Customer(Box::new(wanted)),
            dated_by_invoice: false,
        };
        let reason = match self.write(cx, vec![op]).await?.pop() {
            Some(Ok(_)) => {
                return alerts::close(&self.world, &cx.books, id.as_str()).await;
            }
            Some(Err(QboError::Stale { .. })) => {
                if self.reread(cx, &name, Kind::Customer).await? != Reread::Gone {
                    return Err(Stop::PlanAgain("the QuickBooks customer".to_owned()));
                }
                GONE.to_owned()
            }
            Some(Err(QboError::Missing { .. })) => GONE.to_owned(),
            Some(Err(QboError::DuplicateName { .. })) => {
                "another customer, a vendor or an employee has the name there".to_owned()
            }
            Some(Err(error @ QboError::Refused { .. })) => {
                let finding = Finding::customer(AlertKind::CustomerNotUpdated, id);
                let finding = refused(finding, &error).with("customer", display_name);
                return Err(finding.stop());
            }
            Some(Err(error)) => return Err(self.stop_for(cx, &error).await?),
            None => {
                return Err(broken("a write came back without its answer"));
            }
        };
        Err(Finding::customer(AlertKind::CustomerNotUpdated, id)
            .with("customer", display_name)
            .with("quickbooks", reason)
            .stop())
    }

    /// Keeps what the e-mail field of a linked customer holds beside the address that QuickBooks gets (C2): with the
    /// change that is written, else by itself.
    pub(crate) async fn keep_emails(
        &self,
        plan: &Plan<'_>,
        change: Option<&mut PlannedWrite>,
    ) -> Result<Step, Stop> {
        let kept = mapping::customer::kept_emails(&plan.records.customer);
        if plan.customer_slot.value.emails == kept {
            return Ok(Step::Nothing);
        }
        if let Some(op) = change {
            op.slot.value.emails = kept;
            return Ok(Step::Nothing);
        }
        let mut slot = plan.customer_slot.clone();
        slot.value.emails = kept;
        self.put(vec![slot.put()?]).await?;
        Ok(Step::Moved)
    }
}

/// Why a customer cannot be changed any more (C10).
const GONE: &str = "it was deleted or made inactive there";
