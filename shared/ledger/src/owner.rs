use mapping::{KindName, SlotName};
use serde::{Deserialize, Serialize};
use store::{Body, Books, Key, StoreError, Stored, Table, Write, read};

/// Which slot a QuickBooks object belongs to: the other direction of a link. An object that the slot had before, voided
/// or merged into the one that it has now, still belongs to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOwner {
    /// The slot.
    pub slot: SlotName,
}

impl Body for LinkOwner {
    const KIND: &'static str = "link";
}

/// Reads which slot an object belongs to.
///
/// # Errors
/// When the table does not answer.
pub async fn owner(
    table: &impl Table,
    books: &Books,
    kind: &KindName,
    id: &qbo::Id,
) -> Result<Option<Stored<LinkOwner>>, StoreError> {
    read(table, &books.owner(kind, id)).await
}

/// What a slot that is to be linked finds of the object's owner.
pub(crate) enum Claim {
    /// It may have the object: the write that makes it the owner, or keeps others from becoming it.
    Free(Write),
    /// The object is another's.
    HeldBy(SlotName),
}

/// What follows for a slot from the record of an object's owner.
pub(crate) fn claim(
    key: Key,
    found: Option<Stored<LinkOwner>>,
    slot: &SlotName,
) -> Result<Claim, StoreError> {
    Ok(match found {
        None => Claim::Free(Stored::new(key, LinkOwner { slot: slot.clone() }).put()?),
        Some(owner) if owner.value.slot == *slot => Claim::Free(Write::Check {
            expect: owner.expect(),
            key,
        }),
        Some(owner) => Claim::HeldBy(owner.value.slot),
    })
}
