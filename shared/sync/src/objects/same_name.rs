//! Items of one name: whether two entries share the item that QuickBooks has (I7, L5), or are told apart (I8).

use ledger::{Former, Move, RawMemory, Seen, Slot};
use mapping::{AnyKind, QboObject, SlotName, alert::ItemTrouble, item::Memory};
use ports::Clock;
use qbo::ItemType;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{graph::Cause, parts::UsedItem, state::Asked},
    ledger::object,
    objects::slots::{StoredItem, stored, wrote},
    stop::{Stop, broken},
    world::World,
};

/// Whether an item's slot took part in what another had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    Yes,
    No,
}

/// The slot that an item of QuickBooks belongs to, by its name.
type Held = (SlotName, StoredItem);

impl<W: World> Engine<W> {
    /// QuickBooks' item of that name has a slot already: the entry moved to another part of the price book, or it is
    /// another of the same name and kind (I7), or the names are alike for QuickBooks only (I8), or only typed lines stood
    /// for it until now (L5).
    /// `same`: it lies in the item's own category, as far as that is known.
    pub(crate) async fn share_item(
        &self,
        cx: &Ctx,
        cause: Cause<'_>,
        used: &UsedItem,
        slot: &StoredItem,
        one: &qbo::Item,
        same: bool,
    ) -> Result<Shared, Stop> {
        let held = self.holder(cx, AnyKind::Item, one.id.as_ref()).await?;
        let Some((owner, holder)): Option<Held> = held else {
            return Ok(Shared::No);
        };
        let mut slot = slot.clone();
        if holder.value.is_sending() {
            self.settle(cx, &owner).await?;
            return Ok(Shared::Yes);
        }
        let known: qbo::Item = wrote(&holder.value)?;
        let only_lines = owner.is_line_item() && same;
        let is_ours = used.name.is_generic_item() || owner.is_generic_item();
        if is_ours && !only_lines {
            return match same {
                true => self.tell_item_apart(used, slot).await,
                // In another category QuickBooks may take the name once more.
                false => Ok(Shared::No),
            };
        }
        if !only_lines
            && differs(
                &used.given,
                holder.value.memory.original.as_deref(),
                known.name.as_deref(),
            )
        {
            if slot.value.memory.suffix.is_some() {
                return Ok(Shared::No);
            }
            slot.value.memory = Memory {
                suffix: Some(mapping::name_hash(&used.given)),
                income: slot.value.memory.income,
                ..Memory::default()
            };
            self.put(vec![slot.put()?]).await?;
            return Ok(Shared::Yes);
        }
        let from_services = known.kind == Some(ItemType::Service)
            && used.wanted.kind == Some(ItemType::NonInventory);
        if !from_services && !only_lines {
            return match known.kind == used.wanted.kind {
                true => self.share_entry(cx, used, slot, (owner, holder)).await,
                false => Ok(Shared::No),
            };
        }
        if from_services && cause.uses(&owner) {
            let item = used.given.clone();
            let both = ItemTrouble::InBothBooks { item };
            return Err(cause.stop_of(Some(&used.name), both));
        }
        self.move_item(cx, used, slot, (owner, holder), false)
            .await?;
        Ok(Shared::Yes)
    }

    /// The link of an item goes to the slot of another entry, whose kind counts from then on. `as_one`: whichever of the
    /// two a job uses.
    async fn move_item(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        slot: StoredItem,
        (owner, holder): Held,
        as_one: bool,
    ) -> Result<(), Stop> {
        let Some(link) = holder.value.link().cloned() else {
            return Err(Stop::PlanAgain(owner.to_string()));
        };
        self.end_alerts_of(cx, &owner, &holder.value).await?;
        let ours = match &link.last_written {
            Some(known) => {
                let known = qbo::Item {
                    kind: used.wanted.kind.clone(),
                    ..serde_json::from_str(known.get()).map_err(broken)?
                };
                Some(QboObject::Item(Box::new(known)).json().map_err(broken)?)
            }
            None => None,
        };
        let (theirs, mine) = (&holder.value.memory, &slot.value.memory);
        let memory = Memory {
            original: mine.original.clone(),
            income: mine.income.clone().or_else(|| theirs.income.clone()),
            ..theirs.clone()
        };
        let seen = Seen {
            id: link.id,
            sync_token: link.sync_token,
            key: used.given.clone(),
            ours,
            memory: RawMemory::new(&memory).map_err(broken)?,
        };
        let from = object(&owner, AnyKind::Item, holder.in_form(Slot::raw)?);
        let to = object(&used.name, AnyKind::Item, slot.in_form(Slot::raw)?);
        self.move_link(
            cx,
            from,
            (to, seen),
            self.moved_as_one(as_one),
            Former::Kept,
        )
        .await
    }

    fn moved_as_one(&self, as_one: bool) -> Move {
        Move {
            at: self.world.clock().now(),
            as_one,
            also: None,
        }
    }

    /// Two entries of one name and kind share the item of the one that came first, if they are one (I7): services, of
    /// which a company's key tells nothing else, always; materials, where the price book does not have both. A material
    /// that is there takes the link over from one that is not.
    async fn share_entry(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        mut slot: StoredItem,
        (owner, holder): Held,
    ) -> Result<Shared, Stop> {
        let other = owner.item_id();
        let first_stays = match (&used.material, &other) {
            (None, _) => true,
            (Some(material), Some(other)) => {
                let lives = self.in_price_book(cx, [material, other]).await?;
                match lives {
                    None | Some([true, true]) => return Ok(Shared::No),
                    Some([_, other]) => other,
                }
            }
            (Some(_), None) => return Ok(Shared::No),
        };
        if let Some(income) = slot.value.memory.income.take()
            && holder.value.memory.income.as_ref() != Some(&income)
        {
            // Somebody mapped the new entry: that counts for the item (I5).
            return match self.map_slot(cx, &owner, holder, &income).await? {
                Ok(_) => Ok(Shared::Yes),
                Err(error) => Err(self.stop_for(cx, &error).await?),
            };
        }
        if !first_stays {
            self.move_item(cx, used, slot, (owner, holder), true)
                .await?;
            return Ok(Shared::Yes);
        }
        let slot = object(&used.name, AnyKind::Item, slot.in_form(Slot::raw)?);
        self.move_to(cx, slot, &owner, self.moved_as_one(true))
            .await?;
        Ok(Shared::Yes)
    }

    /// Of a generic item of ours and an entry of the price book that have one name, the later one gets something
    /// behind it (I8): nobody is asked about a name that both have from us (I7).
    pub(crate) async fn tell_item_apart(
        &self,
        used: &UsedItem,
        mut slot: StoredItem,
    ) -> Result<Shared, Stop> {
        let plain = if used.name.is_generic_item() {
            mapping::item::OURS
        } else {
            mapping::item::OF_THE_PRICE_BOOK
        };
        let suffix = match slot.value.memory.suffix.as_deref() {
            None => plain.to_owned(),
            Some(known) if known == plain => mapping::name_hash(used.name.as_str()),
            Some(_) => return Ok(Shared::No),
        };
        slot.value.memory = Memory {
            suffix: Some(suffix),
            income: slot.value.memory.income,
            ..Memory::default()
        };
        self.put(vec![slot.put()?]).await?;
        Ok(Shared::Yes)
    }

    /// QuickBooks refused the name of a new item, since another has it: whether that was settled between us.
    pub(crate) async fn item_told_apart(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        asked: &Asked,
    ) -> Result<bool, Stop> {
        let name = used.wanted.name.as_deref().unwrap_or_default();
        if !used.name.is_generic_item() && !self.is_ours(cx, name, asked).await? {
            return Ok(false);
        }
        let slot = stored(self.world.table(), cx, &used.name).await?;
        Ok(self.tell_item_apart(used, slot).await? == Shared::Yes)
    }

    /// Whether a generic item of ours has a name in QuickBooks.
    pub(crate) async fn is_ours(&self, cx: &Ctx, name: &str, asked: &Asked) -> Result<bool, Stop> {
        let named = |item: &&QboObject| item.is_called(name);
        for item in asked.rows(AnyKind::Item).filter(named) {
            let id = item.identity().map(|(id, _)| id);
            let holder: Option<Held> = self.holder(cx, AnyKind::Item, id.as_ref()).await?;
            if holder.is_some_and(|(owner, _)| owner.is_generic_item()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a slot's object has another name in Housecall Pro, so that only QuickBooks takes the two for one.
pub(crate) fn differs(given: &str, original: Option<&str>, name: Option<&str>) -> bool {
    let theirs = original.or(name);
    theirs.is_some_and(|theirs| mapping::normalised(theirs) != mapping::normalised(given))
}
