use std::{collections::BTreeMap, fmt};

use serde_json::value::RawValue;

use crate::{BatchResults, Effect, Entity, QboError, Tid, batch};

/// What QuickBooks answered to a call that it did.
#[derive(Clone)]
pub struct Answer {
    body: String,
    effect: Effect,
    tid: Tid,
}

impl Answer {
    pub(crate) fn new(body: String, effect: Effect, tid: Tid) -> Self {
        Self { body, effect, tid }
    }

    /// As QuickBooks wrote it.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Intuit's name for the answer.
    pub fn tid(&self) -> &Tid {
        &self.tid
    }

    /// The object that was read, made or changed.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when there is no such object or it cannot be read.
    pub fn parse<T: Entity>(&self) -> Result<T, QboError> {
        self.read(T::NAME, |body| {
            let mut fields: BTreeMap<String, &RawValue> = serde_json::from_str(body)?;
            match fields.remove(T::NAME) {
                Some(json) => serde_json::from_str(json.get()),
                None => Err(serde::de::Error::missing_field(T::NAME)),
            }
        })
    }

    /// The rows that a query found; an empty page has none.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when it is not the answer of a query or a row cannot be read.
    pub fn query_rows<T: Entity>(&self) -> Result<Vec<T>, QboError> {
        self.read("QueryResponse", |body| {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(body)?;
            match fields.get("QueryResponse") {
                Some(json) => rows(json.get()),
                None => Err(serde::de::Error::missing_field("QueryResponse")),
            }
        })
    }

    /// What came of each item of a batch. Faults are sorted by [`QboError::from_fault`].
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when it is not the answer of a batch.
    pub fn batch(&self) -> Result<BatchResults, QboError> {
        self.read("BatchItemResponse", batch::parse)
    }

    fn read<T>(
        &self,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Result<T, serde_json::Error>,
    ) -> Result<T, QboError> {
        parse(&self.body).map_err(|error| QboError::Unreadable {
            expected,
            reason: place(&error),
            effect: self.effect,
            tid: self.tid.clone(),
        })
    }
}

/// Shows the length only: the body carries names.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} bytes){}", self.body.len(), self.tid)
    }
}

/// The rows of a `QueryResponse`; none when the kind is not mentioned.
pub(crate) fn rows<T: Entity>(json: &str) -> Result<Vec<T>, serde_json::Error> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
    fields
        .get(T::NAME)
        .map_or_else(|| Ok(Vec::new()), |rows| serde_json::from_str(rows.get()))
}

/// Where reading stopped. Not the error's own text: that quotes what it read.
fn place(error: &serde_json::Error) -> String {
    format!(
        "{:?} error at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    )
}
