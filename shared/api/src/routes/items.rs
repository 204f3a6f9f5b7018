use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode, response::Response};
use office::{Caller, ItemsBy, LinesBy, Office};
use serde::Deserialize;
use sync::{World, work::orders::Assignment};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    event::SignedIn,
    extract::{Input, Key, List, Path},
    once::once,
    page::{Page, Paging, page},
    problem::{Problem, no_route},
    routes::reads::searched,
    views::{Assigned, ItemLine, NewAccounts, NewLineItems, Taken, TypedLine},
};

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichItems {
    /// Those whose names begin so.
    #[param(max_length = 100)]
    name: Option<String>,
    /// Those that are booked to the income account of this id.
    #[param(max_length = 100)]
    account: Option<String>,
}

/// The items that QuickBooks has from here, in the order of their names.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/items",
    params(("company" = String, Path, description = "The id of the company"), WhichItems, Paging),
    responses((status = 200, description = "One page of them", body = Page<ItemLine>))
)]
pub(crate) async fn items<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichItems>,
) -> Result<Json<Page<ItemLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = match (which.name, which.account) {
        (None, None) => ItemsBy::Name(String::new()),
        (Some(name), None) => ItemsBy::Name(searched(name)?),
        (None, Some(account)) => ItemsBy::Account(searched(account)?),
        (Some(_), Some(_)) => {
            return Err(Problem::unusable(
                "Choose items by their name or by their account.",
            ));
        }
    };
    let paging = paging.rows()?;
    Ok(Json(page(office.items(&caller, &by, &paging).await?)))
}

/// Which names of lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichLines {
    /// Those that begin so, in their order.
    #[param(max_length = 100)]
    name: Option<String>,
    /// Only those that nobody mapped to an item.
    unmapped: Option<bool>,
}

/// The names that lines have which are not in the price book, those with which the most jobs were sent first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/lines",
    params(("company" = String, Path, description = "The id of the company"), WhichLines, Paging),
    responses((status = 200, description = "One page of them", body = Page<TypedLine>))
)]
pub(crate) async fn lines<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichLines>,
) -> Result<Json<Page<TypedLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = match (which.name, which.unmapped.unwrap_or(false)) {
        (None, false) => LinesBy::Jobs,
        (None, true) => LinesBy::Unmapped,
        (Some(name), false) => LinesBy::Name(searched(name)?),
        (Some(_), true) => {
            return Err(Problem::unusable(
                "Choose lines by their name, or those that nobody mapped.",
            ));
        }
    };
    let paging = paging.rows()?;
    Ok(Json(page(office.lines(&caller, &by, &paging).await?)))
}

/// Books items to income accounts: sent to QuickBooks at once, for what is sold from then on.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/items/accounts",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewAccounts,
    responses((status = 202, description = "They are on their way", body = Taken))
)]
pub(crate) async fn choose_accounts<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewAccounts>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let wanted = input.value.assignments();
    assign(&office, &caller, ("items", key), wanted, &input.raw).await
}

/// Has lines of these names stand for an item, on all jobs that are sent from then on.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/lines/items",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewLineItems,
    responses((status = 202, description = "They are on their way", body = Taken))
)]
pub(crate) async fn map_lines<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewLineItems>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let wanted = input.value.assignments()?;
    assign(&office, &caller, ("lines", key), wanted, &input.raw).await
}

/// Has what is said entered, once under its key.
pub(crate) async fn assign<W: World>(
    office: &Office<W>,
    caller: &Caller,
    (route, key): (&str, Key),
    wanted: Vec<Assignment>,
    raw: &bytes::Bytes,
) -> Result<Response, Problem> {
    once(office, caller, (route, key), raw, async |id| {
        office.assign(caller, id, wanted).await?;
        let taken = Taken {
            id: id.to_string(),
            outcome: format!("/api/v1/companies/{}/assignments/{id}", caller.company()),
        };
        Ok((StatusCode::ACCEPTED, taken))
    })
    .await
}

/// What became of what was said of items, lines or customers.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/assignments/{id}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("id" = String, Path, description = "The id that it was given")
    ),
    responses((status = 200, description = "What became of each", body = Assigned))
)]
pub(crate) async fn assigned<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, id)): Path<(String, String)>,
) -> Result<Json<Assigned>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let id = Uuid::parse_str(&id).map_err(|_| no_route())?;
    let all = office.assigned(&caller, id).await?;
    Ok(Json(Assigned::new(id.to_string(), all)))
}
