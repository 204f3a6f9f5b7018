use super::{
    Page, Place, day,
    forms::{
        Column::{Number, Text},
        cell, choice, form, number_cell, required, table, text,
    },
    html::{Html, dollars, html},
    pill,
};
use crate::{Request, company::Customer, shelf::When, state::State, totals::Totals, work::Job};

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
        place: Place::Jobs,
        body: html!(
            "<div class=\"head\"><h1>Jobs</h1>\
             <a class=\"button primary\" href=\"/_app/jobs/new\">New job</a></div>\
             <section class=\"card\">{}</section>",
            table(&columns, rows, "No jobs yet. Start with a new one."),
        ),
    }
}

fn row(state: &State, job: &Job) -> Html {
    let records = state.records(When::Now);
    let visit = job.schedule.as_ref().map(|visit| day(state, visit.start));
    let gone = if job.deleted_at.is_some() {
        " class=\"gone\""
    } else {
        ""
    };
    html!(
        "<tr{}>{}{}{}{}{}{}{}</tr>",
        Html(gone.to_owned()),
        cell(
            "Job",
            html!(
                "<a href=\"/_app/jobs/{}\">#{}</a>",
                job.id.as_str(),
                job.number
            ),
        ),
        cell("Customer", html!("{}", customer_name(state, job))),
        cell("Description", html!("{}", job.description)),
        cell("Status", status(job)),
        cell("Visit", html!("{}", visit)),
        number_cell("Total", &dollars(Totals::of(&job.lines, &job.taxes).total)),
        number_cell("Due", &dollars(records.outstanding(job))),
    )
}

/// A deleted job says so; its work status does not.
pub(super) fn status(job: &Job) -> Html {
    if job.deleted_at.is_some() {
        pill("deleted")
    } else {
        pill(job.status.name())
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
    let query = request.query();
    let chosen = query.iter().find(|(name, _)| name == "customer");
    let fields: Html = [
        choice(
            "customer",
            "Customer",
            &customers(state),
            chosen.map_or("", |(_, id)| id.as_str()),
        ),
        required("description", "What is to be done", ""),
        text("business_unit", "Business unit (optional)", ""),
    ]
    .into_iter()
    .collect();
    Page {
        title: "New job".to_owned(),
        place: Place::Jobs,
        body: html!(
            "<h1>New job</h1><section class=\"card\">{}\
             <p class=\"hint\">Not in the list? <a href=\"/_app/customers/new\">New customer</a>\
             </p></section>",
            form("create_job", "/_app/jobs/{id}", fields, "Create job"),
        ),
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
