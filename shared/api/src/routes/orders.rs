use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, response::Response, routing::post};
use office::{Caller, Office};
use sync::{World, work::orders::Wish};
use uuid::Uuid;

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path},
    once::once,
    problem::{Problem, no_route},
    routes::COMPANY,
    views::{Outcome, Taken, WhichRecords},
};

/// Those of the function of pushes by hand.
pub(crate) fn pushes<W: World>(office: Arc<Office<W>>) -> Router {
    Router::new()
        .route(&format!("{COMPANY}/pushes"), post(push::<W>))
        .with_state(office)
}

/// Pushes jobs to QuickBooks, whatever their status, their age and the trigger that the company waits for; what changed of
/// customers whom QuickBooks has; and items of the price book.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/pushes",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = WhichRecords,
    responses((status = 202, description = "They are on their way", body = Taken))
)]
pub(crate) async fn push<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<WhichRecords>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    order(&office, &caller, ("pushes", key), Wish::Push, input).await
}

/// Links the invoices that open alerts of jobs offer, which QuickBooks had before.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/links",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = WhichRecords,
    responses((status = 202, description = "They are linked now", body = Taken))
)]
pub(crate) async fn link<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<WhichRecords>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    order(&office, &caller, ("links", key), Wish::Link, input).await
}

async fn order<W: World>(
    office: &Office<W>,
    caller: &Caller,
    (route, key): (&str, Key),
    wish: Wish,
    input: Input<WhichRecords>,
) -> Result<Response, Problem> {
    let names = input.value.names()?;
    once(office, caller, (route, key), &input.raw, async |id| {
        office.order(caller, id, wish, &names).await?;
        let taken = Taken {
            id: id.to_string(),
            outcome: format!("/api/v1/companies/{}/{route}/{id}", caller.company()),
        };
        Ok((StatusCode::ACCEPTED, taken))
    })
    .await
}

/// What became of a push by hand.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/pushes/{id}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("id" = String, Path, description = "The id that the push was given")
    ),
    responses((status = 200, description = "What became of each job", body = Outcome))
)]
pub(crate) async fn pushed<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, id)): Path<(String, String)>,
) -> Result<Json<Outcome>, Problem> {
    let caller = office.caller(&user, &company).await?;
    outcome(&office, &caller, &id, Wish::Push).await
}

/// What became of links.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/links/{id}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("id" = String, Path, description = "The id that the links were given")
    ),
    responses((status = 200, description = "What became of each job", body = Outcome))
)]
pub(crate) async fn linked<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, id)): Path<(String, String)>,
) -> Result<Json<Outcome>, Problem> {
    let caller = office.caller(&user, &company).await?;
    outcome(&office, &caller, &id, Wish::Link).await
}

/// What became of a look at QuickBooks.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/pulls/{id}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("id" = String, Path, description = "The id that the look was given")
    ),
    responses((status = 200, description = "How far it is", body = Outcome))
)]
pub(crate) async fn pulled<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, id)): Path<(String, String)>,
) -> Result<Json<Outcome>, Problem> {
    let caller = office.caller(&user, &company).await?;
    outcome(&office, &caller, &id, Wish::Pull).await
}

async fn outcome<W: World>(
    office: &Office<W>,
    caller: &Caller,
    id: &str,
    wish: Wish,
) -> Result<Json<Outcome>, Problem> {
    let id = Uuid::parse_str(id).map_err(|_| no_route())?;
    let all = office.order_status(caller, id, wish).await?;
    Ok(Json(Outcome::new(id.to_string(), all)))
}
