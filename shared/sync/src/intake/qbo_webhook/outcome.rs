use jiff::Timestamp;
use qbo::webhook::SignatureError;

use crate::intake::counted;

/// What became of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The queue has what matters of it.
    Queued,
    /// It tells of nothing that matters here.
    Ignored,
    /// It tells of companies only that are not connected, or for which no work is done now.
    UnknownCompany,
    /// Intuit signed it, but nothing of it can be read.
    Unreadable,
    /// The body is longer than is looked at.
    TooLarge,
    /// It is no HTTP request that could be one.
    Malformed,
    /// It carries no signature.
    Unsigned,
    /// Its signature header is not what Intuit sends.
    MalformedSignature,
    /// It was not signed with the app's verifier token.
    Forged,
    /// No verifier token is stored.
    NoToken,
    /// It could not be verified now.
    SecretUnavailable,
    /// It is genuine, but whom it concerns could not be read.
    TableUnavailable,
    /// It is genuine, but the queue did not accept it.
    QueueUnavailable,
}

impl Outcome {
    /// The status to answer with, without a body. Whatever is signed is acknowledged once it is dealt with: Intuit
    /// repeats anything else for days, and may hold back what follows.
    pub fn status(self) -> u16 {
        match self {
            Self::Queued | Self::Ignored | Self::UnknownCompany | Self::Unreadable => 200,
            Self::Malformed => 400,
            Self::Unsigned | Self::MalformedSignature | Self::Forged => 401,
            Self::NoToken => 404,
            Self::TooLarge => 413,
            Self::SecretUnavailable | Self::TableUnavailable | Self::QueueUnavailable => 503,
        }
    }

    /// Its name as the dimension `reason` of the metrics.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ignored => "ignored",
            Self::UnknownCompany => "unknown_company",
            Self::Unreadable => "unreadable",
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Unsigned => "unsigned",
            Self::MalformedSignature => "malformed_signature",
            Self::Forged => "forged",
            Self::NoToken => "no_token",
            Self::SecretUnavailable => "secret_unavailable",
            Self::TableUnavailable => "table_unavailable",
            Self::QueueUnavailable => "queue_unavailable",
        }
    }

    /// The line that counts it.
    pub fn metric(self, function: &str, now: Timestamp) -> String {
        counted::metric(self.status(), self.reason(), function, now)
    }
}

impl From<SignatureError> for Outcome {
    fn from(error: SignatureError) -> Self {
        match error {
            SignatureError::Missing => Self::Unsigned,
            SignatureError::Malformed => Self::MalformedSignature,
            SignatureError::Forged => Self::Forged,
        }
    }
}
