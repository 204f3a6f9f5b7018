//! The servers that other crates borrow for their tests.

use stack::{DynamoDbLocal, Emulator};

#[tokio::test]
async fn the_emulator_comes_up_and_listens_on_this_machine_only() {
    let first = Emulator::start().await.unwrap();
    let second = Emulator::start().await.unwrap();
    assert!(first.endpoint().starts_with("http://127.0.0.1:"));
    assert_ne!(first.endpoint(), second.endpoint());
}

#[tokio::test]
async fn dynamodb_local_comes_up_where_java_is() {
    if DynamoDbLocal::has_java().await {
        let server = DynamoDbLocal::start().await.unwrap();
        assert!(server.endpoint().starts_with("http://127.0.0.1:"));
    }
}
