//! The token endpoint (codes and refreshes) and the revocation endpoint.

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use sandbox_kit::{Request, form};

use super::{ACCESS_LIFE, HARD_LIFE, OAuth, OPENID, REFRESH_LIFE, ROTATION};
use crate::{
    json::{Json, Object},
    options::Options,
};

/// What the token endpoint answers.
pub(crate) struct TokenAnswer {
    pub(crate) status: u16,
    pub(crate) body: Object,
    pub(crate) outcome: TokenOutcome,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenOutcome {
    Granted,
    /// A refresh token that was replaced before.
    ReusedToken,
    /// A code that was exchanged before.
    ReusedCode,
    Refused,
}

impl OAuth {
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
        let in_body = || {
            Some((
                field("client_id")?.to_owned(),
                field("client_secret")?.to_owned(),
            ))
        };
        if !is_client(options, basic(request).or_else(in_body)) {
            return refused(401, "invalid_client");
        }
        match field("grant_type") {
            Some("refresh_token") => {
                let sent = field("refresh_token").unwrap_or_default();
                self.refresh(options, now, request, sent)
            }
            Some("authorization_code") => {
                let code = field("code").unwrap_or_default();
                let uri = field("redirect_uri").unwrap_or_default();
                self.exchange(options, now, request, code, uri)
            }
            Some(_) => refused(400, "unsupported_grant_type"),
            None => refused(400, "invalid_request"),
        }
    }

    fn refresh(
        &mut self,
        options: &Options,
        now: Timestamp,
        request: &Request,
        sent: &str,
    ) -> TokenAnswer {
        if self.rotated.contains(sent) {
            if options.punish_reuse {
                self.revoke();
            }
            return TokenAnswer {
                outcome: TokenOutcome::ReusedToken,
                ..refused(400, "invalid_grant")
            };
        }
        if sent != self.refresh {
            let body = Object::new()
                .with("error_description", "Incorrect or invalid refresh token")
                .with("error", "invalid_grant");
            return TokenAnswer {
                body,
                ..refused(400, "invalid_grant")
            };
        }
        if self.revoked
            || now.duration_since(self.used) >= REFRESH_LIFE
            || now.duration_since(self.first) >= HARD_LIFE
        {
            return refused(400, "invalid_grant");
        }
        if options.rotate_always || now.duration_since(self.issued) >= ROTATION {
            self.renew(now);
        }
        self.used = now;
        self.granted(now, request)
    }

    fn exchange(
        &mut self,
        options: &Options,
        now: Timestamp,
        request: &Request,
        sent: &str,
        redirect_uri: &str,
    ) -> TokenAnswer {
        let invalid = |outcome| TokenAnswer {
            outcome,
            body: Object::new()
                .with("error", "invalid_grant")
                .with("error_description", "Invalid authorization code"),
            ..refused(400, "invalid_grant")
        };
        let Some(code) = self.codes.get_mut(sent) else {
            return invalid(TokenOutcome::Refused);
        };
        if code.is_used {
            if options.punish_reuse {
                self.revoke();
            }
            return invalid(TokenOutcome::ReusedCode);
        }
        let age = now.duration_since(code.issued).unsigned_abs();
        if code.redirect_uri != redirect_uri || age >= options.doubts.code_life {
            return invalid(TokenOutcome::Refused);
        }
        code.is_used = true;
        self.scopes = code.scopes.clone();
        self.consent(now);
        let answer = self.granted(now, request);
        if !self.scopes.has(OPENID) {
            return answer;
        }
        match Self::id_token(options, now, request) {
            Ok(id_token) => TokenAnswer {
                body: answer.body.with("id_token", id_token),
                ..answer
            },
            Err(error) => {
                tracing::error!(error, "no id token");
                refused(500, "server_error")
            }
        }
    }

    fn granted(&mut self, now: Timestamp, request: &Request) -> TokenAnswer {
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
            outcome: TokenOutcome::Granted,
        }
    }

    /// Answers `POST /v2/oauth2/tokens/revoke`: `None` when the token was good and is none any more.
    pub(crate) fn revoke_token(
        &mut self,
        options: &Options,
        request: &Request,
    ) -> Option<TokenAnswer> {
        if !is_client(options, basic(request)) {
            return Some(refused(401, "invalid_client"));
        }
        let body = Json::parse(&request.body).ok();
        let fields = form(&String::from_utf8_lossy(&request.body));
        let token = body
            .as_ref()
            .and_then(|body| body.text("token"))
            .or_else(|| {
                let sent = fields.iter().find(|(name, _)| name == "token");
                sent.map(|(_, value)| value.as_str())
            });
        let Some(token) = token else {
            return Some(refused(400, "invalid_request"));
        };
        if self.revoked || (token != self.refresh && !self.access.contains_key(token)) {
            return Some(refused(400, "invalid_request"));
        }
        self.revoke();
        None
    }
}

fn refused(status: u16, error: &str) -> TokenAnswer {
    TokenAnswer {
        status,
        body: Object::new().with("error", error),
        outcome: TokenOutcome::Refused,
    }
}

fn is_client(options: &Options, client: Option<(String, String)>) -> bool {
    client.is_some_and(|(id, secret)| id == options.client_id && secret == options.client_secret)
}

/// Client id and secret of the `Authorization` header.
fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}
