//! Invoices, as a list and one by one.

use jiff::civil::Date;
use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::page::{
    Column::{Number, Text},
    Tone, badge, facts, plain, table,
};

use super::{View, day, entry, kinds, link, links, money};
use crate::{
    json::{Json, Object},
    schema,
    store::{Row, reference},
    times::Times,
};

pub(super) fn list(view: &View<'_>) -> Markup {
    let rows = view.newest("Invoice");
    let (shown, pages) = view.paged("/invoices", &rows);
    html! {
        h1 { "Invoices " small { (rows.len()) } }
        section.card { (rows_table(view, shown)) }
        (pages)
    }
}

pub(super) fn latest(view: &View<'_>, count: usize) -> Markup {
    let rows: Vec<&Row> = view.newest("Invoice").into_iter().take(count).collect();
    rows_table(view, &rows)
}

pub(super) fn of_customer(view: &View<'_>, customer: u64) -> Markup {
    let mut rows = view.newest("Invoice");
    rows.retain(|row| reference(&row.object, "CustomerRef") == Some(customer));
    rows_table(view, &rows)
}

fn rows_table(view: &View<'_>, rows: &[&Row]) -> Markup {
    let columns = [
        Text("Date"),
        Text("No."),
        Text("Customer"),
        Text("Due"),
        Number("Balance"),
        Number("Total"),
        Text("Status"),
    ];
    let rows = rows.iter().map(|row| {
        let object = &row.object;
        let number = object.text("DocNumber").unwrap_or("(none)");
        [
            plain(&day(object.text("TxnDate"))),
            link(&format!("/invoices/{}", row.id), number),
            plain(&view.named("Customer", object, "CustomerRef")),
            plain(&day(object.text("DueDate"))),
            plain(&money(object.decimal("Balance").unwrap_or_default())),
            plain(&money(object.decimal("TotalAmt").unwrap_or_default())),
            status(view, object),
        ]
    });
    table(&columns, rows, "No invoices yet")
}

fn status(view: &View<'_>, invoice: &Object) -> Markup {
    let total = invoice.decimal("TotalAmt").unwrap_or_default();
    let balance = invoice.decimal("Balance").unwrap_or_default();
    let is_void = invoice
        .text("PrivateNote")
        .is_some_and(|note| note.starts_with("Voided"));
    if is_void && total.is_zero() {
        return badge(Tone::Calm, "Voided");
    }
    if balance.is_zero() {
        return badge(Tone::Good, "Paid");
    }
    let today = Times(view.state.options.company.time_zone.clone()).day(view.now);
    let is_overdue = invoice
        .text("DueDate")
        .and_then(|due| due.parse::<Date>().ok())
        .is_some_and(|due| due < today);
    if is_overdue {
        badge(Tone::Bad, "Overdue")
    } else if balance < total {
        badge(Tone::Busy, "Partially paid")
    } else {
        badge(Tone::Info, "Open")
    }
}

pub(super) fn one(view: &View<'_>, id: &str) -> Option<Markup> {
    let books = &view.state.books;
    let row = books
        .row("Invoice", id.parse().ok()?)
        .filter(|row| !row.deleted)?;
    let invoice = &row.object;
    let times = Times(view.state.options.company.time_zone.clone());
    let printed = schema::entity("Invoice").map(|entity| books.print(entity, row, &times));
    let number = invoice.text("DocNumber").unwrap_or("without a number");
    Some(html! {
        h1 { "Invoice " (number) " " (status(view, invoice)) }
        section.card {
            (head(view, row))
            (lines(view, invoice))
            (totals(invoice))
        }
        @if let Some(entity) = schema::entity("Invoice") { (entry::actions(view, entity, row)) }
        (links::linked(view, "Invoice", row.id, invoice))
        @if let Some(printed) = &printed { (kinds::as_json(printed)) }
    })
}

fn head(view: &View<'_>, row: &Row) -> Markup {
    let invoice = &row.object;
    let text = |field: &str| plain(invoice.text(field).unwrap_or_default());
    let named = |entity: &str, field: &str| plain(&view.named(entity, invoice, field));
    let customer = reference(invoice, "CustomerRef").map(|id| {
        let name = view.named("Customer", invoice, "CustomerRef");
        link(&format!("/customers/{id}"), &name)
    });
    facts([
        ("Customer", customer.unwrap_or_default()),
        ("Bill to", plain(&address(invoice, "BillAddr"))),
        ("Ship to", plain(&address(invoice, "ShipAddr"))),
        ("Invoice date", plain(&day(invoice.text("TxnDate")))),
        ("Due date", plain(&day(invoice.text("DueDate")))),
        ("Terms", named("Term", "SalesTermRef")),
        ("Location", named("Department", "DepartmentRef")),
        ("Class", named("Class", "ClassRef")),
        ("E-mail", text("BillEmail.Address")),
        ("Message to customer", text("CustomerMemo.value")),
        ("Memo on statement", text("PrivateNote")),
        ("Id · version", html! { (row.id) " · " (row.token) }),
    ])
}

fn totals(invoice: &Object) -> Markup {
    let amount = |field: &str| invoice.decimal(field).unwrap_or_default();
    let (total, balance) = (amount("TotalAmt"), amount("Balance"));
    let rows = [
        ("Sales tax", amount("TxnTaxDetail.TotalTax"), false),
        ("Total", total, true),
        ("Paid and credited", balance - total, false),
        ("Balance due", balance, true),
    ];
    html! {
        dl.totals {
            @for (label, value, is_always_told) in rows {
                @if is_always_told || !value.is_zero() {
                    dt { (label) } dd { (money(value)) }
                }
            }
        }
    }
}

fn lines(view: &View<'_>, invoice: &Object) -> Markup {
    let columns = [
        Text("#"),
        Text("Service date"),
        Text("Product or service"),
        Text("Description"),
        Text("Class"),
        Number("Qty"),
        Number("Rate"),
        Number("Amount"),
    ];
    let lines = invoice.list("Line").iter().filter_map(Json::as_object);
    let rows = lines.map(|line| {
        let number = |path: &str| plain(&line.at(path).map(Json::to_string).unwrap_or_default());
        let kind = line.text("DetailType");
        let value = line.decimal("Amount").map(|value| match kind {
            Some("DiscountLineDetail") => money(Decimal::ZERO - value),
            _ => money(value),
        });
        let price = line.decimal("SalesItemLineDetail.UnitPrice").map(rate);
        [
            number("LineNum"),
            plain(&day(line.text("SalesItemLineDetail.ServiceDate"))),
            product(view, line),
            plain(line.text("Description").unwrap_or_default()),
            plain(&kinds::class(view, line)),
            number("SalesItemLineDetail.Qty"),
            plain(&price.unwrap_or_default()),
            plain(&value.unwrap_or_default()),
        ]
    });
    table(&columns, rows, "No lines")
}

fn product(view: &View<'_>, line: &Object) -> Markup {
    let detail = line.at("SalesItemLineDetail").and_then(Json::as_object);
    match line.text("DetailType") {
        Some("SubTotalLineDetail") => html! { b { "Subtotal" } },
        Some("DiscountLineDetail") => plain("Discount"),
        _ => {
            let name = detail.map(|detail| view.named("Item", detail, "ItemRef"));
            plain(&name.unwrap_or_default())
        }
    }
}

/// A price with all its digits, two decimals at least.
fn rate(price: Decimal) -> String {
    let decimals = usize::try_from(price.normalize().scale()).unwrap_or(0);
    format!("{price:.0$}", decimals.max(2))
}

/// An address on several lines.
pub(super) fn address(object: &Object, field: &str) -> String {
    let Some(address) = object.at(field).and_then(Json::as_object) else {
        return String::new();
    };
    let mut lines: Vec<String> = ["Line1", "Line2", "Line3", "Line4", "Line5"]
        .iter()
        .filter_map(|line| address.text(line))
        .map(str::to_owned)
        .collect();
    let town: Vec<&str> = ["City", "CountrySubDivisionCode", "PostalCode"]
        .iter()
        .filter_map(|part| address.text(part))
        .collect();
    if !town.is_empty() {
        lines.push(town.join(" "));
    }
    lines.extend(address.text("Country").map(str::to_owned));
    lines.join("\n")
}
