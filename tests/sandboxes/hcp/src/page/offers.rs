//! Estimates and leads.

use super::{
    Page, Place,
    forms::{button, choice, fold, form, hidden, money, required},
    html::{Html, dollars, html},
    jobs::customers,
    pill,
};
use crate::{
    company::Customer,
    ids::CustomerId,
    offers::{Estimate, EstimateOption, Lead, LeadStatus},
    shelf::When,
    state::State,
    totals::Totals,
};

pub(super) fn page(state: &State) -> Page {
    let mut estimates: Vec<_> = state.company.estimates.all(When::Now).collect();
    estimates.reverse();
    let estimates: Html = estimates
        .into_iter()
        .map(|found| estimate(state, found))
        .collect();
    let leads: Html = state
        .company
        .leads
        .all(When::Now)
        .filter(|lead| !lead.deleted)
        .map(|found| lead(state, found))
        .collect();
    let new_estimate = html!(
        "{}{}{}{}",
        choice("customer", "Customer", &customers(state), ""),
        required("options[0].name", "What it is about", ""),
        money("options[0].lines[0].unit_price", "Price", "", "0.00"),
        hidden(&[
            ("options[0].lines[0].kind", "labor"),
            ("options[0].lines[0].name", "Work as agreed"),
        ]),
    );
    let new_lead = choice("customer", "Customer", &customers(state), "");
    Page {
        title: "Estimates".to_owned(),
        place: Place::Offers,
        body: html!(
            "<h1>Estimates and leads</h1>\
             <section class=\"card\"><h2>Estimates</h2>{}{}</section>\
             <section class=\"card\"><h2>Leads</h2>{}{}</section>",
            or_none(estimates, "No estimates yet."),
            fold(
                "New estimate",
                form("create_estimate", "", new_estimate, "Create estimate")
            ),
            or_none(leads, "No leads yet."),
            fold("New lead", form("create_lead", "", new_lead, "Create lead")),
        ),
    }
}

fn or_none(found: Html, none: &str) -> Html {
    if found.0.is_empty() {
        html!("<p class=\"empty\">{}</p>", none)
    } else {
        found
    }
}

fn name(state: &State, customer: &CustomerId) -> String {
    let customer = state.company.customer(customer, When::Now);
    customer.map(Customer::display_name).unwrap_or_default()
}

fn estimate(state: &State, estimate: &Estimate) -> Html {
    let id = ("estimate", estimate.id.as_str());
    let is_open = estimate.job.is_none();
    let options: Html = estimate
        .options
        .iter()
        .map(|found| option(estimate, found, is_open))
        .collect();
    let buttons: Html = [
        ("on_my_way", "On my way"),
        ("finish", "Finish"),
        ("send", "Send"),
    ]
    .into_iter()
    .filter(|_| is_open)
    .map(|(step, label)| button("step_estimate", label, &[id, ("step", step)], ""))
    .collect();
    let job = estimate.job.as_ref().map(|job| {
        html!(
            "<p>Became <a href=\"/_app/jobs/{}\">a job</a>.</p>",
            job.as_str()
        )
    });
    html!(
        "<article><h3>Estimate {} for {} {}</h3>{}{}<div class=\"actions\">{}</div></article>",
        estimate.number,
        name(state, &estimate.customer),
        pill(estimate.status()),
        options,
        job,
        buttons,
    )
}

fn option(estimate: &Estimate, option: &EstimateOption, is_open: bool) -> Html {
    let id = ("estimate", estimate.id.as_str());
    let decide = |approval| {
        [
            id,
            ("step.decide.option", option.id.as_str()),
            ("step.decide.approval", approval),
        ]
    };
    let copy = [id, ("step.copy_to_job.option", option.id.as_str())];
    let approved = option.approval.is_some_and(crate::offers::Approval::is_yes);
    let buttons = match (is_open, approved) {
        (false, _) => Html::default(),
        (true, true) => button("step_estimate", "Copy to job", &copy, "primary"),
        (true, false) => html!(
            "{}{}",
            button("step_estimate", "Approve", &decide("approved"), ""),
            button("step_estimate", "Decline", &decide("declined"), ""),
        ),
    };
    html!(
        "<p><strong>{}</strong> {} {}</p><div class=\"actions\">{}</div>",
        option.name,
        dollars(Totals::of(&option.lines, &[]).total),
        option.approval.map(|approval| pill(approval.name())),
        buttons,
    )
}

fn lead(state: &State, lead: &Lead) -> Html {
    let id = ("lead", lead.id.as_str());
    let (status, is_open) = match lead.status {
        LeadStatus::Open => ("open", true),
        LeadStatus::Won => ("won", false),
        LeadStatus::Lost => ("lost", false),
    };
    let mut buttons = Html::default();
    if is_open {
        buttons = html!(
            "{}{}",
            button(
                "step_lead",
                "Make a job of it",
                &[id, ("step", "convert")],
                "primary"
            ),
            button("step_lead", "Lost", &[id, ("step", "lose")], ""),
        );
    }
    html!(
        "<article><h3>{} {}</h3><div class=\"actions\">{}{}</div></article>",
        name(state, &lead.customer),
        pill(status),
        buttons,
        button("step_lead", "Delete", &[id, ("step", "delete")], "danger"),
    )
}
