//! The forms that change a job: its lines, taxes, terms, visits and crew.

use maud::{Markup, html};
use sandbox_kit::page::{
    checkbox, choice, decimal, fold, form, hidden, json_choice, money, required, text,
};

use super::options;
use crate::{
    due::NET_DAYS,
    shelf::When,
    state::State,
    words::dollars,
    work::{DueTerms, Job, WorkStatus},
};

pub(super) fn editing(state: &State, job: &Job) -> Markup {
    let can_be_scheduled = matches!(
        job.status,
        WorkStatus::NeedsScheduling | WorkStatus::Scheduled
    );
    let id = hidden(&[("job", job.id.as_str())]);
    html! {
        div.folds {
            (fold("Add from price book", &form("add_line", "", &from_book(state, &id), "Add line")))
            (fold("Add own line", &form("add_line", "", &own_line(&id), "Add line")))
            (fold("Add discount", &discount_forms(&id)))
            (fold("Tax", &form("set_taxes", "", &tax_fields(job), "Set tax")))
            (fold("Due terms", &due_forms(job)))
            @if can_be_scheduled {
                (fold("Schedule", &schedule_form(&id, "schedule_job", "Schedule")))
            }
            @if job.schedule.is_some() {
                (fold("Add visit", &schedule_form(&id, "add_visit", "Add visit")))
            }
            (fold("Who comes", &crew_form(state, job)))
        }
    }
}

fn from_book(state: &State, id: &Markup) -> Markup {
    let services = state.company.services(When::Now).map(|service| {
        let words = format!("{} · {}", service.name, dollars(service.price));
        (service.uuid.clone(), words)
    });
    let materials = state.company.materials(When::Now).map(|material| {
        let words = format!("{} · {}", material.name, dollars(material.price));
        (material.uuid.clone(), words)
    });
    let entries: Vec<_> = services.chain(materials).collect();
    html! {
        (id)
        (choice("line.price_book", "Price-book entry", &entries, ""))
        (decimal("line.quantity", "Quantity", "1"))
    }
}

fn own_line(id: &Markup) -> Markup {
    let kinds = options(&[("labor", "Labor"), ("materials", "Materials")]);
    html! {
        (id)
        (required("line.name", "Name", ""))
        (text("line.description", "Description", ""))
        (choice("line.kind", "Kind", &kinds, ""))
        (money("line.unit_price", "Price", "", "0.00"))
        (decimal("line.quantity", "Quantity", "1"))
        (checkbox("line.taxable", "Taxed", false))
    }
}

fn discount_forms(id: &Markup) -> Markup {
    // A percentage in hundredths is written like dollars in cents.
    let fields = |kind: &str, label: &str, hint: &str| {
        html! {
            (id)
            (hidden(&[("line.kind", kind)]))
            (required("line.name", "Name", "Discount"))
            (money("line.unit_price", label, "", hint))
        }
    };
    let fixed = fields("fixed discount", "Amount off", "0.00");
    let percent = fields("percent discount", "Per cent off", "10");
    html! {
        (form("add_line", "", &fixed, "Take off an amount"))
        (form("add_line", "", &percent, "Take off a percentage"))
    }
}

fn crew_form(state: &State, job: &Job) -> Markup {
    let employees = state.company.employees.all(When::Now);
    let choices: Vec<_> = employees
        .filter(|employee| employee.active)
        .map(|employee| {
            let name = format!("{} {}", employee.first_name, employee.last_name);
            (employee.id.clone(), name)
        })
        .collect();
    let chosen = job.employees.first().map(String::as_str);
    let fields = html! {
        (hidden(&[("job", job.id.as_str())]))
        (choice("employees[0]", "Who", &choices, chosen.unwrap_or_default()))
    };
    form("assign_pros", "", &fields, "Assign")
}

fn tax_fields(job: &Job) -> Markup {
    let first = job.taxes.first();
    let name = first.map_or("Sales tax", |tax| tax.rate.name.as_str());
    let percent = first.map_or_else(|| "5.5".to_owned(), |tax| tax.rate.percent.to_string());
    html! {
        (hidden(&[("job", job.id.as_str())]))
        (required("taxes[0].name", "Name", name))
        (decimal("taxes[0].percent", "Per cent", &percent))
    }
}

fn due_forms(job: &Job) -> Markup {
    let id = hidden(&[("job", job.id.as_str())]);
    let mut terms = vec![
        DueTerms::UponReceipt,
        DueTerms::UponStartOfWork,
        DueTerms::UponCompletionOfWork,
    ];
    terms.extend(NET_DAYS.map(DueTerms::Net));
    let json = |due: &DueTerms| serde_json::to_string(due).unwrap_or_default();
    let options: Vec<_> = terms.iter().map(|due| (json(due), due.display())).collect();
    let common = html! { (id) (json_choice("due", "Due", &options, &json(&job.due))) };
    let date = html! {
        (id)
        label { span { "On date" } input type="date" name="due.on_date" required; }
    };
    html! {
        (form("set_due_terms", "", &common, "Set terms"))
        (form("set_due_terms", "", &date, "Set date"))
    }
}

fn schedule_form(id: &Markup, action: &str, label: &str) -> Markup {
    let moment = |name: &str, label: &str| {
        html! {
            label {
                span { (label) }
                input type="datetime-local" name=(name) required;
            }
        }
    };
    let fields = html! {
        (id)
        (moment("visit.start", "From"))
        (moment("visit.end", "To"))
    };
    form(action, "", &fields, label)
}
