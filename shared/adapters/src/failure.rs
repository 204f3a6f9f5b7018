use std::{error::Error, fmt};

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use ports::Source;

/// AWS refused. The SDK's own error is left behind: it holds the records that a condition failed on.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
struct Refused {
    code: String,
    message: String,
}

/// AWS did not answer, or nothing that could be understood. The SDK's own error is left behind: it holds the raw response
/// with its body.
#[derive(Debug, thiserror::Error)]
#[error("{how}")]
struct NoAnswer {
    how: String,
    source: Source,
}

/// What came instead of an answer of AWS.
pub(crate) fn failure<E, R>(error: SdkError<E, R>) -> Source
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    if let SdkError::ServiceError(answer) = &error {
        return refusal(answer.err());
    }
    let how = error.to_string();
    match error.into_source() {
        Ok(source) => NoAnswer { how, source }.into(),
        Err(_) => how.into(),
    }
}

/// A refusal by its code and its message.
pub(crate) fn refusal(error: &impl ProvideErrorMetadata) -> Source {
    Refused {
        code: error.code().unwrap_or("no code").to_owned(),
        message: error.message().unwrap_or("no message").to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{error::ErrorMetadata, operation::get_item::GetItemError};

    use super::*;

    type Failure = SdkError<GetItemError, &'static str>;

    #[test]
    fn a_failure_keeps_its_cause_and_leaves_the_raw_response_behind() {
        const RAW: &str = "Dana Sample";
        let refusal = ErrorMetadata::builder().code("Throttled").message("wait");
        let refusal = GetItemError::generic(refusal.build());
        for (error, told, cause) in [
            (
                Failure::service_error(refusal, RAW),
                "Throttled: wait",
                None,
            ),
            (
                Failure::response_error("no JSON", RAW),
                "response error",
                Some("no JSON"),
            ),
            (
                Failure::timeout_error("3 s are over"),
                "request has timed out",
                Some("3 s are over"),
            ),
        ] {
            let source = failure(error);
            assert_eq!(source.to_string(), told);
            let below = source.source().map(ToString::to_string);
            assert_eq!(below.as_deref(), cause);
            assert!(!format!("{source:?}").contains(RAW), "{source:?}");
        }
    }
}
