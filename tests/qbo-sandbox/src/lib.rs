//! A local stand-in for the Accounting API of QuickBooks Online (version 3, minor version 75), as far as
//! an invoice sync needs it.
//!
//! It keeps books, checks every request as QuickBooks does, and refuses what it does not cover with
//! status 501 instead of pretending. Where no source says what QuickBooks does, a switch in [`Doubts`]
//! chooses. It runs in process ([`Sandbox::handle`], `impl` [`ports::Http`]) or behind a socket
//! ([`serve`]).

mod api;
mod clock;
mod control;
mod fault;
mod faults;
mod intake;
mod json;
mod log;
mod options;
mod page;
mod query;
mod rules;
mod sandbox;
mod schema;
mod seed;
mod server;
mod store;
mod times;
mod write;

pub use api::{
    answer::{Answer, End},
    request::Request,
};
pub use clock::Clock;
pub use faults::{Fault, FaultKind};
pub use json::{Json, JsonError, Object};
pub use log::{Act, Call, Violation};
pub use options::{Company, Doubts, InactiveReference, Options, SalesTax};
pub(crate) use sandbox::singleton;
pub use sandbox::{EditError, Sandbox};
pub use server::serve;
