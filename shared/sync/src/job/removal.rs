//! What follows in QuickBooks when a job or an invoice is removed in Housecall Pro (T7).

use hcp::JobId;
use mapping::{
    AnyKind, JobRecords, OnRemoval, QboObject, Role, SentBefore, SlotName,
    alert::{self, Alert, AlertKind, JobAlert, JobRef, LeftOver, Removed, VoidObstacle},
};
use money::Cents;
use qbo::QboError;
use store::{Cause, Ended, Job, JobState, LookCause, Pending, Stored, read};

use crate::{
    alerts,
    calls::limits::Reserved,
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{
        deposits::is_new_to,
        push::Pushed,
        sent_before::{invoice_slot, standing},
    },
    objects::slots::{self, StoredInvoice},
    stop::Stop,
    world::World,
};

/// How often a removal is looked at again while somebody else writes the same records.
const ROUNDS: u32 = 8;

/// The alerts that end when an invoice is issued again, or its document is voided.
const ENDED: [AlertKind; 2] = [AlertKind::RemovedInHousecall, AlertKind::VoidRefused];

/// A job of which something was removed.
pub(crate) struct Removal<'a> {
    pub(crate) id: &'a JobId,
    /// What Housecall Pro says of it; nothing, when it has no such job any more.
    pub(crate) records: Option<&'a JobRecords>,
    pub(crate) standing: &'a SentBefore,
    /// Whether something on it was paid, as far as we were told.
    pub(crate) paid: bool,
}

/// Documents that lost their invoice and stay in QuickBooks.
enum Left {
    /// A person is to void them; their numbers, and what they come to.
    StillThere(Vec<String>, Vec<Cents>),
    /// They could not be voided.
    NotVoided(Vec<LeftOver>),
}

/// What changed of a job.
enum Change {
    /// The deposit was, and its document is to be voided.
    Deposit,
    /// Something was removed; how the job stands then, and what QuickBooks would get of it.
    Removal(JobState, Option<Vec<Pending>>),
    /// Nothing that is in QuickBooks lost its invoice: an edit, if anything.
    Edit(Box<JobRecords>),
}

impl Removal<'_> {
    /// What is left over, in QuickBooks.
    fn documents(&self, cx: &Ctx) -> Result<Vec<Role>, mapping::Refusal> {
        match self.records {
            Some(records) => records.without_invoice(cx.settings.invoicing, self.standing),
            None => {
                let linked = self.standing.documents.iter().filter(|known| known.linked);
                Ok(linked.map(|known| known.role).collect())
            }
        }
    }

    /// Whether Housecall Pro holds money for a document: then it is owed, or has to be given back first.
    fn is_paid(&self, role: Role) -> bool {
        match self.records {
            Some(records) => records.holds_money(role, self.standing),
            None => self.paid,
        }
    }

    /// What a person is told of the documents that are left over; `None`: there are none.
    fn alert(&self, lost: &[Role], left: Left) -> Option<Alert> {
        let job_is = self.records.is_none_or(|records| records.job.is_removed());
        let removed = if job_is {
            Removed::Job
        } else {
            Removed::Invoice
        };
        // N7: the main invoice takes it off for as long.
        let deposit = matches!(lost, [Role::Deposit]);
        let trouble = match left {
            Left::StillThere(numbers, totals) if !numbers.is_empty() => {
                alert::Removal::StillThere {
                    removed,
                    numbers,
                    totals,
                    deposit,
                }
            }
            Left::NotVoided(documents) if !documents.is_empty() => alert::Removal::NotVoided {
                removed,
                documents,
                deposit,
            },
            Left::StillThere(..) | Left::NotVoided(_) => return None,
        };
        let job = self
            .records
            .map_or_else(|| JobRef::unread(self.id), JobRef::from);
        Some(Alert::Job(JobAlert::new(job, trouble)))
    }
}

impl<W: World> Engine<W> {
    /// A job was cancelled, deleted or is gone.
    pub(crate) async fn removed(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &Job,
        records: Option<&JobRecords>,
    ) -> Result<Pushed, Stop> {
        let slots = self.job_slots(cx, id).await?;
        let removal = Removal {
            id,
            records,
            standing: &standing(cx, &slots),
            paid: is_paid(job),
        };
        let lost = removal.documents(cx).unwrap_or_default();
        match self.carry_removal(cx, &removal, &lost).await? {
            Some(alert) => Err(alert.into()),
            None => Ok(Pushed::state(JobState::Gone)),
        }
    }

    /// Voids documents that lost their invoice, or tells a person to. `None`: there is nothing to tell.
    pub(crate) async fn carry_removal(
        &self,
        cx: &Ctx,
        removal: &Removal<'_>,
        lost: &[Role],
    ) -> Result<Option<Alert>, Stop> {
        let mut left = match cx.settings.on_removal {
            OnRemoval::Alert => Left::StillThere(Vec::new(), Vec::new()),
            OnRemoval::Void => Left::NotVoided(Vec::new()),
        };
        for role in lost {
            let name = invoice_slot(removal.id, *role);
            match &mut left {
                Left::StillThere(numbers, totals) => {
                    if let Some((number, total)) = self.number_of(cx, &name).await? {
                        numbers.push(number);
                        totals.extend(total);
                    }
                }
                Left::NotVoided(documents) => {
                    documents.extend(self.void_document(cx, removal, *role, &name).await?);
                }
            }
        }
        Ok(removal.alert(lost, left))
    }

    /// Voids what is left over of a job, whatever the company chose: what stands against it, if anything, and whether the whole
    /// job was removed.
    pub(crate) async fn void_removed(
        &self,
        cx: &Ctx,
        id: &JobId,
    ) -> Result<(Option<Alert>, bool), Stop> {
        let voiding = Ctx {
            settings: mapping::Settings {
                on_removal: OnRemoval::Void,
                ..cx.settings.clone()
            },
            ..cx.clone()
        };
        let job = self.read_job(cx, id).await?;
        let records = self.read_records(cx, id, None).await?;
        let slots = self.job_slots(cx, id).await?;
        let removal = Removal {
            id,
            records: records.as_ref(),
            standing: &standing(cx, &slots),
            paid: is_paid(&job.value),
        };
        let lost = removal.documents(cx).unwrap_or_default();
        let left = self.carry_removal(&voiding, &removal, &lost).await?;
        let records = records.as_ref();
        let is_gone = records.is_none_or(|records| records.job.is_removed());
        Ok((left, is_gone))
    }

    /// The number of the document in a slot and what it comes to, once it is certain that it is in QuickBooks.
    async fn number_of(
        &self,
        cx: &Ctx,
        name: &SlotName,
    ) -> Result<Option<(String, Option<Cents>)>, Stop> {
        let slot = self.settled_slot(cx, name).await?;
        Ok(slot.as_ref().and_then(|slot| {
            let totals = slot.value.memory.totals;
            let number = slots::number(slot.value.link()?);
            Some((number, totals.map(|totals| totals.total)))
        }))
    }

    /// A slot without a write on its way.
    pub(crate) async fn settled_slot(
        &self,
        cx: &Ctx,
        name: &SlotName,
    ) -> Result<Option<StoredInvoice>, Stop> {
        for _ in 0..ROUNDS {
            let slot: Option<StoredInvoice> =
                read(self.world.table(), &cx.books.slot(name)).await?;
            match slot {
                Some(slot) if slot.value.is_sending() => self.settle(cx, name).await?,
                slot => return Ok(slot),
            }
        }
        Err(Stop::PlanAgain(name.to_string()))
    }

    /// Voids a document, unless money or a closed month stand against it: then which, and why not.
    pub(crate) async fn void_document(
        &self,
        cx: &Ctx,
        removal: &Removal<'_>,
        role: Role,
        name: &SlotName,
    ) -> Result<Option<LeftOver>, Stop> {
        self.may_write(cx)?;
        for _ in 0..ROUNDS {
            let Some(mut slot) = self.settled_slot(cx, name).await? else {
                return Ok(None);
            };
            let Some(link) = slot.value.link() else {
                return Ok(None);
            };
            // Gone or void already: a person did it.
            let Some(invoice) = self.present(cx, &link.id).await? else {
                return Ok(None);
            };
            let number = invoice.doc_number.as_ref();
            let number = number.map_or_else(|| slots::number(link), ToString::to_string);
            let refused = |obstacle| {
                Ok(Some(LeftOver {
                    number: number.clone(),
                    total: invoice.total_amt,
                    obstacle,
                }))
            };
            if removal.is_paid(role) {
                return refused(VoidObstacle::PaidInHousecall);
            }
            if let Some(obstacle) = obstacle(&invoice, cx) {
                return refused(obstacle);
            }
            let present = invoice.sync_token.clone();
            if let Some(present) = present.filter(|present| *present != link.sync_token) {
                // Somebody edited it: should it stay after all, everything of ours is written again (R6).
                slot.value.see(present, None);
            }
            match self.void(cx, name, slot).await? {
                Ok(_) => {
                    tracing::info!(slot = %name, "voided: removed in Housecall Pro");
                    return Ok(None);
                }
                Err(QboError::Stale { .. } | QboError::Missing { .. }) => {}
                Err(QboError::PeriodClosed { .. }) => return refused(VoidObstacle::ClosedPeriod),
                Err(QboError::Refused { fault, .. }) => {
                    let words = fault.errors.first().map(|error| error.detail.clone());
                    return refused(VoidObstacle::Refused(words));
                }
                Err(error) => return Err(self.stop_for(cx, &error).await?),
            }
        }
        Err(Stop::PlanAgain(name.to_string()))
    }

    /// An invoice as it stands in QuickBooks; `None` when it is gone or void.
    pub(crate) async fn present(
        &self,
        cx: &Ctx,
        id: &qbo::Id,
    ) -> Result<Option<qbo::Invoice>, Stop> {
        let there = self.read_by_id(cx, AnyKind::Invoice, id).await?;
        Ok(match there {
            Some(QboObject::Invoice(invoice)) => Some(*invoice),
            _ => None,
        })
    }

    /// T6: something changed that pushes nothing by itself. It matters to a job that is in QuickBooks only: a removal
    /// (T7), or an edit (T5).
    pub(crate) async fn look_at_change(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: Stored<Job>,
        reserved: Reserved,
    ) -> Result<Outcome, Stop> {
        cx.trail.because([LookCause::Changed.into()]);
        let slots = self.job_slots(cx, id).await?;
        let standing = standing(cx, &slots);
        if !standing.documents.iter().any(|known| known.linked) {
            return self.looked(cx, job).await;
        }
        let known = alerts::job_ref(id, &job.value);
        let (state, pending) = match self.find_removal(cx, id, &job, &standing, reserved).await {
            Ok(Change::Removal(state, pending)) => (state, pending),
            Ok(Change::Deposit) => {
                return self.void_with_main(cx, id, job, &standing).await;
            }
            Ok(Change::Edit(records)) => {
                return self.look_at_edit(cx, id, job, &records).await;
            }
            Err(Stop::Alert(alert)) => {
                let alert = alert.of(&known, true);
                let alert = self.with_sides(cx, id, &job.value, alert).await?;
                let state = match alerts::raise(&self.world, &cx.books, &alert).await? {
                    true => JobState::Alert,
                    // A person left it so.
                    false => self.left_as(cx, &alert, job.value.state).await?,
                };
                (state, None)
            }
            Err(stop) => return Err(stop),
        };
        if job.value.state != state {
            cx.trail.know(&job.value);
            cx.trail.is_news();
        }
        self.removal_done(cx, id, (state, pending)).await
    }

    /// What changed of a job that is in QuickBooks.
    async fn find_removal(
        &self,
        cx: &Ctx,
        id: &JobId,
        job: &Stored<Job>,
        standing: &SentBefore,
        reserved: Reserved,
    ) -> Result<Change, Stop> {
        let records = self.read_records(cx, id, Some(reserved)).await?;
        let removal = Removal {
            id,
            records: records.as_ref(),
            standing,
            paid: is_paid(&job.value),
        };
        // Where it cannot be told what the invoices are, the next trigger reports that.
        let lost = removal.documents(cx).unwrap_or_default();
        let gone = records
            .as_ref()
            .is_none_or(|records| records.job.is_removed());
        if lost.is_empty()
            && !gone
            && let Some(records) = records
        {
            return Ok(Change::Edit(Box::new(records)));
        }
        let voids = cx.settings.on_removal == OnRemoval::Void;
        if voids && !gone && lost.contains(&Role::Deposit) && is_new_to(job, standing) {
            return Ok(Change::Deposit);
        }
        match self.carry_removal(cx, &removal, &lost).await? {
            Some(alert) => Err(alert.into()),
            None => {
                self.end_removal_alerts(cx, id).await?;
                let (state, pending) = match (records, job.value.state) {
                    _ if gone => (JobState::Gone, Some(Vec::new())),
                    (Some(records), JobState::Alert) if !self.wants_somebody(cx, id).await? => {
                        let (state, pending) = self.state_by_documents(cx, &records).await?;
                        (state, Some(pending))
                    }
                    (_, state) => (state, None),
                };
                Ok(Change::Removal(state, pending))
            }
        }
    }

    /// What was removed was issued again, or voided.
    pub(crate) async fn end_removal_alerts(&self, cx: &Ctx, id: &JobId) -> Result<(), Stop> {
        let subject = alert::Subject::Job(id.clone());
        for kind in ENDED {
            alerts::close_one(&self.world, &cx.books, &subject, kind).await?;
        }
        Ok(())
    }

    async fn removal_done(
        &self,
        cx: &Ctx,
        id: &JobId,
        (state, pending): (JobState, Option<Vec<Pending>>),
    ) -> Result<Outcome, Stop> {
        cx.trail.ends(&self.world, Ended::State(state));
        self.enter_removal(cx, id, |job| {
            job.value.state = state;
            if let Some(pending) = &pending {
                job.value.pending.clone_from(pending);
            }
            job.value.alerted |= state == JobState::Alert;
            if job.value.unhandled().is_empty() {
                job.value.rest();
                job.due = None;
            }
            job.value.changed = false;
        })
        .await?;
        Ok(Outcome::Done)
    }

    /// Whether QuickBooks has something of a job.
    pub(crate) async fn has_documents(&self, cx: &Ctx, id: &JobId) -> Result<bool, Stop> {
        let slots = self.job_slots(cx, id).await?;
        let known = standing(cx, &slots).documents;
        Ok(known.iter().any(|known| known.linked))
    }

    async fn enter_removal(
        &self,
        cx: &Ctx,
        id: &JobId,
        change: impl Fn(&mut Stored<Job>),
    ) -> Result<(), Stop> {
        for _ in 0..ROUNDS {
            let mut job = self.read_job(cx, id).await?;
            change(&mut job);
            match self.put_and_tell(cx, vec![job.put()?]).await {
                Err(Stop::PlanAgain(_)) => {}
                entered => return entered,
            }
        }
        Err(Stop::PlanAgain(format!("job {id}")))
    }
}

/// What stands against voiding an invoice, as QuickBooks and our last read of its settings tell.
fn obstacle(invoice: &qbo::Invoice, cx: &Ctx) -> Option<VoidObstacle> {
    let mut linked = invoice.linked_txn.iter();
    if linked.any(|txn| txn.txn_type == "Payment") || invoice.balance != invoice.total_amt {
        return Some(VoidObstacle::PaymentApplied);
    }
    let closed = cx.connection.preferences.closed_until;
    let is_closed = invoice
        .txn_date
        .zip(closed)
        .is_some_and(|(day, closed)| day <= closed);
    is_closed.then_some(VoidObstacle::ClosedPeriod)
}

fn is_paid(job: &Job) -> bool {
    let mut marks = job.marks.iter();
    marks.any(|mark| mark.trigger == Cause::Paid)
}
