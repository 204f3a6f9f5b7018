//! What a person decides about a payment or a refund that is held: it is the money that QuickBooks has, or other money (R3,
//! R4, P5).

use std::time::Duration;

use hcp::{CompanyId, JobId};
use mapping::{
    SlotName,
    alert::{Alert, AlertKind, PaymentTrouble, RefundTrouble, Subject},
    payment::Decision,
};
use money::Cents;
use store::{ActKind, AlertRecord, By, Stored, Write};

use crate::{
    alerts,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    job::entering::Entering,
    objects::slots::{StoredExpense, StoredPayment, StoredReceipt, StoredRefund, stored},
    stop::Stop,
    world::World,
};

/// The money that was decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// `payment`, `refund` or `repeated payment`.
    pub what: &'static str,
    /// Its id in Housecall Pro.
    pub id: String,
    /// How much, where that was told.
    pub amount: Option<Cents>,
}

impl Decided {
    /// Inside a sentence: `payment of 99.00`.
    fn named(&self) -> String {
        let amount = self.amount.map(|amount| format!(" of {amount}"));
        format!("{}{}", self.what, amount.unwrap_or_default())
    }
}

/// What an open alert asks about.
struct Asked {
    alert: Stored<AlertRecord>,
    name: SlotName,
    of: Decided,
    /// Of a refund whose parts are gone from QuickBooks: the slot of what gave back credit.
    expense: Option<SlotName>,
    /// The payments in QuickBooks that come to the same amount, all together.
    same: Vec<qbo::Id>,
}

impl<W: World> Engine<W> {
    /// Decides about the payment or the refund of a job that an open alert asks about; about the one with this id, where
    /// there are several. The job is pushed then.
    ///
    /// # Errors
    /// [`Declined`] when no alert asks about it, or several do and none is named.
    pub async fn decide_payment(
        &self,
        company: &CompanyId,
        job: &JobId,
        id: Option<&str>,
        decision: Decision,
        by: &By,
        deadline: Duration,
    ) -> Result<Decided, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let asked = self.asked_about(&cx, job, id).await?;
        let entering = Entering::alone(&self.world, by);
        self.enter_decision(&cx, job, asked, decision, &entering)
            .await
    }

    /// Decides about what an alert asks.
    ///
    /// # Errors
    /// [`Declined`] when it asks nothing, or the money is in QuickBooks already.
    pub(crate) async fn decide_alert(
        &self,
        cx: &Ctx,
        alert: Stored<AlertRecord>,
        decision: Decision,
        entering: &Entering<'_>,
    ) -> Result<Decided, NotDone> {
        let facts = alerts::facts(&alert.value)?;
        let job = facts
            .as_ref()
            .and_then(Alert::job)
            .map(|job| job.id.clone());
        let (Some(job), Some(asked)) = (job, asked_by(alert)?) else {
            let words = "the alert does not ask about a payment or a refund";
            return Err(Declined::changed("alert", words).into());
        };
        self.enter_decision(cx, &job, asked, decision, entering)
            .await
    }

    async fn enter_decision(
        &self,
        cx: &Ctx,
        job: &JobId,
        asked: Asked,
        decision: Decision,
        entering: &Entering<'_>,
    ) -> Result<Decided, NotDone> {
        let Asked {
            alert,
            name,
            of,
            expense,
            same,
        } = asked;
        let Entering { by, push, also } = entering;
        let mut writes = also.clone();
        match expense {
            None => writes.push(self.decided(cx, &name, &of, decision).await?),
            Some(expense) => {
                let gone = self.decided_gone(cx, (&name, &expense), decision).await?;
                writes.extend(gone);
            }
        }
        if decision == Decision::Same {
            let joined = self.join_received(cx, job, &same).await;
            writes.extend(joined?);
        }
        let record = self.record_with_push(cx, job, *push, by).await?;
        let told = match decision {
            Decision::Same => "the same money",
            Decision::Separate => "other money",
        };
        let act = Acting::new(by, ActKind::DecidedPayment)
            .about_job(alerts::job_ref(job, &record.value))
            .told(format!("the {}: {told}", of.named()));
        writes.push(act.write(&self.world, &cx.books)?);
        writes.push(record.put().map_err(Stop::from)?);
        writes.extend(alerts::end(&self.world, &cx.books, alert).await?);
        match self.put(writes).await {
            Ok(()) => {}
            Err(Stop::PlanAgain(_)) => {
                let words = "the job was worked on meanwhile: try it again";
                return Err(Declined::changed("job", words).into());
            }
            Err(stop) => return Err(stop.into()),
        }
        self.nudge(cx, job).await?;
        Ok(of)
    }

    /// The one thing that an open alert of a job asks about.
    async fn asked_about(&self, cx: &Ctx, job: &JobId, id: Option<&str>) -> Result<Asked, NotDone> {
        let open = alerts::open(&self.world, &cx.books, &Subject::Job(job.clone())).await?;
        let mut asked = Vec::new();
        for alert in open {
            let mut asking = AlertKind::ASKING.iter();
            if asking.any(|kind| kind.name() == alert.value.kind) {
                asked.extend(asked_by(alert)?);
            }
        }
        asked.retain(|one| id.is_none_or(|id| one.of.id == id));
        let named: Vec<String> = asked.iter().map(|one| one.of.id.clone()).collect();
        match (asked.pop(), asked.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => {
                let words = "no open alert asks about a payment or a refund of this job";
                Err(Declined::no_such("payment", job, words).into())
            }
            (Some(_), false) => {
                let words = format!("say which one it is: {}", named.join(", "));
                Err(Declined::not_usable("payment", words).into())
            }
        }
    }

    /// What enters the decision.
    async fn decided(
        &self,
        cx: &Ctx,
        name: &SlotName,
        of: &Decided,
        decision: Decision,
    ) -> Result<Write, NotDone> {
        let table = self.world.table();
        let is_live = || {
            let words = format!("the {} is in QuickBooks already, or on its way", of.what);
            NotDone::from(Declined::held_by(of.what, name, words))
        };
        let write = if of.what == RECEIPT {
            let mut slot: StoredReceipt = stored(table, cx, name).await?;
            if slot.value.is_live() {
                return Err(is_live());
            }
            slot.value.memory.decision = Some(decision);
            slot.put()
        } else if of.what == REFUND {
            let mut slot: StoredRefund = stored(table, cx, name).await?;
            if slot.value.is_live() {
                return Err(is_live());
            }
            slot.value.memory.decision = Some(decision);
            slot.put()
        } else {
            let mut slot: StoredPayment = stored(table, cx, name).await?;
            if slot.value.is_live() {
                return Err(is_live());
            }
            slot.value.memory.decision = Some(decision);
            slot.put()
        };
        Ok(write.map_err(Stop::from)?)
    }

    /// What enters the decision about the parts of a refund that are gone from QuickBooks (R4).
    async fn decided_gone(
        &self,
        cx: &Ctx,
        (refund, expense): (&SlotName, &SlotName),
        decision: Decision,
    ) -> Result<Vec<Write>, NotDone> {
        let table = self.world.table();
        let mut writes = Vec::new();
        let mut slot: StoredRefund = stored(table, cx, refund).await?;
        if slot.value.memory.removal().is_asked() && !slot.value.is_live() {
            slot.value.memory.decision = Some(decision);
            writes.push(slot.put().map_err(Stop::from)?);
        }
        let mut slot: StoredExpense = stored(table, cx, expense).await?;
        if slot.value.memory.removal().is_asked() && !slot.value.is_live() {
            slot.value.memory.decision = Some(decision);
            writes.push(slot.put().map_err(Stop::from)?);
        }
        if writes.is_empty() {
            let words = "the refund is in QuickBooks already, or on its way";
            return Err(Declined::held_by(REFUND, refund, words).into());
        }
        Ok(writes)
    }
}

const REFUND: &str = "refund";

/// What of a payment repeats refunds.
const RECEIPT: &str = "repeated payment";

fn asked_by(alert: Stored<AlertRecord>) -> Result<Option<Asked>, Stop> {
    let (mut same, mut expense) = (Vec::new(), None);
    let (name, of) = match alerts::facts(&alert.value)? {
        Some(Alert::Payment(of)) => {
            if let PaymentTrouble::MaybeThere { candidates } = &of.trouble {
                let all: Cents = candidates.iter().map(|one| one.amount).sum();
                let ids = candidates.iter().map(|one| one.id.clone());
                same.extend(ids.filter(|_| of.payment.amount == Some(all)));
            }
            let decided = Decided {
                what: "payment",
                id: of.payment.id.to_string(),
                amount: of.payment.amount,
            };
            (SlotName::payment(&of.job.id, &of.payment.id), decided)
        }
        Some(Alert::Refund(of)) => {
            let is_gone = matches!(of.trouble, RefundTrouble::Gone { .. });
            expense = is_gone.then(|| SlotName::expense(&of.job.id, &of.refund.id));
            let decided = Decided {
                what: REFUND,
                id: of.refund.id.to_string(),
                amount: of.refund.amount,
            };
            (SlotName::refund(&of.job.id, &of.refund.id), decided)
        }
        Some(Alert::Receipt(of)) => (
            SlotName::sales_receipt(&of.job.id, &of.payment.id, &of.of),
            Decided {
                what: RECEIPT,
                id: of.payment.id.to_string(),
                amount: of.payment.amount,
            },
        ),
        _ => return Ok(None),
    };
    Ok(Some(Asked {
        alert,
        name,
        of,
        expense,
        same,
    }))
}
