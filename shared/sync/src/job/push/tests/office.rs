//! A company between the two sandboxes, whose jobs are carried several at once, by workers that may die.

use std::{
    future,
    sync::{Arc, Mutex},
    time::Duration,
};

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use futures::FutureExt;
use hcp::CompanyId;
use hcp_sandbox::{CustomerId, Hundredths, JobId, NewCustomer, NewEntry, NewJob, NewLine};
use jiff::{SignedDuration, Timestamp};
use mapping::JobRecords;
use ports::{Clock, Http, HttpFailure, HttpRequest, HttpResponse};
use qbo::RealmId;
use qbo_sandbox::Json;
use secrecy::SecretString;
use store::{
    Job, JobState, Key, List, ListPage, Page, Position, Record, Table, TableError, Write,
    WriteError, memory::MemoryTable,
};
use uuid::Uuid;

use crate::{
    Config, Parts, Stop, company::connect::NewConnection, ctx::Ctx, engine::Engine, job::push::Push,
};

const HCP: &str = "https://hcp.test";
const QBO: &str = "https://qbo.test";

/// How long a run may take, and after how long a write without an answer is settled.
const RUN: Duration = Duration::from_secs(27);
const SETTLE_AFTER: SignedDuration = SignedDuration::from_secs(150);

/// So many moments a worker has left, before and after each of its calls and writes; `None`: all it needs.
type Life = Mutex<Option<usize>>;

/// Waits for good once no moment is left: whoever drops the work then has a dead worker.
async fn live(life: &Life) {
    let is_over = match &mut *life.lock().unwrap() {
        Some(0) => true,
        Some(left) => {
            *left -= 1;
            false
        }
        None => false,
    };
    if is_over {
        future::pending::<()>().await;
    }
}

/// Both sandboxes, by host.
struct Network {
    hcp: Arc<hcp_sandbox::Sandbox>,
    qbo: Arc<qbo_sandbox::Sandbox>,
    life: Arc<Life>,
}

impl Http for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        if request.url.starts_with(HCP) {
            return self.hcp.send(request).await;
        }
        live(&self.life).await;
        let answer = self.qbo.send(request).await;
        live(&self.life).await;
        answer
    }
}

/// A table whose writes may be a worker's last.
struct Records {
    table: Arc<MemoryTable>,
    life: Arc<Life>,
}

impl Table for Records {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.table.get_many(keys).await
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        live(&self.life).await;
        let written = self.table.write(writer, writes).await;
        live(&self.life).await;
        written
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.table.list(partition, prefix, from).await
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        self.table.due(partition, until, limit).await
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        self.table.page(list, limit, after).await
    }
}

type World =
    Parts<Records, Network, Arc<FakeSecrets>, Arc<FakeQueue>, Arc<FakeClock>, Arc<SeededChance>>;

/// How the way of one job ended.
pub(super) type Ended = Result<Option<JobState>, Stop>;

pub(super) struct Office {
    pub(super) clock: Arc<FakeClock>,
    pub(super) hcp: Arc<hcp_sandbox::Sandbox>,
    pub(super) qbo: Arc<qbo_sandbox::Sandbox>,
    table: Arc<MemoryTable>,
    secrets: Arc<FakeSecrets>,
    chance: Arc<SeededChance>,
    company: CompanyId,
}

impl Office {
    /// A company that is connected and has no jobs: they count from 101 on, and their invoices from 1.
    pub(super) async fn new() -> Self {
        Self::whose_invoices_count_from(1).await
    }

    /// The same, where a job's number can be another job's invoice's.
    pub(super) async fn whose_invoices_count_from(first: u32) -> Self {
        let clock = Arc::new(FakeClock::new("2026-07-24T13:00:00Z".parse().unwrap()));
        let now = {
            let clock = Arc::clone(&clock);
            move || clock.now()
        };
        let mut hcp = hcp_sandbox::Options {
            clock: hcp_sandbox::Clock::following(now.clone()),
            ..hcp_sandbox::Options::default()
        };
        hcp.settings.first_invoice_number = first;
        let mut qbo = qbo_sandbox::Options {
            clock: qbo_sandbox::Clock::following(now),
            ..qbo_sandbox::Options::default()
        };
        qbo.company.custom_txn_numbers = true;
        let office = Self {
            clock,
            company: CompanyId::parse(&hcp.company_id.to_string()).unwrap(),
            hcp: Arc::new(hcp_sandbox::Sandbox::new(hcp.clone())),
            qbo: Arc::new(qbo_sandbox::Sandbox::new(qbo.clone())),
            table: Arc::default(),
            secrets: Arc::default(),
            chance: Arc::new(SeededChance::new(1)),
        };
        let connection = NewConnection {
            by: store::By {
                id: "1".to_owned(),
                name: "Robin".to_owned(),
            },
            company: office.company.clone(),
            api_key: Some(SecretString::from(hcp.api_key)),
            signing_secrets: Some(vec![SecretString::from(hcp.signing_secret)]),
            realm: Some(RealmId::new(qbo.realm).unwrap()),
            client_id: Some(qbo.client_id),
            client_secret: Some(SecretString::from(qbo.client_secret)),
            refresh_token: Some(SecretString::from(office.qbo.refresh_token())),
            verifier_tokens: None,
            income_account: None,
            expense_account: None,
            time_zone: None,
            invoicing: Some("simple".to_owned()),
            own_sync_is_off: true,
            other_realm: false,
            anew: false,
        };
        office.worker(None).connect(connection).await.unwrap();
        office.clock.advance(Duration::from_hours(1));
        office
    }

    /// A new process, which has so many moments to live.
    fn worker(&self, moments: Option<usize>) -> Engine<World> {
        let life = Arc::new(Mutex::new(moments));
        let world = Parts {
            table: Records {
                table: Arc::clone(&self.table),
                life: Arc::clone(&life),
            },
            http: Network {
                hcp: Arc::clone(&self.hcp),
                qbo: Arc::clone(&self.qbo),
                life,
            },
            secrets: Arc::clone(&self.secrets),
            queue: Arc::default(),
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
        };
        let config = Config {
            hcp_base_url: HCP.to_owned(),
            qbo_base_url: QBO.to_owned(),
            qbo_token_url: format!("{QBO}/oauth2/v1/tokens/bearer"),
            secret_prefix: "office".to_owned(),
            settle_after: SETTLE_AFTER,
        };
        Engine::new(world, config)
    }

    /// A customer of whom only the name is known.
    pub(super) fn customer(&self, name: &str) -> CustomerId {
        let new = NewCustomer {
            first_name: Some(name.to_owned()),
            ..NewCustomer::default()
        };
        self.hcp.create_customer(new).unwrap()
    }

    /// An entry of the price book.
    pub(super) fn entry(&self, name: &str) -> String {
        let new = NewEntry {
            name: name.to_owned(),
            category: "Visits".to_owned(),
            price: 4_500,
            ..NewEntry::default()
        };
        self.hcp.add_service(new).unwrap()
    }

    /// A finished job with one of each of these entries.
    pub(super) fn job(&self, customer: &CustomerId, entries: &[&str]) -> JobId {
        let lines = entries.iter();
        let lines = lines.map(|entry| NewLine::from_price_book(entry, Hundredths::ONE));
        let new = NewJob {
            lines: lines.collect(),
            ..NewJob::of(customer)
        };
        let job = self.hcp.create_job(new).unwrap();
        self.hcp.finish_job(&job).unwrap();
        job
    }

    /// Carries the main invoices of these jobs in one call, and tells how the way of each ended. What others hold is waited
    /// for.
    pub(super) async fn carry(&self, jobs: &[&JobId]) -> Vec<Ended> {
        let worker = self.worker(None);
        loop {
            match self.carry_as(&worker, jobs).await {
                Err(Stop::Turn { .. }) => self.clock.advance(Duration::from_mins(1)),
                carried => return carried.unwrap(),
            }
        }
    }

    /// The same; the outer error ended the work of all that had not ended.
    pub(super) async fn try_to_carry(&self, jobs: &[&JobId]) -> Result<Vec<Ended>, Stop> {
        self.carry_as(&self.worker(None), jobs).await
    }

    /// The same by a worker that dies after so many moments; whether it had more than it needed. What it held has run out
    /// when the next begins.
    pub(super) fn carry_and_die(&self, jobs: &[&JobId], moments: usize) -> bool {
        let worker = self.worker(Some(moments));
        let carried = self.carry_as(&worker, jobs).now_or_never();
        self.clock.advance(Duration::from_mins(5));
        let has_died = *worker.world.http.life.lock().unwrap() == Some(0);
        if !has_died {
            let ended = carried.unwrap().unwrap();
            assert!(ended.iter().all(Result::is_ok), "{ended:?}");
        }
        !has_died
    }

    async fn carry_as(&self, worker: &Engine<World>, jobs: &[&JobId]) -> Result<Vec<Ended>, Stop> {
        let deadline = self.clock.monotonic() + RUN;
        let cx = worker.cx(&self.company, deadline).await?;
        let mut read = Vec::new();
        for job in jobs {
            read.push(read_job(worker, &cx, job).await?);
        }
        let job = Job::default();
        let documents = read
            .iter()
            .map(|(records, document)| Push::new(records, document, &job));
        let mut pushes: Vec<Push<'_>> = documents.collect();
        worker.drive(&cx, &mut pushes).await?;
        Ok(pushes.into_iter().map(Push::ended).collect())
    }

    /// What QuickBooks has of an entity, by this field.
    pub(super) fn names(&self, entity: &str, field: &str) -> Vec<String> {
        let objects = self.qbo.objects(entity);
        let names = objects.iter().filter_map(|object| object.text(field));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    }

    /// The id of what has this in a field.
    pub(super) fn id(&self, entity: &str, field: &str, is: &str) -> String {
        let objects = self.qbo.objects(entity);
        let found = objects.iter().find(|one| one.text(field) == Some(is));
        found.unwrap().text("Id").unwrap().to_owned()
    }

    /// Somebody makes something in QuickBooks.
    pub(super) fn make(&self, entity: &str, fields: &str) {
        let fields = Json::parse(fields.as_bytes()).unwrap();
        self.qbo.create(entity, &fields).unwrap();
    }
}

async fn read_job(
    worker: &Engine<World>,
    cx: &Ctx,
    job: &JobId,
) -> Result<(JobRecords, mapping::Document), Stop> {
    let id = hcp::JobId::parse(job.as_str()).unwrap();
    let records = worker.read_records(cx, &id, None).await?.unwrap();
    let standing = worker.standing(cx, &records).await?;
    let documents = records.documents_apart(cx.settings.invoicing, &standing);
    let (documents, _) = documents.unwrap();
    let [document] = documents.try_into().unwrap();
    Ok((records, document))
}
