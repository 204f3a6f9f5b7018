//! Settling: a write whose answer was lost, or whose worker died, is looked up before anything else is done to
//! its slots (invariant 3).

use std::time::Duration;

use jiff::SignedDuration;
use ledger::{Action, Call, Envelope, EnvelopeState, RawMemory, Seen, Slot, SlotWrite, owner};
use mapping::{Kind, SlotName, invoice, item, normalised};
use ports::{Chance, Clock};
use qbo::{Entity, QboError, Query, Request};
use serde_json::value::RawValue;
use store::{Stored, read};

use crate::{
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    engine::Engine,
    job::{plan::Plan, sent_before::marker},
    ledger::{seen, seen_after},
    objects::{
        document::{Document, by_key},
        items,
    },
    stop::Stop,
    world::World,
};

/// How often a slot is looked at while another worker's call is on its way.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks at such a slot before the job is put off: two seconds in all.
const LOOKS: u32 = 8;

/// What a read by id tells of an object whose version QuickBooks refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reread {
    /// It is not there any more, or voided, or inactive.
    Gone,
    /// It has the very version that was refused: QuickBooks contradicts itself.
    Same,
    /// It has another version, and what is ours stands as it was written: a payment was applied, say.
    Stands,
    /// Somebody edited it.
    Edited,
}

impl<W: World> Engine<W> {
    /// An object as it is now, unless it is gone, voided or inactive. Read by its id: what lists tell can be late.
    pub(crate) async fn read_by_id(
        &self,
        cx: &Ctx,
        kind: Kind,
        id: &qbo::Id,
    ) -> Result<Option<Document>, Stop> {
        let request = match kind {
            Kind::Customer => Request::read::<qbo::Customer>(id),
            Kind::Item => Request::read::<qbo::Item>(id),
            Kind::Invoice => Request::read::<qbo::Invoice>(id),
            Kind::Term => Request::read::<qbo::Term>(id),
            Kind::Class => Request::read::<qbo::Class>(id),
            Kind::PaymentMethod => Request::read::<qbo::PaymentMethod>(id),
        };
        self.may_call(cx, false).await?;
        let token = self.token(cx, None).await?;
        let there = match self.call(cx, &token, &request).await? {
            Ok(answer) => Document::answered(kind, &answer).map_err(broken)?,
            Err(QboError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(self.stop_for(cx, &error).await?),
        };
        Ok(Some(there).filter(Document::is_live))
    }

    /// Learns the present version of a linked object after QuickBooks refused the one that we had.
    pub(crate) async fn reread(
        &self,
        cx: &Ctx,
        name: &SlotName,
        kind: Kind,
    ) -> Result<Reread, Stop> {
        let key = cx.books.slot(name);
        let Some(slot) = read::<Slot>(self.world.table(), &key).await? else {
            return Ok(Reread::Edited);
        };
        let Some(link) = slot.value.link() else {
            return Ok(Reread::Edited);
        };
        let there = self.read_by_id(cx, kind, &link.id).await?;
        let Some((there, (_, sync_token))) = there.and_then(|there| {
            let identity = there.identity()?;
            Some((there, identity))
        }) else {
            return Ok(Reread::Gone);
        };
        if link.sync_token == sync_token {
            return Ok(Reread::Same);
        }
        let mut reread = Reread::Edited;
        let mut ours = link.last_written.clone();
        let mut slot = match &there {
            Document::Invoice(invoice) => {
                if is_as_written(invoice, ours.as_deref())? {
                    reread = Reread::Stands;
                } else {
                    // Everything of ours is written again (R6).
                    ours = None;
                }
                let mut slot = slot.in_form(Slot::typed::<invoice::Memory>)?;
                let memory = &mut slot.value.memory;
                let marker = marker(&cx.books, name);
                memory.note = marker.theirs(invoice.private_note.as_deref());
                memory.made_out_to = there.made_out_to();
                there.remember_number(memory);
                slot.in_form(Slot::raw)?
            }
            // Of a customer or an item only what changes in Housecall Pro or here is ours to write (C4, I6).
            Document::Item(there) => {
                let mut slot = slot.in_form(Slot::typed::<item::Memory>)?;
                ours = items::follow_income(&mut slot.value.memory, ours, there)?;
                slot.in_form(Slot::raw)?
            }
            _ => slot,
        };
        // While a write is on its way, its outcome tells the version.
        if slot.value.see(sync_token, ours) {
            self.put(vec![slot.put()?]).await?;
        }
        Ok(reread)
    }

    /// Whether the invoice of a plan was in QuickBooks and is not there any more, or voided.
    pub(crate) async fn invoice_is_gone(&self, cx: &Ctx, plan: &Plan<'_>) -> Result<bool, Stop> {
        let Some(link) = plan.invoice_slot.value.link() else {
            return Ok(false);
        };
        let there = self.read_by_id(cx, Kind::Invoice, &link.id).await?;
        Ok(there.is_none())
    }

    /// Waits for, or settles, the write that is on its way to a slot. Always ends the present plan: what
    /// follows is planned from what is known then.
    pub(crate) async fn settle(&self, cx: &Ctx, name: &SlotName) -> Result<(), Stop> {
        let key = cx.books.slot(name);
        for look in 0..LOOKS {
            if look > 0 {
                self.world.clock().sleep(PAUSE).await;
            }
            let slot = read::<Slot>(self.world.table(), &key).await?;
            let sending = slot.as_ref().and_then(|slot| slot.value.sending());
            let Some(sending) = sending else {
                return Ok(());
            };
            let envelope = cx.books.envelope(sending.envelope);
            let envelope = read::<Envelope>(self.world.table(), &envelope)
                .await?
                .ok_or_else(|| broken(format!("the envelope of {name} is missing")))?;
            let now = self.world.clock().now();
            match envelope.value.state {
                EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at }
                    if now >= at + self.config.settle_after =>
                {
                    return self.look_up(cx, envelope).await;
                }
                // Its sender may still be at work.
                EnvelopeState::Sending { at }
                    if now < at + SignedDuration::try_from(qbo::TIMEOUT).unwrap_or_default() => {}
                EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at } => {
                    return Err(Stop::Later {
                        until: at + self.config.settle_after,
                        cause: "it is not known yet whether QuickBooks did the last write".into(),
                    });
                }
                // Entered between our two reads.
                EnvelopeState::Answered | EnvelopeState::Dropped => {}
            }
        }
        Err(Stop::Later {
            until: self.world.clock().now() + SignedDuration::from_secs(3),
            cause: "another worker is writing the same thing".into(),
        })
    }

    /// Settles an envelope whose answer was lost: what QuickBooks has is linked; what it has not is sent
    /// again, the same bytes under the same request id.
    async fn look_up(&self, cx: &Ctx, envelope: Stored<Envelope>) -> Result<(), Stop> {
        let mut call = Call::open(self.world.table(), &cx.books, envelope).await?;
        let queries = call.parts().map(|(write, _)| query(write));
        let queries = queries.collect::<Result<Vec<Query>, Stop>>()?;
        let rows = self.ask_all(cx, &queries).await?;
        let mut found = Vec::new();
        let mut taken = false;
        for ((write, slot), rows) in call.parts().zip(&rows) {
            let kind = kind(write)?;
            let mut rows = documents(kind, Some(rows))?;
            if let Action::Create { key } = &write.action {
                // A look-up by a name may find others too.
                rows.retain(|row| normalised(&row.key()) == normalised(key));
                // What we voided before has the number, and may have the marker; it is not what is to be made.
                rows.retain(|row| !is_voided_by_us(slot, row));
            }
            let hit = match settled(cx, write, slot, &rows)? {
                Some(hit) if self.is_foreign(cx, write, &hit).await? => None,
                Some(hit) => Some((seen_later(cx, write, slot, &hit)?, hit)),
                None => None,
            };
            taken |= hit.is_none()
                && kind == Kind::Invoice
                && matches!(write.action, Action::Create { .. })
                && !rows.is_empty();
            found.push(hit.map(|(seen, hit)| (hit, seen)));
        }
        if found.iter().all(Option::is_some) {
            let found = found.into_iter().flatten();
            let answers = found.map(|(_, seen)| Ok(seen)).collect();
            return self.enter(cx, call, answers).await;
        }
        // The number went to somebody else's document meanwhile: ours was not made, and must not be now.
        if taken {
            return self.drop_call(call).await;
        }
        self.may_call(cx, call.parts().len() > 1).await?;
        let token = self.token(cx, None).await?;
        let (writer, now) = (self.world.chance().uuid(), self.world.clock().now());
        call.resend(self.world.table(), writer, now).await?;
        self.carry(cx, call, &token, found).await?;
        Ok(())
    }

    /// Whether an object belongs to another slot than the one that is to be filled.
    async fn is_foreign(
        &self,
        cx: &Ctx,
        write: &SlotWrite,
        found: &Document,
    ) -> Result<bool, Stop> {
        let Some((id, _)) = found.identity() else {
            return Ok(true);
        };
        let owner = owner(self.world.table(), &cx.books, &write.kind, &id).await?;
        Ok(owner.is_some_and(|owner| owner.value.slot != write.slot))
    }
}

fn kind(write: &SlotWrite) -> Result<Kind, Stop> {
    Kind::try_from(&write.kind).map_err(broken)
}

fn query(write: &SlotWrite) -> Result<Query, Stop> {
    let kind = kind(write)?;
    Ok(match &write.action {
        Action::Create { key } => by_key(kind, key),
        Action::Update { id } | Action::Void { id } => by_id(kind, id),
    })
}

/// What a look-up tells of a write whose answer was lost. An update was carried out, or overtaken by somebody's edit: the
/// next plan writes everything of ours.
fn seen_later(cx: &Ctx, write: &SlotWrite, slot: &Slot, there: &Document) -> Result<Seen, Stop> {
    match (&write.action, there) {
        (Action::Update { .. }, Document::Item(item)) => {
            let before = slot.link().and_then(|link| link.last_written.as_deref());
            let after = slot.sending();
            let after = after.and_then(|sending| sending.ours_after.as_deref());
            seen(slot, there, items::after_update(before, after, item)?)
        }
        (Action::Update { .. }, Document::Invoice(invoice)) => {
            let mut seen = seen(slot, there, None)?;
            let mut memory: invoice::Memory = seen.memory.read().map_err(broken)?;
            let marker = marker(&cx.books, &write.slot);
            memory.note = marker.theirs(invoice.private_note.as_deref());
            seen.memory = RawMemory::new(&memory).map_err(broken)?;
            Ok(seen)
        }
        (Action::Update { .. }, _) => seen(slot, there, None),
        (Action::Create { .. } | Action::Void { .. }, _) => seen_after(write, slot, there),
    }
}

/// Whether what is ours of an invoice stands as it was written; not where that is not known.
fn is_as_written(there: &qbo::Invoice, wrote: Option<&RawValue>) -> Result<bool, Stop> {
    let Some(wrote) = wrote else {
        return Ok(false);
    };
    let wrote: qbo::Invoice = serde_json::from_str(wrote.get()).map_err(broken)?;
    Ok(mapping::invoice::stands_as_written(there, &wrote))
}

/// Whether it is a document of this slot that was voided on our side.
pub(crate) fn is_voided_by_us<M>(slot: &Slot<M>, row: &Document) -> bool {
    let id = row.identity().map(|(id, _)| id);
    let mut voided = slot.earlier().iter();
    voided.any(|voided| Some(&voided.id) == id.as_ref())
}

pub(crate) fn by_id(kind: Kind, id: &qbo::Id) -> Query {
    Query::select(kind.as_str()).where_eq("Id", id.as_str())
}

fn documents(kind: Kind, rows: Option<&Rows>) -> Result<Vec<Document>, Stop> {
    fn of<T: Entity>(rows: &Rows, wrap: fn(Box<T>) -> Document) -> Result<Vec<Document>, Stop> {
        let rows = rows.of::<T>()?;
        Ok(rows.into_iter().map(|row| wrap(Box::new(row))).collect())
    }
    let Some(rows) = rows else {
        return Ok(Vec::new());
    };
    match kind {
        Kind::Customer => of(rows, Document::Customer),
        Kind::Item => of(rows, Document::Item),
        Kind::Invoice => of(rows, Document::Invoice),
        Kind::Term => of(rows, Document::Term),
        Kind::Class => of(rows, Document::Class),
        Kind::PaymentMethod => of(rows, Document::PaymentMethod),
    }
}

/// Which of the rows is what the write was to bring about, if any is.
fn settled(
    cx: &Ctx,
    write: &SlotWrite,
    slot: &Slot,
    rows: &[Document],
) -> Result<Option<Document>, Stop> {
    if let Action::Update { .. } = write.action {
        // A version other than the one that we sent: ours was carried out, or cannot be any more.
        let sent = slot.link().map(|link| &link.sync_token);
        let moved = |row: &&Document| row.identity().is_some_and(|(_, now)| Some(&now) != sent);
        return Ok(rows.iter().find(moved).cloned());
    }
    if let Action::Void { .. } = write.action {
        return Ok(rows.iter().find(|row| row.is_voided()).cloned());
    }
    let sending = slot.sending();
    let Some(wants) = sending.and_then(|sending| sending.ours_after.as_ref()) else {
        return Ok(None);
    };
    let wants = Document::read(kind(write)?, wants).map_err(broken)?;
    Ok(match wants {
        Document::Customer(wants) => {
            let customers: Vec<qbo::Customer> = rows
                .iter()
                .filter_map(|row| match row {
                    Document::Customer(customer) => Some((**customer).clone()),
                    _ => None,
                })
                .collect();
            match mapping::customer::find(&wants, &customers) {
                mapping::customer::CustomerMatch::One(one) => {
                    Some(Document::Customer(Box::new(one.clone())))
                }
                _ => None,
            }
        }
        Document::Item(wants) => {
            let items: Vec<qbo::Item> = rows
                .iter()
                .filter_map(|row| match row {
                    Document::Item(item) => Some((**item).clone()),
                    _ => None,
                })
                .collect();
            match mapping::item::find(&wants, &items) {
                mapping::item::ItemMatch::One(one) => Some(Document::Item(Box::new(one.clone()))),
                _ => None,
            }
        }
        // Nothing but the name tells an entry of a short list from others.
        Document::Term(_) | Document::Class(_) | Document::PaymentMethod(_) => rows
            .iter()
            .find(|row| normalised(&row.key()) == normalised(&wants.key()))
            .cloned(),
        Document::Invoice(_) => rows
            .iter()
            .find(|row| match row {
                Document::Invoice(invoice) => {
                    marker(&cx.books, &write.slot).is_in(invoice.private_note.as_deref())
                }
                _ => false,
            })
            .cloned(),
    })
}
