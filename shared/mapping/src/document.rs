//! Which QuickBooks invoices a job becomes (N1 to N7).

use hcp::{Invoice, InvoiceId};
use money::Cents;

use crate::{
    Invoicing, JobRecords,
    bill::{self, Bill, BilledLine, Goods},
    dates::Days,
    join::SentLine,
    parts,
    records::own_number,
    refusal::Refusal,
    sorting::{Sorted, Standing},
    tax_base::TaxBase,
};

/// One QuickBooks invoice of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is to the job.
    pub role: Role,
    /// Its number.
    pub number: qbo::DocNumber,
    /// Whether that is the job's, which gives way to every other (N4).
    pub provisional: bool,
    /// The numbers of the Housecall Pro invoices behind it.
    pub behind: Vec<String>,
    /// The Housecall Pro invoice that gives its number, its dates and its term; none before the first is made.
    pub invoice: Option<InvoiceId>,
    /// All Housecall Pro invoices behind it.
    pub invoices: Vec<InvoiceId>,
    /// Invoices of the job that never make this document, whatever happens to them: its deposits, and those that
    /// were removed. Known for the main one only.
    pub apart: Vec<InvoiceId>,
    /// What it bills.
    pub bill: Bill,
    /// What its tax was worked out from (X2).
    pub tax_base: TaxBase,
    /// Of one of several invoices: what the whole job's was.
    pub tax_base_of_job: Option<TaxBase>,
    /// What its dates are made from.
    pub days: Days,
    /// Of a progress invoice with a document of its own: its lines, as they stay from now on (N6).
    pub sent: Vec<SentLine>,
}

/// What a QuickBooks invoice is to its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The invoice for the work.
    Main,
    /// The invoice for a deposit; there is one at a time.
    Deposit,
    /// The invoice for a progress invoice (N6, `per_invoice`), counted from 1. The first one takes the place of the
    /// main one, which the job may have become when it was finished (N4).
    Part(u32),
}

impl Role {
    /// The role by whose name its place is known.
    #[must_use]
    pub fn place(self) -> Self {
        match self {
            Self::Part(1) => Self::Main,
            role => role,
        }
    }
}

impl JobRecords {
    /// The invoices that the job becomes: the main one or one for each progress invoice, and its deposit; deposits
    /// and progress invoices once they were sent or paid. Together they bill the job, as far as it is billed.
    ///
    /// # Errors
    /// When the job cannot become invoices.
    pub fn documents(
        &self,
        invoicing: Invoicing,
        standing: &Standing,
    ) -> Result<Vec<Document>, Refusal> {
        let (documents, refused) = self.documents_apart(invoicing, standing)?;
        refused.into_iter().next().map_or(Ok(documents), Err)
    }

    /// The same, where a progress invoice that cannot be sent does not hold up the others (N6): those that can, and
    /// why not those that cannot.
    ///
    /// # Errors
    /// When the job cannot become invoices.
    pub fn documents_apart(
        &self,
        invoicing: Invoicing,
        standing: &Standing,
    ) -> Result<(Vec<Document>, Vec<Refusal>), Refusal> {
        let sorted = self.sorted(invoicing, standing)?;
        let mut documents = Vec::new();
        let mut refused = Vec::new();
        if let Some(deposit) = sorted.issued_deposit() {
            documents.push(self.deposit_document(deposit)?);
        }
        if let Some(parts) = parts::of_their_own(&sorted, invoicing, standing) {
            for (count, part) in parts {
                match self.part_document(count, part, standing) {
                    Ok(document) => documents.push(document),
                    Err(refusal) => refused.push(refusal),
                }
            }
        } else {
            documents.push(self.main_document(&sorted, invoicing, standing)?);
        }
        Ok((documents, refused))
    }

    fn main_document(
        &self,
        sorted: &Sorted<'_>,
        invoicing: Invoicing,
        standing: &Standing,
    ) -> Result<Document, Refusal> {
        let all = sorted.invoiced.all().iter();
        let apart = |invoice: &&Invoice| {
            invoice.is_removed() || self.was_deposit(invoice, invoicing, standing)
        };
        let apart = self.invoices.iter().filter(apart);
        let bill = self.main_bill(sorted)?;
        let is_part = sorted.deducted().is_some();
        Ok(Document {
            tax_base: self.tax_base(&bill, is_part)?,
            tax_base_of_job: is_part.then(|| self.tax_base_of_job()).flatten(),
            role: Role::Main,
            number: self.main_number(sorted)?,
            provisional: own_number(sorted).is_none(),
            behind: all
                .clone()
                .filter_map(|invoice| invoice.invoice_number.clone())
                .collect(),
            invoice: sorted.invoiced.first().map(|invoice| invoice.id.clone()),
            invoices: all.map(|invoice| invoice.id.clone()).collect(),
            apart: apart.map(|invoice| invoice.id.clone()).collect(),
            bill,
            days: self.days_with(sorted.invoiced.first()),
            sent: Vec::new(),
        })
    }

    fn deposit_document(&self, deposit: &Invoice) -> Result<Document, Refusal> {
        let days = Days {
            finished: None,
            invoice: deposit.invoice_date,
            sent: deposit.sent_at,
            service: None,
            due: deposit.due_at,
        };
        self.document_of(Role::Deposit, deposit, self.part_bill(deposit)?, days)
    }

    /// N6: a progress invoice, dated on its own (D3, D4). Its lines stay what they were when it was sent, whatever
    /// became of the job's since.
    fn part_document(
        &self,
        count: u32,
        part: &Invoice,
        standing: &Standing,
    ) -> Result<Document, Refusal> {
        let role = Role::Part(count);
        let known = standing.known(role.place()).map(|known| &known.sent);
        let sent = self.lines_as_sent(part, known.map_or(&[], Vec::as_slice))?;
        let lines = sent.iter().map(|sent| sent.line.clone()).collect();
        let bill = told_of_part(part, lines)?;
        let document = self.document_of(role, part, bill, self.days_with(Some(part)))?;
        Ok(Document { sent, ..document })
    }

    /// The document of one invoice over a part of the job.
    fn document_of(
        &self,
        role: Role,
        invoice: &Invoice,
        bill: Bill,
        days: Days,
    ) -> Result<Document, Refusal> {
        let number = invoice.invoice_number.clone().ok_or(Refusal::NoNumber)?;
        Ok(Document {
            role,
            tax_base: self.tax_base(&bill, true)?,
            tax_base_of_job: self.tax_base_of_job(),
            number: qbo::DocNumber::new(&number).map_err(|_| Refusal::Number(number.clone()))?,
            provisional: false,
            behind: vec![number],
            invoice: Some(invoice.id.clone()),
            invoices: vec![invoice.id.clone()],
            apart: Vec::new(),
            bill,
            days,
            sent: Vec::new(),
        })
    }

    /// What an invoice over a part of the job bills: its part of each line (L2), its own taxes and discounts.
    pub(crate) fn part_bill(&self, invoice: &Invoice) -> Result<Bill, Refusal> {
        told_of_part(invoice, self.parts_of_lines(invoice)?)
    }

    /// What a deposit takes off the main invoice (N7): what it bills before tax, as one line of what is
    /// taxable and one of what is not, so that the tax of the rest is worked out from the rest.
    pub(crate) fn less_deposit(&self, deposit: &Invoice) -> Result<Vec<BilledLine>, Refusal> {
        let bill = self.part_bill(deposit)?;
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
        less(deposit, off, taxable, sold)
    }

    /// The same for a deposit of one item: what the main invoice, `rest`, does not bill of the job's lines, and of
    /// the job's `discount`.
    pub(crate) fn less_what_is_left_out(
        &self,
        deposit: &Invoice,
        rest: &Invoice,
        discount: Cents,
    ) -> Result<Vec<BilledLine>, Refusal> {
        let (mut sold, mut taxable) = (Cents::ZERO, Cents::ZERO);
        for joined in self.joined(rest) {
            let whole = joined.item.amount.unwrap_or_default();
            let left_out = bill::sub(whole, joined.part().unwrap_or_default())?;
            sold = bill::add(sold, left_out)?;
            if joined.is_taxable() {
                taxable = bill::add(taxable, left_out)?;
            }
        }
        let discount = bill::sub(discount, bill::discount_of(rest)?)?;
        less(deposit, bill::sub(sold, discount)?, taxable, sold)
    }
}

fn told_of_part(invoice: &Invoice, lines: Vec<BilledLine>) -> Result<Bill, Refusal> {
    let total = invoice.amount.ok_or(Refusal::NoTotal)?;
    bill::told(invoice, lines, bill::discount_of(invoice)?, total)
}

/// The lines that take `off` off because of a deposit that bills `sold`, of which `taxable` is taxable.
fn less(
    deposit: &Invoice,
    off: Cents,
    taxable: Cents,
    sold: Cents,
) -> Result<Vec<BilledLine>, Refusal> {
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

#[cfg(test)]
mod tests;
