//! Links that no call of ours brought about: objects that QuickBooks had already, links that go to another slot, and
//! links that end.

use jiff::Timestamp;
use mapping::{KindName, RawMemory, SlotName};
use store::{Books, Key, Stored, Table, Write, read, read_many};
use uuid::Uuid;

use crate::{
    call::Seen,
    error::LedgerError,
    owner::{Claim, LinkOwner, claim},
    slot::{Moved, Slot, SlotState, Voided},
};

/// A slot as it was read, with its name and the kind of what stands in it.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name.
    pub name: SlotName,
    /// The kind.
    pub kind: KindName,
    /// The slot.
    pub slot: Stored<Slot>,
}

/// What becomes of the object that a slot was linked to, when it is linked to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Former {
    /// It still belongs to the slot: documents may be known under its id.
    Kept,
    /// It belongs to nobody.
    Freed,
}

/// Links a slot to an object that QuickBooks has already, together with further writes.
///
/// # Errors
/// [`LedgerError::HeldBy`] when the object belongs to another slot, [`LedgerError::Busy`] while a write is on its way to
/// this one; else as it says.
pub async fn adopt(
    table: &impl Table,
    books: &Books,
    writer: Uuid,
    object: Object,
    seen: Seen,
    former: Former,
    further: Vec<Write>,
) -> Result<(), LedgerError> {
    is_at_rest(&object.slot)?;
    let key = books.owner(&object.kind, &seen.id);
    let found = read::<LinkOwner>(table, &key).await?;
    let owns = match claim(key, found, &object.name)? {
        Claim::Free(owns) => owns,
        Claim::HeldBy(other) => return Err(LedgerError::HeldBy(other)),
    };
    let mut writes = vec![owns];
    writes.extend(former_ends(table, books, &object, Some(&seen.id), former).await?);
    writes.push(linked(object, seen).put()?);
    writes.extend(further);
    Ok(table.write(writer, writes).await?)
}

/// How a link leaves a slot for another one.
#[derive(Clone, Debug)]
pub struct Move {
    /// When it was noticed.
    pub at: Timestamp,
    /// See [`Moved::as_one`].
    pub as_one: bool,
    /// An earlier object that belongs to the slot that is left: it goes with the link.
    pub also: Option<qbo::Id>,
}

/// Links a slot to an object that belongs to another one, which stands for the same from now on. What that one was linked
/// to belongs to this one too.
///
/// # Errors
/// [`LedgerError::HeldBy`] when the object belongs to a third slot, [`LedgerError::Busy`] while a write is on its way to
/// either; else as it says.
pub async fn move_link(
    table: &impl Table,
    books: &Books,
    writer: Uuid,
    from: Object,
    (mut to, seen): (Object, Seen),
    moved: Move,
    former: Former,
) -> Result<(), LedgerError> {
    is_at_rest(&from.slot)?;
    is_at_rest(&to.slot)?;
    let mut writes = hand_over(table, books, &from, &to.name, Some(&seen.id), &moved).await?;
    writes.extend(former_ends(table, books, &to, Some(&seen.id), former).await?);
    let mut from = from;
    to.slot.value.earlier.append(&mut from.slot.value.earlier);
    writes.push(left(from, &to.name, &moved).put()?);
    writes.push(linked(to, seen).put()?);
    Ok(table.write(writer, writes).await?)
}

/// Enters that a slot stands for the same as another one. What it was linked to belongs to that one from now on.
///
/// # Errors
/// [`LedgerError::Busy`] while a write is on its way to it; else as it says.
pub async fn move_to(
    table: &impl Table,
    books: &Books,
    writer: Uuid,
    from: Object,
    to: &SlotName,
    moved: Move,
) -> Result<(), LedgerError> {
    is_at_rest(&from.slot)?;
    let mut writes = hand_over(table, books, &from, to, None, &moved).await?;
    writes.push(left(from, to, &moved).put()?);
    Ok(table.write(writer, writes).await?)
}

/// Ends the link of a slot: the object belongs to nobody, and the slot is empty, with what it remembers by now.
///
/// # Errors
/// [`LedgerError::Busy`] while a write is on its way to it; else as it says.
pub async fn free(
    table: &impl Table,
    books: &Books,
    writer: Uuid,
    object: Object,
) -> Result<(), LedgerError> {
    is_at_rest(&object.slot)?;
    let former = former_ends(table, books, &object, None, Former::Freed).await?;
    let mut slot = object.slot;
    slot.value.state = SlotState::Empty;
    let mut writes = vec![slot.put()?];
    writes.extend(former);
    Ok(table.write(writer, writes).await?)
}

/// Enters that somebody voided or deleted the object of a slot in QuickBooks. It still belongs to the slot, which is empty.
///
/// # Errors
/// [`LedgerError::Busy`] while a write is on its way to the slot, [`LedgerError::Unfit`] when it is not linked; else as it says.
pub async fn void(
    table: &impl Table,
    writer: Uuid,
    mut slot: Stored<Slot>,
    number: String,
    at: Timestamp,
) -> Result<(), LedgerError> {
    is_at_rest(&slot)?;
    let SlotState::Linked(link) = &slot.value.state else {
        return Err(LedgerError::Unfit {
            state: slot.value.state.name(),
            record: slot.key,
            act: "be voided",
        });
    };
    let id = link.id.clone();
    slot.value.earlier.push(Voided { id, number, at });
    slot.value.state = SlotState::Empty;
    Ok(table.write(writer, vec![slot.put()?]).await?)
}

fn is_at_rest(slot: &Stored<Slot>) -> Result<(), LedgerError> {
    match slot.value.state {
        SlotState::Sending(_) => Err(LedgerError::Busy(slot.key.clone())),
        SlotState::Empty | SlotState::Linked(_) | SlotState::MovedTo(_) => Ok(()),
    }
}

fn linked(object: Object, seen: Seen) -> Stored<Slot> {
    let mut slot = object.slot;
    let (link, memory) = seen.link();
    slot.value.state = SlotState::Linked(link);
    slot.value.memory = memory;
    slot
}

fn left(object: Object, to: &SlotName, moved: &Move) -> Stored<Slot> {
    let mut slot = object.slot;
    slot.value = Slot {
        state: SlotState::MovedTo(Moved {
            to: to.clone(),
            at: moved.at,
            as_one: moved.as_one,
        }),
        earlier: Vec::new(),
        alerted: false,
        memory: RawMemory::default(),
    };
    slot
}

/// Gives another slot the objects of one that is left: its link, what goes with that, and the one that is needed.
async fn hand_over(
    table: &impl Table,
    books: &Books,
    from: &Object,
    to: &SlotName,
    needed: Option<&qbo::Id>,
    moved: &Move,
) -> Result<Vec<Write>, LedgerError> {
    let needed = needed.map(|id| books.owner(&from.kind, id));
    let link = from.slot.value.link().map(|link| &link.id);
    let others = [link, moved.also.as_ref()].into_iter().flatten();
    let others = others.map(|id| books.owner(&from.kind, id));
    let mut keys: Vec<Key> = needed.iter().cloned().chain(others).collect();
    keys.sort();
    keys.dedup();
    let owners = read_many::<LinkOwner>(table, &keys).await?;
    let mut writes = Vec::new();
    for (key, owner) in keys.into_iter().zip(owners) {
        let given = LinkOwner { slot: to.clone() };
        match owner {
            None => writes.push(Stored::new(key, given).put()?),
            Some(mut owner) if owner.value.slot == from.name => {
                owner.value = given;
                writes.push(owner.put()?);
            }
            Some(owner) if owner.value == given => writes.push(Write::Check {
                expect: owner.expect(),
                key,
            }),
            Some(owner) if Some(&key) == needed.as_ref() => {
                return Err(LedgerError::HeldBy(owner.value.slot));
            }
            // An object of a third slot stays with it.
            Some(_) => {}
        }
    }
    Ok(writes)
}

/// What becomes of the object that a slot is linked to, when it is linked to another one or to none.
async fn former_ends(
    table: &impl Table,
    books: &Books,
    object: &Object,
    next: Option<&qbo::Id>,
    former: Former,
) -> Result<Option<Write>, LedgerError> {
    let link = object.slot.value.link().map(|link| &link.id);
    let Some(id) = link.filter(|id| former == Former::Freed && Some(*id) != next) else {
        return Ok(None);
    };
    let owner = read::<LinkOwner>(table, &books.owner(&object.kind, id)).await?;
    let owner = owner.filter(|owner| owner.value.slot == object.name);
    Ok(owner.map(|owner| Write::Delete {
        expect: owner.expect(),
        key: owner.key,
    }))
}
