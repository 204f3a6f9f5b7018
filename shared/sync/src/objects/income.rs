//! Income accounts that items are mapped to (I5).

use std::time::Duration;

use hcp::{CompanyId, ServiceItemId};
use ledger::Slot;
use mapping::{Kind, SlotName, item::Memory};
use qbo::QboError;

use crate::{
    alerts::{AlertKind, Finding},
    calls::quickbooks::Rows,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    job::push::LookedUp,
    ledger::PlannedWrite,
    objects::{
        categories::{self, Made},
        document::{Document, by_keys},
        items::{self, Cause, Missing},
        items_of_lines::UsedItem,
        price_book::Book,
        slots::{StoredItem, stored, wrote},
    },
    retry,
    settle::Reread,
    stop::Stop,
    world::World,
};

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
    /// [`Declined`] when QuickBooks does not take it. Nothing is mapped then.
    pub async fn map_income(
        &self,
        company: &CompanyId,
        item: &ServiceItemId,
        account: &qbo::Id,
        deadline: Duration,
    ) -> Result<Mapped, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        for _ in 0..retry::PLANS {
            let (name, slot) = self.item_slot(&cx, SlotName::item(item)).await?;
            if slot.value.is_sending() {
                self.settle(&cx, &name).await?;
                continue;
            }
            let mapped = if slot.value.link().is_some() {
                let mapped = self.map_slot_for_person(&cx, &name, slot, account);
                let mapped = mapped.await;
                mapped.map(|mapped| mapped.then_some(Mapped::Now))
            } else {
                self.map_new(&cx, item, slot, account).await
            };
            match mapped {
                Ok(Some(mapped)) => return Ok(mapped),
                Ok(None) | Err(NotDone::Declined(Declined::Changed { .. })) => {}
                Err(not_done) => return Err(not_done),
            }
        }
        Err(Stop::PlanAgain(format!("item {item}")).into())
    }

    /// The name of a material, and the item that it becomes; `None`: the price book does not tell it.
    async fn material(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        account: &qbo::Id,
    ) -> Result<Option<(String, qbo::Item)>, Stop> {
        let expense = cx.connection.accounts.expense.as_ref();
        let expense = expense.map(|account| &account.id);
        let told = self.materials(cx, &[item], Book::Read).await?;
        let told = told.and_then(|mut told| told.pop()).flatten();
        Ok(told.and_then(|material| {
            let wanted = mapping::item::of_material(&material, account, expense)?;
            Some((material.name?, wanted))
        }))
    }

    /// Maps an item that QuickBooks does not have yet. `None`: something was entered; look again.
    async fn map_new(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        mut slot: StoredItem,
        account: &qbo::Id,
    ) -> Result<Option<Mapped>, NotDone> {
        let Some((given, wanted)) = self.material(cx, item, account).await? else {
            slot.value.memory.income = Some(account.clone());
            self.put(vec![slot.put()?]).await?;
            return Ok(Some(Mapped::AtFirstUse));
        };
        let mut uses = [UsedItem {
            name: SlotName::item(item),
            wanted: match &slot.value.memory.suffix {
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
            folder_slots.push(stored(self.world.table(), cx, name).await?);
        }
        let folders = categories::named(categories, folder_slots.into_iter());
        if let Some(folder) = folders.iter().find(|one| one.slot.value.is_sending()) {
            self.settle(cx, &folder.name).await?;
            return Ok(None);
        }
        let missing = || folders.iter().filter(|one| one.slot.value.link().is_none());
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
            return Err(category_taken(&folder.given, holder).into());
        }
        inside.extend(folders.into_iter().filter_map(|folder| {
            let link = folder.slot.value.link()?;
            Some((folder.name.clone(), link.id.clone()))
        }));
        let used = used.inside(&inside);
        let matched = self.match_item(cx, Cause::Mapping, &used, &slot, &found);
        match matched.await.map_err(unmapped)? {
            Missing::Make(op) => self.make_mapped(cx, &used, &found, *op, account).await,
            _ => Ok(None),
        }
    }

    /// Makes an item with the account that it is mapped to. `None`: look again.
    async fn make_mapped(
        &self,
        cx: &Ctx,
        used: &UsedItem,
        found: &LookedUp,
        mut op: PlannedWrite,
        account: &qbo::Id,
    ) -> Result<Option<Mapped>, NotDone> {
        let mut slot = op.slot.in_form(Slot::typed::<Memory>)?;
        let before = slot.value.memory.income.replace(account.clone());
        op.slot = slot.in_form(Slot::raw)?;
        let name = op.name.clone();
        let Some(Err(error)) = self.write(cx, vec![op]).await?.pop() else {
            return Ok(Some(Mapped::Now));
        };
        self.unmap(cx, &name, before).await?;
        if self.item_told_apart(cx, used, &error, found).await? {
            return Ok(None);
        }
        match &error {
            QboError::DuplicateName { .. } => {
                Err(name_taken(&found.holder(used.wanted.name.as_deref())).into())
            }
            error => Err(self.not_taken_for_person(cx, error).await?),
        }
    }

    /// Takes a mapping back that QuickBooks refused.
    async fn unmap(&self, cx: &Ctx, name: &SlotName, before: Option<qbo::Id>) -> Result<(), Stop> {
        let (_, mut slot) = self.item_slot(cx, name.clone()).await?;
        slot.value.memory.income = before;
        self.put(vec![slot.put()?]).await
    }

    /// Whether it is mapped, as a person asked for it; if not, the item must be looked at again.
    pub(crate) async fn map_slot_for_person(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: StoredItem,
        account: &qbo::Id,
    ) -> Result<bool, NotDone> {
        match self.map_slot(cx, name, slot, account).await? {
            Ok(mapped) => Ok(mapped),
            Err(QboError::Stale { .. } | QboError::Missing { .. }) => {
                let words = "the item was deleted or made inactive in QuickBooks";
                Err(Declined::no_such("item", name, words).into())
            }
            Err(error) => Err(self.not_taken_for_person(cx, &error).await?),
        }
    }

    /// Whether it is mapped; if not, the item must be looked at again. [`QboError::Stale`]: it is gone.
    pub(crate) async fn map_slot(
        &self,
        cx: &Ctx,
        name: &SlotName,
        mut slot: StoredItem,
        account: &qbo::Id,
    ) -> Result<Result<bool, QboError>, Stop> {
        let before = slot.value.memory.income.replace(account.clone());
        let known: qbo::Item = wrote(&slot.value)?;
        let there = known.income_account_ref.as_ref();
        if there.is_some_and(|there| there.value == *account) {
            self.put(vec![slot.put()?]).await?;
            return Ok(Ok(true));
        }
        let income_account_ref = Some(account.into());
        let sent = qbo::Item {
            income_account_ref: income_account_ref.clone(),
            ..qbo::Item::default()
        };
        let wants = qbo::Item {
            income_account_ref,
            ..known
        };
        let (sent, wants) = (
            Document::Item(Box::new(sent)),
            Document::Item(Box::new(wants)),
        );
        let op = PlannedWrite::new(name, slot, sent, wants)?;
        let Some(Err(error)) = self.write(cx, vec![op]).await?.pop() else {
            return Ok(Ok(true));
        };
        self.unmap(cx, name, before).await?;
        if matches!(error, QboError::Stale { .. })
            && self.reread(cx, name, Kind::Item).await? != Reread::Gone
        {
            return Ok(Ok(false));
        }
        Ok(Err(error))
    }

    /// How a person's request ends after QuickBooks did not take what it comes to.
    pub(crate) async fn not_taken_for_person(
        &self,
        cx: &Ctx,
        error: &QboError,
    ) -> Result<NotDone, Stop> {
        Ok(match error {
            QboError::Refused { fault, .. } => {
                let first = fault.errors.first().map(|error| error.detail.as_str());
                let words = first.map_or_else(
                    || error.to_string(),
                    |first| format!("QuickBooks refused it: {first}"),
                );
                Declined::not_usable("account", words).into()
            }
            error => self.stop_for(cx, error).await?.into(),
        })
    }

    /// The slot of an item, where its link is now (I7).
    pub(crate) async fn item_slot(
        &self,
        cx: &Ctx,
        name: SlotName,
    ) -> Result<(SlotName, StoredItem), Stop> {
        let slot = stored(self.world.table(), cx, &name).await?;
        let present = items::followed(self, cx, name, slot).await?;
        Ok((present.name, present.slot))
    }
}

/// Why a person's mapping was not entered, where the sync would have raised an alert.
fn unmapped(stop: Stop) -> NotDone {
    if let Stop::Alert(finding) = &stop
        && finding.kind == AlertKind::ItemNameTaken
        && let Some(holder) = finding.facts.get("holder")
    {
        return name_taken(holder).into();
    }
    stop.into()
}

fn category_taken(category: &str, holder: &str) -> Declined {
    let words = format!(
        "its category {category} cannot be made in QuickBooks, because its name is taken by {holder}"
    );
    Declined::held_by("name", &holder, words)
}

fn name_taken(holder: &str) -> Declined {
    let words = format!(
        "its name is taken in QuickBooks by {holder}: link it, or give one of the two another name"
    );
    Declined::held_by("name", &holder, words)
}
