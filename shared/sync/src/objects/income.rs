//! Income accounts that items are mapped to (I5).

use std::time::Duration;

use hcp::{CompanyId, ServiceItemId};
use qbo::QboError;
use store::{Kind, Slot, SlotName, Stored, read};

use crate::{
    alerts::{AlertKind, Finding},
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    engine::Engine,
    job::push::LookedUp,
    ledger::PlannedWrite,
    objects::{
        categories::{self, Made},
        document::{Document, by_keys},
        items::{self, Cause, Missing},
        items_of_lines::UsedItem,
        price_book::Book,
    },
    settle::Reread,
    stop::Stop,
    world::World,
};

/// How often it is planned anew, after somebody else changed the item.
pub(crate) const ROUNDS: u32 = 5;

/// What became of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// The item in QuickBooks has the account.
    Now,
    /// QuickBooks does not have the item yet, and Housecall Pro does not tell a company's key its name (it tells
    /// materials only): the item gets the account when a job uses it for the first time.
    AtFirstUse,
}

impl<W: World> Engine<W> {
    /// Maps an item of the price book to an income account, at once: an item that QuickBooks has is changed, and
    /// a material that it has not is made there. Past transactions keep theirs.
    ///
    /// # Errors
    /// As the [`Stop`] says; nothing is mapped then.
    pub async fn map_income(
        &self,
        company: &CompanyId,
        item: &ServiceItemId,
        account: &qbo::Id,
        deadline: Duration,
    ) -> Result<Mapped, Stop> {
        let cx = self.cx(company, deadline).await?;
        for _ in 0..ROUNDS {
            let (name, slot) = self.item_slot(&cx, SlotName::item(item)).await?;
            if slot.value.pending.is_some() {
                self.settle(&cx, &name).await?;
                continue;
            }
            let mapped = if slot.value.link.is_some() {
                let mapped = self.map_slot(&cx, &name, slot, account).await;
                mapped.map(|mapped| mapped.then_some(Mapped::Now))
            } else {
                self.map_new(&cx, item, slot, account).await
            };
            match mapped {
                Ok(Some(mapped)) => return Ok(mapped),
                Ok(None) | Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::PlanAgain(format!("item {item}")))
    }

    /// Maps an item that QuickBooks does not have yet. `None`: something was entered; look again.
    async fn map_new(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        mut slot: Stored<Slot>,
        account: &qbo::Id,
    ) -> Result<Option<Mapped>, Stop> {
        let expense = cx.connection.accounts.expense.as_ref();
        let told = self.materials(cx, &[item], Book::Read).await?;
        let told = told.and_then(|mut told| told.pop()).flatten();
        let told = told.and_then(|material| {
            let expense = expense.map(|account| &account.id);
            let wanted = mapping::item::of_material(&material, account, expense)?;
            Some((material.name?, wanted))
        });
        let Some((given, wanted)) = told else {
            slot.value.income = Some(account.clone());
            self.put(vec![slot.put()?]).await?;
            return Ok(Some(Mapped::AtFirstUse));
        };
        let mut uses = [UsedItem {
            name: SlotName::item(item),
            wanted: match &slot.value.suffix {
                Some(suffix) => mapping::item::told_apart(wanted, suffix),
                None => wanted,
            },
            given,
            material: Some(item.clone()),
            category: None,
            typed: false,
            extra: None,
            rebook: None,
        }];
        let categories = self.categories_of(cx, &mut uses, Book::Read).await?;
        let categories = categories.unwrap_or_default();
        let [used] = &uses;
        let mut folder_slots = Vec::new();
        for (name, _) in &categories {
            let key = cx.books.slot(name);
            let stored = read::<Slot>(self.world.table(), &key).await?;
            folder_slots.push(stored.unwrap_or_else(|| Stored::new(key, Slot::default())));
        }
        let folders = categories::named(categories, folder_slots.into_iter());
        if let Some(folder) = folders.iter().find(|one| one.slot.value.pending.is_some()) {
            self.settle(cx, &folder.name).await?;
            return Ok(None);
        }
        let missing = || folders.iter().filter(|one| one.slot.value.link.is_none());
        let wanted = missing().map(|folder| &folder.wanted).chain([&used.wanted]);
        let names: Vec<String> = wanted.filter_map(|one| one.name.clone()).collect();
        let rows = self.ask_all(cx, &by_keys(Kind::Item, &names)).await?;
        let found = LookedUp {
            items: Rows::together(&rows)?,
            ..LookedUp::default()
        };
        let about = |kind| Finding::about(kind, used.name.to_string());
        let made = self.make_folders(cx, missing().collect(), &found, &about);
        let Some(Made {
            folders: mut inside,
            refused,
        }) = made.await.map_err(unmapped)?
        else {
            return Ok(None);
        };
        if let Some((folder, holder)) = refused.first() {
            return Err(broken(format!(
                "its category {} cannot be made in QuickBooks, because its name is taken by {holder}",
                folder.given
            )));
        }
        inside.extend(folders.into_iter().filter_map(|folder| {
            let link = folder.slot.value.link?;
            Some((folder.name, link.id))
        }));
        let used = used.inside(&inside);
        let matched = self.match_item(cx, Cause::Mapping, &used, &slot, &found);
        let Missing::Make(mut op) = matched.await.map_err(unmapped)? else {
            return Ok(None);
        };
        let before = op.slot.value.income.replace(account.clone());
        let name = op.name.clone();
        let Some(Err(error)) = self.write(cx, vec![*op]).await?.pop() else {
            return Ok(Some(Mapped::Now));
        };
        self.unmap(cx, &name, before).await?;
        if self.item_told_apart(cx, &used, &error, &found).await? {
            return Ok(None);
        }
        match &error {
            QboError::DuplicateName { .. } => {
                Err(name_taken(&found.holder(used.wanted.name.as_deref())))
            }
            error => Err(self.stop_for(cx, error).await?),
        }
    }

    /// Takes a mapping back that QuickBooks refused.
    async fn unmap(&self, cx: &Ctx, name: &SlotName, before: Option<qbo::Id>) -> Result<(), Stop> {
        let (_, mut slot) = self.item_slot(cx, name.clone()).await?;
        slot.value.income = before;
        self.put(vec![slot.put()?]).await
    }

    /// Whether it is mapped; if not, the item must be looked at again.
    pub(crate) async fn map_slot(
        &self,
        cx: &Ctx,
        name: &SlotName,
        mut slot: Stored<Slot>,
        account: &qbo::Id,
    ) -> Result<bool, Stop> {
        let before = slot.value.income.replace(account.clone());
        let wrote: qbo::Item = items::wrote(&slot.value)?;
        let there = wrote.income_account_ref.as_ref();
        if there.is_some_and(|there| there.value == *account) {
            self.put(vec![slot.put()?]).await?;
            return Ok(true);
        }
        let income_account_ref = Some(account.into());
        let sent = qbo::Item {
            income_account_ref: income_account_ref.clone(),
            ..qbo::Item::default()
        };
        let wants = qbo::Item {
            income_account_ref,
            ..wrote
        };
        let op = PlannedWrite {
            name: name.clone(),
            slot,
            sent: Document::Item(Box::new(sent)),
            wants: Document::Item(Box::new(wants)),
            dated_by_invoice: false,
        };
        let Some(Err(error)) = self.write(cx, vec![op]).await?.pop() else {
            return Ok(true);
        };
        self.unmap(cx, name, before).await?;
        if matches!(error, QboError::Stale { .. })
            && self.reread(cx, name, Kind::Item).await? != Reread::Gone
        {
            return Ok(false);
        }
        match self.stop_for(cx, &error).await? {
            Stop::PlanAgain(_) => Err(broken(
                "the item was deleted or made inactive in QuickBooks",
            )),
            stop => Err(stop),
        }
    }

    /// The slot of an item, where its link is now (I7).
    pub(crate) async fn item_slot(
        &self,
        cx: &Ctx,
        name: SlotName,
    ) -> Result<(SlotName, Stored<Slot>), Stop> {
        let key = cx.books.slot(&name);
        let slot = read::<Slot>(self.world.table(), &key).await?;
        let slot = slot.unwrap_or_else(|| Stored::new(key, Slot::default()));
        let present = items::followed(self, cx, name, slot).await?;
        Ok((present.name, present.slot))
    }
}

/// Why a person's mapping was not entered, where the sync would have raised an alert.
fn unmapped(stop: Stop) -> Stop {
    match stop {
        Stop::Alert(finding) => match (finding.kind, finding.facts.get("holder")) {
            (AlertKind::ItemNameTaken, Some(holder)) => name_taken(holder),
            _ => broken(finding.message()),
        },
        stop => stop,
    }
}

fn name_taken(holder: &str) -> Stop {
    broken(format!(
        "its name is taken in QuickBooks by {holder}: link it, or give one of the two another name"
    ))
}
