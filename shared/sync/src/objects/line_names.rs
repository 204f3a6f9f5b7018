//! What lines stand for that were typed on a job and are not in the price book (L5).

use std::time::Duration;

use hcp::{CompanyId, ServiceItemId};
use ledger::owner;
use mapping::{
    AnyKind, Matched, QboObject, SlotName,
    item::{ItemMatch, Memory},
};
use ports::Clock;
use store::{ActKind, By, LineName};

use crate::{
    calls::quickbooks::Rows,
    company::choose::no_product,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    job::state::Asked,
    ledger::PlannedWrite,
    objects::{
        items_of_lines::digest,
        slots::{StoredItem, stored},
    },
    retry::{self, Change},
    stop::{Stop, broken},
    world::World,
};

/// What lines of a name stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineTarget {
    /// The generic item *Sales*, as without a choice.
    Sales,
    /// An item of the price book that a job has used.
    PriceBook(ServiceItemId),
    /// Any active product or service in QuickBooks. It may stand for many names.
    Item(qbo::Id),
    /// An item of their own, named like them, that is booked to this income account.
    Own {
        /// The account.
        account: qbo::Id,
    },
}

impl<W: World> Engine<W> {
    /// Maps lines of a name to an item: on all jobs that are sent from then on. Invoices that are in QuickBooks
    /// already keep the items of their lines.
    ///
    /// # Errors
    /// [`Declined`] when there is no such item, or QuickBooks does not take it. Nothing is mapped then.
    pub async fn map_line_name(
        &self,
        company: &CompanyId,
        name: &str,
        target: &LineTarget,
        by: &By,
        deadline: Duration,
    ) -> Result<(), NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        self.enter_line_name(&cx, name, target).await?;
        let act = Acting::new(by, ActKind::MappedLine).told(name);
        Ok(self.put(vec![act.write(&self.world, &cx.books)?]).await?)
    }

    /// The same, without telling of it. Gives the slot of the item.
    pub(crate) async fn enter_line_name(
        &self,
        cx: &Ctx,
        name: &str,
        target: &LineTarget,
    ) -> Result<SlotName, NotDone> {
        if mapping::normalised(name).is_empty() {
            let words = "a line without a name cannot be mapped";
            return Err(Declined::not_usable("name", words).into());
        }
        let item = match target {
            LineTarget::Sales => SlotName::sales_item(),
            LineTarget::PriceBook(item) => {
                let (name, slot) = self.item_slot(cx, SlotName::item(item)).await?;
                if slot.value.link().is_none() {
                    let words = "no job has used this item of the price book yet";
                    return Err(Declined::no_such("item", item, words).into());
                }
                name
            }
            LineTarget::Item(id) => self.item_by_id(cx, id).await?,
            LineTarget::Own { account } => self.own_item(cx, name, account).await?,
        };
        let key = cx.books.line_name(&digest(name));
        // A job may use the name for the first time meanwhile.
        let fresh = || LineName::new(name.trim(), item.clone());
        let entered = self.change(&key, fresh, |stored| {
            stored.value.item = item.clone();
            Change::Store(())
        });
        entered.await?;
        Ok(item)
    }

    /// The slot of an item that QuickBooks has; it gets one where it has none.
    async fn item_by_id(&self, cx: &Ctx, id: &qbo::Id) -> Result<SlotName, NotDone> {
        let rows = self.ask_all(cx, &[AnyKind::Item.by_id(id)]).await?;
        let found: Vec<qbo::Item> = rows.first().map_or(Ok(Vec::new()), Rows::of)?;
        let missing = || {
            let words = format!("QuickBooks has no active product or service {id}");
            Declined::no_such("item", id, words)
        };
        let found = found.into_iter().next().ok_or_else(missing)?;
        if !mapping::item::stands_on_lines(&found) {
            return Err(no_product(&found).into());
        }
        let table = self.world.table();
        if let Some(owner) = owner(table, &cx.books, &AnyKind::Item.name(), id).await? {
            return Ok(owner.value.slot);
        }
        let name = SlotName::line_item(id);
        let document = QboObject::Item(Box::new(found.clone()));
        let wrote = qbo::Item {
            name: found.name.clone(),
            kind: found.kind,
            income_account_ref: found.income_account_ref,
            ..qbo::Item::default()
        };
        let wrote = QboObject::Item(Box::new(wrote)).json().map_err(broken)?;
        let mut slot: StoredItem = stored(table, cx, &name).await?;
        slot.value.memory = Memory {
            matched: Some(Matched {
                at: self.world.clock().now(),
                name: found.name.unwrap_or_default(),
                agreed: vec!["a person's choice".to_owned()],
            }),
            ..Memory::default()
        };
        let adopted = self.adopt(cx, &name, &slot, &document, Some(&wrote));
        match adopted.await? {
            Some(()) => Ok(name),
            None => Err(Stop::PlanAgain(name.to_string()).into()),
        }
    }

    /// The slot of an item that is named like the lines; it is made in QuickBooks at once (I5).
    async fn own_item(&self, cx: &Ctx, line: &str, account: &qbo::Id) -> Result<SlotName, NotDone> {
        let name = SlotName::own_line_item(&digest(line));
        for _ in 0..retry::PLANS {
            let (there, slot) = self.item_slot(cx, name.clone()).await?;
            if there != name {
                let words = "the item of that name belongs to the price book by now: map its income account there";
                return Err(Declined::held_by("item", &there, words).into());
            }
            if slot.value.is_sending() {
                self.settle(cx, &name).await?;
                continue;
            }
            let mapped = if slot.value.link().is_some() {
                self.map_slot_for_person(cx, &name, slot, account).await
            } else {
                self.make_own(cx, &name, slot, line, account)
                    .await
                    .map(|()| true)
            };
            match mapped {
                Ok(true) => return Ok(name),
                Ok(false) | Err(NotDone::Declined(Declined::Changed { .. })) => {}
                Err(not_done) => return Err(not_done),
            }
        }
        Err(Stop::PlanAgain(name.to_string()).into())
    }

    async fn make_own(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: StoredItem,
        line: &str,
        account: &qbo::Id,
    ) -> Result<(), NotDone> {
        let wanted = mapping::item::own(line, account);
        let key = wanted.name.as_deref().unwrap_or_default();
        let rows = self.ask_all(cx, &[AnyKind::Item.by_key(key)]).await?;
        let there = Rows::together::<qbo::Item>(&rows)?;
        if mapping::item::find(&wanted, &there) != ItemMatch::None {
            let mut asked = Asked::default();
            let there = there.into_iter().map(QboObject::from);
            asked.enter(&there.collect::<Vec<_>>());
            let holder = asked.holder(AnyKind::Item, key);
            let words = format!("QuickBooks has {holder} already: map the name to that one");
            return Err(Declined::held_by("name", &holder, words).into());
        }
        let wanted = QboObject::Item(Box::new(wanted));
        let op = PlannedWrite::new(name, slot, wanted.clone(), wanted)?;
        match self.write(cx, vec![op]).await?.pop() {
            Some(Err(error)) => Err(self.not_taken_for_person(cx, &error).await?),
            _ => Ok(()),
        }
    }
}
