//! What a person decides about a payment that is held: it is the money that QuickBooks has, or other money (R3, R4).

use std::time::Duration;

use hcp::{CompanyId, JobId, PaymentId};
use mapping::{
    SlotName,
    alert::{Alert, AlertKind, PaymentAlert, PaymentRef, Subject},
    payment::Decision,
};
use ports::Clock;
use store::{AlertRecord, Stored};

use crate::{
    alerts,
    declined::{Declined, NotDone},
    engine::Engine,
    objects::slots::{StoredPayment, stored},
    stop::{Stop, broken},
    world::World,
};

/// The types of alerts that ask for such a decision.
const ASKING: [AlertKind; 2] = [AlertKind::PaymentMaybeInQuickbooks, AlertKind::PaymentGone];

impl<W: World> Engine<W> {
    /// Decides about the payment of a job that an open alert asks about; about this one, where there are several. The job
    /// is pushed then.
    ///
    /// # Errors
    /// [`Declined`] when no alert asks about it, or several do and none is named.
    pub async fn decide_payment(
        &self,
        company: &CompanyId,
        job: &JobId,
        payment: Option<&PaymentId>,
        decision: Decision,
        deadline: Duration,
    ) -> Result<PaymentRef, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let open = alerts::open(&self.world, &cx.books, &Subject::Job(job.clone())).await?;
        let mut asked = Vec::new();
        for alert in open {
            let asks = ASKING.iter().any(|kind| kind.name() == alert.value.kind);
            if asks && let Some(of) = payment_alert(&alert)? {
                asked.push((alert, of.payment));
            }
        }
        asked.retain(|(_, one)| payment.is_none_or(|payment| one.id == *payment));
        let named: Vec<String> = asked.iter().map(|(_, one)| one.id.to_string()).collect();
        let (alert, of) = match (asked.pop(), asked.is_empty()) {
            (Some(only), true) => only,
            (None, _) => {
                let words = "no open alert asks about a payment of this job";
                return Err(Declined::no_such("payment", job, words).into());
            }
            (Some(_), false) => {
                let words = format!("say which payment it is: {}", named.join(", "));
                return Err(Declined::not_usable("payment", words).into());
            }
        };
        let name = SlotName::payment(job, &of.id);
        let mut slot: StoredPayment = stored(self.world.table(), &cx, &name).await?;
        if slot.value.is_live() {
            let words = "the payment is in QuickBooks already, or on its way";
            return Err(Declined::held_by("payment", &name, words).into());
        }
        slot.value.memory.decision = Some(decision);
        let record = self.pushed_record(&cx, job, self.world.clock().now());
        let mut writes = vec![slot.put().map_err(Stop::from)?];
        writes.push(record.await?.put().map_err(Stop::from)?);
        writes.extend(alerts::end(&self.world, &cx.books, alert).await?);
        match self.put(writes).await {
            Ok(()) => {}
            Err(Stop::PlanAgain(_)) => {
                let words = "the job was worked on meanwhile: try it again";
                return Err(Declined::changed("job", words).into());
            }
            Err(stop) => return Err(stop.into()),
        }
        self.nudge(&cx, job).await?;
        Ok(of)
    }
}

fn payment_alert(alert: &Stored<AlertRecord>) -> Result<Option<PaymentAlert>, Stop> {
    let text = alert.value.alert.as_ref();
    let read = text.map(|text| serde_json::from_str::<Alert>(text.get()));
    Ok(match read.transpose().map_err(broken)? {
        Some(Alert::Payment(of)) => Some(*of),
        _ => None,
    })
}
