//! Numbers of ours that collide (N4). Jobs and invoices count on their own in Housecall Pro, so the number of a job that
//! has no invoice yet can be another's. It is provisional and gives way, whichever of the two comes first.

use hcp::JobId;
use ledger::Slot;
use mapping::{
    AnyKind, QboObject, SlotName,
    alert::{Alert, NumberTrouble, QuickbooksWords},
    provisional,
};
use qbo::{DocNumber, QboError, Request};
use store::{Job, NumberOwner, Stored, read, read_many};

use crate::{
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::Plan,
        sent_before::marker,
        state::{PushState, STALES},
        step::Step,
    },
    objects::slots::{StoredInvoice, present_number},
    settle::{Reread, is_voided_by_us},
    stop::{Stop, broken},
    world::World,
};

/// Numbers in the place of another that are asked for at once: almost always the first one is free.
const AT_ONCE: usize = 3;

/// How often in one look it is asked who has a number, while others change theirs.
const ASKED: u32 = 3;

/// An invoice of ours that has a number.
struct Holder {
    id: Option<qbo::Id>,
    /// Voided, it keeps its number, and is in nobody's way.
    is_voided: bool,
    /// The slot that is linked to it; none has what only its marker tells to be ours.
    slot: Option<(SlotName, StoredInvoice)>,
}

/// What became of a number that another invoice of ours had.
enum Freed {
    /// It has another one now.
    Yes,
    /// It is gone, or voided.
    Gone,
    /// Others changed it meanwhile: it is asked for again.
    Changed,
    /// It keeps the number.
    No,
}

impl<W: World> Engine<W> {
    /// Before QuickBooks is asked who has a number: which of ours has it, or is about to. Whoever is writing is waited
    /// for, so that what QuickBooks tells then is what was written. Answers the numbers to ask for.
    pub(crate) async fn ask_for_number(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &mut PushState,
    ) -> Result<Vec<String>, Stop> {
        learned.number_asked += 1;
        learned.claim = Some(self.claim(cx, plan).await?);
        let instead = provisional::instead_of(&plan.number).take(AT_ONCE);
        let all = std::iter::once(plan.number.clone()).chain(instead);
        let mut all: Vec<String> = all.map(|number| number.to_string()).collect();
        all.dedup();
        Ok(all)
    }

    async fn claim(&self, cx: &Ctx, plan: &Plan<'_>) -> Result<Stored<NumberOwner>, Stop> {
        let table = self.world.table();
        let key = cx.books.number(&plan.number);
        for _ in 0..ASKED {
            let Some(claim) = read::<NumberOwner>(table, &key).await? else {
                let slot = plan.invoice_name.clone();
                return Ok(Stored::new(key, NumberOwner { slot }));
            };
            let owner = &claim.value.slot;
            if *owner == plan.invoice_name {
                return Ok(claim);
            }
            let slot = read::<Slot>(table, &cx.books.slot(owner)).await?;
            if slot.is_none_or(|slot| !slot.value.is_sending()) {
                return Ok(claim);
            }
            self.settle(cx, owner).await?;
        }
        Err(Stop::PlanAgain(key.to_string()))
    }

    /// Where another invoice of ours has the number that an invoice is to get, one of the two gets another: the one
    /// that has only its job's, and of two such ones that which comes later.
    pub(crate) async fn give_way(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &mut PushState,
    ) -> Result<Step, Stop> {
        let is_settled = learned.instead.is_some() || learned.kept_by.is_some();
        if is_settled || !plan.number_is_new() || own(cx, plan, learned).is_some() {
            return Ok(Step::Nothing);
        }
        for holder in self.holders(cx, plan, learned).await? {
            if plan.document.provisional {
                let own = (&plan.invoice_name, &plan.invoice_slot);
                learned.instead = self.instead(cx, own, &plan.number, learned).await?;
                return Ok(Step::Nothing);
            }
            let freed = match holder.slot {
                _ if holder.is_voided => Freed::Gone,
                Some((name, slot)) => self.free(cx, plan, &name, slot, learned).await?,
                None => Freed::No,
            };
            match freed {
                Freed::Yes | Freed::Gone => {
                    learned.number_refused = false;
                    learned.shares_number |= matches!(freed, Freed::Gone);
                    let same = learned.same_number.iter_mut();
                    same.for_each(|rows| rows.retain(|row| row.id != holder.id));
                }
                Freed::Changed if learned.number_asked < ASKED => {
                    learned.forget_number();
                    return Ok(Step::Moved);
                }
                Freed::Changed | Freed::No => {}
            }
        }
        Ok(Step::Nothing)
    }

    /// Who of ours has the number. What QuickBooks' lists tell can be late, so our own records count too.
    async fn holders(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        learned: &PushState,
    ) -> Result<Vec<Holder>, Stop> {
        let mut holders = Vec::new();
        for row in others(plan, learned.same_number.as_deref().unwrap_or_default()) {
            let holder = self.holder(cx, AnyKind::Invoice, row.id.as_ref());
            let holder: Option<(SlotName, StoredInvoice)> = holder.await?;
            if holder.is_none() && !mapping::marker::is_of_any_slot(row.private_note.as_deref()) {
                continue;
            }
            let holder = holder.filter(|(_, slot)| is_linked_to(slot, row.id.as_ref()));
            holders.push(Holder {
                id: row.id.clone(),
                is_voided: QboObject::Invoice(Box::new(row.clone())).is_voided(),
                slot: holder,
            });
        }
        let claimed = learned.claim.as_ref().map(|claim| &claim.value.slot);
        if let Some(name) = claimed.filter(|name| **name != plan.invoice_name) {
            let slot: Option<StoredInvoice> =
                read(self.world.table(), &cx.books.slot(name)).await?;
            let id = slot.as_ref().and_then(|slot| slot.value.link());
            let id = id.map(|link| link.id.clone());
            let is_known = holders.iter().any(|holder| holder.id == id);
            let slot = slot.filter(|slot| id.is_some() && !is_known && has(slot, &plan.number));
            holders.extend(slot.map(|slot| Holder {
                id,
                is_voided: false,
                slot: Some((name.clone(), slot)),
            }));
        }
        Ok(holders)
    }

    /// Gives the invoice of another slot a number in the place of its job's, if that is what it has.
    async fn free(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        name: &SlotName,
        mut slot: StoredInvoice,
        learned: &mut PushState,
    ) -> Result<Freed, Stop> {
        for _ in 0..STALES {
            if slot.value.is_sending() {
                self.settle(cx, name).await?;
                return Ok(Freed::Changed);
            }
            if !has(&slot, &plan.number) {
                return Ok(Freed::Changed);
            }
            let Some(job) = name
                .job_of_main()
                .filter(|_| slot.value.memory.is_provisional())
            else {
                return Ok(Freed::No);
            };
            let day = day(&slot, learned);
            let is_closed = self.is_closed(cx, day).await?;
            let own = (name, &slot);
            let instead = self.instead(cx, own, &plan.number, learned).await?;
            let Some((number, mut claim)) = instead.filter(|_| !is_closed) else {
                if is_closed {
                    self.keep(cx, plan, &job, day, learned).await?;
                }
                return Ok(Freed::No);
            };
            claim.value.slot = name.clone();
            let written = self.renumber(cx, name, slot, &number, claim).await?;
            match written {
                Ok(_) => {
                    tracing::info!(slot = %name, "its job's number gave way to an invoice's");
                    return Ok(Freed::Yes);
                }
                Err(error @ QboError::Stale { .. }) => {
                    match self.reread(cx, name, AnyKind::Invoice).await? {
                        Reread::Gone => return Ok(Freed::Gone),
                        Reread::Same => return Err(Stop::Refused(error.into())),
                        Reread::Stands | Reread::Edited => {}
                    }
                }
                Err(QboError::Missing { .. }) => return Ok(Freed::Gone),
                Err(QboError::DuplicateNumber { .. }) => learned.tried.push(number),
                Err(QboError::PeriodClosed { .. }) => {
                    self.keep(cx, plan, &job, day, learned).await?;
                    return Ok(Freed::No);
                }
                Err(error @ QboError::Refused { .. }) => {
                    return Err(plan.stop(NumberTrouble::HolderRefused {
                        number: plan.number.to_string(),
                        holder: self.job_number(cx, &job).await?,
                        words: QuickbooksWords::from(&error),
                    }));
                }
                Err(error) => return Err(self.stop_for(cx, &error).await?),
            }
            let again = read(self.world.table(), &cx.books.slot(name)).await?;
            let Some(again) = again else {
                return Ok(Freed::Changed);
            };
            slot = again;
        }
        Err(Stop::PlanAgain(name.to_string()))
    }

    /// Whether a day lies in a closed month. Where it does as far as is remembered, QuickBooks is asked: somebody may
    /// have opened it since.
    async fn is_closed(&self, cx: &Ctx, day: Option<jiff::civil::Date>) -> Result<bool, Stop> {
        let is_before = |closed: Option<jiff::civil::Date>| {
            day.zip(closed).is_some_and(|(day, closed)| day <= closed)
        };
        if !is_before(cx.connection.preferences.closed_until) {
            return Ok(false);
        }
        let answer = self.ask(cx, &Request::preferences()).await?;
        let preferences: qbo::Preferences = answer.parse().map_err(broken)?;
        Ok(is_before(preferences.accounting_info_prefs.book_close_date))
    }

    /// An invoice in a closed month keeps its number: whoever closed it decides (S6).
    async fn keep(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        job: &JobId,
        day: Option<jiff::civil::Date>,
        learned: &mut PushState,
    ) -> Result<(), Stop> {
        let alert = plan.alert(NumberTrouble::HolderInClosedPeriod {
            number: plan.number.to_string(),
            holder: self.job_number(cx, job).await?,
            date: day,
            kept: present_number(&plan.invoice_slot.value),
        });
        learned.kept_by = Some(Box::new(Alert::Job(alert)));
        Ok(())
    }

    /// The first of the numbers in the place of another that nobody has, and what keeps it for a slot. `None`: all are
    /// taken.
    async fn instead(
        &self,
        cx: &Ctx,
        (name, slot): (&SlotName, &StoredInvoice),
        number: &DocNumber,
        learned: &PushState,
    ) -> Result<Option<(DocNumber, Stored<NumberOwner>)>, Stop> {
        let all: Vec<DocNumber> = provisional::instead_of(number).collect();
        for (round, some) in all.chunks(AT_ONCE).enumerate() {
            let rows = if round == 0 {
                learned.in_its_place.clone()
            } else {
                let keys: Vec<String> = some.iter().map(ToString::to_string).collect();
                let rows = self.ask_all(cx, &AnyKind::Invoice.by_keys(&keys)).await?;
                let rows: Vec<Vec<qbo::Invoice>> =
                    rows.iter().map(Rows::of).collect::<Result<_, _>>()?;
                rows.concat()
            };
            let keys: Vec<_> = some.iter().map(|one| cx.books.number(one)).collect();
            let claims = read_many::<NumberOwner>(self.world.table(), &keys).await?;
            for ((one, key), claim) in some.iter().zip(keys).zip(claims) {
                let has_it = |row: &qbo::Invoice| {
                    row.doc_number.as_ref() == Some(one) && !was_voided(slot, row)
                };
                let of_another = |claim: &Stored<NumberOwner>| claim.value.slot != *name;
                if one == number
                    || learned.tried.contains(one)
                    || rows.iter().any(has_it)
                    || claim.as_ref().is_some_and(of_another)
                {
                    continue;
                }
                let slot = name.clone();
                let claim = claim.unwrap_or_else(|| Stored::new(key, NumberOwner { slot }));
                return Ok(Some((one.clone(), claim)));
            }
        }
        Ok(None)
    }

    /// The number of the job that an invoice of ours is of, if it is one's (P6).
    pub(crate) async fn job_of(
        &self,
        cx: &Ctx,
        invoice: &qbo::Invoice,
    ) -> Result<Option<String>, Stop> {
        let holder = self.holder(cx, AnyKind::Invoice, invoice.id.as_ref());
        let Some((owner, _)): Option<(SlotName, StoredInvoice)> = holder.await? else {
            return Ok(None);
        };
        match owner.job().filter(|job| job.invoice().is_none()) {
            Some(job) => self.job_number(cx, &job).await,
            None => Ok(None),
        }
    }

    async fn job_number(&self, cx: &Ctx, job: &JobId) -> Result<Option<String>, Stop> {
        let job = read::<Job>(self.world.table(), &cx.books.job(job)).await?;
        Ok(job.and_then(|job| job.value.number))
    }
}

/// The invoice that QuickBooks has of a slot that is not linked, by its marker: under its number, or under one that took
/// its place.
pub(crate) fn own<'a>(
    cx: &Ctx,
    plan: &Plan<'_>,
    learned: &'a PushState,
) -> Option<&'a qbo::Invoice> {
    if plan.invoice_slot.value.link().is_some() {
        return None;
    }
    let marker = marker(&cx.books, &plan.invoice_name);
    let same = learned.same_number.as_deref().unwrap_or_default();
    let instead = learned.in_its_place.iter();
    let all = others(plan, same).into_iter();
    let all = all.chain(instead.filter(|_| plan.document.provisional));
    let mut all = all.filter(|row| !was_voided(&plan.invoice_slot, row));
    all.find(|row| marker.is_in(row.private_note.as_deref()))
}

/// The invoices with a number, but for this one's own, and those that we voided.
pub(crate) fn others<'a>(plan: &Plan<'_>, same: &'a [qbo::Invoice]) -> Vec<&'a qbo::Invoice> {
    let link = plan.invoice_slot.value.link();
    let id = link.map(|link| &link.id);
    let is_own = |row: &qbo::Invoice| id.is_some() && row.id.as_ref() == id;
    let others = same.iter();
    let others = others.filter(|row| !is_own(row) && !was_voided(&plan.invoice_slot, row));
    others.collect()
}

fn was_voided(slot: &StoredInvoice, row: &qbo::Invoice) -> bool {
    is_voided_by_us(&slot.value, &QboObject::Invoice(Box::new(row.clone())))
}

fn is_linked_to(slot: &StoredInvoice, id: Option<&qbo::Id>) -> bool {
    let link = slot.value.link();
    link.map(|link| &link.id) == id
}

fn has(slot: &StoredInvoice, number: &DocNumber) -> bool {
    present_number(&slot.value).as_deref() == Some(number.as_str())
}

/// The date of an invoice in a slot, as QuickBooks has it or as it was last written.
fn day(slot: &StoredInvoice, learned: &PushState) -> Option<jiff::civil::Date> {
    let link = slot.value.link()?;
    let mut rows = learned.same_number.iter().flatten();
    let row = rows.find(|row| row.id.as_ref() == Some(&link.id));
    row.and_then(|row| row.txn_date).or_else(|| {
        let wrote = link.last_written.as_ref()?;
        serde_json::from_str::<qbo::Invoice>(wrote.get())
            .ok()?
            .txn_date
    })
}
