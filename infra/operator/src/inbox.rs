use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Args;
use hcp::CompanyId;
use mapping::received::{reference, referred_to, request};
use office::words;
use store::InboxEntry;
use sync::{
    Declined, NotDone,
    engine::Engine,
    job::find::{FoundJob, JobName},
    pull::inbox::Inbox as Entries,
};
use wiring::Live;

use crate::deployed;

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Inbox {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// Ticks an entry off: it was done in Housecall Pro. Its reference, as the list shows it (`QBO-311`).
    #[arg(long, value_name = "REFERENCE", requires = "job")]
    done: Option<String>,
    /// The number or the id of the job that the entry is about.
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Pull {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// Only for this job, by its number or its id; else for all that changed.
    #[arg(long, value_name = "NUMBER")]
    job: Option<String>,
}

impl Inbox {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let mut out = stdout().lock();
        let (Some(done), Some(job)) = (self.done, self.job) else {
            let entries = engine.inbox(&self.company_id).await?;
            return Ok(list(&mut out, &entries)?);
        };
        let job = find(&engine, &self.company_id, job).await?;
        let payment = referred_to(&done);
        let payment = payment.ok_or_else(|| {
            let words = format!("{done} is no reference of the list: they begin with QBO-");
            NotDone::from(Declined::NotUsable {
                what: "reference",
                words,
            })
        })?;
        let by = deployed::by().await;
        let entry = engine
            .tick_off(&self.company_id, &job.id, &payment, &by)
            .await?;
        let told = request(&entry.news, &entry.facts);
        writeln!(out, "Done: {told}")?;
        Ok(())
    }
}

impl Pull {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let company = &self.company_id;
        let job = match self.job {
            Some(job) => Some(find(&engine, company, job).await?),
            None => None,
        };
        let id = job.as_ref().map(|job| &job.id);
        engine
            .pull_by_hand(company, id, &deployed::by().await)
            .await?;
        writeln!(
            stdout().lock(),
            "QuickBooks is looked at now. What comes of it: operator inbox --company-id {company}"
        )?;
        Ok(())
    }
}

async fn find(
    engine: &Engine<Live>,
    company: &CompanyId,
    job: String,
) -> Result<FoundJob, NotDone> {
    engine.find_job(company, &JobName::Job(job)).await
}

fn list(out: &mut impl Write, inbox: &Entries) -> std::io::Result<()> {
    for entry in &inbox.entries {
        let job = FoundJob {
            id: entry.job.clone(),
            number: entry.job_number.clone(),
        };
        writeln!(
            out,
            "{}  {}  {}{}",
            words::time(entry.since, &inbox.zone),
            reference(&entry.payment),
            job.name(),
            of_customer(entry)
        )?;
        writeln!(out, "            {}", request(&entry.news, &entry.facts))?;
    }
    match inbox.entries.len() {
        0 => writeln!(
            out,
            "Nothing from QuickBooks waits to be done in Housecall Pro."
        ),
        1 => writeln!(out, "1 entry waits to be done in Housecall Pro."),
        count => writeln!(out, "{count} entries wait to be done in Housecall Pro."),
    }
}

fn of_customer(entry: &InboxEntry) -> String {
    let customer = entry.customer.as_ref();
    customer.map_or_else(String::new, |customer| format!(", {customer}"))
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};
    use mapping::received::{Facts, News, Part};
    use money::Cents;

    use super::*;

    #[test]
    fn r2_the_inbox_says_what_is_to_be_done_in_housecall_pro() {
        let facts = Facts {
            parts: vec![Part {
                document: qbo::Id::new("145"),
                number: "1001".to_owned(),
                amount: Cents::new(9_900),
            }],
            date: Some(date(2026, 7, 24)),
            method: Some("Check".to_owned()),
            reference: Some("1042".to_owned()),
            is_credit: false,
            by_itself: false,
            how: None,
        };
        let entry = InboxEntry {
            job: hcp::JobId::parse("job_1").unwrap(),
            job_number: Some("104".to_owned()),
            customer: Some("Dana Sample".to_owned()),
            payment: qbo::Id::new("311"),
            news: News::Paid,
            facts,
            since: "2026-07-24T20:00:00Z".parse().unwrap(),
        };
        let shown = |entries: Vec<InboxEntry>| {
            let zone = TimeZone::get("America/Denver").unwrap();
            let mut out = Vec::new();
            list(&mut out, &Entries { entries, zone }).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            shown(vec![entry]),
            "\
2026-07-24 14:00:00 MDT  QBO-311  job 104, Dana Sample
            Mark as paid: 99.00 on invoice 1001 (Check, 2026-07-24, reference 1042).
1 entry waits to be done in Housecall Pro.
"
        );
        assert_eq!(
            shown(Vec::new()),
            "Nothing from QuickBooks waits to be done in Housecall Pro.\n"
        );
    }
}
