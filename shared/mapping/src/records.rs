use hcp::{Customer, Invoice, Job, LineItem};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use money::Cents;

use crate::{dates::Days, refusal::Refusal};

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
}

impl JobRecords {
    /// The number of the job, which people know it by.
    pub fn job_number(&self) -> &str {
        self.job
            .invoice_number
            .as_deref()
            .unwrap_or_else(|| self.job.id.as_str())
    }

    /// The number of the QuickBooks invoice: the Housecall Pro invoice's (N1), else the job's (N4).
    ///
    /// # Errors
    /// When it is too long for QuickBooks (N5), or several invoices make it unclear.
    pub fn number(&self) -> Result<qbo::DocNumber, Refusal> {
        let number = self
            .invoice()?
            .and_then(|invoice| invoice.invoice_number.as_deref())
            .unwrap_or_else(|| self.job_number());
        qbo::DocNumber::new(number).map_err(|_| Refusal::Number(number.to_owned()))
    }

    /// The one invoice that counts; `None` while there is none.
    ///
    /// # Errors
    /// When there are several, or it bills only a part of the job.
    pub fn invoice(&self) -> Result<Option<&Invoice>, Refusal> {
        let mut live = self.invoices.iter().filter(|invoice| {
            let empty = invoice.items.is_empty() && invoice.amount == Some(Cents::ZERO);
            !invoice.is_removed() && !empty
        });
        let (first, second) = (live.next(), live.next());
        if second.is_some() {
            return Err(Refusal::NotSupported("several invoices"));
        }
        let partial = first.is_some_and(|invoice| {
            let deposit = |number: &String| number.starts_with("D-");
            invoice.invoice_number.as_ref().is_some_and(deposit)
                || invoice.items.iter().any(|item| {
                    item.invoiced_amount
                        .is_some_and(|part| Some(part) != item.amount)
                })
        });
        if partial {
            return Err(Refusal::NotSupported("an invoice over a part of the job"));
        }
        Ok(first)
    }

    /// What the customer is asked to pay.
    ///
    /// # Errors
    /// When Housecall Pro does not tell.
    pub fn total(&self) -> Result<Cents, Refusal> {
        self.invoice()?
            .and_then(|invoice| invoice.amount)
            .or(self.job.total_amount)
            .ok_or(Refusal::NoTotal)
    }

    /// The days that dates are made from.
    ///
    /// # Errors
    /// When several invoices make them unclear.
    pub fn days(&self) -> Result<Days, Refusal> {
        let invoice = self.invoice()?;
        Ok(Days {
            finished: self.job.work_timestamps.completed_at,
            invoice: invoice.and_then(|invoice| invoice.invoice_date),
            sent: invoice.and_then(|invoice| invoice.sent_at),
            service: invoice
                .and_then(|invoice| invoice.service_date)
                .or(self.job.schedule.scheduled_start),
            due: invoice.and_then(|invoice| invoice.due_at),
        })
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

#[cfg(test)]
mod tests;
