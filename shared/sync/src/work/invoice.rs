//! Events that name an invoice and no job.

use store::WorkItem;

use crate::{
    alerts::{AlertKind, Finding},
    engine::{Engine, Outcome},
    job::look::JobTask,
    stop::Stop,
    work::{
        message::Subject,
        task::{Failures, Task, Unfinished, Work, name},
    },
    world::World,
};

/// Finds the job of an invoice, and has that one looked at.
#[derive(Debug)]
pub(crate) struct InvoiceTask;

impl<W: World> Task<W> for InvoiceTask {
    const NAME: &'static str = name::INVOICE;
    type Record = WorkItem;
    const READS: usize = 1;

    fn subject(of: &str) -> Option<Subject> {
        hcp::InvoiceId::parse(of).ok().map(Subject::Invoice)
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let Subject::Invoice(invoice) = work.subject else {
            return Ok(Outcome::Done);
        };
        let found = engine.read_invoice(work.cx, invoice).await?;
        let Some(job) = found.job_id else {
            let kind = AlertKind::InvoiceWithoutCustomer;
            let mut finding = Finding::about(kind, invoice.to_string());
            if let Some(number) = found.invoice_number {
                finding = finding.with("number", number);
            }
            return Err(finding.stop().into());
        };
        let job = Subject::Job(job);
        Ok(engine
            .look_as(&JobTask, work.cx, &job, work.evidence)
            .await?)
    }

    async fn lasting(
        &self,
        _: &Engine<W>,
        work: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Finding, Stop> {
        let finding = Finding::about(
            AlertKind::HousecallRefused,
            work.subject.as_str().to_owned(),
        );
        Ok(finding.with("reason", failures.cause))
    }
}
