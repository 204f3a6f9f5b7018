//! The token endpoint: a refresh token buys an access token for an hour, and may be replaced itself. How a person connects
//! the app, and disconnects it, is in [`consent`].

pub mod consent;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;

use crate::{Tid, client::TIMEOUT, request::encode, sort};

/// Production's token endpoint; sandbox companies use the same, with other keys.
pub const TOKEN_URL: &str = "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer";

/// Who the app is.
#[derive(Clone, Debug)]
pub struct AppCredentials {
    /// Public part.
    pub client_id: String,
    /// Secret part.
    pub client_secret: SecretString,
}

/// What a refresh gives. Both tokens must be stored together: when the refresh token was replaced, the
/// old one is dead.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For calls.
    pub access_token: SecretString,
    /// For the next refresh; often, but not always, the same as before.
    pub refresh_token: SecretString,
    /// Life of the access token.
    pub expires_in: Duration,
    /// Life of the refresh token; it starts anew with every use.
    pub refresh_expires_in: Duration,
}

/// Why there are no new tokens, sorted by what happens next.
#[derive(Clone, Debug, Error)]
pub enum OAuthError {
    /// The refresh token is old, expired or revoked. Read the stored one once more, since another
    /// process may have replaced it; then a person must reconnect. Never in a loop.
    #[error("Intuit no longer accepts the connection's refresh token{tid}")]
    InvalidGrant {
        /// Of the answer.
        tid: Tid,
    },
    /// The app's own id or secret is wrong. A person must correct it.
    #[error("Intuit does not know the app by this client id and secret{tid}")]
    InvalidClient {
        /// Of the answer.
        tid: Tid,
    },
    /// Not done: try again later.
    #[error("Intuit's token service cannot be reached at the moment: {outage}{tid}")]
    Unavailable {
        /// What happened.
        #[source]
        outage: Outage,
        /// Of the answer.
        tid: Tid,
    },
    /// Perhaps done: the refresh token may have been replaced by one that never arrived. Try again with
    /// the same one; if that is `invalid_grant`, a person must reconnect.
    #[error("the answer of Intuit's token service was lost: {outage}{tid}")]
    Lost {
        /// What happened.
        #[source]
        outage: Outage,
        /// Of the answer.
        tid: Tid,
    },
    /// Done, but the answer cannot be read; to be treated like [`OAuthError::Lost`].
    #[error("the answer of Intuit's token service cannot be read{tid}")]
    Unreadable {
        /// Of the answer.
        tid: Tid,
    },
    /// Any other refusal: a defect on our side.
    #[error("Intuit's token service refused with status {status}{tid}")]
    Refused {
        /// Its status.
        status: u16,
        /// Of the answer.
        tid: Tid,
    },
}

/// Why there is no useful answer.
#[derive(Clone, Debug, Error)]
pub enum Outage {
    /// The service answered with a failure of its own.
    #[error("status {0}")]
    Status(u16),
    /// No answer came.
    #[error(transparent)]
    Network(#[from] HttpFailure),
}

/// Exchanges the refresh token. One at a time per connection: of two at once Intuit may revoke both.
///
/// # Errors
/// Sorted by what happens next; see [`OAuthError`].
pub async fn refresh<H: Http>(
    http: &H,
    token_url: &str,
    app: &AppCredentials,
    refresh_token: &SecretString,
) -> Result<Tokens, OAuthError> {
    let body = format!(
        "grant_type=refresh_token&refresh_token={}",
        encode(refresh_token.expose_secret())
    );
    granted(http, token_url, app, body).await
}

/// Asks for tokens with a form.
async fn granted<H: Http>(
    http: &H,
    token_url: &str,
    app: &AppCredentials,
    form: String,
) -> Result<Tokens, OAuthError> {
    let form = (FORM, form);
    read(&send(http, token_url, app, form).await?)
}

/// The content type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// Posts a body of that content type as the app.
async fn send<H: Http>(
    http: &H,
    url: &str,
    app: &AppCredentials,
    (kind, body): (&str, String),
) -> Result<HttpResponse, OAuthError> {
    let basic = format!("{}:{}", app.client_id, app.client_secret.expose_secret());
    let response = http
        .send(HttpRequest {
            method: Method::Post,
            url: url.to_owned(),
            headers: vec![
                (
                    "authorization",
                    format!("Basic {}", BASE64_STANDARD.encode(basic)),
                ),
                ("accept", "application/json".to_owned()),
                ("content-type", kind.to_owned()),
            ],
            body: body.into_bytes(),
            timeout: TIMEOUT,
        })
        .await;
    response.map_err(from_failure)
}

fn from_failure(failure: HttpFailure) -> OAuthError {
    let tid = Tid::default();
    match failure {
        HttpFailure::NotSent { .. } => OAuthError::Unavailable {
            outage: failure.into(),
            tid,
        },
        HttpFailure::Lost { .. } => OAuthError::Lost {
            outage: failure.into(),
            tid,
        },
        HttpFailure::TooLong { .. } => OAuthError::Unreadable { tid },
    }
}

#[derive(Deserialize)]
struct Success {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
    x_refresh_token_expires_in: u64,
}

#[derive(Default, Deserialize)]
struct Failure {
    error: String,
}

fn read(response: &HttpResponse) -> Result<Tokens, OAuthError> {
    if !(200..300).contains(&response.status) {
        return Err(refusal(response));
    }
    let tid = sort::tid(response);
    let success: Success =
        serde_json::from_slice(&response.body).map_err(|_| OAuthError::Unreadable { tid })?;
    Ok(Tokens {
        access_token: success.access_token.into(),
        refresh_token: success.refresh_token.into(),
        expires_in: Duration::from_secs(success.expires_in),
        refresh_expires_in: Duration::from_secs(success.x_refresh_token_expires_in),
    })
}

fn refusal(response: &HttpResponse) -> OAuthError {
    let tid = sort::tid(response);
    let status = response.status;
    let failure: Failure = serde_json::from_slice(&response.body).unwrap_or_default();
    match (failure.error.as_str(), status) {
        ("invalid_grant", _) => OAuthError::InvalidGrant { tid },
        ("invalid_client", _) => OAuthError::InvalidClient { tid },
        (_, 429 | 503) => OAuthError::Unavailable {
            outage: Outage::Status(status),
            tid,
        },
        (_, 408 | 500..) => OAuthError::Lost {
            outage: Outage::Status(status),
            tid,
        },
        _ => OAuthError::Refused { status, tid },
    }
}
