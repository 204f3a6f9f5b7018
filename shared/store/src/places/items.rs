//! Lists of items.

use mapping::item;

use super::{SlotTold, remembered, sorted_name, written};
use crate::{
    books::Books,
    list::{Index, List, Lists},
    table::Key,
};

fn items(partition: &str) -> String {
    format!("{partition}#items")
}

/// Of an item that QuickBooks has: by its name, and by its income account.
pub(super) fn of_item(key: &Key, id: &str, slot: &impl SlotTold) -> Lists {
    if !slot.is_linked() {
        return Lists::default();
    }
    let memory = remembered::<item::Memory>(slot).unwrap_or_default();
    let known = written::<qbo::Item>(slot).unwrap_or_default();
    let name = item_name(&memory, &known).unwrap_or_default();
    let named = format!("{}#{id}", sorted_name(name));
    let all = items(&key.partition);
    let lists = Lists::default().and(Index::First, all.as_str(), named.as_str());
    match item_account(&memory, &known) {
        Some(account) => lists.and(Index::Second, all, format!("{account}#{named}")),
        None => lists,
    }
}

/// The name of an item: in Housecall Pro, where QuickBooks has it otherwise; none is known of one that was written by an
/// earlier version and edited since.
pub fn item_name<'a>(memory: &'a item::Memory, written: &'a qbo::Item) -> Option<&'a str> {
    let matched = memory.matched.as_ref().map(|matched| &matched.name);
    let name = memory.original.as_ref().or(written.name.as_ref());
    name.or(matched).map(String::as_str)
}

/// The income account of an item: that it is mapped to, else that it was written with.
pub fn item_account<'a>(memory: &'a item::Memory, written: &'a qbo::Item) -> Option<&'a qbo::Id> {
    let there = written.income_account_ref.as_ref();
    memory.income.as_ref().or(there.map(|there| &there.value))
}

impl Books {
    /// The items that QuickBooks has and whose names begin so, in the order of the names.
    pub fn items_named(&self, name: &str) -> List {
        let list = List::new(Index::First, items(&self.partition()));
        list.beginning_with(&sorted_name(name))
    }

    /// Those that are booked to an income account.
    pub fn items_of_account(&self, account: &qbo::Id) -> List {
        let list = List::new(Index::Second, items(&self.partition()));
        list.beginning_with(&format!("{account}#"))
    }
}
