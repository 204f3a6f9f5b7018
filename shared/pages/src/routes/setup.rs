//! The set-up page of a company, and its forms.

use axum::{
    extract::{Path, Query, State},
    response::Redirect,
};
use serde::Deserialize;
use sync::World;

use crate::{Shared, html, posted::Posted, refusal::Refusal, sessions::Visit};

/// What stands behind the question mark.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    done: String,
}

/// What was done just now; only what is known here is shown.
fn words(done: &str) -> Option<&'static str> {
    match done {
        KEYS => Some("The keys of Housecall Pro are kept."),
        NOT_ALLOWED => Some(
            "QuickBooks was not connected: it was not allowed on Intuit's page. Nothing was changed.",
        ),
        _ => None,
    }
}

const KEYS: &str = "keys";

/// Somebody did not allow it on Intuit's page.
pub(super) const NOT_ALLOWED: &str = "not-allowed";

/// The page.
pub(super) async fn show<W: World>(
    State(desk): State<Shared<W>>,
    visit: Visit,
    Path(company): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<html::Page, Refusal> {
    let caller = desk.caller(&visit, &company).await?;
    let standing = desk.office.standing(&caller).await?;
    let page = html::setup::Setup {
        visit: &visit,
        company: caller.company().as_str(),
        standing: &standing,
        site: &desk.site,
        done: words(&shown.done),
    };
    Ok(page.page())
}

/// Keeps the keys of Housecall Pro.
pub(super) async fn housecall<W: World>(
    State(desk): State<Shared<W>>,
    Path(company): Path<String>,
    posted: Posted,
) -> Result<Redirect, Refusal> {
    let caller = desk.caller(&posted.visit, &company).await?;
    let (key, secret) = (posted.field("api_key"), posted.field("signing_secret"));
    desk.office.enter_housecall(&caller, key, secret).await?;
    let page = format!("/setup/{}?done={KEYS}", caller.company());
    Ok(Redirect::to(&page))
}

/// After connecting.
pub(super) async fn connected<W: World>(
    State(desk): State<Shared<W>>,
    visit: Visit,
    Path(company): Path<String>,
) -> Result<html::Page, Refusal> {
    let caller = desk.caller(&visit, &company).await?;
    let standing = desk.office.standing(&caller).await?;
    let company = caller.company().as_str();
    Ok(html::setup::connected(&visit, company, &standing))
}

/// Ends the connection with QuickBooks.
pub(super) async fn disconnect<W: World>(
    State(desk): State<Shared<W>>,
    Path(company): Path<String>,
    posted: Posted,
) -> Result<Redirect, Refusal> {
    let caller = desk.caller(&posted.visit, &company).await?;
    desk.office.disconnect(&caller, &desk.site.intuit).await?;
    Ok(Redirect::to("/disconnected"))
}
