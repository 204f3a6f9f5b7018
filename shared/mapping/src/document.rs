//! Which QuickBooks invoices a job becomes (N1 to N7).

use hcp::{Invoice, InvoiceId, LineItem};
use money::Cents;

use crate::{
    Invoiced, JobRecords,
    bill::{self, Bill, BilledLine, Goods},
    dates::Days,
    refusal::Refusal,
};

/// One QuickBooks invoice of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is to the job.
    pub role: Role,
    /// Its number.
    pub number: qbo::DocNumber,
    /// The numbers of the Housecall Pro invoices behind it.
    pub behind: Vec<String>,
    /// The Housecall Pro invoice that gives its number, its dates and its term; none before the first is made.
    pub invoice: Option<InvoiceId>,
    /// What it bills.
    pub bill: Bill,
    /// What its dates are made from.
    pub days: Days,
}

/// What a QuickBooks invoice is to its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The invoice for the work.
    Main,
    /// The invoice for a deposit; there is one at a time.
    Deposit,
}

impl JobRecords {
    /// The invoices that the job becomes: the main one, and its deposit where it has one that was sent or
    /// paid. Together they bill the job.
    ///
    /// # Errors
    /// When the job cannot become invoices.
    pub fn documents(&self) -> Result<Vec<Document>, Refusal> {
        let mut documents = Vec::new();
        if let Some(deposit) = self.deposit()? {
            documents.push(self.deposit_document(deposit)?);
        }
        let invoiced = self.invoiced()?;
        let numbers = invoiced.all().iter();
        documents.push(Document {
            role: Role::Main,
            number: self.number()?,
            behind: numbers
                .filter_map(|invoice| invoice.invoice_number.clone())
                .collect(),
            invoice: invoiced.first().map(|invoice| invoice.id.clone()),
            bill: self.bill()?,
            days: self.days()?,
        });
        Ok(documents)
    }

    fn deposit_document(&self, deposit: &Invoice) -> Result<Document, Refusal> {
        let number = deposit.invoice_number.clone().unwrap_or_default();
        Ok(Document {
            role: Role::Deposit,
            number: qbo::DocNumber::new(&number).map_err(|_| Refusal::Number(number.clone()))?,
            behind: vec![number],
            invoice: Some(deposit.id.clone()),
            bill: self.deposit_bill(deposit)?,
            days: Days {
                finished: None,
                invoice: deposit.invoice_date,
                sent: deposit.sent_at,
                service: None,
                due: deposit.due_at,
            },
        })
    }

    /// What a deposit bills: its part of each line (L2).
    pub(crate) fn deposit_bill(&self, deposit: &Invoice) -> Result<Bill, Refusal> {
        let total = deposit.amount.ok_or(Refusal::NoTotal)?;
        let mut lines = Vec::new();
        for item in &deposit.items {
            let Some(part) = item.invoiced_amount.or(item.amount) else {
                continue;
            };
            if part == Cents::ZERO || item.kind.as_ref().is_some_and(bill::is_discount) {
                continue;
            }
            let same = |line: &&LineItem| {
                line.name == item.name
                    && line.amount == item.amount
                    && (line.unit_price == item.unit_price || item.unit_price.is_none())
            };
            let line = match self.lines.iter().find(same) {
                Some(line) => BilledLine {
                    amount: part,
                    ..BilledLine::from_job(line)?
                },
                None => BilledLine::typed(item.name.as_deref(), item.description.as_deref(), part),
            };
            lines.push(line);
        }
        bill::told(deposit, lines, Cents::ZERO, total)
    }

    /// What a deposit takes off the main invoice (N7): what it bills before tax, as one line of what is
    /// taxable and one of what is not, so that the tax of the rest is worked out from the rest.
    pub(crate) fn less_deposit(&self, deposit: &Invoice) -> Result<Vec<BilledLine>, Refusal> {
        let bill = self.deposit_bill(deposit)?;
        let off = bill::sub(bill.total, bill.tax)?;
        let amounts = |taxable: bool| {
            let lines = bill
                .lines
                .iter()
                .filter(move |line| line.taxable == taxable);
            lines.map(|line| line.amount)
        };
        let taxable = bill::sum(amounts(true))?;
        let sold = bill::add(taxable, bill::sum(amounts(false))?)?;
        // Its share of the deposit's discount goes with what is taxable.
        let taxable = bill::share(off, taxable, sold).ok_or(Refusal::NoTotal)?;
        let number = deposit.invoice_number.as_deref().unwrap_or_default();
        let name = format!("Less deposit, invoice {number}");
        let less = |amount: Cents, taxable: bool| {
            Ok(BilledLine {
                name: name.clone(),
                description: None,
                goods: Goods::Deposit,
                quantity: money::Quantity::ONE,
                unit_price: None,
                amount: bill::sub(Cents::ZERO, amount)?,
                taxable,
            })
        };
        let parts = [(taxable, true), (bill::sub(off, taxable)?, false)];
        parts
            .into_iter()
            .filter(|(amount, _)| *amount != Cents::ZERO)
            .map(|(amount, taxable)| less(amount, taxable))
            .collect()
    }
}

impl Invoiced<'_> {
    /// The one invoice over the whole job, if that is what there is.
    pub(crate) fn whole(&self) -> Option<&Invoice> {
        match self {
            Self::Whole(invoice) => Some(invoice),
            Self::NotYet | Self::Parts(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
