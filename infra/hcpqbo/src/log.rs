use clap::Args;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use office::words;
use serde::Deserialize;

use crate::{
    client::{Asking, Office},
    failure::Failure,
    lists::{self, Paging},
    say,
    table::one_line,
};

/// Shows everything that was done, by people and by itself, the latest first.
#[derive(Debug, Args)]
pub(crate) struct Log {
    #[command(flatten)]
    asking: Asking,
    /// Not before this day: 2026-07-24.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Not after this day.
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// As a table for a spreadsheet (CSV), of 2,000 entries at most.
    #[arg(long, conflicts_with_all = ["json", "limit", "all", "cursor"])]
    csv: bool,
    #[command(flatten)]
    paging: Paging,
}

/// Something that was done.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Done {
    at: Timestamp,
    job_number: Option<String>,
    customer: Option<String>,
    who: Option<String>,
    what: String,
    sent: Vec<Sent>,
    more: usize,
    changes: Vec<Change>,
    ended: String,
}

/// An object that was sent.
#[derive(Clone, Debug, Deserialize)]
struct Sent {
    what: String,
    action: String,
    changes: Vec<Change>,
    more: usize,
    answer: String,
}

/// A field that is otherwise than before.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Change {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl Log {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let (from, to) = (day(self.from), day(self.to));
        if self.csv {
            let days = [("from", from), ("to", to)];
            let days = days
                .into_iter()
                .filter_map(|(name, day)| Some((name, day?)));
            let query: Vec<String> = days.map(|(name, day)| format!("{name}={day}")).collect();
            let table = office.get(&format!("log.csv?{}", query.join("&"))).await?;
            return say(&table.text());
        }
        let by = [("from", from), ("to", to)];
        let zone = office.company().zone();
        let shown = (&self.paging, self.asking.json);
        let rows = |all: Vec<Done>| all.iter().map(|done| lines(done, &zone, "")).collect();
        lists::show(&mut office, ("log", &by), shown, ("entry", "entries"), rows).await
    }
}

/// What was done, in lines that begin with some text.
pub(crate) fn lines(done: &Done, zone: &TimeZone, begin: &str) -> String {
    let job = done
        .job_number
        .as_ref()
        .map(|number| format!("  job {number}"));
    let customer = done.customer.as_ref().map(|name| format!(" of {name}"));
    let about = job.map(|job| job + customer.as_deref().unwrap_or_default());
    let who = done.who.as_ref().map(|who| format!("{who}: "));
    let ended = match done.ended.as_str() {
        "" => String::new(),
        ended => format!("; {ended}"),
    };
    let head = format!(
        "{}{}  {}{}{ended}",
        words::time(done.at, zone),
        about.unwrap_or_default(),
        who.unwrap_or_default(),
        done.what,
    );
    let mut text = format!("{begin}{}\n", one_line(head));
    changes(&mut text, &done.changes, 0);
    for sent in &done.sent {
        let line = format!("{} {}: {}", sent.what, sent.action, sent.answer);
        text.push_str(&format!("            {}\n", one_line(line)));
        changes(&mut text, &sent.changes, sent.more);
    }
    if done.more > 0 {
        text.push_str(&format!("            and {} more\n", done.more));
    }
    text
}

/// Fields that are otherwise than before, and how many more are.
pub(crate) fn changes(text: &mut String, changes: &[Change], more: usize) {
    for change in changes {
        let known = |side: &Option<String>| side.clone().unwrap_or_else(|| "-".to_owned());
        let (before, after) = (known(&change.before), known(&change.after));
        let line = format!("{}: {before} -> {after}", change.field);
        text.push_str(&format!("            {}\n", one_line(line)));
    }
    if more > 0 {
        text.push_str(&format!("            and {more} more\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_who_did_what_and_what_was_sent() {
        let done = serde_json::json!({
            "at": "2026-07-25T13:00:00Z", "job_number": "104", "customer": "Dana Sample", "who": "kim@example.com",
            "what": "pushed by hand", "ended": "in QuickBooks", "took": 900, "more": 0, "changes": [],
            "sent": [{ "what": "invoice 104", "action": "changed", "answer": "taken", "more": 2,
                "changes": [{ "field": "line 2: amount", "before": "10.00", "after": "12.00" },
                            { "field": "note", "before": null, "after": "a\nb" }] }],
        });
        let done: Done = serde_json::from_value(done).unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        insta::assert_snapshot!(lines(&done, &zone, ""), @r"
        2026-07-25 09:00:00 EDT  job 104 of Dana Sample  kim@example.com: pushed by hand; in QuickBooks
                    invoice 104 changed: taken
                    line 2: amount: 10.00 -> 12.00
                    note: - -> a b
                    and 2 more
        ");
    }
}
