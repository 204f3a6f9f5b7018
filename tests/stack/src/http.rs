use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use crate::StackError;

/// A client for local servers: never through a proxy, and impatient.
pub(crate) fn client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    // Building fails only where the TLS back end cannot start; without it a plain client will do.
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap_or_default()
}

/// Sends a request and gives status and body, whatever they are.
pub(crate) async fn exchange(
    request: RequestBuilder,
    name: &str,
) -> Result<(StatusCode, bytes::Bytes), StackError> {
    let unanswered = |source| StackError::Unanswered {
        request: name.to_owned(),
        source,
    };
    let response = request.send().await.map_err(unanswered)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unanswered)?;
    Ok((status, body))
}

/// Sends a request that must succeed and gives its body.
pub(crate) async fn succeed(
    request: RequestBuilder,
    name: &str,
) -> Result<bytes::Bytes, StackError> {
    let (status, body) = exchange(request, name).await?;
    expect_success(status, body, name)
}

/// Refuses any answer but success.
pub(crate) fn expect_success(
    status: StatusCode,
    body: bytes::Bytes,
    name: &str,
) -> Result<bytes::Bytes, StackError> {
    if status.is_success() {
        return Ok(body);
    }
    Err(StackError::Refused {
        request: name.to_owned(),
        status: status.as_u16(),
        body: String::from_utf8_lossy(&body).chars().take(500).collect(),
    })
}

/// Sends a request that must succeed with JSON.
pub(crate) async fn json<T: DeserializeOwned>(
    request: RequestBuilder,
    name: &str,
) -> Result<T, StackError> {
    let body = succeed(request, name).await?;
    serde_json::from_slice(&body).map_err(|source| StackError::Unreadable {
        what: name.to_owned(),
        source,
    })
}
