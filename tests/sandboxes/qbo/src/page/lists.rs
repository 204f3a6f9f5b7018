//! Customers, items and accounts.

use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::page::{
    Column::{Number, Text},
    Tone, badge, facts, plain, table,
};

use super::{View, entry, invoices, kinds, link, money};
use crate::{
    json::{Json, Object},
    store::Row,
};

fn text(object: &Object, path: &str) -> Markup {
    plain(object.text(path).unwrap_or_default())
}

fn amount(object: &Object, field: &str) -> Markup {
    plain(&money(object.decimal(field).unwrap_or_default()))
}

pub(super) fn customers(view: &View<'_>) -> Markup {
    let rows = by_name(view, "Customer");
    let (shown, pages) = view.paged("/customers", &rows);
    let columns = [
        Text("Name"),
        Text("Company"),
        Text("Phone"),
        Text("E-mail"),
        Number("Open balance"),
        Number("With sub-customers"),
        Text("Status"),
    ];
    let cells = shown.iter().map(|row| {
        let object = &row.object;
        let name = object.text("FullyQualifiedName").unwrap_or_default();
        [
            link(&format!("/customers/{}", row.id), name),
            text(object, "CompanyName"),
            text(object, "PrimaryPhone.FreeFormNumber"),
            text(object, "PrimaryEmailAddr.Address"),
            amount(object, "Balance"),
            amount(object, "BalanceWithJobs"),
            activity(row),
        ]
    });
    html! {
        h1 { "Customers " small { (rows.len()) } }
        section.card { (table(&columns, cells, "No customers yet")) }
        (pages)
    }
}

pub(super) fn customer(view: &View<'_>, id: &str) -> Option<Markup> {
    let id: u64 = id.parse().ok()?;
    let row = view.state.books.row("Customer", id)?;
    let object = &row.object;
    let billing = invoices::address(object, "BillAddr");
    let shipping = invoices::address(object, "ShipAddr");
    let facts = facts([
        ("Company", text(object, "CompanyName")),
        ("Phone", text(object, "PrimaryPhone.FreeFormNumber")),
        ("Mobile", text(object, "Mobile.FreeFormNumber")),
        ("E-mail", text(object, "PrimaryEmailAddr.Address")),
        ("Billing address", plain(&billing)),
        ("Shipping address", plain(&shipping)),
        ("Terms", plain(&view.named("Term", object, "SalesTermRef"))),
        ("Notes", text(object, "Notes")),
        ("Open balance", amount(object, "Balance")),
        ("With sub-customers", amount(object, "BalanceWithJobs")),
        ("Id · version", html! { (row.id) " · " (row.token) }),
    ]);
    Some(html! {
        h1 { (text(object, "FullyQualifiedName")) " " (activity(row)) }
        section.card { (facts) }
        p { (entry::for_customer(id)) }
        section.card { h2 { "Invoices" } (invoices::of_customer(view, id)) }
        section.card { h2 { "Other transactions" } (kinds::of_customer(view, id)) }
    })
}

pub(super) fn items(view: &View<'_>) -> Markup {
    let rows = by_name(view, "Item");
    let (shown, pages) = view.paged("/items", &rows);
    let columns = [
        Text("Name"),
        Text("Type"),
        Text("Description"),
        Text("Income account"),
        Text("Expense account"),
        Number("Price"),
        Number("Cost"),
        Text("Status"),
    ];
    let cells = shown.iter().map(|row| {
        let object = &row.object;
        let account = |field: &str| plain(&view.named("Account", object, field));
        let kind = match object.text("Type") {
            Some("NonInventory") => "Non-inventory",
            Some(kind) => kind,
            None => "",
        };
        [
            text(object, "FullyQualifiedName"),
            plain(kind),
            text(object, "Description"),
            account("IncomeAccountRef"),
            account("ExpenseAccountRef"),
            plain(&price(object, "UnitPrice")),
            plain(&price(object, "PurchaseCost")),
            activity(row),
        ]
    });
    html! {
        h1 { "Products and services " small { (rows.len()) } }
        section.card { (table(&columns, cells, "No products or services yet")) }
        (pages)
    }
}

pub(super) fn accounts(view: &View<'_>) -> Markup {
    let rows: Vec<&Row> = view.state.books.rows("Account").collect();
    let (shown, pages) = view.paged("/accounts", &rows);
    let columns = [
        Text("Name"),
        Text("Type"),
        Text("Detail type"),
        Number("Balance"),
        Text("Status"),
    ];
    let cells = shown.iter().map(|row| {
        let object = &row.object;
        [
            text(object, "FullyQualifiedName"),
            text(object, "AccountType"),
            text(object, "AccountSubType"),
            plain(&money(standing(object))),
            activity(row),
        ]
    });
    html! {
        h1 { "Chart of accounts " small { (rows.len()) } }
        section.card { (table(&columns, cells, "No accounts")) }
        (pages)
    }
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

pub(super) fn activity(row: &Row) -> Markup {
    if row.is_active() {
        badge(Tone::Good, "Active")
    } else {
        badge(Tone::Calm, "Inactive")
    }
}

pub(super) fn by_name<'v>(view: &'v View<'_>, entity: &str) -> Vec<&'v Row> {
    let mut rows: Vec<&Row> = view.state.books.rows(entity).collect();
    rows.sort_by_cached_key(|row| {
        row.object
            .text("FullyQualifiedName")
            .unwrap_or_default()
            .to_lowercase()
    });
    rows
}
