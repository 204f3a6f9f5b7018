//! Carrying a job to QuickBooks: one graph per document, each carried by the driver. Every step is planned
//! from what is stored, so that it can be interrupted anywhere and begun again.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use mapping::{
    AnyKind, Family, JobRecords, Refusal, Role, SentBefore,
    alert::{Alert, AlertKind, BillTrouble, FieldRef, Subject},
};
use store::{Job, JobState};

use crate::{
    alerts,
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::Plan,
        refusals::refusal_stop,
        removal::Removal,
        sent_before::invoice_slot,
        state::{Open, PushState, worse},
        step::Step,
    },
    objects::price_book::Book,
    stop::Stop,
    world::World,
};

/// How carrying a job ended.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) state: JobState,
    pub(crate) number: Option<String>,
    /// The names of lines with which it was sent and that were not counted yet (L5), by their digests.
    pub(crate) typed: BTreeMap<String, String>,
}

impl Pushed {
    pub(crate) fn state(state: JobState) -> Self {
        Self {
            state,
            number: None,
            typed: BTreeMap::new(),
        }
    }
}

/// A job of some hundred new items takes a step for each batch of them.
const STEPS: u32 = 40;

impl<W: World> Engine<W> {
    /// Carries a job to QuickBooks, as far as it is not there already: its invoices, then its money.
    /// What holds an invoice up does not hold up payments of what stands there (S8).
    pub(crate) async fn push(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<Pushed, Stop> {
        let records = &*self.with_known_address(cx, records).await?;
        let mut pushed = self.push_documents(cx, records, job).await;
        if !matches!(pushed, Ok(_) | Err(Stop::Alert(_))) {
            return pushed;
        }
        // On the heap: most jobs have none, and not to make the future of every push larger.
        let moved = Box::pin(self.carry_money(cx, records, job)).await?;
        if moved.of_deposit {
            pushed = self.push_documents(cx, records, job).await;
        }
        let mut pushed = pushed?;
        if let Some(state) = worse(Some(pushed.state), moved.state) {
            pushed.state = state;
        }
        if matches!(pushed.state, JobState::Synced | JobState::Alert) {
            pushed.typed = self.uncounted_lines(cx, records, job).await?;
        }
        Ok(pushed)
    }

    async fn push_documents(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<Pushed, Stop> {
        let mut standing = self.standing(cx, records).await?;
        if Box::pin(self.deposit_has_left(cx, records, &standing)).await? {
            standing = self.standing(cx, records).await?;
        }
        let refused = |refusal: &Refusal| refusal_stop(records, refusal);
        let invoicing = cx.settings.invoicing;
        let (documents, unbillable) = records
            .documents_apart(invoicing, &standing)
            .map_err(|refusal| refused(&refusal))?;
        let lost = records
            .without_invoice(invoicing, &standing)
            .map_err(|refusal| refused(&refusal))?;
        let mut state = None;
        let mut stopped = None;
        // Progress invoices do not wait for each other (N6).
        for refusal in &unbillable {
            let Stop::Alert(mut alert) = refused(refusal) else {
                continue;
            };
            if let Alert::Job(about) = alert.as_mut() {
                // The others are sent.
                about.sides = None;
            }
            stopped = self.report_but_last(cx, stopped, alert).await?;
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
                (Err(Stop::Alert(alert)), Role::Part(_)) => {
                    stopped = self.report_but_last(cx, stopped, alert).await?;
                }
                (Err(Stop::Alert(alert)), Role::Deposit)
                    if alert.kind() == AlertKind::DocumentGone =>
                {
                    let name = invoice_slot(&records.job.id, Role::Deposit);
                    self.document_is_gone(cx, &name).await?;
                    return Err(Stop::Alert(alert));
                }
                (Err(stop), _) => return Err(stop),
            }
        }
        state = self
            .end_removal(cx, records, job, (&standing, &lost), state)
            .await?;
        if let Some(alert) = stopped {
            return Err(Stop::Alert(alert));
        }
        state = self.tell_left_out(cx, records, state).await?;
        Ok(Pushed {
            state: state.unwrap_or(JobState::WaitsForTrigger),
            number: records.number().map(str::to_owned),
            typed: BTreeMap::new(),
        })
    }

    /// What becomes of documents whose invoice was removed; gives how the job stands then.
    async fn end_removal(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
        (standing, lost): (&SentBefore, &[Role]),
        state: Option<JobState>,
    ) -> Result<Option<JobState>, Stop> {
        let removal = Removal {
            id: &records.job.id,
            records: Some(records),
            standing,
            paid: false,
        };
        if let Some(alert) = self.carry_removal(cx, &removal, lost).await? {
            let open = alerts::raise(&self.world, &cx.books, &alert).await?;
            return Ok(if open { Some(JobState::Alert) } else { state });
        }
        if job.alerted {
            self.end_removal_alerts(cx, &records.job.id).await?;
        }
        Ok(state)
    }

    /// Tells of fields that the job was sent without (V24); gives how it stands then.
    async fn tell_left_out(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        state: Option<JobState>,
    ) -> Result<Option<JobState>, Stop> {
        let left_out = records.left_out(cx.settings.classes);
        if left_out.is_empty() || !matches!(state, Some(JobState::Synced | JobState::Alert)) {
            return Ok(state);
        }
        let fields = left_out.iter().map(FieldRef::from).collect();
        let alert = alerts::of_job(records, BillTrouble::FieldsLeftOut { fields });
        alerts::raise(&self.world, &cx.books, &alert).await?;
        Ok(Some(JobState::Alert))
    }

    /// Reports why an earlier one of several invoices was not sent; the last one ends the work.
    async fn report_but_last(
        &self,
        cx: &Ctx,
        earlier: Option<Box<Alert>>,
        last: Box<Alert>,
    ) -> Result<Option<Box<Alert>>, Stop> {
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
        let subject = Subject::of_document(&records.job.id, role);
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
        let mut push = [Push::new(records, document, job)];
        self.drive(cx, &mut push).await?;
        let [push] = push;
        push.ended()
    }

    /// Carries several invoices, of one job or of many, step by step. How each ended stands in it; the outer error ended
    /// the work of all that had not.
    pub(crate) async fn drive(&self, cx: &Ctx, pushes: &mut [Push<'_>]) -> Result<(), Stop> {
        for _ in 0..STEPS {
            let open = pushes.iter_mut().filter(|push| push.end.is_none());
            let mut planned = Vec::new();
            for push in open {
                match Box::pin(self.planned(cx, push)).await {
                    Ok(plan) => planned.push((plan, push)),
                    Err(end) => push.end = end,
                }
            }
            if !planned.is_empty() {
                self.step(cx, &mut planned).await?;
            }
            if pushes.iter().all(|push| push.end.is_some()) {
                return Ok(());
            }
        }
        for push in pushes.iter_mut().filter(|push| push.end.is_none()) {
            let job = &push.records.job.id;
            push.end = Some(Err(Stop::PlanAgain(format!("job {job}"))));
        }
        Ok(())
    }

    /// The plan of an invoice; else how its way ended, if it did, or `None`: it must be planned once more.
    async fn planned<'a>(
        &self,
        cx: &Ctx,
        push: &mut Push<'a>,
    ) -> Result<Plan<'a>, Option<Result<Option<JobState>, Stop>>> {
        let ended = |stop: Stop| Some(Err(stop));
        let (records, document) = (push.records, push.document);
        let plan = Plan::make(self, cx, records, document, push.job, push.book).await;
        let plan = plan
            .map_err(ended)?
            .map_err(|state| Some(Ok(Some(state))))?;
        if plan.is_early(&push.job.marks, cx.settings.sync_trigger) {
            return Err(Some(Ok(None)));
        }
        if let Some(slot) = plan.graph().sending() {
            self.settle(cx, slot).await.map_err(ended)?;
            return Err(None);
        }
        plan.in_open_books(cx).map_err(ended)?;
        if plan.needs_price_book() {
            push.book = Book::Read;
            return Err(None);
        }
        match self.follow(cx, &plan).await.map_err(ended)? {
            Step::Moved => Err(None),
            Step::Nothing => Ok(plan),
        }
    }

    /// One step for all of them.
    async fn step(
        &self,
        cx: &Ctx,
        planned: &mut Vec<(Plan<'_>, &mut Push<'_>)>,
    ) -> Result<(), Stop> {
        one_after_the_other(planned);
        let mut numbers = Vec::new();
        for (plan, push) in planned.iter_mut() {
            push.asks_for_number = push.state.same_number.is_none() && plan.number_is_new();
            if push.asks_for_number {
                match self.ask_for_number(cx, plan, &mut push.state).await {
                    Ok(more) => numbers.extend(more),
                    Err(stop) => push.end = Some(Err(stop)),
                }
            }
        }
        planned.retain(|(_, push)| push.end.is_none());
        let further = AnyKind::Invoice.by_keys(&numbers).into_iter();
        let further = further.map(|query| (AnyKind::Invoice, query)).collect();
        let mut open = opened(planned);
        let found = self.look_ups(cx, &mut open, further).await?;
        for (plan, push) in planned.iter_mut() {
            if push.asks_for_number {
                push.state.enter_numbers(plan, &found);
            }
            if let Err(end) = Box::pin(self.numbered(cx, plan, push)).await {
                push.end = end;
                push.is_planned_again = true;
            }
        }
        planned.retain_mut(|(_, push)| !mem::take(&mut push.is_planned_again));
        let mut open = opened(planned);
        self.bring(cx, Family::List, &mut open).await?;
        self.bring(cx, Family::Transaction, &mut open).await?;
        let ends: Vec<(Step, Option<Stop>)> =
            open.into_iter().map(|one| (one.step, one.stop)).collect();
        for ((plan, push), (step, stop)) in planned.iter_mut().zip(ends) {
            if push.state.arrived && stop.is_none() {
                for (name, alert) in mem::take(&mut push.state.gone) {
                    self.tell_of_change(cx, &name, &alert).await?;
                }
            }
            let arrived = mem::take(&mut push.state.arrived);
            // What refers to the invoice comes after it.
            let arrived = arrived && (step == Step::Nothing || !plan.has_more_transactions());
            push.end = match (stop, push.state.ended.filter(|_| arrived)) {
                (Some(stop), _) => Some(Err(stop)),
                (None, Some(state)) if !plan.unread => Some(Ok(Some(state))),
                (None, Some(_)) => {
                    // The invoice is there. Whether a material moved to another category is asked now, when nobody waits.
                    push.book = Book::Read;
                    None
                }
                (None, None) => None,
            };
        }
        Ok(())
    }

    /// What must be known of the number before anything is made. The inner error: it is planned once more.
    async fn numbered(
        &self,
        cx: &Ctx,
        plan: &mut Plan<'_>,
        push: &mut Push<'_>,
    ) -> Result<(), Option<Result<Option<JobState>, Stop>>> {
        let ended = |stop: Stop| Some(Err(stop));
        let state = &mut push.state;
        if self.give_way(cx, plan, state).await.map_err(ended)? == Step::Moved {
            return Err(None);
        }
        if let Some((number, _)) = &state.instead {
            plan.number = number.clone();
        }
        self.number_is_free(cx, plan, state).await.map_err(ended)?;
        self.look_below(cx, plan, state).await.map_err(ended)?;
        for named in &plan.new_line_names {
            match self
                .put(vec![named.put().map_err(|error| ended(error.into()))?])
                .await
            {
                Ok(()) | Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(ended(stop)),
            }
        }
        Ok(())
    }
}

/// Invoices whose numbers may be in each other's way do not go together (N4): the second is planned anew in every step,
/// until the first is there.
fn one_after_the_other(planned: &mut Vec<(Plan<'_>, &mut Push<'_>)>) {
    let mut taken = BTreeSet::new();
    planned.retain_mut(|(plan, push)| {
        let numbers = plan.numbers();
        let is_first = numbers.is_disjoint(&taken);
        taken.extend(numbers);
        if !is_first {
            push.state.forget_number();
        }
        is_first
    });
}

fn opened<'g, 'p>(planned: &'g mut [(Plan<'p>, &mut Push<'_>)]) -> Vec<Open<'g, 'g>> {
    let open = planned.iter_mut();
    open.map(|(plan, push)| Open::new(plan.graph(), &mut push.state))
        .collect()
}

/// An invoice on its way.
pub(crate) struct Push<'a> {
    records: &'a JobRecords,
    document: &'a mapping::Document,
    job: &'a Job,
    book: Book,
    state: PushState,
    /// Whether this step asks who has its number.
    asks_for_number: bool,
    /// Whether this step did something that the rest of it must not be made from.
    is_planned_again: bool,
    /// How it ended.
    end: Option<Result<Option<JobState>, Stop>>,
}

impl<'a> Push<'a> {
    pub(crate) fn new(
        records: &'a JobRecords,
        document: &'a mapping::Document,
        job: &'a Job,
    ) -> Self {
        Self {
            records,
            document,
            job,
            book: Book::Remembered,
            state: PushState::default(),
            asks_for_number: false,
            is_planned_again: false,
            end: None,
        }
    }

    /// How it ended. `None`: its time has not come.
    pub(crate) fn ended(self) -> Result<Option<JobState>, Stop> {
        let again = || Stop::PlanAgain(format!("job {}", self.records.job.id));
        self.end.unwrap_or_else(|| Err(again()))
    }
}

#[cfg(test)]
mod tests;
