//! Income accounts that items are mapped to (I5).

use std::time::Duration;

use hcp::{CompanyId, ServiceItemId};
use qbo::QboError;
use store::{Kind, Slot, SlotName, Stored, read};

use crate::{
    books::{Session, broken},
    document::Document,
    engine::Engine,
    items,
    ledger::Op,
    stop::Stop,
    world::World,
};

/// How often it is planned anew, after somebody else changed the item.
const ROUNDS: u32 = 5;

impl<W: World> Engine<W> {
    /// Maps an item of the price book to an income account. An item that QuickBooks has is changed at once;
    /// another one gets the account when it is made. Past transactions keep theirs.
    ///
    /// # Errors
    /// As the [`Stop`] says; nothing is mapped then.
    pub async fn map_income(
        &self,
        company: &CompanyId,
        item: &ServiceItemId,
        account: &qbo::Id,
        deadline: Duration,
    ) -> Result<(), Stop> {
        let session = self.session(company, deadline).await?;
        for _ in 0..ROUNDS {
            let (name, slot) = self.item_slot(&session, SlotName::item(item)).await?;
            if slot.value.pending.is_some() {
                self.settle(&session, &name).await?;
                continue;
            }
            match self.map_slot(&session, &name, slot, account).await {
                Ok(true) => return Ok(()),
                Ok(false) | Err(Stop::Rival(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::Rival(format!("item {item}")))
    }

    /// Whether it is mapped; if not, the item must be looked at again.
    async fn map_slot(
        &self,
        session: &Session,
        name: &SlotName,
        mut slot: Stored<Slot>,
        account: &qbo::Id,
    ) -> Result<bool, Stop> {
        let before = slot.value.income.replace(account.clone());
        let wrote: qbo::Item = items::wrote(&slot.value)?;
        let there = wrote.income_account_ref.as_ref();
        if slot.value.link.is_none() || there.is_some_and(|there| there.value == *account) {
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
        let op = Op {
            name: name.clone(),
            slot,
            sent: Document::Item(Box::new(sent)),
            wants: Document::Item(Box::new(wants)),
            dated_by_invoice: false,
        };
        let Some(Err(error)) = self.write(session, vec![op]).await?.pop() else {
            return Ok(true);
        };
        let (_, mut slot) = self.item_slot(session, name.clone()).await?;
        slot.value.income = before;
        self.put(vec![slot.put()?]).await?;
        if matches!(error, QboError::Stale { .. }) && self.reread(session, name, Kind::Item).await?
        {
            return Ok(false);
        }
        match self.ends(session, &error).await? {
            Stop::Rival(_) => Err(broken(
                "the item was deleted or made inactive in QuickBooks",
            )),
            stop => Err(stop),
        }
    }

    /// The slot of an item, where its link is now (I7).
    async fn item_slot(
        &self,
        session: &Session,
        name: SlotName,
    ) -> Result<(SlotName, Stored<Slot>), Stop> {
        let key = session.books.slot(&name);
        let slot = read::<Slot>(self.world.table(), &key).await?;
        let slot = slot.unwrap_or_else(|| Stored::new(key, Slot::default()));
        let Some(moved) = &slot.value.moved else {
            return Ok((name, slot));
        };
        let name = moved.to.clone();
        let key = session.books.slot(&name);
        let slot = read::<Slot>(self.world.table(), &key).await?;
        let slot = slot.ok_or_else(|| broken(format!("the slot {name} is missing")))?;
        Ok((name, slot))
    }
}
