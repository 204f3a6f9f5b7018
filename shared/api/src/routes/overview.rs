use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use office::Office;
use serde::Deserialize;
use sync::World;
use utoipa::IntoParams;

use super::reads::days;
use crate::{
    event::SignedIn,
    extract::{List, Path, Query},
    page::{Page, Paging, page},
    problem::Problem,
    views::{Done, Today},
};

/// For how long a job may be finished before it is missed that no invoice was sent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// So many days: 7, unless told otherwise.
    #[param(minimum = 1, maximum = 60)]
    days: Option<u16>,
}

const USUAL_DAYS: u16 = 7;
const MOST_DAYS: u16 = 60;

/// What wants somebody today, and whether all goes well.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/today",
    params(("company" = String, Path, description = "The id of the company"), Since),
    responses((status = 200, description = "What wants somebody", body = Today))
)]
pub(crate) async fn today<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<Today>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let days = since.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        let words = format!("The days are a number from 1 to {MOST_DAYS}.");
        return Err(Problem::unusable(words));
    }
    Ok(Json(office.today(&caller, days).await?.into()))
}

/// Which days of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichEntries {
    /// Not before this day: `2026-07-24`.
    #[param(max_length = 10)]
    from: Option<String>,
    /// Not after this day.
    #[param(max_length = 10)]
    to: Option<String>,
}

/// Everything that was done, by people and by itself, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/log",
    params(("company" = String, Path, description = "The id of the company"), WhichEntries, Paging),
    responses((status = 200, description = "One page of it", body = Page<Done>))
)]
pub(crate) async fn log<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichEntries>,
) -> Result<Json<Page<Done>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let days = days(which.from.as_deref(), which.to.as_deref())?;
    let paging = paging.rows()?;
    Ok(Json(page(office.log(&caller, days, &paging).await?)))
}

/// Which days of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichDays {
    /// Not before this day: `2026-07-24`.
    #[param(max_length = 10)]
    from: Option<String>,
    /// Not after this day.
    #[param(max_length = 10)]
    to: Option<String>,
}

/// The same as a table for a spreadsheet, of 2,000 entries at most.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/log.csv",
    params(("company" = String, Path, description = "The id of the company"), WhichDays),
    responses((status = 200, description = "The table", body = String, content_type = "text/csv"))
)]
pub(crate) async fn log_table<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(which): Query<WhichDays>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let days = days(which.from.as_deref(), which.to.as_deref())?;
    let table = office.log_table(&caller, days).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"log.csv\""),
    ];
    Ok((headers, table).into_response())
}
