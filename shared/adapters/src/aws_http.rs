//! The AWS SDK over reqwest.
//!
//! The SDK's own HTTP client brings a second stack with HTTP/2 into the functions (0.3 MB of a package),
//! and each of its services' clients parses the root certificates when it is made, only to see whether
//! they are there. This one is shared by all services and sets itself up on first use.

use std::error::Error;

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use reqwest::Method;

use crate::Connections;

/// The other time-outs are the SDK's business.
pub(crate) fn client(connections: &Connections) -> SharedHttpClient {
    SharedHttpClient::new(OverReqwest {
        connections: connections.clone(),
    })
}

#[derive(Clone, Debug)]
struct OverReqwest {
    connections: Connections,
}

impl OverReqwest {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let method = Method::from_bytes(request.method().as_bytes()).map_err(impossible)?;
        let body = request.body().bytes();
        let body = body.ok_or_else(|| impossible("the body is a stream"))?;
        let mut outgoing = self
            .connections
            .client()
            .map_err(impossible)?
            .request(method, request.uri());
        for (name, value) in request.headers() {
            outgoing = outgoing.header(name, value);
        }
        let answer = outgoing.body(body.to_vec()).send().await.map_err(failed)?;

        let status = StatusCode::try_from(answer.status().as_u16()).map_err(impossible)?;
        let headers = answer.headers().clone();
        let body = answer.bytes().await.map_err(failed)?;
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        for (name, value) in &headers {
            let value = value.to_str().map_err(impossible)?;
            let name = name.as_str().to_owned();
            response.headers_mut().append(name, value.to_owned());
        }
        Ok(response)
    }
}

/// Tells the SDK whether it is worth another try.
fn failed(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        impossible(error)
    } else {
        ConnectorError::io(error.into())
    }
}

/// What another try would not change.
fn impossible(error: impl Into<Box<dyn Error + Send + Sync>>) -> ConnectorError {
    ConnectorError::user(error.into())
}

impl HttpConnector for OverReqwest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let own = self.clone();
        HttpConnectorFuture::new(async move { own.send(request).await })
    }
}

impl HttpClient for OverReqwest {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
