//! Deposits and progress invoices on a job's page.

use maud::{Markup, html};
use sandbox_kit::page::{button, decimal, fold, form, hidden, money};

use crate::{billing::InvoiceKind, options::Invoicing, shelf::When, state::State, work::Job};

/// *Ask for a deposit*, *Split into progress invoices*.
pub(super) fn section(state: &State, job: &Job) -> Markup {
    let mut invoices = state.company.invoices_of(job, When::Now);
    let has_deposit =
        invoices.any(|invoice| invoice.status.is_live() && invoice.kind == InvoiceKind::Deposit);
    html! {
        div.folds {
            @if !has_deposit { (fold("Ask for a deposit", &deposit_forms(job))) }
            @if job.invoicing == Invoicing::Progress {
                (fold("Split into progress invoices", &split_forms(job)))
            } @else {
                p.hint {
                    "To bill a job in parts, switch on progress invoicing in the "
                    a href="/_app/settings" { "settings" }
                    " before you make the job."
                }
            }
        }
    }
}

fn deposit_forms(job: &Job) -> Markup {
    let id = hidden(&[("job", job.id.as_str())]);
    let percent = html! { (id) (decimal("part.percent", "Per cent of the job", "50")) };
    let amount = html! { (id) (money("part.amount", "Amount", "", "0.00")) };
    html! {
        (form("add_deposit", "", &percent, "Add deposit by per cent"))
        (form("add_deposit", "", &amount, "Add deposit by amount"))
    }
}

fn split_forms(job: &Job) -> Markup {
    let id = ("job", job.id.as_str());
    let halves = [id, ("parts[0].percent", "50"), ("parts[1]", "rest")];
    let rest = [id, ("parts[0]", "rest")];
    let percent = html! {
        (hidden(&[id]))
        (decimal("parts[0].percent", "Per cent of the job", "30"))
    };
    let amount = html! { (hidden(&[id])) (money("parts[0].amount", "Amount", "", "0.00")) };
    html! {
        div.actions {
            (button("split_invoice", "Two halves", &halves, ""))
            (button("split_invoice", "One part over the rest", &rest, ""))
        }
        (form("split_invoice", "", &percent, "Add part by per cent"))
        (form("split_invoice", "", &amount, "Add part by amount"))
    }
}
