use std::{fmt, future::Future, sync::Arc};

use jiff::Timestamp;
use ports::Source;
use thiserror::Error;
use uuid::Uuid;

use crate::list::{List, ListPage, Lists, Position};

/// The address of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition: the books that the record belongs to.
    pub partition: String,
    /// Sort key within the partition.
    pub sort: String,
}

impl Key {
    /// Joins a partition and a sort key.
    pub fn new(partition: impl Into<String>, sort: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
            sort: sort.into(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.partition, self.sort)
    }
}

/// A stored record: a JSON body and what the table needs to guard it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// Address.
    pub key: Key,
    /// Counts the writes; the first is 1.
    pub version: u64,
    /// Who wrote this version: the id of the attempt.
    pub writer: Uuid,
    /// JSON.
    pub body: String,
    /// When the record wants attention; only such records are found by [`Table::due`].
    pub due: Option<Timestamp>,
    /// Where it stands in lists.
    pub lists: Lists,
}

/// What a write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No record.
    Absent,
    /// A record of exactly this version.
    Version(u64),
}

impl Expect {
    /// The version that a record gets by a write that expects this.
    pub fn next_version(self) -> u64 {
        match self {
            Self::Absent => 1,
            Self::Version(version) => version + 1,
        }
    }
}

/// One change (or mere check) inside a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Writes a record; its version becomes 1, or the expected one plus 1.
    Put {
        /// Address.
        key: Key,
        /// Condition.
        expect: Expect,
        /// JSON.
        body: String,
        /// See [`Record::due`].
        due: Option<Timestamp>,
        /// See [`Record::lists`].
        lists: Lists,
        /// When the table may forget the record. Never set on links, the ledger or alerts.
        expires: Option<Timestamp>,
    },
    /// Removes a record.
    Delete {
        /// Address.
        key: Key,
        /// Condition; a version.
        expect: Expect,
    },
    /// Changes nothing, but the whole write fails unless it holds.
    Check {
        /// Address.
        key: Key,
        /// Condition.
        expect: Expect,
    },
}

impl Write {
    /// The record that this change is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { key, .. } | Self::Delete { key, .. } | Self::Check { key, .. } => key,
        }
    }
}

/// The table could not be reached, or refused.
#[derive(Debug, Error)]
#[error("the table could not {action} {what}: {source}")]
pub struct TableError {
    /// `read`, `write`, `list`.
    pub action: &'static str,
    /// Which record or listing.
    pub what: String,
    /// What the table said.
    pub source: Source,
}

/// Why a write did not happen, or may not have happened.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A condition did not hold; nothing was written.
    #[error("{key} is not as expected")]
    Conflict {
        /// The first record whose condition failed.
        key: Key,
        /// That record as it stands now, so that no second read is needed.
        current: Option<Box<Record>>,
    },
    /// No answer, or a refusal that has nothing to do with the conditions: it may have been written.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Some records of a listing, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// In the order of their sort keys.
    pub records: Vec<Record>,
    /// Pass it on to get the next page; `None` at the end.
    pub next: Option<String>,
}

/// A table with strongly consistent reads and conditional writes.
///
/// A lost answer is not a rival: every write carries the id of its writer, and a write that was done
/// before counts as success ([`crate::verdict`]). So a write may be repeated as it is, with the same
/// writer, until it is answered.
pub trait Table: Send + Sync {
    /// Reads one record, strongly consistent.
    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<Record>, TableError>> + Send;

    /// Reads several (at most 100), strongly consistent, in the order asked.
    fn get_many(
        &self,
        keys: &[Key],
    ) -> impl Future<Output = Result<Vec<Option<Record>>, TableError>> + Send;

    /// Applies all changes or none. At most 100, each key once.
    fn write(
        &self,
        writer: Uuid,
        writes: Vec<Write>,
    ) -> impl Future<Output = Result<(), WriteError>> + Send;

    /// Lists the records of a partition whose sort key begins with `prefix`, strongly consistent.
    /// `from` is the `next` of the page before.
    fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> impl Future<Output = Result<Page, TableError>> + Send;

    /// Finds records of a partition whose `due` is at or before `until`, oldest first, at most `limit`. May
    /// lag behind: read the record itself before acting on it.
    fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Key, Timestamp)>, TableError>> + Send;

    /// Some records of a list, at most `limit`, in one read. `after` is the `next` of the page before. May lag behind: it
    /// is for people to see, and no decision rests on it.
    fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> impl Future<Output = Result<ListPage, TableError>> + Send;
}

impl<T: Table> Table for Arc<T> {
    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<Record>, TableError>> + Send {
        T::get(self, key)
    }

    fn get_many(
        &self,
        keys: &[Key],
    ) -> impl Future<Output = Result<Vec<Option<Record>>, TableError>> + Send {
        T::get_many(self, keys)
    }

    fn write(
        &self,
        writer: Uuid,
        writes: Vec<Write>,
    ) -> impl Future<Output = Result<(), WriteError>> + Send {
        T::write(self, writer, writes)
    }

    fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> impl Future<Output = Result<Page, TableError>> + Send {
        T::list(self, partition, prefix, from)
    }

    fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(Key, Timestamp)>, TableError>> + Send {
        T::due(self, partition, until, limit)
    }

    fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> impl Future<Output = Result<ListPage, TableError>> + Send {
        T::page(self, list, limit, after)
    }
}
