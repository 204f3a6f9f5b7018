//! Carrying a job to QuickBooks: look-ups, then customer and items, then the invoice. Each step is planned
//! from what is stored, so that it can be interrupted anywhere and begun again.

use std::collections::BTreeSet;

use mapping::{JobRecords, Kind, Refusal, Role, SlotName};
use qbo::Query;
use store::{Job, JobState, NumberOwner, Stored};

use crate::{
    alerts::{self, AlertKind, Finding},
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::Plan,
        refusals::{self, refusal_stop},
        removal::Removal,
        sent_before::subject,
    },
    objects::{
        document::{by_keys, customers_named},
        lists::{Rowed, rowed, whole_list},
        price_book::Book,
        sub_customer,
    },
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
pub(crate) struct PushState {
    /// The invoices that have the number; `None`: not asked yet.
    pub(crate) same_number: Option<Vec<qbo::Invoice>>,
    /// Those that have the first of the numbers that could take its place (N4).
    pub(crate) in_its_place: Vec<qbo::Invoice>,
    /// Which of ours had the number before QuickBooks was asked.
    pub(crate) claim: Option<Stored<NumberOwner>>,
    /// The number that takes its place.
    pub(crate) instead: Option<(qbo::DocNumber, Stored<NumberOwner>)>,
    /// Numbers in its place that QuickBooks said are taken.
    pub(crate) tried: Vec<qbo::DocNumber>,
    /// How often it was asked who has the number.
    pub(crate) asked: u32,
    /// An invoice of ours that was voided or deleted had the number, and keeps it.
    pub(crate) shares_number: bool,
    /// Why another invoice of ours, which has only its job's number, keeps it.
    pub(crate) kept_by: Option<Box<Finding>>,
    /// How often a version was out of date.
    pub(crate) stale: u32,
    /// QuickBooks said that the number is taken after the look-up had found nothing.
    pub(crate) number_refused: bool,
    /// Customers and methods of payment whose change or making was refused and reported; the invoice goes on
    /// without.
    pub(crate) refused: BTreeSet<SlotName>,
    /// QuickBooks said that the names of these customers are taken after the look-up had found nobody.
    pub(crate) names_refused: Vec<SlotName>,
    /// What QuickBooks has by the name of the sub-customer, and below its parent; `None`: not asked yet (C11).
    pub(crate) places: Option<Vec<qbo::Customer>>,
    /// The name that was asked for.
    pub(crate) places_named: Option<String>,
    /// How often the line of rounding was put right (X6).
    pub(crate) roundings: u32,
    /// Whether the totals of the two systems differ; `None`: not compared yet.
    pub(crate) differs: Option<bool>,
    /// A change of an item was refused and reported; it does not hold the invoice up.
    pub(crate) item_refused: bool,
}

impl PushState {
    /// What is known of the number is out of date.
    pub(crate) fn forget_number(&mut self) {
        self.same_number = None;
        self.in_its_place.clear();
        self.claim = None;
        self.instead = None;
    }

    /// Whether it is worth asking again, and perhaps another number, after QuickBooks said that the one is taken.
    pub(crate) fn may_ask_again(&mut self) -> bool {
        if let Some((number, _)) = self.instead.take() {
            self.tried.push(number);
            return true;
        }
        let first = !self.number_refused;
        if first {
            self.number_refused = true;
            self.forget_number();
        }
        first
    }

    /// Whether an object whose version was refused is read, and written, once more.
    pub(crate) fn may_reread(&mut self) -> bool {
        self.stale += 1;
        self.stale <= STALES
    }
}

/// So often in one look what QuickBooks calls out of date is read again.
pub(crate) const STALES: u32 = 3;

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
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<Pushed, Stop> {
        let records = &*self.with_known_address(cx, records).await?;
        let mut standing = self.standing(cx, records).await?;
        if Box::pin(self.deposit_has_left(cx, records, &standing)).await? {
            standing = self.standing(cx, records).await?;
        }
        let refused = |refusal: &Refusal| refusal_stop(records, refusal);
        let invoicing = cx.settings.invoicing;
        let (documents, create_refused) = records
            .documents_apart(invoicing, &standing)
            .map_err(|refusal| refused(&refusal))?;
        let lost = records
            .without_invoice(invoicing, &standing)
            .map_err(|refusal| refused(&refusal))?;
        let mut state = None;
        let mut stopped = None;
        // Progress invoices do not wait for each other (N6).
        for refusal in &create_refused {
            let Stop::Alert(finding) = refused(refusal) else {
                continue;
            };
            stopped = self.report_but_last(cx, stopped, finding).await?;
        }
        for document in &documents {
            if lost.contains(&document.role.place()) {
                continue;
            }
            let pushed = Box::pin(self.push_document(cx, records, document, job)).await;
            match (pushed, document.role) {
                (Ok(pushed), role) => {
                    if let (true, Some(state)) = (job.alerted, pushed) {
                        // On the heap: seldom needed, and not to make the future of every push larger.
                        Box::pin(self.end_tax_alerts(cx, records, role, state)).await?;
                    }
                    state = worse(state, pushed);
                }
                (Err(Stop::Alert(finding)), Role::Part(_)) => {
                    stopped = self.report_but_last(cx, stopped, finding).await?;
                }
                (Err(Stop::Alert(finding)), Role::Deposit)
                    if finding.kind == AlertKind::DocumentGone =>
                {
                    self.deposit_is_gone(cx, &records.job.id).await?;
                    return Err(Stop::Alert(finding));
                }
                (Err(stop), _) => return Err(stop),
            }
        }
        let removal = Removal {
            id: &records.job.id,
            records: Some(records),
            standing: &standing,
            paid: false,
        };
        if let Some(finding) = self.carry_removal(cx, &removal, &lost).await? {
            alerts::raise(&self.world, &cx.books, &finding).await?;
            state = Some(JobState::Alert);
        } else if job.alerted {
            self.end_removal_alerts(cx, &records.job.id).await?;
        }
        if let Some(finding) = stopped {
            return Err(Stop::Alert(finding));
        }
        let left_out = records.left_out(cx.settings.classes);
        if !left_out.is_empty() && matches!(state, Some(JobState::Synced | JobState::Alert)) {
            let finding = refusals::left_out(&records.job.id, records.job_number(), &left_out);
            alerts::raise(&self.world, &cx.books, &finding).await?;
            state = Some(JobState::Alert);
        }
        Ok(Pushed {
            state: state.unwrap_or(JobState::WaitsForTrigger),
            number: records.number().map(str::to_owned),
        })
    }

    /// Reports why an earlier one of several invoices was not sent; the last one ends the work.
    async fn report_but_last(
        &self,
        cx: &Ctx,
        earlier: Option<Box<Finding>>,
        last: Box<Finding>,
    ) -> Result<Option<Box<Finding>>, Stop> {
        if let Some(earlier) = earlier {
            alerts::raise(&self.world, &cx.books, &earlier).await?;
        }
        Ok(Some(last))
    }

    /// One of its invoices has arrived, whatever becomes of the others.
    async fn end_tax_alerts(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        role: Role,
        state: JobState,
    ) -> Result<(), Stop> {
        let mut ended = vec![AlertKind::TaxRateUnmapped];
        if state == JobState::Synced {
            ended.push(AlertKind::TotalMismatch);
        }
        let subject = subject(&records.job.id, role);
        for kind in ended {
            alerts::close_one(&self.world, &cx.books, &subject, kind).await?;
        }
        Ok(())
    }

    /// Carries one invoice of a job. `None`: its time has not come.
    async fn push_document(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        document: &mapping::Document,
        job: &Job,
    ) -> Result<Option<JobState>, Stop> {
        let mut learned = PushState::default();
        let mut book = Book::Remembered;
        let mut sent = None;
        for _ in 0..STEPS {
            let mut plan = match Plan::make(self, cx, records, document, job, book).await? {
                Ok(plan) => plan,
                Err(state) => return Ok(Some(state)),
            };
            if plan.is_early(&job.marks, cx.settings.sync_trigger) {
                return Ok(None);
            }
            if let Some(slot) = plan.pending() {
                self.settle(cx, slot).await?;
                continue;
            }
            plan.in_open_books(cx)?;
            if plan.needs_price_book() {
                book = Book::Read;
                continue;
            }
            if self.follow(cx, &plan).await? == Step::Moved {
                continue;
            }
            let rows = self.look_ups(cx, &plan, &mut learned).await?;
            if self.give_way(cx, &plan, &mut learned).await? == Step::Moved {
                continue;
            }
            if let Some((number, _)) = &learned.instead {
                plan.number = number.clone();
            }
            self.number_is_free(cx, &plan, &rows, &learned).await?;
            if self.parties(cx, &plan, &rows, &mut learned).await? == Step::Moved {
                continue;
            }
            if let Some(state) = self.invoice(cx, &plan, &mut learned).await? {
                let refused = learned.item_refused;
                let state = if refused { JobState::Alert } else { state };
                sent = worse(sent, Some(state));
                if !plan.unread {
                    return Ok(sent);
                }
                // The invoice is there. Whether a material moved to another category is asked now, when nobody waits.
                book = Book::Read;
            }
        }
        Err(Stop::PlanAgain(format!("job {}", records.job.id)))
    }

    /// Asks QuickBooks for everything that the plan does not know, in one call.
    async fn look_ups(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &mut PushState,
    ) -> Result<LookedUp, Stop> {
        let mut asked: Vec<(Kind, Query)> = Vec::new();
        if plan.customer_slot.value.link().is_none() {
            let key = plan.customer.display_name.clone().unwrap_or_default();
            asked.push((Kind::Customer, customers_named(&key)));
        }
        let folders = plan.missing_folders(learned)?;
        let items = plan.missing_items().map(|(used, _)| &used.wanted);
        let items: Vec<String> = items
            .chain(folders.iter().map(|folder| &folder.wanted))
            .filter_map(|wanted| wanted.name.clone())
            .collect();
        asked.extend(
            by_keys(Kind::Item, &items)
                .into_iter()
                .map(|query| (Kind::Item, query)),
        );
        for needed in plan.missing_entries() {
            let kind = needed.what.kind();
            let asked_already = asked.iter().any(|(asked, _)| *asked == kind);
            if !asked_already && !learned.refused.contains(&needed.name) {
                asked.push((kind, whole_list(kind)));
            }
        }
        if learned.same_number.is_none() && plan.number_is_new() {
            let numbers = self.ask_for_number(cx, plan, learned).await?;
            let numbers = by_keys(Kind::Invoice, &numbers).into_iter();
            asked.extend(numbers.map(|query| (Kind::Invoice, query)));
        }
        let (kinds, mut queries): (Vec<Kind>, Vec<Query>) = asked.into_iter().unzip();
        let new_payer = plan.payer.as_ref().filter(|payer| {
            let name = &payer.wanted.display_name;
            payer.slot.value.link().is_none()
                && (learned.places.is_none() || learned.places_named != *name)
        });
        let link = plan.customer_link();
        let places = new_payer.map(|payer| sub_customer::queries(payer, &plan.customer, link));
        queries.extend(places.into_iter().flatten());
        let rows = self.ask_all(cx, &queries).await?;
        let mut looked_up = LookedUp::default();
        if let Some(payer) = new_payer {
            let places = rows.get(kinds.len()..).unwrap_or_default();
            learned.places = Some(self.places(cx, plan, places).await?);
            learned.places_named = payer.wanted.display_name.clone();
        }
        for (kind, rows) in kinds.into_iter().zip(&rows) {
            match kind {
                Kind::Customer => looked_up.customers = rows.of()?,
                Kind::Item => looked_up.items.extend(rows.of()?),
                Kind::Invoice => {
                    let has_it = |row: &qbo::Invoice| has_number(row, &plan.number);
                    let (same, others): (Vec<_>, Vec<_>) = rows.of()?.into_iter().partition(has_it);
                    learned.same_number.get_or_insert_default().extend(same);
                    learned.in_its_place.extend(others);
                }
                Kind::Term | Kind::Class | Kind::PaymentMethod => {
                    looked_up.lists.push((kind, rowed(kind, rows)?));
                }
            }
        }
        let mut seen = BTreeSet::new();
        looked_up.items.retain(|item| seen.insert(item.id.clone()));
        Ok(looked_up)
    }
}

/// Whether QuickBooks takes an invoice's number for this one: the look-up may find others too.
fn has_number(invoice: &qbo::Invoice, number: &qbo::DocNumber) -> bool {
    let key = |number: &qbo::DocNumber| mapping::normalised(number.as_str());
    invoice.doc_number.as_ref().map(key) == Some(key(number))
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
