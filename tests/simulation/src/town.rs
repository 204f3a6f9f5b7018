use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use futures::FutureExt;
use hcp::CompanyId;
use hcp_sandbox::{JobId, Webhook as Posted};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, HttpRequest, HttpResponse, Inbox, QueueError, QueueMessage};
use qbo::RealmId;
use secrecy::SecretString;
use store::{AlertRecord, Books, By, Job, JobState, Stored, memory::MemoryTable};
use sync::{
    Config, Parts,
    company::connect::NewConnection,
    engine::Engine,
    intake::hcp_webhook::{Webhook, WebhookConfig, WebhookRequest, WebhookSecret},
    intake::sweep::Sweep,
    work::consume::{Delivered, consume},
    work::message::Subject,
};

use crate::{
    logged,
    steps::Steps,
    world::{Altered, HCP, Network, QBO, Traced},
};

/// The world that a worker sees.
pub type Seen = Parts<
    Traced<MemoryTable>,
    Traced<Network>,
    Traced<FakeSecrets>,
    Traced<FakeQueue>,
    Arc<FakeClock>,
    Arc<SeededChance>,
>;

/// One consumer process, with what it remembers.
pub type Worker = Engine<Seen>;

const PREFIX: &str = "town";

/// Who does what a person does.
pub fn person() -> By {
    By {
        id: "person-1".to_owned(),
        name: "Robin Office".to_owned(),
    }
}

/// How long a function may run.
const TIME_OUT: Duration = Duration::from_secs(27);

/// How long a message stays hidden after its worker died.
const VISIBILITY: Duration = Duration::from_secs(180);

/// After so many deliveries a message goes to the dead-letter queue.
const MOST_DELIVERIES: u32 = 5;

/// A company in Housecall Pro, its books in QuickBooks, and everything between them.
pub struct Town {
    /// The time.
    pub clock: Arc<FakeClock>,
    /// Housecall Pro.
    pub hcp: Arc<hcp_sandbox::Sandbox>,
    /// QuickBooks.
    pub qbo: Arc<qbo_sandbox::Sandbox>,
    /// Our table.
    pub table: Arc<MemoryTable>,
    /// The work queue.
    pub queue: Arc<FakeQueue>,
    /// The secrets.
    pub secrets: Arc<FakeSecrets>,
    /// What is done, step by step.
    pub steps: Arc<Steps>,
    /// What nobody could read, or what failed too often.
    pub dead_letters: Mutex<Vec<String>>,
    chance: Arc<SeededChance>,
    company: CompanyId,
    realm: RealmId,
    hcp_options: hcp_sandbox::Options,
    qbo_options: qbo_sandbox::Options,
    deliveries: Mutex<BTreeMap<String, u32>>,
    pub(crate) altered: Arc<Altered>,
}

impl Town {
    /// A connected company with customers and a price book, and no jobs.
    pub async fn new(seed: u64) -> Self {
        Self::with(seed, |_| {}, |_| {}).await
    }

    /// The same, with either side set up differently.
    pub async fn with(
        seed: u64,
        hcp: impl FnOnce(&mut hcp_sandbox::Options),
        qbo: impl FnOnce(&mut qbo_sandbox::Options),
    ) -> Self {
        let start: Timestamp = "2026-07-24T13:00:00Z".parse().expect("a time");
        let clock = Arc::new(FakeClock::new(start));
        let mut hcp_options = hcp_sandbox::Options {
            clock: hcp_sandbox::Clock::following({
                let clock = Arc::clone(&clock);
                move || clock.now()
            }),
            seed,
            ..hcp_sandbox::Options::default()
        };
        hcp(&mut hcp_options);
        let mut qbo_options = qbo_sandbox::Options {
            clock: qbo_sandbox::Clock::following({
                let clock = Arc::clone(&clock);
                move || clock.now()
            }),
            ..qbo_sandbox::Options::default()
        };
        qbo_options.company.custom_txn_numbers = true;
        qbo(&mut qbo_options);
        let company = CompanyId::parse(&hcp_options.company_id.to_string()).expect("a company id");
        let realm = RealmId::new(qbo_options.realm.clone()).expect("a realm");
        let town = Self {
            clock,
            hcp: Arc::new(hcp_sandbox::Sandbox::new(hcp_options.clone())),
            qbo: Arc::new(qbo_sandbox::Sandbox::new(qbo_options.clone())),
            table: Arc::default(),
            queue: Arc::default(),
            secrets: Arc::default(),
            steps: Arc::default(),
            dead_letters: Mutex::default(),
            chance: Arc::new(SeededChance::new(seed)),
            company,
            realm,
            hcp_options,
            qbo_options,
            deliveries: Mutex::default(),
            altered: Arc::default(),
        };
        logged::keep();
        town.connect().await;
        town.clock.advance(Duration::from_secs(3600 * 3));
        town
    }

    /// An operator connects the company, for the first time or again.
    pub async fn connect(&self) {
        let connected = self.worker().connect(self.connection()).await;
        connected.expect("the company is connected");
    }

    /// What connecting the company takes.
    pub fn connection(&self) -> NewConnection {
        NewConnection {
            by: person(),
            company: self.company.clone(),
            api_key: Some(SecretString::from(self.hcp_options.api_key.clone())),
            signing_secrets: Some(vec![SecretString::from(
                self.hcp_options.signing_secret.clone(),
            )]),
            realm: Some(self.realm.clone()),
            client_id: Some(self.qbo_options.client_id.clone()),
            client_secret: Some(SecretString::from(self.qbo_options.client_secret.clone())),
            refresh_token: Some(SecretString::from(self.qbo.refresh_token())),
            verifier_tokens: None,
            income_account: None,
            expense_account: None,
            time_zone: None,
            invoicing: Some("simple".to_owned()),
            own_sync_is_off: true,
            other_realm: false,
            anew: false,
        }
    }

    /// From now on the engine gets something else than Housecall Pro answered: `alter` is given the path that was asked
    /// for, and the body.
    pub fn alter_answers(&self, alter: impl Fn(&str, Vec<u8>) -> Vec<u8> + Send + 'static) {
        let mut altered = self
            .altered
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *altered = Some(Box::new(alter));
    }

    /// QuickBooks refuses what this answers instead of it, from now on.
    pub fn refuse_in_quickbooks(
        &self,
        refuse: impl Fn(&HttpRequest) -> Option<Vec<u8>> + Send + 'static,
    ) {
        let refusals = self.altered.refusals.lock();
        *refusals.unwrap_or_else(PoisonError::into_inner) = Some(Box::new(refuse));
    }

    /// The sign-in of the pages answers so, from now on.
    pub fn answer_sign_in(&self, answer: impl Fn(&HttpRequest) -> HttpResponse + Send + 'static) {
        let answers = self.altered.sign_in.lock();
        *answers.unwrap_or_else(PoisonError::into_inner) = Some(Box::new(answer));
    }

    /// A person pushes a job by hand.
    pub async fn push_by_hand(&self, job: &JobId) {
        let job = Subject::Job(hcp::JobId::parse(job.as_str()).expect("a job's id"));
        let worker = self.worker();
        let pushed = worker.push_by_hand(&self.company, &job, &person()).await;
        pushed.expect("the queue takes it");
    }

    /// The schedule has all looked at that changed in QuickBooks.
    pub async fn pull(&self) {
        let told = self.worker().schedule_pulls().await;
        assert_eq!(told.expect("the queue takes it"), 1);
        self.settle().await;
        // What Housecall Pro tells of our own notes.
        self.settle().await;
    }

    /// A new process: it remembers nothing.
    pub fn worker(&self) -> Worker {
        let world = Parts {
            table: Traced::new(&self.table, &self.steps),
            http: Traced::new(
                &Arc::new(Network {
                    hcp: Arc::clone(&self.hcp),
                    qbo: Arc::clone(&self.qbo),
                    altered: Arc::clone(&self.altered),
                }),
                &self.steps,
            ),
            secrets: Traced::new(&self.secrets, &self.steps),
            queue: Traced::new(&self.queue, &self.steps),
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

    /// The books of this town.
    pub fn books(&self) -> Books {
        Books {
            company: self.company.clone(),
            realm: self.realm.clone(),
        }
    }

    /// When a worker that starts now must end.
    pub fn deadline(&self) -> Duration {
        self.clock.monotonic() + TIME_OUT
    }

    /// Takes what Housecall Pro posted since the last time, and puts it on the queue.
    pub async fn post(&self) {
        self.receive(self.hcp.take_webhooks()).await;
    }

    /// Receives these webhooks, in this order.
    pub async fn receive(&self, webhooks: Vec<Posted>) {
        let webhook = Webhook::new(
            Arc::clone(&self.secrets),
            Arc::clone(&self.queue),
            Arc::clone(&self.clock),
            WebhookConfig {
                secret_prefix: PREFIX.to_owned(),
                tolerance: Duration::from_secs(86_400),
                max_body: WebhookConfig::MAX_BODY,
            },
        );
        let token = self.path_token().await;
        for posted in webhooks {
            let outcome = webhook
                .receive(WebhookRequest {
                    company: self.company.as_str(),
                    token: &token,
                    timestamp: posted.header("api-timestamp"),
                    signature: posted.header("api-signature"),
                    body: &posted.body,
                })
                .await;
            assert_eq!(outcome.status(), 200, "{outcome:?}");
        }
    }

    async fn path_token(&self) -> String {
        use ports::Secrets;
        use secrecy::ExposeSecret;
        let name = WebhookSecret::name(PREFIX, self.company.as_str());
        let secret = self.secrets.read(&name, None).await.expect("secrets");
        let secret = WebhookSecret::parse(&secret.expect("a secret").text).expect("its form");
        secret.path_token.expose_secret().to_owned()
    }

    /// Hands one batch from the queue to a worker; what it does not take goes back. Returns whether the
    /// worker lived.
    pub async fn batch(&self, worker: &Worker) -> bool {
        let taken: Vec<QueueMessage> = self.queue.take();
        let (batch, rest) = taken.split_at(taken.len().min(10));
        self.queue.forget_ids();
        self.put_back(rest.iter().cloned()).await;
        let delivered: Vec<Delivered> = batch
            .iter()
            .map(|message| Delivered {
                id: message.deduplication.clone(),
                receipt: message.deduplication.clone(),
                group: message.group.clone(),
                deliveries: self.count(&message.deduplication),
                body: message.body.clone(),
            })
            .collect();
        let inbox = TownInbox { town: self };
        let again = consume(worker, &inbox, delivered, self.deadline()).await;
        for message in batch {
            if !again.contains(&message.deduplication) {
                self.deleted(&message.deduplication);
            }
        }
        let again = batch
            .iter()
            .filter(|message| again.contains(&message.deduplication))
            .filter(|message| {
                let dead = self.deliveries_of(&message.deduplication) >= MOST_DELIVERIES;
                if dead {
                    self.bury_body(&message.body);
                }
                !dead
            })
            .cloned();
        self.put_back(again).await;
        if self.steps.crashed() {
            self.clock.advance(VISIBILITY);
            return false;
        }
        true
    }

    async fn put_back(&self, messages: impl Iterator<Item = QueueMessage>) {
        use ports::Queue;
        for message in messages {
            self.queue.send(message).await.expect("the queue takes it");
        }
    }

    fn count(&self, id: &str) -> u32 {
        let mut deliveries = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = deliveries.entry(id.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// The same message sent again is a new one to the queue.
    fn deleted(&self, id: &str) {
        let mut deliveries = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        deliveries.remove(id);
    }

    fn deliveries_of(&self, id: &str) -> u32 {
        let deliveries = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        deliveries.get(id).copied().unwrap_or_default()
    }

    fn bury_body(&self, body: &str) {
        let mut letters = self
            .dead_letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        letters.push(body.to_owned());
    }

    /// Takes webhooks, works and sweeps, minute by minute, until nothing is left to do. A worker that dies
    /// is followed by a new one.
    pub async fn settle(&self) {
        const LONGEST: u32 = 24 * 60;
        let mut worker = self.worker();
        for _ in 0..LONGEST {
            self.post().await;
            while !self.queue.messages().is_empty() {
                if !self.batch(&worker).await {
                    self.steps.begin(None);
                    worker = self.worker();
                }
            }
            if self.table.all().iter().all(|record| record.due.is_none()) {
                return;
            }
            self.clock.advance(Duration::from_secs(60));
            let swept = AssertUnwindSafe(worker.sweep(Sweep::Parked, self.deadline()));
            match swept.catch_unwind().await {
                Ok(swept) => drop(swept.expect("the sweep runs")),
                Err(_) if self.steps.crashed() => {
                    self.steps.begin(None);
                    worker = self.worker();
                }
                Err(panic) => resume_unwind(panic),
            }
        }
        panic!("work is left after a day: {:?}", self.waiting());
    }

    /// What waits, and why.
    pub fn waiting(&self) -> Vec<String> {
        self.all::<Job>("job#")
            .into_iter()
            .filter(|job| job.due.is_some())
            .map(|job| format!("{}: {:?}", job.key.sort, job.value.waiting.waits_for))
            .collect()
    }

    /// All records of a kind.
    pub fn all<T: store::Body>(&self, prefix: &str) -> Vec<Stored<T>> {
        self.table
            .all()
            .iter()
            .filter(|record| record.key.sort.starts_with(prefix))
            .map(|record| Stored::decode(record).expect("a record of that kind"))
            .collect()
    }

    /// The types of the open alerts, sorted.
    pub fn open_alerts(&self) -> Vec<String> {
        let mut kinds: Vec<String> = self
            .all::<AlertRecord>("alert#")
            .into_iter()
            .filter(|alert| alert.value.open)
            .map(|alert| alert.value.kind)
            .collect();
        kinds.sort();
        kinds
    }

    /// How the card of a job shows it.
    pub fn state(&self, job: &JobId) -> JobState {
        let key = format!("job#{}", job.as_str());
        let jobs = self.all::<Job>(&key);
        jobs.first()
            .map_or(JobState::NotSynced, |job| job.value.state)
    }
}

struct TownInbox<'a> {
    town: &'a Town,
}

impl Inbox for TownInbox<'_> {
    async fn postpone(&self, _receipt: &str, wait: Duration) -> Result<(), QueueError> {
        self.town.clock.advance(wait);
        Ok(())
    }

    async fn bury(&self, _group: &str, body: &str, _reason: &str) -> Result<(), QueueError> {
        self.town.bury_body(body);
        Ok(())
    }
}
