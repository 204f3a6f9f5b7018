//! Change data capture: what has changed since a moment, deleted transactions included.

use jiff::{SignedDuration, Timestamp};
use sandbox_kit::Request;

use super::company::Desk;
use crate::{
    fault::Refusal,
    json::{Json, Object},
    log::Act,
    query, schema,
    schema::{Entity, Family},
    store::Row,
};

const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
/// For all entities together.
const MOST_OBJECTS: usize = 1000;
/// Entities that change data capture leaves out, as Intuit lists them.
const NOT_CAPTURED: &[&str] = &[
    "JournalCode",
    "TaxAgency",
    "TimeActivity",
    "TaxCode",
    "TaxRate",
];

pub(super) fn run(desk: &mut Desk<'_>, request: &Request) -> Result<Object, Refusal> {
    let entities = request
        .param("entities")
        .ok_or_else(|| Refusal::missing("entities"))?;
    let entities: Vec<&'static Entity> = entities
        .split(',')
        .map(|name| captured(name.trim()))
        .collect::<Result<_, _>>()?;
    let since = request
        .param("changedSince")
        .ok_or_else(|| Refusal::missing("changedSince"))?;
    let since = query::time(&since, &desk.env.times.0)
        .ok_or_else(|| Refusal::date("changedSince", &since))?;
    if desk.env.doubts.refuse_old_changes && desk.env.now.duration_since(since) > LOOK_BACK {
        return Err(Refusal::too_long_ago("changedSince"));
    }
    let mut left = MOST_OBJECTS;
    let mut responses: Vec<Json> = Vec::new();
    for entity in entities {
        let changed = changes(desk, entity, since, left);
        left -= changed.len();
        desk.acts.note(Act::Changes, entity.name);
        responses.push(page(entity, changed).into());
    }
    let response = Object::new().with("QueryResponse", responses);
    Ok(Object::new().with("CDCResponse", vec![response.into()]))
}

/// The changes of one entity. A page of nothing but deleted ones does not tell where it starts (recorded).
fn page(entity: &Entity, changed: Vec<Json>) -> Object {
    let count = changed.len();
    if count == 0 {
        return Object::new();
    }
    let is_deleted = |object: &Json| object.text("status") == Some("Deleted");
    let are_deleted = changed.iter().all(is_deleted);
    let page = Object::new().with(entity.name, changed);
    if are_deleted {
        page.with("maxResults", count).with("totalCount", count)
    } else {
        page.with("startPosition", 1).with("maxResults", count)
    }
}

fn captured(name: &str) -> Result<&'static Entity, Refusal> {
    if NOT_CAPTURED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let operation = format!("change data capture for {name}");
        return Err(Refusal::unsupported_operation(&operation));
    }
    match schema::entity(name) {
        Some(entity) => Ok(entity),
        None if schema::is_uncovered(name) => {
            Err(Refusal::not_covered(format!("the entity {name}")))
        }
        None => Err(Refusal::query(format!(
            "invalid context declaration: {name}"
        ))),
    }
}

/// Changed objects in the order of their changes (recorded), deleted ones as a mark.
fn changes(desk: &Desk<'_>, entity: &'static Entity, since: Timestamp, most: usize) -> Vec<Json> {
    if entity.family == Family::Singleton {
        return Vec::new();
    }
    let env = desk.env;
    let is_visible = |row: &&Row| {
        let seen_from = row.updated.saturating_add(env.company.query_lag);
        row.updated >= since && seen_from.unwrap_or(Timestamp::MAX) <= env.now
    };
    let mut rows: Vec<&Row> = desk
        .books
        .rows_ever(entity.name)
        .filter(is_visible)
        .collect();
    rows.sort_by_key(|row| (row.updated, row.id));
    rows.truncate(most);
    let wrongly_marked = if desk.mischief.deleted_mark {
        rows.iter().rposition(|row| !row.deleted)
    } else {
        None
    };
    rows.into_iter()
        .enumerate()
        .map(|(n, row)| {
            if row.deleted || wrongly_marked == Some(n) {
                let updated = env.times.second(row.updated);
                Object::new()
                    .with("domain", "QBO")
                    .with("status", "Deleted")
                    .with("Id", row.id.to_string())
                    .with("MetaData", Object::new().with("LastUpdatedTime", updated))
                    .into()
            } else {
                desk.books.print(entity, row, &env.times).into()
            }
        })
        .collect()
}
