//! What becomes of a deposit's document once its invoice was removed in Housecall Pro (N7, T7): as long as QuickBooks
//! has it, the main invoice takes it off.

use hcp::JobId;
use ledger::Slot;
use mapping::{JobRecords, OnRemoval, Role, SentBefore, SlotName};
use ports::{Chance, Clock};
use store::{Cause, Job, Mark, Stored};

use crate::{
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{refusals::refusal_stop, removal::Removal, sent_before::invoice_slot},
    objects::slots::{number, present_number},
    stop::Stop,
    work::park::SAFETY,
    world::World,
};

impl<W: World> Engine<W> {
    /// Whether the document of a deposit that was removed in Housecall Pro has left QuickBooks, by our hand or by a
    /// person's: then the main invoice bills again what that billed.
    pub(crate) async fn deposit_has_left(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        standing: &SentBefore,
    ) -> Result<bool, Stop> {
        let lost = records.without_invoice(cx.settings.invoicing, standing);
        let lost = lost.map_err(|refusal| refusal_stop(records, &refusal))?;
        if !lost.contains(&Role::Deposit) {
            return Ok(false);
        }
        let name = invoice_slot(&records.job.id, Role::Deposit);
        if cx.settings.on_removal == OnRemoval::Void {
            let removal = Removal {
                id: &records.job.id,
                records: Some(records),
                standing,
                paid: false,
            };
            let refused = self.void_document(cx, &removal, Role::Deposit, &name);
            if refused.await?.is_some() {
                return Ok(false);
            }
        }
        self.is_let_go(cx, &name).await
    }

    /// Lets go of a document that a person voided or deleted in QuickBooks. Whether its slot is free then.
    pub(crate) async fn is_let_go(&self, cx: &Ctx, name: &SlotName) -> Result<bool, Stop> {
        let Some(mut slot) = self.settled_slot(cx, name).await? else {
            return Ok(true);
        };
        let Some(link) = slot.value.link() else {
            return Ok(true);
        };
        if self.present(cx, &link.id).await?.is_some() {
            return Ok(false);
        }
        let number = present_number(&slot.value).unwrap_or_else(|| number(link));
        slot.value.memory.gone = false;
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        let slot = slot.in_form(Slot::raw)?;
        ledger::void(table, writer, slot, number, self.world.clock().now()).await?;
        Ok(true)
    }

    /// R8: remembers that a document was deleted or voided by hand, which an alert tells. In place of a deposit's the main
    /// invoice bills, from the next trigger on, what that billed.
    pub(crate) async fn document_is_gone(&self, cx: &Ctx, name: &SlotName) -> Result<(), Stop> {
        let Some(mut slot) = self.settled_slot(cx, name).await? else {
            return Ok(());
        };
        slot.value.memory.gone = true;
        self.put(vec![slot.put()?]).await
    }

    /// A deposit was removed in Housecall Pro, and the company chose that its document is voided: so that both happen
    /// or neither, the main invoice is carried with it.
    pub(crate) async fn void_with_main(
        &self,
        cx: &Ctx,
        id: &JobId,
        mut job: Stored<Job>,
        standing: &SentBefore,
    ) -> Result<Outcome, Stop> {
        let now = self.world.clock().now();
        job.value.mark(Mark {
            key: removed(standing),
            occurred: None,
            trigger: Cause::Edited,
            at: now,
            invoice: None,
            by: None,
        });
        job.due = Some(now + SAFETY);
        self.put(vec![job.put()?]).await?;
        job.written();
        self.work_on(cx, id, job, None).await
    }
}

/// Whether the removal of a job's deposit was not carried yet.
pub(crate) fn is_new_to(job: &Stored<Job>, standing: &SentBefore) -> bool {
    !job.value.knows(&removed(standing), None)
}

/// The mark that the removal of a job's deposit leaves.
fn removed(standing: &SentBefore) -> String {
    let mut deposits = standing.documents.iter();
    let deposit = deposits.find(|known| known.role == Role::Deposit);
    let invoice = deposit.and_then(|known| known.invoices.last());
    format!("deposit removed@{}", invoice.map_or("", |id| id.as_str()))
}
