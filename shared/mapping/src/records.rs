use hcp::{Customer, Invoice, Job, LineItem, LineKind, ServiceItemId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use money::{Cents, Quantity};

use crate::{dates::Days, names, refusal::Refusal};

/// Stands for a name that Housecall Pro leaves out.
pub(crate) const NO_NAME: &str = "(no name)";

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

/// One line to invoice, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledLine {
    /// Name on the job.
    pub name: String,
    /// Description on the job.
    pub description: Option<String>,
    /// What it is.
    pub goods: Goods,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: Option<Cents>,
    /// Total.
    pub amount: Cents,
    /// Whether tax would apply.
    pub taxable: bool,
}

/// What a line sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goods {
    /// A service of the price book.
    Service(ServiceItemId),
    /// A material of the price book.
    Material(ServiceItemId),
    /// Something typed on the job (L5).
    NotInPriceBook,
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

    /// The lines to invoice, in the order of the job (L1, L2). They add up to the total.
    ///
    /// # Errors
    /// When something on the job has no counterpart in QuickBooks yet, or does not add up.
    pub fn billed_lines(&self) -> Result<Vec<BilledLine>, Refusal> {
        let total = self.total()?;
        let invoice = self.invoice()?;
        let mut lines: Vec<&LineItem> = self.lines.iter().collect();
        lines.sort_by_key(|line| line.order_index.unwrap_or(i64::MAX));
        let billed = lines
            .into_iter()
            .map(BilledLine::from_job)
            .collect::<Result<Vec<_>, _>>()?;
        let sum = billed
            .iter()
            .try_fold(Cents::ZERO, |sum, line| sum.checked_add(line.amount))
            .ok_or(Refusal::NoTotal)?;
        if let Some(invoice) = invoice {
            let counts = |amount: Option<Cents>| amount.is_some_and(|amount| amount != Cents::ZERO);
            if invoice.taxes.iter().any(|tax| counts(tax.amount)) {
                return Err(Refusal::NotSupported("sales tax"));
            }
            if invoice.discounts.iter().any(|given| counts(given.amount)) {
                return Err(Refusal::NotSupported("a discount"));
            }
        } else if total > sum {
            // N4: until there is an invoice, what the total holds beyond the lines is tax.
            return Err(Refusal::NotSupported("sales tax"));
        }
        if sum != total {
            return Err(Refusal::LinesDoNotAddUp { lines: sum, total });
        }
        if total < Cents::ZERO {
            return Err(Refusal::NotSupported("a negative total"));
        }
        Ok(billed)
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

impl BilledLine {
    fn from_job(line: &LineItem) -> Result<Self, Refusal> {
        match line.kind {
            Some(LineKind::FixedDiscount | LineKind::PercentDiscount) => {
                return Err(Refusal::NotSupported("a discount"));
            }
            Some(LineKind::FixedGratuity) => return Err(Refusal::NotSupported("a tip")),
            Some(LineKind::Other(_)) => {
                return Err(Refusal::NotSupported("a line of an unknown kind"));
            }
            Some(LineKind::Labor | LineKind::Materials) | None => {}
        }
        let quantity = line.quantity.unwrap_or(Quantity::ONE);
        let amount = line
            .amount
            .or_else(|| quantity.times(line.unit_price?))
            .ok_or(Refusal::NotSupported("a line without an amount"))?;
        let goods = match (&line.service_item_id, &line.kind) {
            (None, _) => Goods::NotInPriceBook,
            (Some(id), Some(LineKind::Materials)) => Goods::Material(id.clone()),
            (Some(id), _) => Goods::Service(id.clone()),
        };
        Ok(Self {
            name: names::present(line.name.as_deref())
                .unwrap_or(NO_NAME)
                .to_owned(),
            description: names::present(line.description.as_deref()).map(str::to_owned),
            goods,
            quantity,
            unit_price: line.unit_price,
            amount,
            taxable: line.taxable.unwrap_or(false),
        })
    }
}

#[cfg(test)]
mod tests;
