//! What many documents wait for at once: one row for each cause, with its list (S4).

use std::collections::BTreeMap;

use mapping::alert::Cause;
use sync::{NotDone, World};
use uuid::Uuid;

use crate::{AlertView, Caller, Office, Operation};

/// One thing to be mended, and all that waits for it.
#[derive(Clone, Debug)]
pub struct CauseView {
    /// What it is.
    pub cause: Cause,
    /// The open alerts that tell of it, the latest first.
    pub alerts: Vec<AlertView>,
}

impl<W: World> Office<W> {
    /// The causes of open alerts that several documents may share.
    ///
    /// # Errors
    /// [`sync::Declined::NotAllowed`], or when the table does not answer.
    pub async fn causes(&self, caller: &Caller) -> Result<Vec<CauseView>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let open = self.engine.open_alerts(caller.company()).await?.alerts;
        let mut causes: BTreeMap<Cause, Vec<AlertView>> = BTreeMap::new();
        for record in open {
            if let Some(cause) = record.told().and_then(|alert| alert.cause()) {
                causes.entry(cause).or_default().push(AlertView::of(record));
            }
        }
        let causes = causes.into_iter();
        Ok(causes
            .map(|(cause, alerts)| CauseView { cause, alerts })
            .collect())
    }

    /// Has all jobs pushed whose open alerts tell of a cause: what comes of it is told under the id, as of any push.
    ///
    /// # Errors
    /// [`sync::Declined::NoSuch`] when no open alert tells of it.
    pub async fn retry_cause(&self, caller: &Caller, id: Uuid, cause: &str) -> Result<(), NotDone> {
        caller.may(Operation::Push)?;
        let (company, by) = (caller.company(), caller.by());
        self.engine.order_cause(company, id, &by, cause).await
    }
}
