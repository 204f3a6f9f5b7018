//! QuickBooks Online Accounting API v3: objects, requests, answers, errors, tokens.
//!
//! Usable alone. The crate opens no sockets: [`Client`] and [`oauth::refresh`] are generic over
//! [`ports::Http`]. A [`Request`] is plain data, so that its exact bytes can be stored before it is
//! sent; a [`QboError`] says what happens next.

mod answer;
mod batch;
mod changes;
mod client;
mod error;
mod fault;
pub mod limits;
pub mod oauth;
mod objects;
mod query;
mod request;
mod sort;
pub mod webhook;
mod xml;

pub use answer::{Answer, Fields};
pub use batch::{BatchId, BatchItem, BatchResults, BatchValue};
pub use changes::{Changed, Changes};
pub use client::{AccessToken, Client, TIMEOUT};
pub use error::{Cause, QboError, Tid};
pub use fault::{Fault, FaultError};
pub use objects::*;
pub use query::{Literal, Query, is_latin_1};
pub use request::{Effect, Method, Request, RequestError, RequestId};
