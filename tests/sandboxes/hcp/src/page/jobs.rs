//! The list of jobs, and the form of a new one.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, choice, form, plain, required, table, text,
};

use super::{JOBS, Page, day, status_badge};
use crate::{
    Request, company::Customer, shelf::When, state::State, totals::Totals, words::dollars,
    work::Job,
};

pub(super) fn list(state: &State) -> Page {
    let mut jobs: Vec<&Job> = state.company.jobs.all(When::Now).collect();
    jobs.reverse();
    let rows = jobs.into_iter().map(|job| row(state, job));
    let columns = [
        Text("Job"),
        Text("Customer"),
        Text("Description"),
        Text("Status"),
        Text("Visit"),
        Number("Total"),
        Number("Due"),
    ];
    Page {
        title: "Jobs".to_owned(),
        tab: JOBS,
        body: html! {
            div.head {
                h1 { "Jobs" }
                a class="button primary" href="/_app/jobs/new" { "New job" }
            }
            section.card { (table(&columns, rows, "No jobs yet. Start with a new one.")) }
        },
    }
}

fn row(state: &State, job: &Job) -> Row {
    let due = state.records(When::Now).outstanding(job);
    let visit = job.schedule.as_ref().map(|visit| day(state, visit.start));
    let cells = [
        html! { a href={ "/_app/jobs/" (job.id.as_str()) } { "#" (job.number) } },
        plain(&customer_name(state, job)),
        plain(&job.description),
        status(job),
        plain(&visit.unwrap_or_default()),
        plain(&dollars(Totals::of(&job.lines, &job.taxes).total)),
        plain(&dollars(due)),
    ];
    Row::from(cells).faded(job.deleted_at.is_some())
}

/// A deleted job says so; its work status does not.
pub(super) fn status(job: &Job) -> Markup {
    if job.deleted_at.is_some() {
        status_badge("deleted")
    } else {
        status_badge(job.status.name())
    }
}

pub(super) fn customer_name(state: &State, job: &Job) -> String {
    state
        .company
        .customer(&job.customer, When::Now)
        .map(Customer::display_name)
        .unwrap_or_default()
}

/// The form of a new job; `?customer=` chooses one.
pub(super) fn new(state: &State, request: &Request) -> Page {
    let chosen = request.param("customer").unwrap_or_default();
    let fields = html! {
        (choice("customer", "Customer", &customers(state), &chosen))
        (required("description", "What is to be done", ""))
        (text("business_unit", "Business unit (optional)", ""))
    };
    Page {
        title: "New job".to_owned(),
        tab: JOBS,
        body: html! {
            h1 { "New job" }
            section.card {
                (form("create_job", "/_app/jobs/{id}", &fields, "Create job"))
                p.hint { "Not in the list? " a href="/_app/customers/new" { "New customer" } }
            }
        },
    }
}

/// The customers to choose from.
pub(super) fn customers(state: &State) -> Vec<(String, String)> {
    state
        .company
        .customers
        .all(When::Now)
        .filter(|customer| !customer.deleted)
        .map(|customer| (customer.id.to_string(), customer_label(customer)))
        .collect()
}

fn customer_label(customer: &Customer) -> String {
    match &customer.company {
        Some(company) => format!("{} ({company})", customer.display_name()),
        None => customer.display_name(),
    }
}
