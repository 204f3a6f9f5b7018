//! Work from the queue in, invoices in QuickBooks out.

use std::time::Duration;

use adapters::{Connections, SqsInbox};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use ports::Clock;
use sync::{
    World,
    engine::Engine,
    work::consume::{Delivered, consume},
};
use wiring::Live;

/// What is left of a function's time is for entering what came of the last call.
const RESERVE: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let engine = wiring::engine(&config, &connections)?;
    let inbox = SqsInbox::new(
        &config,
        adapters::env("QUEUE_URL")?,
        adapters::env("DEAD_LETTER_QUEUE_URL")?,
    );
    adapters::warm_up(engine.warm_up()).await;
    lambda_runtime::run(service_fn(async |event| {
        Ok::<_, Error>(work(&engine, &inbox, event).await)
    }))
    .await
}

async fn work(
    engine: &Engine<Live>,
    inbox: &SqsInbox,
    event: LambdaEvent<SqsEvent>,
) -> SqsBatchResponse {
    let deadline = engine.world().clock().monotonic() + time_left(&event.context);
    let batch = event.payload.records.into_iter().map(delivered).collect();
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = consume(engine, inbox, batch, deadline)
        .await
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    response
}

fn time_left(context: &Context) -> Duration {
    context
        .deadline()
        .duration_since(std::time::SystemTime::now())
        .unwrap_or_default()
        .saturating_sub(RESERVE)
}

fn delivered(message: SqsMessage) -> Delivered {
    let attribute = |name| message.attributes.get(name).cloned();
    Delivered {
        group: attribute("MessageGroupId").unwrap_or_default(),
        deliveries: attribute("ApproximateReceiveCount")
            .and_then(|count| count.parse().ok())
            .unwrap_or(1),
        id: message.message_id.unwrap_or_default(),
        receipt: message.receipt_handle.unwrap_or_default(),
        body: message.body.unwrap_or_default(),
    }
}
