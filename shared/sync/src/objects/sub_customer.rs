//! To whom an invoice is made out: the customer, or the sub-customer for the address of the job (C11).

use ledger::{Slot, owner};
use mapping::{
    AnyKind, JobRecords, LookUp, SlotName,
    alert::CustomerTrouble,
    customer::{self, Memory, Place},
    invoice, normalised,
};
use qbo::Ref;
use store::Table;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        parts::{CustomerSlot, SubCustomer},
        plan::Plan,
        state::PushState,
    },
    objects::slots::{HOPS, StoredCustomer, stored, wrote},
    stop::{Stop, broken},
    world::World,
};

/// The QuickBooks customer that an invoice is made out to, as far as we know.
pub(crate) fn made_out_to(invoice: &Slot<invoice::Memory>) -> Result<Option<qbo::Id>, Stop> {
    let remembered = &invoice.memory.made_out_to;
    if invoice.link().is_none() || remembered.is_some() {
        return Ok(remembered.clone());
    }
    let known: qbo::Invoice = wrote(invoice)?;
    Ok(known.customer_ref.map(|customer| customer.value))
}

/// The sub-customer that an invoice is made out to; `None`: the customer. An invoice that is in QuickBooks stays
/// with whom it was made out to, whatever is chosen later.
pub(crate) async fn sub_customer<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    records: &JobRecords,
    above: CustomerSlot<'_>,
    invoice: &Slot<invoice::Memory>,
) -> Result<Option<SubCustomer>, Stop> {
    let table = engine.world.table();
    let here = mapping::customer::place(&records.customer, records.job.address.as_ref());
    let (name, slot) = if invoice.link().is_some() {
        let customer = above.slot.value.link().map(|link| &link.id);
        let Some(id) = made_out_to(invoice)?.filter(|id| Some(id) != customer) else {
            return Ok(None);
        };
        let owner = owner(table, &cx.books, &AnyKind::Customer.name(), &id).await?;
        let Some(name) = owner.map(|owner| owner.value.slot) else {
            return Ok(None);
        };
        if name.place_of(above.name).is_none() {
            return Ok(None);
        }
        let slot = stored(engine.world.table(), cx, &name).await?;
        (name, slot)
    } else {
        let Some(here) = here
            .as_ref()
            .filter(|_| cx.settings.sub_customer_per_address)
        else {
            return Ok(None);
        };
        match of_place(engine, cx, above.name, here).await? {
            Some(found) => found,
            None => return Ok(None),
        }
    };
    let known: qbo::Customer = wrote(&slot.value)?;
    let is_here = |here: &Place| {
        name.place_of(above.name) == Some(here.key.as_str())
            || is_at(&known, here)
            || slot.value.link().is_none()
    };
    let Some(here) = here.filter(is_here) else {
        // The job has moved on since; this is about another address.
        return Ok(Some(SubCustomer {
            given: known.display_name.clone().unwrap_or_default(),
            suffix: String::new(),
            wanted: known,
            name,
            slot,
        }));
    };
    let mut wanted = here.wanted(above.wanted);
    if let Some(suffix) = &slot.value.memory.suffix {
        wanted = mapping::customer::told_apart(wanted, suffix);
    }
    Ok(Some(SubCustomer {
        given: here.given_name(above.wanted),
        suffix: here.suffix(),
        wanted,
        name,
        slot,
    }))
}

/// The slot for an address of a customer: under its id; else that of the same place under an earlier id.
/// `None`: its sub-customer was merged into the customer.
async fn of_place<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    customer: &SlotName,
    here: &Place,
) -> Result<Option<(SlotName, StoredCustomer)>, Stop> {
    let mut name = SlotName::place(customer, &here.key);
    let mut slot: StoredCustomer = stored(engine.world.table(), cx, &name).await?;
    if is_free(&slot.value)
        && let Some(known) = under_another_id(engine, cx, customer, here).await?
    {
        (name, slot) = known;
    }
    let mut hops = 0;
    while let Some(moved) = slot.value.forget_move() {
        hops += 1;
        if moved.to == *customer || hops > HOPS {
            return Ok(None);
        }
        name = moved.to;
        slot = stored(engine.world.table(), cx, &name).await?;
    }
    Ok(Some((name, slot)))
}

fn is_free(slot: &Slot<Memory>) -> bool {
    !slot.is_live() && slot.moved().is_none() && slot.memory.suffix.is_none()
}

async fn under_another_id<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    customer: &SlotName,
    here: &Place,
) -> Result<Option<(SlotName, StoredCustomer)>, Stop> {
    let prefix = cx.books.places(customer);
    let mut from = None;
    loop {
        let table = engine.world.table();
        let page = table.list(&prefix.partition, &prefix.sort, from).await?;
        for record in &page.records {
            let slot = StoredCustomer::decode(record)?;
            let link = slot.value.link();
            let sending = slot.value.sending();
            let known = link
                .and_then(|link| link.last_written.as_ref())
                .or_else(|| sending.and_then(|sending| sending.ours_after.as_ref()));
            let Some(known) = known else { continue };
            let known: qbo::Customer = serde_json::from_str(known.get()).map_err(broken)?;
            if let Some(key) = record.key.sort.strip_prefix(&prefix.sort)
                && is_at(&known, here)
            {
                return Ok(Some((SlotName::place(customer, key), slot)));
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(None),
        }
    }
}

fn is_at(known: &qbo::Customer, here: &Place) -> bool {
    let at = known.ship_addr.as_ref();
    at.is_some_and(|at| mapping::customer::is_at(at, &here.address))
}

impl SubCustomer {
    /// It, below the customer of the job.
    pub(crate) fn node(&self, plan: &Plan<'_>) -> Result<Node, Stop> {
        let object = qbo::Customer {
            job: Some(true),
            parent_ref: Some(Ref::from(&plan.customer_name.reference())),
            bill_with_parent: Some(true),
            ..self.wanted.clone()
        };
        let mut node = Node::new(&self.name, object, &self.given, &self.slot)?;
        // Among others (C6): by its name, all below a parent of Housecall Pro's name, and the parent as QuickBooks has it.
        let name = self.wanted.display_name.as_deref().unwrap_or_default();
        let mut statements = vec![customer::named(name), customer::below(&plan.customer)];
        let link = plan.customer_link();
        statements.extend(link.map(|link| AnyKind::Customer.by_id(&link.id)));
        node.wanted.look_up = LookUp::Statements(statements);
        node.stays = plan.records.customer_gone;
        Ok(node)
    }
}

impl<W: World> Engine<W> {
    /// Below a parent that was renamed in QuickBooks the sub-customer is asked for once more, since a parent cannot be
    /// asked for by its id (C11).
    pub(crate) async fn look_below(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let link = plan.customer_link().map(|link| &link.id);
        let is_new = plan
            .sub_customer
            .iter()
            .any(|sub| sub.slot.value.link().is_none());
        if !is_new || link.is_none() {
            return Ok(());
        }
        let mut rows = state.asked.customers().into_iter();
        let parent = rows.find(|one| one.id.as_ref() == link);
        let name = |customer: &qbo::Customer| customer.display_name.as_deref().map(normalised);
        let parent = parent.filter(|parent| name(parent) != name(&plan.customer));
        let Some(parent) = parent.filter(|_| !state.looked_below) else {
            return Ok(());
        };
        state.looked_below = true;
        let more = self.ask_all(cx, &[customer::below(&parent)]).await?;
        for rows in &more {
            state.asked.enter(&AnyKind::Customer.rows(rows)?);
        }
        Ok(())
    }

    /// The sub-customer that was found belongs to another slot: that of a customer who was merged into this one
    /// in Housecall Pro (C12), or of another address.
    pub(crate) async fn share_sub_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        sub: &SubCustomer,
        slot: StoredCustomer,
        one: &qbo::Customer,
    ) -> Result<(), Stop> {
        let holder = self.holder(cx, AnyKind::Customer, one.id.as_ref());
        let (owner, holder) = holder
            .await?
            .ok_or_else(|| Stop::PlanAgain("a customer".to_owned()))?;
        if owner.place_of(&plan.customer_name).is_none()
            && self.has_left(cx, &owner, &plan.asking()).await?
        {
            let target = (&sub.name, slot, &sub.wanted);
            let theirs = (&owner, holder);
            return self.take_over(cx, theirs, one.id.as_ref(), target).await;
        }
        self.tell_sub_customer_apart(plan, sub).await
    }

    pub(crate) async fn tell_sub_customer_apart(
        &self,
        plan: &Plan<'_>,
        sub: &SubCustomer,
    ) -> Result<(), Stop> {
        if sub.slot.value.memory.suffix.is_some() {
            let customer = sub.wanted.display_name.clone().unwrap_or_default();
            let taken = CustomerTrouble::NameTaken { customer };
            return Err(plan.stop_of([&sub.name], taken));
        }
        let mut slot = sub.slot.clone();
        slot.value.memory = Memory {
            suffix: Some(sub.suffix.clone()),
            ..Memory::default()
        };
        self.put(vec![slot.put()?]).await
    }
}
