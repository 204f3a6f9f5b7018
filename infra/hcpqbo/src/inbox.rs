use clap::{Args, Subcommand};
use jiff::{Timestamp, tz::TimeZone};
use office::words;
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::{Asking, Office, part},
    failure::Failure,
    lists::{self, Paging},
    orders::{self, Waiting},
    say,
    table::one_line,
};

/// Lists what people did in QuickBooks and is to be done in Housecall Pro too, the earliest first; or ticks it off.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Inbox {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    asking: Asking,
    #[command(flatten)]
    paging: Paging,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Ticks an entry off: it was done in Housecall Pro.
    Done(Which),
    /// Takes back that an entry was ticked off.
    Undo(Which),
}

#[derive(Debug, Args)]
struct Which {
    #[command(flatten)]
    asking: Asking,
    /// The reference of the entry, as the list shows it (`QBO-311`).
    reference: String,
    /// The number of the job that it is about, where a payment pays several.
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
}

/// Has QuickBooks looked at now for what people did there; a schedule does so by itself.
///
/// Waits until that is done.
#[derive(Debug, Args)]
pub(crate) struct Pull {
    #[command(flatten)]
    asking: Asking,
    /// Only for this job, by its number or its id; else for all that changed.
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
    #[command(flatten)]
    waiting: Waiting,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    reference: String,
    job: String,
    job_number: Option<String>,
    customer: Option<String>,
    request: String,
    since: Timestamp,
}

/// What of a job's card names it.
#[derive(Deserialize)]
struct Card {
    id: String,
}

impl Inbox {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            Some(Action::Done(which)) => which.tick(true).await,
            Some(Action::Undo(which)) => which.tick(false).await,
            None => {
                let mut office = Office::open(&self.asking).await?;
                let zone = office.company().zone();
                let called = (
                    "entry waits to be done in Housecall Pro",
                    "entries wait to be done in Housecall Pro",
                );
                let shown = (&self.paging, self.asking.json);
                let rows = |all: Vec<Entry>| all.iter().map(|one| lines(one, &zone)).collect();
                lists::show(&mut office, ("inbox", &[]), shown, called, rows).await
            }
        }
    }
}

impl Which {
    async fn tick(self, done: bool) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let job = match (&self.job, done) {
            (Some(number), _) => {
                let card = office.get(&format!("jobs/{}", part(number))).await?;
                card.read::<Card>()?.id
            }
            (None, true) => {
                let all: Vec<Entry> = lists::whole(&mut office, "inbox", &[]).await?;
                of_reference(&self.reference, &all)?
            }
            (None, false) => {
                let words = "Say which job it is about with --job: what was ticked off is in the list no more.";
                return Err(Failure::declined(words));
            }
        };
        let tick = json!({ "job": job, "reference": self.reference, "done": done });
        let answer = office.post("inbox/ticks", tick).await?;
        if self.asking.json {
            return say(&answer.text());
        }
        let entry: Entry = answer.read()?;
        let request = one_line(entry.request);
        say(&match done {
            true => format!("Done: {request}\n"),
            false => format!("To be done after all: {request}\n"),
        })
    }
}

/// The id of the job of the only entry of that reference.
fn of_reference(reference: &str, all: &[Entry]) -> Result<String, Failure> {
    let found: Vec<&Entry> = all
        .iter()
        .filter(|entry| entry.reference.eq_ignore_ascii_case(reference))
        .collect();
    match found.as_slice() {
        [only] => Ok(only.job.clone()),
        [] => Err(Failure::Declined(format!(
            "Nothing in the inbox has the reference {reference}: hcpqbo inbox lists what waits."
        ))),
        several => {
            let jobs: Vec<&str> = several
                .iter()
                .map(|entry| entry.job_number.as_deref().unwrap_or(&entry.job))
                .collect();
            Err(Failure::Declined(format!(
                "{reference} is about several jobs: say which one with --job ({}).",
                jobs.join(", ")
            )))
        }
    }
}

impl Pull {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let body = match &self.job {
            Some(job) => json!({ "job": job }),
            None => json!({}),
        };
        let taken = office.post("pulls", body).await?;
        let ended = orders::pulled(&mut office, &taken.read()?, &self.waiting).await?;
        orders::report(&office, &[ended], self.asking.json)?;
        if self.asking.json {
            return Ok(());
        }
        let shows = match &self.job {
            Some(job) => format!("hcpqbo card {job}"),
            None => "hcpqbo inbox".to_owned(),
        };
        say(&format!("{shows} shows what came of it.\n"))
    }
}

pub(crate) fn lines(entry: &Entry, zone: &TimeZone) -> String {
    let job = entry.job_number.as_ref().unwrap_or(&entry.job);
    let customer = entry.customer.as_ref().map(|name| format!(" of {name}"));
    let head = format!(
        "{}  {}  job {job}{}",
        words::time(entry.since, zone),
        entry.reference,
        customer.unwrap_or_default()
    );
    let request = one_line(entry.request.clone());
    format!("{}\n            {request}\n", one_line(head))
}

/// The same on the card of its job.
pub(crate) fn on_card(entry: &Entry) -> String {
    let request = one_line(entry.request.clone());
    format!("Inbox       {request} ({})\n", entry.reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(job: &str, number: &str) -> Entry {
        Entry {
            reference: "QBO-311".to_owned(),
            job: job.to_owned(),
            job_number: Some(number.to_owned()),
            customer: Some("Dana Sample".to_owned()),
            request: "Mark 419.40 as paid.".to_owned(),
            since: "2026-07-25T13:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_entry_is_named_by_its_reference_or_also_by_its_job() {
        let all = [entry("job_1", "104"), entry("job_2", "105")];
        let told = |reference, all: &[Entry]| match of_reference(reference, all) {
            Ok(job) => job,
            Err(failure) => failure.to_string(),
        };
        let cases = [
            told("qbo-311", &all[..1]),
            told("QBO-311", &all),
            told("QBO-9", &all),
            lines(&all[0], &TimeZone::UTC),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        job_1
        QBO-311 is about several jobs: say which one with --job (104, 105).
        Nothing in the inbox has the reference QBO-9: hcpqbo inbox lists what waits.
        2026-07-25 13:00:00 UTC  QBO-311  job 104 of Dana Sample
                    Mark 419.40 as paid.
        ");
    }
}
