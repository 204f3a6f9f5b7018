use std::time::Duration;

use jiff::Timestamp;
use ports::HttpFailure;
use thiserror::Error;

/// Why a call did not succeed, sorted by what happens next. `what` names the thing that was read or written
/// (`job job_1`).
#[derive(Clone, Debug, Error)]
pub enum HcpError {
    /// There is no such record, or there is none any more.
    #[error("Housecall Pro has no {what}")]
    NotFound {
        /// What was read.
        what: String,
    },
    /// The key is not accepted. Housecall Pro does not tell a wrong key from a deleted one.
    #[error(
        "Housecall Pro does not accept the API key of this connection: it is wrong or was deleted. \
         Make a new one (My Apps, API Key Management) and run connect again"
    )]
    Unauthorized,
    /// Too many requests with this key; nothing may be asked with it until the wait is over.
    #[error("Housecall Pro asks to wait before {what} is read or written")]
    Throttled {
        /// What was read.
        what: String,
        /// How long.
        wait: Wait,
    },
    /// No answer, or the server's own failure: the read can be repeated.
    #[error(
        "{what} could not be read or written in Housecall Pro now ({outage}); it can be tried again"
    )]
    Unavailable {
        /// What was read.
        what: String,
        /// What happened.
        #[source]
        outage: Outage,
    },
    /// Housecall Pro does not want to answer this request: repeating it does not help.
    #[error("Housecall Pro refused {what} (status {status}): {message}")]
    Refused {
        /// What was read.
        what: String,
        /// Status code.
        status: u16,
        /// Housecall Pro's reason, or ours where it gave none.
        message: String,
    },
    /// The answer is not what Housecall Pro is known to send: this code needs a change.
    #[error("the answer of Housecall Pro for {what} could not be read: {reason}")]
    Unreadable {
        /// What was read.
        what: String,
        /// In what way.
        reason: String,
    },
    /// A field without which the answer is of no use is missing, or came in a form that is not known: this code needs
    /// a change.
    #[error(
        "the answer of Housecall Pro for {what} could not be read: its field {field} is missing or in a form that is \
         not known"
    )]
    UnreadableField {
        /// What was read.
        what: String,
        /// The field (`invoices[0].id`); never its value.
        field: String,
    },
}

/// Why there is no useful answer.
#[derive(Clone, Debug, Error)]
pub enum Outage {
    /// The server answered with a failure of its own.
    #[error("status {0}")]
    Status(u16),
    /// No answer came.
    #[error(transparent)]
    Network(#[from] HttpFailure),
}

/// How long Housecall Pro wants to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For a time (`Retry-After: 5`, or nothing said).
    For(Duration),
    /// Until a point in time (`RateLimit-Reset` in Unix seconds, or `Retry-After` with a date).
    Until(Timestamp),
}

impl Wait {
    /// Where Housecall Pro says nothing.
    pub const DEFAULT: Self = Self::For(Duration::from_secs(5));

    const SHORTEST: Duration = Duration::from_secs(1);
    /// A longer wait would rather be a misread header or a wrong clock.
    const LONGEST: Duration = Duration::from_secs(15 * 60);

    /// The time to wait from now on: at least a second, at most fifteen minutes.
    pub fn from(self, now: Timestamp) -> Duration {
        let wait = match self {
            Self::For(wait) => wait,
            Self::Until(then) => Duration::try_from(then.duration_since(now)).unwrap_or_default(),
        };
        wait.clamp(Self::SHORTEST, Self::LONGEST)
    }
}
