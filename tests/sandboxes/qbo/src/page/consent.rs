//! The page on which a user connects an app, and the one that says why that cannot be.

use maud::html;
use sandbox_kit::{
    Answer,
    page::{bare_page, hidden},
};

/// Asks for consent; the two buttons send `fields` and `decision`.
pub(crate) fn ask(company: &str, app: &str, scopes: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = html! {
        h1 { "Connect " (app) " to " (company) "?" }
        section.card {
            p { "It will be able to use:" }
            ul {
                @for scope in scopes.split(' ') { li { code { (scope) } } }
            }
        }
        form.actions method="post" action="/connect/oauth2" {
            (hidden(&fields))
            button.primary name="decision" value="connect" { "Connect" }
            button name="decision" value="cancel" { "Cancel" }
        }
    };
    bare_page(200, "Connect an app", &body)
}

/// Says why an app cannot be connected.
pub(crate) fn refuse(reason: &str) -> Answer {
    let body = html! {
        h1 { "Uh oh, there's a connection problem" }
        section.card { p.empty { (reason) } }
    };
    bare_page(400, "Connection problem", &body)
}
