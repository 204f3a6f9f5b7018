//! Runs the whole integration on one machine, with no account and no containers: the AWS emulator,
//! the two sandboxes, and the very CDK app and Lambda binaries that go to AWS.
//!
//! Everything listens on 127.0.0.1, keeps its files in a temporary directory, and ends with the value
//! that started it: on drop, on failure, and when the process that holds it dies. What one that was killed has left in
//! the temporary directory, the next one clears.

mod aws;
mod books;
mod browser;
mod deployment;
mod dynamodb_local;
mod emulator;
mod error;
mod folder;
mod hcpqbo;
mod housecall;
mod http;
mod office;
mod paths;
mod port;
mod process;
mod quickbooks;
mod stack;
mod story;
mod unreliable;
mod wait;

pub use aws::{Aws, Function};
pub use browser::{Browser, Shown};
pub use deployment::Outputs;
pub use dynamodb_local::DynamoDbLocal;
pub use emulator::Emulator;
pub use error::StackError;
pub use hcpqbo::Ran;
pub use housecall::Housecall;
pub use office::{Answer, Office, Tokens};
pub use quickbooks::{
    Address, Customer, Invoice, Item, Line, Payment, QuickBooks, Reference, RefundReceipt, Sale,
    Term,
};
pub use reqwest::Url;
pub use stack::{MAIL_FROM, Options, Ports, Stack};
pub use story::{Booked, LeftOnJob};
pub use wait::until;
