//! Requests of browsers in, pages out: signing in, the keys of a company, and QuickBooks connected by button.

use std::sync::Arc;

use adapters::Connections;
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
    adapters::warm_up(office.warm_up()).await;
    let router = pages::pages(
        Arc::new(office),
        Site::read(adapters::address, adapters::env)?,
    );
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Error>(api::serve(&router, event.payload).await)
    }))
    .await
}
