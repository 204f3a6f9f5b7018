//! The token endpoint: refreshes, rotation, expiry.

use std::collections::{HashMap, HashSet};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};

use super::request::{Request, form};
use crate::{
    json::{Json, Object},
    options::Options,
};

const ACCESS_LIFE: SignedDuration = SignedDuration::from_secs(3600);
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(24 * 100);
const ROTATION: SignedDuration = SignedDuration::from_hours(24);
const HARD_LIFE: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);

/// The one connection of the app to the company.
pub(crate) struct OAuth {
    access: HashMap<String, Timestamp>,
    refresh: String,
    issued: Timestamp,
    used: Timestamp,
    first: Timestamp,
    rotated: HashSet<String>,
    revoked: bool,
    serial: u64,
}

/// Whether a call may pass the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Granted,
    /// With the detail for the answer.
    Denied(String),
}

/// What the token endpoint answers.
pub(crate) struct TokenAnswer {
    pub(crate) status: u16,
    pub(crate) body: Object,
    pub(crate) outcome: TokenOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenOutcome {
    Refreshed,
    /// A refresh token that was replaced before.
    Reused,
    Refused,
}

impl OAuth {
    pub(crate) fn new(refresh: &str, now: Timestamp) -> Self {
        Self {
            access: HashMap::new(),
            refresh: refresh.to_owned(),
            issued: now,
            used: now,
            first: now,
            rotated: HashSet::new(),
            revoked: false,
            serial: 0,
        }
    }

    /// The refresh token that works now.
    pub(crate) fn refresh_token(&self) -> &str {
        &self.refresh
    }

    /// Checks the bearer token of a call.
    pub(crate) fn check(&self, now: Timestamp, request: &Request) -> Access {
        let token = request
            .header("authorization")
            .and_then(|header| header.strip_prefix("Bearer "))
            .unwrap_or_default();
        match self.access.get(token) {
            Some(expiry) if !self.revoked && *expiry > now => Access::Granted,
            Some(_) => Access::Denied(format!("Token expired: {token}")),
            None => Access::Denied("Malformed bearer token: too short or too long".to_owned()),
        }
    }

    /// Ends all access tokens at once.
    pub(crate) fn expire_access(&mut self) {
        for expiry in self.access.values_mut() {
            *expiry = Timestamp::UNIX_EPOCH;
        }
    }

    /// The user disconnects the app: no token works any more.
    pub(crate) fn revoke(&mut self) {
        self.revoked = true;
        self.expire_access();
    }

    /// The user connects the app again: a refresh token that was never seen before.
    pub(crate) fn consent(&mut self, now: Timestamp) {
        self.serial += 1;
        let renewed = format!("sandbox-refresh-{:08}", self.serial);
        self.rotated
            .insert(std::mem::replace(&mut self.refresh, renewed));
        self.issued = now;
        self.used = now;
        self.first = now;
        self.revoked = false;
    }

    /// An access token without a refresh, for tests of other things.
    pub(crate) fn grant(&mut self, now: Timestamp) -> String {
        self.serial += 1;
        let token = format!("sandbox-access-{:08}", self.serial);
        self.access
            .retain(|_, expiry| now.duration_since(*expiry) < ROTATION);
        self.access.insert(
            token.clone(),
            now.saturating_add(ACCESS_LIFE).unwrap_or(Timestamp::MAX),
        );
        token
    }

    /// Answers `POST /oauth2/v1/tokens/bearer`.
    pub(crate) fn token(
        &mut self,
        options: &Options,
        now: Timestamp,
        request: &Request,
    ) -> TokenAnswer {
        let fields = form(&String::from_utf8_lossy(&request.body));
        let field = |name: &str| {
            fields
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.as_str())
        };
        let client = basic(request).or_else(|| {
            Some((
                field("client_id")?.to_owned(),
                field("client_secret")?.to_owned(),
            ))
        });
        if client != Some((options.client_id.clone(), options.client_secret.clone())) {
            return refused(401, "invalid_client", None);
        }
        match field("grant_type") {
            Some("refresh_token") => {}
            None => return refused(400, "invalid_request", None),
            Some("authorization_code") => {
                return refused(501, "sandbox_not_covered", Some("authorization_code"));
            }
            Some(_) => return refused(400, "unsupported_grant_type", None),
        }
        let sent = field("refresh_token").unwrap_or_default();
        if self.rotated.contains(sent) {
            if options.punish_reuse {
                self.revoke();
            }
            return TokenAnswer {
                outcome: TokenOutcome::Reused,
                ..refused(400, "invalid_grant", None)
            };
        }
        if sent != self.refresh {
            return refused(
                400,
                "invalid_grant",
                Some("Incorrect or invalid refresh token"),
            );
        }
        if self.revoked
            || now.duration_since(self.used) >= REFRESH_LIFE
            || now.duration_since(self.first) >= HARD_LIFE
        {
            return refused(400, "invalid_grant", None);
        }
        if options.rotate_always || now.duration_since(self.issued) >= ROTATION {
            self.serial += 1;
            let next = format!("sandbox-refresh-{:08}", self.serial);
            self.rotated
                .insert(std::mem::replace(&mut self.refresh, next));
            self.issued = now;
        }
        self.used = now;
        let access = self.grant(now);
        let seconds = |left: SignedDuration| Json::Number(left.as_secs().to_string());
        let mut body = Object::new()
            .with("token_type", "bearer")
            .with("expires_in", seconds(ACCESS_LIFE))
            .with("refresh_token", self.refresh.as_str())
            .with("x_refresh_token_expires_in", seconds(REFRESH_LIFE))
            .with("access_token", access);
        if request.header("x-include-refresh-token-hard-expires-in") == Some("true") {
            let left = HARD_LIFE - now.duration_since(self.first);
            body.set("x_refresh_token_hard_expires_in", seconds(left));
        }
        TokenAnswer {
            status: 200,
            body,
            outcome: TokenOutcome::Refreshed,
        }
    }
}

fn refused(status: u16, error: &str, description: Option<&str>) -> TokenAnswer {
    let mut body = Object::new();
    if let Some(description) = description {
        body.set("error_description", description);
    }
    body.set("error", error);
    TokenAnswer {
        status,
        body,
        outcome: TokenOutcome::Refused,
    }
}

/// Client id and secret of the `Authorization` header.
fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
