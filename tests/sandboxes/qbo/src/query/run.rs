//! Answers a statement from the books.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{
    condition::{Named, Property, Test},
    parser::{Query, Selection},
    select::Columns,
};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    rules::{Env, company},
    schema::{self, Entity, Family},
    store::{Books, Row},
};

const DEFAULT_MAX: i64 = 100;
const LARGEST_MAX: i64 = 1000;

/// The `QueryResponse` object.
pub(crate) fn run(books: &Books, env: &Env<'_>, query: &Query) -> Result<Object, Refusal> {
    let Some(entity) = schema::entity(&query.entity) else {
        return Err(if schema::is_uncovered(&query.entity) {
            Refusal::not_covered(format!("queries for {}", query.entity))
        } else {
            Refusal::query(format!("invalid context declaration: {}", query.entity))
        });
    };
    let start = position(query.start, 1, i64::MAX)?;
    let max = position(query.max, DEFAULT_MAX, LARGEST_MAX)?;
    let tests: Vec<Test> = query
        .conditions
        .iter()
        .map(|condition| Test::new(env, entity, condition))
        .collect::<Result<_, _>>()?;
    let order: Vec<(Property, bool)> = query
        .order
        .iter()
        .map(|order| Ok((Property::find(entity, &order.property)?, order.descending)))
        .collect::<Result<_, Refusal>>()?;

    let columns = match &query.selection {
        Selection::Only(names) => Columns::new(env, entity, names)?,
        Selection::All | Selection::Count => Columns::All,
    };

    let shows_inactive = tests.iter().any(|test| test.property.name == "Active");
    let visible = |row: &&Row| {
        (shows_inactive || !entity.is_list() || row.is_active())
            && row
                .created
                .saturating_add(env.company.query_lag)
                .unwrap_or(Timestamp::MAX)
                <= env.now
            && tests.iter().all(|test| test.holds(row))
    };
    let own = (entity.family == Family::Singleton).then(|| company::row(books, env, entity));
    let mut found: Vec<&Row> = match (&own, tests.iter().find_map(|test| test.names(entity))) {
        (Some(row), _) => Some(row).into_iter().filter(visible).collect(),
        (None, Some(Named::Key(key))) => {
            let mut rows: Vec<&Row> = books.with_key(entity.name, key).filter(visible).collect();
            rows.sort_by_key(|row| row.id);
            rows
        }
        (None, Some(Named::Ids(ids))) => {
            let rows = ids
                .iter()
                .filter_map(|id| books.row(entity.name, id.parse().ok()?));
            let mut rows: Vec<&Row> = rows.filter(|row| !row.deleted).filter(visible).collect();
            rows.sort_by_key(|row| row.id);
            rows.dedup_by_key(|row| row.id);
            rows
        }
        (None, None) => books.rows(entity.name).filter(visible).collect(),
    };
    if query.selection == Selection::Count {
        return Ok(Object::new().with("totalCount", found.len()));
    }
    sort(&mut found, entity, &order);

    let page: Vec<Json> = found
        .into_iter()
        .skip(usize::try_from(start - 1).unwrap_or(usize::MAX))
        .take(usize::try_from(max).unwrap_or(usize::MAX))
        .map(|row| columns.of(books.print(entity, row, &env.times)).into())
        .collect();
    if page.is_empty() {
        return Ok(Object::new());
    }
    let count = page.len();
    Ok(Object::new()
        .with(entity.name, page)
        .with("startPosition", Json::Number(start.to_string()))
        .with("maxResults", count))
}

fn position(asked: Option<i64>, default: i64, largest: i64) -> Result<i64, Refusal> {
    match asked {
        Some(value) if value < 1 => Err(Refusal::query(format!(
            "value {value} is too small. Min allowed value is 1"
        ))),
        Some(value) if value > largest => Err(Refusal::query(format!(
            "value {value} is too large. Max allowed value is {largest}"
        ))),
        Some(value) => Ok(value),
        None => Ok(default),
    }
}

/// As asked; else transactions with the latest day first, lists by id. Recorded pages look so.
fn sort(rows: &mut [&Row], entity: &Entity, order: &[(Property, bool)]) {
    if order.is_empty() && entity.family == Family::Transaction {
        rows.sort_by(|a, b| {
            let (a_day, b_day) = (a.object.text("TxnDate"), b.object.text("TxnDate"));
            b_day.cmp(&a_day).then(b.id.cmp(&a.id))
        });
        return;
    }
    rows.sort_by(|a, b| {
        for (property, descending) in order {
            let by = property.of(a).compare(&property.of(b));
            let by = if *descending { by.reverse() } else { by };
            if by != Ordering::Equal {
                return by;
            }
        }
        a.id.cmp(&b.id)
    });
}
