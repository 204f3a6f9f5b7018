//! The books as text that can be kept: every object with its version and times, and where the numbers stand.

use jiff::Timestamp;

use super::{Books, Row};
use crate::{
    json::{Json, Object},
    schema,
};

impl Books {
    /// Everything that is in the books.
    pub(crate) fn saved(&self) -> Object {
        let number = |number: u64| Json::Number(number.to_string());
        let series: Object = self
            .series
            .iter()
            .map(|(name, last)| (name.clone(), number(*last)))
            .collect();
        let rows: Object = self
            .tables
            .iter()
            .map(|(entity, table)| {
                let rows: Vec<Json> = table.rows.values().map(saved).collect();
                ((*entity).to_owned(), rows.into())
            })
            .collect();
        Object::new()
            .with("last_number", number(self.last_number))
            .with("series", series)
            .with("rows", rows)
    }

    /// When something was changed last.
    pub(crate) fn last_change(&self) -> Timestamp {
        let rows = self.tables.values().flat_map(|table| table.rows.values());
        rows.map(|row| row.updated).max().unwrap_or_default()
    }

    /// Books as they were saved.
    pub(crate) fn restored(saved: &Json) -> Result<Self, String> {
        let whole = |value: Option<&Json>| match value {
            Some(Json::Number(text)) => text.parse::<u64>().ok(),
            _ => None,
        };
        let mut books = Self::new();
        books.last_number = whole(saved.at("last_number")).ok_or("last_number is missing")?;
        let object = |name: &str| {
            let object = saved.at(name).and_then(Json::as_object);
            object.ok_or_else(|| format!("{name} is missing"))
        };
        for (name, last) in object("series")?.iter() {
            let last = whole(Some(last)).ok_or_else(|| format!("series {name} has no number"))?;
            books.series.insert(name.to_owned(), last);
        }
        for (name, rows) in object("rows")?.iter() {
            let entity = schema::entity(name)
                .filter(|entity| entity.name == name)
                .ok_or_else(|| format!("there is no entity {name}"))?;
            for row in rows.as_list() {
                let id = row.at("id").map(Json::to_string).unwrap_or_default();
                let row = restored(row).ok_or_else(|| format!("{name} {id} is incomplete"))?;
                books.put(entity, row);
            }
        }
        Ok(books)
    }
}

fn saved(row: &Row) -> Json {
    let mut saved = Object::new()
        .with("id", Json::Number(row.id.to_string()))
        .with("token", Json::Number(row.token.to_string()))
        .with("created", row.created.to_string())
        .with("updated", row.updated.to_string());
    if row.deleted {
        saved.set("deleted", true);
    }
    saved.with("object", row.object.clone()).into()
}

fn restored(saved: &Json) -> Option<Row> {
    let whole = |name: &str| match saved.at(name)? {
        Json::Number(text) => text.parse::<u64>().ok(),
        _ => None,
    };
    let time = |name: &str| saved.text(name)?.parse::<Timestamp>().ok();
    Some(Row {
        id: whole("id")?,
        token: whole("token")?,
        created: time("created")?,
        updated: time("updated")?,
        deleted: saved.at("deleted").and_then(Json::as_bool) == Some(true),
        object: saved.at("object")?.as_object()?.clone(),
    })
}
