//! Sorting and the two envelopes of paged lists.

use serde_json::{Map, Value, json};

use super::query::{Direction, Query};

/// Sorts by a key; records with equal keys keep the order of their creation, or its reverse.
pub(super) fn sorted<T, K: Ord>(
    mut records: Vec<&T>,
    direction: Direction,
    key: impl Fn(&T) -> K,
) -> Vec<&T> {
    records.sort_by_cached_key(|record| key(record));
    if direction == Direction::Descending {
        records.reverse();
    }
    records
}

struct Page<'r, T> {
    number: usize,
    size: usize,
    pages: usize,
    items: usize,
    rows: &'r [T],
}

fn page<'r, T>(query: &Query, records: &'r [T]) -> Page<'r, T> {
    let (number, size) = (query.page(), query.page_size());
    let start = (number - 1).saturating_mul(size).min(records.len());
    let end = start.saturating_add(size).min(records.len());
    Page {
        number,
        size,
        pages: records.len().div_ceil(size),
        items: records.len(),
        rows: records.get(start..end).unwrap_or_default(),
    }
}

/// `{page, page_size, total_pages, total_items, <name>: […]}`
pub(super) fn list<T>(
    query: &Query,
    name: &str,
    records: &[T],
    row: impl Fn(&T) -> Value,
) -> Value {
    let page = page(query, records);
    let mut body = Map::new();
    body.insert("page".to_owned(), json!(page.number));
    body.insert("page_size".to_owned(), json!(page.size));
    body.insert("total_pages".to_owned(), json!(page.pages));
    body.insert("total_items".to_owned(), json!(page.items));
    body.insert(name.to_owned(), page.rows.iter().map(row).collect());
    Value::Object(body)
}

/// `{object: "list", page, page_size, total_pages_count, total_count, data: […], url}`
pub(super) fn price_book_list<T>(
    query: &Query,
    url: &str,
    records: &[T],
    row: impl Fn(&T) -> Value,
) -> Value {
    let page = page(query, records);
    json!({
        "object": "list",
        "page": page.number,
        "page_size": page.size,
        "total_pages_count": page.pages,
        "total_count": page.items,
        "data": page.rows.iter().map(row).collect::<Vec<_>>(),
        "url": url,
    })
}
