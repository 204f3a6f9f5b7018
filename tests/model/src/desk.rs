//! A worker that can be stopped, copied and taken up again at everything that it asks of the world.
//!
//! What a worker does follows from what it was told. So the state of a worker *is* what it was told: to go on, it is run
//! anew from its beginning, gets the same answers up to there, and asks its next question.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::FutureExt;
use jiff::Timestamp;
use store::{
    Books, Key, List, ListPage, Page, Position, Record, Table, TableError, Write, WriteError,
};
use uuid::Uuid;

use crate::{
    core::{Program, books},
    quickbooks::{Answer, Filter, Object, Order},
};

/// What a worker asks of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Records of the table.
    Get(Vec<Key>),
    /// A transaction.
    Write(Uuid, Vec<Write>),
    /// A write to QuickBooks.
    Send(Order),
    /// A look-up in QuickBooks.
    Rows(Filter),
    /// The time, in seconds.
    Now,
    /// How Housecall Pro stands.
    Housecall,
}

/// It follows from what was told before.
impl Hash for Ask {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// What a worker is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// These records.
    Records(Vec<Option<Record>>),
    /// It was written, or this record is not as expected.
    Written(Result<(), (Key, Option<Box<Record>>)>),
    /// QuickBooks says so of a write.
    Answer(Answer),
    /// QuickBooks shows this.
    Rows(Vec<Object>),
    /// The time.
    Now(u32),
    /// How Housecall Pro stands.
    Housecall(usize),
}

/// How work ends that reached its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// QuickBooks has what is wanted.
    Synced,
    /// QuickBooks does not take it: a person is told.
    Refused,
    /// The name is another slot's: a person is told.
    HeldBy,
    /// A person must decide.
    Asked,
}

/// How work ends that did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// It is tried again then.
    Later(u32),
    /// Something changed meanwhile: it is planned anew.
    PlanAgain,
}

/// Something that a worker was told, which many states share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it was.
    pub told: Arc<Told>,
    digest: u64,
}

impl From<Told> for Heard {
    fn from(told: Told) -> Self {
        let mut hasher = DefaultHasher::new();
        told.hash(&mut hasher);
        Self {
            told: Arc::new(told),
            digest: hasher.finish(),
        }
    }
}

impl Hash for Heard {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.digest.hash(hasher);
    }
}

/// What a worker's code runs on.
pub struct Desk<'a> {
    /// Whose books.
    pub books: &'a Books,
    told: &'a [Heard],
    heard: AtomicUsize,
    asks: Mutex<Option<Ask>>,
    who: usize,
}

/// How far a run got.
pub(crate) enum Reached {
    Asks(Ask),
    Ends(Result<Outcome, Stop>),
}

/// Runs a worker's code up to the first question that it was not answered yet.
pub(crate) fn replay(program: &dyn Program, who: usize, told: &[Heard]) -> Reached {
    let books = books();
    let desk = Desk {
        books: &books,
        told,
        heard: AtomicUsize::new(0),
        asks: Mutex::new(None),
        who,
    };
    if let Some(end) = program.run(&desk, who).now_or_never() {
        return Reached::Ends(end);
    }
    let mut asks = desk.asks.lock().unwrap_or_else(PoisonError::into_inner);
    #[expect(clippy::expect_used, reason = "a worker waits for nothing else")]
    Reached::Asks(asks.take().expect("a question"))
}

impl Desk<'_> {
    async fn ask(&self, ask: Ask) -> Told {
        let next = self.heard.fetch_add(1, Ordering::Relaxed);
        if let Some(heard) = self.told.get(next) {
            return Told::clone(&heard.told);
        }
        self.wait_for(ask);
        futures::future::pending().await
    }

    fn wait_for(&self, ask: Ask) {
        let mut asks = self.asks.lock().unwrap_or_else(PoisonError::into_inner);
        *asks = Some(ask);
    }

    /// An id that is drawn once: by a worker that was told just this. What is written under it moves a version, so
    /// nobody is told the same again.
    pub fn id(&self) -> Uuid {
        let heard = self.heard.load(Ordering::Relaxed);
        let mut hasher = DefaultHasher::new();
        self.told
            .iter()
            .take(heard)
            .for_each(|told| told.hash(&mut hasher));
        Uuid::from_u64_pair(self.who as u64, hasher.finish())
    }

    /// The time.
    pub async fn now(&self) -> Timestamp {
        match self.ask(Ask::Now).await {
            Told::Now(now) => Timestamp::from_second(now.into()).unwrap_or_default(),
            told => odd(&told),
        }
    }

    /// How Housecall Pro stands.
    pub async fn housecall(&self) -> usize {
        match self.ask(Ask::Housecall).await {
            Told::Housecall(stands) => stands,
            told => odd(&told),
        }
    }

    /// Writes to QuickBooks.
    pub async fn send(&self, request: &qbo::Request) -> Answer {
        match self.ask(Ask::Send(request.into())).await {
            Told::Answer(answer) => answer,
            told => odd(&told),
        }
    }

    /// Looks something up in QuickBooks.
    pub async fn rows(&self, filter: Filter) -> Vec<Object> {
        match self.ask(Ask::Rows(filter)).await {
            Told::Rows(rows) => rows,
            told => odd(&told),
        }
    }
}

#[expect(
    clippy::panic,
    reason = "a worker whose code is not the same each time cannot be replayed"
)]
fn odd<T>(told: &Told) -> T {
    panic!("a worker asked something else than before: it was told {told:?}")
}

impl Table for Desk<'_> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        let mut records = self.get_many(std::slice::from_ref(key)).await?;
        Ok(records.pop().flatten())
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        match self.ask(Ask::Get(keys.to_vec())).await {
            Told::Records(records) => Ok(records),
            told => odd(&told),
        }
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        match self.ask(Ask::Write(writer, writes)).await {
            Told::Written(written) => {
                written.map_err(|(key, current)| WriteError::Conflict { key, current })
            }
            told => odd(&told),
        }
    }

    async fn list(&self, _: &str, _: &str, _: Option<String>) -> Result<Page, TableError> {
        Ok(Page::default())
    }

    async fn due(
        &self,
        _: &str,
        _: Timestamp,
        _: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        Ok(Vec::new())
    }

    async fn page(&self, _: &List, _: usize, _: Option<&Position>) -> Result<ListPage, TableError> {
        Ok(ListPage::default())
    }
}
