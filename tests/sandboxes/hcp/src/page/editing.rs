//! The forms that change a job: its lines, taxes, terms, visits and crew.

use super::{
    forms::{checkbox, choice, decimal, fold, form, hidden, json_choice, money, required, text},
    html::{Html, dollars, html},
};
use crate::{
    due::NET_DAYS,
    shelf::When,
    state::State,
    work::{DueTerms, Job, WorkStatus},
};

pub(super) fn editing(state: &State, job: &Job) -> Html {
    let id = hidden(&[("job", job.id.as_str())]);
    let services = state.company.services(When::Now).map(|service| {
        let words = format!("{} · {}", service.name, dollars(service.price));
        (service.uuid.clone(), words)
    });
    let materials = state.company.materials(When::Now).map(|material| {
        let words = format!("{} · {}", material.name, dollars(material.price));
        (material.uuid.clone(), words)
    });
    let entries: Vec<_> = services.chain(materials).collect();
    let from_book = html!(
        "{}{}{}",
        id,
        choice("line.price_book", "Price-book entry", &entries, ""),
        decimal("line.quantity", "Quantity", "1"),
    );
    let kinds = [("labor", "Labor"), ("materials", "Materials")];
    let kinds = kinds.map(|(value, words)| (value.to_owned(), words.to_owned()));
    let own = html!(
        "{}{}{}{}{}{}{}",
        id,
        required("line.name", "Name", ""),
        text("line.description", "Description", ""),
        choice("line.kind", "Kind", &kinds, ""),
        money("line.unit_price", "Price", "", "0.00"),
        decimal("line.quantity", "Quantity", "1"),
        checkbox("line.taxable", "Taxed", false),
    );
    let fixed = html!(
        "{}{}{}",
        hidden(&[("job", job.id.as_str()), ("line.kind", "fixed discount")]),
        required("line.name", "Name", "Discount"),
        money("line.unit_price", "Amount off", "", "0.00"),
    );
    // A percentage in hundredths is written like dollars in cents.
    let percent = html!(
        "{}{}{}",
        hidden(&[("job", job.id.as_str()), ("line.kind", "percent discount")]),
        required("line.name", "Name", "Discount"),
        money("line.unit_price", "Per cent off", "", "10"),
    );
    let schedule = match job.status {
        WorkStatus::NeedsScheduling | WorkStatus::Scheduled => {
            fold("Schedule", schedule_form(job, "schedule_job", "Schedule"))
        }
        _ => Html::default(),
    };
    let another = if job.schedule.is_some() {
        fold("Add visit", schedule_form(job, "add_visit", "Add visit"))
    } else {
        Html::default()
    };
    html!(
        "<div class=\"folds\">{}{}{}{}{}{}{}{}</div>",
        fold(
            "Add from price book",
            form("add_line", "", from_book, "Add line")
        ),
        fold("Add own line", form("add_line", "", own, "Add line")),
        fold(
            "Add discount",
            html!(
                "{}{}",
                form("add_line", "", fixed, "Take off an amount"),
                form("add_line", "", percent, "Take off a percentage"),
            ),
        ),
        fold("Tax", form("set_taxes", "", tax_fields(job), "Set tax")),
        fold("Due terms", due_forms(job)),
        schedule,
        another,
        fold("Who comes", crew_form(state, job)),
    )
}

fn crew_form(state: &State, job: &Job) -> Html {
    let employees = state.company.employees.all(When::Now);
    let choices: Vec<_> = employees
        .filter(|employee| employee.active)
        .map(|employee| {
            let name = format!("{} {}", employee.first_name, employee.last_name);
            (employee.id.clone(), name)
        })
        .collect();
    let chosen = job.employees.first().map(String::as_str);
    let fields = html!(
        "{}{}",
        hidden(&[("job", job.id.as_str())]),
        choice("employees[0]", "Who", &choices, chosen.unwrap_or_default()),
    );
    form("assign_pros", "", fields, "Assign")
}

fn tax_fields(job: &Job) -> Html {
    let first = job.taxes.first();
    let name = first.map_or("Sales tax", |tax| tax.rate.name.as_str());
    let percent = first.map_or_else(|| "5.5".to_owned(), |tax| tax.rate.percent.to_string());
    html!(
        "{}{}{}",
        hidden(&[("job", job.id.as_str())]),
        required("taxes[0].name", "Name", name),
        decimal("taxes[0].percent", "Per cent", &percent),
    )
}

fn due_forms(job: &Job) -> Html {
    let id = hidden(&[("job", job.id.as_str())]);
    let mut terms = vec![
        DueTerms::UponReceipt,
        DueTerms::UponStartOfWork,
        DueTerms::UponCompletionOfWork,
    ];
    terms.extend(NET_DAYS.map(DueTerms::Net));
    let json = |due: &DueTerms| serde_json::to_string(due).unwrap_or_default();
    let options: Vec<_> = terms.iter().map(|due| (json(due), due.display())).collect();
    let common = html!(
        "{}{}",
        id,
        json_choice("due", "Due", &options, &json(&job.due))
    );
    let date = html!(
        "{}<label><span>On date</span><input type=\"date\" name=\"due.on_date\" required></label>",
        id,
    );
    html!(
        "{}{}",
        form("set_due_terms", "", common, "Set terms"),
        form("set_due_terms", "", date, "Set date"),
    )
}

fn schedule_form(job: &Job, action: &str, label: &str) -> Html {
    let fields = html!(
        "{}<label><span>From (your time)</span><input type=\"datetime-local\" name=\"visit.start\" \
         data-as=\"time\" required></label><label><span>To (your time)</span>\
         <input type=\"datetime-local\" name=\"visit.end\" data-as=\"time\" required></label>",
        hidden(&[("job", job.id.as_str())]),
    );
    form(action, "", fields, label)
}
