use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig,
    environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider},
    meta::region::ProvideRegion,
    retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use thiserror::Error;

use crate::{Connections, aws_http};

/// What every client of AWS starts from: region, credentials and `AWS_ENDPOINT_URL` from the
/// environment, and time-outs that leave a Lambda of 30 seconds the time to act
/// on a failure.
///
/// Lambda sets all of that. The SDK's own search, through profiles, containers and the metadata of
/// machines, would only cost a function 0.4 MB of its package; for a person's profile see
/// [`operator_config`].
pub async fn config(connections: &Connections) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new().region().await)
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .http_client(aws_http::client(connections))
        .timeout_config(timeouts())
        .retry_config(retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    config.set_endpoint_url(env("AWS_ENDPOINT_URL").ok());
    config.build()
}

/// As [`config`], for a person at a terminal: region and credentials are also looked for where AWS's
/// command line keeps them, as by `AWS_PROFILE`.
pub async fn operator_config(connections: &Connections) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_http::client(connections))
        .timeout_config(timeouts())
        .retry_config(retries())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .load()
        .await
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(3))
        .operation_timeout(Duration::from_secs(8))
        .build()
}

/// The SDK's own first wait, of up to a second, would use up much of the operation's time.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(Duration::from_millis(100))
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
