use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::Timestamp;
use ports::Source;
use store::{Key, List, ListPage, Page, Position, Record};

use super::{
    DynamoTable,
    item::{
        FORMER_SHARDS, Item, due_of, from_item, key_item, key_of, list_names, number, position_of,
        seconds, text,
    },
};
use crate::{backoff::Backoff, failure::failure};

/// DynamoDB's limit on the keys of one `BatchGetItem`.
const BATCH: usize = 100;

impl DynamoTable {
    pub(super) async fn read_one(&self, key: &Key) -> Result<Option<Record>, Source> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .send()
            .await
            .map_err(failure)?;
        Ok(answer.item.as_ref().map(from_item).transpose()?)
    }

    pub(super) async fn read_several(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, Source> {
        // DynamoDB refuses a key that is named twice.
        let distinct: Vec<&Key> = BTreeSet::from_iter(keys).into_iter().collect();
        let mut found = HashMap::new();
        for batch in distinct.chunks(BATCH) {
            self.read_batch(batch, &mut found).await?;
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    /// Asks until every key is answered: DynamoDB leaves out what goes beyond 16 MB, and what it has no
    /// capacity for.
    async fn read_batch(
        &self,
        keys: &[&Key],
        found: &mut HashMap<Key, Record>,
    ) -> Result<(), Source> {
        let mut backoff = Backoff::new();
        let mut open: Vec<Item> = keys.iter().map(|key| key_item(key)).collect();
        loop {
            let asked = open.len();
            let wanted = KeysAndAttributes::builder()
                .set_keys(Some(open))
                .consistent_read(true)
                .build()?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.name, wanted)
                .send()
                .await
                .map_err(failure)?;
            for item in answer.responses.iter().flat_map(HashMap::values).flatten() {
                let record = from_item(item)?;
                found.insert(record.key.clone(), record);
            }
            open = answer
                .unprocessed_keys
                .into_iter()
                .flat_map(HashMap::into_values)
                .flat_map(|rest| rest.keys)
                .collect();
            if open.is_empty() {
                return Ok(());
            }
            if open.len() == asked {
                match backoff.next_wait() {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(format!("{asked} keys remain unprocessed").into()),
                }
            }
        }
    }

    pub(super) async fn read_page(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<Page, Source> {
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .consistent_read(true)
            .expression_attribute_values(":partition", text(partition))
            .set_exclusive_start_key(from.map(|sort| key_item(&Key::new(partition, sort))));
        // An empty text is no legal value of a key.
        query = if prefix.is_empty() {
            query.key_condition_expression("pk = :partition")
        } else {
            query
                .key_condition_expression("pk = :partition AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix))
        };
        let answer = query.send().await.map_err(failure)?;
        let records = answer.items.unwrap_or_default();
        Ok(Page {
            records: records.iter().map(from_item).collect::<Result<_, _>>()?,
            next: answer
                .last_evaluated_key
                .map(|last| key_of(&last).map(|key| key.sort))
                .transpose()?,
        })
    }

    pub(super) async fn read_due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, Source> {
        let [a, b, c, d] = FORMER_SHARDS.map(|shard| self.read_due_shard(shard, until, limit));
        let own = self.read_due_shard(partition, until, limit);
        let (own, a, b, c, d) = tokio::try_join!(own, a, b, c, d)?;
        let mut found = [own, a, b, c, d].concat();
        found.retain(|(key, _)| key.partition == partition);
        found.sort_by(|(key, due), (other_key, other_due)| (due, key).cmp(&(other_due, other_key)));
        found.truncate(limit);
        Ok(found)
    }

    async fn read_due_shard(
        &self,
        shard: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Key, Timestamp)>, Source> {
        let mut found = Vec::new();
        let mut from = None;
        while found.len() < limit {
            let answer = self
                .client
                .query()
                .table_name(&self.name)
                .index_name("due")
                .key_condition_expression("due_shard = :shard AND due_at <= :until")
                .expression_attribute_values(":shard", text(shard))
                .expression_attribute_values(":until", number(seconds(until)))
                .set_exclusive_start_key(from)
                .limit(i32::try_from(limit - found.len()).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(failure)?;
            for item in answer.items.iter().flatten() {
                found.push((key_of(item)?, due_of(item)?));
            }
            from = answer.last_evaluated_key;
            if from.is_none() {
                break;
            }
        }
        Ok(found)
    }

    pub(super) async fn read_list(
        &self,
        list: &List,
        limit: usize,
        after: Option<&Position>,
    ) -> Result<ListPage, Source> {
        let [of, sort] = list_names(list.index);
        let from = after.map(|after| {
            let mut from = key_item(&after.key);
            from.insert(of.clone(), text(&list.name));
            from.insert(sort.clone(), text(&after.sort));
            from
        });
        // One more than wanted: so the last page is known as the last.
        let asked = limit.saturating_add(1);
        let mut query = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(list.index.name())
            .scan_index_forward(!list.backwards)
            .expression_attribute_values(":list", text(&list.name))
            .set_exclusive_start_key(from)
            .limit(i32::try_from(asked).unwrap_or(i32::MAX));
        query = match &list.span {
            None => query.key_condition_expression(format!("{of} = :list")),
            Some((first, last)) if first > last => return Ok(ListPage::default()),
            Some((first, last)) => query
                .key_condition_expression(format!(
                    "{of} = :list AND {sort} BETWEEN :first AND :last"
                ))
                .expression_attribute_values(":first", text(first))
                .expression_attribute_values(":last", text(last)),
        };
        let answer = query.send().await.map_err(failure)?;
        let mut items = answer.items.unwrap_or_default();
        let more = items.len() > limit || answer.last_evaluated_key.is_some();
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        Ok(ListPage {
            next: last.map(|last| position_of(last, list.index)).transpose()?,
            records: items.iter().map(from_item).collect::<Result<_, _>>()?,
        })
    }
}
