//! Carrying a job to QuickBooks: look-ups, then customer and items, then the invoice. Each step is planned
//! from what is stored, so that it can be interrupted anywhere and begun again.

use std::collections::BTreeSet;

use mapping::JobRecords;
use qbo::Query;
use store::{Job, JobState, Kind, Slot, SlotName, read};

use crate::{
    alerts::{self, AlertKind, Finding},
    books::{Rows, Session},
    document::{by_key, customers_named},
    engine::Engine,
    lists::{Rowed, rowed, whole_list},
    plan::{Plan, refusal_stop},
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
    /// Methods of payment that QuickBooks refused and that were reported; the invoice does not need them.
    pub(crate) refused: BTreeSet<SlotName>,
    /// A change of an item was refused and reported; it does not hold the invoice up.
    pub(crate) item_refused: bool,
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
        job: &Job,
    ) -> Result<Pushed, Stop> {
        let documents = records.documents().map_err(|r| refusal_stop(records, &r))?;
        let mut state = None;
        for document in &documents {
            let pushed = self.push_document(session, records, document, job).await?;
            state = worse(state, pushed);
        }
        if let Some(finding) = self.removed_deposit(session, records).await? {
            alerts::raise(&self.world, &session.books, &finding).await?;
            state = Some(JobState::Alert);
        }
        Ok(Pushed {
            state: state.unwrap_or(JobState::WaitsForTrigger),
            number: Some(records.job_number().to_owned()),
        })
    }

    /// Carries one invoice of a job. `None`: its time has not come.
    async fn push_document(
        &self,
        session: &Session,
        records: &JobRecords,
        document: &mapping::Document,
        job: &Job,
    ) -> Result<Option<JobState>, Stop> {
        let mut learned = Learned::default();
        for _ in 0..STEPS {
            let marks = job.unhandled();
            let plan = match Plan::make(self, session, records, document, marks).await? {
                Ok(plan) => plan,
                Err(state) => return Ok(Some(state)),
            };
            if plan.is_early(&job.marks, session.settings.sync_trigger) {
                return Ok(None);
            }
            if let Some(slot) = plan.pending() {
                self.settle(session, slot).await?;
                continue;
            }
            plan.in_open_books(session)?;
            let rows = self.look_ups(session, &plan, &mut learned).await?;
            if self.parties(session, &plan, &rows, &mut learned).await? == Step::Moved {
                continue;
            }
            if let Some(state) = self.invoice(session, &plan, &mut learned).await? {
                let refused = learned.item_refused;
                return Ok(Some(if refused { JobState::Alert } else { state }));
            }
        }
        Err(Stop::Rival(format!("job {}", records.job.id)))
    }

    /// T7: the alert for a deposit that was removed in Housecall Pro and is still in QuickBooks.
    async fn removed_deposit(
        &self,
        session: &Session,
        records: &JobRecords,
    ) -> Result<Option<Finding>, Stop> {
        if !records.lost_its_deposit() {
            return Ok(None);
        }
        let name = SlotName::deposit_invoice(&records.job.id);
        let slot = read::<Slot>(self.world.table(), &session.books.slot(&name)).await?;
        let Some(link) = slot.and_then(|slot| slot.value.link) else {
            return Ok(None);
        };
        let kind = AlertKind::RemovedInHousecall;
        Ok(Some(
            Finding::job(kind, &records.job.id)
                .with("job", records.job_number())
                .with("number", link.number()),
        ))
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
            asked.push((Kind::Customer, customers_named(&key)));
        }
        let folders = plan.missing_folders(learned)?;
        let items = plan.missing_items().map(|(used, _)| &used.wanted);
        let items: Vec<String> = items
            .chain(folders.iter().map(|folder| &folder.wanted))
            .filter_map(|wanted| wanted.name.clone())
            .collect();
        if !items.is_empty() {
            asked.push((Kind::Item, by_key(Kind::Item, &items)));
        }
        for needed in plan.missing_entries() {
            let kind = needed.what.kind();
            let asked_already = asked.iter().any(|(asked, _)| *asked == kind);
            if !asked_already && !learned.refused.contains(&needed.name) {
                asked.push((kind, whole_list(kind)));
            }
        }
        if learned.same_number.is_none() && plan.number_is_new()? {
            let key = plan.document.number.to_string();
            asked.push((Kind::Invoice, by_key(Kind::Invoice, &[key])));
        }
        let (kinds, queries): (Vec<Kind>, Vec<Query>) = asked.into_iter().unzip();
        let rows = self.ask_all(session, &queries).await?;
        let mut looked_up = LookedUp::default();
        for (kind, rows) in kinds.into_iter().zip(&rows) {
            match kind {
                Kind::Customer => looked_up.customers = rows.of()?,
                Kind::Item => looked_up.items = rows.of()?,
                Kind::Invoice => learned.same_number = Some(Rows::of(rows)?),
                Kind::Term | Kind::Class | Kind::PaymentMethod => {
                    looked_up.lists.push((kind, rowed(kind, rows)?));
                }
            }
        }
        Ok(looked_up)
    }
}

/// What a person has to know of a job with several invoices.
fn worse(one: Option<JobState>, other: Option<JobState>) -> Option<JobState> {
    let weight = |state: &JobState| match state {
        JobState::Alert => 2,
        JobState::Synced => 1,
        _ => 0,
    };
    [one, other].into_iter().flatten().max_by_key(weight)
}

/// What QuickBooks has under the names of new customers and items.
#[derive(Debug, Default)]
pub(crate) struct LookedUp {
    pub(crate) customers: Vec<qbo::Customer>,
    pub(crate) items: Vec<qbo::Item>,
    /// Terms, classes, payment methods, each list once.
    pub(crate) lists: Vec<(Kind, Rowed)>,
}

impl LookedUp {
    /// What has the name of an item or a category, for a person.
    pub(crate) fn holder(&self, name: Option<&str>) -> String {
        let is_named = |item: &&qbo::Item| {
            let (one, other) = (item.name.as_deref(), name);
            one.map(mapping::normalised) == other.map(mapping::normalised)
        };
        self.items.iter().find(is_named).map_or_else(
            || "something that cannot be linked, such as an inactive item".to_owned(),
            mapping::item::category::described,
        )
    }
}
