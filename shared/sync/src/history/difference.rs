//! What is otherwise between two forms of an object, as plain texts of bounded size.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use store::FieldChange;

/// Fields of one object that are told; of further ones, how many there are.
const MOST_OF_ONE: usize = 40;

/// Fields of one entry that are told.
const MOST: usize = 200;

/// Bytes of a field's name, and of what stands in it.
const LONGEST: usize = 200;

/// Objects hold others so deep.
const DEEPEST: usize = 8;

/// How many fields of an entry may still be told.
#[derive(Debug)]
pub(crate) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MOST)
    }
}

impl Room {
    /// For so many.
    pub(crate) fn of(most: usize) -> Self {
        Self(most)
    }

    /// What is otherwise, as far as there is room, and how many fields more are.
    pub(crate) fn difference(
        &mut self,
        before: Option<&RawValue>,
        after: Option<&RawValue>,
    ) -> (Vec<FieldChange>, usize) {
        let mut changes = difference(before, after);
        let all = changes.len();
        changes.truncate(MOST_OF_ONE.min(self.0));
        self.0 -= changes.len();
        let more = all - changes.len();
        (changes, more)
    }
}

fn difference(before: Option<&RawValue>, after: Option<&RawValue>) -> Vec<FieldChange> {
    let (mut before, mut after) = (flat(before), flat(after));
    let fields: Vec<Field> = before.keys().chain(after.keys()).cloned().collect();
    let mut changes = BTreeMap::new();
    for field in fields {
        let (before, after) = (before.remove(&field), after.remove(&field));
        if before != after {
            changes.insert(field, (before, after));
        }
    }
    let text = |text: Option<String>| text.map(|text| cut(&text, LONGEST));
    let changes = changes.into_iter();
    changes
        .map(|(field, (before, after))| FieldChange {
            field: cut(&field.name(), LONGEST),
            before: text(before),
            after: text(after),
        })
        .collect()
}

/// Where a text stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Field(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Name(String),
    Place(usize),
}

impl Field {
    fn and(&self, part: Part) -> Self {
        Self(self.0.iter().cloned().chain([part]).collect())
    }

    /// As `Line[2].Amount`.
    fn name(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Name(name) => format!(".{name}"),
            Part::Place(place) => format!("[{}]", place + 1),
        });
        let name: String = parts.collect();
        name.trim_start_matches('.').to_owned()
    }
}

/// Every text of an object. Figures stay as they are written.
fn flat(object: Option<&RawValue>) -> BTreeMap<Field, String> {
    let mut fields = BTreeMap::new();
    if let Some(object) = object {
        flatten(object, &Field::default(), &mut fields);
    }
    fields
}

fn flatten(value: &RawValue, at: &Field, fields: &mut BTreeMap<Field, String>) {
    let text = value.get();
    let is_deep = at.0.len() >= DEEPEST;
    match text.bytes().next() {
        Some(b'{') if !is_deep => {
            let parts: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
            for (name, value) in parts {
                flatten(value, &at.and(Part::Name(name)), fields);
            }
        }
        Some(b'[') if !is_deep => {
            let parts: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            for (place, value) in parts.into_iter().enumerate() {
                flatten(value, &at.and(Part::Place(place)), fields);
            }
        }
        Some(b'n') => {}
        _ => {
            let read: Option<String> = serde_json::from_str(text).ok();
            fields.insert(at.clone(), read.unwrap_or_else(|| text.to_owned()));
        }
    }
}

/// The beginning of a text.
pub(crate) fn cut(text: &str, bytes: usize) -> String {
    let end = text.floor_char_boundary(bytes);
    let more = if end < text.len() { "…" } else { "" };
    format!("{}{more}", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    fn told(before: Option<&str>, after: Option<&str>) -> Vec<String> {
        let (before, after) = (before.map(raw), after.map(raw));
        let changes = difference(before.as_deref(), after.as_deref()).into_iter();
        let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let told = changes.map(|change| {
            let (before, after) = (text(change.before), text(change.after));
            format!("{}: {before} > {after}", change.field)
        });
        told.collect()
    }

    #[test]
    fn k1_a_difference_tells_field_by_field_what_was_and_what_is() {
        for (before, after, expected) in [
            (None, None, vec![]),
            (Some(r#"{"A":1.00}"#), Some(r#"{"A":1.00}"#), vec![]),
            (
                Some(r#"{"DocNumber":"101","TxnDate":"2026-07-24"}"#),
                Some(r#"{"DocNumber":"1001","DueDate":"2026-08-01"}"#),
                vec![
                    "DocNumber: 101 > 1001",
                    "DueDate: - > 2026-08-01",
                    "TxnDate: 2026-07-24 > -",
                ],
            ),
            (
                Some(r#"{"Line":[{"Amount":99.00,"D":{"Qty":1}}],"Zip":null}"#),
                Some(r#"{"Line":[{"Amount":99.10,"D":{"Qty":1}},{"Amount":5}],"Zip":"1"}"#),
                vec![
                    "Line[1].Amount: 99.00 > 99.10",
                    "Line[2].Amount: - > 5",
                    "Zip: - > 1",
                ],
            ),
            (
                None,
                Some(r#"{"A":true,"B":"é"}"#),
                vec!["A: - > true", "B: - > é"],
            ),
            (None, Some("7"), vec![": - > 7"]),
        ] {
            assert_eq!(told(before, after), expected);
        }
    }

    #[test]
    fn k1_a_large_difference_is_cut_and_says_by_how_much() {
        let line = r#"{"Amount":1.00,"Description":"é"}"#;
        let lines = vec![line; 499].join(",");
        let invoice = raw(&format!(r#"{{"Line":[{lines}]}}"#));
        let mut room = Room::default();
        for expected in [40, 40, 40, 40, 40, 0, 0] {
            let (changes, more) = room.difference(None, Some(&invoice));
            assert_eq!((changes.len(), changes.len() + more), (expected, 998));
        }
        let long = raw(&format!(r#"{{"A":"{}"}}"#, "é".repeat(5_000)));
        let changes = difference(None, Some(&long));
        let after = changes[0].after.as_deref().unwrap_or_default();
        assert_eq!(after, format!("{}…", "é".repeat(100)));
        let deep = raw(&format!("{}1{}", "[".repeat(100), "]".repeat(100)));
        assert_eq!(difference(None, Some(&deep)).len(), 1);
    }
}
