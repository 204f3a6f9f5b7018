//! Categories: the QuickBooks folders that materials lie in, as Housecall Pro tells them (I4).

use qbo::{ItemType, limits};

use super::ItemMatch;
use crate::names;

/// The QuickBooks category for one of Housecall Pro's. `None`: nothing is left of its name (I8), so that the
/// category counts as unknown.
pub fn wanted(given: &str) -> Option<qbo::Item> {
    Some(qbo::Item {
        name: Some(names::name(given, limits::ITEM_NAME)?),
        kind: Some(ItemType::Category),
        ..qbo::Item::default()
    })
}

/// Looks for the category among those that QuickBooks has under its name. Housecall Pro tells no category
/// above it: one at the top comes first, then the only one of that name, wherever a person put it.
pub(super) fn find<'a>(same: &[&'a qbo::Item]) -> ItemMatch<'a> {
    let (categories, products): (Vec<&qbo::Item>, Vec<&qbo::Item>) = same
        .iter()
        .partition(|item| item.kind == Some(ItemType::Category));
    let mut at_the_top = categories.iter().filter(|item| item.parent_ref.is_none());
    match (at_the_top.next(), categories.as_slice()) {
        (Some(one), _) | (None, [one]) => ItemMatch::One(one),
        (None, _) if products.iter().any(|item| item.parent_ref.is_none()) => {
            ItemMatch::Taken("a product or service")
        }
        (None, _) => ItemMatch::None,
    }
}

/// The item in a category.
#[must_use]
pub fn inside(item: qbo::Item, category: &qbo::Id) -> qbo::Item {
    qbo::Item {
        sub_item: Some(true),
        parent_ref: Some(category.into()),
        ..item
    }
}

/// Where a linked item belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where it is, as far as it is ours to say.
    AsItIs,
    /// Where it is: a person had it there before it was linked. From now on Housecall Pro's category counts as
    /// written, and only another one moves it.
    Accepted,
    /// Into the category: nothing else of it changes (I6).
    Into(Box<qbo::Item>),
}

/// What a linked item is known by, for its place.
#[derive(Clone, Copy, Debug)]
pub struct SentBefore<'a> {
    /// What was last written of it.
    pub wrote: &'a qbo::Item,
    /// Whether QuickBooks had it before it was linked.
    pub found: bool,
    /// Whether its present category in Housecall Pro is the one that was accepted; `None`: none was.
    pub accepted: Option<bool>,
}

/// Whether a linked item moves to the category that Housecall Pro tells (I4). A move by hand in QuickBooks is
/// not undone: only what was last written counts (S8).
pub fn place(standing: SentBefore<'_>, category: Option<&qbo::Id>) -> Place {
    let written = standing.wrote.parent_ref.as_ref().map(|at| &at.value);
    if written.is_some() && written == category {
        return Place::AsItIs;
    }
    match (written, standing.found, standing.accepted) {
        (None, true, None) => Place::Accepted,
        (None, true, Some(true)) => Place::AsItIs,
        _ => category.map_or(Place::AsItIs, |category| {
            Place::Into(Box::new(inside(qbo::Item::default(), category)))
        }),
    }
}

/// Where an item stands in QuickBooks, for a person.
pub fn described(item: &qbo::Item) -> String {
    let full = item
        .fully_qualified_name
        .as_deref()
        .or(item.name.as_deref());
    let kind = match item.kind {
        Some(ItemType::Category) => "the category",
        _ => "the product or service",
    };
    format!("{kind} {}", full.unwrap_or("(no name)"))
}
