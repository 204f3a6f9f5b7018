//! What a job, or the wish of a person, needs in QuickBooks: objects that refer to each other, each with its slot.

use mapping::{
    JobRecords, QboObject, SlotName,
    alert::{
        Alert, ConnectionAlert, ItemAlert, ItemCause, ItemRef, ItemTrouble, QuickbooksTrouble,
        QuickbooksWords,
    },
};
use qbo::QboError;

use crate::{
    alerts,
    job::{node::Node, parts::UsedItem, plan::Plan},
    stop::{Stop, broken},
};

/// Why objects are wanted, and what an alert about them says.
#[derive(Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// An invoice of a job needs them.
    Job(&'a Plan<'a>),
    /// A person asked for it: for its account (I5), or itself (U1).
    ByHand(&'a UsedItem),
    /// They are payments or refunds of a job, and what these need.
    Payments(&'a JobRecords),
}

impl<'a> Cause<'a> {
    /// How the work ends that needs an item which cannot be had.
    pub(crate) fn stop(self, trouble: ItemTrouble) -> Stop {
        self.stop_of(None, trouble)
    }

    /// The same of an item that must be mended itself.
    pub(crate) fn stop_of(self, of: Option<&SlotName>, trouble: ItemTrouble) -> Stop {
        let used = match self {
            Self::Job(plan) => return plan.stop_of(of, trouble),
            Self::Payments(records) => return alerts::of_job(records, trouble).into(),
            Self::ByHand(used) => used,
        };
        let item = ItemRef {
            slot: used.name.to_string(),
            name: used.given.clone(),
        };
        let cause = ItemCause::NotMade(trouble);
        Alert::Item(ItemAlert { item, cause }).into()
    }

    /// How it ends where QuickBooks refuses an object in words of its own (S5).
    pub(crate) fn refused(self, object: &QboObject, error: &QboError) -> Stop {
        let words = QuickbooksWords::from(error);
        let of_job = |words| QuickbooksTrouble::Refused {
            what: Some(object.described()),
            words,
        };
        match self {
            Self::Job(plan) => plan.stop(of_job(words)),
            Self::Payments(records) => alerts::of_job(records, of_job(words)).into(),
            Self::ByHand(_) => Alert::Connection(ConnectionAlert::RequestRefused(words)).into(),
        }
    }

    pub(crate) fn plan(self) -> Option<&'a Plan<'a>> {
        match self {
            Self::Job(plan) => Some(plan),
            Self::ByHand(_) | Self::Payments(_) => None,
        }
    }

    /// The item of a slot, and what lines say of it.
    pub(crate) fn used(self, name: &SlotName) -> Result<&'a UsedItem, Stop> {
        let used = match self {
            Self::Job(plan) => {
                let mut items = plan.items.iter().map(|(used, _)| used);
                items.find(|used| used.name == *name)
            }
            Self::ByHand(used) => Some(used).filter(|used| used.name == *name),
            Self::Payments(_) => None,
        };
        used.ok_or_else(|| broken(format!("nothing uses the item of {name}")))
    }

    /// Whether the same job uses another item too.
    pub(crate) fn uses(self, slot: &SlotName) -> bool {
        match self {
            Self::Job(plan) => plan.items.iter().any(|(used, _)| used.name == *slot),
            Self::ByHand(_) | Self::Payments(_) => false,
        }
    }
}

/// All that one cause needs.
#[derive(Clone, Copy)]
pub(crate) struct Graph<'a> {
    pub(crate) cause: Cause<'a>,
    pub(crate) nodes: &'a [Node],
}

impl<'a> Graph<'a> {
    pub(crate) fn node(self, name: &SlotName) -> Option<&'a Node> {
        self.nodes.iter().find(|node| node.name() == name)
    }

    /// The id of an object that others refer to, where QuickBooks is known to have it.
    pub(crate) fn id(self, name: &SlotName) -> Option<qbo::Id> {
        self.node(name)?.id.clone()
    }

    /// An object with the ids of what it refers to; `None` while one of them is not there.
    pub(crate) fn resolved(self, object: &QboObject) -> Option<QboObject> {
        object.resolved(|name| self.id(name))
    }

    /// Whether another object refers to this one.
    pub(crate) fn is_needed(self, name: &SlotName) -> bool {
        let mut nodes = self.nodes.iter();
        nodes.any(|node| node.wanted.object.needs().contains(name))
    }

    /// A slot with a write on its way, if there is one.
    pub(crate) fn sending(self) -> Option<&'a SlotName> {
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.slot.value.is_sending());
        node.map(Node::name)
    }
}

impl Plan<'_> {
    /// All that it needs.
    pub(crate) fn graph(&self) -> Graph<'_> {
        Graph {
            cause: Cause::Job(self),
            nodes: &self.nodes,
        }
    }
}
