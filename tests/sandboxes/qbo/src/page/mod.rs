//! The books as a person looks at them: plain pages, no scripts, nothing from elsewhere.

pub(crate) mod consent;
mod html;
mod invoices;
mod kinds;
mod links;
mod lists;
mod log;
mod reports;

use rust_decimal::Decimal;
use sandbox_kit::{Answer, Request};

use self::html::{escape, link, money};
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

const STYLE: &str = include_str!("style.css");

/// So many rows stand on one page.
const ROWS: usize = 50;

/// The tabs, by path.
const TABS: &[(&str, &str)] = &[
    ("/", "Overview"),
    ("/invoices", "Invoices"),
    ("/customers", "Customers"),
    ("/transactions", "All transactions"),
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
    let path = request.path();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let page = request
        .param("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1);
    let now = sandbox.clock.now();
    let state = sandbox.state();
    let view = View {
        state: &state,
        now,
        page,
    };
    let (tab, body) = match segments.as_slice() {
        [""] => ("/", Some(overview(&view))),
        ["invoices"] => ("/invoices", Some(invoices::list(&view))),
        ["invoices", id] => ("/invoices", invoices::one(&view, id)),
        ["customers"] => ("/customers", Some(lists::customers(&view))),
        ["customers", id] => ("/customers", lists::customer(&view, id)),
        ["transactions"] => ("/transactions", kinds::transactions(&view, None)),
        ["transactions", kind] => ("/transactions", kinds::transactions(&view, Some(kind))),
        ["transactions", kind, id] => ("/transactions", kinds::by_path(&view, kind, id)),
        ["lists"] => ("/lists", kinds::lists(&view, None)),
        ["lists", kind] => ("/lists", kinds::lists(&view, Some(kind))),
        ["lists", kind, id] => ("/lists", kinds::by_path(&view, kind, id)),
        ["items"] => ("/items", Some(lists::items(&view))),
        ["accounts"] => ("/accounts", Some(lists::accounts(&view))),
        ["reports"] => ("/reports", Some(reports::trial_balance(&view))),
        ["log"] => ("/log", Some(log::list(&view))),
        ["favicon.ico"] => return Some(html(404, String::new())),
        _ => return None,
    };
    Some(match body {
        Some(body) => html(200, framed(&view, tab, &body)),
        None => html(
            404,
            framed(
                &view,
                tab,
                "<h2>Not found</h2><p>It was deleted, or never there.</p>",
            ),
        ),
    })
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
    fn paged<'r>(&self, path: &str, rows: &[&'r Row]) -> (Vec<&'r Row>, String) {
        let (start, end, pages) = self.window(path, rows.len());
        let shown = rows.get(start..end).unwrap_or_default().to_vec();
        (shown, pages)
    }

    /// Where this page starts and ends among so many rows, and the links to the pages around it.
    fn window(&self, path: &str, rows: usize) -> (usize, usize, String) {
        let start = self.page.saturating_sub(1).saturating_mul(ROWS).min(rows);
        let last = start.saturating_add(ROWS).min(rows);
        if rows <= ROWS {
            return (start, last, String::new());
        }
        let to = |page: usize, label: &str| link(&format!("{path}?page={page}"), label);
        let back = if self.page > 1 {
            to(self.page - 1, "Newer")
        } else {
            String::new()
        };
        let on = if last < rows {
            to(self.page.saturating_add(1), "Older")
        } else {
            String::new()
        };
        let of = format!("<span class=\"soft\">{}–{last} of {rows}</span>", start + 1,);
        (
            start,
            last,
            format!("<div class=\"pages\"><span>{back}</span>{of}<span>{on}</span></div>"),
        )
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
        self.state
            .books
            .referenced(entity, object, field)
            .and_then(|row| {
                row.object
                    .text("FullyQualifiedName")
                    .or_else(|| row.object.text("Name"))
            })
            .map(escape)
            .unwrap_or_default()
    }
}

fn overview(view: &View<'_>) -> String {
    let books = &view.state.books;
    let log = &view.state.log;
    let open: Decimal = books
        .rows("Invoice")
        .filter_map(|row| row.object.decimal("Balance"))
        .sum();
    let counted = |act| log.count(act, None).to_string();
    let tiles = [
        (money(open), "Open balance"),
        (books.rows("Invoice").count().to_string(), "Invoices"),
        (books.rows("Customer").count().to_string(), "Customers"),
        (
            books.rows("Item").count().to_string(),
            "Products and services",
        ),
        (counted(Act::Create), "Objects created by the app"),
        (counted(Act::Throttle), "Calls over the limit"),
        (log.violations().len().to_string(), "Client mistakes"),
    ];
    let mut out = String::from("<div class=\"tiles\">");
    for (value, label) in tiles {
        out.push_str(&format!(
            "<div class=\"tile\"><b>{}</b><span>{label}</span></div>",
            escape(&value)
        ));
    }
    out.push_str("</div>");
    out.push_str("<h3>Latest invoices</h3><section>");
    out.push_str(&invoices::latest(view, 8));
    out.push_str("</section><h3>Latest requests</h3><section>");
    out.push_str(&log::latest(view, 8));
    out.push_str("</section>");
    out
}

fn framed(view: &View<'_>, tab: &str, body: &str) -> String {
    let company = &view.state.options.company;
    let now = view.now.to_zoned(company.time_zone.clone());
    let mut nav = String::new();
    for (path, label) in TABS {
        let class = if *path == tab { " class=\"here\"" } else { "" };
        nav.push_str(&format!("<a href=\"{path}\"{class}>{label}</a>"));
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{name}</title><style>{STYLE}</style></head><body><header><div class=\"bar\"><h1>{name}</h1><div class=\"sub\">Sandbox company {realm} · {now}</div><nav>{nav}</nav></div></header><main>{body}</main></body></html>",
        name = escape(&company.name),
        realm = escape(&view.state.options.realm),
        now = escape(&now.strftime("%m/%d/%Y %H:%M %Z").to_string()),
    )
}

/// A page with headers that keep everything else out of it.
pub(crate) fn html(status: u16, body: String) -> Answer {
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        ("cache-control", "no-store"),
    ];
    Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: body.into_bytes(),
        ..Answer::default()
    }
}
