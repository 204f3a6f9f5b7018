use jiff::Timestamp;
use mapping::{KindName, SlotName};
use serde::{Deserialize, Serialize};
use store::Body;

/// One call to QuickBooks that writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The exact request.
    pub request: qbo::Request,
    /// What became of it.
    pub state: EnvelopeState,
    /// What it writes, in the order of the batch.
    #[serde(rename = "fills")]
    pub writes: Vec<SlotWrite>,
    /// How often it was sent once more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(repeats: &u32) -> bool {
    *repeats == 0
}

/// What a call does for one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotWrite {
    /// The slot.
    pub slot: SlotName,
    /// The kind of QuickBooks object.
    pub kind: KindName,
    /// What is done to it.
    pub action: Action,
}

/// What a call does to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it; it can be looked up by its name or number.
    Create {
        /// That name or number.
        key: String,
    },
    /// Changes the linked one.
    Update {
        /// Its id.
        id: qbo::Id,
    },
    /// Voids the linked one, which is linked no longer then.
    Void {
        /// Its id.
        id: qbo::Id,
    },
}

impl Action {
    /// In the words of an error.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Create { .. } => "be created",
            Self::Update { .. } => "be updated",
            Self::Void { .. } => "be voided",
        }
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeState {
    /// Sent, or about to be.
    Sending {
        /// When.
        at: Timestamp,
    },
    /// Sent, and the answer was lost: QuickBooks may still carry it out for two minutes.
    Uncertain {
        /// When it was sent.
        at: Timestamp,
    },
    /// Answered: each slot was linked or rejected.
    Answered,
    /// Certainly not carried out; what is still wanted is planned anew.
    Dropped,
}

impl EnvelopeState {
    /// In the words of an error.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sending { .. } => "on its way",
            Self::Uncertain { .. } => "uncertain",
            Self::Answered => "answered",
            Self::Dropped => "dropped",
        }
    }
}

impl Body for Envelope {
    const KIND: &'static str = "envelope";
}
