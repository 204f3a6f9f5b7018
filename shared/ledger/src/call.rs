use std::collections::BTreeMap;

use jiff::Timestamp;
use mapping::{RawMemory, SlotName};
use qbo::Request;
use serde_json::value::RawValue;
use store::{Books, Key, Stored, Table, Write, WriteError, read_many};
use uuid::Uuid;

use crate::{
    envelope::{Action, Envelope, EnvelopeState, SlotWrite},
    error::LedgerError,
    owner::{Claim, LinkOwner, claim},
    slot::{Link, Sending, Slot, SlotState, Voided},
};

/// So often an outcome is entered anew when another slot became the owner of an object meanwhile. After that the slot
/// stays as it is, and what is on its way is settled like a write whose answer was lost.
const ROUNDS: u32 = 3;

/// What is to be written to one slot.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is done.
    pub write: SlotWrite,
    /// The slot as it was read, with what it remembers from now on, whatever comes of the write.
    pub slot: Stored<Slot>,
    /// See [`Sending::ours_after`].
    pub ours_after: Option<Box<RawValue>>,
    /// See [`Sending::memory_after`].
    pub memory_after: Option<RawMemory>,
}

/// An object of QuickBooks as it was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its id.
    pub id: qbo::Id,
    /// Its version.
    pub sync_token: qbo::SyncToken,
    /// The name or number by which it is looked up.
    pub key: String,
    /// What of ours stands in it; none when that is not known.
    pub ours: Option<Box<RawValue>>,
    /// What its slot remembers of it.
    pub memory: RawMemory,
}

impl Seen {
    pub(crate) fn link(self) -> (Link, RawMemory) {
        let link = Link {
            id: self.id,
            sync_token: self.sync_token,
            last_written: self.ours,
        };
        (link, self.memory)
    }
}

/// QuickBooks certainly did not carry out a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected;

/// What became of a write to one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// The slot is linked.
    Linked,
    /// The slot is empty, and knows what was voided.
    Voided,
    /// The slot is as it was before.
    Rejected,
    /// The slot is as it was before: what QuickBooks answered with belongs to another one.
    HeldBy(SlotName),
}

/// A call that is on its way: its envelope, and the slots that it writes.
#[derive(Clone, Debug)]
pub struct Call {
    envelope: Stored<Envelope>,
    slots: Vec<Stored<Slot>>,
}

impl Call {
    /// Stores what is to be sent and marks its slots, with further writes that must happen together with it. The attempt
    /// becomes the id of the envelope.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when a write is on its way to a slot, [`LedgerError::Unfit`] when one is not in the state that
    /// its write begins with; else as it says.
    pub async fn begin(
        table: &impl Table,
        books: &Books,
        (attempt, now): (Uuid, Timestamp),
        request: Request,
        drafts: Vec<Draft>,
        further: Vec<Write>,
    ) -> Result<Self, LedgerError> {
        let mut slots = Vec::with_capacity(drafts.len());
        let mut slot_writes = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let mut slot = draft.slot;
            let before = before(&slot, &draft.write.action)?;
            slot.value.state = SlotState::Sending(Sending {
                envelope: attempt,
                before,
                ours_after: draft.ours_after,
                memory_after: draft.memory_after,
            });
            slots.push(slot);
            slot_writes.push(draft.write);
        }
        let envelope = Envelope {
            request,
            state: EnvelopeState::Sending { at: now },
            writes: slot_writes,
            repeats: 0,
        };
        let mut call = Self {
            envelope: Stored::new(books.envelope(attempt), envelope),
            slots,
        };
        let mut writes = call.puts()?;
        writes.extend(further);
        table.write(attempt, writes).await?;
        call.envelope.written();
        call.slots.iter_mut().for_each(Stored::written);
        Ok(call)
    }

    /// Takes up a call that somebody else began.
    ///
    /// # Errors
    /// [`LedgerError::Changed`] when its outcome was entered meanwhile.
    pub async fn open(
        table: &impl Table,
        books: &Books,
        envelope: Stored<Envelope>,
    ) -> Result<Self, LedgerError> {
        let writes = envelope.value.writes.iter();
        let keys: Vec<Key> = writes.map(|write| books.slot(&write.slot)).collect();
        let is_on_its_way = |slot: &Stored<Slot>| {
            let sending = slot.value.sending();
            sending.is_some_and(|sending| books.envelope(sending.envelope) == envelope.key)
        };
        let slots = read_many::<Slot>(table, &keys).await?.into_iter();
        let slots: Option<Vec<Stored<Slot>>> =
            slots.map(|slot| slot.filter(is_on_its_way)).collect();
        match slots {
            Some(slots) => Ok(Self { envelope, slots }),
            None => Err(LedgerError::Changed(envelope.key)),
        }
    }

    /// The exact request.
    pub fn request(&self) -> &Request {
        &self.envelope.value.request
    }

    /// What became of it so far.
    pub fn state(&self) -> EnvelopeState {
        self.envelope.value.state
    }

    /// How often it was sent once more.
    pub fn repeats(&self) -> u32 {
        self.envelope.value.repeats
    }

    /// What it does, slot by slot.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (&SlotWrite, &Slot)> {
        let slots = self.slots.iter().map(|slot| &slot.value);
        self.envelope.value.writes.iter().zip(slots)
    }

    /// Enters that its answer was lost.
    ///
    /// # Errors
    /// [`LedgerError::Unfit`] when it was not sent; else as it says.
    pub async fn uncertain(&mut self, table: &impl Table, writer: Uuid) -> Result<(), LedgerError> {
        let EnvelopeState::Sending { at } = self.state() else {
            return Err(self.unfit("become uncertain"));
        };
        self.enter_state(table, writer, EnvelopeState::Uncertain { at })
            .await
    }

    /// Enters that it is sent once more, the same bytes under the same `requestid`.
    ///
    /// # Errors
    /// [`LedgerError::Unfit`] when its outcome is known; else as it says.
    pub async fn resend(
        &mut self,
        table: &impl Table,
        writer: Uuid,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        match self.state() {
            EnvelopeState::Sending { .. } | EnvelopeState::Uncertain { .. } => {
                self.envelope.value.repeats += 1;
                self.enter_state(table, writer, EnvelopeState::Sending { at: now })
                    .await
            }
            EnvelopeState::Answered | EnvelopeState::Dropped => Err(self.unfit("be sent again")),
        }
    }

    /// Gives it up, as it was certainly not carried out: its slots are what they were before.
    ///
    /// # Errors
    /// As it says.
    pub async fn drop(mut self, table: &impl Table, writer: Uuid) -> Result<(), LedgerError> {
        self.envelope.value.state = EnvelopeState::Dropped;
        for slot in &mut self.slots {
            give_back(&mut slot.value);
        }
        Ok(table.write(writer, self.puts()?).await?)
    }

    /// Enters what came of it: links in both directions, and slots that are what they were before; together with further
    /// writes.
    ///
    /// # Errors
    /// [`LedgerError::Answers`] when there is not one answer for each write; else as it says.
    pub async fn enter(
        self,
        table: &impl Table,
        books: &Books,
        (writer, now): (Uuid, Timestamp),
        answers: Vec<Result<Seen, Rejected>>,
        further: Vec<Write>,
    ) -> Result<Vec<Entered>, LedgerError> {
        if answers.len() != self.slots.len() {
            return Err(LedgerError::Answers {
                writes: self.slots.len(),
                answers: answers.len(),
                envelope: self.envelope.key,
            });
        }
        for _ in 1..ROUNDS {
            let (entered, mut writes) = self.outcome(table, books, now, answers.clone()).await?;
            writes.extend(further.iter().cloned());
            match table.write(writer, writes).await {
                Err(WriteError::Conflict { key, .. }) if self.is_of_owner(&key) => {}
                written => return Ok(written.map(|()| entered)?),
            }
        }
        let (entered, mut writes) = self.outcome(table, books, now, answers).await?;
        writes.extend(further);
        table.write(writer, writes).await?;
        Ok(entered)
    }

    /// What the answers come to, and the records that say so.
    async fn outcome(
        &self,
        table: &impl Table,
        books: &Books,
        now: Timestamp,
        answers: Vec<Result<Seen, Rejected>>,
    ) -> Result<(Vec<Entered>, Vec<Write>), LedgerError> {
        let mut owners = self.owners(table, books, &answers).await?;
        let mut call = self.clone();
        call.envelope.value.state = EnvelopeState::Answered;
        let mut entered = Vec::with_capacity(answers.len());
        let mut claims: BTreeMap<Key, (SlotName, Write)> = BTreeMap::new();
        let parts = call.envelope.value.writes.iter().zip(&mut call.slots);
        for ((write, slot), answer) in parts.zip(answers) {
            let slot = &mut slot.value;
            entered.push(match (answer, &write.action) {
                (Err(Rejected), _) => {
                    give_back(slot);
                    Entered::Rejected
                }
                (Ok(seen), Action::Void { id }) => {
                    slot.state = SlotState::Empty;
                    slot.earlier.push(Voided {
                        id: id.clone(),
                        number: seen.key,
                        at: now,
                    });
                    slot.memory = seen.memory;
                    Entered::Voided
                }
                (Ok(seen), Action::Create { .. } | Action::Update { .. }) => {
                    let key = books.owner(&write.kind, &seen.id);
                    let claimed = match claims.get(&key) {
                        // Two writes of one call were answered with one object.
                        Some((first, _)) => Claim::HeldBy(first.clone()),
                        None => claim(key.clone(), owners.remove(&key), &write.slot)?,
                    };
                    match claimed {
                        Claim::Free(owns) => {
                            claims.insert(key, (write.slot.clone(), owns));
                            let (link, memory) = seen.link();
                            slot.state = SlotState::Linked(link);
                            slot.memory = memory;
                            Entered::Linked
                        }
                        Claim::HeldBy(other) => {
                            give_back(slot);
                            Entered::HeldBy(other)
                        }
                    }
                }
            });
        }
        let mut writes = call.puts()?;
        writes.extend(claims.into_values().map(|(_, owns)| owns));
        Ok((entered, writes))
    }

    /// Whose the objects are that QuickBooks answered with, as far as they are anybody's.
    async fn owners(
        &self,
        table: &impl Table,
        books: &Books,
        answers: &[Result<Seen, Rejected>],
    ) -> Result<BTreeMap<Key, Stored<LinkOwner>>, LedgerError> {
        let writes = self.envelope.value.writes.iter();
        let keys = writes.zip(answers).filter_map(|(write, answer)| {
            let seen = answer.as_ref().ok()?;
            Some(books.owner(&write.kind, &seen.id))
        });
        let keys: Vec<Key> = keys.collect();
        let owners = read_many::<LinkOwner>(table, &keys).await?;
        let owners = owners.into_iter().flatten();
        Ok(owners.map(|owner| (owner.key.clone(), owner)).collect())
    }

    /// Whether a record is neither its envelope nor one of its slots.
    fn is_of_owner(&self, key: &Key) -> bool {
        *key != self.envelope.key && self.slots.iter().all(|slot| slot.key != *key)
    }

    async fn enter_state(
        &mut self,
        table: &impl Table,
        writer: Uuid,
        state: EnvelopeState,
    ) -> Result<(), LedgerError> {
        self.envelope.value.state = state;
        table.write(writer, vec![self.envelope.put()?]).await?;
        self.envelope.written();
        Ok(())
    }

    fn puts(&self) -> Result<Vec<Write>, LedgerError> {
        let mut writes = vec![self.envelope.put()?];
        for slot in &self.slots {
            writes.push(slot.put()?);
        }
        Ok(writes)
    }

    fn unfit(&self, act: &'static str) -> LedgerError {
        LedgerError::Unfit {
            record: self.envelope.key.clone(),
            state: self.state().name(),
            act,
        }
    }
}

/// What is linked before a write, where the slot is in the state that the write begins with.
fn before(slot: &Stored<Slot>, action: &Action) -> Result<Option<Link>, LedgerError> {
    match (&slot.value.state, action) {
        (SlotState::Empty, Action::Create { .. }) => Ok(None),
        (SlotState::Linked(link), Action::Update { id } | Action::Void { id })
            if link.id == *id =>
        {
            Ok(Some(link.clone()))
        }
        (SlotState::Sending(_), _) => Err(LedgerError::Busy(slot.key.clone())),
        (state, action) => Err(LedgerError::Unfit {
            record: slot.key.clone(),
            state: state.name(),
            act: action.name(),
        }),
    }
}

/// The slot is what it was before a write that was not carried out.
fn give_back(slot: &mut Slot) {
    if let SlotState::Sending(sending) = &mut slot.state {
        let before = sending.before.take();
        slot.state = before.map_or(SlotState::Empty, SlotState::Linked);
    }
}
