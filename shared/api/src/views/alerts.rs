use office::{AlertView, Way};
use serde::Serialize;
use utoipa::ToSchema;

/// What can be done here about an alert, beside what it says.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WayOut {
    /// Push its job once more.
    Push,
    /// Decide about the payment or the refund.
    Decide,
    /// Link the invoice that it offers.
    Link,
    /// Accept the difference.
    Dismiss,
}

/// Something that a person must look at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alert {
    /// What names it.
    id: String,
    /// Its type.
    kind: String,
    /// What happened.
    message: String,
    /// What to do about it.
    resolution: String,
    /// The id of its job.
    job: Option<String>,
    /// The number of its job.
    job_number: Option<String>,
    /// By how much both books differ, where it tells of that.
    difference: Option<String>,
    /// How often it came up.
    count: u64,
    /// When it first came up.
    first_at: String,
    /// When it last came up.
    last_at: String,
    /// Whether it is open.
    open: bool,
    /// What can be done here about it, as long as it is.
    ways: Vec<WayOut>,
}

impl From<AlertView> for Alert {
    fn from(view: AlertView) -> Self {
        let record = view.record;
        Self {
            id: view.id,
            kind: record.kind,
            message: record.message,
            resolution: record.resolution,
            job: view.job.map(|job| job.to_string()),
            job_number: record.job_number,
            difference: view.difference.map(|cents| cents.to_string()),
            count: record.count,
            first_at: record.first_at.to_string(),
            last_at: record.last_at.to_string(),
            open: record.open,
            ways: view
                .ways
                .into_iter()
                .map(|way| match way {
                    Way::Push => WayOut::Push,
                    Way::Decide => WayOut::Decide,
                    Way::Link => WayOut::Link,
                    Way::Dismiss => WayOut::Dismiss,
                })
                .collect(),
        }
    }
}
