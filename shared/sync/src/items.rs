//! The items of a job: each found in QuickBooks or made there, under a name of its own (I1 to I8).

use mapping::{JobRecords, item::ItemMatch, normalised};
use ports::Clock;
use qbo::ItemType;
use store::{Kind, LinkOwner, Matched, Moved, Slot, Stored, read};

use crate::{
    alerts::{AlertKind, Finding},
    books::{Session, broken},
    document::Document,
    engine::Engine,
    ledger::Op,
    plan::{Plan, Use},
    push::LookedUp,
    stop::Stop,
    world::World,
};

/// What must be done about an item that QuickBooks does not have from us yet.
pub(crate) enum Missing {
    /// Make it.
    Make(Box<Op>),
    /// Something was entered; plan again.
    Entered,
}

/// The items under the names and accounts that their slots hold. A link that moved is followed (I7).
pub(crate) async fn as_stored<W: World>(
    engine: &Engine<W>,
    session: &Session,
    records: &JobRecords,
    items: Vec<(Use, Stored<Slot>)>,
) -> Result<Vec<(Use, Stored<Slot>)>, Stop> {
    let mut stored = Vec::with_capacity(items.len());
    for (mut used, mut slot) in items {
        if let Some(moved) = &slot.value.moved {
            // Lines from before the move keep the old id; on a later job it means that both live on.
            if records.job.created_at.is_some_and(|at| at > moved.at) {
                return Err(in_both_books(
                    Finding::job(AlertKind::ItemInBothBooks, &records.job.id)
                        .with("job", records.job_number()),
                    &used,
                ));
            }
            used.name = moved.to.clone();
            let key = session.books.slot(&used.name);
            slot = read::<Slot>(engine.world.table(), &key)
                .await?
                .ok_or_else(|| Stop::Broken(format!("the slot {} is missing", used.name)))?;
        }
        if let Some(suffix) = &slot.value.suffix {
            used.wanted = mapping::item::told_apart(used.wanted, suffix);
        }
        if let Some(income) = &slot.value.income {
            used.wanted.income_account_ref = Some(income.into());
        }
        stored.push((used, slot));
    }
    Ok(stored)
}

impl<W: World> Engine<W> {
    /// Links an item to the one that QuickBooks has, or tells how to make it (I1, I3).
    pub(crate) async fn match_item(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        used: &Use,
        slot: &Stored<Slot>,
        found: &LookedUp,
    ) -> Result<Missing, Stop> {
        let wanted = Document::Item(Box::new(used.wanted.clone()));
        let mut slot = slot.clone();
        slot.value.original = original(&used.given, used.wanted.name.as_deref());
        match mapping::item::find(&used.wanted, &found.items) {
            ItemMatch::None => Ok(Missing::Make(Box::new(Op {
                name: used.name.clone(),
                slot,
                sent: wanted.clone(),
                wants: wanted,
                dated_by_invoice: false,
            }))),
            ItemMatch::One(one) => {
                let known = qbo::Item {
                    income_account_ref: one.income_account_ref.clone(),
                    ..used.wanted.clone()
                };
                let wrote = Some(Document::Item(Box::new(known)).json().map_err(broken)?);
                slot.value.matched = Some(Matched {
                    at: self.world.clock().now(),
                    name: one.name.clone().unwrap_or_default(),
                    agreed: Vec::new(),
                });
                // An account that was chosen in QuickBooks counts as this item's own (I6).
                slot.value.income = slot.value.income.or_else(|| {
                    let account = one.income_account_ref.as_ref()?.value.clone();
                    (account != session.connection.accounts.income.id).then_some(account)
                });
                let document = Document::Item(Box::new(one.clone()));
                let adopted = self.adopt(session, &used.name, &slot, &document, wrote);
                if adopted.await?.is_none() {
                    self.share_item(session, plan, used, slot, one).await?;
                }
                Ok(Missing::Entered)
            }
            ItemMatch::Taken(holder) => Err(taken(plan, used, holder)),
        }
    }

    /// QuickBooks' item of that name has a slot already: the entry moved to another part of the price book
    /// (I7), or the names are alike for QuickBooks only (I8), or a person must decide.
    async fn share_item(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        used: &Use,
        mut slot: Stored<Slot>,
        one: &qbo::Item,
    ) -> Result<(), Stop> {
        let (owner, mut holder) = self
            .holder(session, Kind::Item, one.id.as_ref())
            .await?
            .ok_or_else(|| Stop::Rival("an item".to_owned()))?;
        if holder.value.pending.is_some() {
            return self.settle(session, &owner.value.slot).await;
        }
        let wrote: qbo::Item = wrote(&holder.value)?;
        if differs(&used.given, &holder.value, wrote.name.as_deref()) {
            if slot.value.suffix.is_some() {
                return Err(taken(plan, used, "another price-book entry"));
            }
            slot.value = Slot {
                suffix: Some(mapping::mark(&used.given)),
                income: slot.value.income,
                ..Slot::default()
            };
            return self.put(vec![slot.put()?]).await;
        }
        let from_services = wrote.kind == Some(ItemType::Service)
            && used.wanted.kind == Some(ItemType::NonInventory)
            && !owner.value.slot.is_generic_item();
        if !from_services {
            return Err(taken(plan, used, "another price-book entry of that name"));
        }
        if plan
            .items
            .iter()
            .any(|(other, _)| other.name == owner.value.slot)
        {
            return Err(in_both_books(
                plan.finding(AlertKind::ItemInBothBooks),
                used,
            ));
        }
        slot.value = Slot {
            original: slot.value.original,
            moved: None,
            ..std::mem::take(&mut holder.value)
        };
        holder.value.moved = Some(Moved {
            to: used.name.clone(),
            at: self.world.clock().now(),
        });
        let mut owner = owner;
        owner.value.slot = used.name.clone();
        self.put(vec![slot.put()?, holder.put()?, owner.put()?])
            .await
    }

    /// The slot that a QuickBooks object belongs to.
    pub(crate) async fn holder(
        &self,
        session: &Session,
        kind: Kind,
        id: Option<&qbo::Id>,
    ) -> Result<Option<(Stored<LinkOwner>, Stored<Slot>)>, Stop> {
        let Some(id) = id else { return Ok(None) };
        let key = session.books.owner(kind, id);
        let Some(owner) = read::<LinkOwner>(self.world.table(), &key).await? else {
            return Ok(None);
        };
        let key = session.books.slot(&owner.value.slot);
        let slot = read::<Slot>(self.world.table(), &key).await?;
        Ok(slot.map(|slot| (owner, slot)))
    }
}

/// What was last written to the object of a slot.
pub(crate) fn wrote<T: Default + serde::de::DeserializeOwned>(slot: &Slot) -> Result<T, Stop> {
    let wrote = slot.link.as_ref().and_then(|link| link.wrote.as_ref());
    wrote.map_or_else(
        || Ok(T::default()),
        |wrote| serde_json::from_str(wrote.get()).map_err(broken),
    )
}

/// The name as Housecall Pro has it, where it is not the one in QuickBooks.
pub(crate) fn original(given: &str, name: Option<&str>) -> Option<String> {
    let same = name.is_some_and(|name| normalised(name) == normalised(given));
    (!same).then(|| given.to_owned())
}

/// Whether a slot's object has another name in Housecall Pro, so that only QuickBooks takes the two for one.
pub(crate) fn differs(given: &str, holder: &Slot, name: Option<&str>) -> bool {
    let theirs = holder.original.as_deref().or(name);
    theirs.is_some_and(|theirs| normalised(theirs) != normalised(given))
}

fn taken(plan: &Plan<'_>, used: &Use, holder: &str) -> Stop {
    plan.finding(AlertKind::ItemNameTaken)
        .with("item", used.wanted.name.as_deref().unwrap_or_default())
        .with("holder", holder)
        .stop()
}

fn in_both_books(finding: Finding, used: &Use) -> Stop {
    finding.with("item", &used.given).stop()
}
