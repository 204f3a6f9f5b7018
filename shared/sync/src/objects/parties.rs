//! The customer and the items of a job: found in QuickBooks or made there, before the invoice refers to them.

use std::collections::BTreeSet;

use ledger::Slot;
use mapping::{
    Kind, Matched, SlotName,
    customer::{Contradiction, CustomerMatch, Memory},
    normalised,
};
use ports::Clock;
use qbo::{QboError, limits};

use crate::{
    alerts::{self, AlertKind, Finding},
    calls::quickbooks::broken,
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::Plan,
        push::{LookedUp, PushState, Step},
    },
    ledger::{PlannedWrite, object},
    objects::{
        categories::{self, Folders, Placed},
        document::Document,
        items::{self, Cause, Missing},
        merges::{CustomerSlot, asking},
        slots::{StoredCustomer, wrote},
        tips_and_surcharges,
    },
    settle::Reread,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Links or makes what is missing, and brings the customer up to date.
    pub(crate) async fn parties(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        found: &LookedUp,
        learned: &mut PushState,
    ) -> Result<Step, Stop> {
        let mut step = Step::Nothing;
        let mut ops = Vec::new();
        match plan.customer_link() {
            None => match self.match_customer(cx, plan, found, learned).await? {
                Some(op) => ops.push(op),
                None => step = Step::Moved,
            },
            Some(link) => {
                if let Some(payer) = &plan.payer
                    && payer.slot.value.link().is_none()
                {
                    match self.match_payer(cx, plan, payer, link, learned).await? {
                        Some(op) => ops.push(op),
                        None => step = Step::Moved,
                    }
                }
                for known in plan.customers() {
                    if plan.records.customer_gone || learned.refused.contains(known.name) {
                        continue;
                    }
                    let mut change = customer_change(known)?;
                    if known.name == &plan.customer_name
                        && self.keep_emails(plan, change.as_mut()).await? == Step::Moved
                    {
                        step = Step::Moved;
                    }
                    ops.extend(change);
                }
            }
        }
        let Some(folders) = self.folders(cx, plan, found, learned).await? else {
            return Ok(Step::Moved);
        };
        let mut names = BTreeSet::new();
        for (used, slot) in plan.missing_items() {
            if !names.insert(used.wanted.name.as_deref().map(normalised)) {
                // The first one takes the name; this one finds it taken (I8).
                step = Step::Moved;
                continue;
            }
            let (used, cause) = (used.inside(&folders), Cause::Job(plan));
            let matched = Box::pin(self.match_item(cx, cause, &used, slot, found));
            match matched.await? {
                Missing::Make(op) => ops.push(*op),
                Missing::Entered => step = Step::Moved,
            }
        }
        for needed in plan.missing_entries() {
            let kind = needed.what.kind();
            // A list that was not asked for: refused before.
            let Some((_, list)) = found.lists.iter().find(|(list, _)| *list == kind) else {
                continue;
            };
            match self.match_entry(cx, needed, list).await? {
                Some(op) => ops.push(op),
                None => step = Step::Moved,
            }
        }
        for needed in &plan.needed {
            self.remember_class(cx, needed).await?;
        }
        ops.extend(self.item_changes(plan, &folders, learned).await?);
        for named in &plan.new_line_names {
            match self.put(vec![named.put()?]).await {
                Ok(()) | Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        if ops.is_empty() {
            return Ok(step);
        }
        // What is left over is made in the next step.
        ops.truncate(limits::BATCH_ITEMS);
        let written_as: Vec<(SlotName, Kind)> = ops
            .iter()
            .map(|op| (op.name.clone(), op.sent.kind()))
            .collect();
        let written = self.write(cx, ops).await?;
        let mut worst = None;
        for ((name, kind), written) in written_as.iter().zip(written) {
            let known = plan.customers().find(|known| known.name == name);
            let linked = known.filter(|known| known.slot.value.link().is_some());
            let Err(error) = written else {
                if linked.is_some() {
                    let customer = plan.records.customer.id.as_str();
                    alerts::close(&self.world, &cx.books, customer).await?;
                }
                continue;
            };
            if let Some(known) = linked {
                self.customer_not_changed(cx, plan, known, &error, learned)
                    .await?;
            } else if *kind == Kind::PaymentMethod {
                self.method_not_made(cx, plan, name, &error, learned)
                    .await?;
            } else if let (Some(known), QboError::DuplicateName { .. }) = (known, &error)
                && !learned.names_refused.contains(known.name)
            {
                // Somebody was faster, or the look-up too early: it is looked up once more (C1).
                learned.names_refused.push(known.name.clone());
                learned.places = None;
            } else if let (Some(known), QboError::Missing { .. } | QboError::BadReference { .. }) =
                (known, &error)
            {
                // The customer above a new sub-customer.
                let above = plan.customers().next().unwrap_or(known);
                worst = worst.or(self.customer_missing(cx, plan, above).await?);
            } else if let Some(used) = plan.moves(name) {
                self.item_not_changed(cx, plan, used, &error, learned)
                    .await?;
            } else {
                let used = plan.items.iter().find(|(used, _)| used.name == *name);
                if let Some((used, _)) = used
                    && self.item_told_apart(cx, used, &error, found).await?
                {
                    continue;
                }
                let stop = self.create_refused(cx, plan, name, &error, found).await?;
                worst = worst.or(Some(stop));
            }
        }
        worst.map_or(Ok(Step::Moved), Err)
    }

    /// Links the customer to the one that QuickBooks has, or tells how to make it (C6).
    async fn match_customer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        found: &LookedUp,
        learned: &PushState,
    ) -> Result<Option<PlannedWrite>, Stop> {
        let wanted = Document::Customer(Box::new(plan.customer.clone()));
        let given = mapping::customer::given_name(&plan.records.customer);
        let mut slot = plan.customer_slot.clone();
        slot.value.memory.original = items::original(&given, plan.customer.display_name.as_deref());
        slot.value.memory.emails = mapping::customer::kept_emails(&plan.records.customer);
        let mut told = plan.customer.clone();
        if plan.records.customer_gone {
            // Where the job is done says nothing of where somebody was billed whose addresses are gone.
            told.bill_addr = None;
        }
        match mapping::customer::find(&told, &found.customers) {
            CustomerMatch::None if learned.names_refused.contains(&plan.customer_name) => {
                Err(about_customer(plan, AlertKind::NameTaken).stop())
            }
            CustomerMatch::None => {
                PlannedWrite::new(&plan.customer_name, slot, wanted.clone(), wanted).map(Some)
            }
            CustomerMatch::One(one) => {
                let agreed = mapping::customer::agreement(&told, one);
                slot.value.memory.matched = Some(Matched {
                    at: self.world.clock().now(),
                    name: one.display_name.clone().unwrap_or_default(),
                    agreed: agreed.into_iter().map(str::to_owned).collect(),
                });
                // Linking renames nothing: what Housecall Pro says now counts as written (C4).
                let wrote = Some(wanted.json().map_err(broken)?);
                let document = Document::Customer(Box::new(one.clone()));
                let adopted = self.adopt(cx, &plan.customer_name, &slot, &document, wrote);
                if adopted.await?.is_none() {
                    self.share_customer(cx, plan, slot, &given, one).await?;
                }
                Ok(None)
            }
            CustomerMatch::Several(all) => {
                let all: Vec<String> = all.into_iter().map(described).collect();
                Err(about_customer(plan, AlertKind::CustomerMatchAmbiguous)
                    .with("candidates", all.join("; "))
                    .stop())
            }
            CustomerMatch::Contradicting(Contradiction { what, ours, theirs }) => {
                let name = plan.customer.display_name.as_deref();
                let theirs_is = found.customers.iter().find(|other| {
                    let other = other.display_name.as_deref();
                    other.map(normalised) == name.map(normalised)
                });
                if let Some(one) = theirs_is
                    && self.tell_apart(cx, &mut slot, &given, one).await?
                {
                    return Ok(None);
                }
                Err(about_customer(plan, AlertKind::CustomerMatchAmbiguous)
                    .with("contradiction", what)
                    .with("ours", ours)
                    .with("theirs", theirs)
                    .stop())
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
        let holder = self.holder(cx, Kind::Customer, one.id.as_ref());
        let Some((_, holder)): Option<(_, StoredCustomer)> = holder.await? else {
            return Ok(false);
        };
        let known: qbo::Customer = wrote(&holder.value)?;
        let name = known.display_name.as_deref();
        let original = holder.value.memory.original.as_deref();
        if slot.value.memory.suffix.is_some() || !items::differs(given, original, name) {
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
        given: &str,
        one: &qbo::Customer,
    ) -> Result<(), Stop> {
        if self.tell_apart(cx, &mut slot, given, one).await? {
            return Ok(());
        }
        let holder = self.holder(cx, Kind::Customer, one.id.as_ref());
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
                Kind::Customer,
                slot.in_form(Slot::raw)?,
            );
            return self.move_to(cx, ours, &owner, self.moved(None)).await;
        }
        // Merged into ours in Housecall Pro (C12).
        if self.has_left(cx, &owner, asking(plan)).await? {
            let target = (&plan.customer_name, slot, &plan.customer);
            let theirs = (&owner, holder);
            return self.take_over(cx, theirs, one.id.as_ref(), target).await;
        }
        Err(about_customer(plan, AlertKind::LinkedCustomerMatch)
            .with("quickbooks_customer", described(one))
            .with("other", described(&known))
            .stop())
    }

    /// A refused change of a customer is reported, and the invoice goes on (S8).
    async fn customer_not_changed(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        known: CustomerSlot<'_>,
        error: &QboError,
        learned: &mut PushState,
    ) -> Result<(), Stop> {
        let is_there = match error {
            QboError::Stale { .. } if learned.may_reread() => {
                self.reread(cx, known.name, Kind::Customer).await? != Reread::Gone
            }
            QboError::Missing { .. } => false,
            _ => {
                learned.refused.insert(known.name.clone());
                let found = LookedUp::default();
                let stop = self
                    .create_refused(cx, plan, known.name, error, &found)
                    .await?;
                return self.reported(cx, stop).await;
            }
        };
        if is_there {
            return Ok(());
        }
        match self.customer_missing(cx, plan, known).await? {
            None => Ok(()),
            Some(Stop::Alert(finding)) if finding.kind == AlertKind::CustomerInactive => {
                learned.refused.insert(known.name.clone());
                self.reported(cx, Stop::Alert(finding)).await
            }
            Some(stop) => Err(stop),
        }
    }

    /// What changes of items that QuickBooks has: the account of a tip's (L4), the category of a material's (I4).
    async fn item_changes(
        &self,
        plan: &Plan<'_>,
        folders: &Folders,
        learned: &PushState,
    ) -> Result<Vec<PlannedWrite>, Stop> {
        let mut ops = Vec::new();
        let mut seen = BTreeSet::new();
        for (used, slot) in &plan.items {
            // Entries that are one have one slot (I7).
            if slot.value.link().is_none() || !seen.insert(&used.name) {
                continue;
            }
            if let Some(account) = &used.rebook {
                ops.push(tips_and_surcharges::rebooked(used, slot, account)?);
                continue;
            }
            if learned.item_refused {
                continue;
            }
            match categories::placed(used, slot, folders)? {
                Placed::Stays => {}
                Placed::Moves(op) => ops.push(*op),
                Placed::Accepted(slot) => match self.put(vec![slot.put()?]).await {
                    // Somebody else changed the slot: another sync accepts it.
                    Ok(()) | Err(Stop::PlanAgain(_)) => {}
                    Err(stop) => return Err(stop),
                },
            }
        }
        Ok(ops)
    }
}

pub(crate) fn about_customer(plan: &Plan<'_>, kind: AlertKind) -> Finding {
    let name = plan.customer.display_name.as_deref();
    plan.finding(kind)
        .with("customer", name.unwrap_or_default())
}

/// A customer, so that a person can tell it from others of its name.
pub(crate) fn described(customer: &qbo::Customer) -> String {
    let name = customer.display_name.as_deref().unwrap_or("(no name)");
    let email = customer.primary_email_addr.as_ref();
    let phones = [
        &customer.mobile,
        &customer.primary_phone,
        &customer.alternate_phone,
    ];
    let phone = phones.into_iter().flatten().next();
    let street = customer.bill_addr.as_ref();
    let more = email
        .and_then(|email| email.address.as_deref())
        .or_else(|| phone.and_then(|phone| phone.free_form_number.as_deref()))
        .or_else(|| street.and_then(|address| address.line1.as_deref()));
    more.map_or_else(|| name.to_owned(), |more| format!("{name} ({more})"))
}

/// What changed of a linked customer since it was last written (C4). Never whose sub-customer it is, nor who is
/// billed for it (C9).
pub(crate) fn customer_change(known: CustomerSlot<'_>) -> Result<Option<PlannedWrite>, Stop> {
    if known.slot.value.link().is_none() {
        return Ok(None);
    }
    let before: qbo::Customer = wrote(&known.slot.value)?;
    let Some(change) = mapping::customer::changes(&before, known.wanted) else {
        return Ok(None);
    };
    let sent = Document::Customer(Box::new(change));
    let wants = Document::Customer(Box::new(known.wanted.clone()));
    PlannedWrite::new(known.name, known.slot.clone(), sent, wants).map(Some)
}
