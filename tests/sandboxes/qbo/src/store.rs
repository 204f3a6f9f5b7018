//! The books: every object of the company, found by id and by name or number.

mod saved;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::{
    json::{Json, Object, amount},
    rules::payment,
    schema::{Entity, Field, Kind, Shape, Target},
    times::Times,
};

/// One stored object. Its fields are in the form in which they are printed; names of references are
/// looked up when it is read.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) token: u64,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) deleted: bool,
    pub(crate) object: Object,
}

impl Row {
    pub(crate) fn is_active(&self) -> bool {
        self.object.bool("Active") != Some(false)
    }

    /// The word that stands for the id of a pseudo tax code (`TAX`), which has no version either.
    pub(crate) fn word(&self) -> Option<&str> {
        self.object.text(WORD)
    }
}

/// Where the word of a pseudo tax code is kept, never printed as a field.
pub(crate) const WORD: &str = "_word";

#[derive(Default)]
struct Table {
    rows: BTreeMap<u64, Row>,
    by_key: HashMap<String, BTreeSet<u64>>,
}

/// All objects.
#[derive(Default)]
pub(crate) struct Books {
    tables: BTreeMap<&'static str, Table>,
    series: BTreeMap<String, u64>,
    last_number: u64,
    linked: Vec<Linked>,
}

/// An object that another one's change has made or changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(crate) entity: &'static str,
    pub(crate) id: u64,
    pub(crate) is_new: bool,
}

impl Books {
    /// Books whose first automatic document number is 1001.
    pub(crate) fn new() -> Self {
        Self {
            last_number: 1000,
            ..Self::default()
        }
    }

    /// The object with this id, deleted ones included.
    pub(crate) fn row(&self, entity: &str, id: u64) -> Option<&Row> {
        self.tables.get(entity)?.rows.get(&id)
    }

    /// The object that a reference names, unless it was deleted.
    pub(crate) fn referenced(&self, entity: &str, object: &Object, field: &str) -> Option<&Row> {
        self.row(entity, reference(object, field)?)
            .filter(|row| !row.deleted)
    }

    /// The number of the object that a text names as its id.
    pub(crate) fn id(&self, entity: &str, text: &str) -> Option<u64> {
        if let Ok(id) = text.parse() {
            return self
                .row(entity, id)
                .is_none_or(|row| row.word().is_none())
                .then_some(id);
        }
        self.with_key(entity, text)
            .find(|row| row.word() == Some(text))
            .map(|row| row.id)
    }

    /// All objects of a kind that were not deleted, by id.
    pub(crate) fn rows(&self, entity: &str) -> impl DoubleEndedIterator<Item = &Row> {
        self.tables
            .get(entity)
            .into_iter()
            .flat_map(|table| table.rows.values())
            .filter(|row| !row.deleted)
    }

    /// All objects of a kind that ever were, by id.
    pub(crate) fn rows_ever(&self, entity: &str) -> impl Iterator<Item = &Row> {
        let table = self.tables.get(entity).into_iter();
        table.flat_map(|table| table.rows.values())
    }

    /// Objects with this name or number, in any case.
    pub(crate) fn with_key(&self, entity: &str, key: &str) -> impl Iterator<Item = &Row> {
        let table = self.tables.get(entity);
        table
            .and_then(|table| table.by_key.get(&fold(key)))
            .into_iter()
            .flatten()
            .filter_map(move |id| table?.rows.get(id))
    }

    /// The next number of a series of ids.
    pub(crate) fn next_id(&mut self, series: &'static str) -> u64 {
        let last = self.series.get(series).copied().unwrap_or_default() + 1;
        self.series.insert(series.to_owned(), last);
        last
    }

    /// The next automatic document number.
    pub(crate) fn next_number(&mut self) -> String {
        self.last_number += 1;
        self.last_number.to_string()
    }

    /// Notes a number that was given by hand: the automatic ones go on after it.
    pub(crate) fn note_number(&mut self, number: &str) {
        if let Ok(number) = number.parse::<u64>()
            && number < u64::from(u32::MAX)
        {
            self.last_number = self.last_number.max(number);
        }
    }

    /// Stores an object, new or changed.
    pub(crate) fn put(&mut self, entity: &'static Entity, row: Row) {
        let table = self.tables.entry(entity.name).or_default();
        if let Some(field) = entity.key {
            if let Some(old) = table.rows.get(&row.id)
                && let Some(key) = old.object.text(field)
                && let Some(ids) = table.by_key.get_mut(&fold(key))
            {
                ids.remove(&row.id);
            }
            if let Some(key) = row.object.text(field)
                && !row.deleted
            {
                table.by_key.entry(fold(key)).or_default().insert(row.id);
            }
        }
        table.rows.insert(row.id, row);
    }

    /// Changes fields that the system keeps, without a new `SyncToken`. Never the key.
    pub(crate) fn adjust(&mut self, entity: &str, id: u64, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self
            .tables
            .get_mut(entity)
            .and_then(|table| table.rows.get_mut(&id))
        {
            change(row);
        }
    }

    /// Changes an object because another one was linked to it or let go of it, and notes that it was changed.
    pub(crate) fn change_linked(
        &mut self,
        entity: &'static str,
        id: u64,
        change: impl FnOnce(&mut Row),
    ) {
        self.adjust(entity, id, change);
        self.note_linked(entity, id, false);
    }

    /// Notes an object that was made because of another one.
    pub(crate) fn note_made(&mut self, entity: &'static str, id: u64) {
        self.note_linked(entity, id, true);
    }

    fn note_linked(&mut self, entity: &'static str, id: u64, is_new: bool) {
        let linked = Linked { entity, id, is_new };
        if !self.linked.contains(&linked) {
            self.linked.push(linked);
        }
    }

    /// What was made or changed through links since this was last asked.
    pub(crate) fn take_linked(&mut self) -> Vec<Linked> {
        std::mem::take(&mut self.linked)
    }

    /// Adds to an amount that the system keeps.
    pub(crate) fn add(&mut self, entity: &str, id: u64, field: &str, by: Decimal) {
        self.adjust(entity, id, |row| {
            let old = row.object.decimal(field).unwrap_or_default();
            row.object.set(field, amount(old + by));
        });
    }

    /// An object as QuickBooks prints it.
    pub(crate) fn print(&self, entity: &Entity, row: &Row, times: &Times) -> Object {
        let stamps = Object::new()
            .with("CreateTime", times.second(row.created))
            .with("LastUpdatedTime", times.second(row.updated));
        let mut printed = match row.word() {
            Some(word) => Object::new().with("Id", word),
            None => Object::new()
                .with("domain", "QBO")
                .with("sparse", false)
                .with("Id", row.id.to_string())
                .with("SyncToken", row.token.to_string()),
        }
        .with("MetaData", stamps);
        for field in entity.shape.fields {
            if let Some(value) = row.object.get(field.name) {
                printed.set(field.name, self.print_value(field, value));
            }
        }
        if entity.name == "Payment" {
            payment::print_extras(self, &mut printed);
        }
        printed
    }

    fn print_value(&self, field: &Field, value: &Json) -> Json {
        match (field.kind, value) {
            (Kind::Reference(Target::Entity(target)), Json::Object(reference)) => {
                let name = reference
                    .text("value")
                    .and_then(|id| self.row(target, id.parse().ok()?))
                    .and_then(|row| {
                        let object = &row.object;
                        object
                            .text("FullyQualifiedName")
                            .or_else(|| object.text("DisplayName"))
                            .or_else(|| object.text("Name"))
                    });
                let mut named = reference.clone();
                if let Some(name) = name {
                    named.set("name", name);
                }
                named.into()
            }
            (Kind::Reference(Target::Currency), Json::Object(reference)) => reference
                .clone()
                .with("name", "United States Dollar")
                .into(),
            (Kind::Object(shape), Json::Object(object)) => self.print_inner(shape, object).into(),
            (Kind::List(shape), Json::List(list)) => list
                .iter()
                .map(|element| match element {
                    Json::Object(object) => self.print_inner(shape, object).into(),
                    other => other.clone(),
                })
                .collect::<Vec<Json>>()
                .into(),
            _ => value.clone(),
        }
    }

    fn print_inner(&self, shape: &Shape, object: &Object) -> Object {
        object
            .iter()
            .map(|(name, value)| {
                let printed = match shape.field(name) {
                    Some(field) => self.print_value(field, value),
                    None => value.clone(),
                };
                (name.to_owned(), printed)
            })
            .collect()
    }
}

/// The id in a reference.
pub(crate) fn reference(object: &Object, field: &str) -> Option<u64> {
    object.get(field)?.text("value")?.parse().ok()
}

fn fold(key: &str) -> String {
    key.trim().to_lowercase()
}
