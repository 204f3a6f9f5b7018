//! Signing in: on Cognito's page, and back with a code that only this browser can use (PKCE). The answer says who it is; its
//! tokens are not kept.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ports::{Http, HttpFailure, HttpRequest, Method};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::UserId;
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::{Site, sessions::digest};

/// Where the sign-in sends people back to.
pub(crate) const ANSWERS_TO: &str = "/signed-in";

/// Where it sends them after they signed out.
pub(crate) const SIGNED_OUT: &str = "/signed-out";

/// The cookie that shows that this browser began to sign in.
pub(crate) const BEGUN: &str = "__Host-sign-in";

/// How long somebody may be on the page of the sign-in, in seconds.
pub(crate) const PATIENCE: i64 = 600;

/// How long the sign-in may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A sign-in that was begun: all of it follows from a secret that only the browser keeps, so that whoever asks for the page
/// leaves nothing here.
pub(crate) struct Begun(pub(crate) SecretString);

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub(crate) enum SignInError {
    /// There was no answer.
    #[error("the sign-in did not answer: {0}")]
    Unanswered(#[from] HttpFailure),
    /// It did not take the code: it is old, or was used before.
    #[error("the sign-in did not take the code, with status {0}")]
    Refused(u16),
    /// It answered something else than who it is.
    #[error("the sign-in does not say who it is")]
    Unreadable,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// What an ID token says.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    iss: String,
    exp: i64,
    token_use: String,
}

impl Begun {
    /// What comes back with the person.
    fn state(&self) -> String {
        digest("state", &self.0)
    }

    fn verifier(&self) -> String {
        digest("verifier", &self.0)
    }

    /// Whether it is this sign-in that comes back.
    pub(crate) fn is_this(&self, state: &str) -> bool {
        bool::from(self.state().as_bytes().ct_eq(state.as_bytes()))
    }

    /// The page on which the person says who they are.
    pub(crate) fn page(&self, site: &Site) -> String {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()));
        let query = form(&[
            ("client_id", &site.client),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", &answers_to(site)),
            ("state", &self.state()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        format!("{}/oauth2/authorize?{query}", site.sign_in)
    }

    /// Asks who came back with this code.
    pub(crate) async fn who(
        &self,
        http: &impl Http,
        site: &Site,
        code: &str,
        now: Timestamp,
    ) -> Result<UserId, SignInError> {
        let asked = form(&[
            ("grant_type", "authorization_code"),
            ("client_id", &site.client),
            ("redirect_uri", &answers_to(site)),
            ("code", code),
            ("code_verifier", &self.verifier()),
        ]);
        let kind = "application/x-www-form-urlencoded".to_owned();
        let request = HttpRequest {
            method: Method::Post,
            url: format!("{}/oauth2/token", site.sign_in),
            headers: vec![("content-type", kind)],
            body: asked.into_bytes(),
            timeout: TIMEOUT,
        };
        let answer = http.send(request).await?;
        if answer.status != 200 {
            return Err(SignInError::Refused(answer.status));
        }
        let tokens: Tokens =
            serde_json::from_slice(&answer.body).map_err(|_| SignInError::Unreadable)?;
        read(&tokens.id_token, site, now).ok_or(SignInError::Unreadable)
    }
}

/// Who an ID token is about. It came from the sign-in itself, over a connection of ours: that stands in the place of its
/// signature (OpenID Connect Core, 3.1.3.7).
fn read(id_token: &str, site: &Site, now: Timestamp) -> Option<UserId> {
    let claims = id_token.split('.').nth(1)?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let is_of_pool = claims.iss.rsplit('/').next() == Some(site.pool.as_str());
    let is_ours = claims.aud == site.client && claims.token_use == "id" && is_of_pool;
    (is_ours && now.as_second() < claims.exp)
        .then(|| UserId::parse(&claims.sub).ok())
        .flatten()
}

/// The page that ends the sign-in itself, so that the next one is asked for the password.
pub(crate) fn end_page(site: &Site) -> String {
    let back = format!("{}{SIGNED_OUT}", site.address);
    let query = form(&[("client_id", &site.client), ("logout_uri", &back)]);
    format!("{}/logout?{query}", site.sign_in)
}

fn answers_to(site: &Site) -> String {
    format!("{}{ANSWERS_TO}", site.address)
}

/// Names and values, as they stand in an address or a form.
fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let fields = fields.iter();
    let fields: Vec<String> = fields
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    fields.join("&")
}

impl Begun {
    /// What the browser keeps meanwhile.
    pub(crate) fn secret(&self) -> &str {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests;
