//! What only the program that began a sign-in can say (RFC 7636), and the address at which it begins.

use adapters::SystemChance;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ports::Chance;
use sha2::{Digest, Sha256};

use super::Provider;

/// A form, and a query, leave these as they are.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The secrets of one sign-in: each is drawn anew, and used once.
pub(crate) struct Pkce {
    verifier: String,
    state: String,
}

impl Pkce {
    pub(crate) fn new() -> Self {
        Self {
            verifier: drawn(),
            state: drawn(),
        }
    }

    /// Told with the code alone.
    pub(crate) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// What the answer must name: so it is the answer to this sign-in.
    pub(crate) fn state(&self) -> &str {
        &self.state
    }

    /// What somebody opens in their browser.
    pub(crate) fn address(&self, provider: &Provider) -> String {
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier));
        let scope = format!("openid {}", provider.sign_in_scope);
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &provider.sign_in_client),
            ("redirect_uri", &provider.sign_in_answers_to),
            ("scope", &scope),
            ("state", &self.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let page = provider.sign_in_url.trim_end_matches('/');
        format!("{page}/oauth2/authorize?{query}")
    }
}

/// 244 bits in 64 characters, of which RFC 7636 wants 43 at least.
fn drawn() -> String {
    let (one, other) = (SystemChance.uuid(), SystemChance.uuid());
    format!("{}{}", one.simple(), other.simple())
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(name, value)| {
        let value = utf8_percent_encode(value, FORM);
        format!("{name}={value}")
    });
    fields.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_the_digest_of_the_verifier_and_never_the_verifier() {
        let pkce = Pkce {
            // The example of RFC 7636, appendix B.
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            state: "drawn-once".to_owned(),
        };
        let provider = Provider {
            sign_in_url: "https://people.auth.us-east-1.amazoncognito.com/".to_owned(),
            sign_in_client: "7client".to_owned(),
            sign_in_scope: "office/use".to_owned(),
            sign_in_answers_to: "http://localhost:8757/signed-in".to_owned(),
        };
        let address = pkce.address(&provider);
        insta::assert_snapshot!(address.replace(['?', '&'], "\n  "), @r"
        https://people.auth.us-east-1.amazoncognito.com/oauth2/authorize
          response_type=code
          client_id=7client
          redirect_uri=http%3A%2F%2Flocalhost%3A8757%2Fsigned-in
          scope=openid%20office%2Fuse
          state=drawn-once
          code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
          code_challenge_method=S256
        ");
        assert!(!address.contains(pkce.verifier()));
    }

    #[test]
    fn each_sign_in_has_secrets_of_its_own() {
        let (one, other) = (Pkce::new(), Pkce::new());
        let all = [one.verifier(), one.state(), other.verifier(), other.state()];
        for (at, secret) in all.iter().enumerate() {
            assert!((43..=128).contains(&secret.len()));
            assert!(!all[..at].contains(secret));
        }
    }
}
