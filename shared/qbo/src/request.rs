use std::{collections::HashSet, fmt};

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    BatchItem, CompanyInfo, Entity, Fields, Id, Invoice, Payment, Preferences, Query, RealmId,
    SyncToken, limits,
};

/// The version of the API that answers are read in. Lower ones have been ignored since August 2025.
const MINOR_VERSION: &str = "75";

/// The path of queries.
const QUERY: &str = "query";

/// In percent-encoded bytes. Common gateways refuse an address from 8 KiB on.
const LONGEST_QUERY_IN_URL: usize = 4_000;

/// What may stand unescaped in a path or query (RFC 3986, unreserved).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One call, complete but for host, company and token. Plain data: what is stored before sending is
/// exactly what is sent, now or again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    method: Method,
    path: String,
    params: Vec<(String, String)>,
    body: String,
    request_id: Option<RequestId>,
    effect: Effect,
}

/// The verbs that QuickBooks uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Read, query.
    Get,
    /// Create, update, void, batch, long query.
    Post,
}

/// Whether a call changes anything. It decides what a lost answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It may be repeated at will.
    Read,
    /// A lost answer leaves its outcome unknown.
    Write,
}

/// Names one attempt to change something: QuickBooks answers a repeat with the first answer and does
/// nothing. At most 50 letters, digits and hyphens; in a batch at most 36.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

/// A request that cannot be built.
#[derive(Debug, Error)]
pub enum RequestError {
    /// QuickBooks refuses other ids with 2130.
    #[error("a request id is 1 to {max} letters, digits and hyphens", max = limits::REQUEST_ID)]
    RequestId,
    /// With a batch the id may only be this long.
    #[error("the request id of a batch has at most {max} characters", max = limits::BATCH_REQUEST_ID)]
    BatchRequestId,
    /// Not 1 to 10 letters, digits and hyphens.
    #[error("the id of a batch item is 1 to {max} letters, digits and hyphens", max = limits::BATCH_ID)]
    BatchId,
    /// Empty, or more than 30 items.
    #[error("a batch has 1 to {max} items, this has {0}", max = limits::BATCH_ITEMS)]
    BatchSize(usize),
    /// Two items of a batch have the same id, so that their answers could not be told apart.
    #[error("two items of a batch are called {0}")]
    BatchIdTwice(String),
    /// The object cannot be written as JSON.
    #[error("the object cannot be written as JSON")]
    Json(#[source] serde_json::Error),
}

/// Where batches go.
const BATCH: &str = "batch";

impl Request {
    /// Makes a new object. An id and a sync token in it are left out.
    ///
    /// # Errors
    /// When the object cannot be written as JSON.
    pub fn create<T: Entity>(object: &T, request_id: RequestId) -> Result<Self, RequestError> {
        let body = create_body(object)?;
        Ok(Self::write(T::PATH, body, request_id))
    }

    /// Changes what stands in `change` and leaves the rest alone; `Line` is replaced as a whole.
    ///
    /// # Errors
    /// When the object cannot be written as JSON.
    pub fn sparse_update<T: Entity>(
        id: &Id,
        sync_token: &SyncToken,
        change: &T,
        request_id: RequestId,
    ) -> Result<Self, RequestError> {
        let body = sparse_body(id, sync_token, change)?;
        Ok(Self::write(T::PATH, body, request_id))
    }

    /// Writes an object as a whole: what QuickBooks has of it, `current`, with everything of `object` on top and
    /// without the fields in `cleared`. It is the documented way to clear a field; what `null` does in a sparse
    /// update differs from field to field. The sync token in `current` counts.
    ///
    /// # Errors
    /// When the object cannot be written as JSON.
    pub fn full_update<T: Entity>(
        current: &Fields,
        object: &T,
        cleared: &[&str],
        request_id: RequestId,
    ) -> Result<Self, RequestError> {
        let mut object = object.clone();
        object.set_identity(None);
        let object: Fields = serde_json::from_str(&json(&object)?).map_err(RequestError::Json)?;
        let mut whole = current.clone();
        // `sparse` would make it one; blocks such as `InvoiceEx` must not come back (they are refused).
        whole.retain(|name, _| {
            !matches!(name.as_str(), "sparse" | "domain" | "MetaData") && !name.ends_with("Ex")
        });
        whole.extend(object);
        whole.retain(|name, _| !cleared.contains(&name.as_str()));
        Ok(Self::write(T::PATH, json(&whole)?, request_id))
    }

    /// Voids an invoice: it stays, with zero amounts.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn void_invoice(
        id: &Id,
        sync_token: &SyncToken,
        request_id: RequestId,
    ) -> Result<Self, RequestError> {
        let mut request = Self::by_identity(Invoice::PATH, id, sync_token, request_id)?;
        request.param("operation", "void");
        Ok(request)
    }

    /// Voids a payment, which goes another way: it stays, with zero amounts, and pays nothing any more.
    ///
    /// # Errors
    /// When the body cannot be written as JSON.
    pub fn void_payment(
        id: &Id,
        sync_token: &SyncToken,
        request_id: RequestId,
    ) -> Result<Self, RequestError> {
        let mut request = Self::by_identity(Payment::PATH, id, sync_token, request_id)?;
        request.param("operation", "update");
        request.param("include", "void");
        Ok(request)
    }

    /// What is done to an object, of which nothing else is sent: QuickBooks refuses what a read carries beside it.
    fn by_identity(
        path: &str,
        id: &Id,
        sync_token: &SyncToken,
        request_id: RequestId,
    ) -> Result<Self, RequestError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Identity<'a> {
            id: &'a Id,
            sync_token: &'a SyncToken,
        }
        let body = json(&Identity { id, sync_token })?;
        Ok(Self::write(path, body, request_id))
    }

    /// The same, also where another document has the number. QuickBooks refuses that otherwise, if the company wants
    /// to be warned of it (6140).
    #[must_use]
    pub fn with_number_of_another(mut self) -> Self {
        self.param("include", "allowduplicatedocnum");
        self
    }

    /// Several calls in one, done one after another and not as a transaction: every item has its own
    /// outcome, and none may refer to what an earlier one makes.
    ///
    /// # Errors
    /// When there are no items or more than 30, two have the same id, or the request id is longer
    /// than 36 characters.
    pub fn batch(items: &[BatchItem], request_id: RequestId) -> Result<Self, RequestError> {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Batch<'a> {
            batch_item_request: &'a [BatchItem],
        }
        if !(1..=limits::BATCH_ITEMS).contains(&items.len()) {
            return Err(RequestError::BatchSize(items.len()));
        }
        if request_id.as_str().len() > limits::BATCH_REQUEST_ID {
            return Err(RequestError::BatchRequestId);
        }
        let mut seen = HashSet::new();
        if let Some(item) = items.iter().find(|item| !seen.insert(item.id())) {
            return Err(RequestError::BatchIdTwice(item.id().to_string()));
        }
        let body = json(&Batch {
            batch_item_request: items,
        })?;
        let mut request = Self::write(BATCH, body, request_id);
        if items.iter().all(|item| item.effect() == Effect::Read) {
            request.effect = Effect::Read;
        }
        Ok(request)
    }

    /// Reads one object.
    pub fn read<T: Entity>(id: &Id) -> Self {
        Self::get(format!("{}/{}", T::PATH, encode(id.as_str())))
    }

    /// Reads what a statement selects. A long one travels in the body: addresses have a limit in every
    /// gateway on the way.
    pub fn query(query: &Query) -> Self {
        let statement = query.to_string();
        let mut request = Self::get(QUERY.to_owned());
        if encode(&statement).len() > LONGEST_QUERY_IN_URL {
            request.method = Method::Post;
            request.body = statement;
        } else {
            request.param("query", statement);
        }
        request
    }

    /// Reads what changed of these kinds since a moment, at most [`CHANGES_DAYS`](limits::CHANGES_DAYS) ago.
    pub fn changes(kinds: &[&str], since: Timestamp) -> Self {
        let mut request = Self::get("cdc".to_owned());
        request.param("entities", kinds.join(","));
        // In whole seconds, rounded down: finer ones are not known to be understood.
        request.param(
            "changedSince",
            since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        );
        request
    }

    /// Reads how the company wants its books kept.
    pub fn preferences() -> Self {
        Self::get(Preferences::PATH.to_owned())
    }

    /// Reads the company itself.
    pub fn company_info(realm: &RealmId) -> Self {
        Self::get(format!("{}/{realm}", CompanyInfo::PATH))
    }

    /// The verb.
    pub fn method(&self) -> Method {
        self.method
    }

    /// What follows `/v3/company/{realm}/`, without the query. Holds no names.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, not yet percent-encoded.
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }

    /// The body; empty for none.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// What the body is; `None` without one.
    pub fn content_type(&self) -> Option<&'static str> {
        match self.method {
            Method::Get => None,
            Method::Post if self.path == QUERY => Some("application/text"),
            Method::Post => Some("application/json"),
        }
    }

    /// Names the attempt; reads have none.
    pub fn request_id(&self) -> Option<&RequestId> {
        self.request_id.as_ref()
    }

    /// Whether it changes anything.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether Intuit counts it against the allowance of a month: what reads does, but for what travels in a batch.
    pub fn is_metered(&self) -> bool {
        self.effect == Effect::Read && self.path != BATCH
    }

    /// Where it goes, percent-encoded.
    pub fn url(&self, base_url: &str, realm: &RealmId) -> String {
        let base = base_url.trim_end_matches('/');
        let mut url = format!("{base}/v3/company/{realm}/{}", self.path);
        for (index, (name, value)) in self.params.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&encode(value));
        }
        url
    }

    fn get(path: String) -> Self {
        let mut request = Self {
            method: Method::Get,
            path,
            params: Vec::new(),
            body: String::new(),
            request_id: None,
            effect: Effect::Read,
        };
        request.param("minorversion", MINOR_VERSION);
        request
    }

    fn write(path: &str, body: String, request_id: RequestId) -> Self {
        let mut request = Self {
            method: Method::Post,
            body,
            effect: Effect::Write,
            ..Self::get(path.to_owned())
        };
        request.param("requestid", request_id.as_str());
        request.request_id = Some(request_id);
        request
    }

    fn param(&mut self, name: &str, value: impl Into<String>) {
        self.params.push((name.to_owned(), value.into()));
    }
}

/// Shows the verb, the path and the attempt only: bodies and queries carry names.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

pub(crate) fn create_body<T: Entity>(object: &T) -> Result<String, RequestError> {
    let mut object = object.clone();
    object.set_identity(None);
    json(&object)
}

pub(crate) fn sparse_body<T: Entity>(
    id: &Id,
    sync_token: &SyncToken,
    change: &T,
) -> Result<String, RequestError> {
    #[derive(Serialize)]
    struct Sparse<'a, T> {
        sparse: bool,
        #[serde(flatten)]
        change: &'a T,
    }
    let mut change = change.clone();
    change.set_identity(Some((id.clone(), sync_token.clone())));
    json(&Sparse {
        sparse: true,
        change: &change,
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, RequestError> {
    serde_json::to_string(value).map_err(RequestError::Json)
}

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// 1 to `max` letters, digits and hyphens: what cannot be misread anywhere.
pub(crate) fn is_token(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl RequestId {
    /// # Errors
    /// When the text is not 1 to 50 letters, digits and hyphens.
    pub fn new(text: impl Into<String>) -> Result<Self, RequestError> {
        let text = text.into();
        if is_token(&text, limits::REQUEST_ID) {
            Ok(Self(text))
        } else {
            Err(RequestError::RequestId)
        }
    }

    /// As it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for RequestId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl TryFrom<String> for RequestId {
    type Error = RequestError;

    fn try_from(text: String) -> Result<Self, RequestError> {
        Self::new(text)
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
