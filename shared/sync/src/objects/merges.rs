//! Customers who were merged, in Housecall Pro or in QuickBooks: the link moves to the one who stays (C12).

use std::borrow::Cow;

use hcp::{AddressKind, HcpError};
use ledger::{Former, Link, Move, RawMemory, Seen, Slot};
use mapping::{
    AnyKind, JobRecords, Matched, QboObject, SlotName, alert::CustomerTrouble, customer::Memory,
};
use ports::Clock;

use crate::{
    calls::{housecall::Asked, quickbooks::Rows},
    ctx::Ctx,
    engine::Engine,
    job::{parts::CustomerSlot, plan::Plan, step::Step},
    ledger::{object, seen},
    objects::{
        candidates::candidate,
        slots::{HOPS, StoredCustomer, stored, wrote},
        sub_customer::made_out_to,
    },
    stop::{Stop, broken, chain},
    world::World,
};

/// Where a link moves to, and what Housecall Pro says there now.
type Target<'a> = (&'a SlotName, StoredCustomer, &'a qbo::Customer);

/// The slot of a job's customer. A job may go on naming one who was merged into another: then the other's.
pub(crate) async fn present<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    records: &JobRecords,
    mut name: SlotName,
    mut slot: StoredCustomer,
) -> Result<(SlotName, StoredCustomer), Stop> {
    let mut hops = 0;
    while let Some(moved) = slot.value.forget_move() {
        hops += 1;
        if !records.customer_gone || hops > HOPS {
            break;
        }
        name = moved.to;
        slot = stored(engine.world.table(), cx, &name).await?;
    }
    Ok((name, slot))
}

impl<W: World> Engine<W> {
    /// The records of a job; where its customer is gone in Housecall Pro, with the billing address that QuickBooks
    /// knows: the job shows none, and an invoice must not be shipped or billed elsewhere for that.
    pub(crate) async fn with_known_address<'a>(
        &self,
        cx: &Ctx,
        records: &'a JobRecords,
    ) -> Result<Cow<'a, JobRecords>, Stop> {
        if !records.customer_gone {
            return Ok(Cow::Borrowed(records));
        }
        let name = SlotName::customer(&records.customer.id);
        let slot = stored(self.world.table(), cx, &name).await?;
        let (_, slot) = present(self, cx, records, name, slot).await?;
        let known: qbo::Customer = wrote(&slot.value)?;
        let mut records = records.clone();
        if let (Some(known), true) = (known.bill_addr, records.customer.addresses.is_empty()) {
            records.customer.addresses = vec![hcp::Address {
                kind: Some(AddressKind::Billing),
                street: known.line1,
                street_line_2: known.line2,
                city: known.city,
                state: known.country_sub_division_code,
                zip: known.postal_code,
                ..hcp::Address::default()
            }];
        }
        Ok(Cow::Owned(records))
    }

    /// An invoice in QuickBooks was made out to another customer than its job names now. Where that one was
    /// merged into the job's customer in Housecall Pro, the link follows.
    pub(crate) async fn follow(&self, cx: &Ctx, plan: &Plan<'_>) -> Result<Step, Stop> {
        let made_out = made_out_to(&plan.invoice_slot.value)?;
        let Some(id) =
            made_out.filter(|id| plan.made_out_to_link().map(|link| &link.id) != Some(id))
        else {
            return Ok(Step::Nothing);
        };
        let Some((theirs, holder)) = self.holder(cx, AnyKind::Customer, Some(&id)).await? else {
            return Ok(Step::Nothing);
        };
        let is_ours =
            theirs == plan.customer_name || theirs.place_of(&plan.customer_name).is_some();
        if is_ours || !self.has_left(cx, &theirs, &plan.asking()).await? {
            return Ok(Step::Nothing);
        }
        let Some(gone) = theirs.customer_id() else {
            return Ok(Step::Nothing);
        };
        // First the customer, then the sub-customer of an address.
        let above = SlotName::customer(&gone);
        let parent: StoredCustomer = stored(self.world.table(), cx, &above).await?;
        let sub = theirs.place_of(&above);
        let (name, holder) = match parent.value.link() {
            Some(_) if sub.is_some() => (above.clone(), parent),
            _ => (theirs.clone(), holder),
        };
        let place = name.place_of(&above);
        let (to, target, wanted) = self.successor(cx, plan, place, &holder).await?;
        for (name, slot) in [(&name, &holder), (&to, &target)] {
            if slot.value.is_sending() {
                self.settle(cx, name).await?;
                return Ok(Step::Moved);
            }
        }
        let Some(from) = holder.value.link() else {
            return Ok(Step::Nothing);
        };
        if let Some(link) = target.value.link() {
            let there = self.customers(cx, &[&from.id, &link.id]).await?;
            let alive = |id: &qbo::Id| there.iter().find(|one| one.id.as_ref() == Some(id));
            match (alive(&from.id), alive(&link.id)) {
                (Some(one), Some(other)) => {
                    let known: qbo::Customer = wrote(&holder.value)?;
                    let gone = known.display_name.unwrap_or_default();
                    return Err(plan.stop(CustomerTrouble::MergedInHousecall {
                        merged: gone,
                        customer: plan.display_name(),
                        loses: candidate(one),
                        stays: candidate(other),
                    }));
                }
                (None, _) => {
                    self.leave(cx, (&name, holder), &to, None).await?;
                    return Ok(Step::Moved);
                }
                (Some(_), None) => {}
            }
        }
        self.take_over(cx, (&name, holder), None, (&to, target, &wanted))
            .await?;
        Ok(Step::Moved)
    }

    /// Where the link of a customer who was merged away goes: to the job's customer, or for an address to their
    /// sub-customer there.
    async fn successor(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        place: Option<&str>,
        holder: &StoredCustomer,
    ) -> Result<(SlotName, StoredCustomer, qbo::Customer), Stop> {
        let Some(place) = place else {
            let slot = plan.customer_slot.clone();
            return Ok((plan.customer_name.clone(), slot, plan.customer.clone()));
        };
        let to = SlotName::place(&plan.customer_name, place);
        let slot = stored(self.world.table(), cx, &to).await?;
        let job = plan.records.job.address.as_ref();
        let here = mapping::customer::place(&plan.records.customer, job);
        let here = here.filter(|here| here.key == place);
        let known: qbo::Customer = wrote(&holder.value)?;
        let wanted = here.map_or(known, |here| here.wanted(&plan.customer));
        Ok((to, slot, wanted))
    }

    /// Whether Housecall Pro has no such customer any more as the one whose slot this is. An alert about what was
    /// `asked` is told when it does not tell.
    pub(crate) async fn has_left(
        &self,
        cx: &Ctx,
        slot: &SlotName,
        asked: &Asked,
    ) -> Result<bool, Stop> {
        match self.is_gone_in_housecall(cx, slot).await? {
            Ok(is_gone) => Ok(is_gone),
            Err(error) => Err(self.housecall_stop(cx, asked, &error).await?),
        }
    }

    /// The same. The inner error: Housecall Pro does not tell.
    pub(crate) async fn is_gone_in_housecall(
        &self,
        cx: &Ctx,
        slot: &SlotName,
    ) -> Result<Result<bool, HcpError>, Stop> {
        let Some(id) = slot.customer_id() else {
            return Ok(Ok(false));
        };
        let company = &cx.books.company;
        self.may_ask_housecall(cx).await?;
        Ok(match self.housecall(company).await?.customer(&id).await {
            Ok(_) => Ok(false),
            Err(HcpError::NotFound { .. }) => Ok(true),
            Err(error) => Err(error),
        })
    }

    /// Moves a link to another slot, in both directions. Moving renames nothing in QuickBooks: what Housecall Pro
    /// says now counts as written (C4). `found_by` is the object of theirs that told of it, where that is another one.
    pub(crate) async fn take_over(
        &self,
        cx: &Ctx,
        (name, from): (&SlotName, StoredCustomer),
        found_by: Option<&qbo::Id>,
        (to, target, wanted): Target<'_>,
    ) -> Result<(), Stop> {
        if from.value.is_sending() {
            return self.settle(cx, name).await;
        }
        let Some(link) = from.value.link().cloned() else {
            return Err(Stop::PlanAgain(name.to_string()));
        };
        self.end_alerts_of(cx, name, &from.value).await?;
        let memory = &from.value.memory;
        let wanted = match &memory.suffix {
            Some(suffix) => mapping::customer::told_apart(wanted.clone(), suffix),
            None => wanted.clone(),
        };
        let was: qbo::Customer = wrote(&from.value)?;
        let memory = Memory {
            matched: Some(self.merged(was.display_name, "merged in Housecall Pro")),
            ..memory.clone()
        };
        let wanted = QboObject::Customer(Box::new(wanted));
        let seen = Seen {
            id: link.id,
            sync_token: link.sync_token,
            key: wanted.key(),
            ours: Some(wanted.json().map_err(broken)?),
            memory: RawMemory::new(&memory).map_err(broken)?,
        };
        let from = object(name, AnyKind::Customer, from.in_form(Slot::raw)?);
        let target = object(to, AnyKind::Customer, target.in_form(Slot::raw)?);
        // Documents may still be known under the id of whom the target was linked to.
        let moved = self.moved(found_by);
        self.move_link(cx, from, (target, seen), moved, Former::Kept)
            .await
    }

    /// Gives up the link of one whose QuickBooks customer is gone, in favour of another slot. Documents may still be
    /// known under its id.
    async fn leave(
        &self,
        cx: &Ctx,
        (name, from): (&SlotName, StoredCustomer),
        to: &SlotName,
        found_by: Option<&qbo::Id>,
    ) -> Result<(), Stop> {
        self.end_alerts_of(cx, name, &from.value).await?;
        let from = object(name, AnyKind::Customer, from.in_form(Slot::raw)?);
        self.move_to(cx, from, to, self.moved(found_by)).await
    }

    /// A move that is noticed now.
    pub(crate) fn moved(&self, found_by: Option<&qbo::Id>) -> Move {
        Move {
            at: self.world.clock().now(),
            as_one: false,
            also: found_by.cloned(),
        }
    }

    fn merged(&self, name: Option<String>, how: &str) -> Matched {
        Matched {
            at: self.world.clock().now(),
            name: name.unwrap_or_default(),
            agreed: vec![how.to_owned()],
        }
    }

    /// QuickBooks has our customer no more. Where people merged it into another one there, one of our invoices
    /// tells which, and the link moves (C12). `Some`: it did not, and a person must decide (C10).
    pub(crate) async fn customer_missing(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        known: CustomerSlot<'_>,
    ) -> Result<Option<Stop>, Stop> {
        let customer = known.wanted.display_name.clone().unwrap_or_default();
        let inactive = || {
            let customer = customer.clone();
            let gone = CustomerTrouble::Inactive { customer };
            Ok(Some(plan.stop_of([known.name], gone)))
        };
        // The write that was refused has been entered since.
        let slot: StoredCustomer = stored(self.world.table(), cx, known.name).await?;
        let Some(link) = slot.value.link() else {
            return inactive();
        };
        let Some(stays) = self.who_stays(cx, plan, &slot.value, link).await? else {
            return inactive();
        };
        let document = QboObject::Customer(Box::new(stays.clone()));
        if document.identity().is_none() {
            return inactive();
        }
        let id = stays.id.as_ref();
        let Some((theirs, holder)) = self.holder(cx, AnyKind::Customer, id).await? else {
            let wrote = match &link.last_written {
                Some(wrote) => wrote.clone(),
                // Linking renames nothing (C4).
                None => QboObject::Customer(Box::new(known.wanted.clone()))
                    .json()
                    .map_err(broken)?,
            };
            let mut slot = slot.clone();
            slot.value.memory.matched =
                Some(self.merged(stays.display_name, "merged in QuickBooks"));
            let slot = slot.in_form(Slot::raw)?;
            let seen = seen(&slot.value, &document, Some(&wrote))?;
            let object = object(known.name, AnyKind::Customer, slot);
            // Documents may still be known under the id of the one who was merged away.
            self.link(cx, object, seen, Former::Kept, Vec::new())
                .await?;
            return Ok(None);
        };
        if theirs == *known.name {
            return inactive();
        }
        let same = theirs.customer_id() == known.name.customer_id();
        if same || self.has_left(cx, known.name, &plan.asking()).await? {
            self.leave(cx, (known.name, slot), &theirs, None).await?;
            return Ok(None);
        }
        if self.has_left(cx, &theirs, &plan.asking()).await? {
            let target = (known.name, slot, known.wanted);
            self.take_over(cx, (&theirs, holder), id, target).await?;
            return Ok(None);
        }
        let other: qbo::Customer = wrote(&holder.value)?;
        let other = other.display_name.unwrap_or_default();
        Ok(Some(plan.stop(CustomerTrouble::MergedInQuickbooks {
            customer,
            stays: candidate(&stays),
            other,
        })))
    }

    /// The active customer that has our invoices now.
    async fn who_stays(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        slot: &Slot<Memory>,
        link: &Link,
    ) -> Result<Option<qbo::Customer>, Stop> {
        let made_out = made_out_to(&plan.invoice_slot.value)?;
        let this = plan.invoice_slot.value.link();
        let this = this.filter(|_| made_out.as_ref() == Some(&link.id));
        let kept = slot.memory.invoice.as_ref();
        let Some(invoice) = kept.or(this.map(|link| &link.id)) else {
            return Ok(None);
        };
        let rows = self.ask_all(cx, &[AnyKind::Invoice.by_id(invoice)]).await?;
        let rows = rows
            .first()
            .map_or(Ok(Vec::new()), Rows::of::<qbo::Invoice>)?;
        let to = rows.into_iter().find_map(|invoice| invoice.customer_ref);
        match to.map(|to| to.value).filter(|to| *to != link.id) {
            Some(to) => Ok(self.customers(cx, &[&to]).await?.pop()),
            None => Ok(None),
        }
    }

    /// Those of some customers that QuickBooks has and that are active.
    async fn customers(&self, cx: &Ctx, ids: &[&qbo::Id]) -> Result<Vec<qbo::Customer>, Stop> {
        let query = AnyKind::Customer.by_ids(ids.iter().copied());
        let rows = self.ask_all(cx, &[query]).await?;
        rows.first().map_or(Ok(Vec::new()), Rows::of)
    }

    /// Keeps the id of one invoice with whom it was made out to: the evidence for [`Engine::customer_missing`]. Nothing
    /// waits for it, and it is tried again with the next invoice.
    pub(crate) async fn keep_evidence(&self, plan: &Plan<'_>, invoice: &qbo::Invoice) {
        let slot = plan.made_out_to().slot;
        let (None, Some(id)) = (&slot.value.memory.invoice, &invoice.id) else {
            return;
        };
        let mut slot = slot.clone();
        slot.value.memory.invoice = Some(id.clone());
        let kept = match slot.put() {
            Ok(write) => self.put(vec![write]).await,
            Err(error) => Err(error.into()),
        };
        if let Err(stop) = kept {
            tracing::debug!(stop = chain(&stop), "the evidence for a merge was not kept");
        }
    }
}
