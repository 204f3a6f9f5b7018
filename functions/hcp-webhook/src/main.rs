//! Housecall Pro's webhooks in, work on the queue out.

use std::{
    io::{self, Write},
    time::Duration,
};

use adapters::{ApiRequest, AwsSecrets, Connections, SqsQueue, SystemClock};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use sync::intake::hcp_webhook::{Outcome, Webhook, WebhookConfig, WebhookRequest};

type Receiver = Webhook<AwsSecrets, SqsQueue, SystemClock>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let config = adapters::config(&Connections::default()).await;
    let webhook_config = WebhookConfig {
        secret_prefix: adapters::env("SECRET_PREFIX")?,
        tolerance: Duration::from_secs(adapters::env("SIGNATURE_TOLERANCE_SECONDS")?.parse()?),
        max_body: WebhookConfig::MAX_BODY,
    };
    let queue = SqsQueue::new(&config, adapters::env("QUEUE_URL")?);
    let webhook = Webhook::new(
        AwsSecrets::new(&config),
        queue.clone(),
        SystemClock::new(),
        webhook_config,
    );
    // Both are refused: no secret and no message has such a name.
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
        Some(posted) => webhook.receive(request(&posted)).await,
        None => Outcome::Malformed,
    };
    let metric = webhook.metric(outcome, &event.context.env_config.function_name);
    // The delivery is dealt with, counted or not.
    drop(writeln!(io::stdout(), "{metric}"));
    Ok(json!({ "statusCode": outcome.status() }))
}

fn request(posted: &ApiRequest) -> WebhookRequest<'_> {
    WebhookRequest {
        company: posted.segment("company"),
        token: posted.segment("token"),
        timestamp: posted.header("api-timestamp"),
        signature: posted.header("api-signature"),
        body: posted.body(),
    }
}
