use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use thiserror::Error;

/// What every client of AWS starts from: region, credentials and `AWS_ENDPOINT_URL` from the
/// environment, and time-outs that leave a Lambda of 30 seconds the time to act on a failure.
pub async fn config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(1))
                .operation_attempt_timeout(Duration::from_secs(3))
                .operation_timeout(Duration::from_secs(8))
                .build(),
        )
        // The SDK's own first wait of up to a second would use up most of the operation's time-out.
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(100)))
        // Nothing here is streamed, and the attempt's time-out is far below its grace period.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .load()
        .await
}

/// A variable that the deployment should have set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the environment variable {name} is missing or empty")]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
}

/// Reads an environment variable.
///
/// # Errors
/// When it is unset, empty or not UTF-8.
pub fn env(name: &str) -> Result<String, MissingVariable> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| MissingVariable {
            name: name.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error = env("SURELY_NOT_SET_ANYWHERE").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable SURELY_NOT_SET_ANYWHERE is missing or empty"
        );
    }

    #[test]
    fn a_variable_is_read() {
        assert_eq!(env("CARGO_PKG_NAME").as_deref(), Ok("adapters"));
    }
}
