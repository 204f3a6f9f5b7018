//! The engine on its real ends, put together from a Lambda's environment.

use std::num::ParseIntError;

use adapters::{
    AddressError, AwsSecrets, Connections, DynamoTable, MissingVariable, ReqwestHttp, SqsQueue,
    SystemChance, SystemClock,
};
use aws_config::SdkConfig;
use jiff::SignedDuration;
use sync::{Config, Parts, engine::Engine};
use thiserror::Error;

/// The real world.
pub type Live = Parts<DynamoTable, ReqwestHttp, AwsSecrets, SqsQueue, SystemClock, SystemChance>;

/// Why a function cannot start.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The deployment did not set it.
    #[error(transparent)]
    Missing(#[from] MissingVariable),
    /// Keys should not be sent to an address that the deployment set.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The deployment set something else.
    #[error("SETTLE_AFTER_SECONDS must be a whole number of seconds")]
    SettleAfter(#[from] ParseIntError),
}

/// Puts the engine together.
///
/// # Errors
/// When the environment is incomplete; the message names the variable.
pub fn engine(config: &SdkConfig, connections: &Connections) -> Result<Engine<Live>, WiringError> {
    let (world, config) = parts(config, connections)?;
    Ok(Engine::new(world, config))
}

/// The same for a function that puts work on the queue and looks at none.
///
/// # Errors
/// When the environment is incomplete; the message names the variable.
pub fn engine_without_looks(
    config: &SdkConfig,
    connections: &Connections,
) -> Result<Engine<Live>, WiringError> {
    let (world, config) = parts(config, connections)?;
    Ok(Engine::without_looks(world, config))
}

fn parts(config: &SdkConfig, connections: &Connections) -> Result<(Live, Config), WiringError> {
    let settle_after = std::env::var("SETTLE_AFTER_SECONDS")
        .unwrap_or_else(|_| "150".to_owned())
        .parse()?;
    let sync_config = Config {
        hcp_base_url: adapters::address("HCP_BASE_URL")?,
        qbo_base_url: adapters::address("QBO_BASE_URL")?,
        qbo_token_url: adapters::address("QBO_TOKEN_URL")?,
        secret_prefix: adapters::env("SECRET_PREFIX")?,
        settle_after: SignedDuration::from_secs(settle_after),
    };
    let world = Parts {
        table: DynamoTable::new(config, adapters::env("TABLE_NAME")?),
        http: ReqwestHttp::new(connections),
        secrets: AwsSecrets::new(config),
        queue: SqsQueue::new(config, adapters::env("QUEUE_URL")?),
        clock: SystemClock::new(),
        chance: SystemChance,
    };
    Ok((world, sync_config))
}
