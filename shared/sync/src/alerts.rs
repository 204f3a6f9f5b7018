//! The catalogue of alerts: every cause that a person must resolve, with its words.
//!
//! One open alert for a subject and a type; a repeat updates it (S1).

use std::collections::BTreeMap;

use hcp::{CustomerId, JobId};
use ports::{Chance, Clock};
use store::{Alert, Books, Stored, Table, WriteError, read};

use crate::{stop::Stop, world::World};

/// The subject of alerts about the connection as a whole.
pub(crate) const CONNECTION: &str = "connection";

/// The types of alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertKind {
    /// The job has something on it that this version cannot put into QuickBooks correctly.
    NotSupported,
    /// The invoice number is longer than QuickBooks allows (N5).
    NumberTooLong,
    /// The invoice number is taken in QuickBooks by a document that is not ours (N8).
    DuplicateInvoiceNumber,
    /// A QuickBooks customer of that name exists, and its contact data contradict ours (C6).
    CustomerMatchAmbiguous,
    /// The QuickBooks customer of that name belongs to another Housecall Pro customer (C6).
    LinkedCustomerMatch,
    /// A vendor or employee has the name (C7).
    NameTaken,
    /// A QuickBooks item has the name and cannot be matched (I3).
    ItemNameTaken,
    /// The invoice has no job and so no customer (P6).
    InvoiceWithoutCustomer,
    /// The lines of the job do not add up to its total in Housecall Pro.
    LinesDoNotAddUp,
    /// There is sales tax, and no line of the job is taxable (L2).
    TaxWithoutLine,
    /// There is sales tax, and QuickBooks is set to charge none (X1).
    SalesTaxOff,
    /// No single tax code of QuickBooks makes the tax (X2).
    TaxRateUnmapped,
    /// There is a discount, and QuickBooks is set not to allow any (L3).
    DiscountsOff,
    /// The totals of the two systems differ (X4).
    TotalMismatch,
    /// The date lies in a closed period (S6).
    ClosedPeriod,
    /// The QuickBooks document was deleted or voided by hand (R8).
    DocumentGone,
    /// Something that the invoice uses was made inactive in QuickBooks (C10).
    InactiveInQuickbooks,
    /// QuickBooks refused for a reason that has no type of its own (S5).
    QuickbooksRefused,
    /// The QuickBooks subscription has ended: the company can only be read.
    QuickbooksReadOnly,
    /// QuickBooks no longer accepts the connection (S7).
    Reconnect,
    /// Housecall Pro no longer accepts the API key.
    HousecallUnauthorized,
    /// Housecall Pro refused a request, or sent something unreadable.
    HousecallRefused,
    /// A job was cancelled or deleted in Housecall Pro; its QuickBooks invoice is still there (T7).
    RemovedInHousecall,
    /// Housecall Pro said that something happened, and its records do not show it.
    RecordLags,
}

/// A reason to write an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its type.
    pub kind: AlertKind,
    /// What it is about.
    pub subject: String,
    /// Names, numbers and amounts for its words.
    pub facts: BTreeMap<String, String>,
}

impl Finding {
    /// About a job.
    pub fn job(kind: AlertKind, job: &JobId) -> Self {
        Self::about(kind, job.to_string())
    }

    /// About a customer.
    pub fn customer(kind: AlertKind, customer: &CustomerId) -> Self {
        Self::about(kind, customer.to_string())
    }

    /// About the connection as a whole: one alert for all documents that it holds up (S4).
    pub fn connection(kind: AlertKind) -> Self {
        Self::about(kind, CONNECTION.to_owned())
    }

    /// About anything else that has a name of its own.
    pub fn about(kind: AlertKind, subject: String) -> Self {
        Self {
            kind,
            subject,
            facts: BTreeMap::new(),
        }
    }

    /// Adds a fact.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "facts are amounts, dates and texts; borrowing each would only add noise"
    )]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }

    /// As the end of the work.
    pub fn stop(self) -> Stop {
        Stop::Alert(Box::new(self))
    }

    fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("(unknown)", String::as_str)
    }

    /// What happened.
    pub fn message(&self) -> String {
        let fact = |name| self.fact(name);
        match self.kind {
            AlertKind::NotSupported => format!(
                "Job {} was not sent to QuickBooks: it has {}, which this version cannot put into QuickBooks correctly.",
                fact("job"),
                fact("what")
            ),
            AlertKind::NumberTooLong => format!(
                "Job {} was not sent to QuickBooks: its invoice number {} is longer than the 21 characters that QuickBooks allows.",
                fact("job"),
                fact("number")
            ),
            AlertKind::DuplicateInvoiceNumber => format!(
                "The invoice number {} of job {} is already used in QuickBooks by an invoice of {} over {}.",
                fact("number"),
                fact("job"),
                fact("quickbooks_customer"),
                fact("quickbooks_total")
            ),
            AlertKind::CustomerMatchAmbiguous => format!(
                "Job {} was not sent to QuickBooks: a QuickBooks customer is also named {}, but has a different {}.",
                fact("job"),
                fact("customer"),
                fact("contradiction")
            ),
            AlertKind::LinkedCustomerMatch => format!(
                "Job {} was not sent to QuickBooks: the QuickBooks customer {} is already linked to another Housecall Pro customer.",
                fact("job"),
                fact("customer")
            ),
            AlertKind::NameTaken => format!(
                "Job {} was not sent to QuickBooks: the name {} is held by a vendor, an employee or an inactive customer.",
                fact("job"),
                fact("customer")
            ),
            AlertKind::ItemNameTaken => format!(
                "Job {} was not sent to QuickBooks: the product or service name {} is taken in QuickBooks by {}.",
                fact("job"),
                fact("item"),
                fact("holder")
            ),
            AlertKind::InvoiceWithoutCustomer => format!(
                "Invoice {} belongs to no job and so to no customer; it was not sent to QuickBooks.",
                fact("number")
            ),
            AlertKind::LinesDoNotAddUp => format!(
                "Job {} was not sent to QuickBooks: its lines add up to {}, but its total in Housecall Pro is {}.",
                fact("job"),
                fact("lines"),
                fact("total")
            ),
            AlertKind::TaxWithoutLine => format!(
                "Job {} was not sent to QuickBooks: it has {} of sales tax, but none of its lines is marked as taxable.",
                fact("job"),
                fact("tax")
            ),
            AlertKind::SalesTaxOff => format!(
                "Job {} was not sent to QuickBooks: it has {} of sales tax, but QuickBooks is set up not to charge any.",
                fact("job"),
                fact("tax")
            ),
            AlertKind::TaxRateUnmapped => format!(
                "Job {} was not sent to QuickBooks: exactly one sales tax rate there should make its tax of {}, but {}.",
                fact("job"),
                fact("tax"),
                fact("candidates")
            ),
            AlertKind::DiscountsOff => format!(
                "Job {} was not sent to QuickBooks: it has a discount of {}, but QuickBooks is set up not to allow discounts.",
                fact("job"),
                fact("discount")
            ),
            AlertKind::TotalMismatch => format!(
                "Job {}: Housecall Pro says {} with {} of sales tax, QuickBooks says {} with {}.",
                fact("job"),
                fact("housecall_total"),
                fact("housecall_tax"),
                fact("quickbooks_total"),
                fact("quickbooks_tax")
            ),
            AlertKind::ClosedPeriod => format!(
                "Job {} was not sent to QuickBooks: its date {} lies in a month that is closed.",
                fact("job"),
                fact("date")
            ),
            AlertKind::DocumentGone => format!(
                "The QuickBooks invoice {} of job {} was deleted or voided in QuickBooks. It was not made again.",
                fact("number"),
                fact("job")
            ),
            AlertKind::InactiveInQuickbooks => format!(
                "Job {} was not sent to QuickBooks: its customer or one of its products was deleted or made inactive there.",
                fact("job")
            ),
            AlertKind::QuickbooksRefused => format!(
                "QuickBooks refused job {}: {} (code {}, reference {}).",
                fact("job"),
                fact("quickbooks"),
                fact("code"),
                fact("intuit_tid")
            ),
            AlertKind::QuickbooksReadOnly => {
                "QuickBooks accepts no changes: the subscription of this company has ended. Everything waits; nothing is lost."
                    .to_owned()
            }
            AlertKind::Reconnect => format!(
                "QuickBooks no longer accepts the connection ({}). Everything waits; nothing is lost.",
                fact("reason")
            ),
            AlertKind::HousecallUnauthorized => {
                "Housecall Pro no longer accepts the API key. Everything waits; nothing is lost."
                    .to_owned()
            }
            AlertKind::HousecallRefused => format!(
                "Job {} could not be read from Housecall Pro: {}.",
                fact("job"),
                fact("reason")
            ),
            AlertKind::RemovedInHousecall => format!(
                "Job {} was cancelled or deleted in Housecall Pro, but its invoice {} is still in QuickBooks.",
                fact("job"),
                fact("number")
            ),
            AlertKind::RecordLags => format!(
                "Housecall Pro reported that job {} was {}, but the job does not show it.",
                fact("job"),
                fact("event")
            ),
        }
    }

    /// What to do about it.
    pub fn resolution(&self) -> &'static str {
        match self.kind {
            AlertKind::NotSupported => {
                "Enter this invoice in QuickBooks by hand, or remove that part from the job and press Finish, Invoice or Pay again."
            }
            AlertKind::NumberTooLong => {
                "Shorten the number in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            AlertKind::DuplicateInvoiceNumber => {
                "Give one of the two invoices another number, then press Finish, Invoice or Pay again."
            }
            AlertKind::CustomerMatchAmbiguous => {
                "If they are the same customer, make the contact data equal in both systems. If not, change one of the names. Then press Finish, Invoice or Pay again."
            }
            AlertKind::LinkedCustomerMatch => {
                "If both are the same customer, merge them in Housecall Pro. If not, change one of the names. Then press Finish, Invoice or Pay again."
            }
            AlertKind::NameTaken => {
                "QuickBooks allows a name only once over customers, vendors and employees. Change the name in one of the two systems, then press Finish, Invoice or Pay again."
            }
            AlertKind::ItemNameTaken => {
                "Rename one of the two, then press Finish, Invoice or Pay again."
            }
            AlertKind::InvoiceWithoutCustomer => {
                "Enter this invoice in QuickBooks by hand, with the customer that you know it belongs to."
            }
            AlertKind::LinesDoNotAddUp => {
                "Open the job in Housecall Pro and compare its invoice with its lines. Enter it in QuickBooks by hand if both are right."
            }
            AlertKind::TaxWithoutLine => {
                "Mark what is taxed as taxable on the job in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            AlertKind::SalesTaxOff => {
                "Switch sales tax on in QuickBooks (Taxes, Sales tax), then press Finish, Invoice or Pay again. Or take the tax off the job."
            }
            AlertKind::TaxRateUnmapped => {
                "Give the tax the same name and rate in both systems, then press Finish, Invoice or Pay again."
            }
            AlertKind::DiscountsOff => {
                "Switch discounts on in QuickBooks (Settings, Account and settings, Sales, Sales form content), then press Finish, Invoice or Pay again."
            }
            AlertKind::TotalMismatch => {
                "Compare the two invoices line by line and correct the one that is wrong."
            }
            AlertKind::ClosedPeriod => {
                "Ask your bookkeeper to open the month, or change the date in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            AlertKind::DocumentGone => {
                "If it was removed on purpose, nothing is left to do. If not, enter the invoice in QuickBooks by hand."
            }
            AlertKind::InactiveInQuickbooks => {
                "Make it active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            AlertKind::QuickbooksRefused => {
                "Correct what QuickBooks names, then press Finish, Invoice or Pay again."
            }
            AlertKind::QuickbooksReadOnly => {
                "Renew the QuickBooks subscription. Everything that waits is then sent by itself."
            }
            AlertKind::Reconnect => {
                "Connect QuickBooks again. Everything that waits is then sent by itself."
            }
            AlertKind::HousecallUnauthorized => {
                "Make a new API key in Housecall Pro and run the connect command again. Everything that waits is then sent by itself."
            }
            AlertKind::HousecallRefused => {
                "Open the job in Housecall Pro. If it looks right, press Finish, Invoice or Pay again."
            }
            AlertKind::RemovedInHousecall => {
                "If the invoice is not owed any more, void it in QuickBooks by hand."
            }
            AlertKind::RecordLags => {
                "Open the job in Housecall Pro and press the button again if it should be in QuickBooks."
            }
        }
    }
}

impl AlertKind {
    /// Whether a setting in QuickBooks may have caused it that was changed since we read it.
    pub(crate) fn depends_on_setup(self) -> bool {
        matches!(
            self,
            Self::SalesTaxOff
                | Self::TaxRateUnmapped
                | Self::DiscountsOff
                | Self::InactiveInQuickbooks
                | Self::QuickbooksRefused
        )
    }

    /// The name that alerts of this type are stored under.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSupported => "not_supported",
            Self::NumberTooLong => "number_too_long",
            Self::DuplicateInvoiceNumber => "duplicate_invoice_number",
            Self::CustomerMatchAmbiguous => "customer_match_ambiguous",
            Self::LinkedCustomerMatch => "linked_customer_match",
            Self::NameTaken => "name_taken",
            Self::ItemNameTaken => "item_name_taken",
            Self::InvoiceWithoutCustomer => "invoice_without_customer",
            Self::LinesDoNotAddUp => "lines_do_not_add_up",
            Self::TaxWithoutLine => "tax_without_line",
            Self::SalesTaxOff => "sales_tax_off",
            Self::TaxRateUnmapped => "tax_rate_unmapped",
            Self::DiscountsOff => "discounts_off",
            Self::TotalMismatch => "total_mismatch",
            Self::ClosedPeriod => "closed_period",
            Self::DocumentGone => "document_gone",
            Self::InactiveInQuickbooks => "inactive_in_quickbooks",
            Self::QuickbooksRefused => "quickbooks_refused",
            Self::QuickbooksReadOnly => "quickbooks_read_only",
            Self::Reconnect => "reconnect",
            Self::HousecallUnauthorized => "housecall_unauthorized",
            Self::HousecallRefused => "housecall_refused",
            Self::RemovedInHousecall => "removed_in_housecall",
            Self::RecordLags => "record_lags",
        }
    }
}

/// Writes an alert, or updates the one that is there (S1).
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn raise(
    world: &impl World,
    books: &Books,
    finding: &Finding,
) -> Result<(), Stop> {
    let key = books.alert(&finding.subject, finding.kind.name());
    let now = world.clock().now();
    loop {
        let fresh = Alert {
            kind: finding.kind.name().to_owned(),
            subject: finding.subject.clone(),
            job_number: finding.facts.get("job").cloned(),
            message: finding.message(),
            resolution: finding.resolution().to_owned(),
            facts: finding.facts.clone(),
            count: 1,
            first_at: now,
            last_at: now,
            open: true,
        };
        let stored = match read::<Alert>(world.table(), &key).await? {
            None => Stored::new(key.clone(), fresh),
            Some(mut known) => {
                known.value = Alert {
                    count: known.value.count + 1,
                    first_at: known.value.first_at,
                    ..fresh
                };
                known
            }
        };
        match world
            .table()
            .write(world.chance().uuid(), vec![stored.put()?])
            .await
        {
            Ok(()) => {
                tracing::warn!(
                    alert = finding.kind.name(),
                    subject = finding.subject,
                    "alert"
                );
                return Ok(());
            }
            Err(WriteError::Conflict { .. }) => {}
            Err(WriteError::Table(error)) => return Err(error.into()),
        }
    }
}

/// Closes the alerts of a subject: what they reported was sent after all (S2).
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close(world: &impl World, books: &Books, subject: &str) -> Result<(), Stop> {
    let prefix = books.alert(subject, "");
    let page = world
        .table()
        .list(&prefix.partition, &prefix.sort, None)
        .await?;
    for record in &page.records {
        let mut alert = Stored::<Alert>::decode(record)?;
        if !alert.value.open {
            continue;
        }
        alert.value.open = false;
        let closed = world
            .table()
            .write(world.chance().uuid(), vec![alert.put()?])
            .await;
        match closed {
            Ok(()) | Err(WriteError::Conflict { .. }) => {}
            Err(WriteError::Table(error)) => return Err(error.into()),
        }
    }
    Ok(())
}
