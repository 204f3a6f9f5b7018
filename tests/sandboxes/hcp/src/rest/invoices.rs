use serde_json::json;

use super::{
    errors::not_found_text,
    jobs,
    lists::{self, sorted},
    query::Query,
};
use crate::{
    Answer,
    billing::{Invoice, InvoiceKind},
    doubts::PlanInvoices,
    ids::InvoiceId,
    records::Records,
};

/// What `sort_by` may be; the first is the default.
const SORTS: [&str; 9] = [
    "created_at",
    "amount",
    "due_amount",
    "due_at",
    "invoice_number",
    "paid_at",
    "sent_at",
    "status",
    "updated_at",
];

pub(super) fn list(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let statuses = query.list("status");
    let customers = query.list("customer_uuid");
    let methods = query.list("payment_method");
    let paid = query.within("paid_at")?;
    let created = query.within("created_at")?;
    let due = query.within("due_at")?;
    let least_due = query.cents("amount_due_min")?;
    let most_due = query.cents("amount_due_max")?;
    let found: Vec<&Invoice> = records
        .company
        .invoices
        .all(records.when)
        .filter(|invoice| records.shows(invoice))
        .filter(|invoice| {
            statuses
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&invoice.status.name()))
        })
        .filter(|invoice| {
            customers
                .as_ref()
                .is_none_or(|wanted| is_for(records, invoice, wanted))
        })
        .filter(|invoice| {
            methods.as_ref().is_none_or(|wanted| {
                let mut payments = invoice.payments.iter();
                payments.any(|payment| wanted.contains(&payment.method.name()))
            })
        })
        .filter(|invoice| {
            paid(invoice.paid_at) && created(Some(invoice.created_at)) && due(invoice.due_at)
        })
        .filter(|invoice| {
            least_due.is_none_or(|least| records.due_amount(invoice) >= least)
                && most_due.is_none_or(|most| records.due_amount(invoice) <= most)
        })
        .collect();
    let direction = query.direction();
    let found = match query.sort_by(&SORTS)? {
        "amount" => sorted(found, direction, |invoice| records.amount(invoice)),
        "due_amount" => sorted(found, direction, |invoice| records.due_amount(invoice)),
        "due_at" => sorted(found, direction, |invoice| invoice.due_at),
        "invoice_number" => sorted(found, direction, |invoice| invoice.number.clone()),
        "paid_at" => sorted(found, direction, |invoice| invoice.paid_at),
        "sent_at" => sorted(found, direction, |invoice| invoice.sent_at),
        "status" => sorted(found, direction, |invoice| invoice.status.name()),
        "updated_at" => sorted(found, direction, |invoice| invoice.updated_at),
        _ => sorted(found, direction, |invoice| invoice.created_at),
    };
    let body = lists::list(query, "invoices", &found, |invoice| {
        records.invoice(invoice)
    });
    Ok(Answer::json(200, &body))
}

pub(super) fn one(records: &Records<'_>, id: &str) -> Result<Answer, Answer> {
    let invoice = records
        .company
        .invoice(&InvoiceId::from(id), records.when)
        .filter(|invoice| records.shows(invoice))
        .ok_or_else(|| not_found_text("Invoice"))?;
    Ok(Answer::json(200, &records.invoice(invoice)))
}

/// All invoices of a job: without `job_id`, without pages.
pub(super) fn of_job(records: &Records<'_>, id: &str) -> Result<Answer, Answer> {
    let job = jobs::find(records, id)?;
    let invoices: Vec<_> = records
        .company
        .invoices_of(job, records.when)
        .map(|invoice| records.invoice_of_job(invoice))
        .collect();
    Ok(Answer::json(200, &json!({ "invoices": invoices })))
}

/// An invoice names no customer: only this filter tells whose a service plan's is, if anything does.
fn is_for(records: &Records<'_>, invoice: &Invoice, customers: &[&str]) -> bool {
    let is_nobodys = invoice.kind == InvoiceKind::Plan
        && records.options.settings.plan_invoices == PlanInvoices::WithoutCustomer;
    !is_nobodys
        && records
            .company
            .payer(invoice, records.when)
            .is_some_and(|customer| customers.contains(&customer.as_str()))
}
