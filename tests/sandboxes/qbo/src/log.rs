//! What was asked of the sandbox: every call, counts by kind, and what a good client would not do.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    json::{Json, Object},
    store::Books,
};

/// So many calls are kept; counts go on for ever.
const KEPT_CALLS: usize = 5000;

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Reads one object.
    Read,
    /// Runs a query.
    Query,
    /// Asks what has changed.
    Changes,
    /// Creates an object.
    Create,
    /// Updates an object.
    Update,
    /// Deletes a transaction.
    Delete,
    /// Voids a transaction.
    Void,
    /// Sends a batch; its items count as what they are.
    Batch,
    /// Gets an access token.
    Refresh,
    /// Repeats a write with a known `requestid`; nothing is done.
    Replay,
    /// Goes over a limit.
    Throttle,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// When it came in.
    pub at: Timestamp,
    /// Verb.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// The query's `operation`, when one was sent (`delete`, `void`).
    pub operation: Option<String>,
    /// Status; `None` when the connection was dropped.
    pub status: Option<u16>,
    /// How long the answer took, injected delays included.
    pub latency: Duration,
    /// `intuit_tid` of the answer.
    pub intuit_tid: String,
    /// `requestid`, when one was sent.
    pub request_id: Option<String>,
    /// Code of the fault, when there was one.
    pub code: Option<String>,
}

/// Something that a correct client does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When.
    pub at: Timestamp,
    /// Which rule (`throttled`, `write-without-requestid`, `requestid-with-another-body`,
    /// `rotated-refresh-token`, `not-covered`, or `refused-` and a code such as 2010).
    pub rule: String,
    /// The call: verb and path.
    pub call: String,
}

/// What one call did.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    done: Vec<(Act, &'static str)>,
    changes: Vec<Changed>,
}

/// An object that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) entity: &'static str,
    pub(crate) id: String,
    pub(crate) event: Event,
}

impl Changed {
    /// The objects that were made or changed through links to the written one.
    pub(crate) fn linked(books: &mut Books, entity: &str, id: &str) -> Vec<Self> {
        let linked = books.take_linked().into_iter();
        linked
            .map(|linked| Self {
                entity: linked.entity,
                id: linked.id.to_string(),
                event: if linked.is_new {
                    Event::Created
                } else {
                    Event::Updated
                },
            })
            .filter(|changed| (changed.entity, changed.id.as_str()) != (entity, id))
            .collect()
    }
}

/// What became of a written object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Created,
    Updated,
    Deleted,
    Voided,
    /// Another one, of this id, was merged into it.
    Merged(u64),
}

impl Acts {
    pub(crate) fn note(&mut self, act: Act, entity: &'static str) {
        self.done.push((act, entity));
    }

    pub(crate) fn changed(&mut self, changed: Changed) {
        self.changes.push(changed);
    }

    pub(crate) fn take_changes(&mut self) -> Vec<Changed> {
        std::mem::take(&mut self.changes)
    }
}

/// The log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    calls: VecDeque<Call>,
    counts: BTreeMap<(Act, &'static str), u64>,
    violations: Vec<Violation>,
}

impl Log {
    pub(crate) fn call(&mut self, call: Call) {
        if self.calls.len() >= KEPT_CALLS {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    pub(crate) fn acts(&mut self, acts: &Acts) {
        for (act, entity) in &acts.done {
            *self.counts.entry((*act, entity)).or_default() += 1;
        }
    }

    pub(crate) fn act(&mut self, act: Act) {
        *self.counts.entry((act, "")).or_default() += 1;
    }

    pub(crate) fn violation(&mut self, at: Timestamp, rule: &str, call: &str) {
        self.violations.push(Violation {
            at,
            rule: rule.to_owned(),
            call: call.to_owned(),
        });
    }

    pub(crate) fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.calls.iter()
    }

    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// How often something was done, to one entity or to all.
    pub(crate) fn count(&self, act: Act, entity: Option<&str>) -> u64 {
        self.counts
            .iter()
            .filter(|((done, to), _)| *done == act && entity.is_none_or(|entity| entity == *to))
            .map(|(_, count)| count)
            .sum()
    }
}

impl Call {
    pub(crate) fn to_json(&self) -> Json {
        let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::from);
        Object::new()
            .with("at", self.at.to_string())
            .with("method", self.method.as_str())
            .with("path", self.path.as_str())
            .with("operation", text(&self.operation))
            .with(
                "status",
                self.status
                    .map_or(Json::Null, |status| Json::from(usize::from(status))),
            )
            .with("latency_ms", Json::Number(self.latency_ms()))
            .with("intuit_tid", self.intuit_tid.as_str())
            .with("requestid", text(&self.request_id))
            .with("code", text(&self.code))
            .into()
    }

    /// Milliseconds with one decimal.
    pub(crate) fn latency_ms(&self) -> String {
        let tenths = self.latency.as_micros() / 100;
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}
