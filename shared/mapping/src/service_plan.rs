//! P6: what a customer pays for a service plan. Its invoice has no job: it stands in the place of one, with its items as the
//! lines, and is one document.

use hcp::{Customer, Invoice, InvoiceItem, Job, JobFields, JobId, LineItem, Schedule, Unread};
use hcp::{WorkStatus, WorkTimestamps};
use money::Cents;

use crate::{
    Document, JobRecords, Refusal, Role,
    bill::{is_discount, tax_of},
};

impl JobRecords {
    /// An invoice without a job, and its customer. `None`: its id is not told from a job's.
    pub fn of_service_plan(invoice: Invoice, customer: Customer) -> Option<Self> {
        Some(Self {
            job: in_place_of_job(&invoice)?,
            lines: lines(&invoice),
            invoices: vec![invoice],
            customer,
            customer_gone: false,
        })
    }

    /// Whether it is an invoice of a service plan.
    pub fn is_service_plan(&self) -> bool {
        self.job.id.invoice().is_some()
    }

    /// Whether it is one of which nothing was paid: then it makes no document by itself.
    pub fn is_unpaid_service_plan(&self) -> bool {
        self.is_service_plan() && !self.invoices.iter().any(was_paid)
    }

    /// The one document of a service plan's invoice; `None`: it is a job's.
    pub(crate) fn service_plan_document(&self) -> Option<Result<Document, Refusal>> {
        let invoice = self
            .invoices
            .first()
            .filter(|_| self.is_service_plan() && !self.job.is_removed())?;
        Some(self.whole_document(invoice))
    }

    fn whole_document(&self, invoice: &Invoice) -> Result<Document, Refusal> {
        let bill = self.part_bill(invoice)?;
        let days = self.days_with(Some(invoice));
        let document = self.document_of(Role::Main, invoice, bill, days)?;
        let tax_base = self.tax_base(&document.bill, false)?;
        Ok(Document {
            tax_base,
            ..document
        })
    }
}

/// What stands in the place of the job of an invoice that has none; `None`: its id is not told from a job's.
pub fn in_place_of_job(invoice: &Invoice) -> Option<Job> {
    Some(Job {
        id: JobId::in_place_of(&invoice.id)?,
        invoice_number: invoice.invoice_number.clone(),
        description: None,
        customer: None,
        address: None,
        work_status: invoice.is_removed().then_some(WorkStatus::ProCanceled),
        work_timestamps: WorkTimestamps::default(),
        schedule: Schedule::default(),
        total_amount: None,
        subtotal: None,
        outstanding_balance: None,
        job_fields: JobFields::default(),
        notes: Vec::new(),
        tags: Vec::new(),
        canceled_at: None,
        deleted_at: None,
        created_at: None,
        updated_at: None,
        unread: Unread::default(),
    })
}

/// Whether a payment of an invoice went through.
pub fn was_paid(invoice: &Invoice) -> bool {
    invoice.payments.iter().any(hcp::Payment::is_succeeded)
}

/// What was paid for, for a person: the names of its items.
pub fn named(invoice: &Invoice) -> Option<String> {
    let names: Vec<&str> = sold(invoice)
        .filter_map(|item| item.name.as_deref())
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn sold(invoice: &Invoice) -> impl Iterator<Item = &InvoiceItem> {
    let items = invoice.items.iter();
    items.filter(|item| !item.kind.as_ref().is_some_and(is_discount))
}

/// Its items as lines. They do not tell whether they are taxable: what is the only one bears the tax that there is; of
/// several nobody can tell, and then tax stands without a line (L2).
fn lines(invoice: &Invoice) -> Vec<LineItem> {
    let is_taxed = tax_of(invoice).is_ok_and(|tax| tax != Cents::ZERO);
    let is_only = sold(invoice).count() == 1;
    let line = |item: &InvoiceItem| LineItem {
        id: None,
        name: item.name.clone(),
        description: item.description.clone(),
        unit_price: item.unit_price,
        unit_cost: item.unit_cost,
        quantity: item.quantity,
        kind: item.kind.clone(),
        taxable: Some(is_taxed && is_only),
        amount: item.amount,
        order_index: None,
        service_item_id: None,
        service_item_type: None,
        unread: Unread::default(),
    };
    sold(invoice).map(line).collect()
}

#[cfg(test)]
mod tests;
