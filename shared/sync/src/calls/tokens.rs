//! QuickBooks tokens: read by version, refreshed by one worker at a time (invariant 9).

mod stored;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::try_join;
use jiff::SignedDuration;
use mapping::alert::{Alert, AlertKind, ConnectionAlert, Subject};
use ports::{Chance, Clock, Source};
use qbo::oauth;
use store::{Books, Connection, ConnectionStatus, System, Table, read};

use crate::{
    alerts,
    calls::{
        cache::Cache,
        lease::{Held, Leases},
    },
    config::Config,
    stop::{Stop, chain},
    world::World,
};

pub use stored::{AppSecret, app_secret, token_secret};
pub(crate) use stored::{CachedToken, StoredTokens, keep, mark_refused, stored};
use stored::{current, read_app};

/// How long the app's keys are left alone after Intuit did not know them, unless they were changed meanwhile.
const APP_PAUSE: Duration = Duration::from_secs(60);

/// Reads of the tokens for one renewal: each further one follows a refusal and finds something newer, or nothing.
const TRIES: u32 = 4;

/// An access token with less time left than this is renewed before it is used.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// Longer than the HTTP time-out of the token endpoint, so that no holder is still at work when its lease
/// is taken over.
const LEASE: Duration = Duration::from_secs(30);

/// How long a worker waits while another one renews.
const PATIENCE: Duration = Duration::from_secs(5);

/// The tokens that this worker knows.
#[derive(Debug)]
pub(crate) struct Tokens {
    known: Cache<Books, CachedToken>,
    /// The version of the app's keys that Intuit did not know, and since when, on the monotonic clock.
    unknown_app: Mutex<Option<(String, Duration)>>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            known: Cache::until_replaced(),
            unknown_app: Mutex::default(),
        }
    }
}

impl Tokens {
    /// A token to use. `refused`: the one that QuickBooks has just refused.
    ///
    /// # Errors
    /// [`Stop::Failed`] while the token cannot be renewed, [`Stop::NotConnected`] when it never can be again.
    pub(crate) async fn access(
        &self,
        world: &impl World,
        config: &Config,
        leases: &Leases,
        books: &Books,
        refused: Option<&CachedToken>,
    ) -> Result<CachedToken, Stop> {
        let now = world.clock().now();
        let usable = |known: &CachedToken| {
            known.expires_at > now + MARGIN
                && refused.is_none_or(|refused| refused.version != known.version)
        };
        if let Some(known) = self.known.last(books).filter(usable) {
            return Ok(known);
        }
        let stored = current(world, config, books).await?;
        if usable(&stored.known) {
            self.remember(world, books, &stored.known);
            return Ok(stored.known);
        }
        let held = take_lease(world, leases, books).await?;
        // Once an hour: every other call is spared its size.
        let renewed = self.renew(world, config, books, &stored.known.version);
        let renewed = Box::pin(renewed).await;
        leases.release(world, held).await;
        renewed
    }

    /// Renews the tokens, unless somebody did so since `stale` was current. Under the lease.
    ///
    /// What was refused is read once more, since somebody else may have changed it meanwhile; if it is the same, the
    /// refusal is believed.
    async fn renew(
        &self,
        world: &impl World,
        config: &Config,
        books: &Books,
        stale: &str,
    ) -> Result<CachedToken, Stop> {
        let mut refused: Option<(oauth::OAuthError, String)> = None;
        for _ in 0..TRIES {
            let (stored, (app_version, app)) =
                try_join!(current(world, config, books), read_app(world, config))?;
            if stored.known.version != stale {
                self.remember(world, books, &stored.known);
                return Ok(stored.known);
            }
            if stored.pointer.value.refused {
                let reason = "Intuit no longer accepts the connection's refresh token";
                return Err(reconnect(world, books, reason).await?);
            }
            if let Some((error, _)) = refused.take_if(|(_, version)| *version == app_version) {
                return Err(self
                    .refused(world, books, stored, app_version, error)
                    .await?);
            }
            self.app_may_be_used(world, &app_version)?;
            let answer = oauth::refresh(
                world.http(),
                &config.qbo_token_url,
                &app.credentials(),
                &stored.refresh_token,
            )
            .await;
            match answer {
                Ok(tokens) => {
                    let known = keep(world, config, books, Some(stored.pointer), &tokens).await?;
                    self.remember(world, books, &known);
                    let mended = AlertKind::AppKeysRefused;
                    alerts::close_one(world, books, &Subject::Connection, mended).await?;
                    tracing::info!(%books, "QuickBooks tokens renewed");
                    return Ok(known);
                }
                Err(
                    error @ (oauth::OAuthError::InvalidGrant { .. }
                    | oauth::OAuthError::InvalidClient { .. }),
                ) => refused = Some((error, app_version)),
                Err(error) => {
                    tracing::warn!(%books, error = chain(&error), "QuickBooks tokens not renewed");
                    return Err(not_renewed(world, error));
                }
            }
        }
        Err(later(world, 30, "the keys of QuickBooks are being changed"))
    }

    /// How work ends after Intuit refused what is stored. The app's keys mend themselves when the right ones are
    /// stored; the connection of a company does not.
    async fn refused(
        &self,
        world: &impl World,
        books: &Books,
        stored: StoredTokens,
        app_version: String,
        error: oauth::OAuthError,
    ) -> Result<Stop, Stop> {
        if matches!(error, oauth::OAuthError::InvalidGrant { .. }) {
            mark_refused(world, stored.pointer).await?;
            return reconnect(world, books, &error.to_string()).await;
        }
        let since = world.clock().monotonic();
        *self.unknown_app() = Some((app_version, since));
        let reason = error.to_string();
        let alert = Alert::Connection(ConnectionAlert::AppKeysRefused { reason });
        alerts::raise(world, books, &alert).await?;
        Ok(later(world, 60, error))
    }

    /// Keys that Intuit does not know are not sent for every job that waits.
    fn app_may_be_used(&self, world: &impl World, version: &str) -> Result<(), Stop> {
        let now = world.clock().monotonic();
        match &*self.unknown_app() {
            Some((unknown, since))
                if unknown == version && now.saturating_sub(*since) < APP_PAUSE =>
            {
                Err(later(
                    world,
                    60,
                    "Intuit does not know the app by its client id and secret",
                ))
            }
            _ => Ok(()),
        }
    }

    fn remember(&self, world: &impl World, books: &Books, token: &CachedToken) {
        let now = world.clock().monotonic();
        self.known.put(books, token.clone(), now);
    }

    fn unknown_app(&self) -> MutexGuard<'_, Option<(String, Duration)>> {
        self.unknown_app
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
    let reason = reason.to_owned();
    let alert = Alert::Connection(ConnectionAlert::Reconnect { reason });
    alerts::raise(world, books, &alert).await?;
    Ok(Stop::NotConnected {
        cause: "QuickBooks must be connected again".into(),
    })
}

/// Takes the lease under which tokens are used up and replaced.
pub(crate) async fn take_lease(
    world: &impl World,
    leases: &Leases,
    books: &Books,
) -> Result<Held, Stop> {
    leases
        .take(world, &books.lease("token"), LEASE, PATIENCE)
        .await
}

/// Intuit did not answer, or not as it should.
pub(crate) fn not_renewed(world: &impl World, error: oauth::OAuthError) -> Stop {
    Stop::Failed {
        system: System::Quickbooks,
        until: world.clock().now() + SignedDuration::from_secs(30),
        cause: error.into(),
    }
}

fn later(world: &impl World, seconds: i64, cause: impl Into<Source>) -> Stop {
    Stop::Later {
        until: world.clock().now() + SignedDuration::from_secs(seconds),
        cause: cause.into(),
    }
}
