//! How the fields of a record are read: each by itself, so that one in a form that nobody has seen costs itself and not
//! the record. Numbers are taken as text, so that no floating-point number touches them.

use std::{collections::BTreeMap, mem, str::FromStr};

use jiff::{Timestamp, civil, tz::TimeZone};
use money::{Cents, Quantity};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

/// The fields of a record that were told in a form that is not known. They count as not told; whether that matters is
/// for those to judge who use them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread(Vec<String>);

impl Unread {
    /// Their paths below the record, never a value: `amount`, `items[2].invoiced_amount`, `payments[0].id`. A path that
    /// ends with a count (`taxes[1]`) is an entry that is no record at all.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a field is among them.
    pub fn has(&self, path: &str) -> bool {
        self.paths().any(|unread| unread == path)
    }
}

/// A field without which a record is of no use is missing, or its form is not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0} is missing or in a form that is not known")]
pub(crate) struct Missing(pub(crate) String);

impl Missing {
    /// It is no record at all.
    pub(crate) fn of_all() -> Self {
        Self(String::new())
    }

    /// The same, of what has this place.
    pub(crate) fn below(&self, place: &str) -> Self {
        match self.0.as_str() {
            "" => Self(place.to_owned()),
            field => Self(format!("{place}.{field}")),
        }
    }
}

/// What is read from the fields of an object. `read` leaves in `fields` what it could not read, for the record that
/// this one is part of; a record that stands by itself takes it along.
pub(crate) trait Record: Sized {
    fn read(fields: &mut Fields) -> Result<Self, Missing>;
}

/// An object as it came.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Fields {
    raw: BTreeMap<String, Box<RawValue>>,
    #[serde(skip)]
    unread: Unread,
}

/// A form that is not known.
#[derive(Debug, PartialEq)]
struct Odd;

impl Fields {
    /// What could not be read so far.
    pub(crate) fn unread(&mut self) -> Unread {
        mem::take(&mut self.unread)
    }

    /// The record has an id that its reader knows: it counts where the record tells none that can be read.
    pub(crate) fn or_id(&mut self, id: &str) {
        if self.id::<String>("id").is_none()
            && let Ok(id) = serde_json::value::to_raw_value(id)
        {
            self.raw.insert("id".to_owned(), id);
        }
        self.unread = Unread::default();
    }

    /// Text; an empty one is none. Numbers count as the text that they are written with: a job's number is a string
    /// when read and a number when written.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, text)
    }

    /// An identifier; an empty one is none.
    pub(crate) fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        self.take(name, |json| {
            let parsed = text(json)?.map(|text| text.parse());
            parsed.transpose().map_err(|_| Odd)
        })
    }

    /// An identifier that the record cannot be without, under the first of these names that tells it.
    pub(crate) fn identity<T: FromStr>(&mut self, names: &[&str]) -> Result<T, Missing> {
        let id = names.iter().find_map(|name| self.id(name));
        let told = names.iter().find(|name| self.raw.contains_key(**name));
        let named = told.or(names.first()).copied().unwrap_or_default();
        id.ok_or_else(|| Missing(named.to_owned()))
    }

    /// A word of an open list.
    pub(crate) fn word<T: From<String>>(&mut self, name: &str) -> Option<T> {
        self.text(name).map(T::from)
    }

    /// Whole cents: `8900`, also `8900.0`.
    pub(crate) fn cents(&mut self, name: &str) -> Option<Cents> {
        self.take(name, cents)
    }

    /// A quantity, as a decimal number.
    pub(crate) fn quantity(&mut self, name: &str) -> Option<Quantity> {
        self.take(name, |json| json.get().parse().map(Some).map_err(|_| Odd))
    }

    /// A quantity counted in hundredths: `250` is 2.5. It is a whole number with an amount's tolerance for `250.0`.
    pub(crate) fn hundredths(&mut self, name: &str) -> Option<Quantity> {
        let count = self.take(name, cents)?;
        Some(Quantity::from_hundredths(count.get()))
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        self.take(name, json)
    }

    /// A place among others.
    pub(crate) fn place(&mut self, name: &str) -> Option<i64> {
        self.take(name, json)
    }

    /// A count.
    pub(crate) fn count(&mut self, name: &str) -> Option<u32> {
        self.take(name, json)
    }

    /// A point in time; an empty one is none.
    pub(crate) fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.take(name, |json| {
            if !json.get().starts_with('"') {
                return Err(Odd);
            }
            let time = text(json)?.map(|text| timestamp(&text).ok_or(Odd));
            time.transpose()
        })
    }

    /// Text, or notes in a list, each text or an object with its `content`: `customer.notes` is a list in the
    /// published description and text in live answers.
    pub(crate) fn notes(&mut self, name: &str) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Note {
            Text(String),
            Content { content: String },
        }
        self.take(name, |raw| {
            if !raw.get().starts_with('[') {
                return text(raw);
            }
            let notes: Vec<Note> = serde_json::from_str(raw.get()).map_err(|_| Odd)?;
            let notes = notes.into_iter().map(|note| match note {
                Note::Text(text) => text,
                Note::Content { content } => content,
            });
            let notes: Vec<String> = notes.filter(|note| !note.is_empty()).collect();
            Ok((!notes.is_empty()).then(|| notes.join("\n")))
        })
    }

    /// A list of texts; `null` is none.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        self.take(name, json).unwrap_or_default()
    }

    /// A part.
    pub(crate) fn record<T: Record>(&mut self, name: &str) -> Option<T> {
        let mut part: Fields = self.take(name, json)?;
        self.part(name, &mut part)
    }

    /// Parts; `null` is none.
    pub(crate) fn records<T: Record>(&mut self, name: &str) -> Vec<T> {
        let parts: Option<Vec<Box<RawValue>>> = self.take(name, json);
        let mut read = Vec::new();
        for (at, part) in parts.unwrap_or_default().iter().enumerate() {
            let place = format!("{name}[{at}]");
            match serde_json::from_str::<Fields>(part.get()) {
                Ok(mut part) => read.extend(self.part(&place, &mut part)),
                Err(_) => self.unread.0.push(place),
            }
        }
        read
    }

    /// A list that the answer cannot be without, under the first of these names that tells it.
    pub(crate) fn rows(&mut self, names: &[&str]) -> Result<Vec<Box<RawValue>>, Missing> {
        let rows = names.iter().find_map(|name| self.take(name, json));
        rows.ok_or_else(|| Missing(names.first().copied().unwrap_or_default().to_owned()))
    }

    /// A part whose fields are known; what cannot be read of it is told with its place.
    fn part<T: Record>(&mut self, place: &str, part: &mut Fields) -> Option<T> {
        let (read, missing) = match T::read(part) {
            Ok(read) => (Some(read), None),
            Err(Missing(field)) => (None, Some(field)),
        };
        let unread = part.unread().0.into_iter();
        // An identity that cannot be read is missing as well; the part is gone with it.
        let unread = unread.filter(|_| missing.is_none()).chain(missing.clone());
        let unread = unread.map(|path| format!("{place}.{path}"));
        self.unread.0.extend(unread);
        read
    }

    fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&RawValue) -> Result<Option<T>, Odd>,
    ) -> Option<T> {
        let json = self.raw.get(name)?;
        if json.get() == "null" {
            return None;
        }
        read(json).unwrap_or_else(|Odd| {
            self.unread.0.push(name.to_owned());
            None
        })
    }
}

/// Lets serde read a record through its fields.
macro_rules! from_fields {
    ($($name:ident),+ $(,)?) => {$(
        impl TryFrom<$crate::records::fields::Fields> for $name {
            type Error = $crate::records::fields::Missing;

            fn try_from(
                mut fields: $crate::records::fields::Fields,
            ) -> Result<Self, $crate::records::fields::Missing> {
                $crate::records::fields::Record::read(&mut fields)
            }
        }
    )+};
}

pub(crate) use from_fields;

fn json<T: serde::de::DeserializeOwned>(json: &RawValue) -> Result<Option<T>, Odd> {
    serde_json::from_str(json.get()).map_err(|_| Odd)
}

fn text(json: &RawValue) -> Result<Option<String>, Odd> {
    let text: String = match json.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(json.get()).map_err(|_| Odd)?,
        Some(b'-' | b'0'..=b'9') => json.get().to_owned(),
        _ => return Err(Odd),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn cents(json: &RawValue) -> Result<Option<Cents>, Odd> {
    Cents::from_hcp(json.get()).map(Some).map_err(|_| Odd)
}

/// A point in time as text: RFC 3339; without a zone it is UTC (the published description writes it so).
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: civil::DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

#[cfg(test)]
mod tests;
