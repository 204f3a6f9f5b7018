//! Whether an object meets a condition.

use std::cmp::Ordering;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::Decimal;

use super::parser::{Condition, Operator, Value};
use crate::{
    fault::Refusal,
    json::{Json, decimal},
    rules::Env,
    schema::{self, Entity, Kind},
    store::Row,
};

/// A property of an entity that queries may use.
#[derive(Clone, Copy)]
pub(super) struct Property {
    pub(super) name: &'static str,
    kind: PropertyKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PropertyKind {
    Text,
    Bool,
    Number,
    Day,
    Time,
    Id,
}

impl Property {
    pub(super) fn find(entity: &Entity, name: &str) -> Result<Self, Refusal> {
        let system = [
            ("Id", PropertyKind::Id),
            ("MetaData.CreateTime", PropertyKind::Time),
            ("MetaData.LastUpdatedTime", PropertyKind::Time),
        ];
        if let Some((name, kind)) = system
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            return Ok(Self { name, kind });
        }
        let top = name.split('.').next().unwrap_or_default();
        let field = entity
            .shape
            .fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(top));
        let known_only = || Refusal::query(format!("property '{name}' is not queryable"));
        match field {
            Some(field) if field.queryable && top == name => Ok(Self {
                name: field.name,
                kind: match field.kind {
                    Kind::Bool => PropertyKind::Bool,
                    Kind::Amount | Kind::Number | Kind::Whole(..) => PropertyKind::Number,
                    Kind::Date => PropertyKind::Day,
                    _ => PropertyKind::Text,
                },
            }),
            Some(_) => Err(known_only()),
            None if schema::SYSTEM_FIELDS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(top)) =>
            {
                Err(known_only())
            }
            None => Err(Refusal::query(format!(
                "Property {name} not found for Entity {}",
                entity.name
            ))),
        }
    }

    pub(super) fn of(self, row: &Row) -> Found {
        let value = match (self.kind, self.name) {
            (PropertyKind::Id, _) => return Found::Number(Decimal::from(row.id)),
            (PropertyKind::Time, "MetaData.CreateTime") => return Found::Time(row.created),
            (PropertyKind::Time, _) => return Found::Time(row.updated),
            _ => row.object.get(self.name),
        };
        match value {
            None => Found::Nothing,
            Some(Json::Bool(value)) => Found::Bool(*value),
            Some(Json::Number(text)) => decimal(text).map_or(Found::Nothing, Found::Number),
            Some(Json::Text(text)) => Found::Text(text.to_lowercase()),
            // A reference by its id, an e-mail by its address.
            Some(Json::Object(object)) => object
                .text("value")
                .or_else(|| object.text("Address"))
                .map_or(Found::Nothing, |text| Found::Text(text.to_lowercase())),
            Some(Json::List(_) | Json::Null) => Found::Nothing,
        }
    }
}

/// The value of a property in one object; texts in lower case.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Nothing,
    Bool(bool),
    Number(Decimal),
    Text(String),
    Time(Timestamp),
}

impl Found {
    /// Absent values come first.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Nothing, Self::Nothing) => Ordering::Equal,
            (Self::Nothing, _) => Ordering::Less,
            (_, Self::Nothing) => Ordering::Greater,
            _ => Ordering::Equal,
        }
    }
}

/// A condition with its values read by the type of its property.
pub(super) struct Test {
    pub(super) property: Property,
    operator: Operator,
    wanted: Wanted,
}

enum Wanted {
    Bools(Vec<bool>),
    Numbers(Vec<Decimal>),
    /// Days and texts in lower case; ids as they are.
    Texts(Vec<String>),
    Time(Timestamp),
    /// `' '`: the property is absent.
    Null,
}

/// A condition that names its objects is answered through an index.
pub(super) enum Named<'a> {
    Key(&'a str),
    Ids(&'a [String]),
}

impl Test {
    pub(super) fn new(
        env: &Env<'_>,
        entity: &Entity,
        condition: &Condition,
    ) -> Result<Self, Refusal> {
        let property = Property::find(entity, &condition.property)?;
        let operator = condition.operator;
        let fits = match property.kind {
            PropertyKind::Id | PropertyKind::Bool => {
                matches!(operator, Operator::Equal | Operator::In)
            }
            PropertyKind::Text => true,
            PropertyKind::Number | PropertyKind::Day | PropertyKind::Time => {
                operator != Operator::Like
            }
        };
        if !fits {
            return Err(Refusal::query(format!(
                "operator not supported for property '{}'",
                property.name
            )));
        }
        let values: Vec<String> = condition
            .values
            .iter()
            .map(|value| match value {
                Value::Text(text) => text.clone(),
                Value::Bool(value) => value.to_string(),
                Value::CurrentDate => env.today().to_string(),
            })
            .collect();
        let is_null =
            operator == Operator::Equal && values.iter().all(|text| text.trim().is_empty());
        let wanted = if is_null {
            Wanted::Null
        } else {
            Wanted::new(env, property, values)?
        };
        Ok(Self {
            property,
            operator,
            wanted,
        })
    }

    pub(super) fn holds(&self, row: &Row) -> bool {
        let found = self.property.of(row);
        match (&self.wanted, &found) {
            (Wanted::Null, found) => *found == Found::Nothing,
            (_, Found::Nothing) => false,
            (Wanted::Bools(wanted), Found::Bool(value)) => wanted.contains(value),
            (Wanted::Numbers(wanted), Found::Number(value)) => {
                wanted.iter().any(|wanted| self.compares(value.cmp(wanted)))
            }
            (Wanted::Texts(ids), Found::Number(id)) => ids.contains(&id.to_string()),
            (Wanted::Texts(wanted), Found::Text(value)) if self.operator == Operator::Like => {
                wanted.iter().any(|pattern| like(value, pattern))
            }
            (Wanted::Texts(wanted), Found::Text(value)) => {
                wanted.iter().any(|wanted| self.compares(value.cmp(wanted)))
            }
            (Wanted::Time(wanted), Found::Time(value)) => self.compares(value.cmp(wanted)),
            _ => false,
        }
    }

    /// The objects that it names, if it does.
    pub(super) fn names(&self, entity: &Entity) -> Option<Named<'_>> {
        match &self.wanted {
            Wanted::Texts(texts) if self.property.name == "Id" => Some(Named::Ids(texts)),
            Wanted::Texts(texts)
                if Some(self.property.name) == entity.key && self.operator == Operator::Equal =>
            {
                texts.first().map(|key| Named::Key(key.as_str()))
            }
            _ => None,
        }
    }

    fn compares(&self, found: Ordering) -> bool {
        match self.operator {
            Operator::Equal | Operator::In | Operator::Like => found.is_eq(),
            Operator::Less => found.is_lt(),
            Operator::Greater => found.is_gt(),
            Operator::LessOrEqual => found.is_le(),
            Operator::GreaterOrEqual => found.is_ge(),
        }
    }
}

impl Wanted {
    fn new(env: &Env<'_>, property: Property, values: Vec<String>) -> Result<Self, Refusal> {
        let invalid = |value: &str| {
            Refusal::query(format!(
                "Invalid value '{value}' for property '{}'",
                property.name
            ))
        };
        Ok(match property.kind {
            PropertyKind::Bool => Self::Bools(
                values
                    .iter()
                    .map(|text| text.to_lowercase().parse().map_err(|_| invalid(text)))
                    .collect::<Result<_, _>>()?,
            ),
            PropertyKind::Number => Self::Numbers(
                values
                    .iter()
                    .map(|text| decimal(text).ok_or_else(|| invalid(text)))
                    .collect::<Result<_, _>>()?,
            ),
            PropertyKind::Day => {
                if let Some(bad) = values.iter().find(|text| text.parse::<Date>().is_err()) {
                    return Err(invalid(bad));
                }
                Self::Texts(values)
            }
            PropertyKind::Id => Self::Texts(values),
            PropertyKind::Text => {
                Self::Texts(values.iter().map(|text| text.to_lowercase()).collect())
            }
            PropertyKind::Time => {
                let [value] = values.as_slice() else {
                    return Err(Refusal::not_covered("IN with times"));
                };
                Self::Time(time(value, &env.times.0).ok_or_else(|| invalid(value))?)
            }
        })
    }
}

/// A time with an offset; without one, or a bare day, in the company's zone.
pub(crate) fn time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

/// `%` stands for anything; there is no other wildcard.
fn like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('%');
    let Some(first) = pieces.next() else {
        return text.is_empty();
    };
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn only_the_percent_sign_is_a_wildcard() {
        let cases = [
            ("amy's bird", "%bird%", true),
            ("amy's bird", "amy%", true),
            ("amy's bird", "%bird", true),
            ("amy's bird", "bird", false),
            ("abcabc", "a%c%c", true),
            ("abc", "a%c%c", false),
            ("ab", "a_", false),
            ("", "%", true),
            ("aba", "ab%ba", false),
        ];
        for (text, pattern, expected) in cases {
            assert_eq!(like(text, pattern), expected, "{text} like {pattern}");
        }
    }
}
