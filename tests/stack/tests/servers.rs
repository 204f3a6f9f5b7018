//! The servers that other crates borrow for their tests.

use std::net::TcpListener;

use stack::{DynamoDbLocal, Emulator};

/// Only a server that listens on all interfaces keeps others from the same port of another address.
fn listens_on_this_machine_only(endpoint: &str) -> bool {
    let elsewhere = endpoint.replace("http://127.0.0.1:", "127.0.0.2:");
    !cfg!(target_os = "linux") || TcpListener::bind(elsewhere).is_ok()
}

#[test]
fn a_server_on_all_interfaces_would_be_noticed() {
    let server = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let noticed = !listens_on_this_machine_only(&format!("http://127.0.0.1:{port}"));
    assert!(noticed || !cfg!(target_os = "linux"));
}

#[tokio::test]
async fn emulators_come_up_side_by_side() {
    let first = Emulator::start().await.unwrap();
    let second = Emulator::start().await.unwrap();
    assert_ne!(first.endpoint(), second.endpoint());
    assert!(listens_on_this_machine_only(first.endpoint()));
    assert!(listens_on_this_machine_only(second.endpoint()));
}

#[tokio::test]
async fn dynamodb_local_comes_up_where_java_is() {
    if DynamoDbLocal::has_java().await {
        let server = DynamoDbLocal::start().await.unwrap();
        assert!(listens_on_this_machine_only(server.endpoint()));
    }
}
