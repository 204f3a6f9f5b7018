//! Deposits and progress invoices on a job's page.

use super::{
    forms::{button, decimal, fold, form, hidden, money},
    html::{Html, html},
};
use crate::{
    billing::{Invoice, InvoiceKind},
    options::Invoicing,
    shelf::When,
    state::State,
    work::Job,
};

pub(super) fn title(invoice: &Invoice) -> &'static str {
    match invoice.kind {
        InvoiceKind::Main | InvoiceKind::Plan => "Invoice",
        InvoiceKind::Deposit => "Deposit",
        InvoiceKind::Progress => "Progress invoice",
    }
}

/// *Ask for a deposit*, *Split into progress invoices*.
pub(super) fn section(state: &State, job: &Job) -> Html {
    let mut invoices = state.company.invoices_of(job, When::Now);
    let has_deposit =
        invoices.any(|invoice| invoice.status.is_live() && invoice.kind == InvoiceKind::Deposit);
    let deposit = if has_deposit {
        Html::default()
    } else {
        fold("Ask for a deposit", deposit_forms(job))
    };
    let split = if job.invoicing == Invoicing::Progress {
        fold("Split into progress invoices", split_forms(job))
    } else {
        html!(
            "<p class=\"hint\">To bill a job in parts, switch on progress invoicing in the \
             <a href=\"/_app/settings\">settings</a> before you make the job.</p>"
        )
    };
    html!("<div class=\"folds\">{}{}</div>", deposit, split)
}

fn deposit_forms(job: &Job) -> Html {
    let id = hidden(&[("job", job.id.as_str())]);
    html!(
        "{}{}",
        form(
            "add_deposit",
            "",
            html!(
                "{}{}",
                id,
                decimal("part.percent", "Per cent of the job", "50")
            ),
            "Add deposit by per cent",
        ),
        form(
            "add_deposit",
            "",
            html!("{}{}", id, money("part.amount", "Amount", "", "0.00")),
            "Add deposit by amount",
        ),
    )
}

fn split_forms(job: &Job) -> Html {
    let id = ("job", job.id.as_str());
    let halves = [id, ("parts[0].percent", "50"), ("parts[1]", "rest")];
    html!(
        "<div class=\"actions\">{}{}</div>{}{}",
        button("split_invoice", "Two halves", &halves, ""),
        button(
            "split_invoice",
            "One part over the rest",
            &[id, ("parts[0]", "rest")],
            ""
        ),
        form(
            "split_invoice",
            "",
            html!(
                "{}{}",
                hidden(&[id]),
                decimal("parts[0].percent", "Per cent of the job", "30")
            ),
            "Add part by per cent",
        ),
        form(
            "split_invoice",
            "",
            html!(
                "{}{}",
                hidden(&[id]),
                money("parts[0].amount", "Amount", "", "0.00")
            ),
            "Add part by amount",
        ),
    )
}
