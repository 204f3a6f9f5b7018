//! Ways out for documents: another number, another day, made again, left as they are, voided (N8, R8, S6, T7).

use jiff::civil::Date;
use mapping::{
    SlotName,
    alert::{Alert, BillTrouble, JobTrouble},
    invoice::Renumbered,
};
use qbo::DocNumber;
use store::{FieldChange, JobState};

use super::{Chosen, Ending, JobEnding, Rest, gone};
use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    job::sent_before::invoice_slot,
    objects::slots::{StoredInvoice, StoredPayment, StoredRefund, stored},
    stop::Stop,
    world::World,
};

impl Chosen {
    /// The slot of the document that it is about.
    fn document(&self) -> Result<SlotName, NotDone> {
        let Alert::Job(alert) = &self.alert else {
            return Err(gone("This alert is about no invoice."));
        };
        let document = alert.document.as_ref();
        let role = document.map(|document| document.role);
        let role = role.ok_or_else(|| gone("This alert does not tell which invoice it is."))?;
        Ok(invoice_slot(&alert.job.id, role))
    }
}

impl<W: World> Engine<W> {
    /// It is sent under another number (N8).
    pub(super) async fn other_number(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        number: &str,
    ) -> Result<Rest, NotDone> {
        let usual = chosen.choice.asks().and_then(|ask| ask.unless);
        let other = chosen.said.clone().or(usual).unwrap_or_default();
        let other = DocNumber::new(other.clone()).map_err(|error| {
            Declined::not_usable(
                "said",
                format!("{other} is no number for QuickBooks: {error}."),
            )
        })?;
        let mut slot = self.document_slot(cx, chosen).await?;
        slot.value.memory.renumbered = Some(Renumbered {
            from: number.to_owned(),
            to: other.to_string(),
        });
        Ok(Rest {
            writes: vec![slot.put()?],
            changes: vec![FieldChange {
                field: "DocNumber".to_owned(),
                before: Some(number.to_owned()),
                after: Some(other.to_string()),
            }],
            ..Rest::default()
        })
    }

    /// It is dated on the first day that is open (S6). Where the books were opened meanwhile, on its own.
    pub(super) async fn first_open_day(&self, cx: &Ctx, chosen: &Chosen) -> Result<Rest, NotDone> {
        // Until when they are closed may have been read before somebody closed them.
        self.refresh_setup(cx).await?;
        let closed = self.cx_anew(cx).await?.connection.preferences.closed_until;
        let day = closed.and_then(|closed| closed.tomorrow().ok());
        let table = self.world.table();
        let (write, before) = match &chosen.alert {
            Alert::Payment(of) => {
                let name = SlotName::payment(&of.job.id, &of.payment.id);
                let mut slot: StoredPayment = stored(table, cx, &name).await?;
                not_there_yet("payment", slot.value.is_live())?;
                slot.value.memory.not_before = day;
                (slot.put()?, of.payment.date)
            }
            Alert::Refund(of) => {
                let name = SlotName::refund(&of.job.id, &of.refund.id);
                let mut slot: StoredRefund = stored(table, cx, &name).await?;
                not_there_yet("refund", slot.value.is_live())?;
                slot.value.memory.not_before = day;
                (slot.put()?, of.refund.date)
            }
            alert => {
                let mut slot = self.document_slot(cx, chosen).await?;
                slot.value.memory.not_before = day;
                (slot.put()?, closed_date(alert))
            }
        };
        let before = before.map(|date| date.to_string());
        Ok(Rest {
            writes: vec![write],
            changes: vec![FieldChange {
                field: "TxnDate".to_owned(),
                before,
                after: day.map(|day| day.to_string()),
            }],
            ..Rest::default()
        })
    }

    /// The document is made once more (R8); one that somebody brought back in QuickBooks goes on.
    pub(super) async fn make_again(&self, cx: &Ctx, chosen: &Chosen) -> Result<Rest, NotDone> {
        let name = chosen.document()?;
        if !self.is_let_go(cx, &name).await? {
            let mut slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
            slot.value.memory.gone = false;
            self.put(vec![slot.put()?]).await?;
        }
        Ok(Rest::default())
    }

    /// It stays as it is (R8, T7).
    pub(super) async fn leave_as_is(&self, cx: &Ctx, chosen: &Chosen) -> Result<Rest, NotDone> {
        let job = chosen.alert.job();
        let state = match job {
            Some(job) => {
                let record = self.read_job(cx, &job.id).await?;
                let left = self.left_as(cx, &chosen.alert, record.value.state);
                left.await?
            }
            None => JobState::Synced,
        };
        Ok(Rest {
            alert: Ending::ClosesForGood,
            job: JobEnding::Stands(state),
            ..Rest::default()
        })
    }

    /// The documents of what was removed are voided (T7).
    pub(super) async fn void_left_over(&self, cx: &Ctx, chosen: &Chosen) -> Result<Rest, NotDone> {
        let Some(job) = chosen.alert.job() else {
            return Err(gone("This alert is about no job."));
        };
        let (left, is_gone) = self.void_removed(cx, &job.id).await?;
        if let Some(left) = left {
            return Err(Declined::not_usable("invoice", left.message()).into());
        }
        Ok(Rest {
            job: match is_gone {
                true => JobEnding::Stands(JobState::Gone),
                false => JobEnding::Pushed,
            },
            ..Rest::default()
        })
    }

    /// The slot of the document, without a write on its way.
    async fn document_slot(&self, cx: &Ctx, chosen: &Chosen) -> Result<StoredInvoice, NotDone> {
        let name = chosen.document()?;
        let slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_sending() {
            self.settle(cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()).into());
        }
        Ok(slot)
    }

    /// How a job stands whose alert is closed without anything being done.
    pub(crate) async fn left_as(
        &self,
        cx: &Ctx,
        alert: &Alert,
        state: JobState,
    ) -> Result<JobState, Stop> {
        let Some(job) = alert.job() else {
            return Ok(state);
        };
        let stands = self.has_documents(cx, &job.id).await?;
        Ok(match alert {
            Alert::Job(alert) => match &alert.trouble {
                JobTrouble::Bill(BillTrouble::Gone { .. }) => JobState::NotSynced,
                JobTrouble::Removal(removal) if removal.is_of_job() => JobState::Gone,
                JobTrouble::Removal(_) => JobState::Synced,
                _ if alert.stands => JobState::PendingChanges,
                _ if stands => JobState::Synced,
                _ => JobState::NotSynced,
            },
            _ if stands => JobState::Synced,
            _ => JobState::NotSynced,
        })
    }
}

/// The date of an invoice that lies in closed books.
fn closed_date(alert: &Alert) -> Option<Date> {
    match alert {
        Alert::Job(alert) => match &alert.trouble {
            JobTrouble::Bill(BillTrouble::ClosedPeriod { date }) => Some(*date),
            _ => None,
        },
        _ => None,
    }
}

/// What QuickBooks has already is not dated otherwise.
fn not_there_yet(what: &'static str, is_live: bool) -> Result<(), Declined> {
    match is_live {
        false => Ok(()),
        true => {
            let words = format!("The {what} is in QuickBooks already, or on its way.");
            Err(Declined::not_usable(what, words))
        }
    }
}
