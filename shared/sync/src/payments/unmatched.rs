//! Payments of Housecall Pro's that QuickBooks lacks when a look ends: noted, so that people find them in a list.

use super::plan::PaymentsPlan;
use crate::{ctx::Ctx, engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// Notes the days of those that are not linked. What was noted before is not written again.
    pub(super) async fn note_unmatched(
        &self,
        cx: &Ctx,
        plan: &PaymentsPlan<'_>,
    ) -> Result<(), Stop> {
        let mut writes = Vec::new();
        for one in plan.payments.iter().filter(|one| !one.is_linked()) {
            let Some(payment) = &one.payment else {
                continue;
            };
            let date = Some(payment.date(&cx.zone));
            if one.memory().paid_on != date {
                let mut slot = one.slot.clone();
                slot.value.memory.paid_on = date;
                writes.push(slot.put()?);
            }
        }
        match writes.is_empty() {
            true => Ok(()),
            false => self.put(writes).await,
        }
    }
}
