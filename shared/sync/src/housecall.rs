//! What Housecall Pro says about a job, and what follows when it does not say it.

use futures::try_join;
use hcp::{HcpError, InvoiceId, InvoiceStatus, JobId};
use jiff::{SignedDuration, Timestamp};
use mapping::JobRecords;
use ports::Clock;
use store::{Cause, Mark};

use crate::{
    alerts::{self, AlertKind, Finding},
    books::Session,
    engine::Engine,
    limits::Rate,
    stop::Stop,
    world::World,
};

/// Reads of Housecall Pro that one look makes.
const READS: i32 = 4;

impl<W: World> Engine<W> {
    pub(crate) async fn read_invoice(
        &self,
        session: &Session,
        invoice: &InvoiceId,
    ) -> Result<hcp::Invoice, Stop> {
        let company = &session.books.company;
        let rate = Rate::Hcp(company.clone());
        self.limits.take(&self.world, &rate, 1).await?;
        let client = self.housecall(company).await?;
        match client.invoice(invoice).await {
            Ok(found) => Ok(found),
            Err(error) => {
                let finding = Finding::about(AlertKind::HousecallRefused, invoice.to_string());
                Err(self.housecall_stop(session, finding, &error).await?)
            }
        }
    }

    /// All that Housecall Pro says about a job; `None` when it has no such job any more.
    pub(crate) async fn read_records(
        &self,
        session: &Session,
        id: &JobId,
    ) -> Result<Option<JobRecords>, Stop> {
        let company = &session.books.company;
        let rate = Rate::Hcp(company.clone());
        self.limits.take(&self.world, &rate, READS).await?;
        let client = self.housecall(company).await?;
        let read = async {
            let (job, lines, invoices) = try_join!(
                client.job(id),
                client.line_items(id),
                client.invoices_of(id)
            )?;
            Ok::<_, HcpError>((job, lines, invoices))
        };
        let finding = || Finding::job(AlertKind::HousecallRefused, id).with("job", id);
        let (mut job, lines, invoices) = match read.await {
            Ok(records) => records,
            Err(HcpError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.housecall_stop(session, finding(), &error).await?),
        };
        let Some(embedded) = job.customer.take() else {
            return Err(Finding::job(AlertKind::InvoiceWithoutCustomer, id)
                .with("number", job.invoice_number.unwrap_or_default())
                .stop());
        };
        // The embedded customer has no addresses; a deleted one is only there.
        let (customer, customer_gone) = match client.customer(&embedded.id).await {
            Ok(customer) => (customer, false),
            Err(HcpError::NotFound { .. }) => (embedded, true),
            Err(error) => return Err(self.housecall_stop(session, finding(), &error).await?),
        };
        Ok(Some(JobRecords {
            job,
            lines,
            invoices,
            customer,
            customer_gone,
        }))
    }

    /// How work ends after Housecall Pro did not give what was asked.
    pub(crate) async fn housecall_stop(
        &self,
        session: &Session,
        finding: Finding,
        error: &HcpError,
    ) -> Result<Stop, Stop> {
        let company = &session.books.company;
        let now = self.world.clock().now();
        let later = |wait: SignedDuration| Stop::Later {
            until: now + wait,
            cause: error.to_string(),
        };
        Ok(match error {
            HcpError::Throttled { wait, .. } => {
                let rate = Rate::Hcp(company.clone());
                let until = self.limits.hold(&self.world, &rate, wait.from(now)).await?;
                Stop::Later {
                    until,
                    cause: error.to_string(),
                }
            }
            HcpError::Unavailable { .. } => later(SignedDuration::from_secs(20)),
            HcpError::Unauthorized => {
                self.forget(company);
                let finding = Finding::connection(AlertKind::HousecallUnauthorized);
                alerts::raise(&self.world, &session.books, &finding).await?;
                later(SignedDuration::from_mins(15))
            }
            HcpError::NotFound { .. } | HcpError::Refused { .. } | HcpError::Unreadable { .. } => {
                finding.with("reason", error).stop()
            }
        })
    }
}

/// What an event said that the records do not show yet: they were read too early.
pub(crate) fn lagging(records: &JobRecords, marks: &[Mark]) -> Option<&'static str> {
    let invoice = |mark: &Mark| {
        let id = mark.invoice.as_ref()?;
        Some(records.invoices.iter().find(|invoice| invoice.id == *id))
    };
    marks.iter().find_map(|mark| match mark.trigger {
        Cause::Finished => (!records.job.is_finished()).then_some("finished"),
        Cause::Invoiced => match invoice(mark)? {
            Some(found) => (found.sent_at.is_none() && !found.is_removed()).then_some("invoiced"),
            None => Some("invoiced"),
        },
        Cause::Paid => match invoice(mark)? {
            Some(found) => {
                let shown = found.paid_at.is_some()
                    || found.status == Some(InvoiceStatus::Paid)
                    || !found.payments.is_empty()
                    || found.is_removed();
                (!shown).then_some("paid")
            }
            None => Some("paid"),
        },
        // They tell nothing that the records must show.
        Cause::ByHand | Cause::Edited => None,
    })
}

/// Whether the job's first trigger happened before the connection was made (T8).
pub(crate) fn before_connection(records: &JobRecords, connected_at: Timestamp) -> bool {
    let invoices = records
        .invoices
        .iter()
        .flat_map(|invoice| [invoice.sent_at, invoice.paid_at]);
    invoices
        .chain([records.job.work_timestamps.completed_at])
        .flatten()
        .any(|at| at < connected_at)
}
