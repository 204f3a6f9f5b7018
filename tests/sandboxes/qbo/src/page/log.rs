//! What the app asked, and how long it took.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Tone, badge, plain, table,
};

use super::{ROWS, View};
use crate::log::Call;

pub(super) fn list(view: &View<'_>) -> Markup {
    let log = &view.state.log;
    let calls: Vec<&Call> = log.calls().rev().collect();
    let (shown, pages) = view.paged("/log", &calls);
    let mistakes = log.violations().iter().rev().take(ROWS).map(|violation| {
        [
            plain(&view.time(violation.at)),
            badge(Tone::Busy, &violation.rule),
            html! { code { (violation.call) } },
        ]
    });
    let columns = [Text("Time"), Text("Rule"), Text("Call")];
    html! {
        h1 { "Request log " small { (calls.len()) " kept" } }
        section.card { (rows(view, shown)) }
        (pages)
        section.card {
            h2 { "Client mistakes" }
            (table(&columns, mistakes, "None"))
        }
    }
}

pub(super) fn latest(view: &View<'_>, count: usize) -> Markup {
    let calls: Vec<&Call> = view.state.log.calls().rev().take(count).collect();
    rows(view, &calls)
}

fn rows(view: &View<'_>, calls: &[&Call]) -> Markup {
    let columns = [
        Text("Time"),
        Text("Request"),
        Text("Status"),
        Number("Latency"),
        Text("intuit_tid"),
        Text("requestid"),
    ];
    let rows = calls.iter().map(|call| {
        [
            plain(&view.time(call.at)),
            html! {
                code {
                    (call.method) " " (call.path)
                    @if let Some(operation) = &call.operation { " · " (operation) }
                }
            },
            status(call),
            html! { (call.latency_ms()) " ms" },
            html! { code { (call.intuit_tid) } },
            html! { @if let Some(id) = &call.request_id { code { (id) } } },
        ]
    });
    table(&columns, rows, "No requests yet")
}

fn status(call: &Call) -> Markup {
    let Some(status) = call.status else {
        return badge(Tone::Bad, "dropped");
    };
    let tone = match status {
        200..300 => Tone::Good,
        400..500 => Tone::Busy,
        _ => Tone::Bad,
    };
    match &call.code {
        Some(code) => badge(tone, &format!("{status} · {code}")),
        None => badge(tone, &status.to_string()),
    }
}
