//! Which QuickBooks invoices a job becomes (N1 to N7).

use hcp::{Invoice, InvoiceId};
use serde::{Deserialize, Serialize};

use crate::{
    DepositForm, Invoicing, JobRecords,
    bill::{self, Bill, BilledLine},
    dates::Days,
    join::SentLine,
    parts,
    records::own_number,
    refusal::Refusal,
    sorting::{SentBefore, Sorted},
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
    /// were removed. SentDocument for the main one only.
    pub apart: Vec<InvoiceId>,
    /// What it bills.
    pub bill: Bill,
    /// The same in the forms in which it was sent before; what QuickBooks has in one of them stays so.
    pub former: Vec<Bill>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
        standing: &SentBefore,
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
        standing: &SentBefore,
    ) -> Result<(Vec<Document>, Vec<Refusal>), Refusal> {
        if let Some(document) = self.service_plan_document() {
            return Ok((vec![document?], Vec::new()));
        }
        let sorted = self.sorted(invoicing, standing)?;
        let form = self.deposit_form(&sorted, invoicing, standing);
        let mut documents = Vec::new();
        let mut refused = Vec::new();
        let deposit = sorted.issued_deposit();
        if let Some(deposit) = deposit.filter(|_| !standing.deposit_gone) {
            documents.push(self.deposit_document(deposit, form)?);
        }
        if let Some(parts) = parts::of_their_own(&sorted, invoicing, standing) {
            for (count, part) in parts {
                match self.part_document(count, part, standing) {
                    Ok(document) => documents.push(document),
                    Err(refusal) => refused.push(refusal),
                }
            }
        } else {
            documents.push(self.main_document(&sorted, invoicing, standing, form)?);
        }
        Ok((documents, refused))
    }

    fn main_document(
        &self,
        sorted: &Sorted<'_>,
        invoicing: Invoicing,
        standing: &SentBefore,
        form: DepositForm,
    ) -> Result<Document, Refusal> {
        let deposited = self.deposited(sorted, standing, form)?;
        let before = match &deposited {
            Some(deposited) => self.deposited_before(sorted, standing, deposited)?,
            None => None,
        };
        let former = before.map(|before| self.main_bill(sorted, before.as_ref()));
        let all = sorted.invoiced.all();
        let is_behind = |invoice: &Invoice| all.iter().any(|one| one.id == invoice.id);
        let apart = |invoice: &&Invoice| {
            invoice.is_removed()
                || (self.was_deposit(invoice, invoicing, standing) && !is_behind(invoice))
        };
        let apart = self.invoices.iter().filter(apart);
        let bill = self.main_bill(sorted, deposited.as_ref())?;
        let is_part = deposited.is_some();
        let document = Document {
            tax_base: self.tax_base(&bill, is_part)?,
            tax_base_of_job: is_part.then(|| self.tax_base_of_job()).flatten(),
            role: Role::Main,
            number: self.main_number(sorted)?,
            provisional: own_number(sorted).is_none(),
            behind: all
                .iter()
                .filter_map(|invoice| invoice.invoice_number.clone())
                .collect(),
            invoice: sorted.invoiced.first().map(|invoice| invoice.id.clone()),
            invoices: all.iter().map(|invoice| invoice.id.clone()).collect(),
            apart: apart.map(|invoice| invoice.id.clone()).collect(),
            bill,
            former: former.and_then(Result::ok).into_iter().collect(),
            days: self.days_with(sorted.invoiced.first()),
            sent: Vec::new(),
        };
        document.in_its_form()
    }

    fn deposit_document(&self, deposit: &Invoice, form: DepositForm) -> Result<Document, Refusal> {
        let days = Days {
            finished: None,
            invoice: deposit.invoice_date,
            sent: deposit.sent_at,
            service: None,
            due: deposit.due_at,
        };
        let bill = self.deposit_bill(deposit, form)?;
        let document = self.document_of(Role::Deposit, deposit, bill, days)?;
        // Its tax was worked out from its shares of the job's lines, whatever it bills for them.
        let tax_base = self.tax_base(&self.part_bill(deposit)?, true)?;
        Ok(Document {
            tax_base,
            ..document
        })
    }

    /// N6: a progress invoice, dated on its own (D3, D4). Its lines stay what they were when it was sent, whatever
    /// became of the job's since.
    fn part_document(
        &self,
        count: u32,
        part: &Invoice,
        standing: &SentBefore,
    ) -> Result<Document, Refusal> {
        let role = Role::Part(count);
        let known = standing.known(role.place()).map(|known| &known.sent);
        let sent = self.lines_as_sent(part, known.map_or(&[], Vec::as_slice))?;
        let lines = sent.iter().map(|sent| sent.line.clone()).collect();
        let bill = told_of_part(part, lines)?;
        let document = self.document_of(role, part, bill, self.days_with(Some(part)))?;
        Ok(Document { sent, ..document })
    }

    /// The document of one invoice over a part of the job, in the form that it is sent in.
    pub(crate) fn document_of(
        &self,
        role: Role,
        invoice: &Invoice,
        bill: Bill,
        days: Days,
    ) -> Result<Document, Refusal> {
        let number = invoice.invoice_number.clone().ok_or(Refusal::NoNumber)?;
        let document = Document {
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
            former: Vec::new(),
            days,
            sent: Vec::new(),
        };
        document.in_its_form()
    }

    /// What an invoice over a part of the job bills: its part of each line (L2), its own taxes and discounts.
    pub(crate) fn part_bill(&self, invoice: &Invoice) -> Result<Bill, Refusal> {
        told_of_part(invoice, self.parts_of_lines(invoice)?)
    }
}

fn told_of_part(invoice: &Invoice, lines: Vec<BilledLine>) -> Result<Bill, Refusal> {
    let total = invoice.amount.ok_or(Refusal::NoTotal)?;
    let (discount, tax) = (bill::discount_of(invoice)?, bill::tax_of(invoice)?);
    bill::told(invoice, lines, discount, tax, total)
}

#[cfg(test)]
mod tests;
