//! One job: its buttons, lines, totals, invoices and notes.

use super::{
    Page, Place,
    forms::{
        Column::{Number, Text},
        button, careful_button, cell, checkbox, choice, decimal, fold, form, hidden, json_choice,
        money, number_cell, required, table, text,
    },
    html::{Html, dollars, html, plain_dollars},
    invoices,
    jobs::{customer_name, status},
    moment,
};
use crate::{
    amounts::Hundredths,
    company::Address,
    due::NET_DAYS,
    ids::JobId,
    shelf::When,
    state::State,
    totals::{Totals, amount, subtotal},
    work::{DueTerms, Job, Line, LineKind, WorkStatus},
};

pub(super) fn page(state: &State, id: &str) -> Option<Page> {
    let job = state.company.job(&JobId::from(id), When::Now)?;
    let is_open = job.deleted_at.is_none() && !job.status.is_canceled();
    Some(Page {
        title: format!("Job #{}", job.number),
        place: Place::Jobs,
        body: html!(
            "<p class=\"back\"><a href=\"/\">All jobs</a></p>\
             <div class=\"head\"><h1>Job #{} {}</h1></div>{}\
             <div class=\"actions\">{}</div>\
             <section class=\"card\"><h2>Line items</h2>{}{}{}</section>\
             <section class=\"card\"><h2>Invoice and payment</h2>{}</section>\
             <section class=\"card\"><h2>Notes and tags</h2>{}</section>",
            job.number,
            status(job),
            summary(state, job),
            buttons(job, is_open),
            lines(job, is_open),
            totals(state, job),
            if is_open {
                editing(state, job)
            } else {
                Html::default()
            },
            invoices::section(state, job, is_open),
            notes(job),
        ),
    })
}

fn summary(state: &State, job: &Job) -> Html {
    let address = job.address.as_ref().map(address_line).unwrap_or_default();
    let visit = job
        .schedule
        .as_ref()
        .map(|visit| moment(state, visit.start));
    let finished = job.work.completed_at.map(|time| moment(state, time));
    let facts: Html = [
        ("Work", Some(job.description.clone())),
        ("Where", Some(address)),
        ("Visit", visit),
        ("Finished", finished),
        (
            "Business unit",
            job.business_unit.as_ref().map(|unit| unit.name.clone()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
    .map(|(name, value)| html!("<dt>{}</dt><dd>{}</dd>", name, value))
    .collect();
    html!(
        "<section class=\"card\"><dl><dt>Customer</dt>\
         <dd><a href=\"/_app/customers/{}\">{}</a></dd>{}</dl></section>",
        job.customer.as_str(),
        customer_name(state, job),
        facts,
    )
}

pub(super) fn address_line(address: &Address) -> String {
    let region = [&address.state, &address.zip];
    let region: Vec<&str> = region.into_iter().flatten().map(String::as_str).collect();
    let parts = [
        address.street.clone(),
        address.street_line_2.clone(),
        address.city.clone(),
        Some(region.join(" ")),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

fn buttons(job: &Job, is_open: bool) -> Html {
    let fields = [("job", job.id.as_str())];
    let mut buttons = Vec::new();
    if is_open && job.status.is_finished() {
        buttons.push(button("reopen_job", "Reopen", &fields, ""));
        if job.status == WorkStatus::CompleteUnrated {
            buttons.push(button("rate_job", "Customer rates it", &fields, ""));
        }
    } else if is_open {
        buttons.push(button("on_my_way", "On my way", &fields, ""));
        if job.status != WorkStatus::InProgress {
            buttons.push(button("start_job", "Start", &fields, ""));
        }
        buttons.push(button("finish_job", "Finish", &fields, "primary"));
    }
    if is_open && job.segment_of.is_none() {
        buttons.push(button("add_segment", "Add segment", &fields, ""));
    }
    if is_open {
        let question = "Cancel this job? Its unpaid invoice is canceled too.";
        buttons.push(careful_button(
            "cancel_job",
            "Cancel job",
            question,
            &fields,
        ));
    }
    if job.deleted_at.is_none() {
        let question = "Delete this job?";
        buttons.push(careful_button("delete_job", "Delete", question, &fields));
    }
    buttons.into_iter().collect()
}

fn lines(job: &Job, is_open: bool) -> Html {
    let before_discount = subtotal(&job.lines);
    let rows = job
        .lines
        .iter()
        .map(|line| line_row(job, line, before_discount, is_open));
    let columns = [
        Text("Item"),
        Number("Quantity"),
        Number("Price"),
        Number("Amount"),
        Text(""),
    ];
    table(&columns, rows, "No lines yet.")
}

fn line_row(job: &Job, line: &Line, before_discount: i64, is_open: bool) -> Html {
    let sign = if line.kind.is_discount() { -1 } else { 1 };
    let price = match line.kind {
        LineKind::PercentDiscount => format!("{} %", Hundredths::new(line.unit_price)),
        _ => dollars(line.unit_price),
    };
    let details = [
        (!line.description.is_empty()).then_some(line.description.as_str()),
        Some(line.kind.name()),
        line.price_book.is_some().then_some("price book"),
        line.taxable.then_some("taxed"),
    ];
    let details: Vec<&str> = details.into_iter().flatten().collect();
    html!(
        "<tr>{}{}{}{}{}</tr>",
        cell(
            "Item",
            html!(
                "<strong>{}</strong><br><small>{}</small>",
                line.name,
                details.join(" · ")
            ),
        ),
        number_cell("Quantity", &line.quantity.to_string()),
        number_cell("Price", &price),
        number_cell("Amount", &dollars(sign * amount(line, before_discount))),
        cell(
            "",
            if is_open {
                edit_line(job, line)
            } else {
                Html::default()
            }
        ),
    )
}

fn edit_line(job: &Job, line: &Line) -> Html {
    let ids = [("job", job.id.as_str()), ("line", line.id.as_str())];
    let mut fields = vec![
        hidden(&ids),
        required("changes.name", "Name", &line.name),
        text("changes.description", "Description", &line.description),
    ];
    if line.kind != LineKind::PercentDiscount {
        let price = plain_dollars(line.unit_price);
        fields.push(money("changes.unit_price", "Price", &price, ""));
    }
    if line.kind.is_work() {
        let quantity = line.quantity.to_string();
        fields.push(decimal("changes.quantity", "Quantity", &quantity));
        fields.push(checkbox("changes.taxable", "Taxed", line.taxable));
    }
    let inside = html!(
        "{}{}",
        form("edit_line", "", Html::from_iter(fields), "Save"),
        careful_button("remove_line", "Remove line", "Remove this line?", &ids),
    );
    fold("Edit", inside)
}

fn totals(state: &State, job: &Job) -> Html {
    let totals = Totals::of(&job.lines, &job.taxes);
    let due = state.records(When::Now).outstanding(job);
    let mut rows = vec![("Subtotal".to_owned(), totals.subtotal)];
    if totals.discount > 0 {
        rows.push(("Discounts".to_owned(), -totals.discount));
    }
    for (tax, amount) in job.taxes.iter().zip(&totals.taxes) {
        let name = format!("{} {} %", tax.rate.name, tax.rate.percent);
        rows.push((name, *amount));
    }
    if totals.tips > 0 {
        rows.push(("Tips".to_owned(), totals.tips));
    }
    rows.push(("Total".to_owned(), totals.total));
    rows.push(("Paid".to_owned(), totals.total - due));
    rows.push(("Due".to_owned(), due));
    let rows: Html = rows
        .into_iter()
        .map(|(name, cents)| html!("<dt>{}</dt><dd>{}</dd>", name, dollars(cents)))
        .collect();
    html!("<dl class=\"totals\">{}</dl>", rows)
}

fn editing(state: &State, job: &Job) -> Html {
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

fn notes(job: &Job) -> Html {
    let tags: Html = job
        .tags
        .iter()
        .map(|tag| html!("<span class=\"pill calm\">{}</span> ", tag))
        .collect();
    let notes: Html = job
        .notes
        .iter()
        .map(|note| html!("<li>{}</li>", note.content))
        .collect();
    let id = hidden(&[("job", job.id.as_str())]);
    html!(
        "<p>{}</p><ul>{}</ul><div class=\"folds\">{}{}</div>",
        tags,
        notes,
        fold(
            "Add note",
            form(
                "add_note",
                "",
                html!("{}{}", id, required("content", "Note", "")),
                "Add note"
            ),
        ),
        fold(
            "Add tag",
            form(
                "tag_job",
                "",
                html!("{}{}", id, required("tag", "Tag", "")),
                "Add tag"
            ),
        ),
    )
}
