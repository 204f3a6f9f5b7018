//! Income accounts that items are mapped to (I5).

use std::time::Duration;

use hcp::{CompanyId, ServiceItemId};
use mapping::{AnyKind, QboObject, SlotName};
use qbo::QboError;
use store::{ActKind, By};

use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    ledger::PlannedWrite,
    objects::{
        item_push::not_brought,
        items,
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
        by: &By,
        deadline: Duration,
    ) -> Result<Mapped, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let mapped = self.enter_income(&cx, item, account).await?;
        let act = Acting::new(by, ActKind::MappedIncome).about(item);
        let act = act.told(format!("income account {account}"));
        self.put(vec![act.write(&self.world, &cx.books)?]).await?;
        Ok(mapped)
    }

    /// The same of any item whose account a person chooses, without telling of it.
    pub(crate) async fn enter_income_of(
        &self,
        cx: &Ctx,
        name: &SlotName,
        account: &qbo::Id,
    ) -> Result<Mapped, NotDone> {
        if let Some(item) = name.item_id() {
            return self.enter_income(cx, &item, account).await;
        }
        for _ in 0..retry::PLANS {
            let (there, slot) = self.item_slot(cx, name.clone()).await?;
            if slot.value.is_sending() {
                self.settle(cx, &there).await?;
                continue;
            }
            if slot.value.link().is_none() {
                let words = "QuickBooks does not have this item yet: no job has used it.";
                return Err(Declined::no_such("item", name, words).into());
            }
            match self.map_slot_for_person(cx, &there, slot, account).await {
                Ok(true) => return Ok(Mapped::Now),
                Ok(false) | Err(NotDone::Declined(Declined::Changed { .. })) => {}
                Err(not_done) => return Err(not_done),
            }
        }
        Err(Stop::PlanAgain(name.to_string()).into())
    }

    async fn enter_income(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        account: &qbo::Id,
    ) -> Result<Mapped, NotDone> {
        for _ in 0..retry::PLANS {
            let (name, slot) = self.item_slot(cx, SlotName::item(item)).await?;
            if slot.value.is_sending() {
                self.settle(cx, &name).await?;
                continue;
            }
            let mapped = if slot.value.link().is_some() {
                let mapped = self.map_slot_for_person(cx, &name, slot, account);
                let mapped = mapped.await;
                mapped.map(|mapped| mapped.then_some(Mapped::Now))
            } else {
                self.map_new(cx, item, (name, slot), account).await
            };
            match mapped {
                Ok(Some(mapped)) => return Ok(mapped),
                Ok(None) | Err(NotDone::Declined(Declined::Changed { .. })) => {}
                Err(not_done) => return Err(not_done),
            }
        }
        Err(Stop::PlanAgain(format!("item {item}")).into())
    }

    /// Maps an item that QuickBooks does not have yet. `None`: something was entered; look again.
    async fn map_new(
        &self,
        cx: &Ctx,
        item: &ServiceItemId,
        (name, mut slot): (SlotName, StoredItem),
        account: &qbo::Id,
    ) -> Result<Option<Mapped>, NotDone> {
        let material = self.material(cx, item, account).await?;
        let Some(material) = material else {
            slot.value.memory.income = Some(account.clone());
            self.put(vec![slot.put()?]).await?;
            return Ok(Some(Mapped::AtFirstUse));
        };
        let before = slot.value.memory.income.replace(account.clone());
        let there = (name.clone(), slot);
        match self.bring_material(cx, item, material, there).await? {
            Some(stop) => {
                self.unmap(cx, &name, before).await?;
                Err(not_brought(stop))
            }
            None => Ok(None),
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
            QboObject::Item(Box::new(sent)),
            QboObject::Item(Box::new(wants)),
        );
        let op = PlannedWrite::new(name, slot, sent, wants)?;
        let Some(Err(error)) = self.write(cx, vec![op]).await?.pop() else {
            return Ok(Ok(true));
        };
        self.unmap(cx, name, before).await?;
        if matches!(error, QboError::Stale { .. })
            && self.reread(cx, name, AnyKind::Item).await? != Reread::Gone
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
