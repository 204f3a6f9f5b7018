//! Requests of the people of companies in, what they see and do in the office out: for programs, and as pages.

use std::sync::Arc;

use adapters::{CognitoDirectory, Connections};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use office::Office;
use pages::Site;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let office = Office::new(wiring::engine_without_looks(&config, &connections)?);
    let directory = CognitoDirectory::new(&config, adapters::env("USER_POOL_ID")?);
    adapters::warm_up(office.warm_up()).await;
    let office = Arc::new(office);
    let api = api::office(Arc::clone(&office), directory);
    let pages = pages::console(office, Site::read(adapters::address, adapters::env)?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let path = event.payload["rawPath"].as_str().unwrap_or_default();
        let router = if path.starts_with("/api/") {
            &api
        } else {
            &pages
        };
        Ok::<_, Error>(api::serve(router, event.payload).await)
    }))
    .await
}
