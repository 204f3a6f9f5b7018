//! Lists, a page at a time.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// So many at most: 50, unless told otherwise.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// The `next` of the page before; without it, the first one.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// The cursor of the next page; none: this is the last one.
    pub(crate) next: Option<String>,
}

/// So many are on a page where nobody says otherwise, and at most.
const USUAL: u16 = 50;
const MOST: u16 = 100;

impl Paging {
    /// The page of a list that is sorted by these keys, no two of which are the same.
    pub(crate) fn of<T>(
        &self,
        all: impl IntoIterator<Item = (String, T)>,
    ) -> Result<Page<T>, Problem> {
        let limit = checked(self.limit)?;
        let after = self.cursor.as_deref().map(position).transpose()?;
        let mut left = all
            .into_iter()
            .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        let page: Vec<(String, T)> = left.by_ref().take(limit.into()).collect();
        let is_last = left.next().is_none();
        let last = page.last().filter(|_| !is_last);
        let next = last.map(|(key, _)| BASE64_URL_SAFE_NO_PAD.encode(key));
        let items = page.into_iter().map(|(_, item)| item).collect();
        Ok(Page { items, next })
    }

    /// The page of a list that the table keeps in its order.
    pub(crate) fn rows(self) -> Result<office::Paging, Problem> {
        Ok(office::Paging {
            limit: Some(checked(self.limit)?.into()),
            cursor: self.cursor,
            turned: false,
        })
    }
}

fn position(cursor: &str) -> Result<String, Problem> {
    let read = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    let read = read.and_then(|read| String::from_utf8(read).ok());
    read.ok_or_else(|| {
        Problem::unusable("The cursor is none that was given out here: begin with the first page.")
    })
}

/// A key that sorts by a time, the earliest first, and then by an id.
pub(crate) fn earliest_first(at: Timestamp, id: &str) -> String {
    format!("{:020}#{id}", at.as_millisecond().max(0))
}

/// Its rows, in their form here.
pub(crate) fn page<T, U: From<T>>(rows: office::Rows<T>) -> Page<U> {
    Page {
        items: rows.rows.into_iter().map(U::from).collect(),
        next: rows.next,
    }
}

fn checked(limit: Option<u16>) -> Result<u16, Problem> {
    let limit = limit.unwrap_or(USUAL);
    match (1..=MOST).contains(&limit) {
        true => Ok(limit),
        false => {
            let words = format!("The limit is a number from 1 to {MOST}.");
            Err(Problem::unusable(words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(limit: Option<u16>, cursor: Option<&str>) -> Paging {
        let cursor = cursor.map(str::to_owned);
        Paging { limit, cursor }
    }

    #[test]
    fn pages_go_on_where_the_one_before_ended_whatever_went_meanwhile() {
        let all: Vec<(String, u32)> = (0..5).map(|n| (format!("key-{n}"), n)).collect();
        let first = paging(Some(2), None).of(all.clone()).unwrap();
        assert_eq!(first.items, [0, 1]);
        let next = first.next.unwrap();
        let without: Vec<_> = all.iter().filter(|(_, n)| *n != 1).cloned().collect();
        let second = paging(Some(2), Some(&next)).of(without).unwrap();
        assert_eq!(second.items, [2, 3]);
        let third = paging(None, second.next.as_deref()).of(all).unwrap();
        assert_eq!((third.items, third.next), (vec![4], None));
    }

    #[test]
    fn odd_pages_are_refused() {
        for odd in [
            paging(Some(0), None),
            paging(Some(101), None),
            paging(None, Some("%%")),
            paging(None, Some("_w")),
        ] {
            assert_eq!(
                odd.of([("a".to_owned(), 1)]).unwrap_err().status,
                422,
                "{odd:?}"
            );
        }
    }

    #[test]
    fn lists_are_sorted_by_time() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (before, after) = (at("2026-07-24T13:00:00Z"), at("2026-07-24T13:00:01Z"));
        assert!(earliest_first(before, "b") < earliest_first(after, "a"));
    }
}
