//! What is answered when somebody cannot have what they asked for: problem details (RFC 9457), with words for people.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sync::{Declined, NotDone};
use utoipa::ToSchema;

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Problem {
    /// In short, the same for all problems of a status.
    pub(crate) title: String,
    /// The status of the answer.
    pub(crate) status: u16,
    /// What happened, and what to do.
    pub(crate) detail: String,
}

/// The status, and the words for people, of what was not done. What was no decision of ours is logged.
pub fn answered(not_done: NotDone) -> (StatusCode, String) {
    let declined = match not_done {
        NotDone::Declined(declined) => declined,
        NotDone::Stop(stop) => {
            tracing::error!(error = sync::chain(&stop), "not done");
            let words = "This cannot be done at the moment. Try it again in a few seconds.";
            return (StatusCode::SERVICE_UNAVAILABLE, words.to_owned());
        }
    };
    let status = match &declined {
        Declined::NoSuch { .. } => StatusCode::NOT_FOUND,
        Declined::HeldBy { .. } | Declined::Changed { .. } => StatusCode::CONFLICT,
        Declined::NotUsable { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Declined::NotAllowed { .. } => StatusCode::FORBIDDEN,
    };
    (status, declined.to_string())
}

/// What problems are sent as.
pub(crate) const PROBLEM: &str = "application/problem+json";

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }

    pub(crate) fn unusable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// What changed under a request that told what its person had seen.
    pub(crate) fn of_precondition(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Declined(Declined::Changed { words, .. }) => {
                Self::new(StatusCode::PRECONDITION_FAILED, words)
            }
            other => other.into(),
        }
    }
}

impl From<NotDone> for Problem {
    fn from(not_done: NotDone) -> Self {
        let (status, words) = answered(not_done);
        Self::new(status, words)
    }
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        NotDone::from(declined).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status);
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// An address that there is not.
pub(crate) fn no_route() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

/// An address that does not know the method.
pub(crate) fn no_method() -> Problem {
    let words = "This address does not know that method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, words)
}
