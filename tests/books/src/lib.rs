//! Whether both books agree (V2): what is to be paid in Housecall Pro is to be paid in QuickBooks, what came in there came
//! in here, and whatever differs is named by an open alert, to the cent.
//!
//! It works on what both systems and the table show, as JSON, so that a simulation and the deployed stack are judged alike,
//! and it works with none of the rules by which the sync decides what to send.

mod accounts;
mod documents;
mod housecall;
mod money;
mod named;
mod quickbooks;
mod records;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{housecall::Housecall, quickbooks::QuickBooks, records::Records};

/// What QuickBooks must be asked for: the accounts, and everything that moves one.
pub const KINDS: [&str; 10] = [
    "Account",
    "Customer",
    "Invoice",
    "Payment",
    "RefundReceipt",
    "SalesReceipt",
    "CreditMemo",
    "Deposit",
    "JournalEntry",
    "Purchase",
];

/// Both books, and what is kept of them between.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// The jobs, as Housecall Pro's API tells them.
    pub jobs: Vec<Value>,
    /// The invoices, as its list tells them: with `job_id`.
    pub invoices: Vec<Value>,
    /// QuickBooks' objects, by kind: all of [`KINDS`].
    pub quickbooks: BTreeMap<String, Vec<Value>>,
    /// Its trial balance, as the sandbox tells it.
    pub trial_balance: Value,
    /// The records of the company's books in the table: sort key, and body.
    pub records: Vec<(String, String)>,
}

impl Books {
    /// What differs between both books and is named by no alert; nothing: they agree.
    ///
    /// # Errors
    /// When something is not in the form in which it is told.
    pub fn differences(&self) -> Result<Vec<String>, String> {
        let told = Told {
            housecall: Housecall::read(self)?,
            quickbooks: QuickBooks::read(self)?,
            records: Records::read(self)?,
        };
        let mut differences = named::in_words(&told);
        differences.extend(documents::differences(&told));
        differences.extend(money::differences(&told));
        differences.extend(accounts::differences(&told));
        Ok(differences)
    }
}

/// All of it, read.
struct Told {
    housecall: Housecall,
    quickbooks: QuickBooks,
    records: Records,
}
