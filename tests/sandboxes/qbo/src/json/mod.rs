//! JSON that keeps every number as the text it was written in, and every field in its order.
//!
//! QuickBooks prints amounts as `100.00` and a zero as `0`; a value that goes through `f64` loses both.

mod print;
mod reader;

use rust_decimal::Decimal;

pub(crate) use print::{amount, shortest};
pub use reader::JsonError;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Object),
}

/// A JSON object with its fields in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The value of a field, to change.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.0.iter_mut().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Sets a field in its place, or as the last one.
    pub fn set(&mut self, name: &str, value: impl Into<Json>) {
        let value = value.into();
        match self.get_mut(name) {
            Some(old) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// As [`Object::set`], for chains.
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.set(name, value);
        self
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(n, _)| n == name)?;
        Some(self.0.remove(at).1)
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v))
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value at a dotted path (`CustomerRef.value`, `Line.0.Amount`).
    pub fn at(&self, path: &str) -> Option<&Json> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let value = self.get(first)?;
        rest.map_or(Some(value), |rest| value.at(rest))
    }

    /// The text at a dotted path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_text()
    }

    /// The number at a dotted path.
    pub fn decimal(&self, path: &str) -> Option<Decimal> {
        self.at(path)?.as_decimal()
    }

    /// The truth value at a dotted path.
    pub fn bool(&self, path: &str) -> Option<bool> {
        self.at(path)?.as_bool()
    }

    /// The elements of the array at a dotted path; none when it is absent.
    pub fn list(&self, path: &str) -> &[Json] {
        self.at(path).map_or(&[], Json::as_list)
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (String, Json)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl Json {
    /// The value at a dotted path (`CustomerRef.value`, `Line.0.Amount`).
    pub fn at(&self, path: &str) -> Option<&Json> {
        match self {
            Self::Object(object) => object.at(path),
            Self::List(list) => {
                let (first, rest) = match path.split_once('.') {
                    Some((first, rest)) => (first, Some(rest)),
                    None => (path, None),
                };
                let value = list.get(first.parse::<usize>().ok()?)?;
                rest.map_or(Some(value), |rest| value.at(rest))
            }
            _ => None,
        }
    }

    /// The text at a dotted path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_text()
    }

    /// The number at a dotted path.
    pub fn decimal(&self, path: &str) -> Option<Decimal> {
        self.at(path)?.as_decimal()
    }

    /// This string.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This number.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Number(text) => decimal(text),
            _ => None,
        }
    }

    /// This truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of this array; none when it is something else.
    pub fn as_list(&self) -> &[Json] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// This object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }
}

/// Reads a JSON number exactly; digits beyond the 28th are rounded.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text)
        .or_else(|_| text.parse())
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Json>> for Json {
    fn from(list: Vec<Json>) -> Self {
        Self::List(list)
    }
}

impl From<usize> for Json {
    fn from(value: usize) -> Self {
        Self::Number(value.to_string())
    }
}
