//! Carrying a job to QuickBooks: look-ups, then customer and items, then the invoice. Each step is planned
//! from what is stored, so that it can be interrupted anywhere and begun again.

use mapping::JobRecords;
use qbo::Query;
use store::{JobState, Kind, Mark};

use crate::{
    books::{Rows, Session},
    document::by_key,
    engine::Engine,
    plan::Plan,
    stop::Stop,
    world::World,
};

/// How carrying a job ended.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) state: JobState,
    pub(crate) number: Option<String>,
}

impl Pushed {
    pub(crate) fn state(state: JobState) -> Self {
        Self {
            state,
            number: None,
        }
    }
}

/// What a push has learned from QuickBooks and need not ask again.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// The invoices that have the number; `None`: not asked yet.
    pub(crate) same_number: Option<Vec<qbo::Invoice>>,
    /// QuickBooks said that the number is taken after the look-up had found nothing.
    pub(crate) number_refused: bool,
    /// A change of the customer was refused and reported; it does not hold the invoice up.
    pub(crate) customer_refused: bool,
}

/// Whether a step did something, so that the plan must be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something changed.
    Moved,
    /// There was nothing to do.
    Nothing,
}

/// A job of some hundred new items takes a step for each batch of them.
const STEPS: u32 = 40;

impl<W: World> Engine<W> {
    /// Carries a job to QuickBooks, as far as it is not there already.
    pub(crate) async fn push(
        &self,
        session: &Session,
        records: &JobRecords,
        marks: &[Mark],
    ) -> Result<Pushed, Stop> {
        let mut learned = Learned::default();
        let number = Some(records.job_number().to_owned());
        for _ in 0..STEPS {
            let plan = match Plan::make(self, session, records).await? {
                Ok(plan) => plan,
                Err(state) => return Ok(Pushed { state, number }),
            };
            if let Some(slot) = plan.pending() {
                self.settle(session, slot).await?;
                continue;
            }
            let rows = self.look_ups(session, &plan, &mut learned).await?;
            if self.parties(session, &plan, &rows, &mut learned).await? == Step::Moved {
                continue;
            }
            if let Some(state) = self.invoice(session, &plan, marks, &mut learned).await? {
                return Ok(Pushed { state, number });
            }
        }
        Err(Stop::Rival(format!("job {}", records.job.id)))
    }

    /// Asks QuickBooks for everything that the plan does not know, in one call.
    async fn look_ups(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        learned: &mut Learned,
    ) -> Result<LookedUp, Stop> {
        let mut asked: Vec<(Kind, Query)> = Vec::new();
        if plan.customer_slot.value.link.is_none() {
            let key = plan.customer.display_name.clone().unwrap_or_default();
            asked.push((Kind::Customer, by_key(Kind::Customer, &[key])));
        }
        let items: Vec<String> = plan
            .missing_items()
            .filter_map(|(used, _)| used.wanted.name.clone())
            .collect();
        if !items.is_empty() {
            asked.push((Kind::Item, by_key(Kind::Item, &items)));
        }
        if learned.same_number.is_none() && plan.number_is_new()? {
            let key = plan.records.number().map_err(|r| plan.refuse(&r))?;
            asked.push((Kind::Invoice, by_key(Kind::Invoice, &[key.to_string()])));
        }
        let (kinds, queries): (Vec<Kind>, Vec<Query>) = asked.into_iter().unzip();
        let rows = self.ask_all(session, &queries).await?;
        let mut looked_up = LookedUp::default();
        for (kind, rows) in kinds.into_iter().zip(&rows) {
            match kind {
                Kind::Customer => looked_up.customers = rows.of()?,
                Kind::Item => looked_up.items = rows.of()?,
                Kind::Invoice => learned.same_number = Some(Rows::of(rows)?),
            }
        }
        Ok(looked_up)
    }
}

/// What QuickBooks has under the names of new customers and items.
#[derive(Debug, Default)]
pub(crate) struct LookedUp {
    pub(crate) customers: Vec<qbo::Customer>,
    pub(crate) items: Vec<qbo::Item>,
}
