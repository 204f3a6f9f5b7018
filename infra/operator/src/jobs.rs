use std::{
    error::Error,
    io::{Write, stdout},
    time::Duration,
};

use clap::{ArgGroup, Args, ValueEnum};
use hcp::CompanyId;
use mapping::payment::Decision;
use money::Cents;
use office::Office;
use ports::Clock;
use sync::{
    Declined, NotDone,
    engine::Engine,
    job::find::{FoundJob, JobName},
    objects::link_invoice::Linked,
    work::message::Subject,
};
use wiring::Live;

use crate::{card, deployed};

/// How long a person waits for many invoices to be linked.
const PATIENCE: Duration = Duration::from_secs(600);

/// Which job of which company.
#[derive(Debug, Args)]
struct WhichJob {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    #[command(flatten)]
    name: Name,
}

/// What the job is called by.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Name {
    /// The job's number, as Housecall Pro shows it (`104`), or its id (`job_…`).
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
    /// The number of one of its invoices, or that one's id (`invoice_…`).
    #[arg(long, value_name = "NUMBER")]
    invoice: Option<String>,
}

impl Name {
    fn into_job(self) -> Option<JobName> {
        let job = self.job.map(JobName::Job);
        job.or(self.invoice.map(JobName::Invoice))
    }
}

impl WhichJob {
    async fn find(self, engine: &Engine<Live>) -> Result<(CompanyId, FoundJob), Box<dyn Error>> {
        let name = self.name.into_job().ok_or("no job is named")?;
        let found = engine.find_job(&self.company_id, &name).await?;
        Ok((self.company_id, found))
    }
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Push {
    #[command(flatten)]
    which: WhichJob,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Show {
    #[command(flatten)]
    which: WhichJob,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
#[command(group = ArgGroup::new("which").required(true).args(["job", "invoice", "all"]))]
pub(crate) struct Link {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// The number or the id of the job whose alert `linkable_invoice` is taken up.
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
    /// The number or the id of one of its invoices.
    #[arg(long, value_name = "NUMBER")]
    invoice: Option<String>,
    /// Every invoice that an open alert offers.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Payment {
    #[command(flatten)]
    which: WhichJob,
    /// Which of its payments and refunds, by the id that Housecall Pro gives it, where alerts ask about several.
    #[arg(long)]
    id: Option<String>,
    /// What it is.
    decision: Decided,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Customer {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// The number of the invoice, or its id (`invoice_…`).
    #[arg(long, value_name = "NUMBER")]
    invoice: String,
    /// The customer, by the name in Housecall Pro or by the id (`cus_…`).
    #[arg(long, value_name = "NAME")]
    is: String,
}

/// What a person decides about a payment or a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Decided {
    /// The same money as QuickBooks has, or none that it needs: it is not sent.
    Same,
    /// Other money: it is sent.
    Separate,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Dismiss {
    #[command(flatten)]
    which: WhichJob,
    /// By how much both books differ, as an open alert of the job says it (`12.50`).
    #[arg(long, value_name = "AMOUNT")]
    difference: Cents,
    /// Why that is as it should be.
    #[arg(long)]
    reason: String,
}

impl Dismiss {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let (company, job) = self.which.find(&engine).await?;
        let (difference, reason) = (self.difference, self.reason.trim());
        let by = deployed::by().await;
        let dismissed =
            engine.dismiss_difference(&company, &job.id, difference, reason, &by, deadline);
        let message = dismissed.await?;
        writeln!(
            stdout().lock(),
            "Accepted, and told no more unless it changes: {message}"
        )?;
        Ok(())
    }
}

impl Customer {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let company = &self.company_id;
        let name = JobName::Invoice(self.invoice);
        let invoice = engine.find_job(company, &name).await?;
        let by = deployed::by().await;
        let chosen = engine.choose_payer(company, &invoice.id, &self.is, &by, deadline);
        let customer = chosen.await?;
        let (mut out, named) = (stdout().lock(), invoice.name());
        writeln!(out, "The {named} is {customer}'s, and is sent now.")?;
        Ok(())
    }
}

impl Payment {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let (company, job) = self.which.find(&engine).await?;
        let (decision, comes) = match self.decision {
            Decided::Same => (Decision::Same, "is not sent"),
            Decided::Separate => (Decision::Separate, "is sent now"),
        };
        let id = self.id.as_deref();
        let by = deployed::by().await;
        let decided = engine.decide_payment(&company, &job.id, id, decision, &by, deadline);
        let decided = decided.await?;
        let amount = decided.amount.map(|amount| format!(" of {amount}"));
        writeln!(
            stdout().lock(),
            "The {}{} of {} {comes}.",
            decided.what,
            amount.unwrap_or_default(),
            job.name()
        )?;
        Ok(())
    }
}

impl Push {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let (company, job) = self.which.find(&engine).await?;
        let subject = Subject::Job(job.id.clone());
        let by = deployed::by().await;
        let id = engine.push_by_hand(&company, &subject, &by).await?;
        let mut out = stdout().lock();
        writeln!(out, "Push {id} of {} is on its way.", job.name())?;
        writeln!(
            out,
            "What comes of it: operator job --company-id {company} --job {}",
            called(&job)
        )?;
        Ok(())
    }
}

/// By its number, where that is known.
fn called(job: &FoundJob) -> &str {
    job.number.as_deref().unwrap_or(job.id.as_str())
}

impl Show {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let (company, job) = self.which.find(&engine).await?;
        let office = Office::new(engine);
        let name = JobName::Job(job.id.to_string());
        let mut out = stdout().lock();
        match office.card_of(&company, &name).await {
            Ok(view) => card::show(&mut out, &view)?,
            Err(NotDone::Declined(Declined::NoSuch { .. })) => writeln!(
                out,
                "Nothing was seen of {} that sends it; operator push sends it now.",
                job.name()
            )?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl Link {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let company = &self.company_id;
        let name = Name {
            job: self.job,
            invoice: self.invoice,
        };
        let by = deployed::by().await;
        let linked = match name.into_job() {
            Some(name) => {
                let job = engine.find_job(company, &name).await?;
                vec![engine.link_invoice(company, &job.id, &by, deadline).await?]
            }
            None => engine.link_all_invoices(company, &by, deadline).await?,
        };
        let mut out = stdout().lock();
        let (mut declined, mut failed) = (0_usize, 0_usize);
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
                    match reason {
                        NotDone::Declined(_) => declined += 1,
                        NotDone::Stop(_) => failed += 1,
                    }
                    let reason = sync::chain(reason);
                    writeln!(out, "Not linked  invoice {number} to {job}: {reason}")?;
                }
            }
        }
        let all = linked.len();
        match (all, declined, failed) {
            (0, ..) => writeln!(out, "No open alert offers an invoice to link.")?,
            (_, 0, 0) => {}
            (_, _, 0) => {
                let words = format!("{declined} of {all} were not linked");
                let what = "invoice";
                return Err(NotDone::from(Declined::NotUsable { what, words }).into());
            }
            _ => return Err(format!("{} of {all} were not linked", declined + failed).into()),
        }
        Ok(())
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
        assert!(one.job.as_deref() == Some("job_1") && !one.all);
        let Ok(Command::Link(all)) = parse(&["link", "--all"]) else {
            panic!("all");
        };
        assert!(all.job.is_none() && all.all);
        assert!(parse(&["link"]).is_err());
        assert!(parse(&["link", "--all", "--job", "job_1"]).is_err());
    }

    #[test]
    fn a_job_is_named_by_its_number_or_by_an_invoices() {
        for command in ["push", "job", "link"] {
            for name in [["--job", "104"], ["--job", "job_1"], ["--invoice", "1001"]] {
                assert!(parse(&[command, name[0], name[1]]).is_ok(), "{command}");
            }
            assert!(parse(&[command]).is_err(), "{command}");
            let both = [command, "--job", "104", "--invoice", "1001"];
            assert!(parse(&both).is_err(), "{command}");
        }
    }
}
