//! An expense that gave credit back is tied to the payment that left it, so that nothing of that is unapplied any more
//! (P5). Which payments an expense is tied to, the payments' slots know.

use mapping::{SlotName, refund::NotReopened};
use money::Cents;
use qbo::{Id, Payment, PaymentLine, QboError};

use super::{
    Run,
    known::Known,
    plan::{Fate, Planned, RefundsPlan},
    reopen::{is_up_to_date, why_not},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::step::Step,
    ledger::PlannedWrite,
    objects::slots::{StoredPayment, wrote},
    stop::Stop,
    world::World,
};

/// How the expense of a refund stands to its payment.
pub(super) enum Tying {
    /// There is none, or it is tied; else why it cannot be.
    Through(Option<NotReopened>),
    /// QuickBooks must be asked first how this payment stands.
    Ask(Id),
    /// It is tied.
    Tie(Box<Tie>),
}

/// An expense, and the payment that it is tied to.
pub(super) struct Tie {
    /// The expense.
    expense: Id,
    amount: Cents,
    /// The name of the payment's slot.
    payment: SlotName,
    slot: StoredPayment,
    /// As it stands in QuickBooks.
    there: Payment,
}

impl Tie {
    /// What the payment pays, and what of it was given back.
    fn lines(&self) -> Vec<PaymentLine> {
        let mut lines = self.there.line.clone();
        lines.push(PaymentLine::of_expense(self.expense.clone(), self.amount));
        lines
    }
}

/// How the expense of a refund stands to its payment.
pub(super) fn tying(cx: &Ctx, run: &Run, known: &Known<'_>, one: &Planned) -> Tying {
    let cannot = |why| Tying::Through(Some(why));
    let expense = &one.expense.1.value;
    let Some(link) = expense.link() else {
        return Tying::Through(None);
    };
    let mut payments = known.slots.payments.iter();
    let payment = payments.find_map(|(name, slot)| {
        let id = &slot.value.link()?.id;
        let is_it = expense.memory.payment.as_ref() == Some(id);
        is_it.then_some((name, slot, id))
    });
    let Some((name, slot, id)) = payment else {
        return cannot(NotReopened::NoPayment);
    };
    let (memory, amount) = (&slot.value.memory, expense.memory.amount);
    if memory.paid_of(&link.id) >= amount {
        return Tying::Through(None);
    }
    if let Some(why) = run.not_tied.get(&one.expense.0) {
        return cannot(*why);
    }
    let there = match run.payments.get(id) {
        None => return Tying::Ask(id.clone()),
        Some(None) => return cannot(NotReopened::NoPayment),
        Some(Some(there)) => there,
    };
    let tie = Tie {
        expense: link.id.clone(),
        amount,
        payment: name.clone(),
        slot: slot.clone(),
        there: there.clone(),
    };
    if !is_up_to_date(&tie.slot, &tie.there) {
        return Tying::Tie(Box::new(tie));
    }
    let closed = cx.connection.preferences.closed_until;
    if memory.joined {
        cannot(NotReopened::EnteredByHand)
    } else if there.is_deposited() {
        cannot(NotReopened::Deposited)
    } else if closed.is_some() && there.txn_date <= closed {
        cannot(NotReopened::ClosedMonth)
    } else if there.unapplied_amt.unwrap_or_default() < amount {
        cannot(NotReopened::NoPayment)
    } else {
        Tying::Tie(Box::new(tie))
    }
}

impl<W: World> Engine<W> {
    /// Ties the next expense to its payment.
    pub(super) async fn tie(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let mut refunds = plan.refunds.iter();
        let next = refunds.find_map(|one| match &one.fate {
            Fate::Tie(tie) => Some((one, tie)),
            _ => None,
        });
        let Some((one, tie)) = next else {
            return Ok(Step::Nothing);
        };
        // What is known of it is out of date from here on.
        run.payments.clear();
        let of = (&tie.payment, &tie.slot);
        if !is_up_to_date(&tie.slot, &tie.there) {
            run.payment_is_gone |= self.read_changed(cx, of).await?;
            return Ok(Step::Moved);
        }
        let lines = tie.lines();
        let change = Payment {
            customer_ref: tie.there.customer_ref.clone(),
            total_amt: tie.there.total_amt,
            line: lines.clone(),
            ..Payment::default()
        };
        let wants = Payment {
            line: lines,
            ..wrote(&tie.slot.value)?
        };
        let slot = tie.slot.clone().in_form(ledger::Slot::raw)?;
        let op = PlannedWrite::raw(&tie.payment, slot, change.into(), wants.into());
        let why = match self.write(cx, vec![op]).await?.pop() {
            // QuickBooks can leave a link out in silence.
            Some(Ok(answer)) => match answer {
                mapping::QboObject::Payment(answer)
                    if answer.given_back_by(&tie.expense) < tie.amount =>
                {
                    NotReopened::Refused
                }
                _ => {
                    run.is_credit_back = true;
                    return Ok(Step::Moved);
                }
            },
            // It moved since it was read, or QuickBooks tied it by itself: it is asked for once more.
            Some(Err(QboError::Stale { .. })) => {
                run.payment_is_gone |= self.read_changed(cx, of).await?;
                run.is_credit_back = true;
                return Ok(Step::Moved);
            }
            // The payment is gone, or the expense.
            Some(Err(QboError::Missing { .. })) => {
                run.payment_is_gone |= self.read_changed(cx, of).await?;
                NotReopened::Refused
            }
            Some(Err(error)) => match why_not(&error) {
                Some(why) => why,
                None => return Err(self.stop_for(cx, &error).await?),
            },
            None => NotReopened::Refused,
        };
        run.not_tied.insert(one.expense.0.clone(), why);
        Ok(Step::Moved)
    }
}
