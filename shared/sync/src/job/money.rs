//! The money of a job, in the order in which one thing follows another: its payments, its refunds, and what repeats these.

use std::collections::BTreeMap;

use mapping::{JobRecords, SlotName};
use qbo::QboError;
use store::{Job, JobState};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::Graph,
        state::{PushState, worse},
        step::Step,
    },
    stop::Stop,
    world::World,
};

/// How carrying the money of a job ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moved {
    /// How the job stands by it; `None`: it has none that could be sent by now.
    pub(crate) state: Option<JobState>,
    /// Whether what refunds gave back of its deposit changed just now: the main invoice takes off another amount (N7).
    pub(crate) of_deposit: bool,
}

impl<W: World> Engine<W> {
    /// Carries payments, refunds and what repeats refunds, as far as they are not there already. Where a payment was made
    /// after a refund, it waits for that, and later refunds for it: then they are gone through again; so they are where a
    /// refund found a payment gone, or gave back what one left unapplied.
    pub(crate) async fn carry_money(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<Moved, Stop> {
        let refunds = records.invoices.iter().map(|invoice| invoice.refunds.len());
        let refunds: usize = refunds.sum();
        let mut of_deposit = false;
        let mut job = job.clone();
        for _ in 0..=3 * refunds + 1 {
            let paid = Box::pin(self.carry_payments(cx, records, &job)).await?;
            let refunded = Box::pin(self.carry_refunds(cx, records, job.alerted)).await?;
            let repeated = Box::pin(self.carry_receipts(cx, records, job.alerted)).await?;
            of_deposit |= refunded.of_deposit || repeated.of_deposit;
            let is_through =
                !(refunded.moved || repeated.moved) || !has_payment_after_refund(records);
            if is_through && !refunded.payments_moved {
                return Ok(Moved {
                    state: worse(worse(paid, refunded.state), repeated.state),
                    of_deposit,
                });
            }
            // What was told before may be mended by now.
            job.alerted |= paid == Some(JobState::Alert) || refunded.state == Some(JobState::Alert);
        }
        let job = &records.job.id;
        Err(Stop::PlanAgain(format!("the money of job {job}")))
    }

    /// Carries the next of the receipts of a job. Why QuickBooks did not take one is kept by its name; what has nothing to
    /// do with it ends the work.
    pub(crate) async fn carry_next(
        &self,
        cx: &Ctx,
        graph: Graph<'_>,
        state: &mut PushState,
        refused: &mut BTreeMap<SlotName, QboError>,
    ) -> Result<Step, Stop> {
        if graph.nodes.is_empty() {
            return Ok(Step::Nothing);
        }
        let step = self.carry_by_itself(cx, graph, state).await?;
        for (name, error) in std::mem::take(&mut state.transactions_refused) {
            if !error.is_of_one_document() {
                return Err(self.stop_for(cx, &error).await?);
            }
            refused.insert(name, error);
        }
        Ok(step)
    }
}

fn has_payment_after_refund(records: &JobRecords) -> bool {
    let refunds = records.refunds().0;
    let first = refunds.iter().map(|refund| refund.refunded_at).min();
    let payments = records.payments().0;
    let last = payments.iter().map(|payment| payment.paid_at).max();
    first
        .zip(last)
        .is_some_and(|(refund, payment)| refund < payment)
}
