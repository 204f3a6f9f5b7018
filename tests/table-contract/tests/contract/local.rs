//! The configuration for servers on this machine.

use aws_config::{Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};

/// That of the functions, aimed at a local server.
pub(crate) async fn config(endpoint: &str) -> SdkConfig {
    adapters::config(&adapters::Connections::default())
        .await
        .into_builder()
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "test",
        )))
        .build()
}
