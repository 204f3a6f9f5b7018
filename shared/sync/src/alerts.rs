//! The catalogue of alerts: every cause that a person must resolve, with its words.
//!
//! One open alert for a subject and a type; a repeat updates it (S1).

use std::collections::BTreeMap;

use hcp::{CustomerId, JobId};
use ports::{Chance, Clock};
use store::{Alert, Books, Job, OpenAlert, Stored, Table, Write, WriteError, read};

use crate::{stop::Stop, world::World};

mod words;

/// The subject of alerts about the connection as a whole.
pub(crate) const CONNECTION: &str = "connection";

/// The types of alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlertKind {
    /// The job has something on it that this version cannot put into QuickBooks correctly.
    NotSupported,
    /// The invoice number is longer than QuickBooks allows (N5).
    NumberTooLong,
    /// Neither the invoice nor its job has a number (N4, N5).
    NumberMissing,
    /// The invoice number is taken in QuickBooks by a document that is not ours (N8).
    DuplicateInvoiceNumber,
    /// The invoice number is taken in QuickBooks by a credit memo (N8).
    DuplicateCreditMemoNumber,
    /// QuickBooks has an invoice with this number, customer and total that is not ours: perhaps it is the same (T12).
    LinkableInvoice,
    /// A QuickBooks customer of that name exists, and its contact data contradict ours (C6).
    CustomerMatchAmbiguous,
    /// The QuickBooks customer of that name belongs to another Housecall Pro customer (C6).
    LinkedCustomerMatch,
    /// Two customers were merged in one of the systems, and both are linked (C12).
    CustomersMerged,
    /// A vendor or employee has the name (C7).
    NameTaken,
    /// A QuickBooks item has the name and cannot be matched (I3).
    ItemNameTaken,
    /// A category of materials cannot be made, since QuickBooks gave its name to something else (I4).
    CategoryNameTaken,
    /// A category of materials was deleted or made inactive in QuickBooks (I4).
    CategoryInactive,
    /// Tips or card surcharges are to be booked as what is owed, and QuickBooks has no account for it (L4).
    NoLiabilityAccount,
    /// QuickBooks does not take an account that holds what is owed on the item of tips or surcharges (L4).
    LiabilityRefused,
    /// The invoice has no job and so no customer (P6).
    InvoiceWithoutCustomer,
    /// The job has no customer in Housecall Pro.
    JobWithoutCustomer,
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
    /// The customer was deleted or made inactive in QuickBooks (C10).
    CustomerInactive,
    /// A product or service was deleted or made inactive in QuickBooks.
    ItemInactive,
    /// A service and a material of one name, where QuickBooks has one item (I7).
    ItemInBothBooks,
    /// Something else that the invoice uses is gone or inactive in QuickBooks.
    InactiveInQuickbooks,
    /// QuickBooks refused for a reason that has no type of its own (S5).
    QuickbooksRefused,
    /// The QuickBooks subscription has ended: the company can only be read.
    QuickbooksReadOnly,
    /// QuickBooks no longer accepts the connection (S7).
    Reconnect,
    /// Intuit does not know the app by the client id and client secret that are stored (S7).
    AppKeysRefused,
    /// Housecall Pro no longer accepts the API key.
    HousecallUnauthorized,
    /// Housecall Pro refused a request, or sent something unreadable.
    HousecallRefused,
    /// Housecall Pro tells a field that a rule needs in a form that is not known (V24).
    FieldUnreadable,
    /// Housecall Pro told a field in a form that is not known, and the job was sent without it (V24).
    FieldLeftOut,
    /// Housecall Pro tells a part of the price book in a form that is not known (I4, V24).
    PriceBookUnreadable,
    /// A person pushed a job by hand that has not a single line (T9).
    NoLines,
    /// A person pushed a job by hand that is cancelled, deleted or unknown in Housecall Pro (U2).
    PushedButRemoved,
    /// What changed of a customer was not taken by QuickBooks (T5).
    CustomerNotUpdated,
    /// A job or an invoice was removed in Housecall Pro; its QuickBooks invoice is still there (T7).
    RemovedInHousecall,
    /// The QuickBooks invoice of something that was removed could not be voided (T7).
    VoidRefused,
    /// It cannot be told what the invoices of the job are: deposit, main invoice, progress invoices (N7).
    InvoicingUnclear,
    /// A taxed invoice bills something that is no line of the job (L2).
    UnknownLine,
    /// Housecall Pro said that something happened, and its records do not show it.
    RecordLags,
    /// Housecall Pro answers nobody (S10).
    HousecallAway,
    /// QuickBooks answers nobody (S10).
    QuickbooksAway,
    /// One document fails for long while others do not (S10).
    KeepsFailing,
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

    /// Adds the number of the job and its customer, as far as its record knows them and the finding does not.
    #[must_use]
    pub(crate) fn of(mut self, job: &Job) -> Self {
        let customer = job.customer.as_ref().map(|customer| &customer.name);
        for (name, known) in [("job", job.number.as_ref()), ("customer", customer)] {
            if let Some(known) = known {
                let fact = self.facts.entry(name.to_owned());
                fact.or_insert_with(|| known.clone());
            }
        }
        self
    }

    fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("(unknown)", String::as_str)
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
                | Self::ClosedPeriod
                | Self::NoLiabilityAccount
                | Self::InactiveInQuickbooks
                | Self::QuickbooksRefused
        )
    }

    /// The name that alerts of this type are stored under.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSupported => "not_supported",
            Self::NumberTooLong => "number_too_long",
            Self::NumberMissing => "number_missing",
            Self::DuplicateInvoiceNumber => "duplicate_invoice_number",
            Self::DuplicateCreditMemoNumber => "duplicate_credit_memo_number",
            Self::LinkableInvoice => "linkable_invoice",
            Self::CustomerMatchAmbiguous => "customer_match_ambiguous",
            Self::LinkedCustomerMatch => "linked_customer_match",
            Self::CustomersMerged => "customers_merged",
            Self::NameTaken => "name_taken",
            Self::ItemNameTaken => "item_name_taken",
            Self::CategoryNameTaken => "category_name_taken",
            Self::CategoryInactive => "category_inactive",
            Self::NoLiabilityAccount => "no_liability_account",
            Self::LiabilityRefused => "liability_refused",
            Self::InvoiceWithoutCustomer => "invoice_without_customer",
            Self::JobWithoutCustomer => "job_without_customer",
            Self::LinesDoNotAddUp => "lines_do_not_add_up",
            Self::TaxWithoutLine => "tax_without_line",
            Self::SalesTaxOff => "sales_tax_off",
            Self::TaxRateUnmapped => "tax_rate_unmapped",
            Self::DiscountsOff => "discounts_off",
            Self::TotalMismatch => "total_mismatch",
            Self::ClosedPeriod => "closed_period",
            Self::DocumentGone => "document_gone",
            Self::CustomerInactive => "customer_inactive",
            Self::ItemInactive => "item_inactive",
            Self::ItemInBothBooks => "item_in_both_books",
            Self::InactiveInQuickbooks => "inactive_in_quickbooks",
            Self::QuickbooksRefused => "quickbooks_refused",
            Self::QuickbooksReadOnly => "quickbooks_read_only",
            Self::Reconnect => "reconnect",
            Self::AppKeysRefused => "app_keys_refused",
            Self::HousecallUnauthorized => "housecall_unauthorized",
            Self::HousecallRefused => "housecall_refused",
            Self::FieldUnreadable => "field_unreadable",
            Self::FieldLeftOut => "field_left_out",
            Self::PriceBookUnreadable => "price_book_unreadable",
            Self::NoLines => "no_lines",
            Self::PushedButRemoved => "pushed_but_removed",
            Self::CustomerNotUpdated => "customer_not_updated",
            Self::RemovedInHousecall => "removed_in_housecall",
            Self::VoidRefused => "void_refused",
            Self::InvoicingUnclear => "invoicing_unclear",
            Self::UnknownLine => "unknown_line",
            Self::RecordLags => "record_lags",
            Self::HousecallAway => "housecall_away",
            Self::QuickbooksAway => "quickbooks_away",
            Self::KeepsFailing => "keeps_failing",
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
        let mut writes = vec![stored.put()?];
        writes.extend(opening(world, books, &stored.value).await?);
        match world.table().write(world.chance().uuid(), writes).await {
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

/// The open alerts of a subject, or of all where it is empty.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn open(
    world: &impl World,
    books: &Books,
    subject: &str,
) -> Result<Vec<Stored<Alert>>, Stop> {
    let prefix = match subject {
        "" => Books::ALERTS.to_owned(),
        subject => books.alert(subject, "").sort,
    };
    let partition = books.partition();
    let mut open = Vec::new();
    let mut from = None;
    loop {
        let page = world.table().list(&partition, &prefix, from).await?;
        for record in &page.records {
            let alert = Stored::<Alert>::decode(record)?;
            open.extend(alert.value.open.then_some(alert));
        }
        from = page.next;
        if from.is_none() {
            return Ok(open);
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
        shut(world, books, Stored::decode(record)?).await?;
    }
    Ok(())
}

/// Closes the alert of a subject and a type, if it is open.
///
/// # Errors
/// [`Stop::Broken`] when the table does not answer.
pub(crate) async fn close_one(
    world: &impl World,
    books: &Books,
    subject: &str,
    kind: AlertKind,
) -> Result<(), Stop> {
    let key = books.alert(subject, kind.name());
    match read::<Alert>(world.table(), &key).await? {
        Some(alert) => shut(world, books, alert).await,
        None => Ok(()),
    }
}

/// Notes that an alert is open, where that is not noted yet.
pub(crate) async fn opening(
    world: &impl World,
    books: &Books,
    alert: &Alert,
) -> Result<Option<Write>, Stop> {
    let key = books.open_alert(&alert.subject, &alert.kind);
    if read::<OpenAlert>(world.table(), &key).await?.is_some() {
        return Ok(None);
    }
    let open = OpenAlert {
        company: books.company.clone(),
        kind: alert.kind.clone(),
        subject: alert.subject.clone(),
        since: alert.last_at,
    };
    Ok(Some(Stored::new(key, open).put()?))
}

async fn shut(world: &impl World, books: &Books, mut alert: Stored<Alert>) -> Result<(), Stop> {
    if !alert.value.open {
        return Ok(());
    }
    alert.value.open = false;
    let mut writes = vec![alert.put()?];
    let key = books.open_alert(&alert.value.subject, &alert.value.kind);
    if let Some(open) = read::<OpenAlert>(world.table(), &key).await? {
        let expect = open.expect();
        writes.push(Write::Delete { key, expect });
    }
    match world.table().write(world.chance().uuid(), writes).await {
        Ok(()) | Err(WriteError::Conflict { .. }) => Ok(()),
        Err(WriteError::Table(error)) => Err(error.into()),
    }
}
