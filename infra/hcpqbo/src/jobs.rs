use clap::Args;
use jiff::civil::Date;
use office::words;
use serde::Deserialize;
use store::JobState;

use crate::{
    client::{Asking, Office},
    failure::Failure,
    lists::{self, Paging},
    table::{Side, table},
};

/// Lists the jobs that were seen here, the latest first.
#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(flatten)]
    asking: Asking,
    /// Only those in this state.
    #[arg(long, value_parser = state, value_name = "STATE")]
    state: Option<JobState>,
    /// Not before this day: 2026-07-24.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Not after this day.
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Those of customers whose name begins so, in the order of the names.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["state", "from", "to"])]
    customer: Option<String>,
    /// All that have a number, the highest first.
    #[arg(long, conflicts_with_all = ["state", "from", "to", "customer"])]
    by_number: bool,
    #[command(flatten)]
    paging: Paging,
}

/// A state by its name in the API; a typo is told with those that there are.
fn state(text: &str) -> Result<JobState, String> {
    let known = JobState::ALL.into_iter();
    let mut known = known.filter(|state| state.as_str() == text);
    known.next().ok_or_else(|| {
        let all = JobState::ALL.map(JobState::as_str);
        format!("there are: {}", all.join(", "))
    })
}

#[derive(Deserialize)]
struct Job {
    id: String,
    number: Option<String>,
    customer: Option<String>,
    state: JobState,
    date: String,
    total: Option<String>,
    balance: Option<String>,
}

impl Jobs {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let by = [
            ("state", self.state.map(|state| state.as_str().to_owned())),
            ("from", self.from.map(|day| day.to_string())),
            ("to", self.to.map(|day| day.to_string())),
            ("customer", self.customer),
            ("by_number", self.by_number.then(|| "true".to_owned())),
        ];
        let of = ("jobs", by.as_slice());
        let shown = (&self.paging, self.asking.json);
        lists::show::<Job>(&mut office, of, shown, ("job", "jobs"), rows).await
    }
}

fn rows(jobs: Vec<Job>) -> String {
    let heads = [
        ("JOB", Side::Left),
        ("CUSTOMER", Side::Left),
        ("DATE", Side::Left),
        ("TOTAL", Side::Right),
        ("BALANCE", Side::Right),
        ("STATE", Side::Left),
    ];
    let rows = jobs.into_iter().map(|job| {
        [
            job.number.unwrap_or(job.id),
            job.customer.unwrap_or_default(),
            job.date,
            job.total.unwrap_or_default(),
            job.balance.unwrap_or_default(),
            words::state(job.state).to_owned(),
        ]
    });
    table(heads, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_jobs_stand_in_a_table_with_their_state_in_words() {
        let jobs = serde_json::json!([
            { "id": "job_1", "number": "104", "customer": "Dana Sample", "state": "synced",
              "date": "2026-07-24", "total": "419.40", "balance": "0.00", "read_at": null },
            { "id": "job_2", "number": null, "customer": null, "state": "alert",
              "date": "2026-07-23", "total": null, "balance": null, "read_at": null },
        ]);
        insta::assert_snapshot!(rows(serde_json::from_value(jobs).unwrap()), @r#"
        JOB    CUSTOMER     DATE         TOTAL  BALANCE  STATE
        104    Dana Sample  2026-07-24  419.40     0.00  in QuickBooks
        job_2               2026-07-23                   needs you: see the alert
        "#);
    }

    #[test]
    fn a_state_that_there_is_not_is_told_with_those_that_there_are() {
        assert_eq!(state("synced"), Ok(JobState::Synced));
        let told = state("sinced").unwrap_err();
        assert!(told.contains("waits_for_trigger, "), "{told}");
    }
}
