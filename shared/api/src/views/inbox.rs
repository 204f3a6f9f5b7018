use mapping::received;
use serde::{Deserialize, Serialize};
use store::InboxEntry;
use utoipa::ToSchema;

/// Something that was done in QuickBooks and is to be done in Housecall Pro too.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// What names the payment: `QBO-311`.
    reference: String,
    /// The id of its job.
    job: String,
    /// The number of its job.
    job_number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// What to do.
    request: String,
    /// How much it is about.
    amount: String,
    /// Since when it waits.
    since: String,
}

impl From<InboxEntry> for Entry {
    fn from(entry: InboxEntry) -> Self {
        Self {
            reference: received::reference(&entry.payment),
            job: entry.job.to_string(),
            job_number: entry.job_number,
            customer: entry.customer,
            request: received::request(&entry.news, &entry.facts),
            amount: entry.facts.amount().to_string(),
            since: entry.since.to_string(),
        }
    }
}

/// An entry of the inbox that was done, or was not after all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tick {
    /// The id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// What names the payment: `QBO-311`.
    #[schema(max_length = 100)]
    pub(crate) reference: String,
    /// Whether it was done; `false` takes the tick back.
    pub(crate) done: bool,
}
