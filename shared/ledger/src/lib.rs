//! The ledger: what was sent to QuickBooks for which slot, and what came of it.
//!
//! A slot is the place of one QuickBooks object; an envelope is one call that writes, with its exact bytes, for one slot
//! or (a batch) several. What is planned is stored, as *sending*, by one conditional write before the call: whoever comes
//! later finds the very bytes and the very `requestid`. Ledger entries never expire.
//!
//! ```text
//! Empty ──begin──► Sending ──enter──► Linked ──begin──► Sending ─► …        adopt: Empty, Linked, MovedTo ─► Linked
//!   ▲                 │                  │                                  move_link: Linked ─► MovedTo, and the other slot Linked
//!   └──rejected, drop─┘                  └──void, free──► Empty             move_to: Empty, Linked ─► MovedTo
//! ```
//!
//! **Invariants.** A slot is in one state at a time. A link is unique in both directions: whoever writes one writes the
//! record of its owner in the same transaction, on condition that no other slot is the owner. The ledger knows no kind of
//! object: it neither reads what is sent nor what is remembered of it, and it calls nobody but the table.

mod call;
mod envelope;
mod error;
mod format_1;
mod link;
mod owner;
mod slot;

pub use call::{Call, Draft, Entered, Rejected, Seen};
pub use envelope::{Action, Envelope, EnvelopeState, SlotWrite};
pub use error::LedgerError;
pub use link::{Former, Move, Object, adopt, free, move_link, move_to, void};
pub use mapping::{KindName, RawMemory, SlotName};
pub use owner::{LinkOwner, owner};
pub use slot::{Link, Moved, Sending, Slot, Voided};

#[cfg(test)]
mod tests;
