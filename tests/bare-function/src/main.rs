//! The smallest Lambda there is: it answers with what it was sent. The yardstick for start and size.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let echo = async |event: LambdaEvent<Value>| Ok::<Value, Error>(event.payload);
    lambda_runtime::run(service_fn(echo)).await
}
