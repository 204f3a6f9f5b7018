//! Carrying the refunds of a job to QuickBooks, each once, after the payments that they give back (P5). One after the
//! other: what a refund takes off its invoice follows from what the earlier ones left.

pub(crate) mod known;
mod plan;
mod reopen;
mod tell;

use std::collections::{BTreeMap, BTreeSet};

use ledger::Slot;
use mapping::{AnyKind, JobRecords, SlotName, marker::is_of_any_slot, refund::NotReopened};
use qbo::{Entity, Id, Payment, QboError, Query, RefundReceipt};
use store::JobState;

use crate::{
    calls::quickbooks::Rows,
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

use self::plan::{Fate, Planned, RefundsPlan};

/// Steps beside two for each refund.
const STEPS: usize = 10;

/// What one run has learned of the refunds of a job.
#[derive(Default)]
struct Run {
    state: PushState,
    /// Payments as they stand in QuickBooks; `None`: they do not.
    payments: BTreeMap<Id, Option<Payment>>,
    /// The refund receipts of customers that did not come from here.
    foreign: BTreeMap<Id, Vec<RefundReceipt>>,
    /// Refunds whose receipt was read once more.
    again: BTreeSet<SlotName>,
    /// Why QuickBooks did not take those that it did not.
    refused: BTreeMap<SlotName, QboError>,
    /// Why QuickBooks did not let the payments of these be lowered.
    not_reopened: BTreeMap<SlotName, NotReopened>,
    /// Whether one of these payments was found to be deleted or voided.
    payment_is_gone: bool,
}

impl Run {
    /// A payment as it stands in QuickBooks.
    fn payment(&self, id: &Id) -> Option<&Payment> {
        self.payments.get(id)?.as_ref()
    }

    /// The account that a payment went to, where QuickBooks tells; the outer `None`: it was not asked.
    fn account_of(&self, id: &Id) -> Option<Option<&Id>> {
        let there = self.payments.get(id)?.as_ref();
        let account = there.and_then(|payment| payment.deposit_to_account_ref.as_ref());
        Some(account.map(|account| &account.value))
    }
}

/// How carrying refunds ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Refunded {
    /// How the job stands by its refunds; `None`: it has none that could be sent by now.
    pub(crate) state: Option<JobState>,
    /// Whether some of a deposit was given back just now: the main invoice bills it again (N7).
    pub(crate) of_deposit: bool,
    /// Whether some of them were carried just now.
    pub(crate) moved: bool,
    /// Whether a payment was found to be gone from QuickBooks, which is to be told with the payments (R4).
    pub(crate) payment_is_gone: bool,
}

impl<W: World> Engine<W> {
    /// Carries the refunds of a job, as far as they are not there already.
    pub(crate) async fn carry_refunds(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        alerted: bool,
    ) -> Result<Refunded, Stop> {
        let refunds = records.invoices.iter().map(|invoice| invoice.refunds.len());
        let refunds: usize = refunds.sum();
        if refunds == 0 {
            return Ok(Refunded::default());
        }
        let mut run = Run::default();
        let mut before = None;
        for _ in 0..STEPS + 2 * refunds {
            let plan = RefundsPlan::make(self, cx, records, &run).await?;
            let (given_back, carried) =
                *before.get_or_insert((plan.deposit_given_back, plan.carried));
            if let Some(name) = plan.sending() {
                self.settle(cx, name).await?;
                continue;
            }
            if self.refunds_step(cx, &plan, &mut run).await? == Step::Nothing {
                return Ok(Refunded {
                    state: self.tell_of_refunds(cx, &plan, &run, alerted).await?,
                    of_deposit: plan.deposit_given_back != given_back,
                    moved: plan.carried != carried,
                    payment_is_gone: run.payment_is_gone,
                });
            }
        }
        Err(Stop::PlanAgain(format!(
            "the refunds of job {}",
            records.job.id
        )))
    }

    /// The next of the things to do for them.
    async fn refunds_step(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        if self.read_receipts_again(cx, plan, run).await? == Step::Moved
            || self.ask_for_money(cx, plan, run).await? == Step::Moved
        {
            return Ok(Step::Moved);
        }
        if self.reopen(cx, plan, run).await? == Step::Moved {
            return Ok(Step::Moved);
        }
        self.send_refund(cx, plan, run).await
    }

    /// A receipt that differs, or should not be, is read once in a run: a person may have mended it in QuickBooks.
    async fn read_receipts_again(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for one in plan.refunds.iter().filter(|one| one.is_wrong()) {
            if !run.again.insert(one.name.clone()) {
                continue;
            }
            match self.reread(cx, &one.name, AnyKind::RefundReceipt).await? {
                Reread::Same => {}
                Reread::Gone => {
                    self.receipt_is_gone(cx, one).await?;
                    return Ok(Step::Moved);
                }
                Reread::Stands | Reread::Edited => return Ok(Step::Moved),
            }
        }
        Ok(Step::Nothing)
    }

    /// A person deleted such a receipt: what they entered for it stands.
    async fn receipt_is_gone(&self, cx: &Ctx, planned: &Planned) -> Result<(), Stop> {
        let mut slot = planned.slot.clone();
        slot.value.memory.gone = true;
        let slot = slot.in_form(Slot::raw)?;
        self.unlink(cx, object(&planned.name, AnyKind::RefundReceipt, slot))
            .await
    }

    /// Asks for the payments that went back, and for the refund receipts that customers have, all in one call.
    async fn ask_for_money(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let (mut asked, mut customers) = (BTreeSet::new(), BTreeSet::new());
        for one in &plan.refunds {
            if let Fate::Ask { payment, customer } = &one.fate {
                asked.extend(payment.clone());
                customers.insert(customer.clone());
            }
        }
        if customers.is_empty() {
            return Ok(Step::Nothing);
        }
        let mut queries: Vec<Query> = customers
            .iter()
            .map(|customer| {
                let receipts = Query::select(RefundReceipt::NAME);
                receipts
                    .where_eq("CustomerRef", customer.as_str())
                    .in_pages()
            })
            .collect();
        if !asked.is_empty() {
            queries.push(AnyKind::Payment.by_ids(&asked));
        }
        let answers = self.ask_all(cx, &queries).await?;
        let mut answers = answers.iter();
        for (customer, rows) in customers.into_iter().zip(answers.by_ref()) {
            let mut receipts: Vec<RefundReceipt> = rows.of()?;
            receipts.retain(|receipt| !is_of_any_slot(receipt.private_note.as_deref()));
            run.foreign.insert(customer, receipts);
        }
        let payments: Vec<Payment> = answers.next().map_or(Ok(Vec::new()), Rows::of)?;
        for id in asked {
            let mut payments = payments.iter();
            let there = payments.find(|payment| payment.id.as_ref() == Some(&id));
            run.payments.insert(id, there.cloned());
        }
        Ok(Step::Moved)
    }

    /// Sends the next refund, and makes its method where QuickBooks lacks that.
    async fn send_refund(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
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
