//! What wants somebody today.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use office::{JobRow, Reach, Today};

use super::{
    Page, page,
    parts::{money, table, time},
};
use crate::sessions::Visit;

/// The page. `days`: for how long a job may be finished without an invoice.
pub(crate) fn show(visit: &Visit, today: &Today, zone: &TimeZone, days: u16) -> Page {
    let body = html! {
        section { h2 { "Is all well?" } (health(today, zone)) }
        section { h2 { "Alerts" } (alerts(today, zone)) }
        section { h2 { "Waiting" } (waiting(today, zone)) }
        section { h2 { "To mark paid in Housecall Pro" } (inbox(today)) }
        section { h2 { "Finished " (days) " days ago or longer, and not invoiced" } (not_invoiced(today)) }
    };
    page("Today", Some(visit), &body)
}

fn health(today: &Today, zone: &TimeZone) -> Markup {
    html! {
        dl {
            dt { "QuickBooks" }
            dd { (reach(today.quickbooks)) }
            dt { "Housecall Pro" }
            dd { (reach(today.housecall)) }
            dt { "Last news from Housecall Pro" }
            dd { @match today.last_webhook { Some(at) => (time(at, zone)), None => "none lately" } }
            dt { "Oldest change that is not in QuickBooks yet" }
            dd { @match today.oldest_unsynced { Some(at) => (time(at, zone)), None => "none" } }
        }
    }
}

fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Connected => "Connected",
        Reach::Paused => "Paused: nothing is sent until an admin has it go on",
        Reach::Away => "Does not answer: what is to be sent waits",
        Reach::Refuses => "Refuses us: an admin has to connect it again, or enter its key",
        Reach::RecordsLost => "Waiting: whoever runs this program has to restore lost records",
    }
}

fn alerts(today: &Today, zone: &TimeZone) -> Markup {
    if today.alerts.is_empty() {
        return html! { p { "Nothing needs you." } };
    }
    let rows = html! {
        @for cause in &today.alerts {
            tr {
                td { (cause.latest.record.message) }
                td { (cause.latest.record.resolution) }
                td.figure { (cause.count) }
                td { (time(cause.oldest, zone)) }
            }
        }
    };
    table(
        &[
            "What happened last",
            "What to do",
            "How many like it",
            "Since",
        ],
        &rows,
    )
}

fn waiting(today: &Today, zone: &TimeZone) -> Markup {
    if today.waiting.rows.is_empty() {
        return html! { p { "Nothing waits." } };
    }
    let rows = html! {
        @for row in &today.waiting.rows {
            tr {
                (job(&row.job))
                td { (row.why.as_deref().unwrap_or("its turn comes")) }
                td { @if let Some(due) = row.due { (time(due, zone)) } }
            }
        }
    };
    html! {
        (table(&["Job", "Customer", "Why", "Next try"], &rows))
        (more(today.waiting.more))
    }
}

fn inbox(today: &Today) -> Markup {
    let inbox = today.inbox;
    html! {
        @if inbox.to_mark == 0 { p { "No payment is to be marked." } }
        @else if inbox.to_mark == 1 { p { "One payment of " (money(inbox.amount)) "." } }
        @else { p { (inbox.to_mark) " payments, " (money(inbox.amount)) " in all." } }
    }
}

fn not_invoiced(today: &Today) -> Markup {
    if today.not_invoiced.rows.is_empty() {
        return html! { p { "There is none." } (more(today.not_invoiced.more)) };
    }
    let rows = html! {
        @for row in &today.not_invoiced.rows {
            tr {
                (job(row))
                td { (row.date) }
                td.figure { @if let Some(total) = row.total { (money(total)) } }
            }
        }
    };
    html! {
        (table(&["Job", "Customer", "Date", "Total"], &rows))
        (more(today.not_invoiced.more))
    }
}

/// The first two cells of a job's row.
fn job(row: &JobRow) -> Markup {
    html! {
        td { (row.number.as_deref().unwrap_or("not read yet")) }
        td { (row.customer.as_deref().unwrap_or_default()) }
    }
}

fn more(is_more: bool) -> Markup {
    html! { @if is_more { p.hint { "There may be more than was looked through for this page." } } }
}
