use std::error::Error;

use adapters::Connections;
use sync::engine::Engine;
use wiring::Live;

/// Where it was deployed, for the end of each command's help.
pub(crate) const ENVIRONMENT: &str = "\
Where it was deployed (the outputs of `cdk deploy` name all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL";

/// The engine on what was deployed, as the environment names it.
pub(crate) async fn engine() -> Result<Engine<Live>, Box<dyn Error>> {
    let connections = Connections::default();
    let config = adapters::operator_config(&connections).await;
    Ok(wiring::engine(&config, &connections)?)
}

/// Which deployment was asked: what is not found there may stand in another one.
pub(crate) async fn asked() -> String {
    let config = adapters::operator_config(&Connections::default()).await;
    let region = config
        .region()
        .map_or("no region", |region| region.as_ref());
    let table = adapters::env("TABLE_NAME").unwrap_or_else(|_| "not named".to_owned());
    let endpoint = adapters::env("AWS_ENDPOINT_URL");
    let endpoint = endpoint.map_or_else(|_| String::new(), |url| format!(" at {url}"));
    format!(
        "Asked was the table {table} (TABLE_NAME) in the region {region} (AWS_REGION, or that of the profile){endpoint}."
    )
}
