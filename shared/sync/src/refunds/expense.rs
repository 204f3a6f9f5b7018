//! What of a refund gives back credit, and the expense that it becomes (P5).

use mapping::{
    SlotName,
    expense::{self, Memory, PaidBack},
    payment::JobPayment,
    refund::{self, JobRefund},
};
use money::Cents;
use qbo::{Id, Purchase};

use super::{
    Run,
    known::{Known, PaidInto},
    plan::{Fate, Money, Planned, RefundsPlan},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{node::Node, sent_before::marker},
    objects::{lists, slots::StoredExpense},
    stop::Stop,
    world::World,
};

/// The slot of an expense.
pub(super) type Named = (SlotName, StoredExpense);

/// What an expense is sent with.
pub(super) struct Ready {
    payment: JobPayment,
    /// The payment in QuickBooks.
    paid_with: Id,
    paid_back: PaidBack,
    amount: Cents,
}

impl Run {
    /// What the payment that a refund gives back leaves unapplied in QuickBooks, and no expense gave back yet.
    pub(super) fn credit(&self, known: &Known<'_>, money: &Money<'_>) -> Cents {
        let PaidInto::Payment(link) = &money.paid_into else {
            return Cents::ZERO;
        };
        let Some(there) = self.payment(&link.id) else {
            return Cents::ZERO;
        };
        let expenses = known.slots.expenses.iter().map(|(_, slot)| &slot.value);
        let of_it = expenses.filter(|slot| slot.memory.payment.as_ref() == Some(&link.id));
        let untied = of_it.filter_map(|slot| {
            let tied = there.given_back_by(&slot.link()?.id);
            Some((slot.memory.amount - tied).max(Cents::ZERO))
        });
        there.unapplied_amt.unwrap_or_default() - untied.sum()
    }
}

/// What becomes of a refund of which so much gives credit back, and the rest can be sent.
pub(super) fn fate(
    run: &Run,
    one: &Planned,
    (money, account, amount): (&Money<'_>, Id, Cents),
) -> Fate {
    let PaidInto::Payment(link) = &money.paid_into else {
        return Fate::Waits;
    };
    let there = run.payment(&link.id);
    let payer = there.and_then(|there| there.customer_ref.clone());
    let Some(payer) = payer.map(|payer| payer.value) else {
        return Fate::Waits;
    };
    let asked = run.receivables.as_ref().zip(run.expenses.get(&amount));
    let Some((receivables, foreign)) = asked else {
        return Fate::AskExpenses(amount);
    };
    let is_to_payer = |there: &&Purchase| {
        let payee = there.entity_ref.as_ref();
        payee.is_some_and(|payee| payee.is_customer(&payer))
    };
    let equal = foreign.iter().find(is_to_payer);
    let decision = one.slot.value.memory.decision;
    let decision = decision.or(one.expense.1.value.memory.decision);
    if let (Some(there), None) = (equal, decision) {
        return Fate::MaybeExpense(Box::new(there.clone()));
    }
    // QuickBooks books payments to the first one, where they name none.
    let Some(receivable) = receivables.first().cloned() else {
        return Fate::NotApplied(one.refund.amount - amount);
    };
    Fate::SendExpense(Box::new(Ready {
        payment: money.payment.clone(),
        paid_with: link.id.clone(),
        paid_back: PaidBack {
            customer: payer,
            account,
            receivable,
            method: None,
        },
        amount,
    }))
}

impl Planned {
    /// Whether some of it was sent as an expense: how much, is decided once.
    pub(super) fn has_expense(&self) -> bool {
        let expense = &self.expense.1.value;
        expense.link().is_some() || expense.memory.gone
    }

    /// How much an expense gives back that is made again, since a person said so (R4).
    pub(super) fn spends_again(&self) -> Option<Cents> {
        let expense = &self.expense.1.value;
        let is_to = expense.link().is_none() && expense.memory.removal().is_made_again();
        is_to.then_some(expense.memory.amount)
    }

    /// What of the refund is a receipt, or is to be.
    pub(super) fn rest(&self) -> JobRefund {
        let amount = match self.has_expense() {
            true => self.expense.1.value.memory.rest(),
            false => self.refund.amount,
        };
        JobRefund {
            amount,
            ..self.refund.clone()
        }
    }
}

impl RefundsPlan<'_> {
    /// What is sent of a refund that gives credit back, and the method that it needs.
    pub(super) async fn expense_nodes<W: World>(
        &self,
        engine: &Engine<W>,
        cx: &Ctx,
        one: &Planned,
        ready: &Ready,
    ) -> Result<Vec<Node>, Stop> {
        let method = lists::known_method(engine, cx, &ready.payment).await?;
        let paid_back = PaidBack {
            method: method.as_ref().map(|method| method.name.reference()),
            ..ready.paid_back.clone()
        };
        let (name, slot) = &one.expense;
        let marker = marker(&cx.books, name);
        let of = (&one.refund, ready.amount);
        let mut wanted = expense::wanted(self.records, of, paid_back, &cx.zone, &marker);
        let not_before = one.slot.value.memory.not_before;
        wanted.txn_date = Some(refund::dated(&one.refund, not_before, &cx.zone));
        let mut node = Node::new(name, wanted, "", slot)?;
        node.remember(&Memory {
            payment: Some(ready.paid_with.clone()),
            amount: ready.amount,
            of: match one.has_expense() {
                true => slot.value.memory.of,
                false => one.refund.amount,
            },
            ..Memory::default()
        })?;
        let mut nodes = vec![node];
        if let Some(method) = method {
            nodes.push(method.node()?);
        }
        Ok(nodes)
    }
}
