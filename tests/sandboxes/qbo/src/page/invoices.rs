//! Invoices, as a list and one by one.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    View,
    html::{Column, badge, day, escape, link, money, table},
    kinds, links,
};
use crate::{
    json::{Json, Object},
    schema,
    store::{Row, reference},
    times::Times,
};

pub(super) fn list(view: &View<'_>) -> String {
    let rows = view.newest("Invoice");
    let (shown, pages) = view.paged("/invoices", &rows);
    format!(
        "<h2>Invoices <small>{}</small></h2><section>{}</section>{pages}",
        rows.len(),
        rows_table(view, &shown)
    )
}

pub(super) fn latest(view: &View<'_>, count: usize) -> String {
    let rows: Vec<&Row> = view.newest("Invoice").into_iter().take(count).collect();
    rows_table(view, &rows)
}

pub(super) fn of_customer(view: &View<'_>, customer: u64) -> String {
    let rows: Vec<&Row> = view
        .newest("Invoice")
        .into_iter()
        .filter(|row| reference(&row.object, "CustomerRef") == Some(customer))
        .collect();
    rows_table(view, &rows)
}

fn rows_table(view: &View<'_>, rows: &[&Row]) -> String {
    let columns = [
        Column("Date", false),
        Column("No.", false),
        Column("Customer", false),
        Column("Due", false),
        Column("Balance", true),
        Column("Total", true),
        Column("Status", false),
    ];
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let object = &row.object;
            let number = object.text("DocNumber").unwrap_or("(none)");
            vec![
                day(object.text("TxnDate")),
                link(&format!("/invoices/{}", row.id), number),
                view.named("Customer", object, "CustomerRef"),
                day(object.text("DueDate")),
                money(object.decimal("Balance").unwrap_or_default()),
                money(object.decimal("TotalAmt").unwrap_or_default()),
                status(view, object),
            ]
        })
        .collect();
    table(&columns, &cells, "No invoices yet")
}

fn status(view: &View<'_>, invoice: &Object) -> String {
    let total = invoice.decimal("TotalAmt").unwrap_or_default();
    let balance = invoice.decimal("Balance").unwrap_or_default();
    let is_void = invoice
        .text("PrivateNote")
        .is_some_and(|note| note.starts_with("Voided"));
    if is_void && total.is_zero() {
        return badge("", "Voided");
    }
    if balance.is_zero() {
        return badge("good", "Paid");
    }
    let today = Times(view.state.options.company.time_zone.clone()).day(view.now);
    let is_overdue = invoice
        .text("DueDate")
        .and_then(|due| due.parse::<Date>().ok())
        .is_some_and(|due| due < today);
    if is_overdue {
        badge("bad", "Overdue")
    } else if balance < total {
        badge("warn", "Partially paid")
    } else {
        badge("info", "Open")
    }
}

pub(super) fn one(view: &View<'_>, id: &str) -> Option<String> {
    let books = &view.state.books;
    let row = books
        .row("Invoice", id.parse().ok()?)
        .filter(|row| !row.deleted)?;
    let invoice = &row.object;
    let customer = reference(invoice, "CustomerRef")
        .map(|id| {
            let name = view.named("Customer", invoice, "CustomerRef");
            format!("<a href=\"/customers/{id}\">{name}</a>")
        })
        .unwrap_or_default();
    let text = |field: &str| escape(invoice.text(field).unwrap_or_default());
    let facts = [
        ("Customer", customer),
        ("Bill to", address(invoice, "BillAddr")),
        ("Ship to", address(invoice, "ShipAddr")),
        ("Invoice date", day(invoice.text("TxnDate"))),
        ("Due date", day(invoice.text("DueDate"))),
        ("Terms", view.named("Term", invoice, "SalesTermRef")),
        (
            "Location",
            view.named("Department", invoice, "DepartmentRef"),
        ),
        ("Class", view.named("Class", invoice, "ClassRef")),
        ("E-mail", text("BillEmail.Address")),
        ("Message to customer", text("CustomerMemo.value")),
        ("Memo on statement", text("PrivateNote")),
        ("Id · version", format!("{} · {}", row.id, row.token)),
    ];
    let facts: String = facts
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("<div><dt>{label}</dt><dd>{value}</dd></div>"))
        .collect();
    let times = Times(view.state.options.company.time_zone.clone());
    let printed = schema::entity("Invoice").map(|entity| books.print(entity, row, &times));
    let amount = |field: &str| invoice.decimal(field).unwrap_or_default();
    let (total, balance) = (amount("TotalAmt"), amount("Balance"));
    let tax = amount("TxnTaxDetail.TotalTax");
    let row_of = |label: &str, value: Decimal| {
        if value.is_zero() {
            String::new()
        } else {
            format!("{label} {}<br>", money(value))
        }
    };
    Some(format!(
        "<h2>Invoice {number} {status}</h2><section><dl class=\"form\">{facts}</dl>{lines}<div class=\"totals\">{tax}Total {total}<br>{paid}<b>Balance due {balance}</b></div></section>{linked}{json}",
        number = escape(invoice.text("DocNumber").unwrap_or("without a number")),
        status = status(view, invoice),
        lines = lines(view, invoice),
        linked = links::linked(view, "Invoice", row.id, invoice),
        json = printed.as_ref().map(kinds::as_json).unwrap_or_default(),
        tax = row_of("Sales tax", tax),
        total = money(total),
        paid = row_of("Paid and credited", balance - total),
        balance = money(balance),
    ))
}

fn lines(view: &View<'_>, invoice: &Object) -> String {
    let columns = [
        Column("#", false),
        Column("Service date", false),
        Column("Product or service", false),
        Column("Description", false),
        Column("Class", false),
        Column("Qty", true),
        Column("Rate", true),
        Column("Amount", true),
    ];
    let rows: Vec<Vec<String>> = invoice
        .list("Line")
        .iter()
        .filter_map(Json::as_object)
        .map(|line| {
            let number = |path: &str| line.at(path).map(Json::to_string).unwrap_or_default();
            let detail = line.at("SalesItemLineDetail").and_then(Json::as_object);
            let what = match line.text("DetailType") {
                Some("SubTotalLineDetail") => "<b>Subtotal</b>".to_owned(),
                Some("DiscountLineDetail") => "Discount".to_owned(),
                _ => detail
                    .map(|detail| view.named("Item", detail, "ItemRef"))
                    .unwrap_or_default(),
            };
            let value = line.decimal("Amount").map(|value| {
                let is_discount = line.text("DetailType") == Some("DiscountLineDetail");
                money(if is_discount {
                    Decimal::ZERO - value
                } else {
                    value
                })
            });
            vec![
                number("LineNum"),
                day(line.text("SalesItemLineDetail.ServiceDate")),
                what,
                escape(line.text("Description").unwrap_or_default()),
                kinds::class(view, line),
                number("SalesItemLineDetail.Qty"),
                line.decimal("SalesItemLineDetail.UnitPrice")
                    .map(rate)
                    .unwrap_or_default(),
                value.unwrap_or_default(),
            ]
        })
        .collect();
    table(&columns, &rows, "No lines")
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
        .map(escape)
        .collect();
    let town: Vec<&str> = ["City", "CountrySubDivisionCode", "PostalCode"]
        .iter()
        .filter_map(|part| address.text(part))
        .collect();
    if !town.is_empty() {
        lines.push(escape(&town.join(" ")));
    }
    lines.extend(address.text("Country").map(escape));
    lines.join("\n")
}
