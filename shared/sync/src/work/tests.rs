//! A third task goes the way of the others: nothing of how work waits, fails or ends is written for it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp};
use mapping::alert::{Alert, BillTrouble, JobAlert, JobRef, JobTrouble, QuickbooksTrouble};
use ports::{
    Clock, Http, HttpFailure, HttpRequest, HttpResponse, Inbox, Queue, QueueError, QueueMessage,
};
use qbo::RealmId;
use store::{
    Accounts, AlertRecord, Body, Books, Connection, ConnectionStatus, Evidence, NamedId,
    Preferences, Stored, Table, WorkItem, memory::MemoryTable,
};

use crate::{
    Config, Stop,
    engine::{Engine, Outcome},
    intake::sweep::Sweep,
    work::{
        consume::{Delivered, consume},
        message::Subject,
        task::{Failures, Task, Unfinished, Work},
    },
    world::{Parts, World},
};

/// Nobody calls anybody here.
#[derive(Debug)]
struct NoHttp;

impl Http for NoHttp {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        unreachable!("this task calls nobody")
    }
}

type Anywhere = Parts<
    Arc<MemoryTable>,
    NoHttp,
    Arc<FakeSecrets>,
    Arc<FakeQueue>,
    Arc<FakeClock>,
    Arc<SeededChance>,
>;

type End = fn(Timestamp) -> Stop;

/// Counts something, one day.
#[derive(Debug, Default)]
struct Tally {
    /// How its next looks end; without any, well.
    ends: Mutex<VecDeque<End>>,
    /// What it was asked to look at, and by which evidence.
    looks: Mutex<Vec<(String, Vec<String>)>>,
    panics: Mutex<Option<&'static str>>,
}

impl<W: World> Task<W> for Tally {
    const NAME: &'static str = "tally";
    const READS: usize = 2;
    type Record = WorkItem;

    fn subject(of: &str) -> Option<Subject> {
        Some(tally(of))
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let of = work.subject.as_str();
        let waiting = work.waiting;
        let admitted = engine.admit_work(work.cx, of, waiting, true, 2).await;
        let (turn, _) = admitted?;
        let keys = work.evidence.iter().map(|seen| seen.key.clone()).collect();
        self.looks.lock().unwrap().push((of.to_owned(), keys));
        let panics = *self.panics.lock().unwrap();
        assert_ne!(panics, Some(of), "on purpose");
        match self.ends.lock().unwrap().pop_front() {
            Some(end) => Err(Unfinished::after(turn)(end(engine.world.clock().now()))),
            None => Ok(Outcome::Done),
        }
    }

    async fn lasting(
        &self,
        _: &Engine<W>,
        work: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        let zone = work.cx.zone.clone();
        Ok(about(QuickbooksTrouble::KeepsFailing {
            tries: failures.tries,
            since: failures.since.to_zoned(zone).datetime(),
            reason: failures.cause.to_owned(),
        }))
    }
}

fn tally(of: &str) -> Subject {
    Subject::Task {
        name: "tally".to_owned(),
        of: of.to_owned(),
    }
}

/// A company, a worker with the third task, and the queue before it.
struct Office {
    engine: Engine<Anywhere>,
    task: &'static Tally,
    company: CompanyId,
    buried: Mutex<Vec<String>>,
}

impl Inbox for Office {
    async fn postpone(&self, _: &str, wait: Duration) -> Result<(), QueueError> {
        self.engine.world.clock.advance(wait);
        Ok(())
    }

    async fn bury(&self, _: &str, _: &str, reason: &str) -> Result<(), QueueError> {
        self.buried.lock().unwrap().push(reason.to_owned());
        Ok(())
    }
}

impl Office {
    async fn new(ends: &[End]) -> Self {
        let now: Timestamp = "2026-07-24T12:00:00Z".parse().unwrap();
        let world = Parts {
            table: Arc::default(),
            http: NoHttp,
            secrets: Arc::default(),
            queue: Arc::default(),
            clock: Arc::new(FakeClock::new(now)),
            chance: Arc::new(SeededChance::new(7)),
        };
        let config = Config {
            hcp_base_url: String::new(),
            qbo_base_url: String::new(),
            qbo_token_url: String::new(),
            secret_prefix: String::new(),
            settle_after: SignedDuration::from_secs(150),
        };
        let task: &'static Tally = Box::leak(Box::default());
        task.ends.lock().unwrap().extend(ends);
        let mut engine = Engine::new(world, config);
        engine.tasks.push(task);
        engine.due_work.push(task);
        let company = CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
        let office = Self {
            engine,
            task,
            company,
            buried: Mutex::default(),
        };
        let connection = office.connection(now);
        let stored = Stored::new(Connection::key(&office.company), connection);
        let written = office.engine.put(vec![stored.put().unwrap()]).await;
        written.unwrap();
        office
    }

    fn connection(&self, now: Timestamp) -> Connection {
        Connection {
            company: self.company.clone(),
            realm: self.books().realm,
            status: ConnectionStatus::Active,
            connected_at: now,
            time_zone: "America/New_York".to_owned(),
            accounts: Accounts {
                income: NamedId {
                    id: qbo::Id::new("1"),
                    name: "Sales".to_owned(),
                },
                expense: None,
            },
            preferences: Preferences::default(),
            terms: Vec::new(),
            classes: Vec::new(),
            payment_methods: Vec::new(),
            tax_codes: Vec::new(),
            read_at: None,
            extra_accounts: Vec::new(),
            money_accounts: Vec::new(),
            income_accounts: Vec::new(),
            undeposited_funds: None,
            accounted_until: None,
        }
    }

    fn books(&self) -> Books {
        Books {
            company: self.company.clone(),
            realm: RealmId::new("123").unwrap(),
        }
    }

    fn wait(&self, minutes: u64) {
        self.engine
            .world
            .clock
            .advance(Duration::from_secs(60 * minutes));
    }

    async fn enqueue(&self, of: &str, second: i64) {
        let at = Timestamp::from_second(second).unwrap();
        let evidence = Some(Evidence::finished(at));
        let message = self.engine.message(&self.company, tally(of), evidence);
        self.engine
            .world
            .queue
            .send(message.unwrap())
            .await
            .unwrap();
    }

    /// A worker takes all that is in the queue: the messages that come back, for the first or the nth time.
    async fn work(&self, deliveries: u32) -> Vec<QueueMessage> {
        let taken = self.engine.world.queue.take();
        self.engine.world.queue.forget_ids();
        let delivered = |message: &QueueMessage| Delivered {
            id: message.deduplication.clone(),
            receipt: message.deduplication.clone(),
            group: message.group.clone(),
            deliveries,
            body: message.body.clone(),
        };
        let batch = taken.iter().map(delivered).collect();
        let deadline = self.engine.world.clock.monotonic() + Duration::from_secs(60);
        let again = consume(&self.engine, self, batch, deadline).await;
        let back = taken.into_iter();
        back.filter(|message| again.contains(&message.deduplication))
            .collect()
    }

    async fn sweep(&self) -> u64 {
        let deadline = self.engine.world.clock.monotonic() + Duration::from_secs(60);
        self.engine.sweep(Sweep::Parked, deadline).await.unwrap()
    }

    async fn all<T: Body>(&self, prefix: &str) -> Vec<Stored<T>> {
        let partition = self.books().partition();
        let page = self.engine.world.table.list(&partition, prefix, None);
        let records = page.await.unwrap().records;
        let decoded = records.iter().map(|record| Stored::decode(record).unwrap());
        decoded.collect()
    }

    fn looks(&self) -> Vec<(String, Vec<String>)> {
        std::mem::take(&mut *self.task.looks.lock().unwrap())
    }
}

fn later(now: Timestamp) -> Stop {
    Stop::Later {
        until: now + SignedDuration::from_mins(5),
        cause: "the books are being counted".into(),
    }
}

fn refused(_: Timestamp) -> Stop {
    Stop::Refused("not today".into())
}

fn alert(_: Timestamp) -> Stop {
    let what = "july".to_owned();
    about(BillTrouble::NotSupported { what }).into()
}

fn about(trouble: impl Into<JobTrouble>) -> Alert {
    let job = JobRef::unread(&hcp::JobId::parse("job_1").unwrap());
    Alert::Job(JobAlert::new(job, trouble))
}

fn keys(of: &str, keys: &[&str]) -> (String, Vec<String>) {
    let keys = keys.iter().map(|&key| key.to_owned());
    (of.to_owned(), keys.collect())
}

const FIRST: &str = "finished@1970-01-01T00:00:01Z";
const SECOND: &str = "finished@1970-01-01T00:00:02Z";

#[tokio::test]
async fn a_third_task_is_parked_with_its_evidence_and_put_back_when_it_is_due() {
    let office = Office::new(&[later]).await;
    office.enqueue("july", 1).await;
    assert!(
        office.work(1).await.is_empty(),
        "the message has done its work"
    );
    assert_eq!(office.looks(), [keys("july", &[FIRST])]);
    let [item] = office.all::<WorkItem>("tally#").await.try_into().unwrap();
    let waits_for = item.value.waiting.waits_for.unwrap();
    assert!(waits_for.contains("the books are being counted"));
    assert!(item.value.waiting.turn.is_some(), "it keeps its place");
    assert_eq!(office.sweep().await, 0, "it is not due");
    office.wait(4);
    assert_eq!(office.sweep().await, 1);
    assert_eq!(office.sweep().await, 0, "it is in the queue");
    // Meanwhile there is something new.
    office.enqueue("july", 2).await;
    assert!(office.work(1).await.is_empty());
    assert_eq!(office.looks(), [keys("july", &[FIRST, SECOND])]);
    assert!(office.all::<WorkItem>("tally#").await.is_empty(), "done");
    // A late nudge finds nothing to do.
    let nudge = office.engine.message(&office.company, tally("july"), None);
    office
        .engine
        .world
        .queue
        .send(nudge.unwrap())
        .await
        .unwrap();
    assert!(office.work(1).await.is_empty());
    assert!(office.looks().is_empty());
}

#[tokio::test]
async fn v10_a_third_task_that_panics_comes_back_alone_and_one_that_nobody_knows_is_buried() {
    let office = Office::new(&[]).await;
    *office.task.panics.lock().unwrap() = Some("july");
    office.enqueue("july", 1).await;
    office.enqueue("august", 1).await;
    // The queue itself takes what comes back so often for a dead letter.
    for delivery in 1..=10 {
        let back = office.work(delivery).await;
        let [message] = back.as_slice() else {
            panic!("{back:?}");
        };
        assert!(message.body.contains("july"), "{}", message.body);
        office.wait(3);
        office
            .engine
            .world
            .queue
            .send(message.clone())
            .await
            .unwrap();
    }
    let august = office.looks();
    assert_eq!(august.iter().filter(|(of, _)| of == "august").count(), 1);
    assert!(office.buried.lock().unwrap().is_empty());
    drop(office.engine.world.queue.take());
    let unknown = Subject::Task {
        name: "census".to_owned(),
        of: "1".to_owned(),
    };
    let message = office.engine.message(&office.company, unknown, None);
    office
        .engine
        .world
        .queue
        .send(message.unwrap())
        .await
        .unwrap();
    assert!(office.work(1).await.is_empty());
    assert_eq!(*office.buried.lock().unwrap(), ["unknown task census"]);
}

#[tokio::test]
async fn s10_a_third_task_that_keeps_failing_is_told_to_a_person_and_tried_seldom() {
    let office = Office::new(&[refused as End; 8]).await;
    office.enqueue("july", 1).await;
    let mut tries = 0;
    while office.all::<AlertRecord>("alert#").await.is_empty() {
        tries += 1;
        let mut back = office.work(1).await;
        while let Some(message) = back.pop() {
            office.engine.world.queue.send(message).await.unwrap();
        }
        office.wait(3);
        office.sweep().await;
    }
    assert_eq!(office.looks().len(), tries);
    assert!((6..9).contains(&tries), "{tries}");
    let alerts = office.all::<AlertRecord>("alert#").await;
    assert_eq!(alerts[0].value.kind, "keeps_failing");
    let [item] = office.all::<WorkItem>("tally#").await.try_into().unwrap();
    let now = office.engine.world.clock.now();
    let wait = item.due.unwrap().duration_since(now);
    assert!(wait > SignedDuration::from_mins(50), "{wait}");
}

#[tokio::test]
async fn a_third_task_that_a_person_must_decide_on_is_reported_and_done_for_now() {
    let office = Office::new(&[later, alert]).await;
    office.enqueue("july", 1).await;
    office.work(1).await;
    office.wait(5);
    assert_eq!(office.sweep().await, 1);
    assert!(office.work(1).await.is_empty());
    let alerts = office.all::<AlertRecord>("alert#").await;
    assert_eq!(alerts[0].value.kind, "not_supported");
    assert!(office.all::<WorkItem>("tally#").await.is_empty());
}

/// As the version wrote them that had a task for jobs and one for customers only.
#[tokio::test]
async fn messages_in_flight_are_read_and_those_of_today_are_read_by_the_version_before() {
    let office = Office::new(&[]).await;
    for (subject, task) in [
        (r#"{"job":"job_1"}"#, "job"),
        (r#"{"invoice":"invoice_1"}"#, "invoice"),
        (r#"{"customer":"cus_1"}"#, "customer-edit"),
    ] {
        let body = format!(
            r#"{{"v":1,"company":"{}","subject":{subject},"evidence":{{"trigger":"finished","key":"finished@2026-07-24T16:00:00Z","occurred":"2026-07-24T16:00:00Z","at":"2026-07-24T16:00:00Z","invoice":null,"received":"2026-07-24T16:00:00Z"}}}}"#,
            office.company
        );
        let read: super::message::LookAt = serde_json::from_str(&body).unwrap();
        assert_eq!(read.subject.task(), task);
        assert_eq!(serde_json::to_string(&read).unwrap(), body);
        let of = read.subject.as_str();
        let group = read.to_queue(String::new()).unwrap().group;
        assert_eq!(group, format!("{}#{of}", office.company));
        let task = office.engine.task(task).unwrap();
        let key = office.books().work(task.name(), of);
        assert_eq!(Books::parse_work(&key), Some((task.name(), of)));
    }
}
