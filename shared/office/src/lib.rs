//! What the people of a company see and do: views and acts, generic over the ports, that know nothing of HTTP. Pages and the
//! API call the same ones.
//!
//! Whoever acts is a [`Caller`], which is only made by looking up who they are in the company; and each act first asks
//! whether that one may do it. So neither can be left out.

mod acts;
mod alert_lists;
mod alerts;
mod assignments;
mod card;
mod causes;
mod connecting;
mod csv;
mod customers;
mod items;
mod jobs;
mod lists;
mod log;
mod once;
mod pause;
mod payments;
mod people;
mod quickbooks;
mod resolutions;
mod settings;
mod telling;
mod today;
mod who;
pub mod words;

pub use alert_lists::AlertsBy;
pub use alerts::{AlertView, Way};
pub use card::{CardView, PendingRow};
pub use causes::CauseView;
pub use customers::{CustomerRow, CustomersBy, KnownCustomer};
pub use items::{ItemRow, ItemsBy, LineRow, LinesBy};
pub use jobs::{Days, JobRow, JobsBy};
pub use lists::{Paging, Rows};
pub use log::{Change, HistoryRow, SentRow};
pub use once::{Begun, Once};
pub use payments::{InQuickbooks, PaymentRow, PaymentStanding, PaymentsBy};
pub use people::{PeopleView, PersonView};
pub use quickbooks::QuickbooksView;
pub use store::{Answer, Mails, Role, UserId};
pub use today::{CauseRow, Few, InboxCount, Reach, Today, WaitingRow};
pub use who::{Caller, CompanyView, Operation};

use sync::{World, engine::Engine};

/// The office of all companies of a deployment.
#[derive(Debug)]
pub struct Office<W: World + 'static> {
    engine: Engine<W>,
}

impl<W: World> Office<W> {
    /// Puts it on an engine.
    pub fn new(engine: Engine<W>) -> Self {
        Self { engine }
    }

    /// What does the work.
    pub fn engine(&self) -> &Engine<W> {
        &self.engine
    }
}
