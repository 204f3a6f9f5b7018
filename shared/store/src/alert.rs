use hcp::CompanyId;
use jiff::Timestamp;
use mapping::alert::Alert;
use money::Cents;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{codec::Body, history::By, list::Lists, places, table::Key};

/// Something that a person must look at (S1). There is at most one for a subject and a type: a repeat
/// updates it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlertRecord {
    /// The type, as the catalogue of alerts names it.
    pub kind: String,
    /// What it is about: a job, a customer, the connection.
    pub subject: String,
    /// The job's number, where there is one.
    pub job_number: Option<String>,
    /// What happened, in plain words.
    pub message: String,
    /// What to do about it.
    pub resolution: String,
    /// The alert itself, with all its facts. It is shown without being read, so that one of another version is shown too.
    /// None in a record of format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<Box<RawValue>>,
    /// How often it came up.
    pub count: u64,
    /// When it first came up.
    pub first_at: Timestamp,
    /// When it last came up.
    pub last_at: Timestamp,
    /// Whether it still wants somebody.
    pub open: bool,
    /// When it was closed, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// That a person dismissed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<Dismissal>,
}

/// That a person closed it without anything being done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissal {
    /// When.
    pub at: Timestamp,
    /// By how much both books differ, where that is what they accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Cents>,
    /// Whether it stays closed as long as it says the same, also where no difference is told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lasting: bool,
    /// Why that is as it should be.
    pub reason: String,
    /// Who, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

impl Dismissal {
    /// Whether it is not raised again as long as it says the same; others are raised by the next trigger (S3).
    pub fn lasts(&self) -> bool {
        self.lasting || self.difference.is_some()
    }
}

impl Body for AlertRecord {
    const KIND: &'static str = "alert";
    const FORMAT: u32 = 2;

    fn lists(&self, key: &Key) -> Lists {
        places::of_alert(key, self)
    }
}

impl AlertRecord {
    /// The alert itself, where this version knows its form.
    pub fn told(&self) -> Option<Alert> {
        serde_json::from_str(self.alert.as_ref()?.get()).ok()
    }

    /// The name of the customer whom it is about, or whose job.
    pub fn customer(&self) -> Option<String> {
        self.told()?.customer().map(str::to_owned)
    }
}

/// That an alert is open, and what it says. One record for each open alert, written with every change of the alert, all
/// in one partition in the order of the companies: so one listing counts them all, one shows those of a company, and
/// neither reads what was closed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenAlert {
    /// The company whose books the alert is in.
    pub company: CompanyId,
    /// The alert's type.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Since when it is open.
    pub since: Timestamp,
    /// The alert as it stands. None where an earlier version noted that it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<AlertRecord>>,
}

impl OpenAlert {
    /// The partition of those of all companies.
    pub const PARTITION: &str = "open-alerts";
}

impl Body for OpenAlert {
    const KIND: &'static str = "open alert";
}
