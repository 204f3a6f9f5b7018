//! A schedule in, work on the queue out: what people changed in QuickBooks is to be looked at.

use adapters::Connections;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use sync::engine::Engine;
use wiring::Live;

/// What the schedule sends says nothing: all companies are looked at.
#[derive(Debug, Deserialize)]
struct Scheduled {}

#[derive(Debug, Serialize)]
struct Told {
    companies: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let engine = wiring::engine_without_looks(&config, &connections)?;
    lambda_runtime::run(service_fn(async |event| pull(&engine, event).await)).await
}

async fn pull(engine: &Engine<Live>, _: LambdaEvent<Scheduled>) -> Result<Told, Error> {
    // Boxed: the compiler does not follow a future that lies this deep in others.
    let companies = Box::pin(engine.schedule_pulls()).await?;
    tracing::info!(companies, "told");
    Ok(Told { companies })
}
