use hcp::{Customer, Invoice, Job, LineItem};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    bill::{BilledLine, Goods},
    dates::Days,
    refusal::Refusal,
    sorting::Sorted,
};

mod needed;

pub use needed::{Need, UnreadField, unread_customer, unread_job, unread_list};

/// What Housecall Pro says about a job: all that its QuickBooks invoice is made from.
#[derive(Clone, Debug)]
pub struct JobRecords {
    /// The job.
    pub job: Job,
    /// Its lines.
    pub lines: Vec<LineItem>,
    /// All its invoices, removed ones too.
    pub invoices: Vec<Invoice>,
    /// Its customer, with addresses.
    pub customer: Customer,
    /// Whether Housecall Pro has no such customer any more, deleted or merged into another one: then this is
    /// what the job still shows of them, without addresses (C12).
    pub customer_gone: bool,
}

impl JobRecords {
    /// The number of the job, which people know it by.
    pub fn job_number(&self) -> &str {
        self.job
            .invoice_number
            .as_deref()
            .unwrap_or_else(|| self.job.id.as_str())
    }

    /// The number that people know the job by: its own, else that of its first live invoice. `None`: there is none.
    pub fn number(&self) -> Option<&str> {
        let live = self.invoices.iter().filter(|invoice| !invoice.is_removed());
        let mut invoices = live.filter_map(|invoice| invoice.invoice_number.as_deref());
        let own = self.job.invoice_number.as_deref();
        own.or_else(|| invoices.next())
    }

    /// The same, and its id where it has no number.
    pub fn known_by(&self) -> &str {
        self.number().unwrap_or_else(|| self.job.id.as_str())
    }

    /// The number of the main QuickBooks invoice: the Housecall Pro invoice's (N1), of progress invoices the first
    /// one's (N3), else the job's (N4).
    ///
    /// # Errors
    /// When it is too long for QuickBooks (N5), or there is none.
    pub(crate) fn main_number(&self, sorted: &Sorted<'_>) -> Result<qbo::DocNumber, Refusal> {
        let number = own_number(sorted)
            .or(self.job.invoice_number.as_deref())
            .ok_or(Refusal::NoNumber)?;
        qbo::DocNumber::new(number).map_err(|_| Refusal::Number(number.to_owned()))
    }

    /// The days that the dates of the main invoice are made from, or of a progress invoice of its own.
    pub(crate) fn days_with(&self, invoice: Option<&Invoice>) -> Days {
        Days {
            finished: self.job.work_timestamps.completed_at,
            invoice: invoice.and_then(|invoice| invoice.invoice_date),
            sent: invoice.and_then(|invoice| invoice.sent_at),
            service: invoice
                .and_then(|invoice| invoice.service_date)
                .or(self.job.schedule.scheduled_start),
            due: invoice.and_then(|invoice| invoice.due_at),
        }
    }

    /// The names of its lines that are not in the price book (L5).
    pub fn typed_names(&self) -> Vec<String> {
        let lines = self
            .lines
            .iter()
            .filter_map(|line| BilledLine::from_job(line).ok());
        let typed = lines.filter(|line| line.goods == Goods::NotInPriceBook);
        typed.map(|line| line.name).collect()
    }

    /// The day on which the work was done, for the lines (L1).
    pub fn service_date(&self, zone: &TimeZone) -> Option<Date> {
        let done: Timestamp = self
            .job
            .work_timestamps
            .completed_at
            .or(self.job.schedule.scheduled_start)?;
        Some(done.to_zoned(zone.clone()).date())
    }
}

/// The number of the invoice that stands behind the main document, once there is one.
pub(crate) fn own_number<'a>(sorted: &Sorted<'a>) -> Option<&'a str> {
    sorted.invoiced.first()?.invoice_number.as_deref()
}

#[cfg(test)]
mod tests;
