//! Customers, items and accounts.

use rust_decimal::Decimal;

use super::{
    View,
    html::{Column, badge, escape, link, money, table},
    invoices, kinds,
};
use crate::{
    json::{Json, Object},
    store::Row,
};

pub(super) fn customers(view: &View<'_>) -> String {
    let rows = by_name(view, "Customer");
    let (shown, pages) = view.paged("/customers", &rows);
    let columns = [
        Column("Name", false),
        Column("Company", false),
        Column("Phone", false),
        Column("E-mail", false),
        Column("Open balance", true),
        Column("With sub-customers", true),
        Column("Status", false),
    ];
    let cells: Vec<Vec<String>> = shown
        .iter()
        .map(|row| {
            let object = &row.object;
            let text = |path: &str| escape(object.text(path).unwrap_or_default());
            vec![
                link(
                    &format!("/customers/{}", row.id),
                    object.text("FullyQualifiedName").unwrap_or_default(),
                ),
                text("CompanyName"),
                text("PrimaryPhone.FreeFormNumber"),
                text("PrimaryEmailAddr.Address"),
                money(object.decimal("Balance").unwrap_or_default()),
                money(object.decimal("BalanceWithJobs").unwrap_or_default()),
                activity(row),
            ]
        })
        .collect();
    format!(
        "<h2>Customers <small>{}</small></h2><section>{}</section>{pages}",
        rows.len(),
        table(&columns, &cells, "No customers yet")
    )
}

pub(super) fn customer(view: &View<'_>, id: &str) -> Option<String> {
    let id: u64 = id.parse().ok()?;
    let row = view.state.books.row("Customer", id)?;
    let object = &row.object;
    let text = |path: &str| escape(object.text(path).unwrap_or_default());
    let facts = [
        ("Company", text("CompanyName")),
        ("Phone", text("PrimaryPhone.FreeFormNumber")),
        ("Mobile", text("Mobile.FreeFormNumber")),
        ("E-mail", text("PrimaryEmailAddr.Address")),
        ("Billing address", invoices::address(object, "BillAddr")),
        ("Shipping address", invoices::address(object, "ShipAddr")),
        ("Terms", view.named("Term", object, "SalesTermRef")),
        ("Notes", text("Notes")),
        (
            "Open balance",
            money(object.decimal("Balance").unwrap_or_default()),
        ),
        (
            "With sub-customers",
            money(object.decimal("BalanceWithJobs").unwrap_or_default()),
        ),
        ("Id · version", format!("{} · {}", row.id, row.token)),
    ];
    let facts: String = facts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("<div><dt>{label}</dt><dd>{value}</dd></div>"))
        .collect();
    Some(format!(
        "<h2>{name} {status}</h2><section><dl class=\"form\">{facts}</dl></section><h3>Invoices</h3><section>{invoices}</section><h3>Other transactions</h3><section>{others}</section>",
        name = text("FullyQualifiedName"),
        status = activity(row),
        invoices = invoices::of_customer(view, id),
        others = kinds::of_customer(view, id),
    ))
}

pub(super) fn items(view: &View<'_>) -> String {
    let rows = by_name(view, "Item");
    let (shown, pages) = view.paged("/items", &rows);
    let columns = [
        Column("Name", false),
        Column("Type", false),
        Column("Description", false),
        Column("Income account", false),
        Column("Expense account", false),
        Column("Price", true),
        Column("Cost", true),
        Column("Status", false),
    ];
    let cells: Vec<Vec<String>> = shown
        .iter()
        .map(|row| {
            let object = &row.object;
            let text = |path: &str| escape(object.text(path).unwrap_or_default());
            let kind = match object.text("Type") {
                Some("NonInventory") => "Non-inventory",
                Some(kind) => kind,
                None => "",
            };
            vec![
                text("FullyQualifiedName"),
                escape(kind),
                text("Description"),
                view.named("Account", object, "IncomeAccountRef"),
                view.named("Account", object, "ExpenseAccountRef"),
                price(object, "UnitPrice"),
                price(object, "PurchaseCost"),
                activity(row),
            ]
        })
        .collect();
    format!(
        "<h2>Products and services <small>{}</small></h2><section>{}</section>{pages}",
        rows.len(),
        table(&columns, &cells, "No products or services yet")
    )
}

pub(super) fn accounts(view: &View<'_>) -> String {
    let rows: Vec<&Row> = view.state.books.rows("Account").collect();
    let (shown, pages) = view.paged("/accounts", &rows);
    let columns = [
        Column("Name", false),
        Column("Type", false),
        Column("Detail type", false),
        Column("Balance", true),
        Column("Status", false),
    ];
    let cells: Vec<Vec<String>> = shown
        .iter()
        .map(|row| {
            let object = &row.object;
            let text = |path: &str| escape(object.text(path).unwrap_or_default());
            vec![
                text("FullyQualifiedName"),
                text("AccountType"),
                text("AccountSubType"),
                money(standing(object)),
                activity(row),
            ]
        })
        .collect();
    format!(
        "<h2>Chart of accounts <small>{}</small></h2><section>{}</section>{pages}",
        rows.len(),
        table(&columns, &cells, "No accounts")
    )
}

/// An account's balance on the side where such accounts stand: an app gets debits as positive, a person reads
/// what is owed, and what the owner has, as positive too.
fn standing(account: &Object) -> Decimal {
    let balance = account.decimal("CurrentBalance").unwrap_or_default();
    match account.text("Classification") {
        Some("Liability" | "Equity") => Decimal::ZERO - balance,
        _ => balance,
    }
}

/// A price with all its digits.
fn price(object: &Object, field: &str) -> String {
    object
        .get(field)
        .map(Json::to_string)
        .filter(|price| price != "0")
        .unwrap_or_default()
}

fn activity(row: &Row) -> String {
    if row.is_active() {
        badge("good", "Active")
    } else {
        badge("", "Inactive")
    }
}

fn by_name<'v>(view: &'v View<'_>, entity: &str) -> Vec<&'v Row> {
    let mut rows: Vec<&Row> = view.state.books.rows(entity).collect();
    rows.sort_by_cached_key(|row| {
        row.object
            .text("FullyQualifiedName")
            .unwrap_or_default()
            .to_lowercase()
    });
    rows
}
