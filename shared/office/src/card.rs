//! The QuickBooks card of a job (K1).

use std::mem;

use hcp::CompanyId;
use store::{JobState, Pending};
use sync::{
    NotDone, World,
    job::{card::Card, find::JobName},
};

use crate::{AlertView, Caller, Change, HistoryRow, Office, Operation, Paging, Rows, log, words};

/// The card of a job.
#[derive(Clone, Debug)]
pub struct CardView {
    /// All that is known of it, but for what follows.
    pub card: Card,
    /// How it stands, in words: with why it waits, and until when.
    pub state: String,
    /// What QuickBooks would get if it were pushed now.
    pub pending: Vec<PendingRow>,
    /// Its open alerts, and its customer's.
    pub alerts: Vec<AlertView>,
    /// What was done, the latest first; the first page of it.
    pub history: Rows<HistoryRow>,
}

/// What of an object in QuickBooks would be otherwise if its job were pushed now, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingRow {
    /// Of what: `invoice 104`; none: of the job as a whole.
    pub of: Option<String>,
    /// Field by field, as far as that is known.
    pub changes: Vec<Change>,
    /// How many more fields would.
    pub more: usize,
    /// Why it could not be sent as it is, where that is so.
    pub refused: Option<String>,
}

impl<W: World> Office<W> {
    /// The card of a job that was seen here: by its number or its id, or by that of one of its invoices.
    ///
    /// # Errors
    /// [`Declined::NoSuch`](sync::Declined::NoSuch) when none was seen,
    /// [`Declined::NotUsable`](sync::Declined::NotUsable) when several have the number; or the table does not answer.
    pub async fn card(&self, caller: &Caller, name: &JobName) -> Result<CardView, NotDone> {
        caller.may(Operation::SeeWork)?;
        self.card_of(caller.company(), name).await
    }

    /// The same for whoever may read the table, who is asked for no role: the command with AWS rights.
    ///
    /// # Errors
    /// As [`Self::card`].
    pub async fn card_of(&self, company: &CompanyId, name: &JobName) -> Result<CardView, NotDone> {
        Ok(CardView::of(self.engine.card(company, name).await?))
    }

    /// A page of what was done for a job, the latest first.
    ///
    /// # Errors
    /// As [`Self::card`], and [`Declined::NotUsable`](sync::Declined::NotUsable) when the cursor is none of this list.
    pub async fn history(
        &self,
        caller: &Caller,
        name: &JobName,
        paging: &Paging,
    ) -> Result<Rows<HistoryRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let company = caller.company();
        let job = self.engine.find_known_job(company, name).await?.id;
        let list = self.books(company).await?.about_job(&job);
        let list = list.beginning_with(store::places::HISTORY).backwards();
        self.rows(list, paging, log::row).await
    }
}

impl CardView {
    fn of(mut card: Card) -> Self {
        let alerts = mem::take(&mut card.alerts).into_iter();
        let history = mem::take(&mut card.history).into_iter();
        let pending = mem::take(&mut card.pending).into_iter();
        Self {
            state: state(&card),
            pending: pending.map(PendingRow::of).collect(),
            alerts: alerts.map(AlertView::of).collect(),
            history: Rows {
                rows: history.map(HistoryRow::of).collect(),
                next: card.more_history.take(),
            },
            card,
        }
    }
}

impl PendingRow {
    fn of(pending: Pending) -> Self {
        Self {
            of: pending.of,
            changes: log::changed(pending.changes),
            more: pending.more,
            refused: pending.refused,
        }
    }
}

/// How a job stands, with why it waits.
fn state(card: &Card) -> String {
    let state = words::state(card.state);
    let Some(why) = &card.waits_for else {
        return state.to_owned();
    };
    let until = card.due.map(|due| words::time(due, &card.zone));
    let until = until.map_or_else(String::new, |until| {
        format!("; it is looked at again {until}")
    });
    match card.state {
        JobState::Queued => format!("waiting: {why}{until}"),
        _ => format!("{state} (waiting: {why}{until})"),
    }
}
