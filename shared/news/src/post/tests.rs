//! A run and everything outside of it, in memory. A run that dies is one whose future never comes to its end.

use std::{
    future::{Future, pending},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use fakes::{FakeClock, FakeSecrets, SeededChance};
use futures::FutureExt;
use ports::{HttpFailure, HttpRequest, HttpResponse, MailError, SecretError, SecretValue};
use secrecy::SecretString;
use store::{List, ListPage, Page, Position, Record, TableError, Write, memory::MemoryTable};

use super::*;
use crate::fixtures::{COMPANY, alert, at, books, people};

const NO_DEADLINE: Duration = Duration::MAX;
const CHANNEL: &str = "https://hooks.slack.com/services/T0001/B0001/abc";

/// Where a run dies: before the effect of its n-th step, or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Death {
    Before(usize),
    After(usize),
}

#[derive(Default)]
struct Outside {
    table: MemoryTable,
    mails: Mutex<Vec<Mail>>,
    posts: Mutex<Vec<HttpRequest>>,
    secrets: FakeSecrets,
    mail_refused: Mutex<bool>,
    slack_status: Mutex<u16>,
    steps: AtomicUsize,
    death: Mutex<Option<Death>>,
}

impl Outside {
    async fn step<T>(&self, effect: impl Future<Output = T>) -> T {
        let step = self.steps.fetch_add(1, Ordering::Relaxed);
        let death = *self.death.lock().unwrap();
        if death == Some(Death::Before(step)) {
            pending::<()>().await;
        }
        let came = effect.await;
        if death == Some(Death::After(step)) {
            pending::<()>().await;
        }
        came
    }
}

impl Table for &Outside {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.step(self.table.get(key)).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.step(self.table.get_many(keys)).await
    }

    async fn write(&self, writer: uuid::Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        self.step(self.table.write(writer, writes)).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.step(self.table.list(partition, prefix, from)).await
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

impl Mailer for &Outside {
    async fn send(&self, mail: Mail) -> Result<(), MailError> {
        let effect = async {
            if *self.mail_refused.lock().unwrap() {
                return Err(MailError("the account may not send".into()));
            }
            self.mails.lock().unwrap().push(mail);
            Ok(())
        };
        self.step(effect).await
    }
}

impl Http for &Outside {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let status = *self.slack_status.lock().unwrap();
        let effect = async {
            self.posts.lock().unwrap().push(request);
            HttpResponse {
                status,
                ..HttpResponse::default()
            }
        };
        Ok(self.step(effect).await)
    }
}

impl Secrets for &Outside {
    async fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> Result<Option<SecretValue>, SecretError> {
        self.step(self.secrets.read(name, version)).await
    }

    async fn write(&self, _: &str, _: &str, _: SecretString) -> Result<(), SecretError> {
        unreachable!("whoever tells people writes no secret")
    }
}

struct Town {
    outside: Outside,
    clock: Arc<FakeClock>,
    chance: Arc<SeededChance>,
}

impl Town {
    /// A company of three at four in the afternoon; Slack takes what comes.
    async fn new() -> Self {
        let town = Self {
            outside: Outside::default(),
            clock: Arc::new(FakeClock::new(at("2026-07-20T22:00:00Z"))),
            chance: Arc::new(SeededChance::new(11)),
        };
        *town.outside.slack_status.lock().unwrap() = 200;
        town.put(&Stored::new(
            Connection::key(&books().company),
            connection(),
        ))
        .await;
        town.put(&Stored::new(People::key(&books().company), people()))
            .await;
        town
    }

    async fn put<T: Body>(&self, stored: &Stored<T>) {
        let writes = vec![stored.put().unwrap()];
        let written = self.outside.table.write(self.chance.uuid(), writes).await;
        written.unwrap();
    }

    async fn raise(&self, kind: &str, job: &str, since: &str) {
        let alert = alert(kind, job, since);
        let key = books().open_alert(&alert.subject, &alert.kind);
        self.put(&Stored::new(key, alert)).await;
    }

    fn open_channel(&self) {
        let address = SlackAddress::parse(CHANNEL).unwrap();
        let text = SlackAddress::to_text(Some(&address)).unwrap();
        let text = secrecy::ExposeSecret::expose_secret(&text).to_owned();
        let secrets = &self.outside.secrets;
        secrets.put(&format!("test/{COMPANY}/slack"), "1", &text);
    }

    /// One run; none: it died.
    fn run(&self, deadline: Duration) -> Option<Tally> {
        self.outside.steps.store(0, Ordering::Relaxed);
        let post = Post {
            ends: Ends {
                table: &self.outside,
                mailer: &self.outside,
                http: &self.outside,
                secrets: &self.outside,
                clock: self.clock.clone(),
                chance: self.chance.clone(),
            },
            secret_prefix: "test".to_owned(),
            office: None,
        };
        post.send_due(deadline).now_or_never().map(Result::unwrap)
    }

    fn pass(&self, minutes: u64) {
        self.clock.advance(Duration::from_secs(minutes * 60));
    }

    fn mails(&self) -> Vec<Mail> {
        self.outside.mails.lock().unwrap().clone()
    }

    fn posts(&self) -> Vec<HttpRequest> {
        self.outside.posts.lock().unwrap().clone()
    }
}

fn connection() -> Connection {
    serde_json::from_value(serde_json::json!({
        "company": COMPANY,
        "realm": "1234567890",
        "status": "active",
        "connected_at": "2026-07-01T08:00:00Z",
        "time_zone": "America/Denver",
        "accounts": { "income": { "id": "79", "name": "Sales" } },
    }))
    .unwrap()
}

#[tokio::test]
async fn s11_an_alert_is_mailed_and_a_second_run_mails_nothing() {
    let town = Town::new().await;
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    let first = town.run(NO_DEADLINE).unwrap();
    assert_eq!(
        (first.sent, first.failed, first.failing, first.untold),
        (1, 0, 0, 0)
    );
    let [mail] = town.mails().try_into().unwrap();
    assert_eq!(mail.to, "ann@example.com");
    assert!(mail.subject.contains("Job 104"));
    town.pass(60);
    assert_eq!(town.run(NO_DEADLINE), Some(Tally::default()));
    assert_eq!(town.mails().len(), 1);
    assert!(town.posts().is_empty(), "there is no channel");
}

#[tokio::test]
async fn s11_a_channel_gets_what_everybody_gets_and_its_address_is_read_only_then() {
    let town = Town::new().await;
    town.open_channel();
    assert_eq!(town.run(NO_DEADLINE), Some(Tally::default()));
    assert_eq!(town.outside.secrets.reads(), 0);
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    assert_eq!(town.run(NO_DEADLINE).unwrap().sent, 2);
    let [post] = town.posts().try_into().unwrap();
    assert_eq!(post.url, CHANNEL);
    let body: serde_json::Value = serde_json::from_slice(&post.body).unwrap();
    assert!(body["text"].as_str().unwrap().contains("Job 104"));
}

#[tokio::test]
async fn s11_a_run_that_dies_leaves_nobody_untold_and_tells_nobody_three_times() {
    let town = Town::new().await;
    town.open_channel();
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    town.run(NO_DEADLINE).unwrap();
    let steps = town.outside.steps.load(Ordering::Relaxed);
    assert!(steps > 10, "{steps}");
    let mut twice = 0;
    for death in (0..steps).flat_map(|step| [Death::Before(step), Death::After(step)]) {
        let town = Town::new().await;
        town.open_channel();
        town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
            .await;
        *town.outside.death.lock().unwrap() = Some(death);
        let died = town.run(NO_DEADLINE);
        assert_eq!(died, None, "{death:?}");
        *town.outside.death.lock().unwrap() = None;
        // Another one in its place, at once, and those of the schedule.
        town.run(NO_DEADLINE).unwrap();
        for _ in 0..4 {
            town.pass(5);
            town.run(NO_DEADLINE).unwrap();
        }
        let got = (town.mails().len(), town.posts().len());
        assert!(
            [(1, 1), (2, 1), (1, 2)].contains(&got),
            "{death:?}: {got:?}"
        );
        twice += usize::from(got != (1, 1));
    }
    // Only where it died between the sending and the entering of that: in the sending, the reading, the writing.
    assert_eq!(twice, 8);
}

#[tokio::test]
async fn s11_what_cannot_be_sent_is_tried_again_and_seen_until_it_is_sent() {
    let town = Town::new().await;
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    *town.outside.mail_refused.lock().unwrap() = true;
    let tally = town.run(NO_DEADLINE).unwrap();
    assert_eq!((tally.failed, tally.failing), (1, 0));
    let at_once = town.run(NO_DEADLINE).unwrap();
    assert_eq!(at_once.failed, 0, "it is not tried again at once");
    town.pass(5);
    let tally = town.run(NO_DEADLINE).unwrap();
    assert_eq!((tally.failed, tally.failing), (1, 1));
    let mut tries = 0;
    for _ in 0..24 {
        town.pass(60);
        let tally = town.run(NO_DEADLINE).unwrap();
        tries += tally.failed;
        assert!(tally.failing >= 1);
    }
    assert!(tries >= 24, "{tries}");
    *town.outside.mail_refused.lock().unwrap() = false;
    town.pass(60);
    let tally = town.run(NO_DEADLINE).unwrap();
    assert_eq!((tally.failed, tally.failing), (0, 0));
    assert!(!town.mails().is_empty());
}

#[tokio::test]
async fn s11_slack_that_refuses_does_not_keep_mails_from_going_out() {
    let town = Town::new().await;
    town.open_channel();
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    for status in [302, 404, 500] {
        *town.outside.slack_status.lock().unwrap() = status;
        town.run(NO_DEADLINE).unwrap();
        town.pass(60);
    }
    assert_eq!((town.mails().len(), town.posts().len()), (1, 3));
    let tally = town.run(NO_DEADLINE).unwrap();
    assert_eq!((tally.sent, tally.failing), (0, 1));
}

#[tokio::test]
async fn s11_a_company_that_cannot_be_told_does_not_keep_others_from_being_told() {
    let town = Town::new().await;
    let mut broken = connection();
    broken.company = "00000000-0000-4000-8000-000000000000".parse().unwrap();
    broken.time_zone = "Nowhere/Else".to_owned();
    town.put(&Stored::new(Connection::key(&broken.company), broken))
        .await;
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    let tally = town.run(NO_DEADLINE).unwrap();
    assert_eq!((tally.sent, tally.untold), (1, 1));
}

#[tokio::test]
async fn s11_when_the_time_is_up_the_rest_waits_for_the_next_run() {
    let town = Town::new().await;
    town.raise("closed_period", "104", "2026-07-20T21:55:00Z")
        .await;
    assert_eq!(town.run(Duration::ZERO), Some(Tally::default()));
    assert!(town.mails().is_empty());
    assert_eq!(town.run(NO_DEADLINE).unwrap().sent, 1);
}

#[tokio::test]
async fn s11_an_alert_of_before_there_were_words_with_it_is_read_by_itself() {
    let town = Town::new().await;
    for (job, open) in [("104", true), ("105", false)] {
        let mut noted = alert("closed_period", job, "2026-07-20T21:55:00Z");
        let mut record = *noted.record.take().unwrap();
        record.open = open;
        let key = books().alert(&noted.subject, &noted.kind);
        town.put(&Stored::new(key, record)).await;
        let key = books().open_alert(&noted.subject, &noted.kind);
        town.put(&Stored::new(key, noted)).await;
    }
    town.run(NO_DEADLINE).unwrap();
    let [mail] = town.mails().try_into().unwrap();
    assert!(mail.text.contains("Job 104") && !mail.text.contains("Job 105"));
}

#[test]
fn s11_what_was_added_while_a_letter_was_sent_is_still_told() {
    let now = at("2026-07-20T22:00:00Z");
    let letter = |after: Option<&str>, until: &str| Letter {
        to: Recipient::Slack,
        about: Matter::New {
            cause: "closed_period".to_owned(),
            after: after.map(at),
            until: at(until),
        },
        tries: 1,
        next: at("2026-07-20T23:00:00Z"),
    };
    let sent = letter(None, "2026-07-20T20:00:00Z");
    let mut told = Told {
        letters: vec![letter(None, "2026-07-20T21:00:00Z")],
        ..Told::default()
    };
    enter(&mut told, &sent, now);
    let rest = letter(Some("2026-07-20T20:00:00Z"), "2026-07-20T21:00:00Z");
    let rest = Letter {
        tries: 0,
        next: now,
        ..rest
    };
    assert_eq!(told.letters, std::slice::from_ref(&rest));
    enter(&mut told, &rest, now);
    assert!(told.letters.is_empty());
}
