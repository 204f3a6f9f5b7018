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

/// Makes a table as the deployment does: the key `pk`, `sk`, the index `due` over `due_shard` and `due_at` with the keys
/// only, and the indexes of lists with all of a record.
///
/// # Errors
/// When DynamoDB refuses.
pub async fn create_table(config: &SdkConfig, name: &str) -> Result<(), Error> {
    let due = index("due", ["due_shard", "due_at"], ProjectionType::KeysOnly)?;
    let mut table = Client::new(config)
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("pk", S)?)
        .attribute_definitions(attribute("sk", S)?)
        .attribute_definitions(attribute("due_shard", S)?)
        .attribute_definitions(attribute("due_at", N)?)
        .key_schema(part("pk", KeyType::Hash)?)
        .key_schema(part("sk", KeyType::Range)?)
        .global_secondary_indexes(due);
    for list in store::Index::ALL.map(store::Index::name) {
        let [of, at] = [format!("{list}_in"), format!("{list}_at")];
        table = table
            .attribute_definitions(attribute(&of, S)?)
            .attribute_definitions(attribute(&at, S)?)
            .global_secondary_indexes(index(list, [&of, &at], ProjectionType::All)?);
    }
    table.send().await?;
    Ok(())
}

fn index(
    name: &str,
    [hash, range]: [&str; 2],
    projected: ProjectionType,
) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(part(hash, KeyType::Hash)?)
        .key_schema(part(range, KeyType::Range)?)
        .projection(Projection::builder().projection_type(projected).build())
        .build()
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
