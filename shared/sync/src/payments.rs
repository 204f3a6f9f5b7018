//! Carrying the payments of a job to QuickBooks, each once, on the documents that stand there (P1 to P4, P7, P8, R3). It
//! follows the documents: what has none yet waits for it.

pub mod decide;
mod plan;
mod questions;
mod tell;
mod unmatched;

pub(crate) use questions::Seen;

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Former, Slot};
use mapping::{
    AnyKind, JobRecords, QboObject, SlotName,
    alert::PaymentTrouble,
    received::{Received, Standing, is_by_itself},
};
use money::Cents;
use qbo::QboError;
use store::{Cause as Trigger, Job, JobState};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::{Cause, Graph},
        state::PushState,
        step::Step,
    },
    ledger::{PlannedWrite, object, seen},
    objects::slots::{StoredPayment, wrote},
    settle::Reread,
    stop::Stop,
    world::World,
};

use self::plan::{Fate, PaymentsPlan, Planned};

/// A job of many payments takes a step for each batch of them.
const STEPS: u32 = 20;

/// What one run has learned of the payments of a job.
#[derive(Default)]
struct Run {
    state: PushState,
    /// What was seen on documents in QuickBooks.
    seen: BTreeMap<qbo::Id, Seen>,
    /// Documents that must be looked at, whoever paid.
    look_at: BTreeSet<qbo::Id>,
    /// What was entered there by others, as it was told last.
    received: Vec<Received>,
    /// Payments that were read once more.
    reread: BTreeSet<SlotName>,
    /// Payments that were tried once more.
    retried: BTreeSet<SlotName>,
    /// Payments that pay less than they were to, and are to be applied once more.
    unapplied: BTreeSet<SlotName>,
    /// Those of them that were.
    applied: BTreeSet<SlotName>,
    /// Why QuickBooks did not take those that it did not.
    refused: BTreeMap<SlotName, QboError>,
}

impl Run {
    /// What QuickBooks paid of a document by itself, with credit of the customer: as it was seen now, else as it was told
    /// last.
    fn credited_by_itself(&self, document: &qbo::Id) -> Cents {
        if let Some(Seen::There { others, .. }) = self.seen.get(document) {
            let credits = others.iter().filter(|other| is_by_itself(other));
            return credits.map(|credit| credit.paid_of(document)).sum();
        }
        let received = self.received.iter();
        let credits = received.filter(|one| one.standing == Standing::There && one.facts.by_itself);
        let parts = credits.flat_map(|one| &one.facts.parts);
        let parts = parts.filter(|part| part.document == *document);
        parts.map(|part| part.amount).sum()
    }
}

impl<W: World> Engine<W> {
    /// Carries the payments of a job, as far as they are not there already. Gives how the job stands by its payments;
    /// `None`: it has none that could be sent by now.
    pub(crate) async fn carry_payments(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<Option<JobState>, Stop> {
        self.carry_payments_by(cx, records, job, BTreeMap::new())
            .await
    }

    /// The same, by what was just seen of documents in QuickBooks.
    pub(crate) async fn carry_payments_by(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
        seen: BTreeMap<qbo::Id, Seen>,
    ) -> Result<Option<JobState>, Stop> {
        let mut invoices = records.invoices.iter();
        let was_paid = job.forgotten_until.is_some()
            || (job.marks.iter()).any(|mark| mark.trigger == Trigger::Paid);
        if !was_paid && invoices.all(|invoice| invoice.payments.is_empty()) {
            return Ok(None);
        }
        let mut run = Run {
            seen,
            received: self.received(cx, &records.job.id).await?.value.payments,
            ..Run::default()
        };
        for _ in 0..STEPS {
            let plan = PaymentsPlan::make(self, cx, records, &run).await?;
            if let Some(name) = plan.sending() {
                self.settle(cx, name).await?;
                continue;
            }
            if self.payments_step(cx, &plan, &mut run).await? == Step::Nothing {
                let known = plan.known();
                self.received_is_joined(cx, &records.job.id, &run.received, &known)
                    .await?;
                self.note_unmatched(cx, &plan).await?;
                return self.tell_of_payments(cx, &plan, &run, job.alerted).await;
            }
        }
        Err(Stop::PlanAgain(format!(
            "the payments of job {}",
            records.job.id
        )))
    }

    /// The next of the things to do for them.
    async fn payments_step(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        if self.compare_written(cx, plan, run).await? == Step::Moved
            || self.entered_again(cx, plan).await? == Step::Moved
            || self.read_once_more(cx, plan, run).await? == Step::Moved
            || self.note_unapplied(cx, plan, run).await? == Step::Moved
            || self.ask_for_documents(cx, plan, run).await? == Step::Moved
            || self.apply_payments(cx, plan, run).await? == Step::Moved
            || self.join_payments(cx, plan, run).await? == Step::Moved
        {
            return Ok(Step::Moved);
        }
        self.send_payments(cx, plan, run).await
    }

    /// P4: what QuickBooks says was paid of an invoice, when it was written, is compared with what we know. Where it is
    /// less, the invoice was lowered, and QuickBooks freed payments of ours: they are read. Where it is more, somebody
    /// else paid or credited it.
    async fn compare_written(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for document in &plan.documents {
            let Some((slot, paid)) = &document.written else {
                continue;
            };
            let id = &document.open.id;
            let known = plan.paid_of(id);
            if *paid < known {
                let linked = plan.payments.iter().filter(|one| one.is_linked());
                for one in linked.filter(|one| one.memory().paid_of(id) != Cents::ZERO) {
                    self.reread(cx, &one.name, AnyKind::Payment).await?;
                }
            } else if *paid > known {
                run.look_at.insert(id.clone());
            }
            let mut slot = slot.clone();
            slot.value.memory.paid = None;
            self.put(vec![slot.put()?]).await?;
            return Ok(Step::Moved);
        }
        Ok(Step::Nothing)
    }

    /// P8: a payment that was deleted in Housecall Pro and entered anew is one payment: its link moves.
    async fn entered_again(&self, cx: &Ctx, plan: &PaymentsPlan<'_>) -> Result<Step, Stop> {
        let Some((gone, anew)) = plan.entered_again(&cx.zone) else {
            return Ok(Step::Nothing);
        };
        let mut from = gone.slot.clone();
        from.value.memory.invoices = anew.invoices();
        let to = (&anew.name, anew.slot.clone());
        self.hand_over(cx, AnyKind::Payment, (&gone.name, from), to)
            .await?;
        Ok(Step::Moved)
    }

    /// What something is the matter with is read once in a run: a person may have mended it in QuickBooks.
    async fn read_once_more(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for one in plan.payments.iter().filter(|one| one.is_linked()) {
            if plan.matter(cx, one)?.is_none() || !run.reread.insert(one.name.clone()) {
                continue;
            }
            match self.reread(cx, &one.name, AnyKind::Payment).await? {
                Reread::Same => {}
                Reread::Gone => {
                    self.payment_is_gone(cx, one).await?;
                    return Ok(Step::Moved);
                }
                Reread::Stands | Reread::Edited => return Ok(Step::Moved),
            }
        }
        Ok(Step::Nothing)
    }

    /// A link that QuickBooks dropped in silence causes one more try, with the document as it is now (P1).
    async fn note_unapplied(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for one in plan.payments.iter().filter(|one| one.is_linked()) {
            let is_unapplied = matches!(
                plan.matter(cx, one)?,
                Some(PaymentTrouble::NotApplied { .. })
            );
            if !is_unapplied || !run.unapplied.insert(one.name.clone()) {
                continue;
            }
            for document in plan.documents_of(one) {
                self.reread(cx, &document.name, AnyKind::Invoice).await?;
                run.seen.remove(&document.open.id);
            }
            return Ok(Step::Moved);
        }
        Ok(Step::Nothing)
    }

    /// Applies payments once more that pay less than they were to.
    async fn apply_payments(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for one in &plan.payments {
            let Fate::Apply(customer, lines) = &one.fate else {
                continue;
            };
            let written: qbo::Payment = wrote(&one.slot.value)?;
            let change = qbo::Payment {
                customer_ref: Some(customer.into()),
                total_amt: written.total_amt,
                line: lines.clone(),
                ..qbo::Payment::default()
            };
            let wants = qbo::Payment {
                customer_ref: change.customer_ref.clone(),
                ..written
            };
            let slot = one.slot.clone().in_form(Slot::raw)?;
            let op = PlannedWrite::raw(&one.name, slot, change.into(), wants.into());
            match self.write(cx, vec![op]).await?.pop() {
                // What it pays is told as it is.
                Some(Err(error)) if !error.is_of_one_document() => {
                    return Err(self.stop_for(cx, &error).await?);
                }
                _ => {}
            }
            run.applied.insert(one.name.clone());
            run.seen.clear();
            return Ok(Step::Moved);
        }
        Ok(Step::Nothing)
    }

    /// QuickBooks has it no more: what Housecall Pro has no more either is settled, the rest is told (R4).
    async fn payment_is_gone(&self, cx: &Ctx, planned: &Planned) -> Result<(), Stop> {
        let is_told = planned.payment.is_some();
        self.payment_left(cx, &planned.name, planned.slot.clone(), is_told)
            .await
    }

    /// The same; `is_told`: unless Housecall Pro has it no more either.
    pub(crate) async fn payment_left(
        &self,
        cx: &Ctx,
        name: &SlotName,
        mut slot: StoredPayment,
        is_told: bool,
    ) -> Result<(), Stop> {
        slot.value.memory.gone = is_told;
        slot.value.memory.applied.clear();
        let object = object(name, AnyKind::Payment, slot.in_form(Slot::raw)?);
        self.unlink(cx, object).await
    }

    /// Links payments to those that somebody else entered in QuickBooks (R3).
    async fn join_payments(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for planned in &plan.payments {
            let Fate::Join(there) = &planned.fate else {
                continue;
            };
            let mut slot = planned.slot.clone();
            slot.value.memory.joined = true;
            slot.value.memory.invoices = planned.invoices();
            let slot = slot.in_form(Slot::raw)?;
            let there = QboObject::Payment(there.clone());
            let seen = seen(&slot.value, &there, None)?;
            let object = object(&planned.name, AnyKind::Payment, slot);
            self.link(cx, object, seen, Former::Freed, Vec::new())
                .await?;
            // It is no other's any more.
            run.seen.clear();
            return Ok(Step::Moved);
        }
        Ok(Step::Nothing)
    }

    /// Sends what is to be sent, all in one call.
    async fn send_payments(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        if plan.nodes.is_empty() {
            return Ok(Step::Nothing);
        }
        let graph = Graph {
            cause: Cause::Payments(plan.records),
            nodes: &plan.nodes,
        };
        let step = self.carry_by_itself(cx, graph, &mut run.state).await?;
        let refused = std::mem::take(&mut run.state.transactions_refused);
        for (name, error) in refused {
            self.payment_refused(cx, plan, run, name, error).await?;
        }
        Ok(step)
    }

    /// QuickBooks did not take a payment. What it pays may have moved, or been paid by others: that is read, and the
    /// payment tried once more.
    async fn payment_refused(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &mut Run,
        name: SlotName,
        error: QboError,
    ) -> Result<(), Stop> {
        let is_final = matches!(error, QboError::PeriodClosed { .. });
        match error {
            error if !error.is_of_one_document() => return Err(self.stop_for(cx, &error).await?),
            _ if !is_final && run.retried.insert(name.clone()) => {
                run.state.refused.remove(&name);
                let one = plan.payments.iter().find(|one| one.name == name);
                for document in one.map_or(Vec::new(), |one| plan.documents_of(one)) {
                    self.reread(cx, &document.name, AnyKind::Invoice).await?;
                    run.look_at.insert(document.open.id.clone());
                }
                run.seen.clear();
            }
            error => {
                run.refused.insert(name, error);
            }
        }
        Ok(())
    }
}
