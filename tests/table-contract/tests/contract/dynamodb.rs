//! DynamoDB keeps the contract: in the emulator, and in AWS's own DynamoDB Local where that is at hand.

use adapters::DynamoTable;
use aws_config::SdkConfig;
use stack::{DynamoDbLocal, Emulator};
use table_contract::{create_table, for_each_story};

use crate::local;

async fn fresh(config: &SdkConfig, name: &str) -> DynamoTable {
    create_table(config, name).await.unwrap();
    DynamoTable::new(config, name)
}

macro_rules! tell {
    ($($story:ident),* $(,)?) => {
        /// Tells all stories in one process, since starting the server takes longest.
        async fn tell_all(config: &SdkConfig) {
            let mut broken = Vec::new();
            $(
                let table = fresh(config, stringify!($story)).await;
                let told = tokio::spawn(async move { table_contract::$story(&table).await });
                if told.await.is_err() {
                    broken.push(stringify!($story));
                }
            )*
            assert!(broken.is_empty(), "the contract is broken: {broken:#?}");
        }
    };
}

for_each_story!(tell);

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_keeps_the_contract() {
    let emulator = Emulator::start().await.unwrap();
    tell_all(&local::config(emulator.endpoint()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dynamodb_local_keeps_the_contract() {
    if !DynamoDbLocal::has_java().await {
        println!("skipped: DynamoDB Local needs a JDK, and there is none");
        return;
    }
    let server = match DynamoDbLocal::start().await {
        Err(missing @ stack::StackError::Missing { .. }) => {
            println!("skipped: {missing}");
            return;
        }
        started => started.unwrap(),
    };
    tell_all(&local::config(server.endpoint()).await).await;
}
