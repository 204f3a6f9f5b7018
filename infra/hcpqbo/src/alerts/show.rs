//! Alerts, as a terminal shows them.

use jiff::tz::TimeZone;
use office::words;
use serde::Deserialize;

use super::{Alert, handle};
use crate::table::{Side as Of, one_line, table};

/// An alert with all that can be done about it.
#[derive(Debug, Deserialize)]
pub(super) struct InFull {
    #[serde(flatten)]
    alert: Alert,
    choices: Vec<Choice>,
    instead: Option<String>,
    sides: Vec<Side>,
    dismissed: Option<Dismissed>,
}

/// A way out.
#[derive(Debug, Deserialize)]
struct Choice {
    key: String,
    words: String,
    asks: Option<Ask>,
}

/// What is said beside it.
#[derive(Debug, Deserialize)]
struct Ask {
    what: String,
    unless: Option<String>,
}

/// What both systems have.
#[derive(Debug, Deserialize)]
struct Side {
    what: String,
    housecall: Option<String>,
    quickbooks: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Dismissed {
    at: jiff::Timestamp,
    by: Option<String>,
    reason: String,
    for_good: bool,
}

/// An alert in a list: its letters, when, its type, its job; what happened, and what to do.
pub(crate) fn lines(alert: &Alert, zone: &TimeZone) -> String {
    let job = alert.job_number.as_deref();
    let job = job.map(|number| format!("  job {number}"));
    let times = match alert.count {
        1 => String::new(),
        count => format!("  ({count} times)"),
    };
    let message = one_line(alert.message.clone());
    let resolution = one_line(alert.resolution.clone());
    format!(
        "{}  {}  {}{}{times}\n        {message}\n        To do: {resolution}\n",
        handle(&alert.id),
        words::time(alert.last_at, zone),
        alert.kind,
        job.unwrap_or_default(),
    )
}

/// One alert.
pub(super) fn in_full(told: &InFull, zone: &TimeZone) -> String {
    let mut text = lines(&told.alert, zone);
    let beside = told.sides.iter().map(|side| {
        let known = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
        [
            side.what.clone(),
            known(&side.housecall),
            known(&side.quickbooks),
        ]
    });
    let heads = [
        ("", Of::Left),
        ("HOUSECALL PRO", Of::Left),
        ("QUICKBOOKS", Of::Left),
    ];
    let beside = table(heads, beside);
    if !beside.is_empty() {
        text.push('\n');
        text.push_str(&beside);
    }
    if let Some(dismissed) = &told.dismissed {
        text.push_str(&dismissal(dismissed, zone));
    } else if !told.alert.open {
        text.push_str("\nIt is closed.\n");
    }
    if let Some(instead) = &told.instead {
        text.push_str(&format!("\n{}\n", one_line(instead.clone())));
    }
    if !told.choices.is_empty() {
        text.push_str("\nWays out:\n");
    }
    for choice in &told.choices {
        text.push_str(&way_out(&handle(&told.alert.id), choice));
    }
    text
}

fn dismissal(dismissed: &Dismissed, zone: &TimeZone) -> String {
    let by = dismissed.by.as_ref().map(|by| format!(" by {by}"));
    let lasts = match dismissed.for_good {
        true => "it is not told again as long as it says the same",
        false => "the next trigger may raise it again",
    };
    format!(
        "\nDismissed {}{}: {} ({lasts}).\n",
        words::time(dismissed.at, zone),
        by.unwrap_or_default(),
        one_line(dismissed.reason.clone()),
    )
}

fn way_out(alert: &str, choice: &Choice) -> String {
    let said = choice.asks.as_ref().map(|ask| match &ask.unless {
        Some(unless) => format!(
            "          --said \"…\" says {}; without it: {}\n",
            ask.what,
            one_line(unless.clone())
        ),
        None => format!("          --said \"…\" must say {}\n", ask.what),
    });
    format!(
        "  {}\n        hcpqbo alerts resolve {alert} {}\n{}",
        one_line(choice.words.clone()),
        choice.key,
        said.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_shows_both_sides_and_the_command_of_each_way_out() {
        let told = serde_json::json!({
            "id": "am9iXzEjbmFtZV90YWtlbg", "kind": "name_taken", "open": true, "count": 2,
            "message": "A vendor in QuickBooks is named Nora Quillfeather.",
            "resolution": "Choose one of the ways out.",
            "job": "job_1", "job_number": "104", "difference": null, "ways": ["push"],
            "first_at": "2026-07-24T13:00:00Z", "last_at": "2026-07-25T13:00:00Z",
            "choices": [
                { "key": "make_customer", "words": "Make a new customer named Nora Quillfeather (customer)",
                  "asks": { "what": "the name of the new customer", "unless": "Nora Quillfeather (customer)" } },
                { "key": "use_named_customer", "words": "Use another customer of QuickBooks",
                  "asks": { "what": "the name of the customer in QuickBooks", "unless": null } },
                { "key": "push_again", "words": "Push job 104 once more", "asks": null },
            ],
            "instead": null,
            "sides": [{ "what": "name", "housecall": "Nora Quillfeather", "quickbooks": null }],
            "dismissed": null,
        });
        let told = serde_json::from_value(told).unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        insta::assert_snapshot!(in_full(&told, &zone), @r#"
        hjkrgf  2026-07-25 09:00:00 EDT  name_taken  job 104  (2 times)
                A vendor in QuickBooks is named Nora Quillfeather.
                To do: Choose one of the ways out.

              HOUSECALL PRO      QUICKBOOKS
        name  Nora Quillfeather  -

        Ways out:
          Make a new customer named Nora Quillfeather (customer)
                hcpqbo alerts resolve hjkrgf make_customer
                  --said "…" says the name of the new customer; without it: Nora Quillfeather (customer)
          Use another customer of QuickBooks
                hcpqbo alerts resolve hjkrgf use_named_customer
                  --said "…" must say the name of the customer in QuickBooks
          Push job 104 once more
                hcpqbo alerts resolve hjkrgf push_again
        "#);
    }
}
