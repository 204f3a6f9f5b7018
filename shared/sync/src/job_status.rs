//! How a job stands: what its card shows, as far as there is one (K1).

use hcp::{CompanyId, JobId};
use store::{Alert, Job, JobState, Stored, Table, read};

use crate::{engine::Engine, stop::Stop, world::World};

/// How a job stands.
#[derive(Clone, Debug)]
pub struct JobStatus {
    /// Its number, once it was read.
    pub number: Option<String>,
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
        Ok(Some(JobStatus {
            number: record.number,
            state: record.state,
            marks: record.marks.into_iter().map(|mark| mark.key).collect(),
            waits_for: record.waits_for,
            alerts,
        }))
    }
}
