//! What a person is told of what repeats refunds.

use mapping::alert::{
    Alert, JobRef, PaymentRef, QuickbooksWords, ReceiptAlert, ReceiptTrouble, Subject,
};
use qbo::QboError;
use store::JobState;

use super::{
    Run,
    plan::{Fate, Planned, ReceiptsPlan},
};
use crate::{alerts, ctx::Ctx, engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// Tells what is the matter with it, and ends what is no more. Gives how the job stands by it.
    pub(super) async fn tell_of_receipts(
        &self,
        cx: &Ctx,
        plan: &ReceiptsPlan<'_>,
        run: &Run,
        alerted: bool,
    ) -> Result<Option<JobState>, Stop> {
        let mut state = None;
        for one in &plan.receipts {
            if one.slot.value.link().is_some() && state.is_none() {
                state = Some(JobState::Synced);
            }
            let alert = plan.trouble(cx, run, one).map(|trouble| {
                Alert::Receipt(Box::new(ReceiptAlert {
                    job: JobRef::from(plan.records),
                    payment: plan.named(cx, one),
                    of: one.invoice.clone(),
                    trouble,
                    waiting: one.waiting.clone(),
                }))
            });
            if let Some(alert) = &alert {
                alerts::raise(&self.world, &cx.books, alert).await?;
                state = Some(JobState::Alert);
            }
            if alerted {
                let job = plan.records.job.id.clone();
                let subject = Subject::Receipt(job, one.payment.clone(), one.invoice.clone());
                let open = alert.map(|alert| alert.kind().name());
                let is_over = |kind: &str| open != Some(kind);
                alerts::close_those(&self.world, &cx.books, &subject, is_over).await?;
            }
        }
        Ok(state)
    }
}

impl ReceiptsPlan<'_> {
    fn named(&self, cx: &Ctx, one: &Planned) -> PaymentRef {
        let mut invoices = self.records.invoices.iter();
        let invoice = invoices.find(|invoice| invoice.id == one.invoice);
        let told = one.told.as_ref().map(|(payment, _)| payment);
        PaymentRef {
            id: one.payment.clone(),
            amount: Some(one.amount),
            date: told
                .map(|payment| payment.date(&cx.zone))
                .or(one.slot.value.memory.date),
            method: told.and_then(|payment| Some(payment.method_name.as_ref()?.0.clone())),
            invoice: invoice.and_then(|invoice| invoice.invoice_number.clone()),
        }
    }

    /// What is the matter with it, if anything is.
    fn trouble(&self, cx: &Ctx, run: &Run, one: &Planned) -> Option<ReceiptTrouble> {
        if one.is_gone() {
            return Some(match self.records.has_failed(&one.payment) {
                true => ReceiptTrouble::Returned,
                false => ReceiptTrouble::Removed,
            });
        }
        if one.slot.value.memory.removal().is_asked() {
            return Some(ReceiptTrouble::Gone);
        }
        Some(match &one.fate {
            Fate::MaybeThere(receipt) => ReceiptTrouble::MaybeThere {
                date: receipt.txn_date,
                number: receipt.doc_number.as_ref().map(ToString::to_string),
            },
            Fate::Unknown => ReceiptTrouble::Unknown,
            Fate::Refused => match run.refused.get(&one.name)? {
                QboError::PeriodClosed { .. } => ReceiptTrouble::ClosedPeriod {
                    date: one.told.as_ref()?.0.date(&cx.zone),
                },
                error => ReceiptTrouble::Refused(QuickbooksWords::from(error)),
            },
            Fate::Done => {
                let differences = one.differences(cx);
                if differences.is_empty() {
                    return None;
                }
                ReceiptTrouble::Changed {
                    differences,
                    sides: one.sides(),
                }
            }
            Fate::Waits | Fate::Ask(_) | Fate::Send(_) => return None,
        })
    }
}
