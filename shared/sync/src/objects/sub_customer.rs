//! To whom an invoice is made out: the customer, or the sub-customer for the address of the job (C11).

use ledger::{Link, Slot, owner};
use mapping::{
    JobRecords, Kind, Matched, SlotName,
    customer::{Memory, Place, PlaceMatch},
    invoice, normalised,
};
use ports::Clock;
use qbo::{Query, Ref};
use store::Table;

use crate::{
    alerts::{AlertKind, Finding},
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    engine::Engine,
    job::{plan::Plan, push::PushState},
    ledger::PlannedWrite,
    objects::{
        document::{Document, customers_named},
        items,
        merges::asking,
        parties::{about_customer, described},
        slots::{StoredCustomer, stored, wrote},
    },
    settle::by_id,
    stop::Stop,
    world::World,
};

/// A sub-customer that an invoice is made out to.
#[derive(Clone, Debug)]
pub(crate) struct Payer {
    pub(crate) name: SlotName,
    pub(crate) slot: StoredCustomer,
    pub(crate) wanted: qbo::Customer,
    /// Its name before it was cleaned for QuickBooks.
    given: String,
    /// What tells it from another one of its name.
    suffix: String,
}

/// The customer of a job, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Above<'a> {
    pub(crate) name: &'a SlotName,
    pub(crate) slot: &'a StoredCustomer,
    pub(crate) wanted: &'a qbo::Customer,
}

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
pub(crate) async fn payer<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    records: &JobRecords,
    above: Above<'_>,
    invoice: &Slot<invoice::Memory>,
) -> Result<Option<Payer>, Stop> {
    let table = engine.world.table();
    let here = mapping::customer::place(&records.customer, records.job.address.as_ref());
    let (name, slot) = if invoice.link().is_some() {
        let customer = above.slot.value.link().map(|link| &link.id);
        let Some(id) = made_out_to(invoice)?.filter(|id| Some(id) != customer) else {
            return Ok(None);
        };
        let owner = owner(table, &cx.books, &Kind::Customer.name(), &id).await?;
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
        return Ok(Some(Payer {
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
    Ok(Some(Payer {
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

/// Merges one after another that are followed.
pub(crate) const HOPS: u32 = 8;

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

/// The statements that find the sub-customer of an address among others (C6): by its name, all below a parent of
/// Housecall Pro's name, and the parent as QuickBooks has it.
pub(crate) fn queries(payer: &Payer, parent: &qbo::Customer, link: Option<&Link>) -> Vec<Query> {
    let name = payer.wanted.display_name.as_deref().unwrap_or_default();
    let mut queries = vec![customers_named(name), below(parent)];
    queries.extend(link.map(|link| by_id(Kind::Customer, &link.id)));
    queries
}

/// The statement that finds all below a parent of that name.
fn below(parent: &qbo::Customer) -> Query {
    let parent = parent.display_name.as_deref().unwrap_or_default();
    let words: Vec<&str> = parent.split_whitespace().collect();
    Query::select(Kind::Customer.as_str())
        .where_like("FullyQualifiedName", &format!("%{}:%", words.join("%")))
        .in_pages()
}

impl<W: World> Engine<W> {
    /// What the statements found. Below a parent that was renamed in QuickBooks it is asked for once more, since a
    /// parent cannot be asked for by its id (C11).
    pub(crate) async fn places(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        rows: &[Rows],
    ) -> Result<Vec<qbo::Customer>, Stop> {
        let mut found: Vec<qbo::Customer> = Rows::together(rows)?;
        let link = plan.customer_link().map(|link| &link.id);
        let parent = found
            .iter()
            .find(|one| link.is_some() && one.id.as_ref() == link);
        let name = |customer: &qbo::Customer| customer.display_name.as_deref().map(normalised);
        if let Some(parent) = parent
            && name(parent) != name(&plan.customer)
        {
            let more = self.ask_all(cx, &[below(parent)]).await?;
            let known: Vec<_> = found.iter().map(|one| one.id.clone()).collect();
            let more = Rows::together::<qbo::Customer>(&more)?.into_iter();
            found.extend(more.filter(|one| !known.contains(&one.id)));
        }
        Ok(found)
    }

    /// Links the sub-customer to the one that QuickBooks has below the customer, or tells how to make it.
    /// `None`: something was entered, and the plan must be made again.
    pub(crate) async fn match_payer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        payer: &Payer,
        parent: &Link,
        learned: &PushState,
    ) -> Result<Option<PlannedWrite>, Stop> {
        let found = learned.places.as_deref().unwrap_or_default();
        let mut slot = payer.slot.clone();
        slot.value.memory.original =
            items::original(&payer.given, payer.wanted.display_name.as_deref());
        match mapping::customer::find_place(&payer.wanted, &parent.id, found) {
            PlaceMatch::None if learned.names_refused.contains(&payer.name) => {
                Err(about(plan, payer, AlertKind::NameTaken).stop())
            }
            PlaceMatch::None => {
                let new = qbo::Customer {
                    job: Some(true),
                    parent_ref: Some(Ref::from(&parent.id)),
                    bill_with_parent: Some(true),
                    ..payer.wanted.clone()
                };
                let sent = Document::Customer(Box::new(new));
                let wants = Document::Customer(Box::new(payer.wanted.clone()));
                PlannedWrite::new(&payer.name, slot, sent, wants).map(Some)
            }
            PlaceMatch::One(one) => {
                let street = one.ship_addr.as_ref().or(one.bill_addr.as_ref());
                let ours = payer.wanted.ship_addr.as_ref();
                let agreed = street
                    .zip(ours)
                    .is_some_and(|(one, other)| mapping::customer::is_at(one, other));
                slot.value.memory.matched = Some(Matched {
                    at: self.world.clock().now(),
                    name: one.display_name.clone().unwrap_or_default(),
                    agreed: agreed.then(|| "address".to_owned()).into_iter().collect(),
                });
                let document = Document::Customer(Box::new(one.clone()));
                let wrote = Document::Customer(Box::new(payer.wanted.clone()));
                let wrote = Some(wrote.json().map_err(broken)?);
                let adopted = self.adopt(cx, &payer.name, &slot, &document, wrote);
                if adopted.await?.is_none() {
                    self.share_payer(cx, plan, payer, slot, one).await?;
                }
                Ok(None)
            }
            PlaceMatch::Several(all) => {
                let all: Vec<String> = all.into_iter().map(described).collect();
                Err(about(plan, payer, AlertKind::CustomerMatchAmbiguous)
                    .with("candidates", all.join("; "))
                    .stop())
            }
            PlaceMatch::Taken(one) => {
                match self.is_held(cx, Kind::Customer, one.id.as_ref()).await? {
                    true => self.tell_payer_apart(plan, payer).await?,
                    false => return Err(about(plan, payer, AlertKind::NameTaken).stop()),
                }
                Ok(None)
            }
        }
    }

    /// The sub-customer that was found belongs to another slot: that of a customer who was merged into this one
    /// in Housecall Pro (C12), or of another address.
    async fn share_payer(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        payer: &Payer,
        slot: StoredCustomer,
        one: &qbo::Customer,
    ) -> Result<(), Stop> {
        let holder = self.holder(cx, Kind::Customer, one.id.as_ref());
        let (owner, holder) = holder
            .await?
            .ok_or_else(|| Stop::PlanAgain("a customer".to_owned()))?;
        if owner.place_of(&plan.customer_name).is_none()
            && self.has_left(cx, &owner, asking(plan)).await?
        {
            let target = (&payer.name, slot, &payer.wanted);
            let theirs = (&owner, holder);
            return self.take_over(cx, theirs, one.id.as_ref(), target).await;
        }
        self.tell_payer_apart(plan, payer).await
    }

    async fn tell_payer_apart(&self, plan: &Plan<'_>, payer: &Payer) -> Result<(), Stop> {
        if payer.slot.value.memory.suffix.is_some() {
            return Err(about(plan, payer, AlertKind::NameTaken).stop());
        }
        let mut slot = payer.slot.clone();
        slot.value.memory = Memory {
            suffix: Some(payer.suffix.clone()),
            ..Memory::default()
        };
        self.put(vec![slot.put()?]).await
    }
}

/// An alert about a job and the sub-customer that its invoice is made out to.
fn about(plan: &Plan<'_>, payer: &Payer, kind: AlertKind) -> Finding {
    let name = payer.wanted.display_name.as_deref();
    about_customer(plan, kind).with("customer", name.unwrap_or_default())
}
