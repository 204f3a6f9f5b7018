//! `/connect/oauth2`: the page on which the user connects the app, and the way back.

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sandbox_kit::{Request, form};

use super::{Code, OAuth, Scopes};
use crate::options::Options;

/// What the browser gets.
pub(crate) enum Step {
    /// The page with *Connect* and *Cancel*, which sends these fields back.
    Ask {
        scopes: String,
        fields: Vec<(String, String)>,
    },
    /// Back to the app.
    Redirect(String),
    /// A page that says why not.
    Refuse(&'static str),
}

/// The fields of an authorization request.
const FIELDS: &[&str] = &[
    "client_id",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
];

impl OAuth {
    /// Answers a visit (`GET`), or the button that was pressed (`POST`).
    pub(crate) fn authorize(
        &mut self,
        options: &Options,
        now: Timestamp,
        request: &Request,
    ) -> Step {
        let sent = if request.method == "POST" {
            form(&String::from_utf8_lossy(&request.body))
        } else {
            form(
                request
                    .target
                    .split_once('?')
                    .map_or("", |(_, query)| query),
            )
        };
        let field = |name: &str| {
            sent.iter()
                .find(|(n, value)| n == name && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };
        if field("client_id") != Some(options.client_id.as_str()) {
            return Step::Refuse("The client_id query parameter value is invalid.");
        }
        let Some(uri) = field("redirect_uri").filter(|uri| is_listed(options, uri)) else {
            return Step::Refuse(
                "The redirect_uri query parameter value is invalid. It must be one of the app's redirect URIs, to the letter.",
            );
        };
        let Some(state) = field("state") else {
            return Step::Refuse("The state query parameter is missing.");
        };
        let back = |answer: &[(&str, &str)]| {
            let pairs: Vec<String> = answer
                .iter()
                .map(|(name, value)| {
                    format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
                })
                .collect();
            Step::Redirect(format!("{uri}?{}", pairs.join("&")))
        };
        if field("response_type") != Some("code") {
            return back(&[("error", "unsupported_response_type"), ("state", state)]);
        }
        let Some(scopes) = field("scope").and_then(Scopes::parse) else {
            return back(&[("error", "invalid_scope"), ("state", state)]);
        };
        match field("decision") {
            Some("connect") if request.method == "POST" => {
                self.serial += 1;
                let code = format!("sandbox-code-{:08}", self.serial);
                self.codes.insert(
                    code.clone(),
                    Code {
                        issued: now,
                        redirect_uri: uri.to_owned(),
                        scopes,
                        is_used: false,
                    },
                );
                back(&[
                    ("code", &code),
                    ("state", state),
                    ("realmId", &options.realm),
                ])
            }
            Some("cancel") if request.method == "POST" => {
                back(&[("error", "access_denied"), ("state", state)])
            }
            _ => Step::Ask {
                scopes: scopes.0.join(" "),
                fields: FIELDS
                    .iter()
                    .filter_map(|name| Some(((*name).to_owned(), field(name)?.to_owned())))
                    .collect(),
            },
        }
    }
}

/// Addresses match to the letter. An app without a list may name any that could be on one.
fn is_listed(options: &Options, uri: &str) -> bool {
    if options.redirect_uris.is_empty() {
        let is_web = uri.starts_with("https://") || uri.starts_with("http://");
        return is_web && !uri.contains(['?', '#', '\r', '\n', ' ']);
    }
    options.redirect_uris.iter().any(|listed| listed == uri)
}
