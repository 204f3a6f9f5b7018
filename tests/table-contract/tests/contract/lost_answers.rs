//! A lost answer from DynamoDB is not a rival: a proxy hands requests on and cuts the connection instead
//! of handing the answer back.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use adapters::DynamoTable;
use stack::Emulator;
use store::{Expect, Key, Lists, Record, Table, Write, WriteError};
use table_contract::create_table;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;

use crate::local;

/// Hands requests on, and the answers back, except for as many as are to be lost.
struct Proxy {
    endpoint: String,
    to_lose: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(upstream: &str) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let to_lose = Arc::new(AtomicUsize::new(0));
        let losing = to_lose.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&upstream).await.unwrap();
                tokio::spawn(hand_on(client, server, losing.clone()));
            }
        });
        Self { endpoint, to_lose }
    }

    fn lose_next(&self, answers: usize) {
        self.to_lose.store(answers, SeqCst);
    }

    fn left_to_lose(&self) -> usize {
        self.to_lose.load(SeqCst)
    }
}

async fn hand_on(
    mut client: TcpStream,
    mut server: TcpStream,
    to_lose: Arc<AtomicUsize>,
) -> io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read? {
                0 => return Ok(()),
                n => server.write_all(&asked[..n]).await?,
            },
            read = server.read(&mut answered) => match read? {
                0 => return Ok(()),
                _ if to_lose.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() => {
                    return Ok(());
                }
                n => client.write_all(&answered[..n]).await?,
            },
        }
    }
}

struct Scene {
    proxy: Proxy,
    table: DynamoTable,
    _emulator: Emulator,
}

impl Scene {
    async fn start() -> Self {
        let emulator = Emulator::start().await.unwrap();
        create_table(&local::config(emulator.endpoint()).await, "records")
            .await
            .unwrap();
        let proxy = Proxy::start(emulator.endpoint()).await;
        let config = local::config(&proxy.endpoint).await;
        Self {
            table: DynamoTable::new(&config, "records"),
            proxy,
            _emulator: emulator,
        }
    }

    async fn version(&self, key: &Key) -> Option<u64> {
        let record: Option<Record> = self.table.get(key).await.unwrap();
        record.map(|record| record.version)
    }
}

fn put(key: &Key, expect: Expect) -> Write {
    Write::Put {
        key: key.clone(),
        expect,
        body: "{}".to_owned(),
        due: None,
        lists: Lists::default(),
        expires: None,
    }
}

fn delete(key: &Key, version: u64) -> Write {
    Write::Delete {
        key: key.clone(),
        expect: Expect::Version(version),
    }
}

#[tokio::test]
async fn writes_succeed_once_although_answers_are_lost() {
    let scene = Scene::start().await;
    let (a, b) = (Key::new("books", "a"), Key::new("books", "b"));
    let steps = [
        (vec![put(&a, Expect::Absent)], (Some(1), None)),
        (vec![put(&a, Expect::Version(1))], (Some(2), None)),
        (
            vec![put(&a, Expect::Version(2)), put(&b, Expect::Absent)],
            (Some(3), Some(1)),
        ),
        (
            vec![delete(&a, 3), put(&b, Expect::Version(1))],
            (None, Some(2)),
        ),
        (vec![delete(&b, 2)], (None, None)),
    ];
    for (writes, wanted) in steps {
        scene.proxy.lose_next(2);
        scene.table.write(Uuid::new_v4(), writes).await.unwrap();
        assert_eq!(scene.proxy.left_to_lose(), 0, "nothing was lost");
        let found = (scene.version(&a).await, scene.version(&b).await);
        assert_eq!(found, wanted);
    }
}

#[tokio::test]
async fn a_write_that_stays_unanswered_may_be_repeated_as_it_was() {
    let scene = Scene::start().await;
    let a = Key::new("books", "a");
    let (me, writes) = (Uuid::new_v4(), vec![put(&a, Expect::Absent)]);
    scene.proxy.lose_next(3);
    let unknown = scene.table.write(me, writes.clone()).await;
    assert!(matches!(unknown, Err(WriteError::Table(_))), "{unknown:?}");
    scene.table.write(me, writes.clone()).await.unwrap();
    assert_eq!(scene.version(&a).await, Some(1));

    let rival = scene.table.write(Uuid::new_v4(), writes).await;
    assert!(
        matches!(rival, Err(WriteError::Conflict { .. })),
        "{rival:?}"
    );
}
