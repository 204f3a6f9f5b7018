//! The engine: one per process, with what it remembers between messages.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hcp::CompanyId;
use jiff::{Timestamp, tz::TimeZone};
use ports::{Clock, Secrets};
use store::{Connection, ConnectionStatus, read};

use crate::{
    books::Session, lease::Leases, limits::Limits, price_book::PriceBooks, settings::Settings,
    stop::Stop, tokens::Tokens, webhook::HcpSecret, world::World,
};

/// Does the work. One per process: it remembers tokens, limits and keys between messages.
#[derive(Debug)]
pub struct Engine<W> {
    pub(crate) world: W,
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    pub(crate) leases: Leases,
    pub(crate) tokens: Tokens,
    pub(crate) price_books: PriceBooks,
    connections: Mutex<HashMap<CompanyId, (Duration, Connection, mapping::Settings)>>,
    keys: Mutex<HashMap<CompanyId, (Duration, HcpSecret)>>,
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

impl<W: World> Engine<W> {
    /// Puts it together.
    pub fn new(world: W, settings: Settings) -> Self {
        Self {
            world,
            settings,
            limits: Limits::default(),
            leases: Leases::default(),
            tokens: Tokens::default(),
            price_books: PriceBooks::default(),
            connections: Mutex::default(),
            keys: Mutex::default(),
        }
    }

    /// Opens connections and remembers the companies, while Lambda still gives the start-up its full CPU. What
    /// fails here is done, or fails, again when it is needed.
    pub async fn warm_up(&self) {
        let companies = self.companies().await.unwrap_or_default();
        let active = |company: &&Connection| company.status == ConnectionStatus::Active;
        if let Some(company) = companies.iter().find(active) {
            let company = &company.company;
            if let Ok(session) = self.session(company, Duration::ZERO).await {
                let token = self.token(&session, None).await.is_ok();
                let key = self.housecall(company).await.is_ok();
                tracing::debug!(token, key, "warm");
            }
        }
    }

    /// Everything outside.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// The connection of a company, and what one piece of work needs of it.
    pub(crate) async fn session(
        &self,
        company: &CompanyId,
        deadline: Duration,
    ) -> Result<Session, Stop> {
        let now = self.world.clock().monotonic();
        let known = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(company)
            .filter(|(since, ..)| now.saturating_sub(*since) < REMEMBERED)
            .map(|(_, connection, settings)| (connection.clone(), settings.clone()));
        let (connection, settings) = match known {
            Some(known) => known,
            None => {
                let connection = self.read_connection(company).await?;
                let settings = self.settings_of(&connection.books()).await?;
                self.connections
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(company.clone(), (now, connection.clone(), settings.clone()));
                (connection, settings)
            }
        };
        let zone = TimeZone::get(&connection.time_zone).map_err(|error| {
            Stop::Broken(format!(
                "the connection of {company} has no usable time zone ({error}): run connect again with --time-zone"
            ))
        })?;
        let books = connection.books();
        Ok(Session::new(books, connection, settings, zone, deadline))
    }

    /// The connection of a company, as it is stored now.
    pub(crate) async fn read_connection(&self, company: &CompanyId) -> Result<Connection, Stop> {
        let stored = read::<Connection>(self.world.table(), &Connection::key(company)).await?;
        let unknown = || Stop::Broken(format!("{company} has no connection: run connect for it"));
        Ok(stored.ok_or_else(unknown)?.value)
    }

    /// Forgets what is remembered of a connection, after it turned out to be out of date.
    pub(crate) fn forget(&self, company: &CompanyId) {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(company);
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(company);
    }

    /// A client of Housecall Pro for a company.
    pub(crate) async fn housecall(
        &self,
        company: &CompanyId,
    ) -> Result<hcp::Client<&W::Http>, Stop> {
        let now = self.world.clock().monotonic();
        let known = self
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(company)
            .filter(|(since, _)| now.saturating_sub(*since) < REMEMBERED)
            .map(|(_, secret)| secret.clone());
        let secret = match known {
            Some(secret) => secret,
            None => {
                let name = HcpSecret::name(&self.settings.secret_prefix, company.as_str());
                let secret = self.world.secrets().read(&name, None).await?;
                let secret = secret.ok_or_else(|| {
                    Stop::Broken(format!("there is no secret {name}: run connect again"))
                })?;
                let secret = HcpSecret::parse(&secret.text)
                    .map_err(|error| Stop::Broken(error.to_string()))?;
                self.keys
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(company.clone(), (now, secret.clone()));
                secret
            }
        };
        Ok(hcp::Client::new(
            self.world.http(),
            self.settings.hcp_base_url.clone(),
            secret.api_key,
        ))
    }
}
