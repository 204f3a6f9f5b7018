//! What a person is told of payments.

use hcp::PaymentId;
use mapping::{
    alert::{
        Alert, ForeignPayment, JobRef, PaymentAlert, PaymentRef, PaymentTrouble, QuickbooksWords,
        Sides, Subject,
    },
    payment::{self, JobPayment, Unusable},
    refund::JobRefund,
};
use money::Cents;
use qbo::QboError;
use store::JobState;

use super::{
    Run,
    plan::{Fate, PaymentsPlan, Planned},
};
use crate::{alerts, ctx::Ctx, engine::Engine, objects::slots::wrote, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// Tells what is the matter with payments, and ends what is no more. Gives how the job stands by them.
    pub(super) async fn tell_of_payments(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
        run: &Run,
        alerted: bool,
    ) -> Result<Option<JobState>, Stop> {
        let job = &plan.records.job.id;
        let mut state = None;
        let mut open: Vec<(Subject, &'static str)> = Vec::new();
        for alert in plan.alerts(cx, run)? {
            open.push((alert.subject(), alert.kind().name()));
            if alerts::raise(&self.world, &cx.books, &alert).await? {
                state = Some(JobState::Alert);
            }
        }
        for one in &plan.payments {
            if one.is_linked() && state.is_none() {
                state = Some(JobState::Synced);
            }
            let Some(id) = one.name.payment_id(job).filter(|_| alerted) else {
                continue;
            };
            let subject = Subject::Payment(job.clone(), id);
            let stays = |kind: &str| {
                open.iter()
                    .any(|(about, name)| *about == subject && *name == kind)
            };
            alerts::close_those(&self.world, &cx.books, &subject, |kind| !stays(kind)).await?;
        }
        Ok(state)
    }
}

impl PaymentsPlan<'_> {
    fn alerts(&self, cx: &Ctx, run: &Run) -> Result<Vec<Alert>, Stop> {
        let mut alerts = Vec::new();
        for one in &self.unusable {
            let trouble = PaymentTrouble::Unusable(one.cause);
            alerts.push(self.alert(unusable_ref(one), trouble, vec![one.id.clone()]));
        }
        for one in &self.payments {
            let Some(id) = one.name.payment_id(&self.records.job.id) else {
                continue;
            };
            if let Some(trouble) = self.trouble(cx, run, one)? {
                let unsent = match one.is_linked() {
                    true => self.waiting_for(one).map(|paid| paid.id.clone()).collect(),
                    false => vec![id.clone()],
                };
                alerts.push(self.alert(self.named(cx, id, one), trouble, unsent));
            }
        }
        Ok(alerts)
    }

    fn alert(&self, payment: PaymentRef, trouble: PaymentTrouble, unsent: Vec<PaymentId>) -> Alert {
        let (refunds, payments) = self.behind(unsent);
        Alert::Payment(Box::new(PaymentAlert {
            job: JobRef::from(self.records),
            refunds,
            payments,
            payment,
            trouble,
        }))
    }

    /// What waits behind these payments, which are not in QuickBooks: the refunds that give their money back, the payments
    /// that wait for these, and so on (P4, P5).
    fn behind(&self, mut payments: Vec<PaymentId>) -> (Vec<Cents>, Vec<Cents>) {
        let told = self.records.payments().0;
        let gives_back = |refund: &JobRefund| {
            let before = told.iter();
            let before = before.filter(|paid| paid.paid_at <= refund.refunded_at);
            let given_back = refund.gives_back(before);
            let given_back = given_back.or_else(|| refund.gives_back(&told));
            given_back.map(|paid| paid.id.clone())
        };
        let mut left: Vec<&(JobRefund, Vec<JobPayment>)> = self.refunds.iter().collect();
        let (mut refunds, mut others) = (Vec::new(), Vec::new());
        while let Some(next) = left.iter().position(|(refund, _)| {
            gives_back(refund).is_some_and(|payment| payments.contains(&payment))
        }) {
            let (refund, waiting) = left.remove(next);
            refunds.push(refund.amount);
            for payment in waiting {
                if !payments.contains(&payment.id) {
                    payments.push(payment.id.clone());
                    others.push(payment.total());
                }
            }
        }
        (refunds, others)
    }

    fn named(&self, cx: &Ctx, id: PaymentId, one: &Planned) -> PaymentRef {
        let memory = one.memory();
        let number = |id: &hcp::InvoiceId| {
            let mut invoices = self.records.invoices.iter();
            let invoice = invoices.find(|invoice| invoice.id == *id)?;
            invoice.invoice_number.clone()
        };
        let payment = one.payment.as_ref();
        PaymentRef {
            id,
            amount: payment.map(JobPayment::total).or(memory.total),
            date: payment.map(|paid| paid.date(&cx.zone)).or(memory.date),
            method: payment.and_then(|paid| Some(paid.method_name.as_ref()?.0.clone())),
            invoice: match payment {
                Some(paid) => paid.invoice_number.clone(),
                None => memory.invoices.first().and_then(number),
            },
        }
    }

    /// What is the matter with a payment, if anything is.
    fn trouble(&self, cx: &Ctx, run: &Run, one: &Planned) -> Result<Option<PaymentTrouble>, Stop> {
        Ok(match (&one.fate, run.refused.get(&one.name)) {
            (Fate::NoInvoice, _) => Some(PaymentTrouble::NoInvoice),
            (Fate::InvoiceGone(number, total), _) => Some(PaymentTrouble::InvoiceGone {
                number: number.clone(),
                total: *total,
            }),
            (Fate::Held(candidates), _) => Some(PaymentTrouble::MaybeThere {
                candidates: candidates.iter().map(foreign).collect(),
            }),
            (Fate::Refused, Some(QboError::PeriodClosed { .. })) => {
                let payment = one.payment.as_ref();
                payment.map(|payment| PaymentTrouble::ClosedPeriod {
                    date: payment.date(&cx.zone),
                    stands: one.is_linked(),
                })
            }
            (Fate::Refused, Some(error)) => {
                Some(PaymentTrouble::Refused(QuickbooksWords::from(error)))
            }
            _ => {
                let matter = self.matter(cx, one)?;
                matter.filter(|matter| !self.is_by_credit(run, one, matter))
            }
        })
    }

    /// P4: whether a payment pays less than it was to since QuickBooks had paid as much by itself, with credit of the
    /// customer: that is told of the customer, once for all payments.
    fn is_by_credit(&self, run: &Run, one: &Planned, matter: &PaymentTrouble) -> bool {
        let short = match matter {
            PaymentTrouble::Overpaid { rest, .. } => *rest,
            PaymentTrouble::NotApplied { expected, applied } => *expected - *applied,
            _ => return false,
        };
        let documents = self.documents_of(one).into_iter();
        let credited = documents.map(|document| run.credited_by_itself(&document.open.id));
        short <= credited.sum()
    }

    /// What waits for a payment that is gone in Housecall Pro (P4).
    fn waiting_for(&self, gone: &Planned) -> impl Iterator<Item = &JobPayment> {
        let waits = self.payments.iter().filter(move |one| {
            let documents = self.documents_of(one).into_iter();
            let mut on_its = documents.map(|document| gone.memory().paid_of(&document.open.id));
            let is_gone = gone.payment.is_none();
            is_gone && matches!(one.fate, Fate::Waits) && on_its.any(|paid| paid > Cents::ZERO)
        });
        waits.filter_map(|one| one.payment.as_ref())
    }

    /// The same of one that QuickBooks has, or had.
    pub(super) fn matter(&self, cx: &Ctx, one: &Planned) -> Result<Option<PaymentTrouble>, Stop> {
        let memory = one.memory();
        let Some(payment) = &one.payment else {
            let id = one.name.payment_id(&self.records.job.id);
            let failed = id.is_some_and(|id| self.records.has_failed(&id));
            let waiting = self.waiting_for(one).map(JobPayment::total).collect();
            return Ok(Some(match failed {
                true => PaymentTrouble::Returned { waiting },
                false => PaymentTrouble::Removed { waiting },
            }));
        };
        if memory.gone && memory.decision.is_none() {
            return Ok(Some(PaymentTrouble::Gone));
        }
        if !one.is_linked() {
            return Ok(None);
        }
        if memory.joined {
            let documents = self.documents_of(one).into_iter();
            let pays = documents.map(|document| memory.paid_of(&document.open.id));
            let pays: Cents = pays.sum();
            let moved = payment::pays_less(payment.total(), pays);
            let differences = moved.into_iter().collect::<Vec<_>>();
            let is_told = !differences.is_empty();
            let sides = Some(Sides {
                housecall: payment.total(),
                quickbooks: pays,
            });
            return Ok(is_told.then_some(PaymentTrouble::ChangedThere { differences, sides }));
        }
        let written: qbo::Payment = wrote(&one.slot.value)?;
        let here = self.documents_of(one).into_iter();
        let here = here.map(|document| memory.paid_of(&document.open.id));
        let sides = Some(Sides {
            housecall: payment.total(),
            quickbooks: here.sum::<Cents>() + memory.unapplied,
        });
        let differences = payment::differences(payment, memory, &cx.zone);
        if !differences.is_empty() {
            let there = payment::changed_there(&written, memory);
            return Ok(Some(match there.is_empty() {
                true => PaymentTrouble::Changed { differences, sides },
                false => PaymentTrouble::ChangedThere {
                    differences: there,
                    sides,
                },
            }));
        }
        if let Some(moved) = payment::moved_away(&written, memory) {
            return Ok(Some(PaymentTrouble::ChangedThere {
                differences: vec![moved],
                sides,
            }));
        }
        if memory.unapplied <= Cents::ZERO {
            return Ok(None);
        }
        let applied: Cents = self.paid_with(memory).map(|(_, amount)| *amount).sum();
        let expected = one.sent()?;
        Ok(Some(match applied < expected {
            // With what was more than the invoice had left when it was sent.
            true => PaymentTrouble::NotApplied {
                expected: applied + memory.unapplied,
                applied,
            },
            false => PaymentTrouble::Overpaid {
                applied,
                rest: memory.unapplied,
            },
        }))
    }
}

fn unusable_ref(one: &Unusable) -> PaymentRef {
    PaymentRef {
        id: one.id.clone(),
        amount: one.amount,
        date: None,
        method: None,
        invoice: None,
    }
}

fn foreign(there: &qbo::Payment) -> ForeignPayment {
    ForeignPayment {
        id: there.id.clone().unwrap_or_else(|| qbo::Id::new("")),
        amount: there.total_amt.unwrap_or_default(),
        date: there.txn_date,
        reference: there.payment_ref_num.clone(),
    }
}
