//! Writes to QuickBooks, each exactly once: stored before it is sent, settled when its answer was lost
//! (invariants 2 and 3).

use std::time::Duration;

use ports::{Chance, Clock};
use qbo::{Answer, BatchId, BatchItem, Effect, QboError, Request, RequestId};
use serde_json::value::RawValue;
use store::{
    Action, Envelope, EnvelopeState, Fill, Kind, Link, LinkOwner, NumberOwner, Pending, Slot,
    SlotName, Stored, System, Table, Voided, Write, read,
};
use uuid::Uuid;

use crate::{
    calls::{quickbooks::broken, tokens::CachedToken},
    ctx::Ctx,
    engine::Engine,
    objects::{document::Document, items},
    stop::Stop,
    world::World,
};

/// Adding to QuickBooks' lists of names is done by one worker at a time. As long as a function may run: whoever
/// takes the lease over finds nobody at work.
const NAMES_LEASE: Duration = Duration::from_secs(30);

/// One thing to write.
#[derive(Clone, Debug)]
pub(crate) struct PlannedWrite {
    pub(crate) name: SlotName,
    pub(crate) slot: Stored<Slot>,
    /// What goes out: everything of ours on a create, what changed on an update.
    pub(crate) sent: Document,
    /// What of ours stands in QuickBooks afterwards.
    pub(crate) wants: Document,
    /// See [`Link::dated_by_invoice`].
    pub(crate) dated_by_invoice: bool,
}

/// The number of an invoice that is written.
#[derive(Clone, Debug)]
pub(crate) struct Numbering {
    /// See [`store::Numbered::provisional`].
    pub(crate) provisional: bool,
    /// Whether one that was voided has it too.
    pub(crate) shared: bool,
    /// Where the number is new to the invoice: what keeps our other invoices from it.
    pub(crate) claim: Option<Stored<NumberOwner>>,
}

/// What QuickBooks made of one [`PlannedWrite`].
pub(crate) type Written = Result<Document, QboError>;

impl<W: World> Engine<W> {
    /// Writes, all in one call. The outer error ends the work; the inner ones are QuickBooks' answer to
    /// single ops.
    pub(crate) async fn write(
        &self,
        cx: &Ctx,
        ops: Vec<PlannedWrite>,
    ) -> Result<Vec<Written>, Stop> {
        let names = ops.iter().any(|op| op.sent.kind() != Kind::Invoice);
        if !names {
            return self.write_now(cx, ops).await;
        }
        let key = cx.books.lease("names");
        let patience = cx.patience(&self.world);
        let taken = self.leases.take(&self.world, &key, NAMES_LEASE, patience);
        let held = taken.await?;
        let written = self.write_now(cx, ops).await;
        self.leases.release(&self.world, held).await;
        written
    }

    /// In one call, as long as batches are to be had.
    async fn write_now(&self, cx: &Ctx, ops: Vec<PlannedWrite>) -> Result<Vec<Written>, Stop> {
        if ops.len() < 2 || self.together(cx, ops.len()).await? {
            return self.write_as(cx, ops, None, request).await;
        }
        let mut written = Vec::new();
        for op in ops {
            written.extend(self.write_as(cx, vec![op], None, request).await?);
        }
        Ok(written)
    }

    /// Writes an invoice.
    pub(crate) async fn write_invoice(
        &self,
        cx: &Ctx,
        op: PlannedWrite,
        numbering: Numbering,
    ) -> Result<Written, Stop> {
        let written = self.write_as(cx, vec![op], Some(numbering), request);
        only(written.await?)
    }

    /// Writes an invoice as a whole, on top of what QuickBooks has of it and without its term (M4).
    pub(crate) async fn write_whole(
        &self,
        cx: &Ctx,
        op: PlannedWrite,
        numbering: Numbering,
        wanted: &qbo::Invoice,
        current: &qbo::Fields,
    ) -> Result<Written, Stop> {
        let whole = |_: &[PlannedWrite], id| {
            Request::full_update(current, wanted, &["SalesTermRef"], id).map_err(broken)
        };
        let written = self.write_as(cx, vec![op], Some(numbering), whole);
        only(written.await?)
    }

    async fn write_as(
        &self,
        cx: &Ctx,
        ops: Vec<PlannedWrite>,
        numbering: Option<Numbering>,
        request: impl FnOnce(&[PlannedWrite], RequestId) -> Result<Request, Stop>,
    ) -> Result<Vec<Written>, Stop> {
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let mut request = request(&ops, RequestId::from(attempt))?;
        if numbering.as_ref().is_some_and(|numbering| numbering.shared) {
            request = request.with_number_of_another();
        }
        let fills = ops.iter().map(fill).collect();
        let provisional = numbering.as_ref().map(|numbering| numbering.provisional);
        let claim = numbering.and_then(|numbering| numbering.claim);
        let mut slots = Vec::new();
        for op in ops {
            let mut slot = op.slot;
            slot.value.pending = Some(Pending {
                envelope: attempt,
                wants: Some(op.wants.json().map_err(broken)?),
                dated_by_invoice: op.dated_by_invoice,
                provisional,
            });
            slots.push(slot);
        }
        let sends = Sends {
            request,
            fills,
            claim,
        };
        self.begin(cx, attempt, sends, slots).await
    }

    /// Gives the invoice of a slot the number that takes the place of its job's, and changes nothing else of it (N4).
    pub(crate) async fn renumber(
        &self,
        cx: &Ctx,
        name: &SlotName,
        mut slot: Stored<Slot>,
        number: &qbo::DocNumber,
        claim: Stored<NumberOwner>,
    ) -> Result<Written, Stop> {
        let unlinked = || Stop::PlanAgain(name.to_string());
        let link = slot.value.link.as_ref().ok_or_else(unlinked)?;
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let id = link.id.clone();
        let change = Document::Invoice(Box::new(qbo::Invoice {
            doc_number: Some(number.clone()),
            ..qbo::Invoice::default()
        }));
        let request = change.update(&id, &link.sync_token, RequestId::from(attempt));
        let request = request.map_err(broken)?;
        let wants = match &link.wrote {
            Some(wrote) => {
                let mut wants: qbo::Invoice = serde_json::from_str(wrote.get()).map_err(broken)?;
                wants.doc_number = Some(number.clone());
                let wants = Document::Invoice(Box::new(wants));
                Some(wants.json().map_err(broken)?)
            }
            None => None,
        };
        slot.value.pending = Some(Pending {
            envelope: attempt,
            wants,
            dated_by_invoice: link.dated_by_invoice,
            provisional: Some(true),
        });
        let sends = Sends {
            request,
            fills: vec![Fill {
                slot: name.clone(),
                kind: Kind::Invoice,
                action: Action::Update { id },
            }],
            claim: Some(claim),
        };
        only(self.begin(cx, attempt, sends, vec![slot]).await?)
    }

    /// Voids the invoice that a slot is linked to. The outer error ends the work; the inner one is QuickBooks' answer.
    pub(crate) async fn void(
        &self,
        cx: &Ctx,
        name: &SlotName,
        mut slot: Stored<Slot>,
    ) -> Result<Written, Stop> {
        let unlinked = || Stop::PlanAgain(name.to_string());
        let link = slot.value.link.as_ref().ok_or_else(unlinked)?;
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let (id, version) = (link.id.clone(), &link.sync_token);
        let request =
            Request::void_invoice(&id, version, RequestId::from(attempt)).map_err(broken)?;
        let fill = Fill {
            slot: name.clone(),
            kind: Kind::Invoice,
            action: Action::Void { id },
        };
        slot.value.pending = Some(Pending {
            envelope: attempt,
            wants: None,
            dated_by_invoice: false,
            provisional: None,
        });
        let sends = Sends {
            request,
            fills: vec![fill],
            claim: None,
        };
        only(self.begin(cx, attempt, sends, vec![slot]).await?)
    }

    /// Stores what is to be sent, then sends it.
    async fn begin(
        &self,
        cx: &Ctx,
        attempt: Uuid,
        sends: Sends,
        mut slots: Vec<Stored<Slot>>,
    ) -> Result<Vec<Written>, Stop> {
        let token = self.token(cx, None).await?;
        let mut envelope = Stored::new(
            cx.books.envelope(attempt),
            Envelope {
                request: sends.request,
                state: EnvelopeState::Sending {
                    at: self.world.clock().now(),
                },
                fills: sends.fills,
            },
        );
        let mut writes = vec![envelope.put()?];
        if let Some(claim) = sends.claim {
            writes.push(claim.put()?);
        }
        for slot in &slots {
            writes.push(slot.put()?);
        }
        self.world.table().write(attempt, writes).await?;
        envelope.written();
        slots.iter_mut().for_each(Stored::written);
        self.carry(cx, envelope, slots, &token, Vec::new()).await
    }

    /// Sends a stored envelope and enters what came of it. `found` are documents that were looked up
    /// before: they count when QuickBooks says that the name is taken.
    pub(crate) async fn carry(
        &self,
        cx: &Ctx,
        mut envelope: Stored<Envelope>,
        slots: Vec<Stored<Slot>>,
        token: &CachedToken,
        found: Vec<Option<Document>>,
    ) -> Result<Vec<Written>, Stop> {
        let answer = self.call(cx, token, &envelope.value.request).await?;
        let written = match answer {
            Ok(answer) => open(&envelope.value, &answer),
            Err(error) => Err(error),
        };
        let mut written = match written {
            Ok(written) => written,
            Err(error) if error.outcome_unknown() => {
                let EnvelopeState::Sending { at } = envelope.value.state else {
                    return Err(broken("an envelope left without being sent"));
                };
                envelope.value.state = EnvelopeState::Uncertain { at };
                self.put(vec![envelope.put()?]).await?;
                return Err(Stop::Failed {
                    system: System::Quickbooks,
                    until: at + self.config.settle_after,
                    cause: error.into(),
                });
            }
            Err(
                error @ (QboError::Throttled { .. }
                | QboError::Unauthorized { .. }
                | QboError::WrongRealm { .. }
                | QboError::ReadOnlyCompany { .. }
                | QboError::NamesLocked { .. }
                | QboError::Unavailable { .. }),
            ) => {
                self.drop_envelope(envelope, slots).await?;
                return Err(self.stop_for(cx, &error).await?);
            }
            Err(error) => slots.iter().map(|_| Err(error.clone())).collect(),
        };
        for (written, found) in written.iter_mut().zip(found) {
            if let (Err(QboError::DuplicateName { .. }), Some(found)) = (&written, found) {
                *written = Ok(found);
            }
        }
        self.enter(cx, envelope, slots, &written).await?;
        Ok(written)
    }

    /// Enters the outcome of an envelope: links, and slots that are free again.
    pub(crate) async fn enter(
        &self,
        cx: &Ctx,
        mut envelope: Stored<Envelope>,
        slots: Vec<Stored<Slot>>,
        written: &[Written],
    ) -> Result<(), Stop> {
        envelope.value.state = EnvelopeState::Answered;
        let mut writes = vec![envelope.put()?];
        let fills = &envelope.value.fills;
        for ((mut slot, fill), written) in slots.into_iter().zip(fills).zip(written) {
            let pending = slot.value.pending.take();
            let identity = written.as_ref().ok().and_then(Document::identity);
            if let (Action::Void { id }, Ok(voided)) = (&fill.action, written) {
                slot.value.link = None;
                slot.value.voided.push(Voided {
                    id: id.clone(),
                    number: voided.key(),
                    at: self.world.clock().now(),
                });
            } else if let (Some(pending), Some((id, sync_token))) = (pending, identity) {
                if slot.value.link.is_none() {
                    writes.push(self.own(cx, fill, &id)?);
                }
                slot.value.link = Some(Link {
                    id,
                    sync_token,
                    wrote: pending.wants,
                    dated_by_invoice: pending.dated_by_invoice,
                });
                slot.value.made_out_to = written.as_ref().ok().and_then(Document::made_out_to);
                if let Ok(Document::Item(there)) = written {
                    items::follow_income(&mut slot.value, there)?;
                }
                slot.value.totals = written.as_ref().ok().and_then(Document::totals);
                let provisional = pending.provisional.unwrap_or(slot.value.is_provisional());
                slot.value.number = written
                    .as_ref()
                    .ok()
                    .and_then(|there| there.numbered(provisional));
            }
            writes.push(slot.put()?);
        }
        self.put(writes).await
    }

    /// The other direction of a new link.
    fn own(&self, cx: &Ctx, fill: &Fill, id: &qbo::Id) -> Result<Write, Stop> {
        let owner = LinkOwner {
            slot: fill.slot.clone(),
        };
        Ok(Stored::new(cx.books.owner(fill.kind, id), owner).put()?)
    }

    /// Gives an envelope up that was certainly not carried out.
    pub(crate) async fn drop_envelope(
        &self,
        mut envelope: Stored<Envelope>,
        slots: Vec<Stored<Slot>>,
    ) -> Result<(), Stop> {
        envelope.value.state = EnvelopeState::Dropped;
        let mut writes = vec![envelope.put()?];
        for mut slot in slots {
            slot.value.pending = None;
            writes.push(slot.put()?);
        }
        self.put(writes).await
    }

    /// Links a slot to an object that QuickBooks has already. `None`: the object belongs to another slot.
    pub(crate) async fn adopt(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: &Stored<Slot>,
        found: &Document,
        wrote: Option<Box<RawValue>>,
    ) -> Result<Option<()>, Stop> {
        let (id, sync_token) = found
            .identity()
            .ok_or_else(|| broken("QuickBooks sent an object without an id"))?;
        let owner = cx.books.owner(found.kind(), &id);
        if let Some(owner) = read::<LinkOwner>(self.world.table(), &owner).await? {
            return Ok((owner.value.slot == *name).then_some(()));
        }
        let mut slot = slot.clone();
        slot.value.link = Some(Link {
            id: id.clone(),
            sync_token,
            wrote,
            dated_by_invoice: false,
        });
        slot.value.made_out_to = found.made_out_to();
        slot.value.totals = found.totals();
        slot.value.number = found.numbered(slot.value.is_provisional());
        let fill = Fill {
            slot: name.clone(),
            kind: found.kind(),
            action: Action::Update { id: id.clone() },
        };
        let writes = vec![slot.put()?, self.own(cx, &fill, &id)?];
        self.put(writes).await?;
        Ok(Some(()))
    }

    /// Writes records under a fresh attempt id.
    pub(crate) async fn put(&self, writes: Vec<Write>) -> Result<(), Stop> {
        let writer = self.world.chance().uuid();
        Ok(self.world.table().write(writer, writes).await?)
    }
}

fn only(written: Vec<Written>) -> Result<Written, Stop> {
    let only = written.into_iter().next();
    only.ok_or_else(|| broken("a write came back without its answer"))
}

/// What goes out in one call.
struct Sends {
    request: Request,
    fills: Vec<Fill>,
    /// The new number of an invoice.
    claim: Option<Stored<NumberOwner>>,
}

fn fill(op: &PlannedWrite) -> Fill {
    Fill {
        slot: op.name.clone(),
        kind: op.sent.kind(),
        action: match &op.slot.value.link {
            Some(link) => Action::Update {
                id: link.id.clone(),
            },
            None => Action::Create { key: op.sent.key() },
        },
    }
}

fn request(ops: &[PlannedWrite], id: RequestId) -> Result<Request, Stop> {
    if let [op] = ops {
        let mut voided = op.slot.value.voided.iter();
        return match &op.slot.value.link {
            // The one that we voided keeps the number; the look-up before a create found nobody else with it (N8).
            None if voided.any(|voided| voided.number == op.sent.key()) => {
                op.sent.create(id).map(Request::with_number_of_another)
            }
            None => op.sent.create(id),
            Some(link) => op.sent.update(&link.id, &link.sync_token, id),
        }
        .map_err(broken);
    }
    let items = ops
        .iter()
        .enumerate()
        .map(|(index, op)| {
            let item = BatchId::new(index.to_string())?;
            match &op.slot.value.link {
                None => op.sent.batch_create(item),
                Some(link) => op.sent.batch_update(item, &link.id, &link.sync_token),
            }
        })
        .collect::<Result<Vec<BatchItem>, _>>()
        .map_err(broken)?;
    Request::batch(&items, id).map_err(broken)
}

/// What an answer says of each fill. An error: of the whole call, or some fill has no readable answer and
/// so all count as unknown.
fn open(envelope: &Envelope, answer: &Answer) -> Result<Vec<Written>, QboError> {
    let unreadable = |kind: Kind| QboError::Unreadable {
        expected: kind.as_str(),
        reason: "it is missing or incomplete".to_owned(),
        effect: Effect::Write,
        tid: answer.tid().clone(),
    };
    let complete = |kind: Kind, document: Document| match document.identity() {
        Some(_) => Ok(Ok(document)),
        None => Err(unreadable(kind)),
    };
    if let [fill] = envelope.fills.as_slice() {
        let document = Document::answered(fill.kind, answer)?;
        return Ok(vec![complete(fill.kind, document)?]);
    }
    let results = answer.batch()?;
    envelope
        .fills
        .iter()
        .enumerate()
        .map(|(index, fill)| {
            let id = index.to_string();
            match results.iter().find(|(item, _)| item.as_str() == id) {
                Some((_, Ok(value))) => Document::read(fill.kind, value.json())
                    .map_err(|_| unreadable(fill.kind))
                    .and_then(|document| complete(fill.kind, document)),
                Some((_, Err(fault))) => {
                    let tid = answer.tid().clone();
                    match QboError::from_fault(fault.clone(), Effect::Write, tid) {
                        error if error.outcome_unknown() => Err(error),
                        error => Ok(Err(error)),
                    }
                }
                None => Err(unreadable(fill.kind)),
            }
        })
        .collect()
}
