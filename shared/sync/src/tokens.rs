//! QuickBooks tokens: read by version, refreshed by one worker at a time (invariant 12).

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use ports::{Chance, Clock, Secrets};
use qbo::{AccessToken, oauth};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Books, Connection, ConnectionStatus, Stored, System, Table, TokenPointer, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    lease::Leases,
    settings::Settings,
    stop::Stop,
    world::World,
};

/// An access token with less time left than this is renewed before it is used.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Longer than the HTTP time-out of the token endpoint, so that no holder is still at work when its lease
/// is taken over.
const LEASE: Duration = Duration::from_secs(30);

/// How long a worker waits while another one renews.
const PATIENCE: Duration = Duration::from_secs(5);

/// The tokens, as the store of secrets keeps them.
#[derive(Clone, Serialize, Deserialize)]
struct TokenSecret {
    access_token: String,
    refresh_token: String,
}

/// The keys of the app at Intuit, as the store of secrets keeps them.
#[derive(Clone, Serialize, Deserialize)]
pub struct AppSecret {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: String,
}

/// The tokens that this worker knows.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    known: Mutex<HashMap<Books, Known>>,
    app: Mutex<Option<oauth::AppCredentials>>,
}

/// One version of the tokens.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    version: String,
    pub(crate) access: AccessToken,
    expires_at: Timestamp,
}

/// Shows that there is one, and nothing of it.
impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppSecret").finish_non_exhaustive()
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

impl Tokens {
    /// A token to use. `refused`: the one that QuickBooks has just refused.
    ///
    /// # Errors
    /// [`Stop::Failed`] while the token cannot be renewed, [`Stop::NotConnected`] when it never can be again.
    pub(crate) async fn access(
        &self,
        world: &impl World,
        settings: &Settings,
        leases: &Leases,
        books: &Books,
        refused: Option<&Known>,
    ) -> Result<Known, Stop> {
        let now = world.clock().now();
        let usable = |known: &Known| {
            known.expires_at > now + MARGIN
                && refused.is_none_or(|refused| refused.version != known.version)
        };
        if let Some(known) = self.known(books).filter(|known| usable(known)) {
            return Ok(known);
        }
        let (pointer, known, _) = current(world, settings, books).await?;
        if usable(&known) {
            self.remember(books, &known);
            return Ok(known);
        }
        let lease = books.lease("token");
        let held = leases.take(world, &lease, LEASE, PATIENCE).await?;
        let renewed = self
            .renew(world, settings, books, &pointer.value.secret_version)
            .await;
        leases.release(world, held).await;
        renewed
    }

    /// Renews the tokens, unless somebody did so since `stale` was current. Under the lease.
    async fn renew(
        &self,
        world: &impl World,
        settings: &Settings,
        books: &Books,
        stale: &str,
    ) -> Result<Known, Stop> {
        let mut again = false;
        loop {
            let (pointer, known, refresh_token) = current(world, settings, books).await?;
            if known.version != stale {
                self.remember(books, &known);
                return Ok(known);
            }
            let app = self.app(world, settings).await?;
            let answer =
                oauth::refresh(world.http(), &settings.qbo_token_url, &app, &refresh_token).await;
            match answer {
                Ok(tokens) => {
                    let known = keep(world, settings, books, Some(pointer), &tokens).await?;
                    self.remember(books, &known);
                    tracing::info!(%books, "QuickBooks tokens renewed");
                    return Ok(known);
                }
                // Somebody else may have renewed them in the meantime: look once more, then believe it.
                Err(oauth::OAuthError::InvalidGrant { .. }) if !again => again = true,
                Err(
                    error @ (oauth::OAuthError::InvalidGrant { .. }
                    | oauth::OAuthError::InvalidClient { .. }),
                ) => {
                    let stop = reconnect(world, books, &error.to_string()).await?;
                    return Err(stop);
                }
                Err(error) => {
                    tracing::warn!(%books, %error, "QuickBooks tokens not renewed");
                    return Err(Stop::Failed {
                        system: System::Quickbooks,
                        until: world.clock().now() + SignedDuration::from_secs(30),
                        cause: error.to_string(),
                    });
                }
            }
        }
    }

    async fn app(
        &self,
        world: &impl World,
        settings: &Settings,
    ) -> Result<oauth::AppCredentials, Stop> {
        let known = self
            .app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(app) = known {
            return Ok(app);
        }
        let name = app_secret(&settings.secret_prefix);
        let secret: AppSecret = read_secret(world, &name, None).await?;
        let app = oauth::AppCredentials {
            client_id: secret.client_id,
            client_secret: SecretString::from(secret.client_secret),
        };
        *self.app.lock().unwrap_or_else(PoisonError::into_inner) = Some(app.clone());
        Ok(app)
    }

    fn known(&self, books: &Books) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(books).cloned()
    }

    fn remember(&self, books: &Books, known: &Known) {
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(books.clone(), known.clone());
    }
}

/// Marks the connection as one that must be made again, and tells a person (S7). Returns how the work
/// that needed it ends: it waits.
pub(crate) async fn reconnect(
    world: &impl World,
    books: &Books,
    reason: &str,
) -> Result<Stop, Stop> {
    let key = Connection::key(&books.company);
    if let Some(mut connection) = read::<Connection>(world.table(), &key).await?
        && connection.value.status == ConnectionStatus::Active
        && connection.value.realm == books.realm
    {
        connection.value.status = ConnectionStatus::Reconnect;
        world
            .table()
            .write(world.chance().uuid(), vec![connection.put()?])
            .await?;
    }
    let finding = Finding::connection(AlertKind::Reconnect).with("reason", reason);
    alerts::raise(world, books, &finding).await?;
    Ok(Stop::NotConnected {
        cause: "QuickBooks must be connected again".to_owned(),
    })
}

/// Stores new tokens: first the secret under a version of our choice, then the pointer to it, so that a
/// reader never finds a pointer to nothing.
pub(crate) async fn store_tokens(
    world: &impl World,
    settings: &Settings,
    books: &Books,
    tokens: &oauth::Tokens,
) -> Result<AccessToken, Stop> {
    let pointer = read::<TokenPointer>(world.table(), &books.token()).await?;
    let known = keep(world, settings, books, pointer, tokens).await?;
    Ok(known.access)
}

async fn keep(
    world: &impl World,
    settings: &Settings,
    books: &Books,
    pointer: Option<Stored<TokenPointer>>,
    tokens: &oauth::Tokens,
) -> Result<Known, Stop> {
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
    let text = serde_json::to_string(&secret).map_err(|error| Stop::Broken(error.to_string()))?;
    let name = token_secret(&settings.secret_prefix, books);
    world
        .secrets()
        .write(&name, &version, SecretString::from(text))
        .await?;
    let value = TokenPointer {
        secret_version: version.clone(),
        access_expires_at: after(tokens.expires_in),
        refresh_expires_at: after(tokens.refresh_expires_in),
    };
    let stored = Stored {
        value: value.clone(),
        ..pointer.unwrap_or_else(|| Stored::new(books.token(), value.clone()))
    };
    world
        .table()
        .write(world.chance().uuid(), vec![stored.put()?])
        .await?;
    Ok(Known {
        version,
        access: AccessToken::new(SecretString::from(secret.access_token)),
        expires_at: value.access_expires_at,
    })
}

/// The tokens that the pointer names.
async fn current(
    world: &impl World,
    settings: &Settings,
    books: &Books,
) -> Result<(Stored<TokenPointer>, Known, SecretString), Stop> {
    let pointer = read::<TokenPointer>(world.table(), &books.token())
        .await?
        .ok_or_else(|| {
            Stop::Broken(format!(
                "the connection {books} has no QuickBooks tokens: run connect again"
            ))
        })?;
    let version = pointer.value.secret_version.clone();
    let name = token_secret(&settings.secret_prefix, books);
    let secret: TokenSecret = read_secret(world, &name, Some(&version)).await?;
    let known = Known {
        version,
        access: AccessToken::new(SecretString::from(secret.access_token)),
        expires_at: pointer.value.access_expires_at,
    };
    Ok((pointer, known, SecretString::from(secret.refresh_token)))
}

/// Reads a secret that is kept as JSON.
pub(crate) async fn read_secret<T: serde::de::DeserializeOwned>(
    world: &impl World,
    name: &str,
    version: Option<&str>,
) -> Result<T, Stop> {
    let secret = world
        .secrets()
        .read(name, version)
        .await?
        .ok_or_else(|| Stop::Broken(format!("there is no secret {name}: run connect again")))?;
    serde_json::from_str(secret.text.expose_secret())
        .map_err(|_| Stop::Broken(format!("the secret {name} is not what connect writes")))
}
