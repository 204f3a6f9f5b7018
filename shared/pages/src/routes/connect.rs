//! Connecting QuickBooks: off to Intuit's page, and back.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Redirect,
};
use qbo::RealmId;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::Chosen;
use sync::{World, company::connect::consent::Consent};

use super::setup::NOT_ALLOWED;
use crate::{Shared, posted::Posted, refusal::Refusal, sessions::Visit};

/// Off to Intuit's page, with what they chose for their company noted.
pub(super) async fn begin<W: World>(
    State(desk): State<Shared<W>>,
    posted: Posted,
) -> Result<Redirect, Refusal> {
    let caller = desk.caller(&posted.visit, posted.field("company")).await?;
    let chosen = Chosen {
        invoicing: posted.entered("invoicing"),
        own_sync_is_off: posted.ticked("own_sync_is_off"),
        income_account: posted.entered("income_account"),
        expense_account: posted.entered("expense_account"),
        time_zone: posted.entered("time_zone"),
        other_books: posted.ticked("other_books"),
    };
    let state = desk.new_state();
    let page = desk
        .office
        .consent_page(&caller, &chosen, &desk.site.intuit, state.expose_secret())
        .await?;
    desk.set_out(&posted.visit, &caller, chosen, &state).await?;
    Ok(Redirect::to(&page))
}

/// What Intuit sends back.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default, rename = "realmId")]
    realm: String,
    #[serde(default)]
    error: String,
}

/// Back from it.
pub(super) async fn answer<W: World>(
    State(desk): State<Shared<W>>,
    visit: Visit,
    Query(answer): Query<Answer>,
) -> Result<Redirect, Refusal> {
    let way = desk.come_back(&visit, &answer.state).await?;
    let way = way.ok_or_else(|| refused("This answer of Intuit's is of another sign-in, came before, or took longer than ten minutes. Nothing was changed: open the set-up page, and connect once more."))?;
    let caller = desk.caller(&visit, way.company.as_str()).await?;
    if !answer.error.is_empty() {
        let page = format!("/setup/{}?done={NOT_ALLOWED}", caller.company());
        return Ok(Redirect::to(&page));
    }
    let realm = RealmId::new(answer.realm);
    let realm = realm.ok().filter(|_| !answer.code.is_empty());
    let realm = realm.ok_or_else(|| refused("Intuit's answer does not say which company was chosen. Nothing was changed: open the set-up page, and connect once more."))?;
    let consent = Consent {
        code: SecretString::from(answer.code),
        realm,
        answers_to: desk.site.intuit.answers_to.clone(),
    };
    desk.office.connect(&caller, way.chosen, &consent).await?;
    let page = format!("/setup/{}/connected", caller.company());
    Ok(Redirect::to(&page))
}

fn refused(words: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, words)
}
