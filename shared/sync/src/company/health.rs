//! What the operator is told by alarms: figures over all companies, without a name (S11).

use std::collections::BTreeSet;

use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use mapping::alert::{AlertKind, Subject};
use ports::{
    Clock,
    figures::{self, Figure},
};
use store::{
    Books, Connection, ConnectionStatus, Heard, Job, Key, Limit, OpenAlert, Stored, Table,
    read_many,
};

use crate::{engine::Engine, stop::Stop, world::World};

/// Pages of the open alerts that are counted, of hundreds each: beyond, there are simply very many.
const MOST_PAGES: usize = 10;

/// Waiting jobs of a company that are looked at, those first that are due first.
const MOST_WAITING: usize = 1_000;

/// Records that one read takes.
const AT_ONCE: usize = 100;

/// An alert is told as a new one for this long, so that the alarm cannot miss it.
const NEW: SignedDuration = SignedDuration::from_mins(10);

/// Silence means something when somebody has had a day to speak.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The figures of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Alerts that are open, of all companies.
    pub open_alerts: usize,
    /// Those of them that came up in the last ten minutes, while others were open already.
    pub further_alerts: usize,
    /// Companies for which one of the two systems, or the app at Intuit, has to be connected again, or what was sent before
    /// has to be restored (V15).
    pub lost_connections: usize,
    /// For how long the oldest change waits that a trigger told of and QuickBooks does not have, in seconds. What became an
    /// alert waits no longer, nor does what an operator has paused.
    pub oldest_unsynced: i64,
    /// Pieces of work that are under way or wait for their time, of all companies that are not paused: jobs, edits, orders; a
    /// thousand of each company at most.
    pub parked: usize,
    /// Active companies for which no webhook came for much longer than is usual for them; weekends are no silence.
    pub silent_companies: usize,
    /// Reads of QuickBooks that Intuit counts against the allowance of this month, of all companies.
    pub metered_reads: u64,
    /// Whether a company has been connected for a day, so that webhooks must have come.
    pub expects_webhooks: bool,
}

impl<W: World> Engine<W> {
    /// Measures how everything stands.
    ///
    /// # Errors
    /// When our own table does not answer.
    pub async fn health(&self) -> Result<Health, Stop> {
        let now = self.world.clock().now();
        let connections = self.companies().await?;
        let alerts = self.all_open_alerts().await?;
        let (new, old): (Vec<_>, Vec<_>) = alerts.iter().partition(|alert| alert.since > now - NEW);
        let (mut oldest, mut parked) = (now, 0);
        let at_work = |connection: &&Connection| connection.status != ConnectionStatus::Paused;
        for connection in connections.iter().filter(at_work) {
            let (many, first) = self.waiting(&connection.books(), now).await?;
            parked += many;
            oldest = oldest.min(first);
        }
        let a_day_old = |connection: &Connection| {
            connection.status == ConnectionStatus::Active && connection.connected_at <= now - DAY
        };
        Ok(Health {
            open_alerts: alerts.len(),
            further_alerts: if old.is_empty() { 0 } else { new.len() },
            lost_connections: lost(&connections, &alerts).len(),
            oldest_unsynced: now.duration_since(oldest).as_secs(),
            parked,
            silent_companies: self.silent(&connections, now).await?,
            metered_reads: self.metered(&connections, now).await?,
            expects_webhooks: connections.iter().any(a_day_old),
        })
    }

    /// How many companies have fallen silent, of those that are at work.
    async fn silent(&self, connections: &[Connection], now: Timestamp) -> Result<usize, Stop> {
        let active = connections
            .iter()
            .filter(|connection| connection.status == ConnectionStatus::Active);
        let active: Vec<&Connection> = active.collect();
        let mut silent = 0;
        for some in active.chunks(AT_ONCE) {
            let keys: Vec<Key> = some.iter().map(|one| one.books().heard()).collect();
            let heard = read_many::<Heard>(self.world.table(), &keys).await?;
            let known = some.iter().zip(heard).filter(|(connection, heard)| {
                let zone = TimeZone::get(&connection.time_zone);
                let both = heard.as_ref().zip(zone.ok());
                both.is_some_and(|(heard, zone)| heard.value.is_silent(now, &zone))
            });
            silent += known.count();
        }
        Ok(silent)
    }

    /// The metered reads of this month, of all companies.
    async fn metered(&self, connections: &[Connection], now: Timestamp) -> Result<u64, Stop> {
        let mut reads = 0;
        for some in connections.chunks(AT_ONCE) {
            let names = some
                .iter()
                .map(|connection| Limit::of_realm(&connection.realm));
            let keys: Vec<Key> = names.map(|name| Limit::key(&name)).collect();
            let limits = read_many::<Limit>(self.world.table(), &keys).await?;
            let limits = limits.iter().flatten();
            let of_each = limits.map(|limit| limit.value.metered_in_month_of(now));
            reads += of_each.sum::<u64>();
        }
        Ok(reads)
    }

    async fn all_open_alerts(&self) -> Result<Vec<OpenAlert>, Stop> {
        let mut alerts = Vec::new();
        let mut from = None;
        for _ in 0..MOST_PAGES {
            let table = self.world.table();
            let page = table.list(OpenAlert::PARTITION, "", from).await?;
            for record in &page.records {
                alerts.push(Stored::<OpenAlert>::decode(record)?.value);
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        Ok(alerts)
    }

    /// How much work of a company waits, and when the oldest trigger happened that is still to be carried; `now` where
    /// there is none.
    async fn waiting(&self, books: &Books, now: Timestamp) -> Result<(usize, Timestamp), Stop> {
        let table = self.world.table();
        let due = table
            .due(&books.partition(), Timestamp::MAX, MOST_WAITING)
            .await?;
        let parked = due.len();
        let waiting: Vec<_> = due
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| Books::parse_job(key).is_some())
            .collect();
        let mut oldest = now;
        for keys in waiting.chunks(AT_ONCE) {
            let jobs = read_many::<Job>(table, keys).await?;
            let jobs = jobs.iter().flatten();
            let marks = jobs.flat_map(|job| job.value.unhandled());
            oldest = marks.map(|mark| mark.at).fold(oldest, Timestamp::min);
        }
        Ok((parked, oldest))
    }
}

/// The companies that are cut off.
fn lost(connections: &[Connection], alerts: &[OpenAlert]) -> BTreeSet<CompanyId> {
    let kinds = [
        AlertKind::Reconnect,
        AlertKind::AppKeysRefused,
        AlertKind::HousecallUnauthorized,
    ]
    .map(AlertKind::name);
    let reconnect = connections
        .iter()
        .filter(|connection| {
            matches!(
                connection.status,
                ConnectionStatus::Reconnect | ConnectionStatus::RecordsLost
            )
        })
        .map(|connection| &connection.company);
    let connection = Subject::Connection.to_string();
    let told = alerts
        .iter()
        .filter(|alert| alert.subject == connection && kinds.contains(&alert.kind.as_str()))
        .map(|alert| &alert.company);
    reconnect.chain(told).cloned().collect()
}

impl Health {
    /// One line for standard output from which CloudWatch makes metrics of the function that measured (embedded metric
    /// format).
    pub fn metric(&self, function: &str, now: Timestamp) -> String {
        let figures = [
            Figure::count("OpenAlerts", self.open_alerts),
            Figure::count("FurtherAlerts", self.further_alerts),
            Figure::count("LostConnections", self.lost_connections),
            Figure::seconds("OldestUnsynced", self.oldest_unsynced),
            Figure::count("ParkedWork", self.parked),
            Figure::count("SilentCompanies", self.silent_companies),
            Figure::count("MeteredReads", self.metered_reads),
        ];
        figures::line(function, now, &figures)
    }

    /// The same for the function that takes webhooks: that nothing came in this moment. So its silence can be told from
    /// there being nobody yet who could speak; without a company that has been connected for a day there is no line.
    pub fn silence(&self, webhook_function: &str, now: Timestamp) -> Option<String> {
        let figures = [Figure::count("WebhookAccepted", 0)];
        self.expects_webhooks
            .then(|| figures::line(webhook_function, now, &figures))
    }
}
