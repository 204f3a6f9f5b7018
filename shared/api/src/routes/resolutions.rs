use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::ETAG},
    response::{IntoResponse, Response},
};
use office::{AlertView, Office};
use sync::World;
use uuid::Uuid;

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path, Query, Seen},
    once::once,
    page::{Page, Paging},
    problem::{Problem, no_route},
    resolution::{AlertInFull, Cause, NewResolution, Resolved, WhichCause, WhyDismissed},
    views::Taken,
};

/// One alert, with what can be done about it.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/alerts/{alert}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("alert" = String, Path, description = "The id of the alert")
    ),
    responses((status = 200, description = "The alert", body = AlertInFull,
        headers(("ETag" = String, description = "What a dismissal is taken back on top of"))))
)]
pub(crate) async fn alert<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, alert)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    Ok(shown(office.alert(&caller, &alert).await?))
}

/// Chooses one of the ways out of an alert: it is carried out, and the job of the alert is pushed.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/alerts/{alert}/resolutions",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("alert" = String, Path, description = "The id of the alert")
    ),
    request_body = NewResolution,
    responses((status = 202, description = "It is carried out now", body = Taken))
)]
pub(crate) async fn resolve<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, alert)): Path<(String, String)>,
    key: Key,
    input: Input<NewResolution>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let NewResolution { choice, said } = input.value;
    let route = format!("alerts/{alert}/resolutions");
    once(&office, &caller, (&route, key), &input.raw, async |id| {
        office
            .resolve(&caller, id, &alert, &choice, said.as_deref())
            .await?;
        let taken = Taken {
            id: id.to_string(),
            outcome: format!("/api/v1/companies/{}/resolutions/{id}", caller.company()),
        };
        Ok((StatusCode::ACCEPTED, taken))
    })
    .await
}

/// What became of what was chosen about an alert.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/resolutions/{id}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("id" = String, Path, description = "The id that it was given")
    ),
    responses((status = 200, description = "How far it is", body = Resolved))
)]
pub(crate) async fn resolved<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, id)): Path<(String, String)>,
) -> Result<Json<Resolved>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let id = Uuid::parse_str(&id).map_err(|_| no_route())?;
    let status = office.resolution(&caller, id).await?;
    Ok(Json(Resolved::new(id.to_string(), status)))
}

/// What several documents may wait for at once, with the alerts that tell of it: preferences of QuickBooks, closed books, a tax
/// without a rate.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/causes",
    params(("company" = String, Path, description = "The id of the company"), Paging),
    responses((status = 200, description = "One page of them, by their keys", body = Page<Cause>))
)]
pub(crate) async fn causes<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Cause>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let causes = office.causes(&caller).await?;
    let mut keyed: Vec<(String, Cause)> = causes
        .into_iter()
        .map(|view| (view.cause.key(), view.into()))
        .collect();
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Json(paging.of(keyed)?))
}

/// Pushes all jobs whose open alerts tell of a cause, once that is mended.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/retries",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = WhichCause,
    responses((status = 202, description = "They are on their way", body = Taken))
)]
pub(crate) async fn retry<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<WhichCause>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let cause = input.value.cause;
    once(&office, &caller, ("retries", key), &input.raw, async |id| {
        office.retry_cause(&caller, id, &cause).await?;
        let taken = Taken {
            id: id.to_string(),
            outcome: format!("/api/v1/companies/{}/pushes/{id}", caller.company()),
        };
        Ok((StatusCode::ACCEPTED, taken))
    })
    .await
}

/// Dismisses an alert: it closes without anything being done, and a later trigger may raise it again. Where it tells by how much
/// both books differ, that is accepted, and told no more unless it changes.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/alerts/{alert}/dismissal",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("alert" = String, Path, description = "The id of the alert")
    ),
    request_body = WhyDismissed,
    responses((status = 200, description = "The alert, as it is then", body = AlertInFull))
)]
pub(crate) async fn dismiss<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, alert)): Path<(String, String)>,
    key: Key,
    input: Input<WhyDismissed>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let reason = input.value.reason;
    let route = format!("alerts/{alert}/dismissal");
    once(&office, &caller, (&route, key), &input.raw, async |_| {
        let dismissed = office.dismiss_alert(&caller, &alert, &reason).await?;
        Ok((StatusCode::OK, AlertInFull::from(dismissed)))
    })
    .await
}

/// Takes back that an alert was dismissed: it is open again.
#[utoipa::path(
    delete,
    path = "/api/v1/companies/{company}/alerts/{alert}/dismissal",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("alert" = String, Path, description = "The id of the alert")
    ),
    responses((status = 200, description = "The alert, as it is then", body = AlertInFull,
        headers(("ETag" = String, description = "What the next change is made on top of"))))
)]
pub(crate) async fn take_dismissal_back<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, alert)): Path<(String, String)>,
    Seen(seen): Seen,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let seen = seen.as_deref().map(|seen| seen.trim_matches('"'));
    let opened = office.take_dismissal_back(&caller, &alert, seen).await;
    Ok(shown(opened.map_err(Problem::of_precondition)?))
}

fn shown(view: AlertView) -> Response {
    let tag = format!("\"{}\"", view.tag());
    ([(ETAG, tag)], Json(AlertInFull::from(view))).into_response()
}
