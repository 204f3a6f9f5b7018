//! Price-book items, and the generic item for everything else (I1, I2, I3, L5).

pub mod category;
pub mod extra;
mod kind;
mod memory;

pub use memory::Memory;

use qbo::{ItemType, limits};

use crate::{
    ExtraAccount,
    bill::{BilledLine, Goods, NO_NAME, ROUNDING},
    names::{self, normalised},
};

/// The generic item of lines that are not in the price book.
pub const SALES: &str = "Sales";

/// The items of tips and card surcharges (L4), named as Housecall Pro's own integration names them.
const TIPS: &str = "Housecall Pro Tips";
const SURCHARGE: &str = "Card surcharge";

/// The items of deposits, as income and as what is owed (N7, P9), and the one of discounts that stand among the lines (L3).
const DEPOSIT: &str = "Housecall Pro Deposit";
const HELD_DEPOSIT: &str = "Housecall Pro Deposit, held";
const DISCOUNT: &str = "Discount";

/// What stands behind the name of such an item of ours where somebody else has that name (I8).
pub const OURS: &str = " (Housecall Pro)";

/// What stands behind the name of an entry of the price book where an item of ours has that name (I8).
pub const OF_THE_PRICE_BOOK: &str = " (price book)";

/// What stands behind the name of a category where an item of ours has that name (I8).
pub const OF_CATEGORIES: &str = " (category)";

/// Where deposits are booked on an item of QuickBooks, if it has the name of one of ours for deposits (P9).
pub(crate) fn deposit_account_named(name: &str) -> Option<ExtraAccount> {
    if is_ours_named(name, DEPOSIT) {
        Some(ExtraAccount::Income)
    } else {
        is_ours_named(name, HELD_DEPOSIT).then_some(ExtraAccount::Liability)
    }
}

/// Whether an item of QuickBooks has the name of ours for tips or card surcharges.
pub(crate) fn is_extra_name(name: &str) -> bool {
    is_ours_named(name, TIPS) || is_ours_named(name, SURCHARGE)
}

/// Whether an item of QuickBooks has the name of the generic one (L5).
pub(crate) fn is_sales_name(name: &str) -> bool {
    is_ours_named(name, SALES)
}

fn is_ours_named(name: &str, ours: &str) -> bool {
    let name = normalised(name);
    name == normalised(ours) || name == normalised(&format!("{ours}{OURS}"))
}

/// The QuickBooks item that a line's goods become, with its first use (I1). A material becomes
/// `NonInventory` (I2).
pub fn wanted(line: &BilledLine, income: &qbo::Id, expense: Option<&qbo::Id>) -> qbo::Item {
    let reference = |id: &qbo::Id| Some(qbo::Ref::from(id));
    let item = qbo::Item {
        income_account_ref: reference(income),
        ..qbo::Item::default()
    };
    match line.goods {
        Goods::NotInPriceBook
        | Goods::Deposit
        | Goods::HeldDeposit
        | Goods::DepositOffSales
        | Goods::Discount
        | Goods::Tip
        | Goods::Surcharge
        | Goods::Rounding => qbo::Item {
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
        Goods::Deposit => DEPOSIT,
        Goods::HeldDeposit => HELD_DEPOSIT,
        Goods::NotInPriceBook | Goods::DepositOffSales => SALES,
        Goods::Discount => DISCOUNT,
        Goods::Tip => TIPS,
        Goods::Surcharge => SURCHARGE,
        Goods::Rounding => ROUNDING,
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

/// The item of a line that is not in the price book and has one of its own, named like the line (L5).
pub fn own(line_name: &str, income: &qbo::Id) -> qbo::Item {
    qbo::Item {
        name: Some(names::name(line_name, limits::ITEM_NAME).unwrap_or_else(|| NO_NAME.to_owned())),
        kind: Some(ItemType::Service),
        income_account_ref: Some(income.into()),
        ..qbo::Item::default()
    }
}

/// The QuickBooks item that a material becomes before any job uses it (I1, I2, I5). `None`: it has no name.
pub fn of_material(
    material: &hcp::Material,
    income: &qbo::Id,
    expense: Option<&qbo::Id>,
) -> Option<qbo::Item> {
    let description = material.description.as_deref();
    Some(qbo::Item {
        name: Some(names::name(material.name.as_deref()?, limits::ITEM_NAME)?),
        kind: Some(ItemType::NonInventory),
        description: description.and_then(|text| names::text(text, limits::DESCRIPTION)),
        unit_price: material.price.map(Into::into),
        taxable: Some(material.taxable.unwrap_or(false)),
        income_account_ref: Some(income.into()),
        expense_account_ref: expense.map(Into::into),
        ..qbo::Item::default()
    })
}

/// What was found in QuickBooks under the name of an item or a category (I3).
#[derive(Clone, Debug, PartialEq)]
pub enum ItemMatch<'a> {
    /// Nothing: it is created.
    None,
    /// The one that it is.
    One(&'a qbo::Item),
    /// Several that it could be. One that is linked already is another's.
    Several(Vec<&'a qbo::Item>),
    /// Items of that name, all of them outside its category: they are others. Whether QuickBooks takes the name
    /// once more, only QuickBooks can tell.
    Elsewhere(Vec<&'a qbo::Item>),
    /// Something that it cannot be: what it is.
    Taken(&'static str),
}

/// Looks for the item among those that QuickBooks has under its name: in its category, or anywhere where no
/// category is known.
pub fn find<'a>(wanted: &qbo::Item, found: &'a [qbo::Item]) -> ItemMatch<'a> {
    let name = |item: &qbo::Item| item.name.as_deref().map(normalised);
    let same: Vec<&qbo::Item> = found
        .iter()
        .filter(|other| other.active != Some(false) && name(other) == name(wanted))
        .collect();
    if wanted.kind == Some(ItemType::Category) {
        return category::find(&same);
    }
    let Some(category) = &wanted.parent_ref else {
        return in_one_place(&same);
    };
    let is_inside = |item: &&qbo::Item| {
        let parent = item.parent_ref.as_ref();
        parent.is_some_and(|parent| parent.value == category.value)
    };
    let (inside, elsewhere): (Vec<_>, Vec<_>) = same.into_iter().partition(is_inside);
    match (inside.is_empty(), elsewhere.is_empty()) {
        (true, true) => ItemMatch::None,
        (true, false) => ItemMatch::Elsewhere(elsewhere),
        (false, _) => in_one_place(&inside),
    }
}

/// Of items of one name, the one that can stand on an invoice.
fn in_one_place<'a>(same: &[&'a qbo::Item]) -> ItemMatch<'a> {
    let usable: Vec<&qbo::Item> = same
        .iter()
        .copied()
        .filter(|item| stands_on_lines(item))
        .collect();
    match (same, usable.as_slice()) {
        ([], _) => ItemMatch::None,
        (_, [one]) => ItemMatch::One(one),
        (_, [_, _, ..]) => ItemMatch::Several(usable),
        (same, []) => {
            let category = |item: &&qbo::Item| item.kind == Some(ItemType::Category);
            ItemMatch::Taken(if same.iter().all(category) {
                "a category"
            } else {
                "a bundle or an unknown kind of item"
            })
        }
    }
}

/// Whether an item is a category of materials (I4).
pub fn is_category(item: &qbo::Item) -> bool {
    item.kind == Some(ItemType::Category)
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
