use std::sync::atomic::{AtomicU32, Ordering};

use fakes::{FakeClock, FakeQueue, FakeSecrets, SeededChance};
use jiff::Timestamp;
use mapping::alert::ConnectionAlert;
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use store::{Key, Page, Record, TableError, memory::MemoryTable};
use uuid::Uuid;

use super::*;
use crate::{retry, world::Parts};

struct NoNetwork;

impl Http for NoNetwork {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        Err(HttpFailure::NotSent {
            host: String::new(),
            reason: "there is no network".to_owned(),
        })
    }
}

/// A table in which another worker writes every alert first, for some times.
struct Contested {
    table: MemoryTable,
    others: AtomicU32,
}

impl Table for Contested {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.table.get(key).await
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.table.get_many(keys).await
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        let left = self.others.load(Ordering::Relaxed);
        if left > 0 {
            self.others.store(left - 1, Ordering::Relaxed);
            let other = Uuid::from_u128(u128::from(left));
            self.table.write(other, writes.clone()).await?;
        }
        self.table.write(writer, writes).await
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
}

#[tokio::test]
async fn s1_a_repeat_is_counted_beside_others_and_who_never_comes_to_it_does_its_work_again() {
    let company = hcp::CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    let books = Books {
        company,
        realm: qbo::RealmId::new("1234567890").unwrap(),
    };
    let alert = Alert::Connection(ConnectionAlert::ReadOnly);
    for others in [0, 1, retry::CHANGES - 1, retry::CHANGES] {
        let world = Parts {
            table: Contested {
                table: MemoryTable::default(),
                others: AtomicU32::new(others),
            },
            http: NoNetwork,
            secrets: FakeSecrets::new(),
            queue: FakeQueue::new(),
            clock: FakeClock::new(Timestamp::UNIX_EPOCH),
            chance: SeededChance::new(1),
        };
        let raised = raise(&world, &books, &alert).await;
        let there = open(&world, &books, None).await.unwrap();
        let counts: Vec<u64> = there.iter().map(|alert| alert.value.count).collect();
        if others == retry::CHANGES {
            assert!(matches!(raised, Err(Stop::PlanAgain(_))), "{raised:?}");
            assert_eq!(counts, [u64::from(others)]);
        } else {
            raised.unwrap();
            assert_eq!(counts, [u64::from(others) + 1]);
        }
    }
}
