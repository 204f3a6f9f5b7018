//! Which jobs are concerned by what changed in QuickBooks.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use hcp::JobId;
use jiff::Timestamp;
use ledger::{Slot, owner};
use mapping::{AnyKind, QboObject, SlotName, marker::is_of_any_slot, received::Standing};
use ports::{Clock, Queue};
use qbo::{Changed, Entity, Id, Invoice, Payment, SyncToken};
use store::{Evidence, PulledPayment, Stored, read};

use super::receipts::is_as_known;
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::sent_before::invoice_slot,
    objects::slots::{StoredInvoice, StoredPayment, stored},
    retry::Change,
    stop::Stop,
    work::message::Subject,
    world::World,
};

/// So many objects are looked up in our records beside each other.
const BESIDE: usize = 8;

/// A person's edit within so many seconds of our own write is left to the next pull of all changes.
const ECHO_SECONDS: i64 = 10;

/// What changed in QuickBooks.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) payments: Vec<Changed<Payment>>,
    pub(super) invoices: Vec<Changed<Invoice>>,
    /// Refund receipts, sales receipts and expenses, most of which are nobody's here.
    pub(super) others: Vec<Other>,
}

/// A refund receipt, a sales receipt or an expense.
pub(super) struct Other {
    kind: AnyKind,
    id: Id,
    /// As it stands, perhaps void; none: it is said to be deleted.
    there: Option<QboObject>,
}

impl Changes {
    /// Adds objects of such a kind.
    pub(super) fn add<T: Entity>(&mut self, kind: AnyKind, changed: Vec<Changed<T>>)
    where
        QboObject: From<T>,
    {
        let others = changed.into_iter().filter_map(|one| {
            Some(Other {
                kind,
                id: one.id()?.clone(),
                there: match one {
                    Changed::Stands(there) => Some(QboObject::from(there)),
                    Changed::Deleted(_) => None,
                },
            })
        });
        self.others.extend(others);
    }
}

/// What one object of QuickBooks comes to.
#[derive(Default)]
struct Concerned {
    /// These jobs must be looked at.
    jobs: BTreeSet<JobId>,
    /// What is to be known of a payment that did not come from here, once they will be.
    seen: Option<(Id, Option<SyncToken>)>,
    /// It is a payment of ours as we left it, changed then.
    own: Option<Timestamp>,
}

impl<W: World> Engine<W> {
    /// Has the jobs looked at that are concerned by these objects, but for those that were `told` in this run: their look is
    /// still to come, or what changed after it is met by the next pull. Gives when the latest of those was changed that are
    /// payments of ours, as we left them.
    pub(super) async fn concern(
        &self,
        cx: &Ctx,
        told: &mut BTreeSet<JobId>,
        changes: &Changes,
    ) -> Result<Option<Timestamp>, Stop> {
        let Changes {
            payments,
            invoices,
            others,
        } = changes;
        let of_payments = stream::iter(payments).map(|one| self.by_payment(cx, one));
        let of_payments: Vec<Concerned> = of_payments.buffered(BESIDE).try_collect().await?;
        let of_invoices = stream::iter(invoices).map(|one| self.by_invoice(cx, one));
        let of_invoices: Vec<Concerned> = of_invoices.buffered(BESIDE).try_collect().await?;
        let of_others = stream::iter(others).map(|one| self.by_other(cx, one));
        let of_others: Vec<Concerned> = of_others.buffered(BESIDE).try_collect().await?;
        let all = || of_payments.iter().chain(&of_invoices).chain(&of_others);
        let jobs: BTreeSet<&JobId> = all().flat_map(|one| &one.jobs).collect();
        for job in jobs {
            if told.insert(job.clone()) {
                self.look_at_pulled(cx, job).await?;
            }
        }
        // Only now: who dies before meets them again.
        for one in all() {
            if let Some((id, sync_token)) = &one.seen {
                self.note_pulled(cx, id, sync_token.as_ref(), &one.jobs)
                    .await?;
            }
        }
        Ok(all().filter_map(|one| one.own).max())
    }

    /// Has a job looked at for what people did in QuickBooks.
    pub(super) async fn look_at_pulled(&self, cx: &Ctx, job: &JobId) -> Result<(), Stop> {
        let evidence = Evidence::due(self.world.clock().now());
        let subject = Subject::pulled_job(job);
        let message = self.message(&cx.books.company, subject, Some(evidence))?;
        Ok(self.world.queue().send(message).await?)
    }

    async fn note_pulled(
        &self,
        cx: &Ctx,
        id: &Id,
        sync_token: Option<&SyncToken>,
        jobs: &BTreeSet<JobId>,
    ) -> Result<(), Stop> {
        let key = cx.books.pulled(id);
        let noted = self.change(&key, PulledPayment::default, |pulled| {
            pulled.value.sync_token = sync_token.cloned();
            pulled.value.jobs = jobs.iter().cloned().collect();
            Change::Store(())
        });
        noted.await.map(drop)
    }

    async fn by_payment(&self, cx: &Ctx, changed: &Changed<Payment>) -> Result<Concerned, Stop> {
        let Some(id) = changed.id() else {
            return Ok(Concerned::default());
        };
        let there = match changed {
            Changed::Stands(payment) => Some(payment),
            Changed::Deleted(_) => None,
        };
        let sync_token = there.and_then(Entity::sync_token);
        if let Some(name) = self.owner_of(cx, AnyKind::Payment, id).await? {
            let slot: StoredPayment = stored(self.world.table(), cx, &name).await?;
            let link = slot.value.link().filter(|link| link.id == *id);
            let is_as_left = link.is_some_and(|link| Some(&link.sync_token) == sync_token);
            let is_ours = !slot.value.memory.joined;
            return Ok(match name.job() {
                Some(job) if !is_as_left && !slot.value.is_sending() => Concerned {
                    jobs: [job].into(),
                    ..Concerned::default()
                },
                _ => Concerned {
                    own: there.filter(|_| is_ours).and_then(updated),
                    ..Concerned::default()
                },
            });
        }
        let known = read::<PulledPayment>(self.world.table(), &cx.books.pulled(id)).await?;
        let is_known = known
            .as_ref()
            .is_some_and(|known| known.value.sync_token.as_ref() == sync_token);
        // Ours, and its answer was not entered yet: who does that knows it then.
        let is_on_its_way =
            there.is_some_and(|there| is_of_any_slot(there.private_note.as_deref()));
        if is_known || is_on_its_way && known.is_none() {
            return Ok(Concerned::default());
        }
        let before = known.into_iter().flat_map(|known| known.value.jobs);
        let mut jobs: BTreeSet<JobId> = before.collect();
        let linked = there.into_iter().flat_map(|there| &there.line);
        for linked in linked.flat_map(|line| &line.linked_txn) {
            if linked.txn_type == Invoice::NAME {
                let owner = self.owner_of(cx, AnyKind::Invoice, &linked.txn_id).await?;
                jobs.extend(owner.and_then(|slot| slot.job()));
            }
        }
        Ok(Concerned {
            seen: (!jobs.is_empty()).then(|| (id.clone(), sync_token.cloned())),
            jobs,
            own: None,
        })
    }

    async fn by_invoice(&self, cx: &Ctx, changed: &Changed<Invoice>) -> Result<Concerned, Stop> {
        let owner = match changed.id() {
            Some(id) => self.owner_of(cx, AnyKind::Invoice, id).await?,
            None => None,
        };
        let Some((name, job)) = owner.and_then(|name| Some((name.clone(), name.job()?))) else {
            return Ok(Concerned::default());
        };
        let is_news = match changed {
            Changed::Stands(there) => self.is_otherwise(cx, &job, &name, there).await?,
            Changed::Deleted(id) => {
                let slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
                let memory = &slot.value.memory;
                let link = slot.value.link().filter(|_| !memory.gone);
                link.is_some_and(|link| link.id == *id)
            }
        };
        Ok(Concerned {
            jobs: is_news.then_some(job).into_iter().collect(),
            ..Concerned::default()
        })
    }

    /// R4: a refund receipt, a sales receipt or an expense of ours that is not as it is known.
    async fn by_other(&self, cx: &Ctx, changed: &Other) -> Result<Concerned, Stop> {
        let owner = self.owner_of(cx, changed.kind, &changed.id).await?;
        let Some((name, job)) = owner.and_then(|name| Some((name.clone(), name.job()?))) else {
            return Ok(Concerned::default());
        };
        let slot: Stored<Slot> = stored(self.world.table(), cx, &name).await?;
        let link = slot.value.link().filter(|link| link.id == changed.id);
        let is_news =
            link.is_some() && !is_as_known(cx, &name, &slot.value, changed.there.as_ref())?;
        Ok(Concerned {
            jobs: is_news.then_some(job).into_iter().collect(),
            ..Concerned::default()
        })
    }

    /// Whether an invoice of ours comes to something else than we know, or other sums pay it. Our own payments move its
    /// version too, so that alone tells nothing.
    async fn is_otherwise(
        &self,
        cx: &Ctx,
        job: &JobId,
        name: &SlotName,
        there: &Invoice,
    ) -> Result<bool, Stop> {
        let slots = self.job_slots(cx, job).await?;
        let mut invoices = slots.invoices.iter();
        let slot = invoices.find(|(role, _)| invoice_slot(job, *role) == *name);
        let Some((_, slot)) = slot else {
            return Ok(false);
        };
        let link = slot.value.link().filter(|_| !slot.value.memory.gone);
        let Some(link) = link.filter(|link| Some(&link.id) == there.id.as_ref()) else {
            return Ok(false);
        };
        if there.sync_token.as_ref() == Some(&link.sync_token) {
            return Ok(false);
        }
        if !QboObject::from(there.clone()).is_live() {
            return Ok(true);
        }
        let totals = slot.value.memory.totals;
        if totals.map(|totals| totals.total) != there.total_amt {
            return Ok(true);
        }
        let received = self.received(cx, job).await?.value.payments;
        let received = received
            .iter()
            .filter(|one| one.standing == Standing::There);
        let parts = received.flat_map(|one| &one.facts.parts);
        let parts = parts.filter(|part| part.document == link.id);
        let known = parts.fold(slots.paid_of(&link.id), |all, part| all + part.amount);
        let paid = there.total_amt.zip(there.balance);
        Ok(paid.is_none_or(|(total, left)| total - left != known))
    }

    /// Whether what a webhook told of a payment is the echo of our own write.
    pub(super) async fn is_echo(&self, cx: &Ctx, id: &Id, at: Timestamp) -> Result<bool, Stop> {
        let Some(name) = self.owner_of(cx, AnyKind::Payment, id).await? else {
            return Ok(false);
        };
        let slot: StoredPayment = stored(self.world.table(), cx, &name).await?;
        let memory = &slot.value.memory;
        let changed = memory.changed_at.filter(|_| slot.value.link().is_some());
        let until = |at: Timestamp| at.as_second() + ECHO_SECONDS;
        Ok(!memory.joined && changed.is_some_and(|changed| at.as_second() <= until(changed)))
    }

    pub(super) async fn owner_of(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        id: &Id,
    ) -> Result<Option<SlotName>, Stop> {
        let owner = owner(self.world.table(), &cx.books, &kind.name(), id).await?;
        Ok(owner.map(|owner: Stored<_>| owner.value.slot))
    }
}

fn updated(payment: &Payment) -> Option<Timestamp> {
    payment.meta_data.as_ref()?.last_updated_time
}
