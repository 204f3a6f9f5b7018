//! What is to be written, and the request and the drafts that it becomes.

use ledger::{Action, Draft, RawMemory, Slot, SlotWrite};
use mapping::{AnyKind, QboObject, SlotName};
use qbo::{BatchId, BatchItem, Request, RequestError, RequestId};
use serde::{Serialize, de::DeserializeOwned};
use store::{NumberOwner, Stored};

use crate::stop::{Stop, broken};

/// One thing to write.
#[derive(Clone, Debug)]
pub(crate) struct PlannedWrite {
    pub(crate) name: SlotName,
    /// The slot, with what it remembers from now on.
    pub(crate) slot: Stored<Slot>,
    /// What goes out: everything of ours on a create, what changed on an update.
    pub(crate) sent: QboObject,
    /// What of ours stands in QuickBooks afterwards.
    pub(crate) wants: QboObject,
    /// What its slot remembers afterwards, where that is something else.
    pub(crate) memory_after: Option<RawMemory>,
    /// Where the number is new to the document: what keeps our other ones from it.
    pub(crate) claim: Option<Stored<NumberOwner>>,
    /// Whether one that was voided has its number too.
    pub(crate) shares_number: bool,
    /// What QuickBooks has of it, where it is written as a whole and without its term (M4).
    pub(crate) whole: Option<qbo::Fields>,
}

impl PlannedWrite {
    pub(crate) fn new<M: Serialize + DeserializeOwned>(
        name: &SlotName,
        mut slot: Stored<Slot<M>>,
        sent: QboObject,
        wants: QboObject,
    ) -> Result<Self, Stop> {
        // What is written lives on by itself, whatever it was merged into before.
        slot.value.forget_move();
        Ok(Self::raw(name, slot.in_form(Slot::raw)?, sent, wants))
    }

    /// The same with the slot as the ledger knows it.
    pub(crate) fn raw(
        name: &SlotName,
        slot: Stored<Slot>,
        sent: QboObject,
        wants: QboObject,
    ) -> Self {
        Self {
            name: name.clone(),
            slot,
            sent,
            wants,
            memory_after: None,
            claim: None,
            shares_number: false,
            whole: None,
        }
    }

    /// Whether it cannot go out together with others: a batch has no place for what it says of its call.
    pub(super) fn is_alone(&self) -> bool {
        self.shares_number || self.whole.is_some() || self.has_number_of_voided()
    }

    /// The one that we voided keeps the number; the look-up before a create found nobody else with it (N8).
    fn has_number_of_voided(&self) -> bool {
        let mut voided = self.slot.value.earlier().iter();
        self.sent.kind().key_is_unique()
            && self.slot.value.link().is_none()
            && voided.any(|voided| voided.number == self.sent.key())
    }

    /// The same, where its slot remembers something else once it has succeeded.
    pub(crate) fn remembering<M: Serialize>(mut self, after: &M) -> Result<Self, Stop> {
        self.memory_after = Some(RawMemory::new(after).map_err(broken)?);
        Ok(self)
    }
}

pub(super) fn request(ops: &[PlannedWrite], id: RequestId) -> Result<Request, Stop> {
    if let [op] = ops {
        let request = match (op.slot.value.link(), &op.whole) {
            (_, Some(current)) => whole(op, current, id),
            (None, _) => op.sent.create(id),
            (Some(link), _) => op.sent.update(&link.id, &link.sync_token, id),
        };
        let request = request.map_err(broken)?;
        return Ok(match op.shares_number || op.has_number_of_voided() {
            true => request.with_number_of_another(),
            false => request,
        });
    }
    let items = ops
        .iter()
        .enumerate()
        .map(|(index, op)| {
            let item = BatchId::new(index.to_string())?;
            match op.slot.value.link() {
                None => op.sent.batch_create(item),
                Some(link) => op.sent.batch_update(item, &link.id, &link.sync_token),
            }
        })
        .collect::<Result<Vec<BatchItem>, _>>()
        .map_err(broken)?;
    Request::batch(&items, id).map_err(broken)
}

/// An invoice as a whole, on top of what QuickBooks has of it and without its term (M4).
fn whole(op: &PlannedWrite, current: &qbo::Fields, id: RequestId) -> Result<Request, RequestError> {
    match &op.wants {
        QboObject::Invoice(wanted) => {
            Request::full_update(current, &**wanted, &["SalesTermRef"], id)
        }
        wanted => wanted.create(id),
    }
}

pub(super) fn slot_write(name: &SlotName, kind: AnyKind, action: Action) -> SlotWrite {
    SlotWrite {
        slot: name.clone(),
        kind: kind.name(),
        action,
    }
}

pub(super) fn draft(op: PlannedWrite) -> Result<Draft, Stop> {
    let action = match op.slot.value.link() {
        Some(link) => Action::Update {
            id: link.id.clone(),
        },
        None => Action::Create { key: op.sent.key() },
    };
    Ok(Draft {
        write: slot_write(&op.name, op.sent.kind(), action),
        slot: op.slot,
        ours_after: Some(op.wants.json().map_err(broken)?),
        memory_after: op.memory_after,
    })
}
