use serde_json::{Value, json};

use super::{Records, extend, optional_time, time};
use crate::{
    bill::Bill,
    billing::{Invoice, InvoiceKind, Payment},
    doubts::{
        DepositItems, InvoicedAmounts, PlanInvoices, Refunds, SharedPayments, SurchargedTotals,
        Surcharges,
    },
    ids::InvoiceId,
    totals::amount,
    work::{Line, LineKind},
};

impl Records<'_> {
    /// Whether the API shows the invoice at all.
    pub(crate) fn shows(&self, invoice: &Invoice) -> bool {
        invoice.kind != InvoiceKind::Plan
            || self.options.settings.plan_invoices != PlanInvoices::Hidden
    }

    /// An invoice as in lists, on its own and in webhooks.
    pub(crate) fn invoice(&self, invoice: &Invoice) -> Value {
        let mut record = self.invoice_of_job(invoice);
        extend(&mut record, json!({ "job_id": invoice.job() }));
        record
    }

    /// An invoice as `GET /jobs/{id}/invoices` shows it: without `job_id`.
    pub(crate) fn invoice_of_job(&self, invoice: &Invoice) -> Value {
        let bill = &invoice.bill;
        let taxes: Vec<_> = invoice
            .taxes
            .iter()
            .zip(&bill.taxes)
            .map(|(tax, amount)| {
                json!({
                    "id": tax.id,
                    "rate": self.rate(tax.rate.percent.get()),
                    "amount": amount,
                    "name": tax.rate.name,
                })
            })
            .collect();
        let billed = || invoice.lines.iter().zip(&bill.lines);
        let discounts: Vec<_> = billed()
            .filter(|(line, _)| line.kind.is_discount())
            .map(|(line, part)| {
                json!({
                    "id": line.invoice_item_id,
                    "name": line.name,
                    "description": line.description,
                    "amount": self.signed(line.kind, -part),
                })
            })
            .collect();
        let items: Vec<_> = billed()
            .filter(|(line, _)| !line.kind.is_discount())
            .map(|(line, part)| self.item(invoice, line, *part))
            .collect();
        let mut record = json!({
            "id": invoice.id,
            "status": invoice.status.name(),
            "invoice_number": invoice.number,
            "amount": self.amount(invoice),
            "subtotal": bill.of(&invoice.lines, LineKind::is_work),
            "due_amount": self.due_amount(invoice),
            "due_at": optional_time(invoice.due_at),
            "display_due_concept": invoice.due.display(),
            "due_concept": invoice.due.concept(self.options.settings.due_codes),
            "paid_at": optional_time(invoice.paid_at),
            "sent_at": optional_time(invoice.sent_at),
            "service_date": optional_time(invoice.service_date),
            "invoice_date": time(invoice.invoice_date),
            "items": items,
            "taxes": taxes,
            "discounts": discounts,
            "payments": self.payments(invoice),
            "refunds": self.refunds(invoice),
        });
        let deposit_items = self.options.settings.deposit_items;
        if invoice.kind == InvoiceKind::Deposit && deposit_items == DepositItems::OneItem {
            extend(&mut record, one_item(invoice));
        }
        record
    }

    /// Cents that the invoice comes to, with the surcharges in its total.
    pub(crate) fn amount(&self, invoice: &Invoice) -> i64 {
        let (in_total, _) = self.surcharges_held(invoice);
        invoice.total() + in_total
    }

    /// Cents still owed: nothing on an invoice that is no longer live.
    pub(crate) fn due_amount(&self, invoice: &Invoice) -> i64 {
        let (_, owed_again) = self.surcharges_held(invoice);
        self.owed(invoice) + owed_again
    }

    /// Cents still owed of what the invoice bills.
    fn owed(&self, invoice: &Invoice) -> i64 {
        if invoice.status.is_live() {
            invoice.total() - invoice.covered(self.options.settings.refunds)
        } else {
            0
        }
    }

    /// Surcharges in the invoice's total, and those that are owed again: what a refund gave back of them is for as
    /// long as some of the rest is.
    fn surcharges_held(&self, invoice: &Invoice) -> (i64, i64) {
        let settings = &self.options.settings;
        let (paid, back) = invoice.surcharges();
        match (settings.surcharged_totals, settings.refunds) {
            (SurchargedTotals::LeftOut, _) => (0, 0),
            (SurchargedTotals::Held, Refunds::LeavePaid) => (paid, 0),
            (SurchargedTotals::Held, Refunds::Reopen) if self.owed(invoice) > 0 => (paid, back),
            (SurchargedTotals::Held, Refunds::Reopen) => (paid - back, 0),
        }
    }

    fn payments(&self, invoice: &Invoice) -> Vec<Value> {
        let whole = self.options.settings.shared_payments == SharedPayments::OneIdWholeAmount;
        let amount = |payment: &Payment| match whole {
            true => payment.paid_at_once,
            false => payment.amount,
        };
        invoice
            .payments
            .iter()
            .map(|payment| {
                json!({
                    "id": payment.id,
                    "status": payment.status.name(),
                    "payment_method": payment.method.name(),
                    "amount": amount(payment) + self.surcharge_inside(payment.surcharge),
                    "note": payment.note,
                    "paid_at": optional_time(payment.paid_at),
                    "category": "payment",
                    "surcharge_fee_amount": payment.surcharge,
                })
            })
            .collect()
    }

    fn refunds(&self, invoice: &Invoice) -> Vec<Value> {
        invoice
            .refunds
            .iter()
            .map(|refund| {
                json!({
                    "id": refund.id,
                    "status": refund.status.name(),
                    "payment_method": refund.method.name(),
                    "amount": refund.amount + self.surcharge_inside(refund.surcharge),
                    "category": "refund",
                    "refunded_at": optional_time(refund.refunded_at),
                    "surcharge_fee_amount": refund.surcharge,
                    "tip_amount": refund.tip,
                })
            })
            .collect()
    }

    /// What `amount` holds of a surcharge.
    fn surcharge_inside(&self, surcharge: i64) -> i64 {
        match self.options.settings.surcharges {
            Surcharges::InAmount => surcharge,
            Surcharges::Apart => 0,
        }
    }

    /// `amount` is the whole line of the job, `invoiced_amount` what this invoice bills of it.
    fn item(&self, invoice: &Invoice, line: &Line, part: i64) -> Value {
        let whole = amount(line, 0);
        let untold = self.options.settings.invoiced_amounts == InvoicedAmounts::OnPartsOnly
            && invoice.bill == Bill::whole(&invoice.lines, &invoice.taxes);
        let mut record = json!({
            "id": line.invoice_item_id,
            "name": line.name,
            "unit_cost": line.unit_cost,
            "unit_price": line.unit_price,
            "qty_in_hundredths": line.quantity.get(),
            "amount": whole,
            "invoiced_amount": (!untold).then_some(part),
            // Singular here, plural in the lines of a job.
            "type": match line.kind {
                LineKind::Materials => "material",
                kind => kind.name(),
            },
        });
        if !line.description.is_empty() {
            extend(&mut record, json!({ "description": line.description }));
        }
        record
    }
}

/// A deposit as one item over all of it.
fn one_item(invoice: &Invoice) -> Value {
    let total = invoice.total();
    let id = invoice.id.as_str().trim_start_matches(InvoiceId::PREFIX);
    json!({
        "subtotal": total,
        "items": [{
            "id": format!("invitm_{id}"),
            "name": "Deposit",
            "unit_cost": 0,
            "unit_price": total,
            "qty_in_hundredths": 100,
            "amount": total,
            "invoiced_amount": total,
            "type": LineKind::Labor.name(),
        }],
        "taxes": [],
        "discounts": [],
    })
}
