use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header::ETAG,
    response::{IntoResponse, Response},
};
use office::Office;
use sha2::{Digest, Sha256};
use sync::{World, work::orders::Assignment};

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path, Seen},
    problem::Problem,
    routes::items::assign,
    views::{NewSettings, Nothing, Quickbooks, Settings, Taken},
};

/// So many settings are changed at once, and so long are their names and values.
const MOST: usize = 100;
const LONGEST: usize = 200;

/// What the company chose, with what each may be and what follows from it.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/settings",
    params(("company" = String, Path, description = "The id of the company")),
    responses((status = 200, description = "All settings", body = Settings,
        headers(("ETag" = String, description = "What a change is made on top of"))))
)]
pub(crate) async fn settings<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let settings = office.settings(&caller).await?;
    Ok(shown(&settings))
}

/// How QuickBooks is set up, as it was read last: what items, payments, taxes and classes can be mapped to.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/quickbooks",
    params(("company" = String, Path, description = "The id of the company")),
    responses((status = 200, description = "Its settings and lists", body = Quickbooks))
)]
pub(crate) async fn quickbooks<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
) -> Result<Json<Quickbooks>, Problem> {
    let caller = office.caller(&user, &company).await?;
    Ok(Json(office.quickbooks(&caller).await?.into()))
}

/// Has QuickBooks' settings and lists read again, so that what was made there since can be chosen.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/quickbooks/readings",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Nothing,
    responses((status = 202, description = "They are read now", body = Taken))
)]
pub(crate) async fn read_quickbooks<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let wanted = vec![Assignment::Read];
    assign(&office, &caller, ("quickbooks", key), wanted, &input.raw).await
}

/// Changes settings, all that are named or none, where they are those that you saw.
#[utoipa::path(
    patch,
    path = "/api/v1/companies/{company}/settings",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewSettings,
    responses((status = 200, description = "All settings, as they are then", body = Settings,
        headers(("ETag" = String, description = "What the next change is made on top of"))))
)]
pub(crate) async fn change_settings<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Seen(seen): Seen,
    input: Input<NewSettings>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let changes: Vec<(String, String)> = input.value.changes.into_iter().collect();
    let too_long = |text: &String| text.chars().count() > LONGEST;
    if changes.is_empty()
        || changes.len() > MOST
        || changes
            .iter()
            .any(|(key, value)| too_long(key) || too_long(value))
    {
        let words = format!(
            "Name 1 to {MOST} settings; names and values have {LONGEST} characters at most."
        );
        return Err(Problem::unusable(words));
    }
    let as_seen =
        |settings: &mapping::Settings| seen.as_ref().is_none_or(|seen| *seen == tag(settings));
    let changed = office.change_settings(&caller, &changes, as_seen).await;
    Ok(shown(&changed.map_err(Problem::of_precondition)?))
}

fn shown(settings: &mapping::Settings) -> Response {
    ([(ETAG, tag(settings))], Json(Settings::from(settings))).into_response()
}

/// What tells these settings from others.
fn tag(settings: &mapping::Settings) -> String {
    let mut hasher = Sha256::new();
    for entry in settings.entries() {
        hasher.update(format!("{}={}\n", entry.key, entry.value));
    }
    let digest = hex::encode(hasher.finalize());
    format!("\"{}\"", &digest[..16])
}
