//! Products, services and categories.

use super::{Author, Change, ChangeKind, Env, account, hierarchy, names};
use crate::{
    fault::Refusal,
    json::Json,
    store::{Books, reference},
};

const INCOME: &[&str] = &["Income", "Other Income"];
/// What is owed: in the browser it can be chosen as an item's income account.
const OWED: &[&str] = &["Other Current Liability"];
const EXPENSE: &[&str] = &["Expense", "Other Expense", "Cost of Goods Sold"];

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    let kind = change.new.text("Type").unwrap_or_default().to_owned();
    let is_category = kind == "Category";
    if matches!(kind.as_str(), "Inventory" | "Group") {
        return Err(Refusal::not_covered(format!("items of the type {kind}")));
    }
    if change.kind != ChangeKind::Create
        && (change.old.text("Type") == Some("Category")) != is_category
    {
        return Err(Refusal::not_covered(
            "a change between a category and an item",
        ));
    }
    if !is_category {
        sold_and_bought(books, env, change)?;
    }
    let parent = reference(&change.new, "ParentRef").and_then(|id| books.row("Item", id));
    if parent.is_some_and(|row| row.object.text("Type") != Some("Category")) {
        return Err(Refusal::not_covered(
            "an item below an item that is no category",
        ));
    }
    names::settle(books, env, change, "Name")?;
    hierarchy::settle(books, change, "SubItem", "Name")
}

fn sold_and_bought(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let income = change.new.get("IncomeAccountRef");
    if income.is_none() {
        return Err(Refusal::missing("IncomeAccountRef"));
    }
    let owed = account::has_type(books, income, OWED);
    let takes_owed = change.author == Author::Person
        || !env.doubts.refuse_liability_items
        || !change.sends("IncomeAccountRef");
    if !(account::has_type(books, income, INCOME) || owed && takes_owed) {
        return Err(Refusal::account_type("IncomeAccountRef"));
    }
    let expense = change.new.get("ExpenseAccountRef");
    if expense.is_some() && !account::has_type(books, expense, EXPENSE) {
        return Err(Refusal::account_type("ExpenseAccountRef"));
    }
    let is_bought = change.new.get("PurchaseDesc").is_some()
        || change
            .new
            .decimal("PurchaseCost")
            .is_some_and(|cost| !cost.is_zero());
    if is_bought && expense.is_none() {
        return Err(Refusal::missing("ExpenseAccountRef"));
    }
    for field in ["UnitPrice", "PurchaseCost"] {
        change.or_else(field, || Json::Number("0".to_owned()));
    }
    for field in ["Taxable", "TrackQtyOnHand"] {
        change.or_else(field, || Json::Bool(false));
    }
    Ok(())
}
