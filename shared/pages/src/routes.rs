//! One function for each page and each form.

mod connect;
mod entry;
mod setup;
pub(crate) mod style;
mod today;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use office::{Caller, CompanyView, Role};
use sync::World;

use crate::{
    Desk, Shared, Site,
    html::{self, texts},
    refusal::Refusal,
    sessions::Visit,
    sign_in,
};

/// Those of the daily work.
pub(crate) fn console<W: World>(desk: Shared<W>) -> Router {
    let routes = Router::new()
        .route("/", get(today::show::<W>))
        .route(style::PATH.as_str(), get(style::show));
    finished(routes, desk)
}

fn finished<W: World>(routes: Router<Shared<W>>, desk: Shared<W>) -> Router {
    routes
        .fallback(async || Refusal::no_page())
        .method_not_allowed_fallback(async || Refusal::no_page())
        .with_state(desk)
}

/// Those that need the right to secrets.
pub(crate) fn all<W: World>(desk: Shared<W>) -> Router {
    let routes = Router::new()
        .route(
            "/companies",
            get(entry::companies::<W>).post(entry::choose::<W>),
        )
        .route("/sign-in", get(entry::sign_in::<W>))
        .route(sign_in::ANSWERS_TO, get(entry::signed_in::<W>))
        .route("/sign-out", post(entry::sign_out::<W>))
        .route(sign_in::SIGNED_OUT, get(entry::signed_out))
        .route("/setup/{company}", get(setup::show::<W>))
        .route("/setup/{company}/housecall", post(setup::housecall::<W>))
        .route("/setup/{company}/connected", get(setup::connected::<W>))
        .route("/setup/{company}/disconnect", post(setup::disconnect::<W>))
        .route(
            "/connect/quickbooks",
            get(async || Redirect::to("/")).post(connect::begin::<W>),
        )
        .route(Site::ANSWERS_TO, get(connect::answer::<W>))
        .route("/disconnected", get(async || html::setup::disconnected()))
        .route("/licence", get(async || texts::licence()))
        .route("/privacy", get(async || texts::privacy()));
    finished(routes, desk)
}

impl<W: World> Desk<W> {
    /// Whoever is signed in, as one of a company.
    pub(crate) async fn caller(&self, visit: &Visit, company: &str) -> Result<Caller, Refusal> {
        Ok(self.office.caller(visit.user(), company).await?)
    }

    /// The first page of somebody who is signed in.
    async fn companies(&self, visit: &Visit) -> Result<html::Page, Refusal> {
        let companies = self.office.companies(visit.user()).await?;
        let rows = companies
            .into_iter()
            .map(|company| self.row(visit, company));
        let rows: Result<Vec<_>, Refusal> =
            futures::future::join_all(rows).await.into_iter().collect();
        Ok(html::home::companies(visit, &rows?))
    }

    async fn row(&self, visit: &Visit, company: CompanyView) -> Result<html::home::Row, Refusal> {
        let id = company.id.to_string();
        let is_connected = company.connection.is_some();
        let name = match company.role {
            Role::Admin => {
                let caller = self.caller(visit, &id).await?;
                self.office.name_of(&caller).await?
            }
            _ => None,
        };
        Ok(html::home::Row {
            id,
            name,
            is_connected,
            role: company.role,
        })
    }
}

/// An answer that has the browser keep or forget a cookie.
fn with_cookies(
    answer: impl IntoResponse,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    let mut response = answer.into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
