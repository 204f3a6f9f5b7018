use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What QuickBooks' webhooks are signed with, and nothing else. One secret for the app and so for all companies, as JSON:
/// `{"verifier_tokens": ["current", "previous"]}`.
#[derive(Clone, Debug)]
pub struct VerifierTokens(pub Vec<SecretString>);

/// The secret is not the JSON that connecting a company writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the secret of QuickBooks' webhooks is not in the known form; run connect again with QBO_VERIFIER_TOKEN"
)]
pub struct UnreadableTokens;

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Text {
    verifier_tokens: Vec<String>,
}

impl VerifierTokens {
    /// The secret's name.
    pub fn name(prefix: &str) -> String {
        format!("{prefix}/qbo-webhook")
    }

    /// Reads the secret's text.
    ///
    /// # Errors
    /// When it is not in the known form.
    pub fn parse(text: &SecretString) -> Result<Self, UnreadableTokens> {
        let text: Text =
            serde_json::from_str(text.expose_secret()).map_err(|_| UnreadableTokens)?;
        let tokens = text.verifier_tokens.into_iter();
        Ok(Self(tokens.map(Into::into).collect()))
    }

    /// Writes the secret's text.
    ///
    /// # Errors
    /// Never in practice: the form has nothing that JSON cannot express.
    pub fn to_text(&self) -> Result<SecretString, serde_json::Error> {
        serde_json::to_string(&self.text()).map(Into::into)
    }

    /// Whether both let in the same posts.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    fn text(&self) -> Text {
        let exposed = |token: &SecretString| token.expose_secret().to_owned();
        Text {
            verifier_tokens: self.0.iter().map(exposed).collect(),
        }
    }
}
