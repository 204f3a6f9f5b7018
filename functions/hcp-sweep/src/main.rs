//! Schedules in, work on the queue out: what was parked and is due, and what no webhook told.

use std::{
    io::{self, Write},
    time::{Duration, SystemTime},
};

use adapters::Connections;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::Clock;
use serde::{Deserialize, Serialize};
use sync::{World, engine::Engine, intake::sweep::Sweep};
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
    let engine = wiring::engine_without_looks(&config, &connections)?;
    let webhook = adapters::env("WEBHOOK_FUNCTION")?;
    adapters::warm_up(engine.warm_up()).await;
    lambda_runtime::run(service_fn(async |event| {
        sweep(&engine, &webhook, event).await
    }))
    .await
}

async fn sweep(
    engine: &Engine<Live>,
    webhook: &str,
    event: LambdaEvent<Scheduled>,
) -> Result<Swept, Error> {
    let left = event
        .context
        .deadline()
        .duration_since(SystemTime::now())
        .unwrap_or_default()
        .saturating_sub(RESERVE);
    let deadline = engine.world().clock().monotonic() + left;
    let messages = engine.sweep(event.payload.sweep, deadline).await?;
    tracing::info!(sweep = ?event.payload.sweep, messages, "swept");
    if event.payload.sweep == Sweep::Parked {
        measure(engine, &event.context.env_config.function_name, webhook).await?;
    }
    Ok(Swept { messages })
}

/// Writes the figures of this minute where CloudWatch makes metrics of them (S11).
async fn measure(engine: &Engine<Live>, function: &str, webhook: &str) -> Result<(), Error> {
    let health = engine.health().await?;
    let now = engine.world().clock().now();
    let silence = health.silence(webhook, now);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", health.metric(function, now))?;
    if let Some(silence) = silence {
        writeln!(out, "{silence}")?;
    }
    Ok(())
}
