//! What the people of a company do about its alerts: choose a way out, dismiss one, take that back.

use sync::{Declined, NotDone, World, alerts::resolve::Resolution, work::orders::ResolutionStatus};
use uuid::Uuid;

use crate::{AlertView, Caller, Office, Operation, alerts::named};

/// A reason has so many characters at most.
const LONGEST_REASON: usize = 500;

impl<W: World> Office<W> {
    /// Has what was chosen about an alert carried out: what comes of it is told under the id. The same under the same id is no
    /// second one.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when there never was such an alert, [`Declined::Changed`] when it is closed or does not offer that
    /// any more, [`Declined::NotUsable`] when something else must be said beside it.
    pub async fn resolve(
        &self,
        caller: &Caller,
        id: Uuid,
        alert: &str,
        choice: &str,
        said: Option<&str>,
    ) -> Result<(), NotDone> {
        caller.may(Operation::Resolve)?;
        let (subject, kind) = named(alert)?;
        let resolution = Resolution {
            subject,
            kind,
            choice: choice.to_owned(),
            said: said.map(str::to_owned),
        };
        let (company, by) = (caller.company(), caller.by());
        self.engine
            .order_resolution(company, id, &by, resolution)
            .await
    }

    /// What became of it.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when nothing was chosen under the id.
    pub async fn resolution(&self, caller: &Caller, id: Uuid) -> Result<ResolutionStatus, NotDone> {
        caller.may(Operation::SeeWork)?;
        let told = self.engine.resolution_status(caller.company(), id).await?;
        let none = || Declined::no_such("resolution", &id, "Nothing was chosen under this id.");
        Ok(told.ok_or_else(none)?)
    }

    /// Dismisses an open alert, for a reason (S3). Gives the alert as it is then.
    ///
    /// # Errors
    /// [`Declined`] when there is no such alert, it is closed already, or no reason is given.
    pub async fn dismiss_alert(
        &self,
        caller: &Caller,
        alert: &str,
        reason: &str,
    ) -> Result<AlertView, NotDone> {
        caller.may(Operation::Dismiss)?;
        let reason = usable_reason(reason)?;
        let (subject, kind) = named(alert)?;
        let (company, by) = (caller.company(), caller.by());
        let named = (subject.as_str(), kind.as_str());
        let dismissed = self.engine.dismiss_alert(company, named, reason, &by);
        Ok(AlertView::of(dismissed.await?))
    }

    /// Takes back that an alert was dismissed. `seen`: the tag of what the person saw; none: whatever it is by now.
    ///
    /// # Errors
    /// [`Declined`] when there is no such alert, it was not dismissed, or it is another one by now.
    pub async fn take_dismissal_back(
        &self,
        caller: &Caller,
        alert: &str,
        seen: Option<&str>,
    ) -> Result<AlertView, NotDone> {
        caller.may(Operation::Dismiss)?;
        let (subject, kind) = named(alert)?;
        let (company, by) = (caller.company(), caller.by());
        let named = (subject.as_str(), kind.as_str());
        let as_seen = |record: &store::AlertRecord| {
            seen.is_none_or(|seen| AlertView::of(record.clone()).tag() == seen)
        };
        let opened = self.engine.reopen_alert(company, named, &by, as_seen);
        Ok(AlertView::of(opened.await?))
    }
}

/// A reason, if it is one.
pub(crate) fn usable_reason(reason: &str) -> Result<&str, Declined> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        let words = format!("Say why, in {LONGEST_REASON} characters at most.");
        return Err(Declined::not_usable("reason", words));
    }
    Ok(reason)
}
