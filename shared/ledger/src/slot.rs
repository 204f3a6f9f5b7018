use jiff::Timestamp;
use mapping::{RawMemory, SlotName};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use store::{Body, Key, Lists, places};
use uuid::Uuid;

use crate::format_1;

/// The place of one QuickBooks object. `M` is what its kind remembers beside the link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Slot<M = RawMemory> {
    pub(crate) state: SlotState<M>,
    /// The objects that it had before and that were voided. They are not touched again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) earlier: Vec<Voided>,
    /// Whether a person was told of something that is wanted of the object and that QuickBooks does not have (S8): whoever
    /// finds it there, or wants it no more, ends that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alerted: bool,
    /// The kind's own.
    pub memory: M,
}

/// What stands in a slot. Only the ledger changes it, so that both directions of a link change together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SlotState<M> {
    /// Nothing.
    Empty,
    /// A write is on its way.
    Sending(Sending<M>),
    /// An object.
    Linked(Link),
    /// The link went to another slot.
    MovedTo(Moved),
}

impl<M> SlotState<M> {
    /// In the words of an error.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Sending(_) => "on its way",
            Self::Linked(_) => "linked",
            Self::MovedTo(_) => "moved",
        }
    }
}

/// A write that is on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sending<M = RawMemory> {
    /// The envelope that carries it.
    pub envelope: Uuid,
    /// What was linked before it, and still is.
    pub before: Option<Link>,
    /// What [`Link::last_written`] becomes when it succeeds.
    pub ours_after: Option<Box<RawValue>>,
    /// What [`Slot::memory`] becomes when it succeeds, where that is something else.
    pub memory_after: Option<M>,
}

/// The QuickBooks object that a slot became.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Its id.
    pub id: qbo::Id,
    /// Its version, as the last answer told it.
    pub sync_token: qbo::SyncToken,
    /// What we last wrote (our own fields only); none when that is not known, after a match by hand or somebody else's
    /// edit: then everything of ours is written again.
    #[serde(rename = "wrote")]
    pub last_written: Option<Box<RawValue>>,
}

/// Where the link of a slot went, when two became one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The slot of the one that there is now.
    pub to: SlotName,
    /// When it was noticed.
    pub at: Timestamp,
    /// Whether the two are one, whichever of them is used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_one: bool,
}

/// A QuickBooks document that was voided, or deleted there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Its id.
    pub id: qbo::Id,
    /// Its number, which it keeps.
    pub number: String,
    /// When it was sent to be voided, or seen so.
    pub at: Timestamp,
}

impl<M> Slot<M> {
    /// An empty one that remembers this.
    pub fn empty(memory: M) -> Self {
        Self {
            state: SlotState::Empty,
            earlier: Vec::new(),
            alerted: false,
            memory,
        }
    }

    /// The object that it has in QuickBooks, also while a change of it is on its way.
    pub fn link(&self) -> Option<&Link> {
        match &self.state {
            SlotState::Linked(link) => Some(link),
            SlotState::Sending(sending) => sending.before.as_ref(),
            SlotState::Empty | SlotState::MovedTo(_) => None,
        }
    }

    /// The write that is on its way.
    pub fn sending(&self) -> Option<&Sending<M>> {
        match &self.state {
            SlotState::Sending(sending) => Some(sending),
            _ => None,
        }
    }

    /// Whether a write is on its way.
    pub fn is_sending(&self) -> bool {
        self.sending().is_some()
    }

    /// Where its link went.
    pub fn moved(&self) -> Option<&Moved> {
        match &self.state {
            SlotState::MovedTo(moved) => Some(moved),
            _ => None,
        }
    }

    /// The objects that it had before and that were voided.
    pub fn earlier(&self) -> &[Voided] {
        &self.earlier
    }

    /// Whether an object is in QuickBooks for it, or is on its way there.
    pub fn is_live(&self) -> bool {
        matches!(self.state, SlotState::Linked(_) | SlotState::Sending(_))
    }

    /// Whether an object is or was in QuickBooks for it, or is on its way there.
    pub fn is_begun(&self) -> bool {
        self.is_live() || !self.earlier.is_empty()
    }

    /// Forgets where its link went: what it stands for lives on, and is found or made anew. Answers where that was.
    pub fn forget_move(&mut self) -> Option<Moved> {
        match std::mem::replace(&mut self.state, SlotState::Empty) {
            SlotState::MovedTo(moved) => Some(moved),
            state => {
                self.state = state;
                None
            }
        }
    }

    /// Enters another version of the linked object, as it was seen, and what of ours stands in it. Answers whether one is
    /// linked, with nothing on its way.
    pub fn see(&mut self, sync_token: qbo::SyncToken, last_written: Option<Box<RawValue>>) -> bool {
        let SlotState::Linked(link) = &mut self.state else {
            return false;
        };
        link.sync_token = sync_token;
        link.last_written = last_written;
        true
    }

    fn try_map<N, E>(self, mut map: impl FnMut(M) -> Result<N, E>) -> Result<Slot<N>, E> {
        Ok(Slot {
            memory: map(self.memory)?,
            earlier: self.earlier,
            alerted: self.alerted,
            state: match self.state {
                SlotState::Empty => SlotState::Empty,
                SlotState::Linked(link) => SlotState::Linked(link),
                SlotState::MovedTo(moved) => SlotState::MovedTo(moved),
                SlotState::Sending(sending) => SlotState::Sending(Sending {
                    envelope: sending.envelope,
                    before: sending.before,
                    ours_after: sending.ours_after,
                    memory_after: sending.memory_after.map(map).transpose()?,
                }),
            },
        })
    }
}

impl<M: Clone> Slot<M> {
    /// What it remembers once the write that is on its way has succeeded.
    pub fn memory_after(&self) -> M {
        let after = self
            .sending()
            .and_then(|sending| sending.memory_after.as_ref());
        after.unwrap_or(&self.memory).clone()
    }
}

impl<M: Serialize> Slot<M> {
    /// As the ledger carries it.
    ///
    /// # Errors
    /// When the memory cannot be put into JSON.
    pub fn raw(self) -> Result<Slot, serde_json::Error> {
        self.try_map(|memory| RawMemory::new(&memory))
    }
}

impl Slot {
    /// As its kind knows it.
    ///
    /// # Errors
    /// When the memory is another kind's.
    pub fn typed<M: DeserializeOwned>(self) -> Result<Slot<M>, serde_json::Error> {
        self.try_map(|memory| memory.read())
    }
}

impl<M: Default> Default for Slot<M> {
    fn default() -> Self {
        Self::empty(M::default())
    }
}

impl<M: Serialize + DeserializeOwned> Body for Slot<M> {
    const KIND: &'static str = "slot";
    const FORMAT: u32 = 2;

    fn read(format: u32, json: &RawValue) -> Result<Self, serde_json::Error> {
        match format {
            1 => format_1::slot(json)?.typed(),
            _ => serde_json::from_str(json.get()),
        }
    }

    fn lists(&self, key: &Key) -> Lists {
        places::of_slot(key, self)
    }
}

impl<M: Serialize> places::SlotTold for Slot<M> {
    fn memory(&self) -> Option<RawMemory> {
        RawMemory::new(&self.memory).ok()
    }

    fn written(&self) -> Option<&RawValue> {
        self.link()?.last_written.as_deref()
    }

    fn is_linked(&self) -> bool {
        self.link().is_some()
    }

    fn is_empty(&self) -> bool {
        matches!(self.state, SlotState::Empty)
    }
}
