//! The engine: one per process, with what it remembers between messages.

use std::time::Duration;

use hcp::CompanyId;
use jiff::{Timestamp, tz::TimeZone};
use ports::{Clock, Secrets};
use store::{Body, Connection, ConnectionStatus, Key, Stored, read};
use thiserror::Error;

use crate::{
    calls::{
        api_key::ApiKey, cache::Cache, lease::Leases, limits::Limits, price_books::PriceBooks,
        tokens::Tokens,
    },
    config::Config,
    ctx::Ctx,
    declined::{Declined, NotDone},
    retry::{CHANGES, Change},
    stop::{Stop, broken},
    work::task::{AnyDueWork, AnyTask},
    world::World,
};

/// Does the work. One per process: it remembers tokens, limits and keys between messages.
#[derive(Debug)]
pub struct Engine<W: 'static> {
    pub(crate) world: W,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
    pub(crate) leases: Leases,
    pub(crate) tokens: Tokens,
    pub(crate) price_books: PriceBooks,
    pub(crate) tasks: Vec<&'static dyn AnyTask<W>>,
    pub(crate) due_work: Vec<&'static dyn AnyDueWork<W>>,
    connections: Cache<CompanyId, (Connection, mapping::Settings)>,
    keys: Cache<CompanyId, CachedKey>,
    /// The companies of which it was noted that a webhook came.
    pub(crate) heard: Cache<CompanyId, ()>,
}

/// An API key as it was read.
#[derive(Clone, Debug)]
struct CachedKey {
    key: ApiKey,
    /// When it took the place of another one, on the monotonic clock.
    replaced: Option<Duration>,
}

/// A connection whose time zone is no name that is known here.
#[derive(Debug, Error)]
#[error(
    "the connection of {company} has no usable time zone ({source}): run connect again with --time-zone"
)]
struct NoTimeZone {
    company: CompanyId,
    source: jiff::Error,
}

/// A company that is connected, for those who show what is known of it.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its connection, which may be some seconds old.
    pub connection: Connection,
    /// Its time zone.
    pub zone: TimeZone,
}

/// How a look at a subject ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The message has done its work: sent, reported, of no interest, or put off in a record of its own.
    Done,
    /// The same message is wanted again at that time.
    Again {
        /// When.
        until: Timestamp,
    },
}

/// How long a connection and a key are remembered: a change of settings takes effect within that time.
const REMEMBERED: Duration = Duration::from_secs(30);

/// A worker that noted that a webhook came notes no other of the same company for so long.
const NOTED: Duration = Duration::from_secs(10 * 60);

/// The connection as the settings have it: items are booked to the income account that was chosen since it was made, as long as
/// QuickBooks has that.
pub(crate) fn as_chosen(mut connection: Connection, settings: &mapping::Settings) -> Connection {
    let chosen = settings.income_account.as_ref();
    let mut accounts = connection.income_accounts.iter();
    let chosen = accounts.find(|account| Some(&account.id) == chosen);
    if let Some(account) = chosen.cloned() {
        connection.accounts.income = account;
    }
    connection
}

impl<W: World> Engine<W> {
    pub(crate) fn with_tasks(
        world: W,
        config: Config,
        tasks: Vec<&'static dyn AnyTask<W>>,
        due_work: Vec<&'static dyn AnyDueWork<W>>,
    ) -> Self {
        Self {
            world,
            config,
            limits: Limits::default(),
            leases: Leases::default(),
            tokens: Tokens::default(),
            price_books: PriceBooks::until_replaced(),
            tasks,
            due_work,
            connections: Cache::for_time(REMEMBERED),
            keys: Cache::for_time(REMEMBERED),
            heard: Cache::for_time(NOTED),
        }
    }

    /// Opens connections and remembers the companies, while Lambda still gives the start-up its full CPU. What
    /// fails here is done, or fails, again when it is needed.
    pub async fn warm_up(&self) {
        let companies = self.companies().await.unwrap_or_default();
        let active = |company: &&Connection| company.status == ConnectionStatus::Active;
        if let Some(company) = companies.iter().find(active) {
            let company = &company.company;
            if let Ok(cx) = self.cx(company, Duration::ZERO).await {
                let token = self.token(&cx, None).await.is_ok();
                let key = self.housecall(company).await.is_ok();
                tracing::debug!(token, key, "warm");
            }
        }
    }

    /// Everything outside.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// Where the two systems are.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A company that a person has named.
    ///
    /// # Errors
    /// When it is not connected, or the table does not answer.
    pub async fn company(&self, company: &CompanyId) -> Result<Company, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let Ctx {
            connection, zone, ..
        } = cx;
        Ok(Company { connection, zone })
    }

    /// What one piece of work needs of the connection of a company.
    pub(crate) async fn cx(&self, company: &CompanyId, deadline: Duration) -> Result<Ctx, Stop> {
        let cx = self.find_cx(company, deadline).await?;
        cx.ok_or_else(|| broken(format!("{company} has no connection: run connect for it")))
    }

    /// The same for work that goes on, with the connection as it is by now.
    pub(crate) async fn cx_anew(&self, cx: &Ctx) -> Result<Ctx, Stop> {
        let anew = self.cx(&cx.books.company, cx.deadline).await?;
        let trail = cx.trail.clone();
        Ok(Ctx { trail, ..anew })
    }

    /// The same for what a person asks for, who may have named a company that is not connected.
    pub(crate) async fn cx_for_person(
        &self,
        company: &CompanyId,
        deadline: Duration,
    ) -> Result<Ctx, NotDone> {
        let cx = self.find_cx(company, deadline).await?;
        Ok(cx.ok_or_else(|| not_connected(company))?)
    }

    async fn find_cx(&self, company: &CompanyId, deadline: Duration) -> Result<Option<Ctx>, Stop> {
        let now = self.world.clock().monotonic();
        let (connection, settings) = match self.connections.get(company, now) {
            Some(known) => known,
            None => {
                let Some(connection) = self.find_connection(company).await? else {
                    return Ok(None);
                };
                let settings = self.settings_of(&connection.books()).await?;
                let read = (as_chosen(connection, &settings), settings);
                self.connections.put(company, read.clone(), now);
                read
            }
        };
        let zone = TimeZone::get(&connection.time_zone).map_err(|source| {
            let company = company.clone();
            broken(NoTimeZone { company, source })
        })?;
        let books = connection.books();
        Ok(Some(Ctx::new(books, connection, settings, zone, deadline)))
    }

    /// The connection of a company, as it is stored now.
    pub(crate) async fn find_connection(
        &self,
        company: &CompanyId,
    ) -> Result<Option<Connection>, Stop> {
        let stored = read::<Connection>(self.world.table(), &Connection::key(company)).await?;
        Ok(stored.map(|stored| stored.value))
    }

    /// The connection that a person has named.
    pub(crate) async fn connection_for_person(
        &self,
        company: &CompanyId,
    ) -> Result<Connection, NotDone> {
        let connection = self.find_connection(company).await?;
        Ok(connection.ok_or_else(|| not_connected(company))?)
    }

    /// Forgets what is remembered of a connection, after it turned out to be out of date.
    pub(crate) fn forget(&self, company: &CompanyId) {
        self.connections.forget(company);
        self.keys.forget(company);
    }

    /// A client of Housecall Pro for a company.
    pub(crate) async fn housecall(
        &self,
        company: &CompanyId,
    ) -> Result<hcp::Client<&W::Http>, Stop> {
        let now = self.world.clock().monotonic();
        let key = match self.keys.get(company, now) {
            Some(known) => known.key,
            None => self.read_key(company).await?.key,
        };
        Ok(self.housecall_with(key))
    }

    pub(crate) fn housecall_with(&self, key: ApiKey) -> hcp::Client<&W::Http> {
        hcp::Client::new(self.world.http(), self.config.hcp_base_url.clone(), key.0)
    }

    /// Whether the API key that was refused just now is no longer the stored one; that is then used from now on.
    pub(crate) async fn key_was_replaced(&self, company: &CompanyId) -> Result<bool, Stop> {
        let read = self.read_key(company).await?;
        let now = self.world.clock().monotonic();
        // Others in this process may have sent the same old key, and one of them was here before.
        let lately = |at: Duration| now.saturating_sub(at) < REMEMBERED;
        Ok(read.replaced.is_some_and(lately))
    }

    async fn read_key(&self, company: &CompanyId) -> Result<CachedKey, Stop> {
        let name = ApiKey::name(&self.config.secret_prefix, company.as_str());
        let stored = self.world.secrets().read(&name, None).await?;
        let stored = stored
            .ok_or_else(|| broken(format!("there is no secret {name}: run connect again")))?;
        let key = ApiKey::parse(&stored.text).map_err(broken)?;
        let now = self.world.clock().monotonic();
        let before = self.keys.last(company);
        let replaced = match before {
            Some(before) if !before.key.is_same(&key) => Some(now),
            before => before.and_then(|before| before.replaced),
        };
        let read = CachedKey { key, replaced };
        self.keys.put(company, read.clone(), now);
        Ok(read)
    }
}

pub(crate) fn not_connected(company: &CompanyId) -> Declined {
    let words = format!("{company} has no connection: run connect for it");
    Declined::no_such("connection", company, words)
}

impl<W: World> Engine<W> {
    /// Changes a record on top of what others store meanwhile. Returns the record as it is then, and what the change
    /// came to.
    ///
    /// # Errors
    /// [`Stop::PlanAgain`] after [`CHANGES`] rounds that others won.
    pub(crate) async fn change<T: Body, R>(
        &self,
        key: &Key,
        fresh: impl Fn() -> T,
        change: impl Fn(&mut Stored<T>) -> Change<R>,
    ) -> Result<(Stored<T>, R), Stop> {
        for _ in 0..CHANGES {
            let stored = read::<T>(self.world.table(), key).await?;
            let mut stored = stored.unwrap_or_else(|| Stored::new(key.clone(), fresh()));
            let changed = match change(&mut stored) {
                Change::Store(changed) => changed,
                Change::Nothing(unchanged) => return Ok((stored, unchanged)),
            };
            match self.put(vec![stored.put()?]).await {
                Ok(()) => {
                    stored.written();
                    return Ok((stored, changed));
                }
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::PlanAgain(key.to_string()))
    }
}
