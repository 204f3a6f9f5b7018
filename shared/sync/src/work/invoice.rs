//! Events that name an invoice and no job: it has one, or it is of a service plan and stands for itself (P6).

use hcp::JobId;
use mapping::alert::{self, Alert, InvoiceAlert, InvoiceCause};
use store::{Job, WorkItem, read};

use crate::{
    alerts,
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::look::JobTask,
    stop::{Stop, broken},
    work::{
        message::{Subject, name},
        task::{Failures, Task, Unfinished, Work},
    },
    world::World,
};

/// Finds the job of an invoice, or what stands in the place of one, and has that looked at.
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
        let in_place = JobId::in_place_of(invoice);
        if let Some(known) = &in_place
            && engine.is_known(work.cx, known).await?
        {
            let known = Subject::Job(known.clone());
            let looked = engine.look_as(&JobTask, work.cx, &known, work.evidence);
            return Ok(looked.await?);
        }
        let found = engine.read_invoice(work.cx, invoice).await?;
        let Some(job) = found.job_id.or(in_place) else {
            let alert = Alert::Invoice(InvoiceAlert {
                invoice: invoice.clone(),
                number: found.invoice_number,
                cause: InvoiceCause::NoJob,
            });
            return Err(Stop::from(alert).into());
        };
        // What was told of it is told of its job from now on.
        let subject = alert::Subject::Invoice(invoice.clone());
        alerts::close(&engine.world, &work.cx.books, &subject).await?;
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
    ) -> Result<Alert, Stop> {
        let reason = failures.cause.to_owned();
        Ok(Alert::Invoice(InvoiceAlert {
            invoice: hcp::InvoiceId::parse(work.subject.as_str()).map_err(broken)?,
            number: None,
            cause: InvoiceCause::Refused { reason },
        }))
    }
}

impl<W: World> Engine<W> {
    /// Whether a job, or what stands in the place of one, was looked at before.
    async fn is_known(&self, cx: &Ctx, id: &JobId) -> Result<bool, Stop> {
        let job = read::<Job>(self.world.table(), &cx.books.job(id)).await?;
        Ok(job.is_some())
    }
}
