use hcp::signature::SignatureError;
use jiff::Timestamp;

use crate::intake::counted;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The queue has it.
    Queued,
    /// It tells of nothing that matters here.
    Ignored,
    /// It matters, but names neither a job nor an invoice.
    NoSubject,
    /// Somebody tried the address; nothing happened.
    UrlCheck,
    /// The body is longer than is looked at.
    TooLarge,
    /// No such company, or not its token: nobody learns which.
    UnknownPath,
    /// It carries no signature.
    Unsigned,
    /// Its signature headers are not what Housecall Pro sends.
    MalformedSignature,
    /// It was not signed with this company's secret.
    Forged,
    /// It was signed too long ago, or in the future.
    Stale,
    /// It is signed, but no webhook.
    Malformed,
    /// It is signed, but about another company.
    OtherCompany,
    /// It could not be verified now.
    SecretUnavailable,
    /// It is genuine, but the queue did not accept it.
    QueueUnavailable,
}

impl Outcome {
    /// The status to answer with, without a body.
    pub fn status(self) -> u16 {
        match self {
            Self::Queued | Self::Ignored | Self::NoSubject | Self::UrlCheck => 200,
            Self::Malformed | Self::OtherCompany => 400,
            Self::Unsigned | Self::MalformedSignature | Self::Forged | Self::Stale => 401,
            Self::UnknownPath => 404,
            Self::TooLarge => 413,
            Self::SecretUnavailable | Self::QueueUnavailable => 503,
        }
    }

    /// Its name as the dimension `reason` of the metrics.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Ignored => "ignored",
            Self::NoSubject => "no_subject",
            Self::UrlCheck => "url_check",
            Self::TooLarge => "too_large",
            Self::UnknownPath => "unknown_path",
            Self::Unsigned => "unsigned",
            Self::MalformedSignature => "malformed_signature",
            Self::Forged => "forged",
            Self::Stale => "stale",
            Self::Malformed => "malformed",
            Self::OtherCompany => "other_company",
            Self::SecretUnavailable => "secret_unavailable",
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
            SignatureError::Stale => Self::Stale,
            SignatureError::Forged => Self::Forged,
        }
    }
}
