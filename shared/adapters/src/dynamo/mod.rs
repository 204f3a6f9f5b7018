mod item;
mod read;
mod write;

use std::fmt::Display;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use ports::Source;
use store::{Key, List, ListPage, Page, Position, Record, Table, TableError, Write, WriteError};
use uuid::Uuid;

/// A DynamoDB table with the key `pk`, `sk`, the time to live `expires` and the index `due`
/// (`due_shard`, `due_at`; keys only), and the indexes `list1` to `list4` (`list1_in`, `list1_at`, …; all of a record).
///
/// The SDK repeats calls that failed on the way. For writes that is safe, since each carries its
/// condition and its writer's id: a repetition of what was done finds its own record.
#[derive(Clone, Debug)]
pub struct DynamoTable {
    client: Client,
    name: String,
}

impl DynamoTable {
    /// The table of this name.
    pub fn new(config: &SdkConfig, table_name: impl Into<String>) -> Self {
        Self {
            client: Client::new(config),
            name: table_name.into(),
        }
    }
}

impl Table for DynamoTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        self.read_one(key)
            .await
            .map_err(|source| failed("read", key, source))
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, TableError> {
        self.read_several(keys)
            .await
            .map_err(|source| failed("read", format_args!("{} records", keys.len()), source))
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), WriteError> {
        self.write_all(writer, &writes).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, TableError> {
        self.read_page(partition, prefix, from)
            .await
            .map_err(|source| failed("list", format_args!("{partition} / {prefix}…"), source))
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, TableError> {
        self.read_due(partition, until, limit)
            .await
            .map_err(|source| failed("list", "what is due", source))
    }

    async fn page(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, TableError> {
        self.read_list(list, limit, after)
            .await
            .map_err(|source| failed("list", &list.name, source))
    }
}

fn failed(action: &'static str, what: impl Display, source: Source) -> TableError {
    TableError {
        action,
        what: format!("{what}"),
        source,
    }
}
