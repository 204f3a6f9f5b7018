use std::sync::{Arc, Mutex, PoisonError};

use fakes::{FakeQueue, FakeSecrets};
use jiff::Timestamp;
use ports::{
    Http, HttpFailure, HttpRequest, HttpResponse, Queue, QueueError, QueueMessage, SecretError,
    SecretValue, Secrets,
};
use secrecy::SecretString;
use store::{
    Key, List, ListPage, Page, Position, Record, Table, TableError, Write, WriteError,
    memory::MemoryTable,
};
use uuid::Uuid;

use crate::steps::Steps;

/// The host under which the engine knows Housecall Pro.
pub(crate) const HCP: &str = "https://hcp.test";
/// The host under which the engine knows QuickBooks.
pub const QBO: &str = "https://qbo.test";
/// The host under which the pages know the sign-in.
pub const SIGN_IN: &str = "https://sign-in.test";

/// Something outside, with its calls counted as steps.
#[derive(Debug)]
pub struct Traced<T> {
    inner: Arc<T>,
    steps: Arc<Steps>,
}

impl<T> Traced<T> {
    pub(crate) fn new(inner: &Arc<T>, steps: &Arc<Steps>) -> Self {
        Self {
            inner: Arc::clone(inner),
            steps: Arc::clone(steps),
        }
    }
}

/// Both sandboxes, by host.
pub struct Network {
    pub(crate) hcp: Arc<hcp_sandbox::Sandbox>,
    pub(crate) qbo: Arc<qbo_sandbox::Sandbox>,
    pub(crate) altered: Arc<Altered>,
}

/// Makes something else of Housecall Pro's answers: given the path that was asked for, and the body.
pub(crate) type Alter = Box<dyn Fn(&str, Vec<u8>) -> Vec<u8> + Send>;

/// Refuses what is sent to QuickBooks: what answers it in QuickBooks' place.
pub(crate) type Refuse = Box<dyn Fn(&HttpRequest) -> Option<Vec<u8>> + Send>;

/// Answers in the place of the sign-in.
pub(crate) type Answers = Box<dyn Fn(&HttpRequest) -> HttpResponse + Send>;

/// How answers are altered; not at all as long as nobody says so.
#[derive(Default)]
pub(crate) struct Altered {
    /// Housecall Pro's.
    pub(crate) answers: Mutex<Option<Alter>>,
    /// QuickBooks'.
    pub(crate) refusals: Mutex<Option<Refuse>>,
    /// The sign-in's; none: nobody is there.
    pub(crate) sign_in: Mutex<Option<Answers>>,
}

impl Altered {
    /// Whether Housecall Pro tells something else than it has.
    pub(crate) fn is_told_otherwise(&self) -> bool {
        let alter = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        alter.is_some()
    }

    fn alter(&self, url: &str, mut answer: HttpResponse) -> HttpResponse {
        let alter = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(alter) = alter.as_ref()
            && answer.status == 200
        {
            answer.body = alter(url.trim_start_matches(HCP), answer.body);
        }
        answer
    }

    fn signed_in(&self, sent: &HttpRequest) -> HttpResponse {
        let answers = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .as_ref()
            .map_or_else(HttpResponse::default, |answers| answers(sent))
    }

    fn refusal(&self, sent: &HttpRequest) -> Option<HttpResponse> {
        let refuse = self.refusals.lock();
        let refuse = refuse.unwrap_or_else(PoisonError::into_inner);
        let body = refuse.as_ref()?(sent)?;
        Some(HttpResponse {
            status: 400,
            headers: Vec::new(),
            body,
        })
    }
}

impl Http for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        if request.url.starts_with(HCP) {
            let url = request.url.clone();
            let answer = self.hcp.send(request).await?;
            Ok(self.altered.alter(&url, answer))
        } else if request.url.starts_with(SIGN_IN) {
            Ok(self.altered.signed_in(&request))
        } else if let Some(refusal) = self.altered.refusal(&request) {
            Ok(refusal)
        } else {
            self.qbo.send(request).await
        }
    }
}

impl Http for Traced<Network> {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let step = self.steps.before(format!("{request:?}"));
        self.steps.pause(step).await;
        let answer = self.inner.send(request).await;
        self.steps.after(step);
        answer
    }
}

impl Table for Traced<MemoryTable> {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        let step = self.steps.before(format!("get {}", key.sort));
        self.steps.pause(step).await;
        let found = self.inner.get(key).await;
        self.steps.after(step);
        found
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        let step = self.steps.before(format!("get {} records", keys.len()));
        self.steps.pause(step).await;
        let found = self.inner.get_many(keys).await;
        self.steps.after(step);
        found
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        let keys: Vec<&str> = writes
            .iter()
            .map(|write| write.key().sort.as_str())
            .collect();
        let step = self.steps.before(format!("write {}", keys.join(", ")));
        self.steps.pause(step).await;
        let written = self.inner.write(writer, writes).await;
        self.steps.after(step);
        written
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        let step = self.steps.before(format!("list {prefix}"));
        self.steps.pause(step).await;
        let page = self.inner.list(partition, prefix, from).await;
        self.steps.after(step);
        page
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        let step = self.steps.before("due".to_owned());
        self.steps.pause(step).await;
        let due = self.inner.due(partition, until, limit).await;
        self.steps.after(step);
        due
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        let step = self.steps.before(format!("page {}", list.name));
        self.steps.pause(step).await;
        let page = self.inner.page(list, limit, after).await;
        self.steps.after(step);
        page
    }
}

impl Queue for Traced<FakeQueue> {
    async fn send(&self, message: QueueMessage) -> Result<(), QueueError> {
        let step = self.steps.before(format!("send {}", message.group));
        self.steps.pause(step).await;
        let sent = self.inner.send(message).await;
        self.steps.after(step);
        sent
    }
}

impl Secrets for Traced<FakeSecrets> {
    async fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<SecretValue>, SecretError> {
        let step = self.steps.before(format!("read secret {name}"));
        self.steps.pause(step).await;
        let read = self.inner.read(name, version).await;
        self.steps.after(step);
        read
    }

    async fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> Result<(), SecretError> {
        let step = self.steps.before(format!("write secret {name}"));
        self.steps.pause(step).await;
        let written = self.inner.write(name, version, text).await;
        self.steps.after(step);
        written
    }
}
