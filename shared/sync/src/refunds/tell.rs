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
            let is_there = one.slot.value.link().is_some() || matches!(one.fate, Fate::Reopened);
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
        Some(match &one.fate {
            Fate::MoreThanPaid { paid, refunded } => RefundTrouble::MoreThanPaid {
                paid: *paid,
                refunded: *refunded,
            },
            Fate::MaybeThere(receipt) => RefundTrouble::MaybeThere {
                date: receipt.txn_date,
                number: receipt.doc_number.as_ref().map(ToString::to_string),
            },
            Fate::NotApplied(left) => RefundTrouble::NotApplied { left: *left },
            Fate::NoAccount => RefundTrouble::NoAccount,
            Fate::Refused => match run.refused.get(&one.name)? {
                QboError::PeriodClosed { .. } => RefundTrouble::ClosedPeriod {
                    date: one.refund.date(&cx.zone),
                },
                error => RefundTrouble::Refused(QuickbooksWords::from(error)),
            },
            Fate::Done => match one.differs() {
                Some(receipt) => RefundTrouble::Differs {
                    refund: one.refund.amount,
                    receipt,
                },
                None => RefundTrouble::NotReopened(one.not_reopened?),
            },
            Fate::Reopened | Fate::Waits | Fate::Ask { .. } | Fate::Send(_) | Fate::Reopen(_) => {
                return None;
            }
        })
    }
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
