//! The refund receipts, sales receipts and expenses of a job, as QuickBooks has them: one that somebody deleted, voided or
//! changed there is told as soon as a look comes upon it (R4).

use std::collections::BTreeSet;

use hcp::JobId;
use ledger::{Link, Slot};
use mapping::{AnyKind, JobRecords, QboObject, SlotName};
use qbo::Query;
use store::{JobState, Stored};

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        sent_before::{JobSlots, marker},
        state::worse,
    },
    stop::{Stop, broken},
    world::World,
};

/// What of these is linked.
struct Linked {
    kind: AnyKind,
    name: SlotName,
    slot: Stored<Slot>,
}

impl Linked {
    fn link(&self) -> Option<&Link> {
        self.slot.value.link()
    }
}

impl<W: World> Engine<W> {
    /// Looks at them, in one question where there are any, and tells what is the matter with them. Gives how the job stands by
    /// them.
    pub(super) async fn look_at_receipts(
        &self,
        cx: &Ctx,
        id: &JobId,
        records: &JobRecords,
        alerted: bool,
    ) -> Result<Option<JobState>, Stop> {
        let slots = self.job_slots(cx, id).await?;
        if slots.refunds.is_empty() && slots.expenses.is_empty() && slots.receipts.is_empty() {
            return Ok(None);
        }
        let changed = self.changed_receipts(cx, linked(id, slots)?).await?;
        let refunded = self.carry_refunds_by(cx, records, alerted, changed.clone());
        let refunded = Box::pin(refunded).await?;
        let repeated = self.carry_receipts_by(cx, records, alerted, changed);
        let repeated = Box::pin(repeated).await?;
        if refunded.moved || refunded.payments_moved || repeated.moved {
            // Payments follow from what moved.
            return Err(Stop::PlanAgain(id.to_string()));
        }
        Ok(worse(refunded.state, repeated.state))
    }

    /// Those that are not as they were known.
    async fn changed_receipts(
        &self,
        cx: &Ctx,
        linked: Vec<Linked>,
    ) -> Result<BTreeSet<SlotName>, Stop> {
        let kinds = [
            AnyKind::RefundReceipt,
            AnyKind::SalesReceipt,
            AnyKind::Purchase,
        ];
        let of = |kind: AnyKind| linked.iter().filter(move |one| one.kind == kind);
        let kinds: Vec<AnyKind> = (kinds.into_iter())
            .filter(|kind| of(*kind).next().is_some())
            .collect();
        let ids = |kind: &AnyKind| {
            let links = of(*kind).filter_map(Linked::link);
            kind.by_ids(links.map(|link| &link.id))
        };
        let queries: Vec<Query> = kinds.iter().map(ids).collect();
        let answers = self.ask_all(cx, &queries).await?;
        let mut changed = BTreeSet::new();
        for (kind, rows) in kinds.iter().zip(&answers) {
            let rows = kind.rows(rows)?;
            for one in of(*kind) {
                let id = one.link().map(|link| &link.id);
                let mut rows = rows.iter();
                let there = rows.find(|row| row.identity().map(|(id, _)| id).as_ref() == id);
                if !is_as_known(cx, &one.name, &one.slot.value, there)? {
                    changed.insert(one.name.clone());
                }
            }
        }
        Ok(changed)
    }
}

/// Whether what a slot is linked with stands as it is known; none: it is not told. Its version alone tells nothing: whoever ties
/// an expense to a payment, or deposits a receipt, moves that.
pub(super) fn is_as_known(
    cx: &Ctx,
    name: &SlotName,
    slot: &Slot,
    there: Option<&QboObject>,
) -> Result<bool, Stop> {
    let Some(there) = there.filter(|there| there.is_live()) else {
        return Ok(false);
    };
    let marker = marker(&cx.books, name);
    let wrote = slot.link().and_then(|link| link.last_written.as_deref());
    let (memory, ..) = there.reread(&slot.memory, wrote, &marker).map_err(broken)?;
    Ok(memory == slot.memory)
}

fn linked(job: &JobId, slots: JobSlots) -> Result<Vec<Linked>, Stop> {
    let mut linked = Vec::new();
    for (name, slot) in slots.refunds {
        linked.push(Linked {
            kind: AnyKind::RefundReceipt,
            name,
            slot: slot.in_form(Slot::raw)?,
        });
    }
    for ((payment, of), slot) in slots.receipts {
        linked.push(Linked {
            kind: AnyKind::SalesReceipt,
            name: SlotName::sales_receipt(job, &payment, &of),
            slot: slot.in_form(Slot::raw)?,
        });
    }
    for (refund, slot) in slots.expenses {
        linked.push(Linked {
            kind: AnyKind::Purchase,
            name: SlotName::expense(job, &refund),
            slot: slot.in_form(Slot::raw)?,
        });
    }
    linked.retain(|one| one.link().is_some());
    Ok(linked)
}
