//! What is wanted in QuickBooks, as a graph: objects that refer to each other by the names of their slots, whether
//! QuickBooks has them yet or not.

use crate::{LookUp, QboObject, SlotName};

/// An object that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Where it belongs.
    pub slot: SlotName,
    /// It, with references to slots.
    pub object: QboObject,
    /// Its name in Housecall Pro, before it was cleaned for QuickBooks.
    pub given: String,
    /// How QuickBooks is asked for it.
    pub look_up: LookUp,
}
