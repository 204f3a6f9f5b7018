//! Settling: a write whose answer was lost, or whose worker died, is looked up before anything else is done to
//! its slots (invariant 3).

use std::time::Duration;

use jiff::SignedDuration;
use ledger::{Action, Call, Envelope, EnvelopeState, Rejected, Seen, Slot, SlotWrite, owner};
use mapping::{AnyKind, Family, Found, QboObject, SlotName, normalised};
use ports::{Chance, Clock};
use qbo::{QboError, Query};
use store::{Answered, Stored, read};

use crate::{
    ctx::Ctx,
    engine::Engine,
    history::took,
    job::sent_before::marker,
    ledger::{seen, seen_after},
    stop::{Stop, broken},
    world::World,
};

/// How often a slot is looked at while another worker's call is on its way.
const PAUSE: Duration = Duration::from_millis(250);

/// So often the same bytes are sent once more. QuickBooks may answer a request that it knows from memory, and so with the
/// same failure for ever: what it has not by then was not made, and is planned anew.
const REPEATS: u32 = 2;

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
        kind: AnyKind,
        id: &qbo::Id,
    ) -> Result<Option<QboObject>, Stop> {
        let request = kind.read_by_id(id);
        self.may_ask(cx, &request).await?;
        let token = self.token(cx, None).await?;
        let there = match self.call(cx, &token, &request).await? {
            Ok(answer) => kind.answered(&answer).map_err(broken)?,
            Err(QboError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(self.stop_for(cx, &error).await?),
        };
        Ok(Some(there).filter(QboObject::is_live))
    }

    /// Learns the present version of a linked object after QuickBooks refused the one that we had.
    pub(crate) async fn reread(
        &self,
        cx: &Ctx,
        name: &SlotName,
        kind: AnyKind,
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
        let ours = link.last_written.as_deref();
        let marker = marker(&cx.books, name);
        let (memory, ours, stands) = there
            .reread(&slot.value.memory, ours, &marker)
            .map_err(broken)?;
        let mut slot = slot;
        slot.value.memory = memory;
        // While a write is on its way, its outcome tells the version.
        if slot.value.see(sync_token, ours) {
            self.put(vec![slot.put()?]).await?;
        }
        Ok(if stands {
            Reread::Stands
        } else {
            Reread::Edited
        })
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
            let mut rows = kind.rows(rows)?;
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
                && kind.family() == Family::Transaction
                && kind.key_is_unique()
                && matches!(write.action, Action::Create { .. })
                && !rows.is_empty();
            found.push(hit.map(|(seen, hit)| (hit, seen)));
        }
        // The number went to somebody else's document meanwhile: ours was not made, and must not be now.
        if taken {
            return self.drop_call(call).await;
        }
        if call.repeats() >= REPEATS || found.iter().all(Option::is_some) {
            let told = found.iter().map(|hit| match hit {
                Some((there, _)) => took(there),
                None => Answered::Nothing,
            });
            cx.trail.sent(&call, &told.collect::<Vec<_>>());
            let answers = found.into_iter();
            let answers = answers.map(|hit| hit.map(|(_, seen)| seen).ok_or(Rejected));
            return self.enter(cx, call, answers.collect()).await;
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
        found: &QboObject,
    ) -> Result<bool, Stop> {
        let Some((id, _)) = found.identity() else {
            return Ok(true);
        };
        let owner = owner(self.world.table(), &cx.books, &write.kind, &id).await?;
        Ok(owner.is_some_and(|owner| owner.value.slot != write.slot))
    }
}

fn kind(write: &SlotWrite) -> Result<AnyKind, Stop> {
    AnyKind::try_from(&write.kind).map_err(broken)
}

fn query(write: &SlotWrite) -> Result<Query, Stop> {
    let kind = kind(write)?;
    Ok(match &write.action {
        Action::Create { key } => kind.by_key(key),
        Action::Update { id } | Action::Void { id } => kind.by_id(id),
    })
}

/// What a look-up tells of a write whose answer was lost. An update was carried out, or overtaken by somebody's edit: the
/// next plan writes everything of ours.
fn seen_later(cx: &Ctx, write: &SlotWrite, slot: &Slot, there: &QboObject) -> Result<Seen, Stop> {
    let Action::Update { .. } = write.action else {
        return seen_after(write, slot, there);
    };
    let before = slot.link().and_then(|link| link.last_written.as_deref());
    let after = slot.sending();
    let after = after.and_then(|sending| sending.ours_after.as_deref());
    let marker = marker(&cx.books, &write.slot);
    let (memory, ours) = there
        .overtaken(&slot.memory_after(), (before, after), &marker)
        .map_err(broken)?;
    Ok(Seen {
        memory,
        ours,
        ..seen(slot, there, None)?
    })
}

/// Whether it is a document of this slot that was voided on our side.
pub(crate) fn is_voided_by_us<M>(slot: &Slot<M>, row: &QboObject) -> bool {
    let id = row.identity().map(|(id, _)| id);
    let mut voided = slot.earlier().iter();
    voided.any(|voided| Some(&voided.id) == id.as_ref())
}

/// Which of the rows is what the write was to bring about, if any is.
fn settled(
    cx: &Ctx,
    write: &SlotWrite,
    slot: &Slot,
    rows: &[QboObject],
) -> Result<Option<QboObject>, Stop> {
    if let Action::Update { .. } = write.action {
        // A version other than the one that we sent: ours was carried out, or cannot be any more.
        let sent = slot.link().map(|link| &link.sync_token);
        let moved = |row: &&QboObject| row.identity().is_some_and(|(_, now)| Some(&now) != sent);
        return Ok(rows.iter().find(moved).cloned());
    }
    if let Action::Void { .. } = write.action {
        return Ok(rows.iter().find(|row| row.is_voided()).cloned());
    }
    let sending = slot.sending();
    let Some(wants) = sending.and_then(|sending| sending.ours_after.as_ref()) else {
        return Ok(None);
    };
    let wants = kind(write)?.read(wants).map_err(broken)?;
    Ok(match wants.find(rows, &marker(&cx.books, &write.slot)) {
        Found::One(one, _) => Some(*one),
        _ => None,
    })
}
