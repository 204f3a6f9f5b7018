//! Whether an invoice comes to the same in both systems (X4), and the line that makes it so (X6).

use ledger::Slot;
use mapping::{
    Bill, Document, Role, SalesTax,
    alert::{Alert, BillTrouble},
    invoice::{self, Totals},
    rounding::{self, WorkedOut},
};
use money::Cents;
use store::JobState;

use crate::{
    alerts,
    ctx::Ctx,
    engine::Engine,
    job::{
        plan::{Plan, Planned},
        state::PushState,
    },
    stop::Stop,
    world::World,
};

/// So often the line of rounding is put right in one push.
pub(crate) const ROUNDINGS: u32 = 2;

impl<W: World> Engine<W> {
    /// Compares what QuickBooks made of an invoice with what Housecall Pro says, to the cent. A difference is
    /// reported, once in a push; the invoice stays. Gives how the job stands that stood like this before.
    pub(crate) async fn compared(
        &self,
        cx: &Ctx,
        plan: &Plan<'_>,
        quickbooks: Option<Totals>,
        learned: &mut PushState,
        before: JobState,
    ) -> Result<JobState, Stop> {
        let differs = match learned.differs {
            // A push can come here twice.
            Some(known) => known,
            None => quickbooks.is_none() || differ(quickbooks, &plan.document.bill),
        };
        if differs && learned.differs.is_none() {
            let alert = mismatch(plan, quickbooks.unwrap_or_default());
            alerts::raise(&self.world, &cx.books, &alert).await?;
        }
        learned.differs = Some(differs);
        Ok(if differs { JobState::Alert } else { before })
    }
}

/// What is told of a difference.
fn mismatch(plan: &Plan<'_>, quickbooks: Totals) -> Alert {
    let bill = &plan.document.bill;
    Alert::Job(plan.alert(BillTrouble::TotalMismatch {
        number: plan.number.to_string(),
        ours: bill.total,
        our_tax: bill.tax,
        theirs: quickbooks.total,
        their_tax: quickbooks.tax,
        rounding: rounding::difference(bill, worked_out(quickbooks, bill.rounding())),
    }))
}

/// Whether QuickBooks is known to have come to something else than a bill.
pub(crate) fn differ(quickbooks: Option<Totals>, bill: &Bill) -> bool {
    quickbooks.is_some_and(|made| made.total != bill.total || made.tax != bill.tax_in_quickbooks())
}

/// Whether telling QuickBooks all of it once more may make it agree: not where it only rounds a tax otherwise that it
/// works out by itself.
pub(crate) fn may_agree(cx: &Ctx, quickbooks: Option<Totals>, bill: &Bill) -> bool {
    let rounds = |made| rounding::difference(bill, worked_out(made, bill.rounding())).is_some();
    let by_itself = matches!(cx.setup().sales_tax, SalesTax::Manual { .. });
    differ(quickbooks, bill) && !(by_itself && quickbooks.is_some_and(rounds))
}

/// The document in the form in which QuickBooks has it, unless that made QuickBooks come to something else, and with the
/// line that makes its total Housecall Pro's (X6).
pub(crate) fn planned<'a>(
    cx: &Ctx,
    document: &'a Document,
    slot: &Slot<invoice::Memory>,
    wrote: Option<&qbo::Invoice>,
) -> Planned<'a> {
    if let Some(former) = wrote.and_then(|wrote| document.as_written(wrote)) {
        let line = line(cx, &former, slot, wrote);
        let former = rounded(former, line);
        if !differ(slot.memory.totals, &former.bill) {
            return Planned::Changed(Box::new(former));
        }
    }
    match line(cx, document, slot, wrote) {
        Cents::ZERO => Planned::AsIs(document),
        line => Planned::Changed(Box::new(rounded(document.clone(), line))),
    }
}

fn rounded(document: Document, line: Cents) -> Document {
    if line == Cents::ZERO {
        return document;
    }
    let bill = document.bill.rounded(line);
    Document { bill, ..document }
}

/// What the line of rounding comes to, as far as QuickBooks' last answer tells. In a closed month it stays as it is: cents
/// are no reason for a change that is refused.
fn line(
    cx: &Ctx,
    document: &Document,
    slot: &Slot<invoice::Memory>,
    wrote: Option<&qbo::Invoice>,
) -> Cents {
    let closed = cx.connection.preferences.closed_until;
    let is_closed = |wrote: &qbo::Invoice| wrote.txn_date.is_some_and(|date| Some(date) <= closed);
    // A progress invoice that was sent before its lines were remembered keeps all of them (N6).
    let is_kept = matches!(document.role, Role::Part(_)) && slot.memory.sent.is_empty();
    let line = slot.memory.totals.zip(wrote).map(|(totals, wrote)| {
        let made = WorkedOut {
            tried: slot.memory.rounding_tried || is_kept || is_closed(wrote),
            ..worked_out(totals, rounding::line_in(wrote))
        };
        rounding::line(cx.settings.rounding, &document.bill, made)
    });
    line.unwrap_or_default()
}

/// Whether a bill should have another line of rounding than it has, now that QuickBooks has worked it out. It is put
/// right twice at most.
pub(crate) fn wants_another_line(
    cx: &Ctx,
    plan: &Plan<'_>,
    quickbooks: Option<Totals>,
    learned: &PushState,
) -> bool {
    let bill = &plan.document.bill;
    let line = bill.rounding();
    let right = |made| rounding::line(cx.settings.rounding, bill, worked_out(made, line));
    learned.roundings < ROUNDINGS && quickbooks.is_some_and(|made| right(made) != line)
}

fn worked_out(totals: Totals, line: Cents) -> WorkedOut {
    WorkedOut {
        total: totals.total,
        tax: totals.tax,
        rates: totals.rates,
        line,
        tried: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x6_what_was_kept_before_rates_were_counted_is_read_and_allows_no_line() {
        let kept: Totals = serde_json::from_str(r#"{"total":105.61,"tax":5.61}"#).unwrap();
        let made = worked_out(kept, Cents::ZERO);
        assert_eq!(
            (made.total.get(), made.tax.get(), made.rates),
            (10_561, 561, 0)
        );
    }
}
