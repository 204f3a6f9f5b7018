//! How a person connects the app with a company: they allow it on Intuit's page, which sends their browser back with a
//! code. And how what they allowed ends.

use ports::Http;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{AppCredentials, OAuthError, Tokens, granted, refusal, send};
use crate::request::encode;

/// The page on which people allow it; the same for sandbox companies.
pub const AUTHORIZE_URL: &str = "https://appcenter.intuit.com/connect/oauth2";

/// Where tokens are ended.
pub const REVOKE_URL: &str = "https://developer.api.intuit.com/v2/oauth2/tokens/revoke";

/// What the app asks for: to read and write the books.
const SCOPE: &str = "com.intuit.quickbooks.accounting";

/// What JSON is sent as.
const JSON: &str = "application/json";

/// The address to which a person is sent to allow it. Intuit sends them back to `answers_to`, with a code, the `state` and
/// the company that they chose (`realmId`); or with `error=access_denied`.
pub fn page(authorize_url: &str, client_id: &str, answers_to: &str, state: &str) -> String {
    let query = [
        ("client_id", client_id),
        ("response_type", "code"),
        ("scope", SCOPE),
        ("redirect_uri", answers_to),
        ("state", state),
    ];
    let query = query.map(|(name, value)| format!("{name}={}", encode(value)));
    format!("{authorize_url}?{}", query.join("&"))
}

/// Exchanges a code. Once: at a second time Intuit may end what the first one gave.
///
/// # Errors
/// See [`OAuthError`]; [`OAuthError::InvalidGrant`]: the code is old, was used before, or was given for another address.
pub async fn exchange<H: Http>(
    http: &H,
    token_url: &str,
    app: &AppCredentials,
    code: &SecretString,
    answers_to: &str,
) -> Result<Tokens, OAuthError> {
    let form = format!(
        "grant_type=authorization_code&code={}&redirect_uri={}",
        encode(code.expose_secret()),
        encode(answers_to)
    );
    granted(http, token_url, app, form).await
}

/// Ends a refresh token, and with it all access. Repeating it is harmless; of a token that has ended before, Intuit says
/// that it does not know it: that is as good.
///
/// # Errors
/// See [`OAuthError`].
pub async fn revoke<H: Http>(
    http: &H,
    revoke_url: &str,
    app: &AppCredentials,
    refresh_token: &SecretString,
) -> Result<(), OAuthError> {
    let body = json!({ "token": refresh_token.expose_secret() }).to_string();
    let response = send(http, revoke_url, app, (JSON, body)).await?;
    match response.status {
        200..300 => Ok(()),
        400 => match refusal(&response) {
            error @ OAuthError::InvalidClient { .. } => Err(error),
            _ => Ok(()),
        },
        _ => Err(refusal(&response)),
    }
}
