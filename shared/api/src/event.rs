//! From the event of API Gateway to a router, of the API or of pages, and back.

use adapters::ApiRequest;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::FromRequestParts,
    http::{
        Request, Response, StatusCode,
        header::{COOKIE, SET_COOKIE},
        request::Parts,
    },
    response::IntoResponse,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use store::UserId;
use tower::ServiceExt;

use crate::problem::Problem;

/// The one who signed in, as API Gateway tells after it has checked their token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedIn(pub(crate) UserId);

/// The claim that holds the id of a user.
const SUBJECT: &str = "sub";

/// What cannot stand in a path as it is: API Gateway hands paths over decoded. What is encoded stays so.
const IN_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Answers an event of an HTTP API (payload format 2.0). Whatever it holds, this does not fail.
pub async fn serve(router: &Router, event: Value) -> Value {
    let Some(request) = ApiRequest::read(event).and_then(|request| read(&request)) else {
        let words = "The request has a header, a method or an address that none can have.";
        return written(Problem::new(StatusCode::BAD_REQUEST, words).into_response()).await;
    };
    match router.clone().oneshot(request).await {
        Ok(response) => written(response).await,
        Err(never) => match never {},
    }
}

fn read(asked: &ApiRequest) -> Option<Request<Body>> {
    let path = utf8_percent_encode(asked.path(), IN_PATHS).to_string();
    let uri = match asked.query() {
        "" => path,
        query => format!("{path}?{query}"),
    };
    let mut request = Request::builder().method(asked.method()).uri(uri);
    for (name, value) in asked.headers() {
        request = request.header(name, value);
    }
    // Nothing of the API reads them.
    for cookie in asked.cookies() {
        request = request.header(COOKIE, cookie);
    }
    if let Some(Ok(user)) = asked.claim(SUBJECT).map(UserId::parse) {
        request = request.extension(SignedIn(user));
    }
    request.body(Body::from(asked.body().to_vec())).ok()
}

async fn written(response: Response<Body>) -> Value {
    let (parts, body) = response.into_parts();
    let mut headers = Map::new();
    for name in parts.headers.keys().filter(|name| **name != SET_COOKIE) {
        let values = parts.headers.get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        headers.insert(name.to_string(), values.join(", ").into());
    }
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    let cookies: Vec<&str> = cookies.filter_map(|value| value.to_str().ok()).collect();
    // What is answered is made here, and small.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    json!({
        "statusCode": parts.status.as_u16(),
        "headers": headers,
        "cookies": cookies,
        "body": String::from_utf8_lossy(&body),
    })
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let who = parts.extensions.get::<Self>().cloned();
        who.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "Sign in first."))
    }
}

#[cfg(test)]
mod tests;
