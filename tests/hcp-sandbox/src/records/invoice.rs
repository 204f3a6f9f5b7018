use serde_json::{Value, json};

use super::{Records, extend, optional_time, time};
use crate::{
    billing::Invoice,
    totals::{Totals, amount, subtotal},
    work::{Line, LineKind},
};

impl Records<'_> {
    /// An invoice as in lists, on its own and in webhooks.
    pub(crate) fn invoice(&self, invoice: &Invoice) -> Value {
        let mut record = self.invoice_of_job(invoice);
        extend(&mut record, json!({ "job_id": invoice.job }));
        record
    }

    /// An invoice as `GET /jobs/{id}/invoices` shows it: without `job_id`.
    pub(crate) fn invoice_of_job(&self, invoice: &Invoice) -> Value {
        let totals = Totals::of(&invoice.lines, &invoice.taxes);
        let subtotal = subtotal(&invoice.lines);
        let (discounts, items): (Vec<&Line>, Vec<&Line>) = invoice
            .lines
            .iter()
            .partition(|line| line.kind.is_discount());
        let taxes: Vec<_> = invoice
            .taxes
            .iter()
            .zip(&totals.taxes)
            .map(|(tax, amount)| {
                json!({
                    "id": tax.id,
                    "rate": self.rate(tax.rate.percent.get()),
                    "amount": amount,
                    "name": tax.rate.name,
                })
            })
            .collect();
        let discounts: Vec<_> = discounts
            .into_iter()
            .map(|line| {
                json!({
                    "id": line.invoice_item_id,
                    "name": line.name,
                    "description": line.description,
                    "amount": self.signed(line.kind, amount(line, subtotal)),
                })
            })
            .collect();
        json!({
            "id": invoice.id,
            "status": invoice.status.name(),
            "invoice_number": invoice.number,
            "amount": totals.total,
            "subtotal": totals.subtotal,
            "due_amount": self.due_amount(invoice),
            "due_at": optional_time(invoice.due_at),
            "display_due_concept": invoice.due.display(),
            "due_concept": invoice.due.concept(),
            "paid_at": optional_time(invoice.paid_at),
            "sent_at": optional_time(invoice.sent_at),
            "service_date": optional_time(invoice.service_date),
            "invoice_date": time(invoice.invoice_date),
            "items": items.into_iter().map(item).collect::<Vec<_>>(),
            "taxes": taxes,
            "discounts": discounts,
            "payments": payments(invoice),
            "refunds": refunds(invoice),
        })
    }

    /// Cents still owed: nothing on an invoice that is no longer live.
    pub(crate) fn due_amount(&self, invoice: &Invoice) -> i64 {
        if invoice.status.is_live() {
            Totals::of(&invoice.lines, &invoice.taxes).total - invoice.paid()
        } else {
            0
        }
    }
}

fn item(line: &Line) -> Value {
    let amount = amount(line, 0);
    let mut record = json!({
        "id": line.invoice_item_id,
        "name": line.name,
        "unit_cost": line.unit_cost,
        "unit_price": line.unit_price,
        "qty_in_hundredths": line.quantity.get(),
        "amount": amount,
        "invoiced_amount": amount,
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

fn payments(invoice: &Invoice) -> Vec<Value> {
    invoice
        .payments
        .iter()
        .map(|payment| {
            json!({
                "id": payment.id,
                "status": payment.status.name(),
                "payment_method": payment.method.name(),
                "amount": payment.amount,
                "note": payment.note,
                "paid_at": optional_time(payment.paid_at),
                "category": "payment",
                "surcharge_fee_amount": 0,
            })
        })
        .collect()
}

fn refunds(invoice: &Invoice) -> Vec<Value> {
    invoice
        .refunds
        .iter()
        .map(|refund| {
            json!({
                "id": refund.id,
                "status": "succeeded",
                "payment_method": refund.method.name(),
                "amount": refund.amount,
                "category": "refund",
                "refunded_at": time(refund.refunded_at),
                "surcharge_fee_amount": 0,
                "tip_amount": 0,
            })
        })
        .collect()
}
