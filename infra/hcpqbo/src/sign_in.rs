//! Signing in at the office: OAuth 2.0's way for programs that can keep no secret (RFC 8252, PKCE by RFC 7636).

mod kept;
mod loopback;
mod pkce;

pub(crate) use kept::{Entry, Kept};

use std::time::Duration;

use adapters::{Connections, ReqwestHttp, SystemClock, fit_address};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Http, HttpRequest, Method};
use serde::{Deserialize, Serialize};

use self::{loopback::Loopback, pkce::Pkce};
use crate::failure::Failure;

/// Where people sign in.
#[derive(Args, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provider {
    /// The page on which people sign in (`SIGN_IN_URL` in target/outputs.env).
    #[arg(
        long,
        env = "SIGN_IN_URL",
        hide_env_values = true,
        value_name = "ADDRESS",
        value_parser = fit_address
    )]
    pub(crate) sign_in_url: String,
    /// The program that they sign in with (`SIGN_IN_CLIENT`).
    #[arg(
        long,
        env = "SIGN_IN_CLIENT",
        hide_env_values = true,
        value_name = "ID"
    )]
    pub(crate) sign_in_client: String,
    /// What the program may then do for them (`SIGN_IN_SCOPE`).
    #[arg(
        long,
        env = "SIGN_IN_SCOPE",
        hide_env_values = true,
        value_name = "SCOPE",
        default_value = "office/use"
    )]
    pub(crate) sign_in_scope: String,
    /// Where this program waits for the end of the sign-in, on this machine (`SIGN_IN_ANSWERS_TO`).
    #[arg(
        long,
        env = "SIGN_IN_ANSWERS_TO",
        hide_env_values = true,
        value_name = "ADDRESS",
        default_value = "http://localhost:8757/signed-in"
    )]
    pub(crate) sign_in_answers_to: String,
}

/// What a sign-in, or its renewal, gives.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    /// Seconds.
    expires_in: i64,
}

/// What is said where it gives nothing (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refused {
    error: String,
}

/// An hour is what tokens are good for; one that ends within this time is renewed first.
const SPARE: SignedDuration = SignedDuration::from_secs(60);

const PATIENCE: Duration = Duration::from_secs(20);

/// Has somebody sign in with their browser. `tell` is given the address that they open.
pub(crate) async fn sign_in(provider: Provider, tell: impl FnOnce(&str)) -> Result<Entry, Failure> {
    let pkce = Pkce::new();
    let waiting = Loopback::listen(&provider.sign_in_answers_to, pkce.state()).await?;
    tell(&pkce.address(&provider));
    let code = waiting.code().await?;
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", provider.sign_in_client.as_str()),
        ("redirect_uri", &provider.sign_in_answers_to),
        ("code", &code),
        ("code_verifier", pkce.verifier()),
    ];
    let granted = match granted(&provider, &fields).await? {
        Ok(granted) => granted,
        Err(refused) => {
            let words = format!(
                "The sign-in was not accepted ({}): hcpqbo login begins once more.",
                refused.error
            );
            return Err(Failure::Declined(words));
        }
    };
    Ok(Entry::new(provider, granted, None))
}

/// The same sign-in with an access token that is good for longer.
pub(crate) async fn renewed(entry: &Entry) -> Result<Entry, Failure> {
    let over = || {
        Failure::declined("You are not signed in any more: hcpqbo login signs you in for a month.")
    };
    let refresh = entry.refresh_token.as_deref().ok_or_else(over)?;
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", entry.provider.sign_in_client.as_str()),
        ("refresh_token", refresh),
    ];
    let granted = granted(&entry.provider, &fields).await?;
    let granted = granted.map_err(|_| over())?;
    let kept = entry.refresh_token.clone();
    Ok(Entry::new(entry.provider.clone(), granted, kept))
}

async fn granted(
    provider: &Provider,
    fields: &[(&str, &str)],
) -> Result<Result<Granted, Refused>, Failure> {
    let http = ReqwestHttp::new(&Connections::default());
    let form = "application/x-www-form-urlencoded".to_owned();
    let request = HttpRequest {
        method: Method::Post,
        url: format!(
            "{}/oauth2/token",
            provider.sign_in_url.trim_end_matches('/')
        ),
        headers: vec![("content-type", form)],
        body: pkce::form(fields).into_bytes(),
        timeout: PATIENCE,
    };
    let answer = http.send(request).await;
    let answer = answer.map_err(|error| {
        let what = format!("{} does not answer", provider.sign_in_url);
        Failure::because(&what, &error)
    })?;
    if let Ok(granted) = serde_json::from_slice(&answer.body) {
        return Ok(Ok(granted));
    }
    match serde_json::from_slice(&answer.body) {
        Ok(refused) => Ok(Err(refused)),
        Err(_) => Err(Failure::Failed(format!(
            "{} answered with status {} and nothing that can be read.",
            provider.sign_in_url, answer.status
        ))),
    }
}

impl Entry {
    fn new(provider: Provider, granted: Granted, kept: Option<String>) -> Self {
        let good = SignedDuration::from_secs(granted.expires_in.clamp(0, 86_400));
        Self {
            provider,
            access_token: granted.access_token,
            refresh_token: granted.refresh_token.or(kept),
            good_until: SystemClock::new().now() + good,
        }
    }

    /// Whether its access token is good for the next requests.
    pub(crate) fn is_good(&self, now: Timestamp) -> bool {
        now + SPARE < self.good_until
    }
}
