use std::time::Duration;

use ports::{Http, HttpRequest};
use secrecy::{ExposeSecret, SecretString};

use crate::{Answer, Effect, Fault, Method, QboError, RealmId, Request, Tid, sort};

/// How long to wait for an answer. QuickBooks gives up after 120 s only, but a Lambda has 30 s in all
/// and needs some of them to write down what happened.
pub const TIMEOUT: Duration = Duration::from_secs(15);

/// Lets one call in. Lives for an hour.
#[derive(Clone, Debug)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// As the token endpoint gave it.
    pub fn new(token: SecretString) -> Self {
        Self(token)
    }
}

impl From<SecretString> for AccessToken {
    fn from(token: SecretString) -> Self {
        Self(token)
    }
}

/// Talks to one company.
#[derive(Clone, Debug)]
pub struct Client<H> {
    http: H,
    base_url: String,
    realm: RealmId,
    timeout: Duration,
}

impl<H: Http> Client<H> {
    /// `base_url` is scheme and host: `https://quickbooks.api.intuit.com`.
    pub fn new(http: H, base_url: impl Into<String>, realm: RealmId) -> Self {
        Self {
            http,
            base_url: base_url.into(),
            realm,
            timeout: TIMEOUT,
        }
    }

    /// Waits that long for an answer, and never longer than [`TIMEOUT`]: for whoever has little time left.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.timeout = time.min(TIMEOUT);
        self
    }

    /// Which company.
    pub fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Sends one call, once.
    ///
    /// # Errors
    /// Sorted by what happens next; see [`QboError`].
    pub async fn send(&self, token: &AccessToken, request: &Request) -> Result<Answer, QboError> {
        let effect = request.effect();
        let response = self
            .http
            .send(self.http_request(token, request))
            .await
            .map_err(|failure| QboError::from_failure(failure, effect))?;
        if !(200..300).contains(&response.status) {
            return Err(QboError::from_response(&response, effect));
        }
        let tid = sort::tid(&response);
        read(response.status, response.body, effect, tid)
    }

    fn http_request(&self, token: &AccessToken, request: &Request) -> HttpRequest {
        let mut headers = vec![
            (
                "authorization",
                format!("Bearer {}", token.0.expose_secret()),
            ),
            ("accept", "application/json".to_owned()),
        ];
        if let Some(content_type) = request.content_type() {
            headers.push(("content-type", content_type.to_owned()));
        }
        let method = match request.method() {
            Method::Get => ports::Method::Get,
            Method::Post => ports::Method::Post,
        };
        HttpRequest {
            method,
            url: request.url(&self.base_url, &self.realm),
            headers,
            body: request.body().as_bytes().to_vec(),
            timeout: self.timeout,
        }
    }
}

/// An answer of 2xx can still hold a fault, and need not be text at all.
fn read(status: u16, body: Vec<u8>, effect: Effect, tid: Tid) -> Result<Answer, QboError> {
    if let Some(fault) = Fault::in_success(status, &body) {
        return Err(QboError::from_fault(fault, effect, tid));
    }
    match String::from_utf8(body) {
        Ok(body) => Ok(Answer::new(body, effect, tid)),
        Err(_) => Err(QboError::Unreadable {
            expected: "UTF-8",
            reason: "not text".to_owned(),
            effect,
            tid,
        }),
    }
}
