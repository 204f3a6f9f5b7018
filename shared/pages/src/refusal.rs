//! What is answered when somebody cannot have what they asked for: a page that says so, and what to do.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sync::{Declined, NotDone};

use crate::html;

/// Why it was not done.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    words: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { status, words }
    }

    /// Nobody is signed in, or not any more.
    pub(crate) fn signed_out() -> Self {
        let words = "Sign in first. Whoever does nothing for an hour is signed out.";
        Self::new(StatusCode::UNAUTHORIZED, words)
    }

    /// It was not posted from one of our pages.
    pub(crate) fn not_from_here() -> Self {
        let words = "This was not sent from our page, or from one of before you signed in: nothing was changed. Open the page once more, and send it from there.";
        Self::new(StatusCode::FORBIDDEN, words)
    }

    pub(crate) fn no_page() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such page.")
    }
}

impl From<NotDone> for Refusal {
    fn from(not_done: NotDone) -> Self {
        let (status, words) = api::answered(not_done);
        Self::new(status, words)
    }
}

impl From<Declined> for Refusal {
    fn from(declined: Declined) -> Self {
        NotDone::from(declined).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let page = html::refused(self.status == StatusCode::UNAUTHORIZED, &self.words);
        let mut response = (self.status, page).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
