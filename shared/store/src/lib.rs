//! What is kept: links, the ledger of every write to QuickBooks, jobs, parked work, alerts, leases and
//! limits, all as versioned records in one table, all changed by conditional writes.

pub mod memory;
mod table;

pub use table::{Expect, Key, Page, Record, Table, TableError, Write, WriteError};
