//! What is kept: connections, jobs with their marks, the ledger of every write to QuickBooks, links,
//! alerts, leases and limits: versioned records in one table, changed by conditional writes only.
//!
//! Partitions: `companies` lists the connections, `realms` who has each company in QuickBooks, `people` who may see each, `open-alerts` the alerts that are open,
//! `told` what people were told of them;
//! `books#<company>#<realm>` holds everything that belongs to one pair of companies, so that another realm starts empty;
//! `person#<user>` what concerns one who signs in, `session#<digest>` a session of theirs; `limits` the rate limits of the two systems.

mod alert;
mod answered;
mod books;
mod codec;
mod connection;
mod heard;
mod history;
mod job;
mod lease;
mod limit;
mod list;
pub mod memory;
mod names;
mod people;
pub mod places;
mod received;
mod session;
mod table;
mod told;
pub mod verdict;
mod work;

pub use alert::{AlertRecord, Dismissal, OpenAlert};
pub use answered::{Answer, AnsweredOnce};
pub use books::Books;
pub use codec::{Body, StoreError, Stored, read, read_all, read_many};
pub use connection::{
    Accounts, ClassTracking, Connection, ConnectionStatus, NamedId, Preferences, RealmOwner,
    TokenPointer,
};
pub use heard::Heard;
pub use history::{
    About, Act, ActKind, Answered, By, Did, Ended, FieldChange, HistoryEntry, LookCause, Reason,
    Sent, SentAction,
};
pub use job::{
    Cause, Cursor, Job, JobCustomer, JobFacts, JobInvoice, JobState, Mark, Payer, Pending,
    ServicePlanCustomers, Shown, SweepName, ToldPayment,
};
pub use lease::Lease;
pub use limit::{Closed, Limit, Metered, Outage, Suspect, System, Turns, Why};
pub use list::{BadCursor, Index, List, ListPage, Lists, Place, Position};
pub use names::{LineName, NumberOwner};
pub use people::{CompaniesOf, InvalidUserId, Mails, People, Person, Role, UserId};
pub use received::{
    InboxEntry, JobReceived, Known, KnownWay, Listed, LongWay, PaidTag, PullCursor, PulledPayment,
};
pub use session::{Chosen, Session, WayToIntuit};
pub use table::{Expect, Key, Page, Record, Table, TableError, Write, WriteError};
pub use told::{CauseTold, Letter, Matter, Recipient, Told};
pub use work::{Evidence, Waiting, WorkItem, WorkRecord};
