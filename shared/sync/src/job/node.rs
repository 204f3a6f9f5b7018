//! An object that is wanted, and its slot.

use ledger::{Object, Slot};
use mapping::{QboObject, RawMemory, SlotName, Wanted};
use serde::{Serialize, de::DeserializeOwned};
use store::Stored;

use crate::{
    ledger::object,
    stop::{Stop, broken},
};

/// An object that is wanted, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) wanted: Wanted,
    /// What it is looked for by, where that is less than what is made.
    pub(crate) sought: Option<QboObject>,
    /// Its slot, as it was read.
    pub(crate) slot: Stored<Slot>,
    /// What its slot is to remember.
    pub(crate) memory: RawMemory,
    /// Its id, where QuickBooks is known to have it.
    pub(crate) id: Option<qbo::Id>,
    /// Whether one that QuickBooks has stays as it is.
    pub(crate) stays: bool,
}

impl Node {
    pub(crate) fn new<M>(
        name: &SlotName,
        object: impl Into<QboObject>,
        given: &str,
        slot: &Stored<Slot<M>>,
    ) -> Result<Self, Stop>
    where
        M: Clone + Serialize + DeserializeOwned,
    {
        let object = object.into();
        let slot = slot.clone().in_form(Slot::raw)?;
        Ok(Self {
            wanted: Wanted {
                slot: name.clone(),
                look_up: object.look_up(),
                given: given.to_owned(),
                object,
            },
            sought: None,
            memory: slot.value.memory.clone(),
            id: slot.value.link().map(|link| link.id.clone()),
            slot,
            stays: false,
        })
    }

    pub(crate) fn name(&self) -> &SlotName {
        &self.wanted.slot
    }

    pub(crate) fn is_linked(&self) -> bool {
        self.slot.value.link().is_some()
    }

    pub(crate) fn remember<M: Serialize>(&mut self, memory: &M) -> Result<(), Stop> {
        self.memory = RawMemory::new(memory).map_err(broken)?;
        Ok(())
    }

    /// The slot as it was read, in the form of its kind.
    pub(crate) fn typed<M: Serialize + DeserializeOwned>(&self) -> Result<Stored<Slot<M>>, Stop> {
        Ok(self.slot.clone().in_form(Slot::typed)?)
    }

    /// The slot as it was read, but for what it remembers.
    pub(crate) fn slot_with(&self, memory: RawMemory) -> Stored<Slot> {
        let mut slot = self.slot.clone();
        slot.value.memory = memory;
        slot
    }

    /// Its slot for the ledger.
    pub(crate) fn object(&self, slot: Stored<Slot>) -> Object {
        object(self.name(), self.wanted.object.kind(), slot)
    }
}
