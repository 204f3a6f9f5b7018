//! Alerts, open or closed, in whichever order somebody looks for one.

use store::{AlertRecord, Stored};
use sync::{NotDone, World};

use crate::{AlertView, Caller, Office, Operation, Paging, Rows};

/// In which order alerts are listed, and which of them; always the latest first. Those of one job stand on its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertsBy {
    /// All, by when they came up last; closed ones by when they were closed.
    Time,
    /// Those of one type.
    Type(String),
    /// Those of customers whose name begins so.
    Customer(String),
}

impl<W: World> Office<W> {
    /// A page of the alerts of the caller's company that are open, or of those that were closed.
    ///
    /// # Errors
    /// [`Declined::NotUsable`](sync::Declined::NotUsable) when the cursor is none of this list, or the table does not answer.
    pub async fn alerts(
        &self,
        caller: &Caller,
        open: bool,
        by: &AlertsBy,
        paging: &Paging,
    ) -> Result<Rows<AlertView>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let books = self.books(caller.company()).await?;
        let list = match by {
            AlertsBy::Time => books.alerts_by_time(open),
            AlertsBy::Type(kind) => books.alerts_of_type(open, kind),
            AlertsBy::Customer(name) => books.alerts_of_customers(open, name),
        };
        let alert = |alert: Stored<AlertRecord>| Some(AlertView::of(alert.value));
        self.rows(list.backwards(), paging, alert).await
    }
}
