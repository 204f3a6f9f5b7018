//! Housecall Pro's webhooks in, work on the queue out.

use std::{
    io::{self, Write},
    time::Duration,
};

use adapters::{AwsSecrets, Connections, SqsQueue, SystemClock};
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use base64::{Engine, prelude::BASE64_STANDARD};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};
use sync::webhook::{Webhook, WebhookRequest, WebhookSettings};

type Receiver = Webhook<AwsSecrets, SqsQueue, SystemClock>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let config = adapters::config(&Connections::default()).await;
    let settings = WebhookSettings {
        secret_prefix: adapters::env("SECRET_PREFIX")?,
        tolerance: Duration::from_secs(adapters::env("SIGNATURE_TOLERANCE_SECONDS")?.parse()?),
        max_body: WebhookSettings::MAX_BODY,
    };
    let queue = SqsQueue::new(&config, adapters::env("QUEUE_URL")?);
    let webhook = Webhook::new(
        AwsSecrets::new(&config),
        queue.clone(),
        SystemClock::new(),
        settings,
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

async fn receive(
    webhook: &Receiver,
    event: LambdaEvent<ApiGatewayV2httpRequest>,
) -> Result<Value, Error> {
    let request = event.payload;
    let segment = |name| request.path_parameters.get(name).map_or("", String::as_str);
    let header = |name| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let text = request.body.unwrap_or_default();
    let body = if request.is_base64_encoded {
        BASE64_STANDARD.decode(text)?
    } else {
        text.into_bytes()
    };
    let outcome = webhook
        .receive(WebhookRequest {
            company: segment("company"),
            token: segment("token"),
            timestamp: header("api-timestamp"),
            signature: header("api-signature"),
            body: &body,
        })
        .await;
    let metric = webhook.metric(outcome, &event.context.env_config.function_name);
    // The delivery is dealt with, counted or not.
    drop(writeln!(io::stdout(), "{metric}"));
    Ok(json!({ "statusCode": outcome.status() }))
}
