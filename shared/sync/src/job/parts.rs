//! The parts of a plan: what the invoice of a job needs, beside the objects themselves.

use hcp::ServiceItemId;
use mapping::{QboObject, SlotName, item::extra::Extra};

use crate::objects::slots::{StoredCustomer, StoredEntry, StoredItem};

/// A customer or a sub-customer of a plan.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomerSlot<'a> {
    pub(crate) name: &'a SlotName,
    pub(crate) slot: &'a StoredCustomer,
    pub(crate) wanted: &'a qbo::Customer,
}

/// A sub-customer that an invoice is made out to.
#[derive(Clone, Debug)]
pub(crate) struct SubCustomer {
    pub(crate) name: SlotName,
    pub(crate) slot: StoredCustomer,
    pub(crate) wanted: qbo::Customer,
    /// Its name before it was cleaned for QuickBooks.
    pub(crate) given: String,
    /// What tells it from another one of its name.
    pub(crate) suffix: String,
}

impl<'a> From<&'a SubCustomer> for CustomerSlot<'a> {
    fn from(sub: &'a SubCustomer) -> Self {
        Self {
            name: &sub.name,
            slot: &sub.slot,
            wanted: &sub.wanted,
        }
    }
}

/// An item that lines of a job use.
#[derive(Clone, Debug)]
pub(crate) struct UsedItem {
    pub(crate) name: SlotName,
    pub(crate) wanted: qbo::Item,
    /// Its name in Housecall Pro, before it was cleaned.
    pub(crate) given: String,
    /// A material, by its id in the price book.
    pub(crate) material: Option<ServiceItemId>,
    /// The slot of its category, where Housecall Pro tells one (I4).
    pub(crate) category: Option<SlotName>,
    /// Whether only lines use it that are not in the price book (L5).
    pub(crate) typed: bool,
    /// A tip, a card surcharge or a deposit that is owed (L4, P9).
    pub(crate) extra: Option<Extra>,
    /// The account that it must be booked to from now on, where that is another (L4, P9).
    pub(crate) rebook: Option<qbo::Id>,
}

/// A category that materials of a job lie in.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    pub(crate) name: SlotName,
    /// Its name in Housecall Pro.
    pub(crate) given: String,
    pub(crate) wanted: qbo::Item,
    pub(crate) slot: StoredItem,
}

/// An entry of a list that a job needs.
#[derive(Clone, Debug)]
pub(crate) struct Needed {
    pub(crate) name: SlotName,
    pub(crate) object: QboObject,
    pub(crate) slot: StoredEntry,
    /// Its id, where QuickBooks is known to have it.
    pub(crate) id: Option<qbo::Id>,
}
