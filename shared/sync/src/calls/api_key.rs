use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The key for reading Housecall Pro as a company. A secret of its own, as JSON: `{"api_key": "…"}`. Older versions kept
/// in it as well what now is the company's [`WebhookSecret`](crate::intake::hcp_webhook::WebhookSecret).
#[derive(Clone, Debug)]
pub(crate) struct ApiKey(pub(crate) SecretString);

/// The secret is not the JSON that connecting a company writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the Housecall Pro key of this company is not in the known form; run connect again")]
pub(crate) struct UnreadableKey;

#[derive(Serialize, Deserialize)]
struct Text {
    api_key: String,
}

impl ApiKey {
    /// The secret's name, by company.
    pub(crate) fn name(prefix: &str, company: &str) -> String {
        format!("{prefix}/{company}/hcp")
    }

    /// Reads the secret's text.
    ///
    /// # Errors
    /// When it is not in a known form.
    pub(crate) fn parse(text: &SecretString) -> Result<Self, UnreadableKey> {
        let text: Text = serde_json::from_str(text.expose_secret()).map_err(|_| UnreadableKey)?;
        Ok(Self(text.api_key.into()))
    }

    /// Writes the secret's text.
    ///
    /// # Errors
    /// Never in practice: the form has nothing that JSON cannot express.
    pub(crate) fn to_text(&self) -> Result<SecretString, serde_json::Error> {
        let api_key = self.0.expose_secret().to_owned();
        serde_json::to_string(&Text { api_key }).map(Into::into)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }
}
