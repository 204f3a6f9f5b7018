//! The app's pages for people: jobs, customers, price book and the delivery log.

mod collecting;
mod customers;
mod editing;
mod invoice;
mod invoices;
mod job;
mod jobs;
mod offers;
mod parts;
mod price_book;
mod settings;
mod team;
mod webhooks;

use jiff::Timestamp;
use maud::{Markup, html};
use sandbox_kit::page::{self, Frame, Tone, badge};

use crate::{Answer, Request, sandbox::Sandbox, state::State};

const JOBS: &str = "/";
const CUSTOMERS: &str = "/_app/customers";
const OFFERS: &str = "/_app/offers";
const PRICE_BOOK: &str = "/_app/price-book";
const TEAM: &str = "/_app/team";
const WEBHOOKS: &str = "/_app/webhooks";
const SETTINGS: &str = "/_app/settings";

/// The tabs, by path.
const TABS: &[(&str, &str)] = &[
    (JOBS, "Jobs"),
    (CUSTOMERS, "Customers"),
    (OFFERS, "Estimates"),
    (PRICE_BOOK, "Price book"),
    (TEAM, "Team"),
    (WEBHOOKS, "Webhooks"),
    (SETTINGS, "Settings"),
];

pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Answer {
    if let Some(asset) = page::asset(request) {
        return asset;
    }
    let state = sandbox.state();
    let path = request.path().trim_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    let found = match segments.as_slice() {
        [""] => Some(jobs::list(&state)),
        ["_app", "jobs", "new"] => Some(jobs::new(&state, request)),
        ["_app", "jobs", id] => job::page(&state, id),
        ["_app", "invoices", id] => invoice::page(&state, id),
        ["_app", "customers"] => Some(customers::list(&state)),
        ["_app", "customers", "new"] => Some(customers::new()),
        ["_app", "customers", id] => customers::page(&state, id),
        ["_app", "price-book"] => Some(price_book::page(&state)),
        ["_app", "offers"] => Some(offers::page(&state)),
        ["_app", "team"] => Some(team::page(&state)),
        ["_app", "settings"] => Some(settings::page(&state)),
        ["_app", "webhooks"] => Some(webhooks::page(&state)),
        _ => None,
    };
    let (status, shown) = match found {
        Some(shown) => (200, shown),
        None => (404, missing()),
    };
    let now = state.now().to_zoned(state.options.time_zone.clone());
    let note = format!(
        "{} {} · {}",
        moment(&state, state.now()),
        now.strftime("%Z"),
        state.person()
    );
    let frame = Frame {
        company: &state.options.company_name,
        note: &note,
        tabs: TABS,
        here: shown.tab,
        has_buttons: true,
    };
    page::page(status, &frame, &shown.title, &shown.body)
}

/// What a page puts into the frame.
struct Page {
    title: String,
    /// The path of its tab.
    tab: &'static str,
    body: Markup,
}

fn missing() -> Page {
    Page {
        title: "Not found".to_owned(),
        tab: JOBS,
        body: html! {
            h1 { "There is no such page" }
            p { a href="/" { "To the jobs" } }
        },
    }
}

/// A time in the company's time zone.
fn moment(state: &State, time: Timestamp) -> String {
    time.to_zoned(state.options.time_zone.clone())
        .strftime("%b %-d, %Y, %-I:%M %p")
        .to_string()
}

/// A day in the company's time zone.
fn day(state: &State, time: Timestamp) -> String {
    time.to_zoned(state.options.time_zone.clone())
        .strftime("%b %-d, %Y")
        .to_string()
}

/// Dollars for a form: `1234.50`.
fn plain_dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents.unsigned_abs() % 100)
}

/// A status with the colour that goes with it.
fn status_badge(status: &str) -> Markup {
    let tone = match status {
        "complete unrated" | "complete rated" | "paid" | "succeeded" | "approved"
        | "pro approved" | "won" => Tone::Good,
        "in progress" | "scheduled" | "open" | "pending_payment" | "pending" | "waiting" => {
            Tone::Busy
        }
        "failed" | "lost" => Tone::Bad,
        _ => Tone::Calm,
    };
    match status {
        "complete unrated" => badge(tone, "finished"),
        "complete rated" => badge(tone, "finished, rated"),
        other => badge(tone, &other.replace('_', " ")),
    }
}

/// Values and words of a choice.
fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
        .collect()
}
