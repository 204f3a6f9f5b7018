use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};
use std::time::Duration;

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use jiff::Timestamp;
use mapping::alert::ConnectionAlert;
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use store::{Key, List, ListPage, Page, Position, Record, TableError, memory::MemoryTable};
use uuid::Uuid;

use super::*;
use crate::{retry, world::Parts};

struct NoNetwork;

impl Http for NoNetwork {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::not_sent("", "there is no network"))
    }
}

/// A table in which another worker writes first: for some times the very same, and once something else. It counts
/// what is read.
#[derive(Default)]
struct Contested {
    table: MemoryTable,
    others: AtomicU32,
    other: Mutex<Vec<Write>>,
    reads: AtomicU32,
}

impl Contested {
    fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }
}

impl Table for Contested {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.read();
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.read();
        self.table.get_many(keys).await
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        let left = self.others.load(Ordering::Relaxed);
        if left > 0 {
            self.others.store(left - 1, Ordering::Relaxed);
            let other = Uuid::from_u128(u128::from(left));
            self.table.write(other, writes.clone()).await?;
        }
        let other = std::mem::take(&mut *self.other.lock().unwrap());
        self.table.write(Uuid::from_u128(99), other).await?;
        self.table.write(writer, writes).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.read();
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

type TestWorld = Parts<Contested, NoNetwork, FakeSecrets, FakeQueue, FakeClock, SeededChance>;

fn world(others: u32) -> TestWorld {
    Parts {
        table: Contested {
            others: AtomicU32::new(others),
            ..Contested::default()
        },
        http: NoNetwork,
        secrets: FakeSecrets::new(),
        queue: FakeQueue::new(),
        clock: FakeClock::new(Timestamp::UNIX_EPOCH),
        chance: SeededChance::new(1),
    }
}

fn books() -> Books {
    let company = hcp::CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    Books {
        company,
        realm: qbo::RealmId::new("1234567890").unwrap(),
    }
}

#[tokio::test]
async fn s1_a_repeat_is_counted_beside_others_and_who_never_comes_to_it_does_its_work_again() {
    let books = books();
    let alert = Alert::Connection(ConnectionAlert::ReadOnly);
    for others in [0, 1, retry::CHANGES - 1, retry::CHANGES] {
        let world = world(others);
        let raised = raise(&world, &books, &alert).await;
        let there = all_open(&world, &books).await.unwrap();
        let counts: Vec<u64> = there.iter().map(|alert| alert.count).collect();
        if others == retry::CHANGES {
            assert!(matches!(raised, Err(Stop::PlanAgain(_))), "{raised:?}");
            assert_eq!(counts, [u64::from(others)]);
        } else {
            raised.unwrap();
            assert_eq!(counts, [u64::from(others) + 1]);
        }
    }
}

#[tokio::test]
async fn s1_open_alerts_are_listed_as_they_stand_the_latest_first_in_one_read() {
    let (world, books) = (world(0), books());
    let alerts = [
        Alert::Connection(ConnectionAlert::ReadOnly),
        Alert::Connection(ConnectionAlert::HousecallUnauthorized),
        Alert::Connection(ConnectionAlert::Reconnect {
            reason: "invalid_grant".to_owned(),
        }),
    ];
    for at in [0, 1, 2, 0] {
        world.clock.advance(Duration::from_secs(60));
        raise(&world, &books, &alerts[at]).await.unwrap();
    }
    let other = Books {
        realm: qbo::RealmId::new("99").unwrap(),
        ..books.clone()
    };
    raise(&world, &other, &alerts[0]).await.unwrap();
    close_one(&world, &books, &Subject::Connection, alerts[1].kind())
        .await
        .unwrap();
    let before = world.table.reads.load(Ordering::Relaxed);
    let listed = all_open(&world, &books).await.unwrap();
    assert_eq!(world.table.reads.load(Ordering::Relaxed) - before, 1);
    let listed: Vec<_> = listed
        .iter()
        .map(|alert| {
            (
                alert.message.clone(),
                alert.count,
                alert.last_at.as_second(),
            )
        })
        .collect();
    assert_eq!(
        listed,
        [(alerts[0].message(), 2, 240), (alerts[2].message(), 1, 180),]
    );
}

/// Whatever two workers do to one alert at once, the index says of it what its record says.
#[tokio::test]
async fn s1_the_index_agrees_with_the_alert_after_any_two_that_change_it_at_once() {
    let (books, alert) = (books(), Alert::Connection(ConnectionAlert::ReadOnly));
    let (subject, kind) = (alert.subject(), alert.kind());
    for (raises, other_raises, open, count) in [
        (true, true, true, 3),
        (true, false, true, 2),
        (false, true, true, 2),
        (false, false, false, 1),
    ] {
        let world = world(0);
        raise(&world, &books, &alert).await.unwrap();
        let mut known = super::open(&world, &books, &subject).await.unwrap();
        let known = known.pop().unwrap();
        let other = if other_raises {
            let mut repeat = known.clone();
            repeat.value.count += 1;
            let noted = noted(&world, &books, &repeat.value.subject, &repeat.value.kind);
            let note = note(&books, &repeat.value, noted.await.unwrap());
            vec![repeat.put().unwrap(), note.put().unwrap()]
        } else {
            end(&world, &books, known.clone()).await.unwrap()
        };
        *world.table.other.lock().unwrap() = other;
        if raises {
            raise(&world, &books, &alert).await.unwrap();
        } else {
            shut(&world, &books, known).await.unwrap();
        }
        let key = books.alert(&subject.to_string(), kind.name());
        let kept = read::<AlertRecord>(world.table(), &key).await.unwrap();
        let kept = kept.unwrap().value;
        assert_eq!((kept.open, kept.count), (open, count));
        let listed = all_open(&world, &books).await.unwrap();
        let listed: Vec<u64> = listed.iter().map(|alert| alert.count).collect();
        assert_eq!(listed, vec![count; usize::from(open)]);
    }
}
