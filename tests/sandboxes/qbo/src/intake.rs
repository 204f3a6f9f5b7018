//! Reads a request's object by its shape: refuses what the type does not have, and brings every value
//! into the form in which it is stored.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    fault::Refusal,
    json::{Json, Object, amount, decimal, shortest},
    schema::{Access, Field, Kind, Preset, SYSTEM_FIELDS, Shape, Target},
};

/// QuickBooks takes amounts of up to 15 digits.
const LARGEST: Decimal = Decimal::from_parts(2_764_472_319, 232_830, 0, false, 0);

/// Reads what was sent for an entity. `Json::Null` in the result means: cleared by the sender.
pub(crate) fn read(shape: &Shape, body: &Object, null_clears: bool) -> Result<Object, Refusal> {
    check_names(shape, body)?;
    Intake { null_clears }.object(shape, body, "")
}

/// Refuses names that the type does not have, at every depth.
pub(crate) fn check_names(shape: &Shape, body: &Object) -> Result<(), Refusal> {
    known_names(shape, body, SYSTEM_FIELDS)
}

/// Refuses what QuickBooks adds to an object when it is read: a delete does not take it back.
pub(crate) fn no_extension(body: &Object) -> Result<(), Refusal> {
    for (name, value) in body.iter() {
        if name.ends_with("Ex") && *value != Json::Null {
            return Err(Refusal::bad_property(name));
        }
        let inner = match value {
            Json::List(list) => list.as_slice(),
            other => std::slice::from_ref(other),
        };
        for object in inner.iter().filter_map(Json::as_object) {
            no_extension(object)?;
        }
    }
    Ok(())
}

/// Rounds to cents, half away from zero.
pub(crate) fn cents(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// What an absent field becomes.
pub(crate) fn preset(field: &Field) -> Option<Json> {
    match field.default {
        Preset::None => None,
        Preset::Bool(value) => Some(Json::Bool(value)),
        Preset::Text(text) => Some(text.into()),
        Preset::Zero => Some(amount(Decimal::ZERO)),
    }
}

fn known_names(shape: &Shape, body: &Object, system: &[&str]) -> Result<(), Refusal> {
    for (name, value) in body.iter() {
        let Some(field) = shape.field(name) else {
            if system.contains(&name) {
                continue;
            }
            let known: Vec<&str> = shape
                .fields
                .iter()
                .map(|field| field.name)
                .chain(system.iter().copied())
                .collect();
            return Err(Refusal::unknown_property(name, shape.class, &known));
        };
        match (field.kind, value) {
            (Kind::Object(inner), Json::Object(object)) => known_names(inner, object, &[])?,
            (Kind::List(inner), Json::List(list)) => {
                for object in list.iter().filter_map(Json::as_object) {
                    known_names(inner, object, &[])?;
                }
            }
            (Kind::Reference(_), Json::Object(object)) => {
                const KNOWN: &[&str] = &["value", "name", "type"];
                if let Some((name, _)) = object.iter().find(|(name, _)| !KNOWN.contains(name)) {
                    return Err(Refusal::unknown_property(name, "ReferenceType", KNOWN));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

struct Intake {
    null_clears: bool,
}

impl Intake {
    fn object(&self, shape: &Shape, body: &Object, path: &str) -> Result<Object, Refusal> {
        let mut read = Object::new();
        for field in shape.fields {
            let Some(value) = body.get(field.name) else {
                continue;
            };
            if field.access == Access::ReadOnly {
                continue;
            }
            if *value == Json::Null {
                if self.null_clears {
                    read.set(field.name, Json::Null);
                }
                continue;
            }
            let path = join(path, field.name);
            if let Some(value) = self.value(field, value, &path)? {
                read.set(field.name, value);
            }
        }
        Ok(read)
    }

    /// An object inside another: no empty fields, with its presets, and with all that it requires.
    fn inner(&self, shape: &Shape, body: &Object, path: &str) -> Result<Object, Refusal> {
        let read = self.object(shape, body, path)?;
        let mut inner = Object::new();
        for field in shape.fields {
            match read.get(field.name).filter(|value| **value != Json::Null) {
                Some(value) => inner.set(field.name, value.clone()),
                None if field.required => return Err(Refusal::missing(&join(path, field.name))),
                None => {
                    if let Some(value) = preset(field) {
                        inner.set(field.name, value);
                    }
                }
            }
        }
        Ok(inner)
    }

    fn value(&self, field: &Field, value: &Json, path: &str) -> Result<Option<Json>, Refusal> {
        Ok(Some(match field.kind {
            Kind::Ignored => return Ok(None),
            Kind::Uncovered => {
                return if is_empty(value) {
                    Ok(None)
                } else {
                    Err(Refusal::not_covered(format!("the property {path}")))
                };
            }
            // Taken as absent: a widely used library sends it for what it does not set.
            Kind::Bool if value.as_text() == Some("") => Json::Null,
            Kind::Bool => Json::Bool(truth(value, path)?),
            Kind::Object(shape) => match value {
                Json::Object(body) => {
                    let inner = self.inner(shape, body, path)?;
                    // An empty address is no address; an empty detail of a line is a detail.
                    if inner.is_empty() && !path.starts_with("Line.") {
                        Json::Null
                    } else {
                        inner.into()
                    }
                }
                _ => return Err(wrong_type(path, value)),
            },
            Kind::List(shape) => match value {
                Json::List(list) => {
                    let mut read = Vec::with_capacity(list.len());
                    for element in list {
                        match element {
                            Json::Object(body) => {
                                read.push(self.inner(shape, body, path)?.into());
                            }
                            _ => return Err(wrong_type(path, element)),
                        }
                    }
                    Json::List(read)
                }
                _ => return Err(wrong_type(path, value)),
            },
            Kind::Reference(target) => reference(target, value, path)?,
            Kind::Text(_)
            | Kind::Email(_)
            | Kind::OneOf(_)
            | Kind::Date
            | Kind::Amount
            | Kind::Number
            | Kind::Whole(..) => {
                let text = scalar(value, path)?;
                if text.is_empty() {
                    Json::Null
                } else {
                    from_text(field, &text, path)?
                }
            }
        }))
    }
}

fn from_text(field: &Field, text: &str, path: &str) -> Result<Json, Refusal> {
    Ok(match field.kind {
        Kind::Date => {
            let day: Date = text
                .parse()
                .ok()
                .filter(|_| text.len() == "2026-01-31".len())
                .ok_or_else(|| Refusal::date(path, text))?;
            day.to_string().into()
        }
        Kind::OneOf(words) => {
            if !words.contains(&text) {
                return Err(Refusal::enumeration(path, text));
            }
            text.into()
        }
        Kind::Amount => amount(cents(number(text, path)?)),
        Kind::Number => shortest(number(text, path)?),
        Kind::Whole(min, max) => {
            let value: i64 = text.parse().map_err(|_| Refusal::number(path, text))?;
            if !(min..=max).contains(&value) {
                return Err(Refusal::number(path, text));
            }
            Json::Number(value.to_string())
        }
        Kind::Email(max) => {
            length(field, text, max, path)?;
            if !text.split(',').all(|one| is_email(one.trim())) {
                return Err(Refusal::email(path));
            }
            text.into()
        }
        Kind::Text(max) => {
            length(field, text, max, path)?;
            text.into()
        }
        Kind::Bool
        | Kind::Object(_)
        | Kind::List(_)
        | Kind::Reference(_)
        | Kind::Uncovered
        | Kind::Ignored => return Err(wrong_type(path, &text.into())),
    })
}

fn length(field: &Field, text: &str, max: usize, path: &str) -> Result<(), Refusal> {
    let found = text.encode_utf16().count();
    if found > max {
        return Err(Refusal::length(field.label.unwrap_or(path), max, found));
    }
    Ok(())
}

fn number(text: &str, path: &str) -> Result<Decimal, Refusal> {
    decimal(text)
        .filter(|value| value.trunc().abs() <= LARGEST)
        .ok_or_else(|| Refusal::number(path, text))
}

/// `{"value": "1"}`; an empty value clears, other keys are not kept.
fn reference(target: Target, value: &Json, path: &str) -> Result<Json, Refusal> {
    let Json::Object(body) = value else {
        return Err(wrong_type(path, value));
    };
    let id = match body.get("value") {
        None | Some(Json::Null) => String::new(),
        Some(value) => scalar(value, path)?,
    };
    if id.is_empty() {
        return Ok(Json::Null);
    }
    let mut read = Object::new().with("value", id);
    if target == Target::FreeText
        && let Some(name) = body.get("name").filter(|name| **name != Json::Null)
    {
        read.set("name", scalar(name, path)?);
    }
    Ok(read.into())
}

/// Any scalar as text, as Intuit's parser takes it.
fn scalar(value: &Json, path: &str) -> Result<String, Refusal> {
    match value {
        Json::Text(text) | Json::Number(text) => Ok(text.clone()),
        Json::Bool(value) => Ok(value.to_string()),
        _ => Err(wrong_type(path, value)),
    }
}

fn truth(value: &Json, path: &str) -> Result<bool, Refusal> {
    match value {
        Json::Bool(value) => Ok(*value),
        Json::Text(text) if text == "true" => Ok(true),
        Json::Text(text) if text == "false" => Ok(false),
        _ => Err(wrong_type(path, value)),
    }
}

fn wrong_type(path: &str, value: &Json) -> Refusal {
    let found = match value {
        Json::Null => "VALUE_NULL",
        Json::Bool(_) => "VALUE_BOOLEAN",
        Json::Number(_) => "VALUE_NUMBER",
        Json::Text(_) => "VALUE_STRING",
        Json::List(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    };
    Refusal::bad_property(&format!(
        "Can not deserialize instance of {path} out of {found} token"
    ))
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::Number(text) => decimal(text).is_some_and(|value| value.is_zero()),
        Json::Text(text) => text.is_empty(),
        Json::List(list) => list.is_empty(),
        Json::Object(object) => object.is_empty(),
    }
}

/// Something, one `@`, a domain with a dot, no spaces.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && !text.contains(char::is_whitespace)
}

pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_amount_has_fifteen_digits() {
        assert_eq!(LARGEST.to_string(), "9".repeat(15));
    }

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        for (given, rounded) in [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.0049", "1.00")] {
            assert_eq!(cents(decimal(given).unwrap()), decimal(rounded).unwrap());
        }
    }

    #[test]
    fn addresses_have_a_name_and_a_domain() {
        for good in ["a@b.co", "first.last+tag@mail.example.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["a", "@b.co", "a@b", "a@b@c.de", "a b@c.de", "a@b."] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
