use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use fakes::{FakeSecrets, SeededChance};
use jiff::Timestamp;
use ports::{
    Clock, Http, HttpFailure, HttpRequest, HttpResponse, Queue, QueueError, QueueMessage,
    SecretError, SecretValue, Secrets,
};
use secrecy::SecretString;
use store::{
    Key, List, ListPage, Page, Position, Record, Table, TableError, Write, WriteError,
    memory::MemoryTable,
};
use uuid::Uuid;

use super::{Company, Latencies, clock::VirtualClock, line::Line};
use crate::world::HCP;

/// Something outside that takes its time.
#[derive(Debug)]
pub struct Slow<T> {
    inner: Arc<T>,
    clock: Arc<VirtualClock>,
    takes: Duration,
}

impl<T> Slow<T> {
    pub(super) fn new(inner: &Arc<T>, clock: &Arc<VirtualClock>, takes: Duration) -> Self {
        Self {
            inner: Arc::clone(inner),
            clock: Arc::clone(clock),
            takes,
        }
    }

    async fn pause(&self) {
        self.clock.sleep(self.takes).await;
    }
}

impl Table for Slow<MemoryTable> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.pause().await;
        self.inner.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.pause().await;
        self.inner.get_many(keys).await
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        self.pause().await;
        self.inner.write(writer, writes).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.pause().await;
        self.inner.list(partition, prefix, from).await
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        self.pause().await;
        self.inner.due(partition, until, limit).await
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        self.pause().await;
        self.inner.page(list, limit, after).await
    }
}

impl Queue for Slow<Line> {
    async fn send(&self, message: QueueMessage) -> Result<(), QueueError> {
        self.pause().await;
        self.inner.send(message).await
    }
}

impl Secrets for Slow<FakeSecrets> {
    async fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<SecretValue>, SecretError> {
        self.pause().await;
        self.inner.read(name, version).await
    }

    async fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> Result<(), SecretError> {
        self.pause().await;
        self.inner.write(name, version, text).await
    }
}

/// The way to both systems, and what goes wrong on it.
#[derive(Debug)]
pub struct Ways {
    clock: Arc<VirtualClock>,
    latencies: Latencies,
    /// Neither a connection nor an answer from QuickBooks.
    pub quickbooks_is_away: AtomicBool,
    /// The same of Housecall Pro.
    pub housecall_is_away: AtomicBool,
    /// So many of a thousand reads of Housecall Pro go wrong.
    pub housecall_faults: AtomicUsize,
    chance: SeededChance,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    first_answer: Mutex<Option<Timestamp>>,
}

impl Ways {
    pub(super) fn new(clock: &Arc<VirtualClock>, latencies: Latencies, seed: u64) -> Self {
        Self {
            clock: Arc::clone(clock),
            latencies,
            quickbooks_is_away: AtomicBool::new(false),
            housecall_is_away: AtomicBool::new(false),
            housecall_faults: AtomicUsize::new(0),
            chance: SeededChance::new(seed),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            first_answer: Mutex::new(None),
        }
    }

    /// The most calls that QuickBooks worked on at once.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::Relaxed)
    }

    /// When QuickBooks answered first, since that was last asked for or since it was away.
    pub fn first_answer(&self) -> Option<Timestamp> {
        *self
            .first_answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn answered(&self) {
        let mut first = self
            .first_answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(self.clock.now());
    }

    /// What goes wrong with the next read of Housecall Pro, by chance.
    fn housecall_fault(&self) -> Option<hcp_sandbox::FaultKind> {
        use hcp_sandbox::{FaultKind, HcpFault};
        let of_thousand = usize::try_from(self.chance.next_u64() % 1000).unwrap_or_default();
        if of_thousand >= self.housecall_faults.load(Ordering::Relaxed) {
            return None;
        }
        Some(match of_thousand % 4 {
            0 => HcpFault::ThrottleFor { seconds: 2 }.into(),
            1 => FaultKind::ServerError,
            2 => FaultKind::CommitThenDrop,
            _ => HcpFault::StaleRead.into(),
        })
    }
}

/// The systems of all companies, and the ways to them.
pub struct SlowNetwork {
    pub(super) companies: Arc<Vec<Company>>,
    pub(super) ways: Arc<Ways>,
}

impl SlowNetwork {
    /// The company whose key or whose realm a request names; a request for tokens names none.
    fn company(&self, request: &HttpRequest) -> Option<&Company> {
        self.companies.iter().find(|company| {
            let key = format!("Token {}", company.api_key);
            let realm = format!("/company/{}/", company.realm);
            request.url.contains(&realm) || request.headers.iter().any(|(_, value)| *value == key)
        })
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        if let Some(company) = self.company(&request) {
            if !request.url.starts_with(HCP) {
                return company.qbo.send(request).await;
            }
            if let Some(fault) = self.ways.housecall_fault() {
                company.hcp.inject(hcp_sandbox::Fault::next(fault));
            }
            return company.hcp.send(request).await;
        }
        // Whoever knows the refresh token.
        let mut answer = Ok(HttpResponse::default());
        for company in self.companies.iter() {
            answer = company.qbo.send(request.clone()).await;
            if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
                break;
            }
        }
        answer
    }
}

impl Http for SlowNetwork {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let ways = &self.ways;
        let housecall = request.url.starts_with(HCP);
        let (takes, away) = match housecall {
            true => (ways.latencies.housecall, &ways.housecall_is_away),
            false => (ways.latencies.quickbooks, &ways.quickbooks_is_away),
        };
        if away.load(Ordering::Relaxed) {
            *ways
                .first_answer
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = None;
            ways.clock.sleep(takes).await;
            return Err(HttpFailure::not_sent("away", "nobody listens"));
        }
        if !housecall {
            let now = ways.at_once.fetch_add(1, Ordering::Relaxed) + 1;
            ways.most_at_once.fetch_max(now, Ordering::Relaxed);
        }
        // A worker that dies while it waits does not take its call back.
        let _left = Left(ways, housecall);
        ways.clock.sleep(takes / 2).await;
        let answer = self.answer(request).await;
        ways.clock.sleep(takes / 2).await;
        if !housecall {
            ways.answered();
        }
        answer
    }
}

struct Left<'a>(&'a Ways, bool);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        if !self.1 {
            self.0.at_once.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
