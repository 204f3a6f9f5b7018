//! Service plans: what a customer pays for maintenance, apart from any job.

use serde::{Deserialize, Serialize};

use super::{AdHoc, Desk, NewPayment, Refusal, not_allowed};
use crate::{
    amounts::Hundredths,
    bill::Bill,
    billing::{Billed, Invoice, InvoiceKind, InvoiceStatus},
    events::Event,
    ids::{CustomerId, InvoiceId},
    work::{DueTerms, LineKind},
};

/// One payment of a customer's service plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPayment {
    /// Whose plan it is.
    pub customer: CustomerId,
    /// Name of the plan.
    pub plan: String,
    /// Cents.
    pub amount: i64,
    /// How it is paid.
    #[serde(default)]
    pub payment: NewPayment,
}

impl Desk<'_> {
    /// Makes the plan's next invoice (`RSA-1`, `RSA-2` and so on) and pays it.
    pub(super) fn pay_service_plan(&mut self, paid: PlanPayment) -> Result<InvoiceId, Refusal> {
        if self.customer(&paid.customer)?.deleted {
            return not_allowed("the customer is deleted");
        }
        let line = self.own_line(AdHoc {
            kind: LineKind::Labor,
            name: paid.plan,
            description: String::new(),
            unit_price: paid.amount,
            quantity: Hundredths::ONE,
            unit_cost: 0,
            taxable: false,
        })?;
        let lines = vec![line];
        let id = InvoiceId::from(self.random.id(InvoiceId::PREFIX));
        self.counters.plan = self.counters.plan.saturating_add(1);
        let invoice = Invoice {
            id: id.clone(),
            billed: Billed::Plan(paid.customer),
            number: format!("RSA-{}", self.counters.plan),
            kind: InvoiceKind::Plan,
            status: InvoiceStatus::Open,
            bill: Bill::whole(&lines, &[]),
            lines,
            taxes: Vec::new(),
            own_due: None,
            due: DueTerms::UponReceipt,
            due_at: Some(self.now),
            service_date: None,
            invoice_date: self.now,
            sent_at: None,
            paid_at: None,
            payments: Vec::new(),
            refunds: Vec::new(),
            created_at: self.now,
            updated_at: self.now,
        };
        self.company.invoices.add(id.as_str(), invoice);
        self.tell_invoice(Event::InvoiceCreated, &id);
        self.pay_invoice(&id, paid.payment)?;
        Ok(id)
    }
}
