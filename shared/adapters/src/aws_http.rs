use aws_sdk_dynamodb::config::RuntimeComponents;
use aws_smithy_http_client::{
    Builder, ConnectorBuilder,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};

/// The SDK's own HTTP client (rustls, the root certificates of the operating system, a proxy if the
/// environment names one), once for all services.
///
/// By itself each service's client has one of its own and, when it is made, parses the root certificates
/// only to see whether they are there (the provided [`HttpClient::validate_base_client_config`], which
/// this one leaves out). That was half of a function's start.
pub(crate) fn client() -> SharedHttpClient {
    let pooled = Builder::new().build_with_connector_fn(|settings, components| {
        let mut connector =
            ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|known| known.sleep_impl()));
        connector.set_proxy_config(Some(ProxyConfig::from_env()));
        connector.build()
    });
    SharedHttpClient::new(OnFirstUse(pooled))
}

#[derive(Debug)]
struct OnFirstUse(SharedHttpClient);

impl HttpClient for OnFirstUse {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}
