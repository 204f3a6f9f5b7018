//! How a record stands in the table.
//!
//! | attribute | type | what |
//! | --- | --- | --- |
//! | `pk`, `sk` | S | the key |
//! | `version` | N | counts the writes |
//! | `writer` | S | UUID of who wrote this version |
//! | `body` | S | JSON |
//! | `due_shard` | S | the same as `pk`, so that the index `due` is kept for each partition; only when due |
//! | `due_at` | N | seconds since 1970, with a fraction where there is one; only when due |
//! | `list1_in`, `list1_at`, …, `list4_at` | S | the list, and the place in it, for each of the indexes `list1` to `list4` in which it stands |
//! | `expires` | N | whole seconds since 1970; the table's time to live |

use std::{collections::HashMap, fmt::Display};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use store::{Index, Key, Lists, Position, Record};
use uuid::Uuid;

pub(super) type Item = HashMap<String, AttributeValue>;

/// Where the index `due` held the records of all partitions before it was kept for each. A record leaves them when it
/// is written next.
pub(super) const FORMER_SHARDS: [&str; 4] = ["0", "1", "2", "3"];

const NANOS: i128 = 1_000_000_000;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}

pub(super) fn key_item(key: &Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), text(&key.partition)),
        ("sk".to_owned(), text(&key.sort)),
    ])
}

/// The attributes of a record.
pub(super) fn to_item(record: &Record, expires: Option<Timestamp>) -> Item {
    let mut item = key_item(&record.key);
    item.insert("version".to_owned(), number(record.version));
    item.insert("writer".to_owned(), text(record.writer));
    item.insert("body".to_owned(), text(&record.body));
    if let Some(due) = record.due {
        item.insert("due_shard".to_owned(), text(&record.key.partition));
        item.insert("due_at".to_owned(), number(seconds(due)));
    }
    for index in Index::ALL {
        if let Some(place) = record.lists.place(index) {
            let [list, sort] = list_names(index);
            item.insert(list, text(&place.list));
            item.insert(sort, text(&place.sort));
        }
    }
    if let Some(expires) = expires {
        let fraction = i64::from(expires.subsec_nanosecond() > 0);
        item.insert("expires".to_owned(), number(expires.as_second() + fraction));
    }
    item
}

/// A record from its attributes, or what is wrong with them.
pub(super) fn from_item(item: &Item) -> Result<Record, String> {
    let version = number_of(item, "version")?;
    let writer = text_of(item, "writer")?;
    Ok(Record {
        key: key_of(item)?,
        version: version
            .parse()
            .map_err(|_| format!("the version {version:?} is no whole number"))?,
        writer: Uuid::parse_str(writer).map_err(|_| "the writer is no UUID".to_owned())?,
        body: text_of(item, "body")?.to_owned(),
        due: item
            .contains_key("due_at")
            .then(|| due_of(item))
            .transpose()?,
        lists: lists_of(item)?,
    })
}

/// The attributes of an index: which list, and where in it.
pub(super) fn list_names(index: Index) -> [String; 2] {
    ["in", "at"].map(|part| format!("{}_{part}", index.name()))
}

fn lists_of(item: &Item) -> Result<Lists, String> {
    let mut lists = Lists::default();
    for index in Index::ALL {
        let [list, sort] = list_names(index);
        if item.contains_key(&list) {
            lists = lists.and(index, text_of(item, &list)?, text_of(item, &sort)?);
        }
    }
    Ok(lists)
}

/// Where an item of a list stands.
pub(super) fn position_of(item: &Item, index: Index) -> Result<Position, String> {
    let [_, sort] = list_names(index);
    Ok(Position {
        sort: text_of(item, &sort)?.to_owned(),
        key: key_of(item)?,
    })
}

/// The key inside an item.
pub(super) fn key_of(item: &Item) -> Result<Key, String> {
    Ok(Key::new(text_of(item, "pk")?, text_of(item, "sk")?))
}

/// When an item is due.
pub(super) fn due_of(item: &Item) -> Result<Timestamp, String> {
    let value = number_of(item, "due_at")?;
    from_seconds(value).ok_or_else(|| format!("due_at {value:?} is no time"))
}

/// Seconds since 1970 as an exact decimal.
pub(super) fn seconds(time: Timestamp) -> String {
    let nanos = time.as_nanosecond();
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, fraction) = (nanos.abs() / NANOS, nanos.abs() % NANOS);
    let text = format!("{sign}{whole}.{fraction:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn from_seconds(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || fraction.len() > 9 {
        return None;
    }
    let nanos: i128 = format!("{whole}{fraction:0<9}").parse().ok()?;
    Timestamp::from_nanosecond(nanos).ok()
}

fn text_of<'a>(item: &'a Item, name: &str) -> Result<&'a str, String> {
    match item.get(name) {
        Some(AttributeValue::S(value)) => Ok(value),
        _ => Err(format!("the attribute {name} is missing or no text")),
    }
}

fn number_of<'a>(item: &'a Item, name: &str) -> Result<&'a str, String> {
    match item.get(name) {
        Some(AttributeValue::N(value)) => Ok(value),
        _ => Err(format!("the attribute {name} is missing or no number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_kept_to_the_nanosecond() {
        for (time, stored) in [
            ("1970-01-01T00:00:00Z", "0"),
            ("2026-11-22T10:00:00Z", "1795341600"),
            ("2026-11-22T10:00:00.5Z", "1795341600.5"),
            ("2026-11-22T10:00:00.000000001Z", "1795341600.000000001"),
            ("1969-12-31T23:59:58.5Z", "-1.5"),
            ("1969-12-31T23:59:59.5Z", "-0.5"),
        ] {
            assert_eq!(seconds(at(time)), stored);
            assert_eq!(from_seconds(stored), Some(at(time)), "{stored}");
        }
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        for text in ["", "soon", "1.0000000001", "99999999999999999"] {
            assert_eq!(from_seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_record_survives_the_way_to_the_table_and_back() {
        let record = Record {
            key: Key::new("books#1", "job#é"),
            version: u64::MAX,
            writer: Uuid::from_u128(7),
            body: "{}".to_owned(),
            due: Some(at("2026-11-22T10:00:00.25Z")),
            lists: Lists::default()
                .and(Index::First, "jobs", "a")
                .and(Index::Fourth, "about", "é"),
        };
        let item = to_item(&record, None);
        assert_eq!(from_item(&item), Ok(record));
    }

    #[test]
    fn a_record_never_expires_early() {
        let record = Record {
            key: Key::new("p", "s"),
            version: 1,
            writer: Uuid::nil(),
            body: String::new(),
            due: None,
            lists: Lists::default(),
        };
        let item = to_item(&record, Some(at("1970-01-01T00:00:01.000000001Z")));
        assert_eq!(item["expires"], number(2));
        assert!(
            item.keys()
                .all(|name| !name.starts_with("due") && !name.starts_with("list"))
        );
    }
}
