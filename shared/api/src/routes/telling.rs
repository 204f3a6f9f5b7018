use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use office::Office;
use sync::World;

use crate::{
    event::SignedIn,
    extract::{Input, Path},
    problem::Problem,
    views::{Channel, Mailed},
};

/// What you are mailed of the alerts of the company.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/mails",
    params(("company" = String, Path, description = "The id of the company")),
    responses((status = 200, description = "What you are mailed", body = Mailed))
)]
pub(crate) async fn mails<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
) -> Result<Json<Mailed>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let mails = office.mails(&caller).await?.into();
    Ok(Json(Mailed { mails }))
}

/// Chooses what you are mailed of the alerts of the company.
#[utoipa::path(
    put,
    path = "/api/v1/companies/{company}/mails",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Mailed,
    responses((status = 200, description = "What you are mailed from then on", body = Mailed))
)]
pub(crate) async fn choose_mails<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    input: Input<Mailed>,
) -> Result<Json<Mailed>, Problem> {
    let caller = office.caller(&user, &company).await?;
    office
        .choose_mails(&caller, input.value.mails.into())
        .await?;
    Ok(Json(input.value))
}

/// Enters the address of the company's channel in Slack, or takes it away. Nobody is shown it again.
#[utoipa::path(
    put,
    path = "/api/v1/companies/{company}/channel",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Channel,
    responses((status = 204, description = "It is entered"))
)]
pub(crate) async fn enter_channel<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    input: Input<Channel>,
) -> Result<StatusCode, Problem> {
    let caller = office.caller(&user, &company).await?;
    let address = input.value.address.as_deref();
    office.enter_channel(&caller, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
