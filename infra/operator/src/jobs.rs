use std::{
    error::Error,
    io::{Write, stdout},
    time::Duration,
};

use clap::Args;
use hcp::{CompanyId, JobId};
use ports::Clock;
use store::JobState;
use sync::{link_invoice::Linked, message::Subject};

use crate::deployed;

/// Where it was deployed.
const ENVIRONMENT: &str = "\
Where it was deployed (the outputs of `cdk deploy` name all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL";

/// How long a person waits for many invoices to be linked.
const PATIENCE: Duration = Duration::from_secs(600);

/// Which job of which company.
#[derive(Debug, Args)]
struct WhichJob {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// The job's id in Housecall Pro: `job_…`, the end of its address in the browser or of the API.
    #[arg(long)]
    job: JobId,
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct Push {
    #[command(flatten)]
    which: WhichJob,
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct Show {
    #[command(flatten)]
    which: WhichJob,
}

#[derive(Debug, Args)]
#[command(after_help = ENVIRONMENT)]
pub(crate) struct Link {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// The job whose alert `linkable_invoice` is taken up.
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    job: Option<JobId>,
    /// Every invoice that an open alert offers.
    #[arg(long)]
    all: bool,
}

impl Push {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let WhichJob { company_id, job } = self.which;
        let engine = deployed::engine().await?;
        let subject = Subject::Job(job.clone());
        let id = engine.push_by_hand(&company_id, &subject).await?;
        let mut out = stdout().lock();
        writeln!(out, "Push {id} of {job} is on its way.")?;
        writeln!(
            out,
            "What comes of it: operator job --company-id {company_id} --job {job}"
        )?;
        Ok(())
    }
}

impl Show {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let WhichJob { company_id, job } = self.which;
        let engine = deployed::engine().await?;
        let mut out = stdout().lock();
        let Some(status) = engine.job_status(&company_id, &job).await? else {
            writeln!(out, "Nothing was seen of {job} yet.")?;
            return Ok(());
        };
        let number = status.number.as_deref().unwrap_or("(not read yet)");
        writeln!(out, "Job       {number}")?;
        if let Some(customer) = &status.customer {
            writeln!(out, "Customer  {customer}")?;
        }
        if !status.emails.is_empty() {
            let emails = status.emails.join(", ");
            writeln!(
                out,
                "E-mail    {emails} (in Housecall Pro only: QuickBooks has one)"
            )?;
        }
        writeln!(out, "State     {}", words(status.state))?;
        if let Some(why) = &status.waits_for {
            writeln!(out, "Waits     {why}")?;
        }
        for mark in &status.marks {
            writeln!(out, "Seen      {mark}")?;
        }
        for alert in &status.alerts {
            writeln!(out, "Alert     {}: {}", alert.kind, alert.message)?;
            writeln!(out, "          {}", alert.resolution)?;
        }
        Ok(())
    }
}

impl Link {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let company = &self.company_id;
        let linked = match &self.job {
            Some(job) => vec![engine.link_invoice(company, job, deadline).await?],
            None => engine.link_all_invoices(company, deadline).await?,
        };
        let mut out = stdout().lock();
        let mut failed = 0_usize;
        for Linked {
            job,
            number,
            outcome,
        } in &linked
        {
            match outcome {
                Ok(()) => writeln!(
                    out,
                    "Linked      invoice {number} to {job}; it is updated now"
                )?,
                Err(reason) => {
                    failed += 1;
                    writeln!(out, "Not linked  invoice {number} to {job}: {reason}")?;
                }
            }
        }
        match (linked.len(), failed) {
            (0, _) => writeln!(out, "No open alert offers an invoice to link.")?,
            (_, 0) => {}
            (all, failed) => return Err(format!("{failed} of {all} were not linked").into()),
        }
        Ok(())
    }
}

fn words(state: JobState) -> &'static str {
    match state {
        JobState::NotSynced => "not synced",
        JobState::BeforeConnection => "from before the connection: push it by hand",
        JobState::Queued => "queued",
        JobState::Synced => "synced",
        JobState::PendingChanges => {
            "synced, and changed since: the next trigger or a push by hand carries it"
        }
        JobState::WaitsForTrigger => "waits for its trigger",
        JobState::NothingToSend => "nothing to send: its total is zero; push it by hand to send it",
        JobState::NothingOnIt => "nothing to send: there is not a single line on it",
        JobState::Alert => "see the alert",
        JobState::Gone => "gone from Housecall Pro",
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::{Arguments, Command};

    const COMPANY: &str = "6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506";

    fn parse(words: &[&str]) -> Result<Command, String> {
        let start = ["operator", words[0], "--company-id", COMPANY];
        let arguments = Arguments::try_parse_from(start.iter().chain(&words[1..]));
        Ok(arguments.map_err(|error| error.to_string())?.command)
    }

    #[test]
    fn one_invoice_is_linked_or_all_and_never_by_an_oversight() {
        let Ok(Command::Link(one)) = parse(&["link", "--job", "job_1"]) else {
            panic!("one");
        };
        assert!(one.job.is_some_and(|job| job.as_str() == "job_1") && !one.all);
        let Ok(Command::Link(all)) = parse(&["link", "--all"]) else {
            panic!("all");
        };
        assert!(all.job.is_none() && all.all);
        assert!(parse(&["link"]).is_err());
        assert!(parse(&["link", "--all", "--job", "job_1"]).is_err());
    }

    #[test]
    fn a_job_is_named_by_an_id() {
        assert!(parse(&["push", "--job", "job_1"]).is_ok());
        assert!(parse(&["push"]).is_err());
        assert!(parse(&["push", "--job", "no id"]).is_err());
        assert!(parse(&["job", "--job", "job_1"]).is_ok());
    }
}
