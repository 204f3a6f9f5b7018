//! hcp-webhook
fn main() {}
