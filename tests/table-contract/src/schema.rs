use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client, Error,
    error::BuildError,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType,
        ScalarAttributeType::{self, N, S},
    },
};

/// Makes a table as the deployment does: the key `pk`, `sk`, and the index `due` over `due_shard` and
/// `due_at`, with the keys only.
///
/// # Errors
/// When DynamoDB refuses.
pub async fn create_table(config: &SdkConfig, name: &str) -> Result<(), Error> {
    let index = GlobalSecondaryIndex::builder()
        .index_name("due")
        .key_schema(part("due_shard", KeyType::Hash)?)
        .key_schema(part("due_at", KeyType::Range)?)
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::KeysOnly)
                .build(),
        )
        .build()?;
    Client::new(config)
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", S)?)
        .attribute_definitions(attribute("sk", S)?)
        .attribute_definitions(attribute("due_shard", S)?)
        .attribute_definitions(attribute("due_at", N)?)
        .key_schema(part("pk", KeyType::Hash)?)
        .key_schema(part("sk", KeyType::Range)?)
        .global_secondary_indexes(index)
        .send()
        .await?;
    Ok(())
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, BuildError> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
}

fn part(name: &str, kind: KeyType) -> Result<KeySchemaElement, BuildError> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
}
