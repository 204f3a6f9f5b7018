//! The customer of a job, and the sub-customer for its address: found in QuickBooks, told apart from others, changed.

use ledger::Slot;
use mapping::{
    AnyKind, Contradiction, Found, JobRecords, QboObject, RawMemory, SlotName,
    alert::{AlertKind, CustomerCause, CustomerTrouble},
    customer::Memory,
};
use qbo::QboError;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        parts::CustomerSlot,
        plan::Plan,
        state::PushState,
        step::{Next, Step},
    },
    ledger::{PlannedWrite, object},
    objects::{
        candidates,
        candidates::candidate,
        customer_changes::{self, CustomerChange},
        same_name::differs,
        slots::{StoredCustomer, wrote},
    },
    settle::Reread,
    stop::Stop,
    world::World,
};

/// The customer of a job and the sub-customer that its invoice is made out to.
pub(crate) fn nodes(plan: &Plan<'_>) -> Result<Vec<Node>, Stop> {
    let records = plan.records;
    let given = mapping::customer::given_name(&records.customer);
    let (name, slot) = (&plan.customer_name, &plan.customer_slot);
    let mut customer = Node::new(name, plan.customer.clone(), &given, slot)?;
    customer.stays = records.customer_gone;
    if records.customer_gone && !customer.is_linked() {
        // Where the job is done says nothing of where somebody was billed whose addresses are gone.
        let sought = qbo::Customer {
            bill_addr: None,
            ..plan.customer.clone()
        };
        customer.sought = Some(sought.into());
    }
    if !records.customer_gone || !customer.is_linked() {
        customer.remember(&Memory {
            emails: mapping::customer::kept_emails(&records.customer),
            ..slot.value.memory.clone()
        })?;
    }
    let sub = plan.sub_customer.as_ref();
    let sub = sub.map(|sub| sub.node(plan)).transpose()?;
    Ok(std::iter::once(customer).chain(sub).collect())
}

/// Notes a customer of whom nothing is sent yet, so that people find them among those who are linked to nobody.
pub(crate) async fn note_unlinked<W: World>(
    engine: &Engine<W>,
    records: &JobRecords,
    mut slot: StoredCustomer,
) -> Result<(), Stop> {
    if slot.version.is_some() {
        return Ok(());
    }
    slot.value.memory.original = Some(mapping::customer::given_name(&records.customer));
    match engine.put(vec![slot.put()?]).await {
        // Another job of theirs was looked at in the same moment.
        Ok(()) | Err(Stop::PlanAgain(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

impl<W: World> Engine<W> {
    /// QuickBooks' customer is another slot's.
    pub(crate) async fn held_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        (node, memory): (&Node, RawMemory),
        one: &qbo::Customer,
    ) -> Result<Next, Stop> {
        let slot = node.slot_with(memory).in_form(Slot::typed)?;
        match plan.sub_customer_of(node) {
            Some(sub) => self.share_sub_customer(cx, plan, sub, slot, one).await?,
            None => self.share_customer(cx, plan, slot, one).await?,
        }
        Ok(Next::Moved)
    }

    /// What QuickBooks has by the name of a customer is not certain to be this one (C6).
    pub(crate) async fn unclear_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        node: &Node,
        found: Found<QboObject>,
    ) -> Result<Next, Stop> {
        let sub = plan.sub_customer_of(node);
        let wanted = sub.map_or(&plan.customer, |sub| &sub.wanted);
        let name = wanted.display_name.clone().unwrap_or_default();
        let customer = |object: &QboObject| match object {
            QboObject::Customer(customer) => Some((**customer).clone()),
            _ => None,
        };
        match (found, sub) {
            (Found::Some { all, .. }, _) => {
                let all = all.iter().filter_map(customer);
                let candidates = all.map(|one| candidate(&one)).collect();
                let trouble = CustomerTrouble::Several {
                    customer: name,
                    candidates,
                };
                Err(plan.stop_of([node.name()], trouble))
            }
            (Found::Contradicting(one, contradiction), _) => {
                let mut slot = plan.customer_slot.clone();
                let one = customer(&one).unwrap_or_default();
                if self
                    .tell_apart(cx, &mut slot, &node.wanted.given, &one)
                    .await?
                {
                    return Ok(Next::Moved);
                }
                let Contradiction { what, ours, theirs } = contradiction;
                let trouble = CustomerTrouble::Contradiction {
                    customer: name,
                    what: what.to_owned(),
                    ours,
                    theirs,
                    there: Some(candidate(&one)),
                };
                Err(plan.stop_of([node.name()], trouble))
            }
            (Found::Taken(_, Some(one)), Some(sub)) => {
                let id = one.identity().map(|(id, _)| id);
                let holder = self.holder::<RawMemory>(cx, AnyKind::Customer, id.as_ref());
                if holder.await?.is_none() {
                    let taken = CustomerTrouble::NameTaken { customer: name };
                    return Err(plan.stop_of([node.name()], taken));
                }
                self.tell_sub_customer_apart(plan, sub).await?;
                Ok(Next::Moved)
            }
            _ => {
                let taken = CustomerTrouble::NameTaken { customer: name };
                Err(plan.stop_of([node.name()], taken))
            }
        }
    }

    /// Where QuickBooks' customer of that name belongs to another Housecall Pro customer, and their names differ in
    /// Housecall Pro, so that only QuickBooks takes the two for one, ours gets a name of its own (C8). Tells whether.
    async fn tell_apart(
        &self,
        cx: &Ctx,
        slot: &mut StoredCustomer,
        given: &str,
        one: &qbo::Customer,
    ) -> Result<bool, Stop> {
        let holder = self.holder(cx, AnyKind::Customer, one.id.as_ref());
        let Some((_, holder)): Option<(_, StoredCustomer)> = holder.await? else {
            return Ok(false);
        };
        let known: qbo::Customer = wrote(&holder.value)?;
        let name = known.display_name.as_deref();
        let original = holder.value.memory.original.as_deref();
        if slot.value.memory.suffix.is_some() || !differs(given, original, name) {
            return Ok(false);
        }
        slot.value.memory = Memory {
            suffix: Some(mapping::name_hash(given)),
            ..Memory::default()
        };
        self.put(vec![slot.put()?]).await?;
        Ok(true)
    }

    /// QuickBooks' customer of that name belongs to another Housecall Pro customer: a person must decide (C6), unless
    /// the names tell them apart (C8) or the two were merged (C12).
    async fn share_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        mut slot: StoredCustomer,
        one: &qbo::Customer,
    ) -> Result<(), Stop> {
        let given = mapping::customer::given_name(&plan.records.customer);
        if self.tell_apart(cx, &mut slot, &given, one).await? {
            return Ok(());
        }
        let holder = self.holder(cx, AnyKind::Customer, one.id.as_ref());
        let (owner, holder): (SlotName, StoredCustomer) = holder
            .await?
            .ok_or_else(|| Stop::PlanAgain("a customer".to_owned()))?;
        let known: qbo::Customer = wrote(&holder.value)?;
        let matched = slot.value.memory.matched.as_ref();
        if plan.records.customer_gone
            && matched.is_some_and(|matched| !matched.agreed.is_empty())
            && owner.is_customer()
        {
            // Ours was merged into theirs, as their data tell; the job goes on naming ours (C12).
            let ours = object(
                &plan.customer_name,
                AnyKind::Customer,
                slot.in_form(Slot::raw)?,
            );
            return self.move_to(cx, ours, &owner, self.moved(None)).await;
        }
        // Merged into ours in Housecall Pro (C12).
        if self.has_left(cx, &owner, &plan.asking()).await? {
            let target = (&plan.customer_name, slot, &plan.customer);
            let theirs = (&owner, holder);
            return self.take_over(cx, theirs, one.id.as_ref(), target).await;
        }
        let trouble = CustomerTrouble::LinkedToAnother {
            there: candidate(one),
            other: candidates::described(&known),
            name: Some(plan.display_name()),
        };
        Err(plan.stop_of([&plan.customer_name], trouble))
    }

    /// QuickBooks did not take a new customer.
    pub(crate) async fn customer_not_made(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        match (error, plan.sub_customer_of(node)) {
            (QboError::DuplicateName { .. }, _) => match state.may_look_again(node.name()) {
                true => Ok(()),
                false => Err(self.name_refused(plan.graph(), node)),
            },
            (QboError::Missing { .. } | QboError::BadReference { .. }, Some(_)) => {
                let missing = self.customer_missing(cx, plan, plan.customer_above());
                missing.await?.map_or(Ok(()), Err)
            }
            (error, _) => Err(self.object_refused(cx, plan.graph(), node, error).await?),
        }
    }

    /// What is written next of what changed of a linked customer (C4, S8).
    pub(crate) async fn prepare_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        node: &Node,
        state: &mut PushState,
    ) -> Result<Next, Stop> {
        let known = plan.customers().find(|known| known.name == node.name());
        let Some(known) = known.filter(|_| !node.stays) else {
            return Ok(Next::Nothing);
        };
        let change = state.changes.entry(node.name().clone()).or_default();
        if let Some(mut op) = change.next(known)? {
            op.slot.value.memory = node.memory.clone();
            return Ok(Next::Write(Box::new(op)));
        }
        if self.customer_is_written(cx, known, change).await? == Step::Moved {
            return Ok(Next::Moved);
        }
        self.remember(node).await
    }

    /// A refused change of a customer is told of, and the invoice goes on (S8).
    pub(crate) async fn customer_not_changed(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        node: &Node,
        error: &QboError,
        state: &mut PushState,
    ) -> Result<(), Stop> {
        let Some(known) = plan.customers().find(|known| known.name == node.name()) else {
            return Ok(());
        };
        let is_there = match error {
            QboError::Stale { .. } if state.may_reread() => {
                self.reread(cx, node.name(), AnyKind::Customer).await? != Reread::Gone
            }
            QboError::Missing { .. } => false,
            error => {
                let change = state.changes.entry(node.name().clone()).or_default();
                return match change.refuse(known, error)? {
                    true => Ok(()),
                    false => Err(self.stop_for(cx, error).await?),
                };
            }
        };
        if is_there {
            return Ok(());
        }
        match self.customer_missing(cx, plan, known).await? {
            None => Ok(()),
            Some(Stop::Alert(alert)) if alert.kind() == AlertKind::CustomerInactive => {
                state.refused.insert(node.name().clone());
                let alert = customer_changes::alert(known, CustomerCause::Gone)?;
                state.gone.push((node.name().clone(), alert));
                Ok(())
            }
            Some(stop) => Err(stop),
        }
    }
}

/// What changed of a linked customer since it was last written (C4). Never whose sub-customer it is, nor who is
/// billed for it (C9).
pub(crate) fn customer_change(known: CustomerSlot<'_>) -> Result<Option<PlannedWrite>, Stop> {
    CustomerChange::default().next(known)
}
