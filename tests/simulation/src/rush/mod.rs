//! Many at once: workers, queue, webhooks and sweeps beside each other, each call with the time that it takes, on a
//! clock that jumps over what nobody does anything in.

mod clock;
mod line;
mod slow;

use std::{
    cell::RefCell,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use fakes::{FakeSecrets, SeededChance};
use futures::{
    StreamExt,
    future::{LocalBoxFuture, join_all},
    pin_mut, select_biased,
    stream::FuturesUnordered,
    FutureExt,
};
use hcp::CompanyId;
use hcp_sandbox::{CustomerId, JobId, NewCustomer, NewJob};
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use qbo::RealmId;
use secrecy::SecretString;
use store::{Alert, Books, Job, Stored, memory::MemoryTable};
use sync::{
    AppSecret, Parts, Settings,
    connect::NewConnection,
    consume::consume,
    engine::Engine,
    sweep::Sweep,
    webhook::{HcpSecret, Webhook, WebhookRequest, WebhookSettings},
};

pub use clock::VirtualClock;
pub use line::Line;
pub use slow::{Slow, SlowNetwork, Ways};

use crate::world::{HCP, Network, QBO};

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
    realm: RealmId,
    connection: RefCell<Option<NewConnection>>,
}

/// A deployment for one company. Several deployments share a clock and, where they are one deployment for several
/// companies, table, queue and workers: see [`Rush::and`].
pub struct Rush {
    /// The time.
    pub clock: Arc<VirtualClock>,
    /// The way to the other systems.
    pub ways: Arc<Ways>,
    /// Our table.
    pub table: Arc<MemoryTable>,
    /// The work queue.
    pub line: Arc<Line>,
    /// The company.
    pub company: Company,
    network: Arc<Network>,
    secrets: Arc<FakeSecrets>,
    chance: Arc<SeededChance>,
    latencies: Latencies,
    /// So many of a thousand runs of a worker die in their middle.
    pub deaths: u32,
}

impl Rush {
    /// A connected company without jobs, whose systems enforce their limits.
    pub async fn new(seed: u64, latencies: Latencies) -> Self {
        Self::with(seed, latencies, |_| {}, |_| {}).await
    }

    /// The same, with either side set up differently.
    pub async fn with(
        seed: u64,
        latencies: Latencies,
        hcp: impl FnOnce(&mut hcp_sandbox::Options),
        qbo: impl FnOnce(&mut qbo_sandbox::Options),
    ) -> Self {
        let start: Timestamp = "2026-07-24T13:00:00Z".parse().expect("a time");
        let clock = Arc::new(VirtualClock::new(start));
        let line = Arc::new(Line::new(&clock));
        let company = Company::new(seed, &clock, hcp, qbo);
        let network = Arc::new(Network {
            hcp: Arc::clone(&company.hcp),
            qbo: Arc::clone(&company.qbo),
        });
        let rush = Self {
            ways: Arc::new(Ways::new(&clock, latencies, seed)),
            table: Arc::default(),
            secrets: Arc::default(),
            chance: Arc::new(SeededChance::new(seed)),
            clock,
            line,
            company,
            network,
            latencies,
            deaths: 0,
        };
        let connection = rush.company.connection.take().expect("not connected yet");
        let connected = async {
            let connected = rush.worker().connect(connection).await;
            connected.expect("the company is connected");
            rush.clock.sleep(Duration::from_secs(3 * 3600)).await;
        };
        rush.clock.run(connected).await;
        rush
    }

    /// A new process: it remembers nothing.
    pub fn worker(&self) -> Engine<World> {
        let world = Parts {
            table: Slow::new(&self.table, &self.clock, self.latencies.table),
            http: SlowNetwork {
                network: Arc::clone(&self.network),
                ways: Arc::clone(&self.ways),
            },
            secrets: Slow::new(&self.secrets, &self.clock, self.latencies.secrets),
            queue: Slow::new(&self.line, &self.clock, self.latencies.queue),
            clock: Arc::clone(&self.clock),
            chance: Arc::clone(&self.chance),
        };
        let settings = Settings {
            hcp_base_url: HCP.to_owned(),
            qbo_base_url: QBO.to_owned(),
            qbo_token_url: format!("{QBO}/oauth2/v1/tokens/bearer"),
            secret_prefix: PREFIX.to_owned(),
            settle_after: SignedDuration::from_secs(150),
        };
        Engine::new(world, settings)
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
        deployed.push(self.webhooks().boxed_local());
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
            self.clock.sleep(Duration::from_secs(60).saturating_sub(took)).await;
        }
    }

    /// What Housecall Pro posts, as it arrives.
    async fn webhooks(&self) {
        let queue = Arc::new(Slow::new(&self.line, &self.clock, self.latencies.queue));
        let webhook = Webhook::new(
            Arc::clone(&self.secrets),
            queue,
            Arc::clone(&self.clock),
            WebhookSettings {
                secret_prefix: PREFIX.to_owned(),
                tolerance: Duration::from_secs(86_400),
                max_body: WebhookSettings::MAX_BODY,
            },
        );
        let token = self.path_token().await;
        loop {
            let posted = self.company.hcp.take_arrivals();
            let deliveries = posted.iter().map(async |posted| {
                let request = WebhookRequest {
                    company: self.company.id.as_str(),
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

    async fn path_token(&self) -> String {
        use ports::Secrets;
        use secrecy::ExposeSecret;
        let name = HcpSecret::name(PREFIX, self.company.id.as_str());
        let secret = self.secrets.read(&name, None).await.expect("secrets");
        let secret = HcpSecret::parse(&secret.expect("a secret").text).expect("its form");
        secret.path_token.expose_secret().to_owned()
    }

    /// Takes QuickBooks away, or brings it back.
    pub fn quickbooks_is_away(&self, away: bool) {
        self.ways.quickbooks_is_away.store(away, Ordering::Relaxed);
    }

    /// The books.
    pub fn books(&self) -> Books {
        Books {
            company: self.company.id.clone(),
            realm: self.company.realm.clone(),
        }
    }

    /// The records of all jobs.
    pub fn jobs(&self) -> Vec<Job> {
        self.all("job#")
    }

    /// All alerts, those that were closed included.
    pub fn alerts(&self) -> Vec<Alert> {
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
        clock: &Arc<VirtualClock>,
        hcp: impl FnOnce(&mut hcp_sandbox::Options),
        qbo: impl FnOnce(&mut qbo_sandbox::Options),
    ) -> Self {
        let mut hcp_options = hcp_sandbox::Options {
            clock: hcp_sandbox::Clock::Following(Arc::new({
                let clock = Arc::clone(clock);
                move || clock.now()
            })),
            rate_limit: Some(4),
            seed,
            ..hcp_sandbox::Options::default()
        };
        hcp(&mut hcp_options);
        let mut qbo_options = qbo_sandbox::Options {
            clock: qbo_sandbox::Clock::reading({
                let clock = Arc::clone(clock);
                move || clock.now()
            }),
            limits: true,
            ..qbo_sandbox::Options::default()
        };
        qbo_options.company.custom_txn_numbers = true;
        qbo(&mut qbo_options);
        let id = CompanyId::parse(&hcp_options.company_id.to_string()).expect("a company id");
        let realm = RealmId::new(qbo_options.realm.clone()).expect("a realm");
        let qbo = Arc::new(qbo_sandbox::Sandbox::new(qbo_options.clone()));
        let connection = NewConnection {
            company: id.clone(),
            api_key: SecretString::from(hcp_options.api_key.clone()),
            signing_secrets: vec![SecretString::from(hcp_options.signing_secret.clone())],
            realm: realm.clone(),
            app: AppSecret {
                client_id: qbo_options.client_id.clone(),
                client_secret: qbo_options.client_secret.clone(),
            },
            refresh_token: SecretString::from(qbo.refresh_token()),
            income_account: None,
            expense_account: None,
            time_zone: None,
            invoicing: Some("simple".to_owned()),
            own_sync_is_off: true,
            other_realm: false,
        };
        Self {
            hcp: Arc::new(hcp_sandbox::Sandbox::new(hcp_options)),
            qbo,
            id,
            realm,
            connection: RefCell::new(Some(connection)),
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
        let services = book.iter().filter(|entry| entry.kind != LineKind::Materials);
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

    /// When QuickBooks got the invoice of each job that it has one of, by the numbers of the jobs.
    pub fn invoiced_at(&self) -> Vec<(String, Timestamp)> {
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
}
