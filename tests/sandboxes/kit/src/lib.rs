//! What every sandbox needs and none should have of its own: one way to be asked ([`Request`], [`Answer`]), one server
//! ([`serve`]), one clock ([`Clock`]), one vocabulary of faults ([`Fault`]), the controls for both
//! ([`control::answer`]), and one way to show all that to people ([`page`]).
//!
//! A sandbox is a [`Site`]: it knows its clock and answers requests. In process it is asked through `ports::Http`
//! ([`Request::from`], [`Answer::arrive`]), behind a socket by [`serve`]; either way slow and lost answers are alike.

mod chance;
mod clock;
pub mod control;
mod faults;
mod http;
pub mod page;
mod poster;
mod server;

pub use chance::Chance;
pub use clock::{Clock, ClockRefusal};
pub use faults::{Fault, FaultError, FaultKind, Faults, Numbers, OwnFault};
pub use http::{Answer, Request, form};
pub use poster::Poster;
pub use server::{BindError, Site, announce, bind, end_signal, serve};
