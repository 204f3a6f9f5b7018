use std::{collections::BTreeMap, fmt};

use serde_json::value::RawValue;

use crate::{BatchResults, Changes, Effect, Entity, QboError, Tid, batch};

/// An object field by field, each as QuickBooks wrote it.
pub type Fields = BTreeMap<String, Box<RawValue>>;

/// The envelope of a query's rows.
pub(crate) const QUERY: &str = "QueryResponse";

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

    /// The fields of the object that was read, as QuickBooks wrote them, those without a type here included: for
    /// [`Request::full_update`](crate::Request::full_update).
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when there is no such object.
    pub fn fields<T: Entity>(&self) -> Result<Fields, QboError> {
        self.read(T::NAME, |body| {
            let mut objects: BTreeMap<String, &RawValue> = serde_json::from_str(body)?;
            match objects.remove(T::NAME) {
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
        self.read(QUERY, |body| {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(body)?;
            match fields.get(QUERY) {
                Some(json) => rows(json.get()),
                None => Err(serde::de::Error::missing_field(QUERY)),
            }
        })
    }

    /// How many rows a query found, whatever they are.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when the answer is not that of a query.
    pub fn row_count(&self) -> Result<usize, QboError> {
        self.read(QUERY, |body| {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(body)?;
            let json = fields.get(QUERY);
            json.map_or(Ok(0), |json| row_count(json.get()))
        })
    }

    /// What change data capture told.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when it is no such answer.
    pub fn changes(&self) -> Result<Changes, QboError> {
        self.read("CDCResponse", Changes::parse)
    }

    /// What came of each item of a batch. Faults are sorted by [`QboError::from_fault`].
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when it is not the answer of a batch.
    pub fn batch(&self) -> Result<BatchResults, QboError> {
        self.read("BatchItemResponse", |body| batch::parse(body, &self.tid))
    }

    fn read<T>(
        &self,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Result<T, serde_json::Error>,
    ) -> Result<T, QboError> {
        parse(&self.body)
            .map_err(|error| unreadable(expected, &error, self.effect, self.tid.clone()))
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

/// How many rows a `QueryResponse` has.
pub(crate) fn row_count(json: &str) -> Result<usize, serde_json::Error> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
    let rows = fields.values().find(|json| json.get().starts_with('['));
    rows.map_or(Ok(0), |rows| {
        serde_json::from_str::<Vec<&RawValue>>(rows.get()).map(|rows| rows.len())
    })
}

/// Says where reading stopped. The error's own text quotes what it read, so it is left out.
pub(crate) fn unreadable(
    expected: &'static str,
    error: &serde_json::Error,
    effect: Effect,
    tid: Tid,
) -> QboError {
    let (kind, line, column) = (error.classify(), error.line(), error.column());
    QboError::Unreadable {
        expected,
        reason: format!("{kind:?} error at line {line}, column {column}"),
        effect,
        tid,
    }
}
