//! QuickBooks' webhooks in, work on the queue out.

use std::{
    io::{self, Write},
    time::Duration,
};

use adapters::{ApiRequest, AwsSecrets, Connections, DynamoTable, SqsQueue, SystemClock};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use sync::intake::qbo_webhook::{Outcome, QboWebhook};

type Receiver = QboWebhook<AwsSecrets, DynamoTable, SqsQueue, SystemClock>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let config = adapters::config(&Connections::default()).await;
    let queue = SqsQueue::new(&config, adapters::env("QUEUE_URL")?);
    let webhook = QboWebhook::new(
        AwsSecrets::new(&config),
        DynamoTable::new(&config, adapters::env("TABLE_NAME")?),
        queue.clone(),
        SystemClock::new(),
        adapters::env("SECRET_PREFIX")?,
    );
    // The queue refuses: no message has such a name.
    adapters::warm_up(async {
        tokio::join!(
            webhook.warm_up(),
            queue.change_visibility("warm-up", Duration::ZERO)
        )
    })
    .await;
    lambda_runtime::run(service_fn(async |event| receive(&webhook, event).await)).await
}

async fn receive(webhook: &Receiver, event: LambdaEvent<Value>) -> Result<Value, Error> {
    let outcome = match ApiRequest::read(event.payload) {
        Some(posted) => {
            let signature = posted.header("intuit-signature");
            webhook.receive(signature, posted.body()).await
        }
        None => Outcome::Malformed,
    };
    let metric = webhook.metric(outcome, &event.context.env_config.function_name);
    // The post is dealt with, counted or not.
    drop(writeln!(io::stdout(), "{metric}"));
    Ok(json!({ "statusCode": outcome.status() }))
}
