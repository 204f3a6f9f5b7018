use std::error::Error;

use clap::Args;
use secrecy::SecretString;
use sync::{Declined, NotDone, company::connect::app::AppKeys};

use crate::{deployed, say};

/// Enters the keys of the app at Intuit, once for all companies; repeated, changes those that are set (rights on AWS).
///
/// They are read from the environment only: an argument can be seen by everybody on the machine and stays in the shell's
/// history. The client id and the client secret are tried before they are kept.
#[derive(Debug, Args)]
#[command(after_help = "\
From the environment; what is not set stays as it is:
  QBO_CLIENT_ID          Intuit developer portal, Keys & credentials
  QBO_CLIENT_SECRET      the same
  QBO_VERIFIER_TOKEN     Intuit developer portal, Webhooks; two, separated by a comma, during a rotation

Where it was deployed (target/outputs.env names all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL")]
pub(crate) struct App {}

impl App {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let keys = from_environment();
        if keys.client_id.is_none()
            && keys.client_secret.is_none()
            && keys.verifier_tokens.is_none()
        {
            let words = "set QBO_CLIENT_ID and QBO_CLIENT_SECRET, or QBO_VERIFIER_TOKEN";
            return Err(NotDone::from(Declined::not_usable("app", words)).into());
        }
        let changed = deployed::engine().await?.enter_app(&keys).await;
        let changed = changed.map_err(NotDone::from)?;
        Ok(say(&match changed.as_slice() {
            [] => "Nothing changed: these keys were stored before.\n".to_owned(),
            changed => format!("Changed: {}.\n", changed.join(", ")),
        })?)
    }
}

/// What of the app's keys is set.
pub(crate) fn from_environment() -> AppKeys {
    AppKeys {
        client_id: adapters::env("QBO_CLIENT_ID").ok(),
        client_secret: secret("QBO_CLIENT_SECRET"),
        verifier_tokens: secrets("QBO_VERIFIER_TOKEN"),
    }
}

/// A secret that is set.
pub(crate) fn secret(name: &str) -> Option<SecretString> {
    adapters::env(name).ok().map(SecretString::from)
}

/// Those that are set, separated by commas.
pub(crate) fn secrets(name: &str) -> Option<Vec<SecretString>> {
    let text = adapters::env(name).ok()?;
    let secrets = text.split(',').map(str::trim);
    let secrets = secrets.filter(|secret| !secret.is_empty());
    let secrets: Vec<SecretString> = secrets.map(SecretString::from).collect();
    (!secrets.is_empty()).then_some(secrets)
}
