//! Coming and going.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use ports::Clock;
use serde::Deserialize;
use sync::World;

use super::with_cookies;
use crate::{
    Shared, company, html,
    posted::Posted,
    refusal::Refusal,
    sessions::{Visit, cookie, shown, unguessable},
    sign_in::{self, BEGUN, Begun, SignInError},
};

/// The companies of whoever is signed in.
pub(super) async fn companies<W: World>(
    State(desk): State<Shared<W>>,
    visit: Visit,
) -> Result<html::Page, Refusal> {
    desk.companies(&visit).await
}

/// Chooses the company whose work is shown.
pub(super) async fn choose<W: World>(
    State(desk): State<Shared<W>>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let caller = desk.caller(&posted.visit, posted.field("company")).await?;
    let chosen = company::chosen(caller.company());
    Ok(with_cookies(Redirect::to("/"), chosen))
}

/// Off to the page of the sign-in. Nothing is kept here of who only asks for it.
pub(super) async fn sign_in<W: World>(State(desk): State<Shared<W>>) -> Response {
    let begun = Begun(unguessable(desk.office.engine().world().chance()));
    let cookie = cookie(BEGUN, begun.secret(), sign_in::PATIENCE);
    with_cookies(Redirect::to(&begun.page(&desk.site)), cookie)
}

/// What the sign-in sends back.
#[derive(Deserialize)]
pub(super) struct SignedIn {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Back from it.
pub(super) async fn signed_in<W: World>(
    State(desk): State<Shared<W>>,
    headers: HeaderMap,
    Query(answer): Query<SignedIn>,
) -> Result<Response, Refusal> {
    let begun = shown(&headers, BEGUN).map(Begun);
    let begun = begun.filter(|begun| begun.is_this(&answer.state));
    let begun = begun.ok_or_else(again)?;
    if answer.code.is_empty() {
        return Err(again());
    }
    let world = desk.office.engine().world();
    let now = world.clock().now();
    let who = begun.who(world.http(), &desk.site, &answer.code, now).await;
    let user = who.map_err(|error| {
        tracing::warn!(error = sync::chain(&error), "nobody was signed in");
        match error {
            SignInError::Refused(_) => again(),
            _ => Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "You could not be signed in at the moment. Try it again in a few seconds.",
            ),
        }
    })?;
    let session = desk.begin_session(user, &headers).await?;
    let cookies = session.into_iter().chain(cookie(BEGUN, "", 0));
    Ok(with_cookies(Redirect::to("/"), cookies))
}

fn again() -> Refusal {
    let words = "This sign-in is not from this browser, took too long, or was used before: sign in once more.";
    Refusal::new(StatusCode::UNAUTHORIZED, words)
}

/// Ends the session, and then the sign-in's own.
pub(super) async fn sign_out<W: World>(
    State(desk): State<Shared<W>>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let forgotten = desk.end_session(posted.visit).await?;
    let page = sign_in::end_page(&desk.site);
    Ok(with_cookies(Redirect::to(&page), forgotten))
}

/// After that.
pub(super) async fn signed_out() -> Response {
    html::home::signed_out().into_response()
}
