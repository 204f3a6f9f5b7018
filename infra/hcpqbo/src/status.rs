use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use office::words;
use serde::Deserialize;
use store::JobState;

use crate::{
    alerts::{Alert, handle},
    client::{Asking, Company, Office, sentence},
    failure::Failure,
    say,
    table::{Side, one_line, table},
};

/// Shows what wants somebody today, and whether all goes well.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    asking: Asking,
    /// Jobs that were finished so many days ago and of which no invoice was sent are missed.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=60))]
    days: u16,
}

/// Whether a system can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reached {
    Connected,
    Paused,
    Away,
    Refuses,
    RecordsLost,
}

#[derive(Debug, Deserialize)]
struct Today {
    quickbooks: Reached,
    housecall: Reached,
    last_webhook: Option<Timestamp>,
    oldest_unsynced: Option<Timestamp>,
    alerts: Vec<OfType>,
    waiting: Vec<Waiting>,
    more_waiting: bool,
    inbox: Figures,
    not_invoiced: Vec<Line>,
    more_not_invoiced: bool,
}

#[derive(Debug, Deserialize)]
struct OfType {
    kind: String,
    count: usize,
    oldest: Timestamp,
    latest: Alert,
}

#[derive(Debug, Deserialize)]
struct Waiting {
    job: Line,
    since: Option<Timestamp>,
    why: Option<String>,
    due: Option<Timestamp>,
}

/// A job in a list.
#[derive(Debug, Deserialize)]
struct Line {
    number: Option<String>,
    customer: Option<String>,
    state: JobState,
    date: String,
    total: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Figures {
    entries: usize,
    to_mark: usize,
    amount: String,
}

impl Status {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let answer = office.get(&format!("today?days={}", self.days)).await?;
        if self.asking.json {
            return say(&answer.text());
        }
        let head = format!("Office      {}\n", office.url());
        say(&(head + &shown(&answer.read()?, office.company())))
    }
}

fn reached(system: Reached) -> &'static str {
    match system {
        Reached::Connected => "connected",
        Reached::Paused => "paused: work waits until hcpqbo resume",
        Reached::Away => "does not answer; work waits and goes on by itself",
        Reached::Refuses => "refuses the keys: work waits until it is connected again",
        Reached::RecordsLost => {
            "the records of what was sent are lost: work waits until hcpqbo restore"
        }
    }
}

fn shown(today: &Today, company: &Company) -> String {
    let zone = company.zone();
    let time = |at: Option<Timestamp>, none: &str| {
        at.map_or_else(|| none.to_owned(), |at| words::time(at, &zone))
    };
    let mut text = format!(
        "Company     {} (your role: {})\nQuickBooks  {}\nHousecall   {}\nWebhook     {}\nUnsynced    {}\n",
        company.id,
        company.role,
        reached(today.quickbooks),
        reached(today.housecall),
        time(today.last_webhook, "none lately"),
        time(today.oldest_unsynced, "nothing waits"),
    );
    section(
        &mut text,
        "Open alerts",
        &alerts(&today.alerts, &zone),
        false,
    );
    let waiting = waiting(&today.waiting, &zone);
    section(&mut text, "Waiting work", &waiting, today.more_waiting);
    if today.inbox.entries > 0 {
        let Figures {
            entries,
            to_mark,
            amount,
        } = &today.inbox;
        text.push_str(&format!(
            "\nInbox: {entries} to be done in Housecall Pro, of which {to_mark} payments over {amount} are to be marked as paid (hcpqbo inbox).\n"
        ));
    }
    let jobs = not_invoiced(&today.not_invoiced);
    section(
        &mut text,
        "Finished, and no invoice sent",
        &jobs,
        today.more_not_invoiced,
    );
    text
}

/// A part that has nothing in it is left out.
fn section(text: &mut String, title: &str, rows: &str, is_cut: bool) {
    if rows.is_empty() {
        return;
    }
    text.push_str(&format!("\n{title}\n{rows}"));
    if is_cut {
        text.push_str("and more\n");
    }
}

fn alerts(all: &[OfType], zone: &TimeZone) -> String {
    let heads = [
        ("TYPE", Side::Left),
        ("OPEN", Side::Right),
        ("SINCE", Side::Left),
        ("LATEST", Side::Left),
        ("", Side::Left),
    ];
    let rows = all.iter().map(|one| {
        [
            one.kind.clone(),
            one.count.to_string(),
            words::time(one.oldest, zone),
            handle(&one.latest.id),
            one.latest.message.clone(),
        ]
    });
    table(heads, rows)
}

fn named(job: &Line) -> (String, String) {
    let number = job.number.clone().unwrap_or_else(|| "-".to_owned());
    (number, job.customer.clone().unwrap_or_default())
}

fn waiting(all: &[Waiting], zone: &TimeZone) -> String {
    let heads = [
        ("JOB", Side::Left),
        ("CUSTOMER", Side::Left),
        ("SINCE", Side::Left),
        ("WHY", Side::Left),
        ("AGAIN", Side::Left),
    ];
    let time = |at: Option<Timestamp>| at.map(|at| words::time(at, zone)).unwrap_or_default();
    let rows = all.iter().map(|one| {
        let (number, customer) = named(&one.job);
        let why = one
            .why
            .as_deref()
            .map(|why| sentence(&one_line(why.to_owned())));
        let why = why.unwrap_or_else(|| "Its turn comes.".to_owned());
        [number, customer, time(one.since), why, time(one.due)]
    });
    table(heads, rows)
}

fn not_invoiced(all: &[Line]) -> String {
    let heads = [
        ("JOB", Side::Left),
        ("CUSTOMER", Side::Left),
        ("DATE", Side::Left),
        ("TOTAL", Side::Right),
        ("STATE", Side::Left),
    ];
    let rows = all.iter().map(|job| {
        let (number, customer) = named(job);
        let total = job.total.clone().unwrap_or_default();
        let state = words::state(job.state).to_owned();
        [number, customer, job.date.clone(), total, state]
    });
    table(heads, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_morning_shows_health_alerts_waiting_work_and_what_nobody_invoiced() {
        let alert = serde_json::json!({
            "id": "am9iXzEjbmFtZV90YWtlbg", "kind": "name_taken", "open": true, "count": 1,
            "message": "A vendor in QuickBooks is named Nora Quillfeather.", "resolution": "Choose.",
            "job_number": "104", "last_at": "2026-07-25T13:00:00Z",
        });
        let job = |number: &str, state: &str| {
            serde_json::json!({ "id": "job_1", "number": number, "customer": "Dana Sample", "state": state,
                "date": "2026-07-20", "total": "419.40", "balance": "419.40", "read_at": null })
        };
        let today = serde_json::json!({
            "quickbooks": "connected", "housecall": "away",
            "last_webhook": "2026-07-25T12:59:00Z", "oldest_unsynced": null,
            "alerts": [{ "kind": "name_taken", "count": 3, "oldest": "2026-07-24T13:00:00Z", "latest": alert }],
            "waiting": [{ "job": job("105", "queued"), "since": "2026-07-25T12:00:00Z", "why": null, "due": null },
                        { "job": job("1006", "queued"), "since": null, "why": "Housecall Pro does not answer",
                          "due": "2026-07-25T13:05:00Z" }],
            "more_waiting": true,
            "inbox": { "entries": 2, "to_mark": 1, "amount": "419.40" },
            "not_invoiced": [job("107", "synced")], "more_not_invoiced": false,
        });
        let company = serde_json::json!({
            "id": "6a3f9be0", "role": "bookkeeper", "connection": "active", "time_zone": "America/New_York",
        });
        let company = serde_json::from_value(company).unwrap();
        let today = serde_json::from_value(today).unwrap();
        insta::assert_snapshot!(shown(&today, &company), @r"
        Company     6a3f9be0 (your role: bookkeeper)
        QuickBooks  connected
        Housecall   does not answer; work waits and goes on by itself
        Webhook     2026-07-25 08:59:00 EDT
        Unsynced    nothing waits

        Open alerts
        TYPE        OPEN  SINCE                    LATEST
        name_taken     3  2026-07-24 09:00:00 EDT  hjkrgf  A vendor in QuickBooks is named Nora Quillfeather.

        Waiting work
        JOB   CUSTOMER     SINCE                    WHY                             AGAIN
        105   Dana Sample  2026-07-25 08:00:00 EDT  Its turn comes.
        1006  Dana Sample                           Housecall Pro does not answer.  2026-07-25 09:05:00 EDT
        and more

        Inbox: 2 to be done in Housecall Pro, of which 1 payments over 419.40 are to be marked as paid (hcpqbo inbox).

        Finished, and no invoice sent
        JOB  CUSTOMER     DATE         TOTAL  STATE
        107  Dana Sample  2026-07-20  419.40  in QuickBooks
        ");
        let empty = serde_json::json!({
            "quickbooks": "paused", "housecall": "connected", "last_webhook": null, "oldest_unsynced": null,
            "alerts": [], "waiting": [], "more_waiting": false,
            "inbox": { "entries": 0, "to_mark": 0, "amount": "0.00" }, "not_invoiced": [], "more_not_invoiced": false,
        });
        let empty = serde_json::from_value(empty).unwrap();
        insta::assert_snapshot!(shown(&empty, &company), @r"
        Company     6a3f9be0 (your role: bookkeeper)
        QuickBooks  paused: work waits until hcpqbo resume
        Housecall   connected
        Webhook     none lately
        Unsynced    nothing waits
        ");
    }
}
