//! What the targets share.

use arbitrary::Arbitrary;
use hmac::{Hmac, Mac, digest::KeyInit};
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use sha2::Sha256;

/// The HMAC-SHA256 that both systems sign their webhooks with.
pub fn hmac(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).expect("any key fits");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// An answer, the same for whatever is asked.
#[derive(Arbitrary, Debug)]
pub struct Canned {
    /// Mostly one of those that say something.
    status: Status,
    retry_after: Option<String>,
    content_type: Option<String>,
    body: Vec<u8>,
}

#[derive(Arbitrary, Debug)]
enum Status {
    Ok,
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    TooManyRequests,
    ServerError,
    Unavailable,
    Other(u16),
}

impl Canned {
    fn response(&self) -> HttpResponse {
        let status = match self.status {
            Status::Ok => 200,
            Status::BadRequest => 400,
            Status::Unauthorized => 401,
            Status::Forbidden => 403,
            Status::NotFound => 404,
            Status::TooManyRequests => 429,
            Status::ServerError => 500,
            Status::Unavailable => 503,
            Status::Other(status) => status,
        };
        let header = |name: &str, value: &Option<String>| {
            let value = value.clone();
            value.map(|value| (name.to_owned(), value))
        };
        let headers = [
            header("retry-after", &self.retry_after),
            header("content-type", &self.content_type),
        ];
        HttpResponse {
            status,
            headers: headers.into_iter().flatten().collect(),
            body: self.body.clone(),
        }
    }
}

impl Http for Canned {
    async fn send(&self, _request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Ok(self.response())
    }
}
