//! Items of one name: whether two entries share the item that QuickBooks has (I7, L5), or are told apart (I8).

use mapping::normalised;
use ports::Clock;
use qbo::{ItemType, QboError};
use store::{Kind, LinkOwner, Moved, Slot, Stored};

use crate::{
    alerts::AlertKind,
    calls::quickbooks::broken,
    ctx::Ctx,
    engine::Engine,
    job::push::LookedUp,
    objects::{
        document::Document,
        items::{Cause, differs, in_both_books, wrote},
        items_of_lines::UsedItem,
        sub_customer::stored,
    },
    stop::Stop,
    world::World,
};

/// Whether an item's slot took part in what another had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    Yes,
    No,
}

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
        slot: &Stored<Slot>,
        one: &qbo::Item,
        same: bool,
    ) -> Result<Shared, Stop> {
        let holder = self.holder(cx, Kind::Item, one.id.as_ref()).await?;
        let Some((owner, holder)) = holder else {
            return Ok(Shared::No);
        };
        let mut slot = slot.clone();
        if holder.value.pending.is_some() {
            self.settle(cx, &owner.value.slot).await?;
            return Ok(Shared::Yes);
        }
        let wrote: qbo::Item = wrote(&holder.value)?;
        let only_lines = owner.value.slot.is_line_item() && same;
        let is_ours = used.name.is_generic_item() || owner.value.slot.is_generic_item();
        if is_ours && !only_lines {
            return match same {
                true => self.tell_item_apart(used, slot).await,
                // In another category QuickBooks may take the name once more.
                false => Ok(Shared::No),
            };
        }
        if !only_lines && differs(&used.given, &holder.value, wrote.name.as_deref()) {
            if slot.value.suffix.is_some() {
                return Ok(Shared::No);
            }
            slot.value = Slot {
                suffix: Some(mapping::name_hash(&used.given)),
                income: slot.value.income,
                ..Slot::default()
            };
            self.put(vec![slot.put()?]).await?;
            return Ok(Shared::Yes);
        }
        let from_services = wrote.kind == Some(ItemType::Service)
            && used.wanted.kind == Some(ItemType::NonInventory);
        if !from_services && !only_lines {
            return match wrote.kind == used.wanted.kind {
                true => self.share_entry(cx, used, slot, owner, holder).await,
                false => Ok(Shared::No),
            };
        }
        if from_services && cause.uses(&owner.value.slot) {
            return Err(in_both_books(
                cause.finding(AlertKind::ItemInBothBooks),
                &used.given,
            ));
        }
        self.move_link(used, slot, owner, holder, false).await?;
        Ok(Shared::Yes)
    }

    /// The link of an item goes to the slot of another entry, whose kind counts from then on. `as_one`: whichever of the two a job uses.
    async fn move_link(
        &self,
        used: &UsedItem,
        mut slot: Stored<Slot>,
        mut owner: Stored<LinkOwner>,
        mut holder: Stored<Slot>,
        as_one: bool,
    ) -> Result<(), Stop> {
        slot.value = Slot {
            original: slot.value.original,
            income: slot.value.income.or_else(|| holder.value.income.clone()),
            moved: None,
            ..std::mem::take(&mut holder.value)
        };
        if let Some(link) = &mut slot.value.link
            && let Some(known) = &link.wrote
        {
            let known = qbo::Item {
                kind: used.wanted.kind.clone(),
                ..serde_json::from_str(known.get()).map_err(broken)?
            };
            link.wrote = Some(Document::Item(Box::new(known)).json().map_err(broken)?);
        }
        holder.value.moved = Some(Moved {
            to: used.name.clone(),
            at: self.world.clock().now(),
            as_one,
        });
        owner.value.slot = used.name.clone();
        self.put(vec![slot.put()?, holder.put()?, owner.put()?])
            .await
    }

    /// Two entries of one name and kind share the item of the one that came first, if they are one (I7): services, of
    /// which a company's key tells nothing else, always; materials, where the price book does not have both. A material
    /// that is there takes the link over from one that is not.
    async fn share_entry(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        mut slot: Stored<Slot>,
        owner: Stored<LinkOwner>,
        holder: Stored<Slot>,
    ) -> Result<Shared, Stop> {
        let other = owner.value.slot.item_id();
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
        if let Some(income) = slot.value.income.take()
            && holder.value.income.as_ref() != Some(&income)
        {
            // Somebody mapped the new entry: that counts for the item (I5).
            let mapped = self
                .map_slot(cx, &owner.value.slot, holder, &income)
                .await?;
            return match mapped {
                Ok(_) => Ok(Shared::Yes),
                Err(error) => Err(self.stop_for(cx, &error).await?),
            };
        }
        if !first_stays {
            self.move_link(used, slot, owner, holder, true).await?;
            return Ok(Shared::Yes);
        }
        slot.value = Slot {
            moved: Some(Moved {
                to: owner.value.slot,
                at: self.world.clock().now(),
                as_one: true,
            }),
            ..Slot::default()
        };
        self.put(vec![slot.put()?]).await?;
        Ok(Shared::Yes)
    }

    /// Of a generic item of ours and an entry of the price book that have one name, the later one gets something
    /// behind it (I8): nobody is asked about a name that both have from us (I7).
    pub(crate) async fn tell_item_apart(
        &self,
        used: &UsedItem,
        mut slot: Stored<Slot>,
    ) -> Result<Shared, Stop> {
        let plain = if used.name.is_generic_item() {
            mapping::item::OURS
        } else {
            mapping::item::OF_THE_PRICE_BOOK
        };
        let suffix = match slot.value.suffix.as_deref() {
            None => plain.to_owned(),
            Some(known) if known == plain => mapping::name_hash(used.name.as_str()),
            Some(_) => return Ok(Shared::No),
        };
        slot.value = Slot {
            suffix: Some(suffix),
            income: slot.value.income,
            ..Slot::default()
        };
        self.put(vec![slot.put()?]).await?;
        Ok(Shared::Yes)
    }

    /// QuickBooks refused the name of a new item, since another has it: whether that was settled between us.
    pub(crate) async fn item_told_apart(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        error: &QboError,
        found: &LookedUp,
    ) -> Result<bool, Stop> {
        if !matches!(error, QboError::DuplicateName { .. }) {
            return Ok(false);
        }
        let name = used.wanted.name.as_deref();
        if !used.name.is_generic_item() && !self.is_ours(cx, name, found).await? {
            return Ok(false);
        }
        let slot = stored(self, cx, &used.name).await?;
        Ok(self.tell_item_apart(used, slot).await? == Shared::Yes)
    }

    /// Whether a generic item of ours has a name in QuickBooks.
    pub(crate) async fn is_ours(
        &self,
        cx: &Ctx,
        name: Option<&str>,
        found: &LookedUp,
    ) -> Result<bool, Stop> {
        let named =
            |item: &&qbo::Item| item.name.as_deref().map(normalised) == name.map(normalised);
        for item in found.items.iter().filter(named) {
            let holder = self.holder(cx, Kind::Item, item.id.as_ref()).await?;
            if holder.is_some_and(|(owner, _)| owner.value.slot.is_generic_item()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
