//! The pages as HTML. What is shown is escaped by the macro; nothing is put in as it is.

pub(crate) mod home;
pub(crate) mod setup;
pub(crate) mod texts;

use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use crate::sessions::Visit;

/// The field that holds the token of a form.
pub(crate) const TOKEN: &str = "form_token";

/// A whole page.
pub(crate) type Page = Html<String>;

/// A page with its title. `visit`: who is signed in, and may sign out on it.
pub(crate) fn page(title: &str, visit: Option<&Visit>, body: &Markup) -> Page {
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Housecall Pro to QuickBooks" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header {
                    a href="/" { "Housecall Pro to QuickBooks" }
                    @if let Some(visit) = visit {
                        form method="post" action="/sign-out" {
                            (token(visit))
                            button.plain { "Sign out" }
                        }
                    }
                }
                main {
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
            @else { a href="/" { "Back to your companies" } }
        }
    };
    page("That was not done", None, &body)
}
