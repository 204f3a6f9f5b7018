//! What a person is told of refunds.

use mapping::{
    alert::{Alert, JobRef, QuickbooksWords, RefundAlert, RefundRef, RefundTrouble, Subject},
    refund::Unusable,
};
use money::Cents;
use qbo::QboError;
use store::JobState;

use super::{
    Run,
    plan::{Fate, Planned, RefundsPlan},
};
use crate::{alerts, ctx::Ctx, engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// Tells what is the matter with refunds, and ends what is no more. Gives how the job stands by them.
    pub(super) async fn tell_of_refunds(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &Run,
        alerted: bool,
    ) -> Result<Option<JobState>, Stop> {
        let mut state = None;
        for one in &plan.unusable {
            let alert = plan.alert(unusable_ref(one), RefundTrouble::Unusable(one.cause), &[]);
            alerts::raise(&self.world, &cx.books, &alert).await?;
            state = Some(JobState::Alert);
        }
        for one in &plan.refunds {
            let parts = [one.slot.value.link(), one.expense.1.value.link()];
            let is_there = parts.iter().any(Option::is_some) || matches!(one.fate, Fate::Reopened);
            if is_there && state.is_none() {
                state = Some(JobState::Synced);
            }
            let trouble = plan.trouble(cx, run, one);
            let alert = trouble.map(|trouble| plan.alert(named(cx, one), trouble, &one.waiting));
            if let Some(alert) = &alert
                && alerts::raise(&self.world, &cx.books, alert).await?
            {
                state = Some(JobState::Alert);
            }
            if alerted {
                let job = plan.records.job.id.clone();
                let subject = Subject::Refund(job, one.refund.id.clone());
                let open = alert.map(|alert| alert.kind().name());
                let is_over = |kind: &str| open != Some(kind);
                alerts::close_those(&self.world, &cx.books, &subject, is_over).await?;
            }
        }
        Ok(state)
    }
}

impl RefundsPlan<'_> {
    fn alert(&self, refund: RefundRef, trouble: RefundTrouble, waiting: &[Cents]) -> Alert {
        Alert::Refund(Box::new(RefundAlert {
            job: JobRef::from(self.records),
            refund,
            trouble,
            waiting: waiting.to_vec(),
        }))
    }

    /// What is the matter with a refund, if anything is.
    fn trouble(&self, cx: &Ctx, run: &Run, one: &Planned) -> Option<RefundTrouble> {
        let trouble = self.trouble_of_fate(cx, run, one);
        let not_tied = || {
            let amount = one.expense.1.value.memory.amount;
            Some(RefundTrouble::NotTied {
                amount,
                why: one.not_tied?,
            })
        };
        let not_reopened = || Some(RefundTrouble::NotReopened(one.not_reopened?));
        trouble.or_else(not_tied).or_else(not_reopened)
    }

    fn trouble_of_fate(&self, cx: &Ctx, run: &Run, one: &Planned) -> Option<RefundTrouble> {
        if let Some((receipt, expense)) = one.asked() {
            return Some(RefundTrouble::Gone { receipt, expense });
        }
        Some(match &one.fate {
            Fate::MoreThanPaid { paid, refunded } => RefundTrouble::MoreThanPaid {
                paid: *paid,
                refunded: *refunded,
            },
            Fate::MaybeThere(receipt) => RefundTrouble::MaybeThere {
                date: receipt.txn_date,
                number: receipt.doc_number.as_ref().map(ToString::to_string),
            },
            Fate::MaybeExpense(expense) => RefundTrouble::MaybeExpense {
                date: expense.txn_date,
                number: expense.doc_number.clone(),
            },
            Fate::NotApplied(left) => RefundTrouble::NotApplied { left: *left },
            Fate::NoAccount => RefundTrouble::NoAccount,
            Fate::Refused => match refused(run, one)? {
                QboError::PeriodClosed { .. } => RefundTrouble::ClosedPeriod {
                    date: one.refund.date(&cx.zone),
                    stands: one.slot.value.link().is_some() || one.expense.1.value.link().is_some(),
                },
                error => RefundTrouble::Refused(QuickbooksWords::from(error)),
            },
            Fate::Done => RefundTrouble::Differs {
                refund: one.refund.amount,
                receipt: one.differs()?,
            },
            Fate::Reopened
            | Fate::Waits
            | Fate::Ask { .. }
            | Fate::AskExpenses(_)
            | Fate::SendExpense(_)
            | Fate::Tie(_)
            | Fate::Send(_)
            | Fate::Reopen(_) => return None,
        })
    }
}

/// Why QuickBooks did not take a part of a refund.
fn refused<'r>(run: &'r Run, one: &Planned) -> Option<&'r QboError> {
    let mut parts = [&one.name, &one.expense.0].into_iter();
    parts.find_map(|name| run.refused.get(name))
}

fn named(cx: &Ctx, one: &Planned) -> RefundRef {
    let refund = &one.refund;
    RefundRef {
        id: refund.id.clone(),
        amount: Some(refund.amount),
        date: Some(refund.date(&cx.zone)),
        invoice: refund.invoice_number.clone(),
    }
}

fn unusable_ref(one: &Unusable) -> RefundRef {
    RefundRef {
        id: one.id.clone(),
        amount: one.amount,
        date: None,
        invoice: one.invoice_number.clone(),
    }
}
