//! The QuickBooks card of a job (K1): all that is known of it, in at most three reads of the table beside the connection,
//! and without a question to either system.

mod parts;
mod read;

pub use parts::{payment_page, told};

use hcp::{JobId, PaymentId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use mapping::Role;
use money::Cents;
use store::{
    AlertRecord, HistoryEntry, InboxEntry, JobFacts, JobState, Mark, Pending, ToldPayment,
};

/// All that is known of a job.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its id.
    pub id: JobId,
    /// Its number, once it was read.
    pub number: Option<String>,
    /// The name of its customer, once they were read.
    pub customer: Option<String>,
    /// What the customer's e-mail field holds beside the address that QuickBooks has (C2).
    pub emails: Vec<String>,
    /// Its state.
    pub state: JobState,
    /// What made it push, the latest last.
    pub marks: Vec<Mark>,
    /// Why it waits, when it does.
    pub waits_for: Option<String>,
    /// When it is looked at again, when it waits.
    pub due: Option<Timestamp>,
    /// What Housecall Pro told of it when it was read last, and when that was.
    pub facts: Option<JobFacts>,
    /// What QuickBooks would get if it were pushed now, as it was compared last (T5).
    pub pending: Vec<Pending>,
    /// Its documents in QuickBooks.
    pub documents: Vec<DocumentCard>,
    /// Its payments, in both systems.
    pub payments: Vec<PaymentCard>,
    /// Its refund receipts in QuickBooks.
    pub refunds: Vec<ReceiptCard>,
    /// Its expenses in QuickBooks, by which refunds gave credit back (P5).
    pub expenses: Vec<ReceiptCard>,
    /// Its sales receipts in QuickBooks, of what was paid once more after a refund (P4).
    pub repeated: Vec<ReceiptCard>,
    /// Its open alerts, and its customer's.
    pub alerts: Vec<AlertRecord>,
    /// What a person is asked to do in Housecall Pro (R2).
    pub inbox: Vec<InboxEntry>,
    /// What was done, the latest first: the first page of it.
    pub history: Vec<HistoryEntry>,
    /// The cursor of the next page of that; none at the end.
    pub more_history: Option<String>,
    /// The company's.
    pub zone: TimeZone,
}

/// A document of a job in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentCard {
    /// What it is: `invoice`, `deposit invoice`, `invoice 2`.
    pub what: String,
    /// Its number there; none as long as it is on its way.
    pub number: Option<String>,
    /// Whether it is there.
    pub standing: DocumentStanding,
    /// Its date, as QuickBooks told it last, else as it was last written.
    pub date: Option<Date>,
    /// When it is due, in the same way.
    pub due: Option<Date>,
    /// What it comes to, as QuickBooks told it last.
    pub total: Option<Cents>,
    /// What of it is still to be paid, by all that QuickBooks told.
    pub balance: Option<Cents>,
    /// Whom it is made out to, by the name in QuickBooks; none: it was not told since that is kept.
    pub customer: Option<String>,
    /// The numbers of the Housecall Pro invoices behind it.
    pub behind: Vec<String>,
    /// Where it opens in a browser; none as long as it is on its way.
    pub page: Option<String>,
}

/// Whether a document is in QuickBooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentStanding {
    /// It is.
    There,
    /// It is on its way, or a change of it is.
    OnItsWay,
    /// Somebody deleted or voided it there (R8).
    Gone,
    /// It was voided, and another one took its place, or none.
    Voided,
}

/// A payment of a job, in either system or in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCard {
    /// Its id in Housecall Pro; none: it was entered in QuickBooks.
    pub id: Option<PaymentId>,
    /// As Housecall Pro told it last; none: it has it no more, or never had it.
    pub told: Option<ToldPayment>,
    /// As QuickBooks told it last; none: it was not sent.
    pub there: Option<PaymentThere>,
    /// What of it repeats refunds, and was sent as sales receipts (P4).
    pub repeats: Cents,
    /// Whether a person said that it is not to be sent.
    pub is_not_to_be_sent: bool,
}

/// A payment in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentThere {
    /// How it came there.
    pub origin: Origin,
    /// Whether it was deleted, voided or moved away there (R4).
    pub is_gone: bool,
    /// Whether no money moved: it applies a credit.
    pub is_credit: bool,
    /// How much it is; of one that was entered there, what it pays of this job.
    pub total: Option<Cents>,
    /// Its date.
    pub date: Option<Date>,
    /// What it pays of which of the job's documents, by their numbers.
    pub pays: Vec<(String, Cents)>,
    /// What of it pays no document.
    pub unapplied: Cents,
    /// How it was paid.
    pub how: Told,
    /// Where it opens in a browser.
    pub page: String,
}

/// How a payment came to QuickBooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was sent.
    Sent,
    /// Somebody had entered it there, and it is the money of one in Housecall Pro (R3).
    Joined,
    /// Somebody entered it there, and Housecall Pro does not know it (R1).
    Entered,
}

/// How money moved in QuickBooks, by names; each none where that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The method.
    pub method: Option<String>,
    /// The number of a check, or another reference.
    pub reference: Option<String>,
    /// The account that it lies in, or left.
    pub account: Option<String>,
    /// Whether it went to a bank with a deposit.
    pub is_deposited: bool,
}

/// A refund receipt of a job in QuickBooks, an expense or a sales receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptCard {
    /// What it comes to there.
    pub total: Option<Cents>,
    /// Its date.
    pub date: Option<Date>,
    /// How the money moved.
    pub how: Told,
    /// Where it opens in a browser.
    pub page: String,
}

/// What an invoice is to its job, for people.
fn role_words(role: Role) -> String {
    match role {
        Role::Main => "invoice".to_owned(),
        Role::Deposit => "deposit invoice".to_owned(),
        Role::Part(count) => format!("invoice {count}"),
    }
}
