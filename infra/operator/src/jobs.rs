use std::{
    error::Error,
    io::{Write, stdout},
    time::Duration,
};

use clap::{ArgGroup, Args, ValueEnum};
use hcp::CompanyId;
use mapping::payment::Decision;
use money::Cents;
use ports::Clock;
use store::{Cause, JobState, Mark};
use sync::{
    Declined, NotDone,
    engine::Engine,
    job::find::{FoundJob, JobName},
    job::status::{DocumentStatus, JobStatus, PaymentStatus, ReceiptStatus},
    objects::link_invoice::Linked,
    work::message::Subject,
};
use wiring::Live;

use crate::{alerts, deployed, time};

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
        let mut out = stdout().lock();
        match engine.job_status(&company, &job.id).await? {
            Some(status) => show(&mut out, &job, &status)?,
            None => writeln!(
                out,
                "Nothing was seen of {} that sends it; operator push sends it now.",
                job.name()
            )?,
        }
        Ok(())
    }
}

fn show(out: &mut impl Write, job: &FoundJob, status: &JobStatus) -> std::io::Result<()> {
    let number = status.number.as_ref().or(job.number.as_ref());
    let number = number.map_or("(without a number)", String::as_str);
    let what = match job.id.invoice() {
        Some(_) => "Invoice     ",
        None => "Job         ",
    };
    writeln!(out, "{what}{number}  {}", job.id)?;
    if let Some(customer) = &status.customer {
        writeln!(out, "Customer    {customer}")?;
    }
    if !status.emails.is_empty() {
        let emails = status.emails.join(", ");
        writeln!(
            out,
            "E-mail      {emails} (in Housecall Pro only: QuickBooks has one)"
        )?;
    }
    writeln!(out, "State       {}", words(status.state))?;
    if let Some(why) = &status.waits_for {
        let until = status.due.map(|due| time::of(due, &status.zone));
        let until = until.map_or_else(String::new, |until| format!(" (looked at again {until})"));
        writeln!(out, "Waits       {why}{until}")?;
    }
    for document in &status.documents {
        document_lines(out, document)?;
    }
    for payment in &status.payments {
        payment_lines(out, payment)?;
    }
    for refund in &status.refunds {
        receipt_line(out, "refund receipt", refund)?;
    }
    for expense in &status.expenses {
        receipt_line(out, "expense", expense)?;
    }
    for repeated in &status.repeated {
        receipt_line(out, "sales receipt", repeated)?;
    }
    // Housecall Pro tells of one payment in several ways.
    let mut seen: Vec<String> = status
        .marks
        .iter()
        .map(|mark| format!("{}  {}", time::of(mark.at, &status.zone), seen(mark)))
        .collect();
    seen.dedup();
    for mark in seen {
        writeln!(out, "Seen        {mark}")?;
    }
    for alert in &status.alerts {
        writeln!(
            out,
            "Alert       {}  {}{}",
            time::of(alert.last_at, &status.zone),
            alert.kind,
            alerts::recurred(alert)
        )?;
        alerts::print(out, alert)?;
    }
    Ok(())
}

fn document_lines(out: &mut impl Write, document: &DocumentStatus) -> std::io::Result<()> {
    let DocumentStatus {
        what,
        number,
        date,
        total,
        customer,
        page,
    } = document;
    writeln!(
        out,
        "QuickBooks  {what} {number} of {}, dated {}, over {}",
        known(customer.as_ref()),
        known(date.as_ref()),
        known(*total)
    )?;
    writeln!(out, "            {page}")
}

fn known<T: ToString>(what: Option<T>) -> String {
    what.map_or_else(|| "(not known)".to_owned(), |what| what.to_string())
}

fn payment_lines(out: &mut impl Write, payment: &PaymentStatus) -> std::io::Result<()> {
    let rest = match payment.unapplied {
        Cents::ZERO => String::new(),
        rest => format!(", of which {rest} pays no invoice"),
    };
    let entered = match payment.joined {
        true => ", entered in QuickBooks",
        false => "",
    };
    writeln!(
        out,
        "QuickBooks  payment of {}, dated {}{rest}{entered}",
        known(payment.total),
        known(payment.date),
    )?;
    writeln!(out, "            {}", payment.page)
}

fn receipt_line(out: &mut impl Write, what: &str, receipt: &ReceiptStatus) -> std::io::Result<()> {
    writeln!(
        out,
        "QuickBooks  {what} of {}, dated {}",
        known(receipt.total),
        known(receipt.date),
    )
}

/// What a trigger was, for a person.
fn seen(mark: &Mark) -> String {
    let what = match mark.trigger {
        Cause::Finished => "finished",
        Cause::Invoiced => "invoice sent",
        Cause::Paid => "paid",
        Cause::Refunded => "refunded",
        Cause::Edited => "edited",
        Cause::ByHand => {
            let id = mark.key.trim_start_matches("by_hand@");
            return format!("pushed by hand ({id})");
        }
    };
    what.to_owned()
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

    use super::*;
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

    #[test]
    fn k1_a_job_is_shown_with_number_customer_total_date_and_link_in_the_companys_time() {
        let at = |text: &str| text.parse().unwrap();
        let status = JobStatus {
            number: Some("104".to_owned()),
            customer: Some("Dana Sample".to_owned()),
            emails: Vec::new(),
            state: JobState::Alert,
            marks: vec![Mark {
                key: "finished@2026-07-25T03:30:00Z".to_owned(),
                occurred: None,
                trigger: Cause::Finished,
                at: at("2026-07-25T03:30:00Z"),
                invoice: None,
                by: None,
            }],
            waits_for: None,
            due: None,
            payments: vec![PaymentStatus {
                total: Some(Cents::new(12_000)),
                date: Some(jiff::civil::date(2026, 7, 24)),
                unapplied: Cents::new(2_000),
                joined: true,
                page: "https://app.qbo.intuit.com/app/recvpayment?txnId=146".to_owned(),
            }],
            refunds: vec![ReceiptStatus {
                total: Some(Cents::new(4_000)),
                date: Some(jiff::civil::date(2026, 7, 26)),
            }],
            expenses: vec![ReceiptStatus {
                total: Some(Cents::new(1_500)),
                date: Some(jiff::civil::date(2026, 7, 27)),
            }],
            repeated: vec![ReceiptStatus {
                total: Some(Cents::new(2_500)),
                date: Some(jiff::civil::date(2026, 7, 28)),
            }],
            documents: vec![DocumentStatus {
                what: "invoice".to_owned(),
                number: "1001".to_owned(),
                date: Some("2026-07-24".to_owned()),
                total: Some(money::Cents::new(41_940)),
                customer: Some("Dana Sample".to_owned()),
                page: "https://app.qbo.intuit.com/app/invoice?txnId=145".to_owned(),
            }],
            alerts: vec![sync::AlertRecord {
                kind: "total_mismatch".to_owned(),
                subject: "job_1".to_owned(),
                job_number: Some("104".to_owned()),
                message: "QuickBooks has 0.01 more.".to_owned(),
                resolution: "Compare the two.".to_owned(),
                alert: None,
                count: 2,
                first_at: at("2026-07-25T03:30:00Z"),
                last_at: at("2026-07-25T13:00:00Z"),
                open: true,
                closed_at: None,
                dismissed: None,
            }],
            zone: jiff::tz::TimeZone::get("America/New_York").unwrap(),
        };
        let job = FoundJob {
            id: hcp::JobId::parse("job_1").unwrap(),
            number: None,
        };
        let mut out = Vec::new();
        show(&mut out, &job, &status).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(
            shown,
            "\
Job         104  job_1
Customer    Dana Sample
State       see the alert
QuickBooks  invoice 1001 of Dana Sample, dated 2026-07-24, over 419.40
            https://app.qbo.intuit.com/app/invoice?txnId=145
QuickBooks  payment of 120.00, dated 2026-07-24, of which 20.00 pays no invoice, entered in QuickBooks
            https://app.qbo.intuit.com/app/recvpayment?txnId=146
QuickBooks  refund receipt of 40.00, dated 2026-07-26
QuickBooks  expense of 15.00, dated 2026-07-27
QuickBooks  sales receipt of 25.00, dated 2026-07-28
Seen        2026-07-24 23:30:00 EDT  finished
Alert       2026-07-25 09:00:00 EDT  total_mismatch  (2 times)
            QuickBooks has 0.01 more.
            To do: Compare the two.
"
        );
    }
}
