//! The table in memory keeps the contract.

use std::sync::Arc;

use store::{Expect, Key, Lists, Table, Write, WriteError, memory::MemoryTable};
use table_contract::for_each_story;
use uuid::Uuid;

macro_rules! tell {
    ($($story:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $story() {
                table_contract::$story(&Arc::new(MemoryTable::default())).await;
            }
        )*
    };
}

for_each_story!(tell);

/// As DynamoDB does, and DynamoDB Local does not.
#[tokio::test]
async fn a_transaction_that_names_a_record_twice_is_refused() {
    let table = MemoryTable::default();
    let put = |body: &str| Write::Put {
        key: Key::new("books#oak#1234", "a"),
        expect: Expect::Absent,
        body: body.to_owned(),
        due: None,
        lists: Lists::default(),
        expires: None,
    };
    let refused = table
        .write(Uuid::from_u128(1), vec![put("1"), put("2")])
        .await;
    assert!(matches!(refused, Err(WriteError::Table(_))), "{refused:?}");
    assert!(table.all().is_empty());
}
