//! The app's pages for people: jobs, customers, price book and the delivery log.

mod customers;
mod editing;
mod forms;
mod html;
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

use self::html::{Html, html};
use crate::{Answer, Request, sandbox::Sandbox, state::State};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("app.js");

/// Nothing from elsewhere is loaded or run.
const CONTENT_SECURITY: &str = "default-src 'none'; img-src data:; style-src 'self'; \
                                script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                                frame-ancestors 'none'";

pub(crate) fn answer(sandbox: &Sandbox, request: &Request) -> Answer {
    let state = sandbox.state();
    let path = request.path().trim_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    let page = match segments.as_slice() {
        [""] => Some(jobs::list(&state)),
        ["_app", "style.css"] => return Answer::typed(200, "text/css; charset=utf-8", STYLE),
        ["_app", "app.js"] => {
            return Answer::typed(200, "text/javascript; charset=utf-8", SCRIPT);
        }
        ["_app", "jobs", "new"] => Some(jobs::new(&state, request)),
        ["_app", "jobs", id] => job::page(&state, id),
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
    let (status, page) = match page {
        Some(page) => (200, page),
        None => (404, missing()),
    };
    let mut answer = Answer::html(status, layout(&state, &page).0);
    for (name, value) in [
        ("content-security-policy", CONTENT_SECURITY),
        ("cache-control", "no-store"),
    ] {
        answer.headers.push((name.to_owned(), value.to_owned()));
    }
    answer
}

/// What a page puts into the frame.
struct Page {
    title: String,
    /// Which entry of the navigation is current.
    place: Place,
    body: Html,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Jobs,
    Customers,
    Offers,
    PriceBook,
    Team,
    Webhooks,
    Settings,
}

fn missing() -> Page {
    Page {
        title: "Not found".to_owned(),
        place: Place::Jobs,
        body: html!("<h1>There is no such page</h1><p><a href=\"/\">To the jobs</a></p>"),
    }
}

fn layout(state: &State, page: &Page) -> Html {
    let navigation: Html = [
        (Place::Jobs, "/", "Jobs"),
        (Place::Customers, "/_app/customers", "Customers"),
        (Place::Offers, "/_app/offers", "Estimates"),
        (Place::PriceBook, "/_app/price-book", "Price book"),
        (Place::Team, "/_app/team", "Team"),
        (Place::Webhooks, "/_app/webhooks", "Webhooks"),
        (Place::Settings, "/_app/settings", "Settings"),
    ]
    .into_iter()
    .map(|(place, address, name)| {
        let current = if place == page.place {
            html!(" aria-current=\"page\"")
        } else {
            Html::default()
        };
        html!("<a href=\"{}\"{}>{}</a>", address, current, name)
    })
    .collect();
    html!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} · {}</title>\n<link rel=\"stylesheet\" href=\"/_app/style.css\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <script src=\"/_app/app.js\" defer></script>\n</head>\n<body>\n\
         <header class=\"top\"><div class=\"brand\"><strong>{}</strong>\
         <span class=\"badge\">sandbox</span></div><nav aria-label=\"Main\">{}</nav>\
         <span class=\"clock\">{}</span></header>\n<main>\n{}\n</main>\n</body>\n</html>\n",
        page.title,
        state.options.company_name,
        state.options.company_name,
        navigation,
        moment(state, state.now()),
        page.body,
    )
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

/// A status with the colour that goes with it.
fn pill(status: &str) -> Html {
    let tone = match status {
        "complete unrated" | "complete rated" | "paid" | "succeeded" | "approved"
        | "pro approved" | "won" => "good",
        "in progress" | "scheduled" | "open" | "pending_payment" | "pending" | "waiting" => "busy",
        "failed" | "lost" => "bad",
        _ => "calm",
    };
    let words = match status {
        "complete unrated" => "finished".to_owned(),
        "complete rated" => "finished, rated".to_owned(),
        other => other.replace('_', " "),
    };
    html!("<span class=\"pill {}\">{}</span>", tone, words)
}
