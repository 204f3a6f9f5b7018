//! Carrying what is paid once more after a refund: QuickBooks has a refund receipt, and the invoice stayed paid, so the
//! payment becomes a sales receipt that mirrors it, each once (P4). It follows the refunds, one after the other.

mod plan;
mod split;
mod tell;

use std::collections::{BTreeMap, BTreeSet};

use ledger::Slot;
use mapping::{AnyKind, JobRecords, SlotName, marker::is_of_any_slot};
use qbo::{Entity, Id, QboError, Query, SalesReceipt};
use store::JobState;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::{Cause, Graph},
        state::PushState,
        step::Step,
    },
    ledger::object,
    settle::Reread,
    stop::Stop,
    world::World,
};

use self::plan::{Fate, Planned, ReceiptsPlan};
pub(crate) use self::split::{ordinary, waiting_for};

/// Steps beside two for each payment.
const STEPS: usize = 10;

/// What one run has learned of it.
#[derive(Default)]
struct Run {
    state: PushState,
    /// The sales receipts of customers that did not come from here.
    foreign: BTreeMap<Id, Vec<SalesReceipt>>,
    /// Those that are not as they were known: they are read whatever is the matter.
    changed: BTreeSet<SlotName>,
    /// Those that were read once more.
    again: BTreeSet<SlotName>,
    /// Why QuickBooks did not take those that it did not.
    refused: BTreeMap<SlotName, QboError>,
}

/// How carrying it ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Repeated {
    /// How the job stands by it; `None`: there is nothing that could be sent by now.
    pub(crate) state: Option<JobState>,
    /// Whether some of a deposit was paid once more just now: the main invoice takes it off again (N7).
    pub(crate) of_deposit: bool,
    /// Whether something was sent just now.
    pub(crate) moved: bool,
}

impl<W: World> Engine<W> {
    /// Carries what repeats refunds of a job, as far as it is not there already.
    pub(crate) async fn carry_receipts(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        alerted: bool,
    ) -> Result<Repeated, Stop> {
        self.carry_receipts_by(cx, records, alerted, BTreeSet::new())
            .await
    }

    /// The same, where these receipts were just seen not to be as they were known.
    pub(crate) async fn carry_receipts_by(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        alerted: bool,
        changed: BTreeSet<SlotName>,
    ) -> Result<Repeated, Stop> {
        let mut invoices = records.invoices.iter();
        if invoices.all(|invoice| invoice.refunds.is_empty()) {
            return Ok(Repeated::default());
        }
        let payments = records
            .invoices
            .iter()
            .map(|invoice| invoice.payments.len());
        let payments: usize = payments.sum();
        let mut run = Run {
            changed,
            ..Run::default()
        };
        let mut before = None;
        for _ in 0..STEPS + 2 * payments {
            let plan = ReceiptsPlan::make(self, cx, records, &run).await?;
            let now = (plan.deposit_given_back, plan.carried());
            let (given_back, carried) = *before.get_or_insert(now);
            if let Some(name) = plan.sending() {
                self.settle(cx, name).await?;
                continue;
            }
            if self.receipts_step(cx, &plan, &mut run).await? == Step::Nothing {
                return Ok(Repeated {
                    state: self.tell_of_receipts(cx, &plan, &run, alerted).await?,
                    of_deposit: now.0 != given_back,
                    moved: now.1 != carried,
                });
            }
        }
        Err(Stop::PlanAgain(format!(
            "what repeats refunds of job {}",
            records.job.id
        )))
    }

    /// The next of the things to do for it.
    async fn receipts_step(
        &self,
        cx: &Ctx,
        plan: &ReceiptsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        if self.receipt_entered_again(cx, plan).await? == Step::Moved
            || self.read_repetitions_again(cx, plan, run).await? == Step::Moved
            || self.ask_for_receipts(cx, plan, run).await? == Step::Moved
        {
            return Ok(Step::Moved);
        }
        self.send_receipt(cx, plan, run).await
    }

    /// P8: a payment that was deleted in Housecall Pro and entered anew is one payment: the link of its receipt moves.
    async fn receipt_entered_again(&self, cx: &Ctx, plan: &ReceiptsPlan<'_>) -> Result<Step, Stop> {
        let Some(((from_name, from), (to_name, to))) = plan.again.clone() else {
            return Ok(Step::Nothing);
        };
        self.hand_over(
            cx,
            AnyKind::SalesReceipt,
            (&from_name, from),
            (&to_name, to),
        )
        .await?;
        Ok(Step::Moved)
    }

    /// A receipt that is wrong, or changed, is read once in a run: a person may have mended it in QuickBooks.
    async fn read_repetitions_again(
        &self,
        cx: &Ctx,
        plan: &ReceiptsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let mut receipts = plan.receipts.iter();
        let is_linked = |one: &&Planned| one.slot.value.link().is_some();
        let read = receipts.find(|one| {
            let is_read = one.is_wrong(cx) || is_linked(one) && run.changed.contains(&one.name);
            is_read && !run.again.contains(&one.name)
        });
        let Some(one) = read else {
            return Ok(Step::Nothing);
        };
        run.again.insert(one.name.clone());
        match self.reread(cx, &one.name, AnyKind::SalesReceipt).await? {
            Reread::Gone => self.repetition_is_gone(cx, one, !one.is_wrong(cx)).await?,
            Reread::Same | Reread::Stands | Reread::Edited => {}
        }
        Ok(Step::Moved)
    }

    /// A person deleted such a receipt. Where something was the matter with it, what they entered for it stands; else they are
    /// `asked` (R4).
    async fn repetition_is_gone(
        &self,
        cx: &Ctx,
        planned: &Planned,
        asked: bool,
    ) -> Result<(), Stop> {
        let mut slot = planned.slot.clone();
        slot.value.memory.gone = true;
        slot.value.memory.asked = asked;
        let slot = slot.in_form(Slot::raw)?;
        self.unlink(cx, object(&planned.name, AnyKind::SalesReceipt, slot))
            .await
    }

    /// Asks for the sales receipts that customers have, all in one call.
    async fn ask_for_receipts(
        &self,
        cx: &Ctx,
        plan: &ReceiptsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let customers = plan.receipts.iter().filter_map(|one| match &one.fate {
            Fate::Ask(customer) => Some(customer.clone()),
            _ => None,
        });
        let customers: BTreeSet<Id> = customers.collect();
        if customers.is_empty() {
            return Ok(Step::Nothing);
        }
        let queries = customers.iter().map(|customer| {
            let receipts = Query::select(SalesReceipt::NAME);
            receipts
                .where_eq("CustomerRef", customer.as_str())
                .in_pages()
        });
        let queries: Vec<Query> = queries.collect();
        let answers = self.ask_all(cx, &queries).await?;
        for (customer, rows) in customers.into_iter().zip(&answers) {
            let mut receipts: Vec<SalesReceipt> = rows.of()?;
            receipts.retain(|receipt| !is_of_any_slot(receipt.private_note.as_deref()));
            run.foreign.insert(customer, receipts);
        }
        Ok(Step::Moved)
    }

    /// Sends the next of them, and makes its method where QuickBooks lacks that.
    async fn send_receipt(
        &self,
        cx: &Ctx,
        plan: &ReceiptsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let graph = Graph {
            cause: Cause::Payments(plan.records),
            nodes: &plan.nodes,
        };
        self.carry_next(cx, graph, &mut run.state, &mut run.refused)
            .await
    }
}
