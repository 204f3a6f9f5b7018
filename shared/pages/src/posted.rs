//! What is posted: it counts where somebody is signed in, it comes from our own origin, and it holds the token of a form
//! that was made for their session.

use std::collections::BTreeMap;

use axum::{
    extract::{Form, FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};
use subtle::ConstantTimeEq;
use sync::World;

use crate::{Shared, Site, html::TOKEN, refusal::Refusal, sessions::Visit};

/// A form that was posted by somebody who is signed in.
pub(crate) struct Posted {
    /// Who, as their session tells.
    pub(crate) visit: Visit,
    fields: BTreeMap<String, String>,
}

impl Posted {
    /// A field; empty where there is none.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// A field in which something was entered.
    pub(crate) fn entered(&self, name: &str) -> Option<String> {
        let field = self.field(name);
        (!field.is_empty()).then(|| field.to_owned())
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.field(name) == "yes"
    }
}

impl<W: World> FromRequest<Shared<W>> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, desk: &Shared<W>) -> Result<Self, Refusal> {
        if !is_from_here(request.headers(), &desk.site) {
            return Err(Refusal::not_from_here());
        }
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, desk).await?;
        let request = Request::from_parts(parts, body);
        let form = Form::<BTreeMap<String, String>>::from_request(request, desk).await;
        let Form(fields) = form.map_err(|refused| {
            let words = "This form cannot be read. Open the page once more.";
            Refusal::new(refused.status(), words)
        })?;
        let posted = Self { visit, fields };
        let expected = posted.visit.form_token();
        let is_ours = posted.field(TOKEN).as_bytes().ct_eq(expected.as_bytes());
        match bool::from(is_ours) {
            true => Ok(posted),
            false => Err(Refusal::not_from_here()),
        }
    }
}

/// Browsers tell of everything that is posted where it comes from, in one way or the other.
fn is_from_here(headers: &HeaderMap, site: &Site) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => origin == site.origin(),
        None => {
            let told = headers.get("sec-fetch-site");
            told.is_some_and(|told| told == "same-origin")
        }
    }
}
