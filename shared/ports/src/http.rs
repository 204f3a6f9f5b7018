use std::{error::Error as StdError, fmt, future::Future, sync::Arc, time::Duration};

use thiserror::Error;

use crate::Source;

/// The verbs that Housecall Pro, QuickBooks Online and our own API use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create, update, query, delete, void.
    Post,
    /// Replace.
    Put,
    /// Change a part (our own API only).
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// The verb as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One HTTP request, complete: the exact bytes that go out.
#[derive(Clone)]
pub struct HttpRequest {
    /// Verb.
    pub method: Method,
    /// Absolute address with its query, already percent-encoded.
    pub url: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(&'static str, String)>,
    /// Body bytes; empty for none.
    pub body: Vec<u8>,
    /// How long to wait for the whole answer.
    pub timeout: Duration,
}

/// Shows the verb and the path only: headers carry tokens, queries and bodies carry names.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split('?').next().unwrap_or_default();
        write!(
            f,
            "{} {path} ({} bytes)",
            self.method.as_str(),
            self.body.len()
        )
    }
}

/// One HTTP answer with any status.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// Shows the status and the length only: bodies carry names.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {} ({} bytes)", self.status, self.body.len())
    }
}

impl HttpResponse {
    /// The first value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer. The difference decides whether a write may be repeated at once.
#[derive(Clone, Debug, Error)]
pub enum HttpFailure {
    /// The request never left: no connection was made.
    #[error("no connection to {host}: {source}")]
    NotSent {
        /// Host that was tried.
        host: String,
        /// What the network stack said.
        source: Arc<dyn StdError + Send + Sync>,
    },
    /// The request was answered, at greater length than an answer may have: nobody knows what it says.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLong {
        /// Host that was asked.
        host: String,
        /// The most that is read.
        limit: usize,
    },
    /// The request left and its answer was lost (time-out, connection broken): the other side may
    /// have done it, or may still do it.
    #[error("the answer of {host} was lost: {source}")]
    Lost {
        /// Host that was asked.
        host: String,
        /// What the network stack said.
        source: Arc<dyn StdError + Send + Sync>,
    },
}

impl HttpFailure {
    /// No connection was made.
    pub fn not_sent(host: impl Into<String>, source: impl Into<Source>) -> Self {
        Self::NotSent {
            host: host.into(),
            source: source.into().into(),
        }
    }

    /// The answer was lost.
    pub fn lost(host: impl Into<String>, source: impl Into<Source>) -> Self {
        Self::Lost {
            host: host.into(),
            source: source.into().into(),
        }
    }
}

/// Sends HTTP requests.
pub trait Http: Send + Sync {
    /// Sends one request and reads the whole answer, up to a limit. Follows no redirects, repeats nothing.
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, HttpFailure>> + Send;
}

impl<T: Http> Http for &T {
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, HttpFailure>> + Send {
        T::send(self, request)
    }
}

impl<T: Http> Http for Arc<T> {
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, HttpFailure>> + Send {
        T::send(self, request)
    }
}
