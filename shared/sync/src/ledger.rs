//! Writes to QuickBooks, each exactly once: stored before it is sent, settled when its answer was lost
//! (invariants 2 and 3).

use std::time::Duration;

use jiff::SignedDuration;
use ports::{Chance, Clock};
use qbo::{Answer, BatchId, BatchItem, Effect, Entity, QboError, Query, Request, RequestId};
use serde_json::value::RawValue;
use store::{
    Action, Envelope, EnvelopeState, Fill, Kind, Link, LinkOwner, Pending, Slot, SlotName, Stored,
    Table, Write, read, read_many,
};

use crate::{
    books::{Rows, Session, broken},
    document::{Document, by_key},
    engine::Engine,
    stop::Stop,
    tokens::Known,
    world::World,
};

/// Adding to QuickBooks' lists of names is done by one worker at a time. As long as a function may run: whoever
/// takes the lease over finds nobody at work.
const NAMES_LEASE: Duration = Duration::from_secs(30);

/// How often a slot is looked at while another worker's call is on its way.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks at such a slot before the job is put off: two seconds in all.
const LOOKS: u32 = 8;

/// One thing to write.
#[derive(Clone, Debug)]
pub(crate) struct Op {
    pub(crate) name: SlotName,
    pub(crate) slot: Stored<Slot>,
    /// What goes out: everything of ours on a create, what changed on an update.
    pub(crate) sent: Document,
    /// What of ours stands in QuickBooks afterwards.
    pub(crate) wants: Document,
    /// See [`Link::dated_by_invoice`].
    pub(crate) dated_by_invoice: bool,
}

/// What QuickBooks made of one [`Op`].
pub(crate) type Written = Result<Document, QboError>;

impl<W: World> Engine<W> {
    /// Writes, all in one call. The outer error ends the work; the inner ones are QuickBooks' answer to
    /// single ops.
    pub(crate) async fn write(
        &self,
        session: &Session,
        ops: Vec<Op>,
    ) -> Result<Vec<Written>, Stop> {
        let names = ops.iter().any(|op| op.sent.kind() != Kind::Invoice);
        if !names {
            return self.write_now(session, ops).await;
        }
        let key = session.books.lease("names");
        let held = self.leases.take(&self.world, &key, NAMES_LEASE).await?;
        let written = self.write_now(session, ops).await;
        self.leases.release(&self.world, held).await;
        written
    }

    async fn write_now(&self, session: &Session, ops: Vec<Op>) -> Result<Vec<Written>, Stop> {
        self.may_call(session, ops.len() > 1).await?;
        let token = self.token(session, None).await?;
        let attempt = self.world.chance().uuid();
        let request = request(&ops, RequestId::from(attempt))?;
        let mut envelope = Stored::new(
            session.books.envelope(attempt),
            Envelope {
                request,
                state: EnvelopeState::Sending {
                    at: self.world.clock().now(),
                },
                fills: ops.iter().map(fill).collect(),
            },
        );
        let mut slots = Vec::new();
        for op in ops {
            let mut slot = op.slot;
            slot.value.pending = Some(Pending {
                envelope: attempt,
                wants: Some(op.wants.json().map_err(broken)?),
                dated_by_invoice: op.dated_by_invoice,
            });
            slots.push(slot);
        }
        let mut writes = vec![envelope.put()?];
        for slot in &slots {
            writes.push(slot.put()?);
        }
        self.world.table().write(attempt, writes).await?;
        envelope.written();
        slots.iter_mut().for_each(Stored::written);
        self.carry(session, envelope, slots, &token, Vec::new())
            .await
    }

    /// Sends a stored envelope and enters what came of it. `found` are documents that were looked up
    /// before: they count when QuickBooks says that the name is taken.
    async fn carry(
        &self,
        session: &Session,
        mut envelope: Stored<Envelope>,
        slots: Vec<Stored<Slot>>,
        token: &Known,
        found: Vec<Option<Document>>,
    ) -> Result<Vec<Written>, Stop> {
        let answer = self.call(session, token, &envelope.value.request).await?;
        let written = match answer {
            Ok(answer) => open(&envelope.value, &answer),
            Err(error) => Err(error),
        };
        let mut written = match written {
            Ok(written) => written,
            Err(error) if error.outcome_unknown() => {
                let EnvelopeState::Sending { at } = envelope.value.state else {
                    return Err(Stop::Broken(
                        "an envelope left without being sent".to_owned(),
                    ));
                };
                envelope.value.state = EnvelopeState::Uncertain { at };
                self.put(vec![envelope.put()?]).await?;
                return Err(Stop::Later {
                    until: at + self.settings.settle_after,
                    cause: error.to_string(),
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
                return Err(self.ends(session, &error).await?);
            }
            Err(error) => slots.iter().map(|_| Err(error.clone())).collect(),
        };
        for (written, found) in written.iter_mut().zip(found) {
            if let (Err(QboError::DuplicateName { .. }), Some(found)) = (&written, found) {
                *written = Ok(found);
            }
        }
        self.enter(session, envelope, slots, &written).await?;
        Ok(written)
    }

    /// Enters the outcome of an envelope: links, and slots that are free again.
    async fn enter(
        &self,
        session: &Session,
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
            if let (Some(pending), Some((id, sync_token))) = (pending, identity) {
                if slot.value.link.is_none() {
                    writes.push(self.own(session, fill, &id)?);
                }
                slot.value.link = Some(Link {
                    id,
                    sync_token,
                    wrote: pending.wants,
                    dated_by_invoice: pending.dated_by_invoice,
                });
            }
            writes.push(slot.put()?);
        }
        self.put(writes).await
    }

    /// The other direction of a new link.
    fn own(&self, session: &Session, fill: &Fill, id: &qbo::Id) -> Result<Write, Stop> {
        let owner = LinkOwner {
            slot: fill.slot.clone(),
        };
        Ok(Stored::new(session.books.owner(fill.kind, id), owner).put()?)
    }

    /// Gives an envelope up that was certainly not carried out.
    async fn drop_envelope(
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
        session: &Session,
        name: &SlotName,
        slot: &Stored<Slot>,
        found: &Document,
        wrote: Option<Box<RawValue>>,
    ) -> Result<Option<()>, Stop> {
        let (id, sync_token) = found
            .identity()
            .ok_or_else(|| Stop::Broken("QuickBooks sent an object without an id".to_owned()))?;
        let owner = session.books.owner(found.kind(), &id);
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
        let fill = Fill {
            slot: name.clone(),
            kind: found.kind(),
            action: Action::Update { id: id.clone() },
        };
        let writes = vec![slot.put()?, self.own(session, &fill, &id)?];
        self.put(writes).await?;
        Ok(Some(()))
    }

    /// Forgets what was last written to a linked object, but for its present version: the next plan writes
    /// everything of ours again. Tells whether the object is still there, and not voided.
    pub(crate) async fn reread(
        &self,
        session: &Session,
        name: &SlotName,
        kind: Kind,
    ) -> Result<bool, Stop> {
        let key = session.books.slot(name);
        let Some(mut slot) = read::<Slot>(self.world.table(), &key).await? else {
            return Ok(true);
        };
        let Some(link) = &mut slot.value.link else {
            return Ok(true);
        };
        let by_id = vec![by_id(kind, &link.id)];
        let rows = self.ask_all(session, &by_id).await?;
        let rows = documents(kind, rows.first())?;
        let live = rows.iter().find(|row| !row.is_voided());
        let Some((_, sync_token)) = live.and_then(Document::identity) else {
            return Ok(false);
        };
        link.sync_token = sync_token;
        link.wrote = None;
        self.put(vec![slot.put()?]).await?;
        Ok(true)
    }

    /// Waits for, or settles, the write that is on its way to a slot. Always ends the present plan: what
    /// follows is planned from what is known then.
    pub(crate) async fn settle(&self, session: &Session, name: &SlotName) -> Result<(), Stop> {
        let key = session.books.slot(name);
        for look in 0..LOOKS {
            if look > 0 {
                self.world.clock().sleep(PAUSE).await;
            }
            let slot = read::<Slot>(self.world.table(), &key).await?;
            let Some(pending) = slot.and_then(|slot| slot.value.pending) else {
                return Ok(());
            };
            let envelope = session.books.envelope(pending.envelope);
            let envelope = read::<Envelope>(self.world.table(), &envelope)
                .await?
                .ok_or_else(|| Stop::Broken(format!("the envelope of {name} is missing")))?;
            let now = self.world.clock().now();
            match envelope.value.state {
                EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at }
                    if now >= at + self.settings.settle_after =>
                {
                    return self.look_up(session, envelope).await;
                }
                // Its sender may still be at work.
                EnvelopeState::Sending { at }
                    if now < at + SignedDuration::try_from(qbo::TIMEOUT).unwrap_or_default() => {}
                EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at } => {
                    return Err(Stop::Later {
                        until: at + self.settings.settle_after,
                        cause: "it is not known yet whether QuickBooks did the last write"
                            .to_owned(),
                    });
                }
                // Entered between our two reads.
                EnvelopeState::Answered | EnvelopeState::Dropped => {}
            }
        }
        Err(Stop::Later {
            until: self.world.clock().now() + SignedDuration::from_secs(3),
            cause: "another worker is writing the same thing".to_owned(),
        })
    }

    /// Settles an envelope whose answer was lost: what QuickBooks has is linked; what it has not is sent
    /// again, the same bytes under the same request id.
    async fn look_up(&self, session: &Session, mut envelope: Stored<Envelope>) -> Result<(), Stop> {
        let keys: Vec<_> = envelope
            .value
            .fills
            .iter()
            .map(|fill| session.books.slot(&fill.slot))
            .collect();
        let slots = read_many::<Slot>(self.world.table(), &keys).await?;
        let mut slots: Vec<Stored<Slot>> = slots.into_iter().flatten().collect();
        let ours = |slot: &Stored<Slot>| {
            let pending = slot.value.pending.as_ref();
            pending.is_some_and(|p| session.books.envelope(p.envelope) == envelope.key)
        };
        if slots.len() != keys.len() || !slots.iter().all(ours) {
            return Err(Stop::Rival(envelope.key.to_string()));
        }
        let queries: Vec<Query> = envelope.value.fills.iter().map(query).collect();
        let rows = self.ask_all(session, &queries).await?;
        let mut found = Vec::new();
        let mut taken = false;
        for ((fill, slot), rows) in envelope.value.fills.iter().zip(&mut slots).zip(&rows) {
            let rows = documents(fill.kind, Some(rows))?;
            let hit = settled(fill, slot, &rows)?;
            let hit = match hit {
                Some(hit) if self.is_foreign(session, fill, &hit).await? => None,
                hit => hit,
            };
            if let (Action::Update { .. }, Some(_), Some(pending)) =
                (&fill.action, &hit, &mut slot.value.pending)
            {
                // Carried out, or overtaken by somebody's edit: the next plan writes everything of ours.
                pending.wants = None;
            }
            taken |= hit.is_none()
                && fill.kind == Kind::Invoice
                && matches!(fill.action, Action::Create { .. })
                && !rows.is_empty();
            found.push(hit);
        }
        if found.iter().all(Option::is_some) {
            let written: Vec<Written> = found.into_iter().flatten().map(Ok).collect();
            return self.enter(session, envelope, slots, &written).await;
        }
        // The number went to somebody else's document meanwhile: ours was not made, and must not be now.
        if taken {
            return self.drop_envelope(envelope, slots).await;
        }
        self.may_call(session, envelope.value.fills.len() > 1)
            .await?;
        let token = self.token(session, None).await?;
        envelope.value.state = EnvelopeState::Sending {
            at: self.world.clock().now(),
        };
        self.put(vec![envelope.put()?]).await?;
        envelope.written();
        self.carry(session, envelope, slots, &token, found).await?;
        Ok(())
    }

    /// Whether an object belongs to another slot than the one that is to be filled.
    async fn is_foreign(
        &self,
        session: &Session,
        fill: &Fill,
        found: &Document,
    ) -> Result<bool, Stop> {
        let Some((id, _)) = found.identity() else {
            return Ok(true);
        };
        let owner = session.books.owner(fill.kind, &id);
        let owner = read::<LinkOwner>(self.world.table(), &owner).await?;
        Ok(owner.is_some_and(|owner| owner.value.slot != fill.slot))
    }

    /// Writes records under a fresh attempt id.
    pub(crate) async fn put(&self, writes: Vec<Write>) -> Result<(), Stop> {
        let writer = self.world.chance().uuid();
        Ok(self.world.table().write(writer, writes).await?)
    }
}

fn fill(op: &Op) -> Fill {
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

fn request(ops: &[Op], id: RequestId) -> Result<Request, Stop> {
    if let [op] = ops {
        return match &op.slot.value.link {
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
        let document = match fill.kind {
            Kind::Customer => Document::Customer(Box::new(answer.parse()?)),
            Kind::Item => Document::Item(Box::new(answer.parse()?)),
            Kind::Invoice => Document::Invoice(Box::new(answer.parse()?)),
        };
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

fn query(fill: &Fill) -> Query {
    match &fill.action {
        Action::Create { key } => by_key(fill.kind, std::slice::from_ref(key)),
        Action::Update { id } => by_id(fill.kind, id),
    }
}

fn by_id(kind: Kind, id: &qbo::Id) -> Query {
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
    }
}

/// Which of the rows is what the fill was to bring about, if any is.
fn settled(fill: &Fill, slot: &Stored<Slot>, rows: &[Document]) -> Result<Option<Document>, Stop> {
    if let Action::Update { .. } = fill.action {
        // A version other than the one that we sent: ours was carried out, or cannot be any more.
        let sent = slot.value.link.as_ref().map(|link| &link.sync_token);
        let moved = |row: &&Document| row.identity().is_some_and(|(_, now)| Some(&now) != sent);
        return Ok(rows.iter().find(moved).cloned());
    }
    let pending = slot.value.pending.as_ref();
    let Some(wants) = pending.and_then(|pending| pending.wants.as_ref()) else {
        return Ok(None);
    };
    let wants = Document::read(fill.kind, wants).map_err(broken)?;
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
        Document::Invoice(_) => rows
            .iter()
            .find(|row| match row {
                Document::Invoice(invoice) => {
                    mapping::marker::is_ours(invoice.private_note.as_deref(), fill.slot.as_str())
                }
                _ => false,
            })
            .cloned(),
    })
}
