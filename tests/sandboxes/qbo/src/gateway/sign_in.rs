//! The hosts where users and apps sign in: by path, as everything is on one host here.

use sandbox_kit::{Answer, Request};

use super::State;
use crate::{
    api::{
        answer::Envelope,
        oauth::{Access, authorize::Step, openid, token::TokenOutcome},
    },
    fault::Refusal,
    log::Act,
    page::consent,
};

impl State {
    /// Answers what is asked of those hosts; `None` for everything else.
    pub(super) fn sign_in(&mut self, envelope: &Envelope, request: &Request) -> Option<Answer> {
        let path = request.path();
        Some(
            match (request.method.as_str(), path.trim_end_matches('/')) {
                ("POST", "/oauth2/v1/tokens/bearer") => self.token(envelope, request),
                ("POST", "/v2/oauth2/tokens/revoke") => {
                    match self.oauth.revoke_token(&self.options, request) {
                        Some(refused) => envelope.token(refused.status, &refused.body),
                        None => envelope.revoked(),
                    }
                }
                ("GET" | "POST", "/connect/oauth2") => self.authorize(envelope, request),
                ("GET", "/v1/openid_connect/userinfo") => self.user_info(envelope, request),
                (
                    "GET",
                    "/.well-known/openid_configuration"
                    | "/.well-known/openid_sandbox_configuration",
                ) => envelope.document(&openid::discovery(request)),
                ("GET", "/op/v1/jwks") => match openid::keys() {
                    Ok(keys) => envelope.document(&keys),
                    Err(_) => envelope.refused(&Refusal::system_failure()),
                },
                _ => return None,
            },
        )
    }

    fn token(&mut self, envelope: &Envelope, request: &Request) -> Answer {
        let answer = self.oauth.token(&self.options, envelope.now, request);
        match answer.outcome {
            TokenOutcome::Granted => self.log.act(Act::Refresh),
            TokenOutcome::ReusedToken => {
                self.violation(envelope, "rotated-refresh-token", request);
            }
            TokenOutcome::ReusedCode => {
                self.violation(envelope, "reused-code", request);
            }
            TokenOutcome::Refused => {}
        }
        envelope.token(answer.status, &answer.body)
    }

    fn authorize(&mut self, envelope: &Envelope, request: &Request) -> Answer {
        let options = &self.options;
        match self.oauth.authorize(options, envelope.now, request) {
            Step::Ask { scopes, fields } => {
                consent::ask(&options.company.name, &options.client_id, &scopes, &fields)
            }
            Step::Redirect(to) => envelope.redirect(to),
            Step::Refuse(reason) => consent::refuse(reason),
        }
    }

    fn user_info(&self, envelope: &Envelope, request: &Request) -> Answer {
        match self.oauth.user_info(&self.options, envelope.now, request) {
            Ok(info) => envelope.document(&info),
            Err(Access::Denied(detail)) => envelope.unauthenticated(&detail),
            Err(_) => envelope.wrong_realm(),
        }
    }
}
