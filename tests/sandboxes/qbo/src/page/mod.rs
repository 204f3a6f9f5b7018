//! The books as a person looks at them, and what a person enters: plain pages, nothing from elsewhere.

pub(crate) mod consent;
mod entry;
mod invoices;
mod kinds;
mod links;
mod lists;
mod log;
mod reports;

use jiff::civil::Date;
use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::{
    Answer, Request,
    page::{self, Frame},
};

use crate::{
    Sandbox,
    gateway::State,
    json::Object,
    log::Act,
    rules,
    schema::{Entity, Family},
    store::Row,
    times::Times,
};

/// So many rows stand on one page.
const ROWS: usize = 50;

/// The tabs, by path.
const TABS: &[(&str, &str)] = &[
    ("/", "Overview"),
    ("/invoices", "Invoices"),
    ("/customers", "Customers"),
    ("/transactions", "All transactions"),
    ("/new", "New transaction"),
    ("/items", "Products and services"),
    ("/lists", "Lists"),
    ("/accounts", "Chart of accounts"),
    ("/reports", "Reports"),
    ("/log", "Request log"),
];

/// Answers the pages; `None` for everything else.
pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Option<Answer> {
    if request.method != "GET" {
        return None;
    }
    if let Some(asset) = page::asset(request) {
        return Some(asset);
    }
    let path = request.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let page = request.param("page").and_then(|page| page.parse().ok());
    let now = sandbox.clock.now();
    let state = sandbox.state();
    let view = View {
        state: &state,
        now,
        page: page.unwrap_or(1),
    };
    let (tab, found) = match segments.as_slice() {
        [""] => ("/", Some(overview(&view))),
        ["invoices"] => ("/invoices", Some(invoices::list(&view))),
        ["invoices", id] => ("/invoices", invoices::one(&view, id)),
        ["customers"] => ("/customers", Some(lists::customers(&view))),
        ["customers", id] => ("/customers", lists::customer(&view, id)),
        ["transactions"] => ("/transactions", kinds::transactions(&view, None)),
        ["transactions", kind] => ("/transactions", kinds::transactions(&view, Some(kind))),
        ["transactions", kind, id] => ("/transactions", kinds::by_path(&view, kind, id)),
        ["new"] => ("/new", Some(entry::menu(&view))),
        ["new", kind] => ("/new", entry::general(&view, kind)),
        ["new", kind, customer] => ("/new", entry::of_one(&view, kind, customer)),
        ["lists"] => ("/lists", kinds::lists(&view, None)),
        ["lists", kind] => ("/lists", kinds::lists(&view, Some(kind))),
        ["lists", kind, id] => ("/lists", kinds::by_path(&view, kind, id)),
        ["items"] => ("/items", Some(lists::items(&view))),
        ["accounts"] => ("/accounts", Some(lists::accounts(&view))),
        ["reports"] => ("/reports", Some(reports::trial_balance(&view))),
        ["log"] => ("/log", Some(log::list(&view))),
        _ => return None,
    };
    let (status, shown) = match found {
        Some(shown) => (200, shown),
        None => (404, missing()),
    };
    let company = &state.options.company;
    let now = now.to_zoned(company.time_zone.clone());
    let frame = Frame {
        company: &company.name,
        note: &format!(
            "Company {} · {}",
            state.options.realm,
            now.strftime("%m/%d/%Y %H:%M %Z")
        ),
        tabs: TABS,
        here: tab,
        has_buttons: true,
    };
    let name = TABS.iter().find(|(path, _)| *path == tab);
    let title = name.map_or("", |(_, name)| name);
    Some(page::page(status, &frame, title, &shown))
}

fn missing() -> Markup {
    html! {
        h1 { "Not found" }
        p { "It was deleted, or never there." }
    }
}

/// What a page is made from.
struct View<'a> {
    state: &'a State,
    now: jiff::Timestamp,
    page: usize,
}

impl View<'_> {
    /// All objects of a kind, the newest first.
    fn newest(&self, entity: &str) -> Vec<&Row> {
        self.state.books.rows(entity).rev().collect()
    }

    /// The rows of this page, and the links to the pages around it.
    fn paged<'r, T>(&self, path: &str, rows: &'r [T]) -> (&'r [T], Markup) {
        let all = rows.len();
        let start = self.page.saturating_sub(1).saturating_mul(ROWS).min(all);
        let last = start.saturating_add(ROWS).min(all);
        let to = |page: usize, label: &str| link(&format!("{path}?page={page}"), label);
        let pages = html! {
            @if all > ROWS {
                div.pages {
                    span { @if self.page > 1 { (to(self.page - 1, "Newer")) } }
                    small { (start + 1) "–" (last) " of " (all) }
                    span { @if last < all { (to(self.page.saturating_add(1), "Older")) } }
                }
            }
        };
        (rows.get(start..last).unwrap_or_default(), pages)
    }

    /// An object as an app gets it.
    fn printed(&self, entity: &'static Entity, id: u64, times: &Times) -> Option<Object> {
        let books = &self.state.books;
        if entity.family == Family::Singleton {
            let env = self.state.env(self.now);
            let row = rules::company::row(books, &env, entity);
            return Some(books.print(entity, &row, times));
        }
        let row = books.row(entity.name, id).filter(|row| !row.deleted)?;
        Some(books.print(entity, row, times))
    }

    /// A time in the company's zone.
    fn time(&self, at: jiff::Timestamp) -> String {
        let zone = self.state.options.company.time_zone.clone();
        at.to_zoned(zone).strftime("%m/%d %H:%M:%S").to_string()
    }

    /// What a reference is called.
    fn named(&self, entity: &str, object: &Object, field: &str) -> String {
        let row = self.state.books.referenced(entity, object, field);
        let name = row.and_then(|row| {
            let name = row.object.text("FullyQualifiedName");
            name.or_else(|| row.object.text("Name"))
        });
        name.unwrap_or_default().to_owned()
    }
}

fn overview(view: &View<'_>) -> Markup {
    let books = &view.state.books;
    let log = &view.state.log;
    let open: Decimal = books
        .rows("Invoice")
        .filter_map(|row| row.object.decimal("Balance"))
        .sum();
    let counted = |act| log.count(act, None).to_string();
    let rows = |entity: &str| books.rows(entity).count().to_string();
    let tiles = [
        (money(open), "Open balance"),
        (rows("Invoice"), "Invoices"),
        (rows("Customer"), "Customers"),
        (rows("Item"), "Products and services"),
        (counted(Act::Create), "Objects created by the app"),
        (counted(Act::Throttle), "Calls over the limit"),
        (log.violations().len().to_string(), "Client mistakes"),
    ];
    html! {
        div.tiles {
            @for (value, label) in tiles {
                div.tile { b { (value) } span { (label) } }
            }
        }
        section.card { h2 { "Latest invoices" } (invoices::latest(view, 8)) }
        section.card { h2 { "Latest requests" } (log::latest(view, 8)) }
    }
}

/// `$1,234.50`
fn money(value: Decimal) -> String {
    let mut cents = value;
    cents.rescale(2);
    page::dollars(cents.mantissa())
}

/// A stored day as `09/29/2020`.
fn day(text: Option<&str>) -> String {
    text.and_then(|text| text.parse::<Date>().ok())
        .map(|day| day.strftime("%m/%d/%Y").to_string())
        .unwrap_or_default()
}

fn link(to: &str, label: &str) -> Markup {
    html! { a href=(to) { (label) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_cents() {
        for (value, shown) in [
            ("1234567.891", "$1,234,567.89"),
            ("-1.5", "-$1.50"),
            ("2", "$2.00"),
        ] {
            assert_eq!(money(value.parse().unwrap()), shown);
        }
    }
}
