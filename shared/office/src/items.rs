//! Items and accounts: which item of QuickBooks each of Housecall Pro's is, where it is booked, and which names lines have that
//! are not in the price book.

use std::collections::BTreeMap;

use ledger::{LinkOwner, Slot};
use mapping::{AnyKind, SlotName, item};
use store::{Books, Connection, Key, LineName, NamedId, Stored, places, read_many};
use sync::{NotDone, World};

use crate::{Caller, Office, Operation, Paging, Rows};

/// Which items are listed; always in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemsBy {
    /// Those whose names begin so; all where it is empty.
    Name(String),
    /// Those that are booked to this income account, by its id.
    Account(String),
}

/// Which names of lines are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinesBy {
    /// All, those with which the most jobs were sent first.
    Jobs,
    /// The same of those that stand for the generic item *Sales*.
    Unmapped,
    /// Those that begin so, in their order.
    Name(String),
}

/// An item that QuickBooks has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// What tells it from all others.
    pub key: String,
    /// Its name in Housecall Pro, or the name of one of ours; none: an earlier version did not note it.
    pub name: Option<String>,
    /// Its name in QuickBooks, as it was found or written.
    pub quickbooks: Option<String>,
    /// Its id there.
    pub id: qbo::Id,
    /// Whether it is an entry of the price book; else it is one of ours.
    pub in_price_book: bool,
    /// The name of its category in QuickBooks, where it lies in one that is known here.
    pub category: Option<String>,
    /// Its income account, by its name where that is known.
    pub account: Option<NamedId>,
    /// Whether that was chosen for it; else it is the company's, or follows from a setting.
    pub is_own_account: bool,
    /// Whether a person can choose it (I5).
    pub may_choose_account: bool,
    /// What agreed when QuickBooks' one was taken for it (I3); none: it was made from here.
    pub evidence: Option<Vec<String>>,
}

/// A name that lines have which are not in the price book (L5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// The name, as it was typed first.
    pub name: String,
    /// How many jobs were sent with it, each counted once.
    pub jobs: usize,
    /// The name of the item that it stands for; none: QuickBooks does not have that yet.
    pub item: Option<String>,
    /// Whether somebody mapped it; else it is the generic item *Sales*.
    pub is_mapped: bool,
}

impl<W: World> Office<W> {
    /// A page of the items that QuickBooks has from here.
    ///
    /// # Errors
    /// [`Declined::NotUsable`](sync::Declined::NotUsable) when the cursor is none of this list, or the table does not answer.
    pub async fn items(
        &self,
        caller: &Caller,
        by: &ItemsBy,
        paging: &Paging,
    ) -> Result<Rows<ItemRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let connection = self.engine.company(caller.company()).await?.connection;
        let books = connection.books();
        let list = match by {
            ItemsBy::Name(name) => books.items_named(name),
            ItemsBy::Account(account) => books.items_of_account(&qbo::Id::new(account)),
        };
        let found = self.rows(list, paging, |slot| Item::of(slot, &connection));
        let found = found.await?;
        let parents = found.rows.iter().filter_map(|item| item.parent.clone());
        let categories = self.categories(&books, parents.collect()).await?;
        let rows = found.rows.iter().map(|item| ItemRow {
            category: item
                .parent
                .as_ref()
                .and_then(|id| categories.get(id).cloned()),
            ..item.row.clone()
        });
        let rows = rows.collect();
        Ok(found.with(rows))
    }

    /// The names of categories, by their ids in QuickBooks.
    async fn categories(
        &self,
        books: &Books,
        ids: Vec<qbo::Id>,
    ) -> Result<BTreeMap<qbo::Id, String>, NotDone> {
        let kind = AnyKind::Item.name();
        let mut owners: Vec<Key> = ids.iter().map(|id| books.owner(&kind, id)).collect();
        owners.sort();
        owners.dedup();
        let owners = read_many::<LinkOwner>(self.table(), &owners).await?;
        let slots = owners.into_iter().flatten();
        let slots: Vec<Key> = slots.map(|owner| books.slot(&owner.value.slot)).collect();
        let slots = read_many::<Slot<item::Memory>>(self.table(), &slots).await?;
        let named = slots.into_iter().flatten().filter_map(|slot| {
            let id = slot.value.link()?.id.clone();
            Some((id, name_there(&slot.value)?))
        });
        Ok(named.collect())
    }

    /// A page of the names that lines have which are not in the price book.
    ///
    /// # Errors
    /// As [`Self::items`].
    pub async fn lines(
        &self,
        caller: &Caller,
        by: &LinesBy,
        paging: &Paging,
    ) -> Result<Rows<LineRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let books = self.books(caller.company()).await?;
        let list = match by {
            LinesBy::Jobs => books.line_names_by_jobs().backwards(),
            LinesBy::Unmapped => books.unmapped_line_names().backwards(),
            LinesBy::Name(name) => books.line_names_named(name),
        };
        let found = self.rows(list, paging, |line: Stored<LineName>| Some(line.value));
        let found = found.await?;
        let mut items: Vec<SlotName> = found.rows.iter().map(|line| line.item.clone()).collect();
        items.sort();
        items.dedup();
        let keys: Vec<Key> = items.iter().map(|item| books.slot(item)).collect();
        let slots = read_many::<Slot<item::Memory>>(self.table(), &keys).await?;
        let named = items.into_iter().zip(slots).filter_map(|(item, slot)| {
            let name = name_there(&slot?.value)?;
            Some((item, name))
        });
        let named: BTreeMap<SlotName, String> = named.collect();
        let rows = found.rows.iter().map(|line| LineRow {
            name: line.name.clone().unwrap_or_default(),
            jobs: line.jobs,
            item: named.get(&line.item).cloned(),
            is_mapped: line.item != SlotName::sales_item(),
        });
        let rows = rows.collect();
        Ok(found.with(rows))
    }
}

/// An item, and the folder in which it lies.
struct Item {
    row: ItemRow,
    parent: Option<qbo::Id>,
}

impl Item {
    fn of(slot: Stored<Slot<item::Memory>>, connection: &Connection) -> Option<Self> {
        let name = slot.key.sort.strip_prefix("slot#item#")?;
        let name = SlotName::of_item(name)?;
        let slot = slot.value;
        let known = written(&slot);
        let account = places::item_account(&slot.memory, &known);
        Some(Self {
            parent: known.parent_ref.as_ref().map(|parent| parent.value.clone()),
            row: ItemRow {
                key: name.item_key()?.to_owned(),
                name: places::item_name(&slot.memory, &known).map(str::to_owned),
                quickbooks: name_there(&slot),
                id: slot.link()?.id.clone(),
                in_price_book: name.item_id().is_some(),
                category: None,
                account: account.map(|account| named(connection, account)),
                is_own_account: slot.memory.income.is_some(),
                may_choose_account: name.has_own_account(),
                evidence: slot.memory.matched.map(|matched| matched.agreed),
            },
        })
    }
}

fn written(slot: &Slot<item::Memory>) -> qbo::Item {
    let written = slot.link().and_then(|link| link.last_written.as_ref());
    let read = written.and_then(|written| serde_json::from_str(written.get()).ok());
    read.unwrap_or_default()
}

/// The name of an item in QuickBooks: as it was found there, else as it was written.
fn name_there(slot: &Slot<item::Memory>) -> Option<String> {
    let matched = slot.memory.matched.as_ref();
    let matched = matched.map(|matched| matched.name.clone());
    matched.or_else(|| written(slot).name)
}

/// An account by the name that was read last; its id where none was.
fn named(connection: &Connection, id: &qbo::Id) -> NamedId {
    let accounts = &connection.accounts;
    let income = connection.income_accounts.iter();
    let mut known = income.chain([&accounts.income]).chain(&accounts.expense);
    let known = known.find(|known| known.id == *id).cloned();
    let extra = || {
        let mut extra = connection.extra_accounts.iter();
        extra
            .find(|known| known.id == *id)
            .map(|known| known.name.clone())
    };
    known.unwrap_or_else(|| NamedId {
        id: id.clone(),
        name: extra().unwrap_or_default(),
    })
}
