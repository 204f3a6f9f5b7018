use hcp::{Customer, Invoice, InvoiceId, Job, LineItem};
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
    /// Whether Housecall Pro has no such customer any more, deleted or merged into another one: then this is
    /// what the job still shows of them, without addresses (C12).
    pub customer_gone: bool,
}

/// The live invoices of a job, deposits apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invoiced<'a> {
    /// There is none yet.
    NotYet,
    /// One over the whole job.
    Whole(&'a Invoice),
    /// Progress invoices, the first one first; together they become the whole job, which is one invoice in
    /// QuickBooks (N6).
    Parts(Vec<&'a Invoice>),
}

impl<'a> Invoiced<'a> {
    /// The invoice that gives number, dates and terms.
    pub fn first(&self) -> Option<&'a Invoice> {
        match self {
            Self::NotYet => None,
            Self::Whole(invoice) => Some(invoice),
            Self::Parts(parts) => parts.first().copied(),
        }
    }

    /// All of them.
    pub fn all(&self) -> &[&'a Invoice] {
        match self {
            Self::NotYet => &[],
            Self::Whole(invoice) => std::slice::from_ref(invoice),
            Self::Parts(parts) => parts,
        }
    }
}

/// Whether its number is that of a deposit (N2).
fn is_deposit(invoice: &Invoice) -> bool {
    invoice
        .invoice_number
        .as_ref()
        .is_some_and(|number| number.starts_with("D-"))
}

/// Whether an invoice bills a part of the job: its items repeat the whole job, and tell less of it as invoiced.
fn is_part(invoice: &Invoice) -> bool {
    invoice.items.iter().any(|item| {
        item.invoiced_amount
            .is_some_and(|part| Some(part) != item.amount)
    })
}

/// Sent ones come first, in the order of sending; then by number, `100-2` before `100-10`.
fn order(invoice: &Invoice) -> (bool, Option<Timestamp>, usize, Option<&str>) {
    let number = invoice.invoice_number.as_deref();
    let length = number.map_or(0, str::len);
    (invoice.sent_at.is_none(), invoice.sent_at, length, number)
}

impl JobRecords {
    /// The number of the job, which people know it by.
    pub fn job_number(&self) -> &str {
        self.job
            .invoice_number
            .as_deref()
            .unwrap_or_else(|| self.job.id.as_str())
    }

    /// The number of the QuickBooks invoice: the Housecall Pro invoice's (N1), of progress invoices the first
    /// one's (N3), else the job's (N4).
    ///
    /// # Errors
    /// When it is too long for QuickBooks (N5), or the invoices cannot be told apart.
    pub fn number(&self) -> Result<qbo::DocNumber, Refusal> {
        let number = self
            .invoiced()?
            .first()
            .and_then(|invoice| invoice.invoice_number.as_deref())
            .unwrap_or_else(|| self.job_number());
        qbo::DocNumber::new(number).map_err(|_| Refusal::Number(number.to_owned()))
    }

    fn live(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().filter(|invoice| {
            let empty = invoice.items.is_empty() && invoice.amount == Some(Cents::ZERO);
            !invoice.is_removed() && !empty
        })
    }

    /// The deposit invoice (N2, N7), once it was sent or paid.
    ///
    /// # Errors
    /// When there are several.
    pub fn deposit(&self) -> Result<Option<&Invoice>, Refusal> {
        let issued = |invoice: &&Invoice| invoice.sent_at.is_some() || !invoice.payments.is_empty();
        let mut deposits = self
            .live()
            .filter(|invoice| is_deposit(invoice))
            .filter(issued);
        let (first, second) = (deposits.next(), deposits.next());
        match second {
            None => Ok(first),
            Some(_) => Err(Refusal::NotSupported("several deposit invoices")),
        }
    }

    /// Whether an invoice of the job is a deposit, also one that was removed.
    pub fn is_deposit(&self, id: &InvoiceId) -> bool {
        let mut invoices = self.invoices.iter();
        invoices.any(|invoice| invoice.id == *id && is_deposit(invoice))
    }

    /// Whether the job had a deposit invoice and has none any more.
    pub fn lost_its_deposit(&self) -> bool {
        self.invoices.iter().any(is_deposit) && !self.live().any(is_deposit)
    }

    /// Which of its invoices the job's main QuickBooks invoice stands for.
    ///
    /// # Errors
    /// When its deposits cannot be told apart.
    pub fn invoiced(&self) -> Result<Invoiced<'_>, Refusal> {
        let deposit = self.deposit()?.is_some();
        let mut live: Vec<&Invoice> = self.live().filter(|invoice| !is_deposit(invoice)).collect();
        Ok(match live.as_slice() {
            [] => Invoiced::NotYet,
            // Beside a deposit the main invoice bills the rest, which is a part too.
            [whole] if deposit || !is_part(whole) => Invoiced::Whole(whole),
            _ => {
                // The first one is the one that was sent first; numbers decide where times do not.
                live.sort_by(|one, other| order(one).cmp(&order(other)));
                Invoiced::Parts(live)
            }
        })
    }

    /// What the customer is asked to pay.
    ///
    /// # Errors
    /// When Housecall Pro does not tell.
    pub fn total(&self) -> Result<Cents, Refusal> {
        let invoice = self.invoiced()?.whole().and_then(|invoice| invoice.amount);
        if let Some(total) = invoice {
            return Ok(total);
        }
        let whole = self.job.total_amount.ok_or(Refusal::NoTotal)?;
        let deposit = self.deposit()?.map(|deposit| deposit.amount);
        let deposit = deposit.map_or(Ok(Cents::ZERO), |amount| amount.ok_or(Refusal::NoTotal))?;
        whole.checked_sub(deposit).ok_or(Refusal::NoTotal)
    }

    /// The days that dates are made from.
    ///
    /// # Errors
    /// When its deposits cannot be told apart.
    pub fn days(&self) -> Result<Days, Refusal> {
        let invoiced = self.invoiced()?;
        let invoice = invoiced.first();
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
