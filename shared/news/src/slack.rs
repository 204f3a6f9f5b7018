//! A company's channel in Slack.

use std::{fmt, time::Duration};

use hcp::CompanyId;
use ports::{Http, HttpRequest, Method, Source};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::words::Words;

/// What each address of a channel begins with.
const HOST: &str = "https://hooks.slack.com/services/";

/// Slack answers within a second, or not at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Characters that Slack shows of one message at most are more; a channel needs no more.
const LONGEST: usize = 8_000;

/// The address at which Slack takes messages for one channel. Whoever knows it can write there, so it is a secret.
#[derive(Clone)]
pub struct SlackAddress(SecretString);

/// The text is no address of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an address of Slack begins with {HOST} and goes on with the parts that Slack shows, of letters and digits"
)]
pub struct NoSlackAddress;

/// The secret as JSON; without an address the company has no channel any longer.
#[derive(Serialize, Deserialize)]
struct Text {
    webhook: Option<String>,
}

impl fmt::Debug for SlackAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackAddress")
    }
}

impl SlackAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// When it is one of another host, or has another form.
    pub fn parse(text: &str) -> Result<Self, NoSlackAddress> {
        let text = text.trim();
        let parts = text.strip_prefix(HOST).ok_or(NoSlackAddress)?;
        let is_plain =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
        match text.len() <= 200 && parts.split('/').all(is_plain) {
            true => Ok(Self(text.into())),
            false => Err(NoSlackAddress),
        }
    }

    /// The name of the secret of a company.
    pub fn secret(prefix: &str, company: &CompanyId) -> String {
        format!("{prefix}/{company}/slack")
    }

    /// The text of the secret; without an address: that there is no channel.
    ///
    /// # Errors
    /// Never in practice: the form has nothing that JSON cannot express.
    pub fn to_text(address: Option<&Self>) -> Result<SecretString, serde_json::Error> {
        let webhook = address.map(|address| address.0.expose_secret().to_owned());
        serde_json::to_string(&Text { webhook }).map(Into::into)
    }

    /// Reads the text of the secret; none: there is no channel.
    ///
    /// # Errors
    /// When it is not in the known form.
    pub(crate) fn of_text(text: &SecretString) -> Result<Option<Self>, NoSlackAddress> {
        let text: Text = serde_json::from_str(text.expose_secret()).map_err(|_| NoSlackAddress)?;
        text.webhook.as_deref().map(Self::parse).transpose()
    }

    /// Writes a message into the channel.
    ///
    /// # Errors
    /// When Slack does not take it; the address is not in the error.
    pub(crate) async fn send(&self, http: &impl Http, words: &Words) -> Result<(), Source> {
        let text = message(words);
        let request = HttpRequest {
            method: Method::Post,
            url: self.0.expose_secret().to_owned(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: serde_json::to_vec(&serde_json::json!({ "text": text }))?,
            timeout: PATIENCE,
        };
        let answer = http.send(request).await?;
        match answer.status {
            200 => Ok(()),
            status => Err(format!("Slack answered with status {status}").into()),
        }
    }
}

/// As Slack reads it: these three characters would be signs of its own.
fn message(words: &Words) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let whole = format!("*{}*\n\n{}", escape(&words.subject), escape(&words.text));
    match whole.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

#[cfg(test)]
mod tests;
