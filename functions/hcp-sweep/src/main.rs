//! Schedules in, work on the queue out: what was parked and is due, and what no webhook told.

use std::time::{Duration, SystemTime};

use adapters::Connections;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::Clock;
use serde::{Deserialize, Serialize};
use sync::{World, engine::Engine, sweep::Sweep};
use wiring::Live;

/// What is left of a function's time is for the last record.
const RESERVE: Duration = Duration::from_secs(3);

/// What the schedule sends: `{"sweep": "parked"}`.
#[derive(Debug, Deserialize)]
struct Scheduled {
    sweep: Sweep,
}

#[derive(Debug, Serialize)]
struct Swept {
    messages: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let engine = wiring::engine(&config, &connections)?;
    adapters::warm_up(engine.warm_up()).await;
    lambda_runtime::run(service_fn(async |event| sweep(&engine, event).await)).await
}

async fn sweep(engine: &Engine<Live>, event: LambdaEvent<Scheduled>) -> Result<Swept, Error> {
    let left = event
        .context
        .deadline()
        .duration_since(SystemTime::now())
        .unwrap_or_default()
        .saturating_sub(RESERVE);
    let deadline = engine.world().clock().monotonic() + left;
    let messages = engine.sweep(event.payload.sweep, deadline).await?;
    tracing::info!(sweep = ?event.payload.sweep, messages, "swept");
    Ok(Swept { messages })
}
