//! What wants somebody, and what can be done about it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hcp::JobId;
use mapping::alert::{Alert, AlertKind, Choice, Side};
use money::Cents;
use store::{AlertRecord, read};
use sync::{Declined, NotDone, World};

use crate::{Caller, Office, Operation};

/// An alert.
#[derive(Clone, Debug)]
pub struct AlertView {
    /// What names it: its subject and its type.
    pub id: String,
    /// What it says.
    pub record: AlertRecord,
    /// The job that it is about, where it is about one.
    pub job: Option<JobId>,
    /// By how much both books differ, where it tells of that.
    pub difference: Option<Cents>,
    /// What can be done about it here, beside what it says.
    pub ways: Vec<Way>,
    /// The ways out that its type has, as long as it is open.
    pub choices: Vec<Choice>,
    /// Where nothing can be sent once more from here: why not, and what ends it instead.
    pub instead: Option<&'static str>,
    /// What both systems have, beside each other.
    pub sides: Vec<Side>,
}

/// What can be done about an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To push its job once more.
    Push,
    /// To decide about the payment or the refund.
    Decide,
    /// To link the invoice that it offers.
    Link,
    /// To accept the difference.
    Dismiss,
}

impl<W: World> Office<W> {
    /// One of the alerts of the caller's company.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when there never was one of that id.
    pub async fn alert(&self, caller: &Caller, id: &str) -> Result<AlertView, NotDone> {
        caller.may(Operation::SeeWork)?;
        let (subject, kind) = named(id)?;
        let key = self.books(caller.company()).await?.alert(&subject, &kind);
        let found = read::<AlertRecord>(self.table(), &key).await?;
        Ok(AlertView::of(found.ok_or_else(no_alert)?.value))
    }
}

/// The subject and the type of the alert that an id names.
pub(crate) fn named(id: &str) -> Result<(String, String), Declined> {
    parse(id).ok_or_else(no_alert)
}

fn no_alert() -> Declined {
    Declined::no_such("alert", &"", "There is no such alert.")
}

/// The subject and the type that an id names.
fn parse(id: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (subject, kind) = text.rsplit_once('#')?;
    // No key is longer.
    (text.len() < 900).then(|| (subject.to_owned(), kind.to_owned()))
}

impl AlertView {
    /// An alert, with what can be done about it.
    pub fn of(record: AlertRecord) -> Self {
        let text = record.alert.as_ref();
        // One of another version is shown with its words alone.
        let alert: Option<Alert> = text.and_then(|text| serde_json::from_str(text.get()).ok());
        let difference = alert.as_ref().and_then(Alert::difference);
        let job = alert.as_ref().and_then(Alert::job);
        let job = job.map(|job| job.id.clone());
        let asks = AlertKind::ASKING
            .iter()
            .any(|kind| kind.name() == record.kind);
        let offers = record.kind == AlertKind::LinkableInvoice.name();
        let ways = [
            (asks, Way::Decide),
            (offers, Way::Link),
            (difference.is_some(), Way::Dismiss),
            (job.is_some(), Way::Push),
        ];
        let ways = ways.into_iter().filter(|(is, _)| *is && record.open);
        let sides = alert.as_ref().map(Alert::sides).unwrap_or_default();
        let choices = alert.as_ref().filter(|_| record.open).map(Alert::choices);
        let (choices, instead) = choices.map_or((Vec::new(), None), |choices| {
            (choices.offered, choices.instead)
        });
        Self {
            id: BASE64_URL_SAFE_NO_PAD.encode(format!("{}#{}", record.subject, record.kind)),
            ways: ways.map(|(_, way)| way).collect(),
            record,
            job,
            difference,
            choices,
            instead,
            sides,
        }
    }

    /// What tells it from what it is at another time.
    pub fn tag(&self) -> String {
        let record = &self.record;
        let closed = record.closed_at.map(|at| at.as_nanosecond());
        format!(
            "{}-{}-{}",
            record.count,
            record.last_at.as_nanosecond(),
            closed.map_or_else(|| "open".to_owned(), |at| at.to_string())
        )
    }
}
