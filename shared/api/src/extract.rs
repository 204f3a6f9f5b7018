//! How a request is read. What is not as it should be is refused with what is wrong, and nothing that is not known is
//! passed over.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Path as AxumPath, Query as AxumQuery, Request},
    http::{HeaderMap, StatusCode, Uri, header, request::Parts},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{
    page::Paging,
    problem::{Problem, no_route},
};

/// A body has so many bytes at most.
pub(crate) const LONGEST_BODY: usize = 64 * 1024;

/// A key of a request has so many characters at most.
const LONGEST_KEY: usize = 128;

/// The parts of the path. What is no text is at no address.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = AxumPath::<T>::from_request_parts(parts, state).await;
        path.map(|AxumPath(path)| Self(path))
            .map_err(|_| no_route())
    }
}

/// What stands behind the question mark.
pub(crate) struct Query<T>(pub(crate) T);

/// What stands behind the question mark of a list: which rows, and which page of them.
pub(crate) struct List<T> {
    pub(crate) which: T,
    pub(crate) paging: Paging,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for List<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let told = parts.uri.query().unwrap_or_default().split('&');
        let (paging, which): (Vec<&str>, Vec<&str>) = told.partition(|told| {
            let name = told.split('=').next();
            matches!(name, Some("limit" | "cursor"))
        });
        Ok(Self {
            which: query(&which)?,
            paging: query(&paging)?,
        })
    }
}

fn query<T: DeserializeOwned>(told: &[&str]) -> Result<T, Problem> {
    let uri = format!("/?{}", told.join("&")).parse::<Uri>();
    let uri = uri.map_err(|error| Problem::unusable(error.to_string()))?;
    let query = AxumQuery::<T>::try_from_uri(&uri);
    let query = query.map_err(|refused| Problem::unusable(refused.body_text()))?;
    Ok(query.0)
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = AxumQuery::<T>::from_request_parts(parts, state).await;
        let query = query.map_err(|refused| Problem::unusable(refused.body_text()))?;
        Ok(Self(query.0))
    }
}

/// A JSON body, and the very bytes of it.
pub(crate) struct Input<T> {
    pub(crate) value: T,
    pub(crate) raw: Bytes,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let raw = read(body).await?;
        if !is_json(&parts.headers) {
            let words = "Send JSON, with the content type application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
        }
        match serde_json::from_slice(&raw) {
            Ok(value) => Ok(Self { value, raw }),
            Err(error) if error.is_data() => {
                let words = format!("The request does not say what it should: {error}.");
                Err(Problem::unusable(words))
            }
            Err(error) => {
                let words = format!("The request is no JSON: {error}.");
                Err(Problem::new(StatusCode::BAD_REQUEST, words))
            }
        }
    }
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    to_bytes(body, LONGEST_BODY).await.map_err(|_| {
        let words = format!("The request is too long: {LONGEST_BODY} bytes at most.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, words)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let told = headers.get(header::CONTENT_TYPE);
    let told = told.and_then(|told| told.to_str().ok()).unwrap_or_default();
    let kind = told.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// The key under which a request is carried out once.
pub(crate) struct Key(pub(crate) String);

/// The header that holds it.
pub(crate) const KEY: &str = "idempotency-key";

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let told = parts.headers.get(KEY);
        let told = told.and_then(|told| told.to_str().ok());
        let fits = |key: &&str| {
            (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|c| c.is_ascii_graphic())
        };
        told.filter(fits).map(|key| Self(key.to_owned())).ok_or_else(|| {
            let words = format!(
                "Send the header Idempotency-Key with a text of your own, 1 to {LONGEST_KEY} characters without spaces: the request is carried out once under it, however often it comes."
            );
            Problem::new(StatusCode::BAD_REQUEST, words)
        })
    }
}

/// What the person saw of what they change: its tag; none: whatever it is by now.
pub(crate) struct Seen(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let told = parts.headers.get(header::IF_MATCH).ok_or_else(|| {
            let words = "Send the header If-Match with the ETag of what you saw, so that you change nothing that you did not see.";
            Problem::new(StatusCode::PRECONDITION_REQUIRED, words)
        })?;
        match told.to_str().map(str::trim) {
            Ok("*") => Ok(Self(None)),
            told => Ok(Self(Some(told.unwrap_or_default().to_owned()))),
        }
    }
}
