//! The table in memory keeps the contract.

use std::sync::Arc;

use store::memory::MemoryTable;
use table_contract::for_each_story;

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
