//! One job: its buttons, lines, totals, invoices and notes.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, Tone, badge, button, careful_button, checkbox, decimal, facts, fold, form, hidden, money,
    plain, required, table, text,
};

use super::{
    JOBS, Page,
    editing::editing,
    invoices,
    jobs::{customer_name, status},
    moment, plain_dollars,
};
use crate::{
    amounts::Hundredths,
    company::Address,
    ids::JobId,
    shelf::When,
    state::State,
    totals::{Totals, amount, subtotal},
    words::dollars,
    work::{Job, Line, LineKind, WorkStatus},
};

pub(super) fn page(state: &State, id: &str) -> Option<Page> {
    let job = state.company.job(&JobId::from(id), When::Now)?;
    let is_open = job.deleted_at.is_none() && !job.status.is_canceled();
    Some(Page {
        title: format!("Job #{}", job.number),
        tab: JOBS,
        body: html! {
            p.back { a href="/" { "All jobs" } }
            div.head { h1 { "Job #" (job.number) " " (status(job)) } }
            section.card { (summary(state, job)) }
            div.actions { (buttons(job, is_open)) }
            section.card {
                h2 { "Line items" }
                (lines(job, is_open))
                (totals(state, job))
                @if is_open { (editing(state, job)) }
            }
            section.card {
                h2 { "Invoice and payment" }
                (invoices::section(state, job, is_open))
            }
            section.card {
                h2 { "Notes and tags" }
                (notes(state, job))
            }
        },
    })
}

fn summary(state: &State, job: &Job) -> Markup {
    let time = |time: Option<jiff::Timestamp>| {
        plain(&time.map(|time| moment(state, time)).unwrap_or_default())
    };
    let customer = html! {
        a href={ "/_app/customers/" (job.customer.as_str()) } { (customer_name(state, job)) }
    };
    let address = job.address.as_ref().map(address_line).unwrap_or_default();
    let unit = job.business_unit.as_ref().map(|unit| unit.name.as_str());
    facts([
        ("Customer", customer),
        ("Work", plain(&job.description)),
        ("Where", plain(&address)),
        (
            "Visit",
            time(job.schedule.as_ref().map(|visit| visit.start)),
        ),
        ("Finished", time(job.work.completed_at)),
        ("Business unit", plain(unit.unwrap_or_default())),
    ])
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

fn buttons(job: &Job, is_open: bool) -> Markup {
    let fields = [("job", job.id.as_str())];
    let at_once = |action: &str, label: &str| button(action, label, &fields, "");
    let careful =
        |action: &str, label: &str, ask: &str| careful_button(action, label, ask, &fields);
    let cancel = "Cancel this job? Its unpaid invoice is canceled too.";
    html! {
        @if is_open && job.status.is_finished() {
            (at_once("reopen_job", "Reopen"))
            @if job.status == WorkStatus::CompleteUnrated {
                (at_once("rate_job", "Customer rates it"))
            }
        } @else if is_open {
            (at_once("on_my_way", "On my way"))
            @if job.status != WorkStatus::InProgress { (at_once("start_job", "Start")) }
            (button("finish_job", "Finish", &fields, "primary"))
        }
        @if is_open && job.segment_of.is_none() { (at_once("add_segment", "Add segment")) }
        @if is_open { (careful("cancel_job", "Cancel job", cancel)) }
        @else { (at_once("restore_job", "Restore")) }
        @if job.deleted_at.is_none() { (careful("delete_job", "Delete", "Delete this job?")) }
    }
}

fn lines(job: &Job, is_open: bool) -> Markup {
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

fn line_row(job: &Job, line: &Line, before_discount: i64, is_open: bool) -> Row {
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
    Row::from([
        html! { strong { (line.name) } br; small { (details.join(" · ")) } },
        plain(&line.quantity.to_string()),
        plain(&price),
        plain(&dollars(sign * amount(line, before_discount))),
        html! { @if is_open { (edit_line(job, line)) } },
    ])
}

fn edit_line(job: &Job, line: &Line) -> Markup {
    let ids = [("job", job.id.as_str()), ("line", line.id.as_str())];
    let fields = html! {
        (hidden(&ids))
        (required("changes.name", "Name", &line.name))
        (text("changes.description", "Description", &line.description))
        @if line.kind != LineKind::PercentDiscount {
            (money("changes.unit_price", "Price", &plain_dollars(line.unit_price), ""))
        }
        @if line.kind.is_work() {
            (decimal("changes.quantity", "Quantity", &line.quantity.to_string()))
            (checkbox("changes.taxable", "Taxed", line.taxable))
        }
    };
    let inside = html! {
        (form("edit_line", "", &fields, "Save"))
        (careful_button("remove_line", "Remove line", "Remove this line?", &ids))
    };
    fold("Edit", &inside)
}

fn totals(state: &State, job: &Job) -> Markup {
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
    html! {
        dl.totals {
            @for (name, cents) in rows {
                dt { (name) } dd { (dollars(cents)) }
            }
        }
    }
}

fn notes(state: &State, job: &Job) -> Markup {
    let tags = state.company.tags.all(When::Now);
    let tags = tags.filter(|tag| job.tags.contains(&tag.name));
    let this = |name, id| [("job", job.id.as_str()), (name, id)];
    let id = hidden(&[("job", job.id.as_str())]);
    let note = html! { (id) (required("content", "Note", "")) };
    let tag = html! { (id) (required("tag", "Tag", "")) };
    html! {
        p {
            @for tag in tags {
                (badge(Tone::Calm, &tag.name)) " "
                (button("untag_job", "Remove", &this("tag", tag.id.as_str()), "")) " "
            }
        }
        ul {
            @for note in &job.notes {
                li {
                    (note.content) " "
                    (button("remove_note", "Remove", &this("note", note.id.as_str()), ""))
                }
            }
        }
        div.folds {
            (fold("Add note", &form("add_note", "", &note, "Add note")))
            (fold("Add tag", &form("tag_job", "", &tag, "Add tag")))
        }
    }
}
