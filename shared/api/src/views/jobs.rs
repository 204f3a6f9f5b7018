use office::JobRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::name;

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobLine {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Its state, as that of a job.
    state: String,
    /// The day of the work.
    date: String,
    /// Its total in Housecall Pro, as it was read last.
    total: Option<String>,
    /// What of it was still to be paid then.
    balance: Option<String>,
    /// When that was.
    read_at: Option<String>,
}

impl From<JobRow> for JobLine {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            customer: row.customer,
            state: name(&row.state),
            date: row.date.to_string(),
            total: row.total.map(|cents| cents.to_string()),
            balance: row.balance.map(|cents| cents.to_string()),
            read_at: row.read_at.map(|at| at.to_string()),
        }
    }
}
