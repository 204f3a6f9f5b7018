//! sync-consumer
fn main() {}
