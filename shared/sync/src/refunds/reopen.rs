//! A refund that opens its invoice again: the payment that it gives back is lowered, so that both systems say that the
//! same is owed, and that the same came in (P5). What remembers it is the payment's slot, in the very write.

use mapping::{
    AnyKind, SlotName,
    payment::{Memory, Reopened},
    refund::{JobRefund, NotReopened},
};
use money::Cents;
use qbo::{Id, Payment, QboError};

use super::{
    Run,
    plan::{Fate, RefundsPlan},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::step::Step,
    ledger::{PlannedWrite, Written},
    objects::slots::{StoredPayment, wrote},
    settle::Reread,
    stop::{Stop, broken},
    world::World,
};

/// QuickBooks' code for a payment that lies in a deposit.
const IN_DEPOSIT: &str = "6540";

/// A payment that a refund lowers.
pub(super) struct Lowering {
    /// The name of its slot.
    pub(super) payment: SlotName,
    pub(super) slot: StoredPayment,
    /// As it stands in QuickBooks.
    pub(super) there: Payment,
    /// The document that is open again.
    pub(super) document: Id,
    pub(super) refund: JobRefund,
}

impl Lowering {
    /// What is left of the payment.
    fn total(&self) -> Cents {
        self.there.total_amt.unwrap_or_default() - self.refund.amount
    }

    /// The payment with what is left of it: what pays nothing goes back first, then what pays the document.
    fn lowered(&self, written: Payment) -> Payment {
        let unapplied = self.there.unapplied_amt.unwrap_or_default();
        let mut off = self.refund.amount - unapplied.min(self.refund.amount);
        let mut lines = self.there.line.clone();
        for line in &mut lines {
            let mut linked = line.linked_txn.iter();
            if linked.any(|linked| linked.txn_type == "Invoice" && linked.txn_id == self.document) {
                let taken = off.min(line.amount);
                line.amount = line.amount - taken;
                off = off - taken;
            }
        }
        lines.retain(|line| line.amount > Cents::ZERO);
        Payment {
            total_amt: Some(self.total()),
            line: lines,
            ..written
        }
    }

    /// What the payment's slot remembers once it is lowered.
    fn memory(&self) -> Memory {
        let mut memory = self.slot.value.memory.clone();
        memory.reopened.push(Reopened {
            refund: self.refund.id.clone(),
            invoice: self.refund.invoice.clone(),
            amount: self.refund.amount,
        });
        memory
    }
}

/// Whether QuickBooks told the very version of a payment that its slot knows: else something changed it meanwhile.
pub(super) fn is_up_to_date(slot: &StoredPayment, there: &Payment) -> bool {
    let known = slot.value.link().map(|link| &link.sync_token);
    known.is_some() && known == there.sync_token.as_ref()
}

/// Why QuickBooks did not let a payment be changed; `None`: the error has nothing to do with it.
pub(super) fn why_not(error: &QboError) -> Option<NotReopened> {
    Some(match error {
        QboError::PeriodClosed { .. } => NotReopened::ClosedMonth,
        QboError::Refused { fault, .. } => {
            let mut errors = fault.errors.iter();
            match errors.any(|error| error.code == IN_DEPOSIT) {
                true => NotReopened::Deposited,
                false => NotReopened::Refused,
            }
        }
        QboError::BadReference { .. } => NotReopened::Refused,
        _ => return None,
    })
}

impl<W: World> Engine<W> {
    /// Lowers the payment of the next refund.
    pub(super) async fn reopen(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let mut refunds = plan.refunds.iter();
        let next = refunds.find_map(|one| match &one.fate {
            Fate::Reopen(lowering) => Some((one, lowering)),
            _ => None,
        });
        let Some((one, lowering)) = next else {
            return Ok(Step::Nothing);
        };
        // What is known of it is out of date from here on.
        run.payments.clear();
        let of = (&lowering.payment, &lowering.slot);
        if !is_up_to_date(&lowering.slot, &lowering.there) {
            run.payment_is_gone |= self.read_changed(cx, of).await?;
            return Ok(Step::Moved);
        }
        let why = match self.lower(cx, lowering).await? {
            Ok(_) => {
                let unapplied = lowering.there.unapplied_amt.unwrap_or_default();
                run.is_credit_back |= unapplied > Cents::ZERO;
                return Ok(Step::Moved);
            }
            // It moved since it was read, or is gone: it is asked for once more.
            Err(QboError::Stale { .. } | QboError::Missing { .. }) => {
                run.payment_is_gone |= self.read_changed(cx, of).await?;
                return Ok(Step::Moved);
            }
            Err(error) => match why_not(&error) {
                Some(why) => why,
                None => return Err(self.stop_for(cx, &error).await?),
            },
        };
        run.not_reopened.insert(one.name.clone(), why);
        Ok(Step::Moved)
    }

    /// Reads a payment that is not as it was known. Tells whether a person deleted or voided it: that is told with the
    /// payments (R4).
    pub(super) async fn read_changed(
        &self,
        cx: &Ctx,
        (name, slot): (&SlotName, &StoredPayment),
    ) -> Result<bool, Stop> {
        match self.reread(cx, name, AnyKind::Payment).await? {
            Reread::Gone => {
                self.payment_left(cx, name, slot.clone(), true).await?;
                Ok(true)
            }
            Reread::Same | Reread::Stands | Reread::Edited => Ok(false),
        }
    }

    /// Writes what is left of a payment; one of which nothing is left is voided.
    async fn lower(&self, cx: &Ctx, lowering: &Lowering) -> Result<Written, Stop> {
        let (name, slot) = (&lowering.payment, lowering.slot.clone());
        if lowering.total() <= Cents::ZERO {
            let after = Memory {
                applied: Vec::new(),
                unapplied: Cents::ZERO,
                ..lowering.memory()
            };
            return self.void_payment(cx, name, slot, &after).await;
        }
        let wants = lowering.lowered(wrote(&slot.value)?);
        let change = Payment {
            customer_ref: lowering.there.customer_ref.clone(),
            total_amt: wants.total_amt,
            line: wants.line.clone(),
            ..Payment::default()
        };
        let slot = slot.in_form(ledger::Slot::raw)?;
        let op = PlannedWrite::raw(name, slot, change.into(), wants.into());
        let op = op.remembering(&lowering.memory())?;
        let written = self.write(cx, vec![op]).await?.pop();
        written.ok_or_else(|| broken("a payment that was lowered came back without its answer"))
    }
}
