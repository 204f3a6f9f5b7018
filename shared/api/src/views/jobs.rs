use office::{AlertView, JobRow};
use serde::Serialize;
use store::Mark;
use sync::job::status::{DocumentStatus, JobStatus, PaymentStatus, ReceiptStatus};
use utoipa::ToSchema;

use super::{alerts::Alert, all, name};

/// A document in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Document {
    /// What it is: `invoice`, `deposit invoice`, `invoice 2`.
    what: String,
    /// Its number there.
    number: String,
    /// Its date.
    date: Option<String>,
    /// What it comes to.
    total: Option<String>,
    /// Whom it is made out to.
    customer: Option<String>,
    /// Where it opens in a browser.
    page: String,
}

impl From<DocumentStatus> for Document {
    fn from(status: DocumentStatus) -> Self {
        Self {
            what: status.what,
            number: status.number,
            date: status.date,
            total: status.total.map(|cents| cents.to_string()),
            customer: status.customer,
            page: status.page,
        }
    }
}

/// A payment in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    /// How much it is.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
    /// What of it pays no invoice.
    unapplied: String,
    /// Whether somebody had entered it there.
    entered_in_quickbooks: bool,
    /// Where it opens in a browser.
    page: String,
}

impl From<PaymentStatus> for Payment {
    fn from(status: PaymentStatus) -> Self {
        Self {
            total: status.total.map(|cents| cents.to_string()),
            date: status.date.map(|date| date.to_string()),
            unapplied: status.unapplied.to_string(),
            entered_in_quickbooks: status.joined,
            page: status.page,
        }
    }
}

/// A receipt in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// What it comes to.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
}

impl From<ReceiptStatus> for Receipt {
    fn from(status: ReceiptStatus) -> Self {
        Self {
            total: status.total.map(|cents| cents.to_string()),
            date: status.date.map(|date| date.to_string()),
        }
    }
}

/// What made a job push.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trigger {
    /// What it was: `finished`, `invoiced`, `paid`, `refunded`, `by_hand`, `edited`.
    what: String,
    /// When.
    at: String,
}

impl From<Mark> for Trigger {
    fn from(mark: Mark) -> Self {
        Self {
            what: name(&mark.trigger),
            at: mark.at.to_string(),
        }
    }
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobLine {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Its state, as that of a job.
    state: String,
    /// The day of the work.
    date: String,
    /// Its total in Housecall Pro, as it was read last.
    total: Option<String>,
    /// What of it was still to be paid then.
    balance: Option<String>,
    /// When that was.
    read_at: Option<String>,
}

impl From<JobRow> for JobLine {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            customer: row.customer,
            state: name(&row.state),
            date: row.date.to_string(),
            total: row.total.map(|cents| cents.to_string()),
            balance: row.balance.map(|cents| cents.to_string()),
            read_at: row.read_at.map(|at| at.to_string()),
        }
    }
}

/// How a job stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Its state: `not_synced`, `before_connection`, `queued`, `synced`, `pending_changes`, `waits_for_trigger`,
    /// `nothing_to_send`, `nothing_on_it`, `alert`, `gone`.
    state: String,
    /// Why it waits, when it does.
    waits_for: Option<String>,
    /// When it is looked at again, when it waits.
    due: Option<String>,
    /// Its documents in QuickBooks.
    documents: Vec<Document>,
    /// Its payments in QuickBooks.
    payments: Vec<Payment>,
    /// Its refund receipts in QuickBooks.
    refunds: Vec<Receipt>,
    /// Its expenses in QuickBooks, by which refunds gave credit back.
    expenses: Vec<Receipt>,
    /// Its sales receipts in QuickBooks, of what was paid once more after a refund.
    sales_receipts: Vec<Receipt>,
    /// What made it push, the latest last.
    triggers: Vec<Trigger>,
    /// Its open alerts, and its customer's.
    alerts: Vec<Alert>,
}

impl Job {
    pub(crate) fn new(id: &hcp::JobId, status: JobStatus) -> Self {
        Self {
            id: id.to_string(),
            number: status.number,
            customer: status.customer,
            state: name(&status.state),
            waits_for: status.waits_for,
            due: status.due.map(|due| due.to_string()),
            documents: all(status.documents),
            payments: all(status.payments),
            refunds: all(status.refunds),
            expenses: all(status.expenses),
            sales_receipts: all(status.repeated),
            triggers: all(status.marks),
            alerts: status
                .alerts
                .into_iter()
                .map(|record| AlertView::of(record).into())
                .collect(),
        }
    }
}
