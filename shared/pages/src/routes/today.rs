//! The page of what wants somebody.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use sync::World;

use crate::{Shared, html, refusal::Refusal};

/// A job may be finished for so many days before it is missed that no invoice was sent.
const DAYS: u16 = 7;

/// Today; for whoever is not signed in, what this is.
pub(super) async fn show<W: World>(
    State(desk): State<Shared<W>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Some(visit) = desk.visit(&headers).await? else {
        return Ok(html::home::stranger().into_response());
    };
    let Some(here) = desk.here(&visit, &headers).await? else {
        return Ok(Redirect::to("/companies").into_response());
    };
    let today = desk.office.today(&here.caller, DAYS).await?;
    Ok(html::today::show(&visit, &today, &here.zone, DAYS).into_response())
}
