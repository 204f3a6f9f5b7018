//! How tokens and the keys of the app are kept: the values in the store of secrets, and in the table which version of the
//! tokens is valid.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Timestamp};
use ports::{Chance, Clock, Secrets};
use qbo::{AccessToken, oauth};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Books, Stored, Table, TokenPointer, read};

use crate::{
    config::Config,
    stop::{Stop, broken},
    world::World,
};

/// The tokens, as the store of secrets keeps them.
#[derive(Clone, Serialize, Deserialize)]
struct TokenSecret {
    access_token: String,
    refresh_token: String,
}

/// The keys of the app at Intuit, as the store of secrets keeps them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppSecret {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: String,
}

/// What is stored of the tokens.
pub(crate) struct StoredTokens {
    pub(crate) pointer: Stored<TokenPointer>,
    pub(crate) known: CachedToken,
    pub(crate) refresh_token: SecretString,
}

/// One version of the tokens.
#[derive(Clone, Debug)]
pub(crate) struct CachedToken {
    pub(super) version: String,
    pub(crate) access: AccessToken,
    pub(super) expires_at: Timestamp,
}

/// Shows that there is one, and nothing of it.
impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppSecret").finish_non_exhaustive()
    }
}

impl AppSecret {
    /// In the form in which they are sent.
    pub(crate) fn credentials(&self) -> oauth::AppCredentials {
        oauth::AppCredentials {
            client_id: self.client_id.clone(),
            client_secret: SecretString::from(self.client_secret.clone()),
        }
    }
}

/// The name of the secret with the keys of the app.
pub fn app_secret(prefix: &str) -> String {
    format!("{prefix}/qbo-app")
}

/// The name of the secret with the tokens of a connection.
pub fn token_secret(prefix: &str, books: &Books) -> String {
    format!("{prefix}/{}/qbo", books.company)
}

/// Remembers that Intuit refused a refresh token, so that it is not sent again: of one that was replaced, a second
/// use can end the connection that a person has just made anew.
pub(crate) async fn mark_refused(
    world: &impl World,
    mut pointer: Stored<TokenPointer>,
) -> Result<(), Stop> {
    pointer.value.refused = true;
    let writer = world.chance().uuid();
    Ok(world.table().write(writer, vec![pointer.put()?]).await?)
}

/// Stores new tokens: first the secret under a version of our choice, then the pointer to it, so that a
/// reader never finds a pointer to nothing.
pub(crate) async fn keep(
    world: &impl World,
    config: &Config,
    books: &Books,
    pointer: Option<Stored<TokenPointer>>,
    tokens: &oauth::Tokens,
) -> Result<CachedToken, Stop> {
    let now = world.clock().now();
    let after = |duration: Duration| {
        SignedDuration::try_from(duration)
            .ok()
            .and_then(|duration| now.checked_add(duration).ok())
            .unwrap_or(now)
    };
    let version = world.chance().uuid().to_string();
    let secret = TokenSecret {
        access_token: tokens.access_token.expose_secret().to_owned(),
        refresh_token: tokens.refresh_token.expose_secret().to_owned(),
    };
    let text = serde_json::to_string(&secret).map_err(broken)?;
    let name = token_secret(&config.secret_prefix, books);
    world
        .secrets()
        .write(&name, &version, SecretString::from(text))
        .await?;
    let value = TokenPointer {
        secret_version: version.clone(),
        access_expires_at: after(tokens.expires_in),
        refresh_expires_at: after(tokens.refresh_expires_in),
        refused: false,
    };
    let stored = Stored {
        value: value.clone(),
        ..pointer.unwrap_or_else(|| Stored::new(books.token(), value.clone()))
    };
    world
        .table()
        .write(world.chance().uuid(), vec![stored.put()?])
        .await?;
    Ok(CachedToken {
        version,
        access: AccessToken::new(SecretString::from(secret.access_token)),
        expires_at: value.access_expires_at,
    })
}

/// The tokens that are stored; none before the first connection, or after their secret was removed.
pub(crate) async fn stored(
    world: &impl World,
    config: &Config,
    books: &Books,
) -> Result<Option<StoredTokens>, Stop> {
    let Some(pointer) = read::<TokenPointer>(world.table(), &books.token()).await? else {
        return Ok(None);
    };
    let name = token_secret(&config.secret_prefix, books);
    let version = pointer.value.secret_version.clone();
    let Some((_, secret)) = find_secret::<TokenSecret>(world, &name, Some(&version)).await? else {
        return Ok(None);
    };
    let known = CachedToken {
        version,
        access: AccessToken::new(SecretString::from(secret.access_token)),
        expires_at: pointer.value.access_expires_at,
    };
    Ok(Some(StoredTokens {
        pointer,
        known,
        refresh_token: SecretString::from(secret.refresh_token),
    }))
}

pub(super) async fn current(
    world: &impl World,
    config: &Config,
    books: &Books,
) -> Result<StoredTokens, Stop> {
    stored(world, config, books).await?.ok_or_else(|| {
        broken(format!(
            "the connection {books} has no QuickBooks tokens: run connect again"
        ))
    })
}

/// The keys of the app, with the version of their secret.
pub(super) async fn read_app(
    world: &impl World,
    config: &Config,
) -> Result<(String, AppSecret), Stop> {
    let name = app_secret(&config.secret_prefix);
    find_secret(world, &name, None)
        .await?
        .ok_or_else(|| broken(format!("there is no secret {name}: run connect again")))
}

/// A secret that is kept as JSON, with its version.
async fn find_secret<T: DeserializeOwned>(
    world: &impl World,
    name: &str,
    version: Option<&str>,
) -> Result<Option<(String, T)>, Stop> {
    let Some(secret) = world.secrets().read(name, version).await? else {
        return Ok(None);
    };
    let value = serde_json::from_str(secret.text.expose_secret())
        .map_err(|_| broken(format!("the secret {name} is not what connect writes")))?;
    Ok(Some((secret.version, value)))
}
