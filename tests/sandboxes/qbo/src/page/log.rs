//! What the app asked, and how long it took.

use super::{
    ROWS, View,
    html::{Column, badge, escape, link, table},
};
use crate::log::Call;

pub(super) fn list(view: &View<'_>) -> String {
    let log = &view.state.log;
    let all = log.calls().count();
    let start = view.page.saturating_sub(1).saturating_mul(ROWS);
    let shown: Vec<&Call> = log.calls().rev().skip(start).take(ROWS).collect();
    let older = if start.saturating_add(ROWS) < all {
        link(
            &format!("/log?page={}", view.page.saturating_add(1)),
            "Older",
        )
    } else {
        String::new()
    };
    let newer = if view.page > 1 {
        link(&format!("/log?page={}", view.page - 1), "Newer")
    } else {
        String::new()
    };
    let mistakes: Vec<Vec<String>> = log
        .violations()
        .iter()
        .rev()
        .take(ROWS)
        .map(|violation| {
            vec![
                view.time(violation.at),
                badge("warn", &violation.rule),
                format!("<span class=\"mono\">{}</span>", escape(&violation.call)),
            ]
        })
        .collect();
    let columns = [
        Column("Time", false),
        Column("Rule", false),
        Column("Call", false),
    ];
    format!(
        "<h2>Request log <small>{all} kept</small></h2><section>{}</section><div class=\"pages\"><span>{newer}</span><span>{older}</span></div><h3>Client mistakes</h3><section>{}</section>",
        rows(view, &shown),
        table(&columns, &mistakes, "None"),
    )
}

pub(super) fn latest(view: &View<'_>, count: usize) -> String {
    let calls: Vec<&Call> = view.state.log.calls().rev().take(count).collect();
    rows(view, &calls)
}

fn rows(view: &View<'_>, calls: &[&Call]) -> String {
    let columns = [
        Column("Time", false),
        Column("Request", false),
        Column("Status", false),
        Column("Latency", true),
        Column("intuit_tid", false),
        Column("requestid", false),
    ];
    let cells: Vec<Vec<String>> = calls
        .iter()
        .map(|call| {
            let operation = match &call.operation {
                Some(operation) => format!(" · {operation}"),
                None => String::new(),
            };
            let mono = |text: &str| format!("<span class=\"mono\">{}</span>", escape(text));
            vec![
                view.time(call.at),
                mono(&format!("{} {}{operation}", call.method, call.path)),
                status(call),
                format!("{} ms", call.latency_ms()),
                mono(&call.intuit_tid),
                mono(call.request_id.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    table(&columns, &cells, "No requests yet")
}

fn status(call: &Call) -> String {
    let Some(status) = call.status else {
        return badge("bad", "dropped");
    };
    let tone = match status {
        200..300 => "good",
        400..500 => "warn",
        _ => "bad",
    };
    let label = match &call.code {
        Some(code) => format!("{status} · {code}"),
        None => status.to_string(),
    };
    badge(tone, &label)
}
