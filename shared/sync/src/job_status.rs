//! How a job stands: what its card shows, as far as there is one (K1).

use hcp::{CompanyId, JobId};
use store::{Alert, Job, JobState, Slot, SlotName, Stored, Table, read};

use crate::{engine::Engine, stop::Stop, world::World};

/// How a job stands.
#[derive(Clone, Debug)]
pub struct JobStatus {
    /// Its number, once it was read.
    pub number: Option<String>,
    /// The name of its customer, once they were read.
    pub customer: Option<String>,
    /// What the customer's e-mail field holds beside the address that QuickBooks has (C2).
    pub emails: Vec<String>,
    /// Its state.
    pub state: JobState,
    /// What made it push, the latest last: `by_hand@…` with the id of a push by hand.
    pub marks: Vec<String>,
    /// Why it waits, when it does.
    pub waits_for: Option<String>,
    /// Its open alerts.
    pub alerts: Vec<Alert>,
}

impl<W: World> Engine<W> {
    /// How a job stands; `None`: nothing was ever seen of it.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn job_status(
        &self,
        company: &CompanyId,
        job: &JobId,
    ) -> Result<Option<JobStatus>, Stop> {
        let books = self.read_connection(company).await?.books();
        let Some(record) = read::<Job>(self.world.table(), &books.job(job)).await? else {
            return Ok(None);
        };
        let prefix = books.alert(job.as_str(), "");
        let table = self.world.table();
        let page = table.list(&prefix.partition, &prefix.sort, None).await?;
        let mut alerts = Vec::new();
        for alert in &page.records {
            let alert = Stored::<Alert>::decode(alert)?.value;
            alerts.extend(alert.open.then_some(alert));
        }
        let record = record.value;
        let mut emails = Vec::new();
        if let Some(customer) = &record.customer {
            let key = books.slot(&SlotName::customer(&customer.id));
            let slot = read::<Slot>(table, &key).await?;
            emails = slot.map(|slot| slot.value.emails).unwrap_or_default();
        }
        Ok(Some(JobStatus {
            number: record.number,
            customer: record.customer.map(|customer| customer.name),
            emails,
            state: record.state,
            marks: record.marks.into_iter().map(|mark| mark.key).collect(),
            waits_for: record.waits_for,
            alerts,
        }))
    }
}
