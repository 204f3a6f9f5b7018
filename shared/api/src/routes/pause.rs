use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use office::Office;
use serde::{Deserialize, Serialize};
use sync::World;
use utoipa::ToSchema;

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path},
    once::once,
    problem::Problem,
};

/// Why the sync is paused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPause {
    /// Why, for the log.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Nothing is to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Whether the sync is paused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Paused {
    /// It is: work waits, and nothing is lost.
    paused: bool,
}

/// Has all work of the company wait, within half a minute: nothing is written to QuickBooks, and nothing is lost.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/pause",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewPause,
    responses((status = 200, description = "It is paused", body = Paused))
)]
pub(crate) async fn pause<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewPause>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let NewPause { reason } = input.value;
    once(&office, &caller, ("pause", key), &input.raw, async |_| {
        office.pause(&caller, &reason).await?;
        Ok((StatusCode::OK, Paused { paused: true }))
    })
    .await
}

/// Has the work of a paused company go on, within a minute, with all that waited.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/resume",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Nothing,
    responses((status = 200, description = "It goes on", body = Paused))
)]
pub(crate) async fn resume<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    once(&office, &caller, ("resume", key), &input.raw, async |_| {
        office.resume(&caller).await?;
        Ok((StatusCode::OK, Paused { paused: false }))
    })
    .await
}
