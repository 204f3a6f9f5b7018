//! A table in memory, with the same rules as the real one: for simulations and unit tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    list::{List, ListPage, Position},
    table::{Expect, Key, Page, Record, Table, TableError, Write, WriteError},
    verdict::{Finding, conflict},
};

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryTable {
    records: Mutex<BTreeMap<Key, Record>>,
}

impl MemoryTable {
    /// Every record, for assertions.
    pub fn all(&self) -> Vec<Record> {
        self.records().values().cloned().collect()
    }

    fn records(&self) -> MutexGuard<'_, BTreeMap<Key, Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for MemoryTable {
    fn clone(&self) -> Self {
        Self {
            records: Mutex::new(self.records().clone()),
        }
    }
}

impl Table for MemoryTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        Ok(self.records().get(key).cloned())
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        let records = self.records();
        Ok(keys.iter().map(|key| records.get(key).cloned()).collect())
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        // DynamoDB: no two actions of a transaction can target the same item.
        let mut keys = BTreeSet::new();
        if let Some(write) = writes.iter().find(|write| !keys.insert(write.key())) {
            return Err(WriteError::Table(TableError {
                action: "write",
                what: write.key().to_string(),
                source: "a transaction names it twice".into(),
            }));
        }
        let mut records = self.records();
        let findings: Vec<Finding> = writes
            .iter()
            .map(|write| {
                let (Write::Put { key, expect, .. }
                | Write::Delete { key, expect }
                | Write::Check { key, expect }) = write;
                let current = records.get(key);
                let holds = match expect {
                    Expect::Absent => current.is_none(),
                    Expect::Version(version) => current.is_some_and(|r| r.version == *version),
                };
                if holds {
                    Finding::Held
                } else {
                    Finding::Failed(current.cloned().map(Box::new))
                }
            })
            .collect();
        if findings
            .iter()
            .any(|finding| matches!(finding, Finding::Failed(_)))
        {
            return match conflict(writer, &writes, findings) {
                None => Ok(()),
                Some((key, current)) => Err(WriteError::Conflict { key, current }),
            };
        }
        for write in writes {
            match write {
                Write::Put {
                    key,
                    expect,
                    body,
                    due,
                    lists,
                    expires: _,
                } => {
                    let record = Record {
                        key: key.clone(),
                        version: expect.next_version(),
                        writer,
                        body,
                        due,
                        lists,
                    };
                    records.insert(key, record);
                }
                Write::Delete { key, .. } => {
                    records.remove(&key);
                }
                Write::Check { .. } => {}
            }
        }
        Ok(())
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        const PAGE: usize = 100;
        let records = self.records();
        let mut found = records
            .values()
            .filter(|r| r.key.partition == partition && r.key.sort.starts_with(prefix))
            .filter(|r| from.as_ref().is_none_or(|from| r.key.sort > *from));
        let page: Vec<Record> = found.by_ref().take(PAGE).cloned().collect();
        let next = found
            .next()
            .and(page.last().map(|last| last.key.sort.clone()));
        Ok(Page {
            records: page,
            next,
        })
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        let mut found: Vec<(Key, Timestamp)> = self
            .records()
            .values()
            .filter(|r| r.key.partition == partition)
            .filter_map(|r| {
                r.due
                    .filter(|due| *due <= until)
                    .map(|due| (r.key.clone(), due))
            })
            .collect();
        found.sort_by_key(|(_, due)| *due);
        found.truncate(limit);
        Ok(found)
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        let records = self.records();
        let placed = records.values().filter_map(|record| {
            let place = record.lists.place(list.index)?;
            let position = Position {
                sort: place.sort.clone(),
                key: record.key.clone(),
            };
            list.has(place).then_some((position, record))
        });
        let mut placed: Vec<(Position, &Record)> = placed.collect();
        placed.sort_by(|(one, _), (other, _)| one.cmp(other));
        if list.backwards {
            placed.reverse();
        }
        let is_next = |position: &Position| match after {
            Some(after) if list.backwards => position < after,
            Some(after) => position > after,
            None => true,
        };
        placed.retain(|(position, _)| is_next(position));
        let more = placed.len() > limit;
        placed.truncate(limit);
        let next = placed.last().filter(|_| more);
        Ok(ListPage {
            next: next.map(|(position, _)| position.clone()),
            records: placed.iter().map(|(_, record)| (*record).clone()).collect(),
        })
    }
}
