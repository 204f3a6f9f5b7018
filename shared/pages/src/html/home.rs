//! The first page: which companies somebody is in.

use maud::html;
use office::Role;

use super::{Page, page, token};
use crate::sessions::Visit;

/// A company of somebody's.
pub(crate) struct Row {
    /// Its id, for the address of its page.
    pub(crate) id: String,
    /// What it is called, where that is known.
    pub(crate) name: Option<String>,
    /// Whether its QuickBooks was connected, so that there is work to see.
    pub(crate) is_connected: bool,
    /// What they are there.
    pub(crate) role: Role,
}

/// For whoever is not signed in.
pub(crate) fn stranger() -> Page {
    let body = html! {
        p { "Jobs of Housecall Pro become invoices in QuickBooks Online. Sign in to set up your company." }
        p { a.main href="/sign-in" { "Sign in" } }
    };
    page("Welcome", None, &body)
}

/// For somebody who is.
pub(crate) fn companies(visit: &Visit, rows: &[Row]) -> Page {
    let body = html! {
        @if rows.is_empty() {
            p { "You are not one of the people of any company yet. Ask an admin of your company to invite you, with the mail address that you signed in with." }
        }
        ul {
            @for row in rows {
                li {
                    @let name = row.name.as_deref().unwrap_or("A company of yours");
                    @if row.role == Role::Admin { a href={ "/setup/" (row.id) } { (name) } }
                    @else { (name) }
                    @if row.is_connected {
                        form method="post" action="/companies" {
                            (token(visit))
                            input type="hidden" name="company" value=(row.id);
                            button { "Open " (name) }
                        }
                    } @else if row.role != Role::Admin { " – an admin of it can set it up" }
                }
            }
        }
    };
    page("Your companies", Some(visit), &body)
}

/// After signing out.
pub(crate) fn signed_out() -> Page {
    let body = html! {
        p { "You are signed out." }
        p { a href="/sign-in" { "Sign in again" } }
    };
    page("Signed out", None, &body)
}
