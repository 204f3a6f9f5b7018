//! Lists: records in an order of their own, page by page. Where a record stands in them follows from its value, and is
//! written with it: so a list never disagrees with its records, and nobody can forget it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::table::{Key, Record};

/// An index of the table. Each holds many lists, and a record once at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Index {
    /// `list1`.
    First,
    /// `list2`.
    Second,
    /// `list3`.
    Third,
    /// `list4`.
    Fourth,
}

impl Index {
    /// All there are.
    pub const ALL: [Self; 4] = [Self::First, Self::Second, Self::Third, Self::Fourth];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "list1",
            Self::Second => "list2",
            Self::Third => "list3",
            Self::Fourth => "list4",
        }
    }
}

/// Where a record stands in an index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The list.
    pub list: String,
    /// What it is sorted by there, in the order of the bytes.
    pub sort: String,
}

/// Where a record stands in lists: once in each index, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lists(Vec<(Index, Place)>);

/// Bytes of a place that are kept. DynamoDB refuses a record with more than 1,024 of them in a sort key, or none.
const MOST_BYTES: usize = 900;

impl Lists {
    /// The same, and in this list too.
    #[must_use]
    pub fn and(mut self, index: Index, list: impl Into<String>, sort: impl Into<String>) -> Self {
        let mut sort: String = sort.into();
        sort.truncate(sort.floor_char_boundary(MOST_BYTES));
        if sort.is_empty() {
            sort.push('-');
        }
        let list = list.into();
        self.0.retain(|(known, _)| *known != index);
        self.0.push((index, Place { list, sort }));
        self.0.sort_by_key(|(index, _)| *index);
        self
    }

    /// The place in an index.
    pub fn place(&self, index: Index) -> Option<&Place> {
        let mut places = self.0.iter();
        places
            .find(|(known, _)| *known == index)
            .map(|(_, place)| place)
    }
}

/// A list, or a part of it, in one of its two directions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List {
    /// The index that it is kept in.
    pub index: Index,
    /// Which of the lists there.
    pub name: String,
    /// What of it: from the first to the second, both included; none: all.
    pub span: Option<(String, String)>,
    /// Whether the last comes first.
    pub backwards: bool,
}

impl List {
    /// All of a list, the first first.
    pub fn new(index: Index, name: impl Into<String>) -> Self {
        Self {
            index,
            name: name.into(),
            span: None,
            backwards: false,
        }
    }

    /// What of it begins so.
    #[must_use]
    pub fn beginning_with(self, prefix: &str) -> Self {
        self.between(prefix, prefix)
    }

    /// What of it lies between these, also what begins with the second.
    #[must_use]
    pub fn between(mut self, from: &str, to: &str) -> Self {
        // An empty text is no legal value of a key.
        let from = if from.is_empty() { "\0" } else { from };
        self.span = Some((from.to_owned(), format!("{to}{}", char::MAX)));
        self
    }

    /// The same, the last first.
    #[must_use]
    pub fn backwards(mut self) -> Self {
        self.backwards = true;
        self
    }

    /// Whether a place belongs to it.
    pub fn has(&self, place: &Place) -> bool {
        self.name == place.list && self.spans(&place.sort)
    }

    fn spans(&self, sort: &str) -> bool {
        let mut span = self.span.iter();
        span.all(|(from, to)| from.as_str() <= sort && sort <= to.as_str())
    }

    fn digest(&self) -> String {
        let told = format!("{self:?}");
        hex::encode(&Sha256::digest(told)[..8])
    }
}

/// Where a page of a list ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// What the last record is sorted by.
    pub sort: String,
    /// That record.
    pub key: Key,
}

/// Some records of a list, and where to go on.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    /// In the order that was asked for.
    pub records: Vec<Record>,
    /// Pass it on to get the next page; `None` at the end.
    pub next: Option<Position>,
}

/// What was given as a cursor is none, or one of another list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this place in the list is not known (any more): begin again with the first page")]
pub struct BadCursor;

/// A position as it is handed out: what it is for, what it holds.
#[derive(Serialize, Deserialize)]
struct Cursor {
    of: String,
    sort: String,
    pk: String,
    sk: String,
}

impl Position {
    /// The position in this list as a text for whoever asks for the next page.
    pub fn to_cursor(&self, list: &List) -> String {
        let cursor = Cursor {
            of: list.digest(),
            sort: self.sort.clone(),
            pk: self.key.partition.clone(),
            sk: self.key.sort.clone(),
        };
        // Texts only: they can be written.
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// The position that a text tells, which anybody may have written.
    ///
    /// # Errors
    /// When it is not a position in this list.
    pub fn from_cursor(text: &str, list: &List) -> Result<Self, BadCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let cursor: Option<Cursor> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let cursor = cursor.ok_or(BadCursor)?;
        let parts = [&cursor.sort, &cursor.pk, &cursor.sk];
        let is_key = |part: &&String| (1..=1024).contains(&part.len());
        let is_of_list = cursor.of == list.digest() && list.spans(&cursor.sort);
        match is_of_list && parts.iter().all(is_key) {
            true => Ok(Self {
                sort: cursor.sort,
                key: Key::new(cursor.pk, cursor.sk),
            }),
            false => Err(BadCursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> List {
        List::new(Index::Second, "books#1#2#jobs").beginning_with("2026-07")
    }

    fn position(sort: &str) -> Position {
        Position {
            sort: sort.to_owned(),
            key: Key::new("books#1#2", "job#job_1"),
        }
    }

    #[test]
    fn a_cursor_tells_the_position_and_nothing_to_the_eye() {
        let here = position("2026-07-24#job_1");
        let cursor = here.to_cursor(&list());
        assert!(!cursor.contains("job_1"), "{cursor}");
        assert_eq!(Position::from_cursor(&cursor, &list()), Ok(here));
    }

    #[test]
    fn a_cursor_of_another_list_or_none_at_all_is_refused() {
        let cursor = position("2026-07-24").to_cursor(&list());
        for other in [
            List::new(Index::First, "books#1#2#jobs").beginning_with("2026-07"),
            List::new(Index::Second, "books#1#3#jobs").beginning_with("2026-07"),
            List::new(Index::Second, "books#1#2#jobs").beginning_with("2026-08"),
            List::new(Index::Second, "books#1#2#jobs"),
            list().backwards(),
        ] {
            assert_eq!(Position::from_cursor(&cursor, &other), Err(BadCursor));
        }
        let long = position(&format!("2026-07{}", "x".repeat(2000)));
        let of = list().digest();
        let unread = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        for forged in [
            String::new(),
            "1".to_owned(),
            "not base64 at all!".to_owned(),
            unread("{}"),
            unread(&format!(
                r#"{{"of":"{of}","sort":"2026-07","pk":"","sk":"job#1"}}"#
            )),
            unread(&format!(
                r#"{{"of":"{of}","sort":"2025","pk":"books","sk":"job#1"}}"#
            )),
            long.to_cursor(&list()),
        ] {
            assert_eq!(
                Position::from_cursor(&forged, &list()),
                Err(BadCursor),
                "{forged}"
            );
        }
    }

    #[test]
    fn a_place_is_one_that_the_table_takes() {
        let placed = |sort: &str| {
            let lists = Lists::default().and(Index::First, "l", sort);
            lists.place(Index::First).map(|place| place.sort.clone())
        };
        assert_eq!(placed("").as_deref(), Some("-"));
        assert_eq!(placed("a").as_deref(), Some("a"));
        let long = placed(&"é".repeat(700)).unwrap_or_default();
        assert_eq!(long, "é".repeat(450));
    }
}
