use hcp::signature::SignatureError;
use jiff::Timestamp;
use serde_json::json;

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

    /// One line for standard output from which CloudWatch makes a metric (embedded metric format):
    /// `WebhookAccepted` or `WebhookRefused` of a function, as a whole and by reason.
    pub fn metric(self, function: &str, now: Timestamp) -> String {
        let name = match self.status() {
            200 => "WebhookAccepted",
            _ => "WebhookRefused",
        };
        json!({
            "_aws": {
                "Timestamp": now.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "hcp-qbo-sync",
                    "Dimensions": [["FunctionName"], ["FunctionName", "reason"]],
                    "Metrics": [{ "Name": name, "Unit": "Count" }],
                }],
            },
            "FunctionName": function,
            "reason": self.reason(),
            name: 1,
        })
        .to_string()
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
