//! Estimates and leads.

use maud::{Markup, html};
use sandbox_kit::page::{button, choice, fold, form, hidden, money, required};

use super::{OFFERS, Page, jobs::customers, status_badge};
use crate::{
    company::Customer,
    ids::CustomerId,
    offers::{Approval, Estimate, EstimateOption, Lead, LeadStatus},
    shelf::When,
    state::State,
    totals::Totals,
    words::dollars,
};

pub(super) fn page(state: &State) -> Page {
    let mut estimates: Vec<_> = state.company.estimates.all(When::Now).collect();
    estimates.reverse();
    let leads = state.company.leads.all(When::Now);
    let leads: Vec<_> = leads.filter(|lead| !lead.deleted).collect();
    let customer = choice("customer", "Customer", &customers(state), "");
    let estimate_fields = html! {
        (customer)
        (required("options[0].name", "What it is about", ""))
        (money("options[0].lines[0].unit_price", "Price", "", "0.00"))
        (hidden(&[
            ("options[0].lines[0].kind", "labor"),
            ("options[0].lines[0].name", "Work as agreed"),
        ]))
    };
    let new_estimate = form("create_estimate", "", &estimate_fields, "Create estimate");
    let new_lead = form("create_lead", "", &customer, "Create lead");
    Page {
        title: "Estimates".to_owned(),
        tab: OFFERS,
        body: html! {
            h1 { "Estimates and leads" }
            section.card {
                h2 { "Estimates" }
                @for found in &estimates { (estimate(state, found)) }
                @if estimates.is_empty() { p.empty { "No estimates yet." } }
                (fold("New estimate", &new_estimate))
            }
            section.card {
                h2 { "Leads" }
                @for found in &leads { (lead(state, found)) }
                @if leads.is_empty() { p.empty { "No leads yet." } }
                (fold("New lead", &new_lead))
            }
        },
    }
}

fn name(state: &State, customer: &CustomerId) -> String {
    let customer = state.company.customer(customer, When::Now);
    customer.map(Customer::display_name).unwrap_or_default()
}

fn estimate(state: &State, estimate: &Estimate) -> Markup {
    let id = ("estimate", estimate.id.as_str());
    let steps = [
        ("on_my_way", "On my way"),
        ("finish", "Finish"),
        ("send", "Send"),
    ];
    html! {
        article {
            h3 {
                "Estimate " (estimate.number) " for " (name(state, &estimate.customer)) " "
                (status_badge(estimate.status()))
            }
            @for found in &estimate.options { (option(estimate, found)) }
            @if let Some(job) = &estimate.job {
                p { "Became " a href={ "/_app/jobs/" (job.as_str()) } { "a job" } "." }
            } @else {
                div.actions {
                    @for (step, label) in steps {
                        (button("step_estimate", label, &[id, ("step", step)], ""))
                    }
                }
            }
        }
    }
}

fn option(estimate: &Estimate, option: &EstimateOption) -> Markup {
    let id = ("estimate", estimate.id.as_str());
    let decide = |approval| {
        [
            id,
            ("step.decide.option", option.id.as_str()),
            ("step.decide.approval", approval),
        ]
    };
    let copy = [id, ("step.copy_to_job.option", option.id.as_str())];
    let is_approved = option.approval.is_some_and(Approval::is_yes);
    html! {
        p {
            strong { (option.name) } " " (dollars(Totals::of(&option.lines, &[]).total)) " "
            @if let Some(approval) = option.approval { (status_badge(approval.name())) }
        }
        @if estimate.job.is_none() {
            div.actions {
                @if is_approved {
                    (button("step_estimate", "Copy to job", &copy, "primary"))
                } @else {
                    (button("step_estimate", "Approve", &decide("approved"), ""))
                    (button("step_estimate", "Decline", &decide("declined"), ""))
                }
            }
        }
    }
}

fn lead(state: &State, lead: &Lead) -> Markup {
    let step = |step, label, style| {
        let fields = [("lead", lead.id.as_str()), ("step", step)];
        button("step_lead", label, &fields, style)
    };
    let (status, is_open) = match lead.status {
        LeadStatus::Open => ("open", true),
        LeadStatus::Won => ("won", false),
        LeadStatus::Lost => ("lost", false),
    };
    html! {
        article {
            h3 { (name(state, &lead.customer)) " " (status_badge(status)) }
            div.actions {
                @if is_open {
                    (step("convert", "Make a job of it", "primary"))
                    (step("lose", "Lost", ""))
                }
                (step("delete", "Delete", "danger"))
            }
        }
    }
}
