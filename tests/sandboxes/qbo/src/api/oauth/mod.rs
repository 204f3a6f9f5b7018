//! The connection of the app to the company: consent, codes, tokens, their rotation and their end.

pub(crate) mod authorize;
pub(crate) mod openid;
pub(crate) mod token;

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use sandbox_kit::Request;

const ACCESS_LIFE: SignedDuration = SignedDuration::from_secs(3600);
const REFRESH_LIFE: SignedDuration = SignedDuration::from_hours(24 * 100);
const ROTATION: SignedDuration = SignedDuration::from_hours(24);
const HARD_LIFE: SignedDuration = SignedDuration::from_hours(24 * 365 * 5);

/// What an app may ask for.
const SCOPES: &[&str] = &[
    ACCOUNTING,
    "com.intuit.quickbooks.payment",
    OPENID,
    "profile",
    "email",
    "phone",
    "address",
];
const ACCOUNTING: &str = "com.intuit.quickbooks.accounting";
const OPENID: &str = "openid";

/// What the user allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scopes(Vec<&'static str>);

impl Scopes {
    /// Scopes separated by spaces; `None` for an unknown one or for none.
    fn parse(text: &str) -> Option<Self> {
        let scopes: Option<Vec<&'static str>> = text
            .split_whitespace()
            .map(|asked| SCOPES.iter().copied().find(|known| *known == asked))
            .collect();
        scopes.filter(|scopes| !scopes.is_empty()).map(Self)
    }

    fn accounting() -> Self {
        Self(vec![ACCOUNTING])
    }

    fn has(&self, scope: &str) -> bool {
        self.0.contains(&scope)
    }
}

/// The one connection of the app to the company.
pub(crate) struct OAuth {
    access: HashMap<String, AccessToken>,
    codes: HashMap<String, Code>,
    refresh: String,
    scopes: Scopes,
    issued: Timestamp,
    used: Timestamp,
    first: Timestamp,
    rotated: HashSet<String>,
    revoked: bool,
    serial: u64,
}

struct AccessToken {
    expires: Timestamp,
    scopes: Scopes,
}

/// A code that the user's browser carried to the app.
struct Code {
    issued: Timestamp,
    redirect_uri: String,
    scopes: Scopes,
    is_used: bool,
}

/// Whether a call may pass the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Granted,
    /// With the detail for the answer.
    Denied(String),
    /// The token is good, but not for this.
    Forbidden,
}

impl OAuth {
    pub(crate) fn new(refresh: &str, now: Timestamp) -> Self {
        Self {
            access: HashMap::new(),
            codes: HashMap::new(),
            refresh: refresh.to_owned(),
            scopes: Scopes::accounting(),
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

    /// Checks the bearer token of a call to the company's API.
    pub(crate) fn check(&self, now: Timestamp, request: &Request) -> Access {
        self.check_for(now, request, ACCOUNTING)
    }

    fn check_for(&self, now: Timestamp, request: &Request, scope: &str) -> Access {
        let token = bearer(request);
        match self.access.get(token) {
            Some(held) if !self.revoked && held.expires > now => {
                if held.scopes.has(scope) {
                    Access::Granted
                } else {
                    Access::Forbidden
                }
            }
            Some(_) => Access::Denied(format!("Token expired: {token}")),
            None => Access::Denied("Malformed bearer token: too short or too long".to_owned()),
        }
    }

    /// Ends all access tokens at once.
    pub(crate) fn expire_access(&mut self) {
        for token in self.access.values_mut() {
            token.expires = Timestamp::UNIX_EPOCH;
        }
    }

    /// The user disconnects the app: no token works any more.
    pub(crate) fn revoke(&mut self) {
        self.revoked = true;
        self.expire_access();
    }

    /// The user connects the app again: a refresh token that was never seen before.
    pub(crate) fn consent(&mut self, now: Timestamp) {
        self.renew(now);
        self.first = now;
        self.used = now;
        self.revoked = false;
    }

    /// An access token without a refresh, for tests of other things.
    pub(crate) fn grant(&mut self, now: Timestamp) -> String {
        self.serial += 1;
        let token = format!("sandbox-access-{:08}", self.serial);
        self.access
            .retain(|_, token| now.duration_since(token.expires) < ROTATION);
        self.access.insert(
            token.clone(),
            AccessToken {
                expires: now.saturating_add(ACCESS_LIFE).unwrap_or(Timestamp::MAX),
                scopes: self.scopes.clone(),
            },
        );
        token
    }

    /// The refresh token gets another value; the old one stops working.
    fn renew(&mut self, now: Timestamp) {
        self.serial += 1;
        let next = format!("sandbox-refresh-{:08}", self.serial);
        self.rotated
            .insert(std::mem::replace(&mut self.refresh, next));
        self.issued = now;
    }
}

fn bearer(request: &Request) -> &str {
    request
        .header("authorization")
        .and_then(|header| header.strip_prefix("Bearer "))
        .unwrap_or_default()
}
