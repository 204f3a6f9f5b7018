use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a company's webhooks are judged by, and nothing else: whoever receives them can read no more of the company. A
/// secret of its own, as JSON: `{"signing_secrets": ["current", "previous"], "path_token": "…"}`.
#[derive(Clone, Debug)]
pub struct WebhookSecret {
    /// What webhooks are signed with: the current secret and, during a rotation, the previous one. Empty until
    /// Housecall Pro has shown it, which it does after the address was tried.
    pub signing_secrets: Vec<SecretString>,
    /// The unguessable part of the webhook's path.
    pub path_token: SecretString,
}

/// The secret is not the JSON that connecting a company writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the webhook secret of this company is not in the known form; run connect again")]
pub struct UnreadableSecret;

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Text {
    #[serde(default)]
    signing_secrets: Vec<String>,
    path_token: String,
}

impl WebhookSecret {
    /// The secret's name, by company.
    pub fn name(prefix: &str, company: &str) -> String {
        format!("{prefix}/{company}/webhook")
    }

    /// Reads the secret's text, also the one of older versions, which held the API key as well.
    ///
    /// # Errors
    /// When it is not in the known form, or its path token is empty, which anybody could guess.
    pub fn parse(text: &SecretString) -> Result<Self, UnreadableSecret> {
        let text: Text =
            serde_json::from_str(text.expose_secret()).map_err(|_| UnreadableSecret)?;
        if text.path_token.is_empty() {
            return Err(UnreadableSecret);
        }
        Ok(Self {
            signing_secrets: text.signing_secrets.into_iter().map(Into::into).collect(),
            path_token: text.path_token.into(),
        })
    }

    /// Writes the secret's text.
    ///
    /// # Errors
    /// Never in practice: the form has nothing that JSON cannot express.
    pub fn to_text(&self) -> Result<SecretString, serde_json::Error> {
        serde_json::to_string(&self.text()).map(Into::into)
    }

    /// Whether both let in the same deliveries.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    fn text(&self) -> Text {
        let exposed = |secret: &SecretString| secret.expose_secret().to_owned();
        Text {
            signing_secrets: self.signing_secrets.iter().map(exposed).collect(),
            path_token: exposed(&self.path_token),
        }
    }
}
