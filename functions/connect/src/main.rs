//! Requests of browsers in, pages out: signing in, the keys of a company, and QuickBooks connected by button.

use adapters::Connections;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use office::Office;
use pages::Site;
use serde_json::Value;
use sync::company::connect::consent::Intuit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    adapters::logging();
    let connections = Connections::default();
    let config = adapters::config(&connections).await;
    let office = Office::new(wiring::engine_without_looks(&config, &connections)?);
    adapters::warm_up(office.warm_up()).await;
    let router = pages::pages(office, site()?);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Error>(api::serve(&router, event.payload).await)
    }))
    .await
}

/// Where everything is, from the environment.
fn site() -> Result<Site, Error> {
    let address = adapters::address("OFFICE_URL")?;
    Ok(Site {
        intuit: Intuit {
            authorize_url: adapters::address("QBO_AUTHORIZE_URL")?,
            revoke_url: adapters::address("QBO_REVOKE_URL")?,
            answers_to: format!("{address}{}", Site::ANSWERS_TO),
        },
        webhooks: adapters::address("API_URL")?,
        sign_in: adapters::address("SIGN_IN_URL")?,
        client: adapters::env("SIGN_IN_CLIENT")?,
        pool: adapters::env("USER_POOL_ID")?,
        address,
    })
}
