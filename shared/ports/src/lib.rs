//! What the core asks of the world: HTTP, time, chance, a queue, a place for secrets, mail, who can sign in.
//!
//! Each port is a small trait with one real end (crate `adapters`) and a stand-in for tests, so that
//! the whole sync can run as a seeded simulation in one thread. The table is a port too; it lives in
//! crate `store`, beside the records that are kept in it.

mod chance;
mod directory;
pub mod figures;
mod http;
mod mail;
mod queue;
mod secrets;
mod source;
mod time;

pub use chance::Chance;
pub use directory::{Directory, DirectoryError};
pub use http::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
pub use mail::{Mail, MailError, Mailer};
pub use queue::{Inbox, Queue, QueueError, QueueMessage};
pub use secrets::{SecretError, SecretValue, Secrets};
pub use source::Source;
pub use time::Clock;
