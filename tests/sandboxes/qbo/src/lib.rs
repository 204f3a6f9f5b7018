//! A local stand-in for the Accounting API of QuickBooks Online (version 3, minor version 75), as far as
//! an invoice sync needs it.
//!
//! It keeps books, checks every request as QuickBooks does, and refuses what it does not cover with
//! status 501 instead of pretending. Where no source says what QuickBooks does, a switch in [`Doubts`]
//! chooses. It runs in process ([`Sandbox::handle`], `impl` [`ports::Http`]) or behind a socket
//! ([`serve`]).
//!
//! ```
//! use qbo_sandbox::{Act, Clock, Fault, FaultKind, Json, Options, Request, Sandbox};
//!
//! let clock = Clock::manual("2026-03-02T17:00:00Z".parse()?);
//! let sandbox = Sandbox::new(Options { clock: clock.clone(), ..Options::default() });
//! sandbox.configure(|company| company.custom_txn_numbers = true);
//! sandbox.create("Customer", &Json::parse(br#"{"DisplayName":"Amy"}"#)?)?;
//! sandbox.inject(Fault::next(FaultKind::CommitThenDrop).on("Invoice"));
//!
//! let answer = sandbox.handle(&Request {
//!     method: "GET".into(),
//!     target: "/v3/company/9341453000000001/customer/1".into(),
//!     headers: vec![
//!         ("accept".into(), "application/json".into()),
//!         ("authorization".into(), format!("Bearer {}", sandbox.access_token())),
//!     ],
//!     body: Vec::new(),
//! });
//! assert_eq!(answer.status, 200);
//! assert_eq!(sandbox.count(Act::Read, Some("Customer")), 1);
//! assert!(sandbox.violations().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Behind a socket there are also the books as pages (`/`), and controls: `POST /_sandbox/faults`
//! (`{"fault":"slow","ms":500,"entity":"Invoice","method":"POST","path":"…","count":2}` or an array of
//! these), `DELETE /_sandbox/faults`, `POST /_sandbox/clock` (`{"advance_seconds":3600}`),
//! `POST /_sandbox/invoices/{id}` (fields, as a person would change them), and `GET /_sandbox/calls`,
//! `/violations`, `/trial-balance` and `/health`.
//!
//! `docs/SANDBOX.md` says what is faithful, what is a guess, and what else there is.

mod api;
mod company_file;
mod control;
mod fault;
mod faults;
mod gateway;
mod intake;
mod json;
mod ledger;
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
mod typed;
mod webhooks;
mod write;

pub use company_file::CompanyFileError;
pub use faults::{Fault, FaultKind, QboFault};
pub use json::{Json, JsonError, Object};
pub use ledger::{TrialBalance, TrialBalanceRow};
pub use log::{Act, Call, Violation};
pub use options::{
    ClassTracking, Company, Doubts, InactiveReference, LinkRefusal, Options, SalesTax,
    UncollectedTax, UnlinkedMoney, User, VoidEvent,
};
pub use sandbox::{EditError, Sandbox};
pub use sandbox_kit::{Answer, Clock, Request};
pub use server::serve;
pub use webhooks::{PayloadForm, Webhook};
