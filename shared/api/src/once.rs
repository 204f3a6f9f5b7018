//! A request that is carried out once under its key, however often it comes.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use office::{Answer, Caller, Office, Once};
use serde::Serialize;
use sha2::{Digest, Sha256};
use sync::World;
use uuid::Uuid;

use crate::{extract::Key, problem::Problem};

/// Has a request carried out, unless it was: then it is answered as before. The key counts for the person, the company and
/// the route; what is asked for otherwise under the same key is refused. What was not done is tried again under it.
pub(crate) async fn once<W: World, T: Serialize>(
    office: &Office<W>,
    caller: &Caller,
    (route, Key(key)): (&str, Key),
    asked: &Bytes,
    act: impl AsyncFnOnce(Uuid) -> Result<(StatusCode, T), Problem>,
) -> Result<Response, Problem> {
    let place = digest(&[caller.company().as_str(), route, &key]);
    let asked = hex::encode(Sha256::digest(asked));
    let begun = match office.begin_once(caller.user(), &place, &asked).await? {
        Once::Begin(begun) => begun,
        Once::Answered(answer) => return Ok(written(&answer)),
        Once::AnotherRequest => {
            let words = "Another request was sent under this Idempotency-Key: choose a new one.";
            return Err(Problem::unusable(words));
        }
        Once::UnderWay => {
            let words = "This very request is being carried out: ask again in a few seconds.";
            return Err(Problem::new(StatusCode::CONFLICT, words));
        }
    };
    let (status, told) = match act(begun.id()).await {
        Ok(done) => done,
        Err(problem) => {
            office.not_answered(begun).await?;
            return Err(problem);
        }
    };
    let body = serde_json::to_string(&told).unwrap_or_default();
    let answer = Answer {
        status: status.as_u16(),
        body,
    };
    // It is done: that this cannot be kept is nothing that its person can do about.
    if let Err(error) = office.answered(begun, answer.clone()).await {
        tracing::error!(error = sync::chain(&error), "an answer was not kept");
    }
    Ok(written(&answer))
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    hex::encode(hasher.finalize())
}

fn written(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], answer.body.clone()).into_response()
}
