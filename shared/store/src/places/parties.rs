//! Lists of customers.

use mapping::customer;

use super::{SlotTold, remembered, sorted_name, written};
use crate::{
    books::Books,
    list::{Index, List, Lists},
    table::Key,
};

fn customers(partition: &str, linked: bool) -> String {
    let which = if linked { "linked" } else { "unlinked" };
    format!("{partition}#customers#{which}")
}

/// Of a customer: by their name, those who are linked and those who are not apart. Whoever was merged into another one
/// stands in none.
pub(super) fn of_customer(key: &Key, id: &str, slot: &impl SlotTold, lists: Lists) -> Lists {
    let linked = slot.is_linked();
    if !linked && !slot.is_empty() {
        return lists;
    }
    let memory = remembered::<customer::Memory>(slot).unwrap_or_default();
    let known = written::<qbo::Customer>(slot).unwrap_or_default();
    let name = customer_name(&memory, &known);
    if name.is_none() && !linked {
        return lists;
    }
    let named = format!("{}#{id}", sorted_name(name.unwrap_or_default()));
    lists.and(Index::First, customers(&key.partition, linked), named)
}

/// The name of a customer: in Housecall Pro, where QuickBooks has it otherwise or has none.
pub fn customer_name<'a>(
    memory: &'a customer::Memory,
    written: &'a qbo::Customer,
) -> Option<&'a str> {
    let matched = memory.matched.as_ref().map(|matched| &matched.name);
    let name = memory.original.as_ref().or(written.display_name.as_ref());
    name.or(matched).map(String::as_str)
}

impl Books {
    /// The customers who are linked, or who are known and not linked, and whose names begin so; in the order of the names.
    pub fn customers_named(&self, linked: bool, name: &str) -> List {
        let list = List::new(Index::First, customers(&self.partition(), linked));
        list.beginning_with(&sorted_name(name))
    }
}
