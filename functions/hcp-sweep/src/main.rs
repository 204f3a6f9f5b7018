//! hcp-sweep
fn main() {}
