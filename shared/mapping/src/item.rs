//! Price-book items, and the generic item for everything else (I1, I2, I3, L5).

use qbo::{ItemType, limits};

use crate::{
    bill::{BilledLine, Goods, NO_NAME},
    names::{self, normalised},
};

/// The generic item of lines that are not in the price book.
const SALES: &str = "Sales";

/// The items of tips and card surcharges (L4), named as Housecall Pro's own integration names them.
const TIPS: &str = "Housecall Pro Tips";
const SURCHARGE: &str = "Card surcharge";

/// The QuickBooks item that a line's goods become, with its first use (I1). A material becomes
/// `NonInventory` (I2).
pub fn wanted(line: &BilledLine, income: &qbo::Id, expense: Option<&qbo::Id>) -> qbo::Item {
    let reference = |id: &qbo::Id| Some(qbo::Ref::from(id));
    let item = qbo::Item {
        income_account_ref: reference(income),
        ..qbo::Item::default()
    };
    match line.goods {
        Goods::NotInPriceBook | Goods::Deposit | Goods::Tip | Goods::Surcharge => qbo::Item {
            name: Some(given_name(line).to_owned()),
            kind: Some(ItemType::Service),
            ..item
        },
        Goods::Service(_) | Goods::Material(_) => {
            let material = matches!(line.goods, Goods::Material(_));
            qbo::Item {
                name: Some(
                    names::name(&line.name, limits::ITEM_NAME)
                        .unwrap_or_else(|| NO_NAME.to_owned()),
                ),
                kind: Some(if material {
                    ItemType::NonInventory
                } else {
                    ItemType::Service
                }),
                description: line
                    .description
                    .as_deref()
                    .and_then(|text| names::text(text, limits::DESCRIPTION)),
                unit_price: line.unit_price.map(Into::into),
                taxable: Some(line.taxable),
                expense_account_ref: expense.filter(|_| material).and_then(reference),
                ..item
            }
        }
    }
}

/// The item's name as Housecall Pro has it, before it is cleaned for QuickBooks (I8).
pub fn given_name(line: &BilledLine) -> &str {
    match line.goods {
        Goods::NotInPriceBook | Goods::Deposit => SALES,
        Goods::Tip => TIPS,
        Goods::Surcharge => SURCHARGE,
        Goods::Service(_) | Goods::Material(_) => &line.name,
    }
}

/// The item under a name with something behind it, to tell it from another of that name (I8).
#[must_use]
pub fn told_apart(mut wanted: qbo::Item, suffix: &str) -> qbo::Item {
    let name = wanted.name.take();
    wanted.name = name.map(|name| names::with_suffix(&name, suffix, limits::ITEM_NAME));
    wanted
}

/// What was found in QuickBooks under an item's name (I3).
#[derive(Clone, Debug, PartialEq)]
pub enum ItemMatch<'a> {
    /// Nothing: it is created.
    None,
    /// One active item that can stand on an invoice.
    One(&'a qbo::Item),
    /// Something that cannot: what it is.
    Taken(&'static str),
}

/// Looks for the item among those that QuickBooks has under its name.
pub fn find<'a>(wanted: &qbo::Item, found: &'a [qbo::Item]) -> ItemMatch<'a> {
    let name = |item: &qbo::Item| item.name.as_deref().map(normalised);
    let mut same = found
        .iter()
        .filter(|other| other.active != Some(false) && name(other) == name(wanted));
    match (same.next(), same.next()) {
        (None, _) => ItemMatch::None,
        (Some(_), Some(_)) => ItemMatch::Taken("several items of that name"),
        (Some(one), None) => match &one.kind {
            _ if stands_on_lines(one) => ItemMatch::One(one),
            Some(ItemType::Category) => ItemMatch::Taken("a category"),
            _ => ItemMatch::Taken("a bundle or an unknown kind of item"),
        },
    }
}

/// Whether an item can stand on the line of an invoice.
pub fn stands_on_lines(item: &qbo::Item) -> bool {
    matches!(
        item.kind,
        Some(ItemType::Service | ItemType::NonInventory | ItemType::Inventory)
    )
}

#[cfg(test)]
mod tests;
