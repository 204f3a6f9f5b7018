//! One job: its buttons, lines, totals, invoices and notes.

use super::{
    Page, Place,
    editing::editing,
    forms::{
        Column::{Number, Text},
        button, careful_button, cell, checkbox, decimal, fold, form, hidden, money, number_cell,
        required, table, text,
    },
    html::{Html, dollars, html, plain_dollars},
    invoices,
    jobs::{customer_name, status},
    moment,
};
use crate::{
    amounts::Hundredths,
    company::Address,
    ids::JobId,
    shelf::When,
    state::State,
    totals::{Totals, amount, subtotal},
    work::{Job, Line, LineKind, WorkStatus},
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
    if !is_open {
        buttons.push(button("restore_job", "Restore", &fields, ""));
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
