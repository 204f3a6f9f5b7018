use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize, Serializer, de::Error, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::{
    Effect, Entity, Fault, Id, QboError, Query, RequestError, SyncToken, Tid,
    answer::{QUERY, row_count, rows, unreadable},
    limits,
    request::{create_body, is_token, sparse_body},
};

/// Names an item of a batch. At most 10 letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BatchId(String);

impl BatchId {
    /// # Errors
    /// When the text is not 1 to 10 letters, digits and hyphens.
    pub fn new(text: impl Into<String>) -> Result<Self, RequestError> {
        let text = text.into();
        if is_token(&text, limits::BATCH_ID) {
            Ok(Self(text))
        } else {
            Err(RequestError::BatchId)
        }
    }

    /// As it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The item at a place, from 0: `b0`.
impl From<u8> for BatchId {
    fn from(place: u8) -> Self {
        Self(format!("b{place}"))
    }
}

impl TryFrom<String> for BatchId {
    type Error = RequestError;

    fn try_from(text: String) -> Result<Self, RequestError> {
        Self::new(text)
    }
}

impl From<BatchId> for String {
    fn from(id: BatchId) -> Self {
        id.0
    }
}

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One call within a batch.
#[derive(Clone)]
pub struct BatchItem {
    id: BatchId,
    call: Call,
}

#[derive(Clone)]
enum Call {
    Write {
        operation: &'static str,
        entity: &'static str,
        body: Box<RawValue>,
    },
    Query(String),
}

impl BatchItem {
    /// Makes a new object; see [`Request::create`](crate::Request::create).
    ///
    /// # Errors
    /// When the object cannot be written as JSON.
    pub fn create<T: Entity>(id: BatchId, object: &T) -> Result<Self, RequestError> {
        Self::write::<T>(id, "create", create_body(object)?)
    }

    /// Changes part of an object; see [`Request::sparse_update`](crate::Request::sparse_update).
    ///
    /// # Errors
    /// When the object cannot be written as JSON.
    pub fn sparse_update<T: Entity>(
        id: BatchId,
        object: &Id,
        sync_token: &SyncToken,
        change: &T,
    ) -> Result<Self, RequestError> {
        Self::write::<T>(id, "update", sparse_body(object, sync_token, change)?)
    }

    /// Reads what a statement selects.
    pub fn query(id: BatchId, query: &Query) -> Self {
        Self {
            id,
            call: Call::Query(query.to_string()),
        }
    }

    /// Its name.
    pub fn id(&self) -> &BatchId {
        &self.id
    }

    /// Whether it changes anything.
    pub fn effect(&self) -> Effect {
        match self.call {
            Call::Write { .. } => Effect::Write,
            Call::Query(_) => Effect::Read,
        }
    }

    fn write<T: Entity>(
        id: BatchId,
        operation: &'static str,
        body: String,
    ) -> Result<Self, RequestError> {
        Ok(Self {
            id,
            call: Call::Write {
                operation,
                entity: T::NAME,
                body: RawValue::from_string(body).map_err(RequestError::Json)?,
            },
        })
    }
}

impl Serialize for BatchItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("bId", &self.id)?;
        match &self.call {
            Call::Write {
                operation,
                entity,
                body,
            } => {
                map.serialize_entry("operation", operation)?;
                map.serialize_entry(entity, body)?;
            }
            Call::Query(statement) => map.serialize_entry("Query", statement)?,
        }
        map.end()
    }
}

/// Shows its name only: bodies carry names.
impl fmt::Debug for BatchItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchItem({})", self.id)
    }
}

/// What came of each item, by its name. An item without an answer is missing: its outcome is unknown.
pub type BatchResults = Vec<(BatchId, Result<BatchValue, Fault>)>;

/// What one item of a batch was answered.
#[derive(Clone)]
pub struct BatchValue {
    name: String,
    json: Box<RawValue>,
    tid: Tid,
}

impl BatchValue {
    /// The object that was made or changed.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when the answer is not such an object: as good as uncertain.
    pub fn entity<T: Entity>(&self) -> Result<T, QboError> {
        let object = if self.name == T::NAME {
            serde_json::from_str(self.json.get())
        } else {
            Err(Error::missing_field(T::NAME))
        };
        object.map_err(|error| unreadable(T::NAME, &error, Effect::Write, self.tid.clone()))
    }

    /// The rows that a query found.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when the answer is not that of a query, or a row cannot be read.
    pub fn rows<T: Entity>(&self) -> Result<Vec<T>, QboError> {
        let rows = if self.name == QUERY {
            rows(self.json.get())
        } else {
            Err(Error::missing_field(QUERY))
        };
        rows.map_err(|error| unreadable(QUERY, &error, Effect::Read, self.tid.clone()))
    }

    /// How many rows a query found, whatever they are.
    ///
    /// # Errors
    /// [`QboError::Unreadable`] when the answer is not that of a query.
    pub fn row_count(&self) -> Result<usize, QboError> {
        row_count(self.json.get())
            .map_err(|error| unreadable(QUERY, &error, Effect::Read, self.tid.clone()))
    }

    /// `Customer`, `QueryResponse`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As QuickBooks wrote it.
    pub fn json(&self) -> &RawValue {
        &self.json
    }
}

/// Shows its kind only: the object carries names.
impl fmt::Debug for BatchValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchValue({})", self.name)
    }
}

pub(crate) fn parse(body: &str, tid: &Tid) -> Result<BatchResults, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Envelope<'a> {
        #[serde(borrow)]
        batch_item_response: Vec<BTreeMap<String, &'a RawValue>>,
    }
    let envelope: Envelope<'_> = serde_json::from_str(body)?;
    let items = envelope.batch_item_response.into_iter();
    Ok(items.filter_map(|fields| item(fields, tid)).collect())
}

/// An item that cannot be told apart is left out, and so counts as unanswered: the others still count.
fn item(
    mut fields: BTreeMap<String, &RawValue>,
    tid: &Tid,
) -> Option<(BatchId, Result<BatchValue, Fault>)> {
    let id = serde_json::from_str(fields.remove("bId")?.get()).ok()?;
    if let Some(fault) = fields.get("Fault").or_else(|| fields.get("fault")) {
        return Some((id, Err(Fault::in_batch(fault.get()))));
    }
    let (name, json) = fields
        .into_iter()
        .find(|(_, json)| json.get().starts_with('{'))?;
    let value = BatchValue {
        name,
        json: json.to_owned(),
        tid: tid.clone(),
    };
    Some((id, Ok(value)))
}
