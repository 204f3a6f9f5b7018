use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// What AWS said, in one line: code and message of a refusal, or the chain of causes when there was no
/// answer. The SDK's own full rendering is avoided, since it shows the raw response with its body.
pub(crate) fn reason<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    match error {
        SdkError::ServiceError(refusal) => {
            let refusal = refusal.err();
            let code = refusal.code().unwrap_or("no code");
            let message = refusal.message().unwrap_or("no message");
            format!("{code}: {message}")
        }
        other => chain(other),
    }
}

/// An error with its causes, outermost first.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
