//! What a person would do to a table, for the stories to read well.

use jiff::Timestamp;
use store::{Expect, Key, Lists, Record, Table, Write, WriteError};
use uuid::Uuid;

pub(crate) fn key(sort: &str) -> Key {
    Key::new("books#oak#1234", sort)
}

pub(crate) fn someone() -> Uuid {
    Uuid::new_v4()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| panic!("{text} is no time"))
}

pub(crate) fn put(key: &Key, expect: Expect, body: &str) -> Write {
    Write::Put {
        key: key.clone(),
        expect,
        body: body.to_owned(),
        due: None,
        lists: Lists::default(),
        expires: None,
    }
}

pub(crate) fn put_due(key: &Key, expect: Expect, due: Option<Timestamp>) -> Write {
    Write::Put {
        key: key.clone(),
        expect,
        body: "{}".to_owned(),
        due,
        lists: Lists::default(),
        expires: None,
    }
}

pub(crate) fn put_in(key: &Key, expect: Expect, lists: Lists) -> Write {
    Write::Put {
        key: key.clone(),
        expect,
        body: "{}".to_owned(),
        due: None,
        lists,
        expires: None,
    }
}

pub(crate) fn delete(key: &Key, version: u64) -> Write {
    Write::Delete {
        key: key.clone(),
        expect: Expect::Version(version),
    }
}

pub(crate) fn check(key: &Key, expect: Expect) -> Write {
    Write::Check {
        key: key.clone(),
        expect,
    }
}

/// Writes, or fails the story.
pub(crate) async fn write(table: &impl Table, writer: Uuid, writes: Vec<Write>) {
    if let Err(error) = table.write(writer, writes).await {
        panic!("not written: {error}: {error:?}");
    }
}

/// Creates a record as somebody, and gives its writer.
pub(crate) async fn create(table: &impl Table, key: &Key, body: &str) -> Uuid {
    let writer = someone();
    write(table, writer, vec![put(key, Expect::Absent, body)]).await;
    writer
}

/// Reads, or fails the story.
pub(crate) async fn get(table: &impl Table, key: &Key) -> Option<Record> {
    match table.get(key).await {
        Ok(record) => record,
        Err(error) => panic!("{error}"),
    }
}

/// Version and body of a record that must be there.
pub(crate) async fn standing(table: &impl Table, key: &Key) -> (u64, String) {
    match get(table, key).await {
        Some(record) => (record.version, record.body),
        None => panic!("{key} is missing"),
    }
}

/// Writes what must conflict, and gives the record in the way.
pub(crate) async fn conflict(
    table: &impl Table,
    writer: Uuid,
    writes: Vec<Write>,
    on: &Key,
) -> Option<Record> {
    match table.write(writer, writes).await {
        Err(WriteError::Conflict { key, current }) => {
            assert_eq!(key, *on, "the wrong record was named");
            current.map(|record| *record)
        }
        other => panic!("expected a conflict on {on}, got {other:?}"),
    }
}
