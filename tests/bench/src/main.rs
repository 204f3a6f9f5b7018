//! Start, memory and size of the functions beside a bare one, in one run on one machine.
//!
//! `cargo run -p bench -- [folder]`: the folder holds `<function>/bootstrap` (default `target/lambda`, as
//! `make build-lambda` leaves it). It prints; no figure makes it fail.
#![expect(clippy::print_stdout, reason = "printing is its purpose")]

mod function;
mod lambda;
mod report;

use std::{error::Error, path::PathBuf};

use function::{Function, Start};
use lambda::Lambda;
use report::Row;

/// The first one is the yardstick.
const FUNCTIONS: [&str; 10] = [
    "bare-function",
    "hcp-webhook",
    "qbo-webhook",
    "hcp-sweep",
    "payment-pull",
    "manual-push",
    "notify",
    "office",
    "connect",
    "sync-consumer",
];
const STARTS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/lambda"), PathBuf::from);
    let functions: Vec<Function> = FUNCTIONS
        .into_iter()
        .filter_map(|name| Function::find(&folder, name))
        .collect();
    let mut lambda = Lambda::open().await?;
    let mut starts: Vec<Vec<Start>> = functions.iter().map(|_| Vec::new()).collect();
    // In turns, so that whatever else the machine does meets all of them. The first turn fills caches.
    for turn in 0..=STARTS {
        for (function, starts) in functions.iter().zip(&mut starts) {
            let start = function.start(&mut lambda).await?;
            if turn > 0 {
                starts.push(start);
            }
        }
    }
    let mut rows = Vec::new();
    for (function, starts) in functions.iter().zip(&starts) {
        rows.push(Row::new(function.name, function.zipped_bytes()?, starts));
    }
    print!("{}", report::table(&rows, STARTS));
    for name in FUNCTIONS {
        if !functions.iter().any(|function| function.name == name) {
            println!(
                "{name}: not built, no {}",
                folder.join(name).join("bootstrap").display()
            );
        }
    }
    Ok(())
}
