//! Many at once: workers, queue, webhooks and sweeps beside each other, each call with the time that it takes, on a
//! clock that jumps over what nobody does anything in.

mod clock;
mod line;
mod slow;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::Ordering},
    time::Duration,
};

use fakes::{FakeSecrets, SeededChance};
use futures::{
    FutureExt, StreamExt,
    future::{LocalBoxFuture, join_all},
    pin_mut, select_biased,
    stream::FuturesUnordered,
};
use hcp::CompanyId;
use hcp_sandbox::{CustomerId, JobId, NewCustomer, NewJob};
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use qbo::RealmId;
use secrecy::SecretString;
use store::{AlertRecord, Job, Stored, memory::MemoryTable};
use sync::{
    Config, Parts,
    company::connect::NewConnection,
    engine::Engine,
    intake::hcp_webhook::{Webhook, WebhookConfig, WebhookRequest, WebhookSecret},
    intake::sweep::Sweep,
    work::consume::consume,
};
use uuid::Uuid;

pub use clock::VirtualClock;
pub use line::Line;
pub use slow::{Slow, SlowNetwork, Ways};

use crate::world::{HCP, QBO};

const PREFIX: &str = "rush";

/// How long a function may run.
const TIME_OUT: Duration = Duration::from_secs(27);

/// Consumers at work at once, as deployed.
const WORKERS: usize = 5;

/// How long each call takes.
#[derive(Clone, Copy, Debug)]
pub struct Latencies {
    /// A read of Housecall Pro.
    pub housecall: Duration,
    /// A call to QuickBooks.
    pub quickbooks: Duration,
    /// A call to the table.
    pub table: Duration,
    /// A call to the store of secrets.
    pub secrets: Duration,
    /// A message sent.
    pub queue: Duration,
}

impl Default for Latencies {
    /// As they were measured of the real ones.
    fn default() -> Self {
        Self {
            housecall: Duration::from_millis(250),
            quickbooks: Duration::from_millis(600),
            table: Duration::from_millis(5),
            secrets: Duration::from_millis(15),
            queue: Duration::from_millis(20),
        }
    }
}

type World = Parts<
    Slow<MemoryTable>,
    SlowNetwork,
    Slow<FakeSecrets>,
    Slow<Line>,
    Arc<VirtualClock>,
    Arc<SeededChance>,
>;

/// A company in Housecall Pro with its books in QuickBooks.
pub struct Company {
    /// Housecall Pro.
    pub hcp: Arc<hcp_sandbox::Sandbox>,
    /// QuickBooks.
    pub qbo: Arc<qbo_sandbox::Sandbox>,
    id: CompanyId,
    pub(crate) realm: RealmId,
    pub(crate) api_key: String,
    connection: Mutex<Option<NewConnection>>,
}

/// A deployment with its companies.
pub struct Rush {
    /// The time.
    pub clock: Arc<VirtualClock>,
    /// The way to the other systems.
    pub ways: Arc<Ways>,
    /// Our table.
    pub table: Arc<MemoryTable>,
    /// The work queue.
    pub line: Arc<Line>,
    /// The companies.
    pub companies: Arc<Vec<Company>>,
    secrets: Arc<FakeSecrets>,
    chance: Arc<SeededChance>,
    latencies: Latencies,
    /// So many of a thousand runs of a worker die in their middle.
    pub deaths: u32,
}

impl Rush {
    /// A connected company without jobs, whose systems enforce their limits.
    pub async fn new(seed: u64, latencies: Latencies) -> Self {
        Self::with(seed, latencies, 1, |_| {}, |_| {}).await
    }

    /// So many of them, with either side set up differently.
    pub async fn with(
        seed: u64,
        latencies: Latencies,
        companies: u32,
        hcp: impl Fn(&mut hcp_sandbox::Options),
        qbo: impl Fn(&mut qbo_sandbox::Options),
    ) -> Self {
        let start: Timestamp = "2026-07-24T13:00:00Z".parse().expect("a time");
        let clock = Arc::new(VirtualClock::new(start));
        let companies = (0..companies).map(|n| Company::new(seed, n, &clock, &hcp, &qbo));
        let rush = Self {
            ways: Arc::new(Ways::new(&clock, latencies, seed)),
            table: Arc::default(),
            secrets: Arc::default(),
            chance: Arc::new(SeededChance::new(seed)),
            line: Arc::new(Line::new(&clock)),
            companies: Arc::new(companies.collect()),
            clock,
            latencies,
            deaths: 0,
        };
        let connected = async {
            for company in rush.companies.iter() {
                let connection = company.connection.lock().expect("not poisoned").take();
                let connection = connection.expect("not connected yet");
                let connected = rush.worker().connect(connection).await;
                connected.expect("the company is connected");
            }
            rush.clock.sleep(Duration::from_secs(3 * 3600)).await;
        };
        rush.clock.run(connected).await;
        rush
    }

    /// The only company, or the first.
    pub fn company(&self) -> &Company {
        &self.companies[0]
    }

    /// A new process: it remembers nothing.
    pub fn worker(&self) -> Engine<World> {
        let world = Parts {
            table: Slow::new(&self.table, &self.clock, self.latencies.table),
            http: SlowNetwork {
                companies: Arc::clone(&self.companies),
                ways: Arc::clone(&self.ways),
            },
            secrets: Slow::new(&self.secrets, &self.clock, self.latencies.secrets),
            queue: Slow::new(&self.line, &self.clock, self.latencies.queue),
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
        };
        let config = Config {
            hcp_base_url: HCP.to_owned(),
            qbo_base_url: QBO.to_owned(),
            qbo_token_url: format!("{QBO}/oauth2/v1/tokens/bearer"),
            secret_prefix: PREFIX.to_owned(),
            settle_after: SignedDuration::from_secs(150),
        };
        Engine::new(world, config)
    }

    /// Runs everything that is deployed, and beside it what people and the world do, until that is over and no work is
    /// left, at most for `longest`. Tells whether it ended.
    pub async fn run(&self, people: impl Future<Output = ()>, longest: Duration) -> bool {
        let until = self.clock.monotonic() + longest;
        let mut deployed: FuturesUnordered<LocalBoxFuture<'_, ()>> = FuturesUnordered::new();
        for _ in 0..WORKERS {
            deployed.push(self.consume().boxed_local());
        }
        deployed.push(self.sweeps().boxed_local());
        for company in self.companies.iter() {
            deployed.push(self.webhooks(company).boxed_local());
        }
        let world = async {
            people.await;
            loop {
                self.clock.sleep(Duration::from_secs(1)).await;
                let done = self.is_done();
                if done || self.clock.monotonic() > until {
                    return done;
                }
            }
        }
        .fuse();
        let ended = async {
            pin_mut!(world);
            let everything = async { while deployed.next().await.is_some() {} }.fuse();
            pin_mut!(everything);
            select_biased! {
                done = world => done,
                () = everything => false,
            }
        };
        self.clock.run(ended).await
    }

    fn is_done(&self) -> bool {
        self.line.is_empty() && self.table.all().iter().all(|record| record.due.is_none())
    }

    /// A consumer: one batch after the other, for ever. One that dies is followed by a new one.
    async fn consume(&self) {
        let mut worker = self.worker();
        loop {
            let batch = self.line.receive();
            if batch.is_empty() {
                self.clock.sleep(Duration::from_millis(100)).await;
                continue;
            }
            let ids: Vec<String> = batch.iter().map(|message| message.id.clone()).collect();
            let deadline = self.clock.monotonic() + TIME_OUT;
            let dice = self.chance.next_u64();
            let dies = dice % 1000 < u64::from(self.deaths);
            let life = match dies {
                true => Duration::from_millis((dice >> 32) % 3_000),
                false => Duration::from_secs(3_600),
            };
            let again = {
                let work = consume(&worker, &*self.line, batch, deadline).fuse();
                let death = self.clock.sleep(life).fuse();
                pin_mut!(work, death);
                select_biased! {
                    again = work => Some(again),
                    () = death => None,
                }
            };
            match again {
                Some(again) => self.line.done(&ids, &again),
                None => worker = self.worker(),
            }
        }
    }

    async fn sweeps(&self) {
        let worker = self.worker();
        // Schedules begin at the minute, and work does not.
        self.clock.sleep(Duration::from_secs(37)).await;
        for minute in 0_u32.. {
            let began = self.clock.monotonic();
            let deadline = began + TIME_OUT;
            // A sweep that fails is followed by the next one.
            let mut swept = vec![worker.sweep(Sweep::Parked, deadline).await];
            if minute % 15 == 14 {
                swept.push(worker.sweep(Sweep::Paid, deadline).await);
            }
            let took = self.clock.monotonic() - began;
            self.clock
                .sleep(Duration::from_secs(60).saturating_sub(took))
                .await;
        }
    }

    /// What Housecall Pro posts, as it arrives.
    async fn webhooks(&self, company: &Company) {
        let queue = Arc::new(Slow::new(&self.line, &self.clock, self.latencies.queue));
        let webhook = Webhook::new(
            Arc::clone(&self.secrets),
            queue,
            Arc::clone(&self.clock),
            WebhookConfig {
                secret_prefix: PREFIX.to_owned(),
                tolerance: Duration::from_secs(86_400),
                max_body: WebhookConfig::MAX_BODY,
            },
        );
        let token = self.path_token(company).await;
        loop {
            let posted = company.hcp.take_arrivals();
            let deliveries = posted.iter().map(async |posted| {
                let request = WebhookRequest {
                    company: company.id.as_str(),
                    token: &token,
                    timestamp: posted.header("api-timestamp"),
                    signature: posted.header("api-signature"),
                    body: &posted.body,
                };
                let outcome = webhook.receive(request).await;
                assert_eq!(outcome.status(), 200, "{outcome:?}");
            });
            join_all(deliveries).await;
            self.clock.sleep(Duration::from_millis(50)).await;
        }
    }

    async fn path_token(&self, company: &Company) -> String {
        use ports::Secrets;
        use secrecy::ExposeSecret;
        let name = WebhookSecret::name(PREFIX, company.id.as_str());
        let secret = self.secrets.read(&name, None).await.expect("secrets");
        let secret = WebhookSecret::parse(&secret.expect("a secret").text).expect("its form");
        secret.path_token.expose_secret().to_owned()
    }

    /// Takes QuickBooks away, or brings it back.
    pub fn quickbooks_is_away(&self, away: bool) {
        self.ways.quickbooks_is_away.store(away, Ordering::Relaxed);
    }

    /// The records of all jobs.
    pub fn jobs(&self) -> Vec<Job> {
        self.all("job#")
    }

    /// All alerts, those that were closed included.
    pub fn alerts(&self) -> Vec<AlertRecord> {
        self.all("alert#")
    }

    fn all<T: store::Body>(&self, prefix: &str) -> Vec<T> {
        self.table
            .all()
            .iter()
            .filter(|record| record.key.sort.starts_with(prefix))
            .map(|record| Stored::decode(record).expect("a record of that kind").value)
            .collect()
    }
}

impl Company {
    fn new(
        seed: u64,
        number: u32,
        clock: &Arc<VirtualClock>,
        hcp: impl Fn(&mut hcp_sandbox::Options),
        qbo: impl Fn(&mut qbo_sandbox::Options),
    ) -> Self {
        let mut hcp_options = hcp_sandbox::Options {
            clock: hcp_sandbox::Clock::following({
                let clock = Arc::clone(clock);
                move || clock.now()
            }),
            rate_limit: Some(4),
            seed,
            ..hcp_sandbox::Options::default()
        };
        if number > 0 {
            hcp_options.api_key = format!("{}-{number}", hcp_options.api_key);
            hcp_options.company_id = Uuid::from_u128(u128::from(number));
        }
        hcp(&mut hcp_options);
        let mut qbo_options = qbo_sandbox::Options {
            clock: qbo_sandbox::Clock::following({
                let clock = Arc::clone(clock);
                move || clock.now()
            }),
            limits: true,
            ..qbo_sandbox::Options::default()
        };
        qbo_options.company.custom_txn_numbers = true;
        if number > 0 {
            qbo_options.realm = format!("{}{number}", qbo_options.realm);
            qbo_options.refresh_token = format!("{}-{number}", qbo_options.refresh_token);
        }
        qbo(&mut qbo_options);
        let id = CompanyId::parse(&hcp_options.company_id.to_string()).expect("a company id");
        let realm = RealmId::new(qbo_options.realm.clone()).expect("a realm");
        let qbo = Arc::new(qbo_sandbox::Sandbox::new(qbo_options.clone()));
        let connection = NewConnection {
            by: crate::person(),
            company: id.clone(),
            api_key: Some(SecretString::from(hcp_options.api_key.clone())),
            signing_secrets: Some(vec![SecretString::from(hcp_options.signing_secret.clone())]),
            realm: Some(realm.clone()),
            client_id: Some(qbo_options.client_id),
            client_secret: Some(SecretString::from(qbo_options.client_secret)),
            refresh_token: Some(SecretString::from(qbo.refresh_token())),
            verifier_tokens: None,
            income_account: None,
            expense_account: None,
            time_zone: None,
            invoicing: Some("simple".to_owned()),
            own_sync_is_off: true,
            other_realm: false,
            anew: false,
        };
        Self {
            api_key: hcp_options.api_key.clone(),
            hcp: Arc::new(hcp_sandbox::Sandbox::new(hcp_options)),
            qbo,
            id,
            realm,
            connection: Mutex::new(Some(connection)),
        }
    }

    /// A customer of that name.
    pub fn new_customer(&self, name: &str) -> CustomerId {
        let customer = NewCustomer {
            first_name: Some(name.to_owned()),
            last_name: Some("Sample".to_owned()),
            ..NewCustomer::default()
        };
        self.hcp.create_customer(customer).expect("a customer")
    }

    /// A job with two services from the price book and a line typed by hand.
    pub fn new_job(&self, customer: &CustomerId) -> JobId {
        use hcp_sandbox::{Hundredths, LineKind, NewLine};
        let book = self.hcp.price_book();
        let services = book
            .iter()
            .filter(|entry| entry.kind != LineKind::Materials);
        let from_book = |entry: &hcp_sandbox::PriceBookEntry| {
            NewLine::from_price_book(&entry.uuid, Hundredths::ONE)
        };
        let mut lines: Vec<NewLine> = services.take(2).map(from_book).collect();
        lines.push(NewLine::labor("Haul away old unit", 4_550, Hundredths::ONE));
        let job = NewJob {
            lines,
            ..NewJob::of(customer)
        };
        self.hcp.create_job(job).expect("a job")
    }

    /// When QuickBooks got each invoice, by its number.
    pub fn invoiced_at(&self) -> BTreeMap<String, Timestamp> {
        let invoices = self.qbo.objects("Invoice");
        invoices
            .iter()
            .map(|invoice| {
                let number = invoice.text("DocNumber").unwrap_or_default().to_owned();
                let made = invoice.text("MetaData.CreateTime").expect("a time");
                (number, made.parse().expect("a time"))
            })
            .collect()
    }

    /// When each of these jobs came, and when QuickBooks got its invoice.
    pub fn times(&self, came: &[(JobId, Timestamp)]) -> Vec<(Timestamp, Option<Timestamp>)> {
        let made = self.invoiced_at();
        let times = came.iter().map(|(job, came)| {
            let job = self.hcp.job(job).expect("the job");
            let number = job["invoice_number"].as_str().unwrap_or_default();
            (*came, made.get(number).copied())
        });
        times.collect()
    }

    /// How often either system said that it was called too often.
    pub fn throttled(&self) -> usize {
        let quickbooks = self.qbo.calls();
        let quickbooks = quickbooks.iter().filter(|call| call.status == Some(429));
        let housecall = self.hcp.calls();
        let housecall = housecall.iter().filter(|call| call.status == 429);
        quickbooks.count() + housecall.count()
    }
}
