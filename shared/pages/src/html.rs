//! The pages as HTML. What is shown is escaped by the macro; nothing is put in as it is.

pub(crate) mod home;
pub(crate) mod parts;
pub(crate) mod setup;
pub(crate) mod texts;
pub(crate) mod today;

use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use crate::{routes::style, sessions::Visit};

/// The field that holds the token of a form.
pub(crate) const TOKEN: &str = "form_token";

/// A whole page.
pub(crate) type Page = Html<String>;

/// Where people go from each page.
const PLACES: [(&str, &str); 2] = [("Today", "/"), ("Your companies", "/companies")];

/// A page with its title. `visit`: who is signed in, and may sign out on it.
pub(crate) fn page(title: &str, visit: Option<&Visit>, body: &Markup) -> Page {
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Housecall Pro to QuickBooks" }
                link rel="stylesheet" href=(style::PATH.as_str());
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    a href="/" { "Housecall Pro to QuickBooks" }
                    @if let Some(visit) = visit {
                        form method="post" action="/sign-out" {
                            (token(visit))
                            button.plain { "Sign out" }
                        }
                    }
                }
                @if visit.is_some() {
                    nav aria-label="Pages" {
                        @for (words, path) in PLACES {
                            a href=(path) aria-current=[(words == title).then_some("page")] { (words) }
                        }
                    }
                }
                main #content {
                    h1 { (title) }
                    (body)
                }
                footer {
                    a href="/licence" { "Licence" }
                    " "
                    a href="/privacy" { "Privacy" }
                }
            }
        }
    };
    Html(whole.into_string())
}

/// What makes a form one of ours.
pub(crate) fn token(visit: &Visit) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(visit.form_token()); }
}

/// Why something was not done.
pub(crate) fn refused(sign_in: bool, words: &str) -> Page {
    let body = html! {
        p { (words) }
        p {
            @if sign_in { a.main href="/sign-in" { "Sign in" } }
            @else { a href="/" { "Back to today" } }
        }
    };
    page("That was not done", None, &body)
}
