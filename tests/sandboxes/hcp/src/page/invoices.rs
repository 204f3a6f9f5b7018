//! The part of a job's page that is about money: its invoices, and what collects for them.

use maud::{Markup, html};
use sandbox_kit::page::{button, form};

use super::{collecting::payment_fields, invoice, parts};
use crate::{billing::Invoice, shelf::When, state::State, work::Job};

pub(super) fn section(state: &State, job: &Job, is_open: bool) -> Markup {
    let invoices: Vec<&Invoice> = state.company.invoices_of(job, When::Now).collect();
    let is_billed = invoices.iter().any(|invoice| invoice.status.is_live());
    let send = if is_billed {
        "Send again"
    } else {
        "Send invoice"
    };
    let job_field = [("job", job.id.as_str())];
    html! {
        @for invoice in &invoices { (invoice::article(state, invoice)) }
        @if invoices.is_empty() {
            p.empty { "No invoice yet: sending or paying makes it." }
        }
        @if is_open {
            div.actions { (button("send_invoice", send, &job_field, "primary")) }
            (parts::section(state, job))
            (collect(state, job))
        }
    }
}

fn collect(state: &State, job: &Job) -> Markup {
    let due = state.records(When::Now).outstanding(job);
    let fields = payment_fields(&[("job", job.id.as_str())], due);
    html! {
        @if due <= 0 {
            p.hint { "Nothing is due." }
        } @else {
            h3 { "Collect payment" }
            (form("pay_job", "", &fields, "Collect"))
        }
    }
}
