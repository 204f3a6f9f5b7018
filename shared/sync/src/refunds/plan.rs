//! What becomes of each refund of a job, made from what is stored and what was asked of QuickBooks.

use hcp::InvoiceId;
use mapping::{
    JobRecords, Refunds, SlotName,
    expense::of_credit,
    payment::JobPayment,
    refund::{self, GivenBack, JobRefund, Memory, Mirror, NotReopened, PaidOut, Unusable},
};
use money::Cents;
use qbo::{Id, Purchase, RefundReceipt};
use store::Stored;

use super::{
    Run,
    expense::{self, Named},
    known::{Document, Known, PaidInto},
    reopen::Lowering,
    tie::{Tie, Tying, tying},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        sent_before::{deposit_given_back, marker},
    },
    objects::{
        lists,
        slots::{StoredRefund, wrote},
        sub_customer::made_out_to,
    },
    receipts,
    stop::Stop,
    world::World,
};

/// The refunds of a job, and what is known of them.
pub(super) struct RefundsPlan<'a> {
    pub(super) records: &'a JobRecords,
    pub(super) refunds: Vec<Planned>,
    /// Those that Housecall Pro does not tell so that they can be sent.
    pub(super) unusable: Vec<Unusable>,
    /// The refund that is sent now, with what it needs.
    pub(super) nodes: Vec<Node>,
    /// What refunds gave back of the deposit.
    pub(super) deposit_given_back: GivenBack,
    /// How many of them QuickBooks has.
    pub(super) carried: usize,
}

/// One refund.
pub(super) struct Planned {
    pub(super) name: SlotName,
    pub(super) slot: StoredRefund,
    /// What of it gives back credit.
    pub(super) expense: Named,
    pub(super) refund: JobRefund,
    pub(super) fate: Fate,
    /// Why it is a receipt, where its payment should have been lowered, and nobody has paid once more since.
    pub(super) not_reopened: Option<NotReopened>,
    /// Why its expense is not tied to its payment.
    pub(super) not_tied: Option<NotReopened>,
    /// Payments that wait for it (P4).
    pub(super) waiting: Vec<Cents>,
}

/// What becomes of a refund.
pub(super) enum Fate {
    /// It is a receipt, an expense or both in QuickBooks, or need not be.
    Done,
    /// Its payment was lowered, and the invoice is open again.
    Reopened,
    /// It waits for its invoice, for a payment, or for a refund before it.
    Waits,
    /// More went back than was paid.
    MoreThanPaid {
        /// What was paid.
        paid: Cents,
        /// What went back.
        refunded: Cents,
    },
    /// So much of it pays an invoice in QuickBooks, or is credit.
    NotApplied(Cents),
    /// QuickBooks must be asked first how this payment stands, and what receipts this customer has.
    Ask {
        /// The payment, where it is one.
        payment: Option<Id>,
        /// The customer, where it may have such receipts.
        customer: Option<Id>,
    },
    /// It must be asked first which expenses come to this amount, and for the account of receivables.
    AskExpenses(Cents),
    /// Somebody may have entered this receipt for it.
    MaybeThere(Box<RefundReceipt>),
    /// Or this expense.
    MaybeExpense(Box<Purchase>),
    /// QuickBooks does not tell it.
    NoAccount,
    /// What of it gives back credit is sent.
    SendExpense(Box<expense::Ready>),
    /// That is tied to its payment.
    Tie(Box<Tie>),
    /// It is sent, or what else of it there is.
    Send(Box<Ready>),
    /// Its payment is lowered.
    Reopen(Box<Lowering>),
    /// QuickBooks does not take it.
    Refused,
}

/// The money that a refund gives back.
pub(super) struct Money<'a> {
    pub(super) document: Document<'a>,
    pub(super) payment: &'a JobPayment,
    pub(super) paid_into: PaidInto<'a>,
    /// Whom the document is made out to.
    customer: Id,
}

impl Money<'_> {
    fn asked(&self) -> Fate {
        Fate::Ask {
            payment: match self.paid_into {
                PaidInto::Payment(link) => Some(link.id.clone()),
                PaidInto::Account(_) => None,
            },
            customer: Some(self.customer.clone()),
        }
    }
}

impl Run {
    /// The account that money went to, where QuickBooks tells, and the receipts of its customer that did not come from
    /// here; `None`: it was not asked.
    fn asked_of<'a>(&'a self, money: &Money<'a>) -> Option<(Option<&'a Id>, &'a [RefundReceipt])> {
        let account = match money.paid_into {
            PaidInto::Payment(link) => self.account_of(&link.id)?,
            PaidInto::Account(account) => Some(account),
        };
        Some((account, self.foreign.get(&money.customer)?))
    }
}

/// What a refund is sent with.
pub(super) struct Ready {
    payment: JobPayment,
    customer: Id,
    account: Id,
    mirror: Mirror,
    not_reopened: Option<NotReopened>,
}

impl Planned {
    /// What it comes to in QuickBooks, where that is something else; nothing while a part of it is still to come. What a
    /// person entered in the place of a part stands.
    pub(super) fn differs(&self) -> Option<Cents> {
        let (receipt, expense) = (&self.slot.value, &self.expense.1.value);
        let rest = self.rest().amount;
        let of_expense = match expense.link() {
            Some(_) => expense.memory.total?,
            None if expense.memory.gone => expense.memory.amount,
            None => Cents::ZERO,
        };
        let of_receipt = match receipt.link() {
            Some(_) => receipt.memory.total?,
            None if self.is_settled() => rest,
            None => (rest == Cents::ZERO).then_some(Cents::ZERO)?,
        };
        let there = of_expense + of_receipt;
        let is_there = receipt.link().is_some() || expense.link().is_some();
        (is_there && there != self.refund.amount).then_some(there)
    }

    /// How much of it QuickBooks has: its parts are counted one by one.
    fn carried(&self) -> usize {
        let is_there = self.slot.value.link().is_some() || matches!(self.fate, Fate::Reopened);
        usize::from(is_there) + usize::from(self.expense.1.value.link().is_some())
    }

    /// Whether a person settled it, or the receipt that it was.
    fn is_settled(&self) -> bool {
        self.slot.value.memory.removal().is_settled()
    }

    /// What of it is gone from QuickBooks, as a receipt and as an expense, so that a person is asked (R4).
    pub(super) fn asked(&self) -> Option<(Cents, Cents)> {
        let (receipt, expense) = (&self.slot.value.memory, &self.expense.1.value.memory);
        let receipt = receipt.removal().is_asked().then(|| self.rest().amount);
        let expense = expense.removal().is_asked().then_some(expense.amount);
        let is_asked = receipt.is_some() || expense.is_some();
        is_asked.then(|| (receipt.unwrap_or_default(), expense.unwrap_or_default()))
    }

    /// Whether it does not stand in QuickBooks as it should, so that a person may have mended it.
    pub(super) fn is_wrong(&self) -> bool {
        self.differs().is_some() || self.not_reopened.is_some() || self.not_tied.is_some()
    }
}

impl<'a> RefundsPlan<'a> {
    pub(super) async fn make<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
        run: &Run,
    ) -> Result<Self, Stop> {
        let known = Known::read(engine, cx, records).await?;
        let (told, unusable) = records.refunds();
        let mut plan = Self {
            records,
            refunds: Vec::new(),
            unusable,
            nodes: Vec::new(),
            deposit_given_back: deposit_given_back(&known.slots),
            carried: 0,
        };
        for refund in told {
            let name = refund.slot(&records.job.id);
            let slot = known.slots.refunds.iter().find(|(known, _)| *known == name);
            let slot = slot.map(|(_, slot)| slot.clone());
            let expense = SlotName::expense(&records.job.id, &refund.id);
            let mut expenses = known.slots.expenses.iter();
            let spent = expenses.find(|(of, _)| *of == refund.id);
            let spent = spent.map(|(_, slot)| slot.clone());
            let empty = || Stored::new(cx.books.slot(&expense), Default::default());
            let mut planned = Planned {
                expense: (expense.clone(), spent.unwrap_or_else(empty)),
                slot: slot.unwrap_or_else(|| Stored::new(cx.books.slot(&name), Default::default())),
                name,
                waiting: receipts::waiting_for(cx, records, &known.slots, &refund)
                    .iter()
                    .map(JobPayment::total)
                    .collect(),
                refund,
                fate: Fate::Waits,
                not_reopened: None,
                not_tied: None,
            };
            planned.not_reopened = known.not_reopened(&planned.refund, &planned.slot);
            planned.fate = match tying(cx, run, &known, &planned) {
                Tying::Ask(payment) => Fate::Ask {
                    payment: Some(payment),
                    customer: None,
                },
                Tying::Tie(_) if plan.is_busy() => Fate::Waits,
                Tying::Tie(tie) => Fate::Tie(tie),
                Tying::Through(not_tied) => {
                    planned.not_tied = not_tied;
                    plan.fate(cx, run, &known, &planned)?
                }
            };
            plan.carried += planned.carried();
            plan.nodes.extend(match &planned.fate {
                Fate::Send(ready) => plan.all_nodes(engine, cx, &planned, ready).await?,
                Fate::SendExpense(ready) => plan.expense_nodes(engine, cx, &planned, ready).await?,
                _ => Vec::new(),
            });
            plan.refunds.push(planned);
        }
        Ok(plan)
    }

    /// A slot whose write is on its way.
    pub(super) fn sending(&self) -> Option<&SlotName> {
        let refunds = self.refunds.iter();
        let sending = refunds.filter_map(|one| {
            let (expense, slot) = &one.expense;
            let expense = slot.value.is_sending().then_some(expense);
            expense.or(one.slot.value.is_sending().then_some(&one.name))
        });
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.slot.value.is_sending());
        sending.chain(node.map(Node::name)).next()
    }

    fn fate(&self, cx: &Ctx, run: &Run, known: &Known<'_>, one: &Planned) -> Result<Fate, Stop> {
        if let Some(fate) = self.settled(run, known, one) {
            return Ok(fate);
        }
        let refund = &one.rest();
        let Some(document) = known.document(&refund.invoice) else {
            return Ok(Fate::Waits);
        };
        let Some(customer) = made_out_to(&document.slot.value)? else {
            return Ok(Fate::Waits);
        };
        let money = match Self::money(cx, known, (one, document), customer) {
            Ok(money) => money,
            Err(fate) => return Ok(fate),
        };
        let Some((account, foreign)) = run.asked_of(&money) else {
            return Ok(money.asked());
        };
        let mut foreign = foreign.iter();
        let equal = foreign.find(|receipt| receipt.total_amt == Some(refund.amount));
        if let (Some(receipt), None) = (equal, one.slot.value.memory.decision) {
            return Ok(Fate::MaybeThere(Box::new(receipt.clone())));
        }
        if self.is_busy() {
            return Ok(Fate::Waits);
        }
        let mut not_reopened = None;
        if cx.settings.refunds == Refunds::Reopen {
            match self.lowering(cx, run, known, (&one.name, refund, &money)) {
                Ok(lowering) => return Ok(Fate::Reopen(Box::new(lowering))),
                // One that is still to come may hold as much.
                Err(NotReopened::NoPayment) if !known.all_arrived(document, refund) => {
                    return Ok(Fate::Waits);
                }
                Err(why) => not_reopened = Some(why),
            }
        }
        let chosen = cx.settings.account_of(money.payment);
        let Some(account) = account.or(chosen).cloned() else {
            return Ok(Fate::NoAccount);
        };
        let credit = match one.has_expense() {
            true => Cents::ZERO,
            false => of_credit(refund, run.credit(known, &money), known.left(document)),
        };
        if let Some(amount) = one.spends_again() {
            let credit = run.credit(known, &money);
            return Ok(match credit >= amount {
                true => expense::fate(run, one, (&money, account, amount)),
                false => Fate::NotApplied(credit.max(Cents::ZERO)),
            });
        }
        let rest = refund.clone().less(credit);
        let receipt = match rest.amount > Cents::ZERO {
            true => Self::receipt(cx, known, &rest, (&money, account.clone(), not_reopened))?,
            false => return Ok(expense::fate(run, one, (&money, account, credit))),
        };
        Ok(match receipt {
            Fate::Send(_) if credit > Cents::ZERO => {
                expense::fate(run, one, (&money, account, credit))
            }
            Fate::NotApplied(left) => Fate::NotApplied(left + credit),
            receipt => receipt,
        })
    }

    /// What became of a refund, or keeps it from being looked at; `None`: it is to be sent.
    fn settled(&self, run: &Run, known: &Known<'_>, one: &Planned) -> Option<Fate> {
        if [&one.name, &one.expense.0]
            .iter()
            .any(|name| run.refused.contains_key(*name))
        {
            return Some(Fate::Refused);
        }
        if one.spends_again().is_some() {
            return self.more_than_paid(known, &one.refund);
        }
        let is_through = one.rest().amount <= Cents::ZERO;
        if one.slot.value.link().is_some() || one.is_settled() || is_through {
            return Some(Fate::Done);
        }
        if known.slots.is_reopened(&one.refund.id) {
            return Some(Fate::Reopened);
        }
        self.more_than_paid(known, &one.refund)
    }

    /// The money that a refund gives back; else what becomes of it by now.
    fn money<'k>(
        cx: &'k Ctx,
        known: &'k Known<'_>,
        (one, document): (&Planned, Document<'k>),
        customer: Id,
    ) -> Result<Money<'k>, Fate> {
        let reopens = cx.settings.refunds == Refunds::Reopen;
        let (amount, left) = (one.rest().amount, known.left(document));
        let of_expense = one.spends_again().and_then(|_| {
            let paid_with = one.expense.1.value.memory.payment.as_ref();
            known.paid_with(paid_with?)
        });
        let fits = |payment: &JobPayment| match reopens {
            _ if of_expense.is_some() => of_expense == Some(&payment.id),
            true => known.holds(payment, document, amount),
            false => left + known.unapplied(payment) >= amount,
        };
        let payment = known.given_back(&one.refund, fits).ok_or(Fate::Waits)?;
        let paid_into = match (known.paid_into(payment), known.is_settled(payment)) {
            (Some(paid_into), _) => paid_into,
            (None, false) => return Err(Fate::Waits),
            // Where nobody tells the account, that counts which is chosen for such payments (P3).
            (None, true) => {
                let chosen = cx.settings.account_of(payment);
                PaidInto::Account(chosen.ok_or(Fate::NoAccount)?)
            }
        };
        Ok(Money {
            document,
            payment,
            paid_into,
            customer,
        })
    }

    /// What becomes of a refund that is to be a receipt.
    fn receipt(
        cx: &Ctx,
        known: &Known<'_>,
        refund: &JobRefund,
        (money, account, not_reopened): (&Money<'_>, Id, Option<NotReopened>),
    ) -> Result<Fate, Stop> {
        let document = money.document;
        let left = known.left(document);
        if left < refund.amount {
            return Ok(match known.all_arrived(document, refund) {
                true => Fate::NotApplied(left),
                false => Fate::Waits,
            });
        }
        let invoice: qbo::Invoice = wrote(&document.slot.value)?;
        if invoice.line.is_empty() {
            // It was linked or edited, and is written anew.
            return Ok(Fate::Waits);
        }
        let Some(mirror) = known.mirror(cx, (document, &invoice), refund)? else {
            return Ok(Fate::NotApplied(left.min(known.unreturned(document))));
        };
        Ok(Fate::Send(Box::new(Ready {
            payment: money.payment.clone(),
            customer: money.customer.clone(),
            account,
            mirror,
            not_reopened,
        })))
    }

    /// Whether one of them is on its way already: the others wait for it.
    fn is_busy(&self) -> bool {
        let mut before = self.refunds.iter();
        before.any(|one| {
            matches!(
                one.fate,
                Fate::Send(_) | Fate::SendExpense(_) | Fate::Tie(_) | Fate::Reopen(_)
            )
        })
    }

    /// How the payment is lowered that a refund gives back; else why it cannot be.
    fn lowering(
        &self,
        cx: &Ctx,
        run: &Run,
        known: &Known<'_>,
        (name, refund, money): (&SlotName, &JobRefund, &Money<'_>),
    ) -> Result<Lowering, NotReopened> {
        let (document, payment) = (money.document, money.payment);
        if let Some(why) = run.not_reopened.get(name) {
            return Err(*why);
        }
        if !known.holds(payment, document, refund.amount) {
            return Err(NotReopened::NoPayment);
        }
        let slot = known.payment_slot(payment);
        let slot = slot.ok_or(NotReopened::NoPayment)?;
        let there = slot.value.link().and_then(|link| run.payment(&link.id));
        let there = there.ok_or(NotReopened::NoPayment)?;
        let closed = cx.connection.preferences.closed_until;
        if slot.value.memory.joined {
            Err(NotReopened::EnteredByHand)
        } else if there.is_deposited() {
            Err(NotReopened::Deposited)
        } else if closed.is_some() && there.txn_date <= closed {
            Err(NotReopened::ClosedMonth)
        } else {
            Ok(Lowering {
                payment: payment.slot(&self.records.job.id),
                slot: slot.clone(),
                there: there.clone(),
                document: document.link.id.clone(),
                refund: refund.clone(),
            })
        }
    }

    /// Whether more went back than was paid, as far as that can be told.
    fn more_than_paid(&self, known: &Known<'_>, refund: &JobRefund) -> Option<Fate> {
        let on_it = |invoice: &InvoiceId| *invoice == refund.invoice;
        let parts = known.payments.iter().flat_map(|payment| &payment.parts);
        let parts = parts.filter(|(invoice, _)| on_it(invoice));
        let paid: Cents = parts.map(|(_, part)| *part).sum();
        let before = self.refunds.iter().map(|one| &one.refund);
        let before = before.filter(|before| on_it(&before.invoice));
        let refunded = refund.amount + before.map(|before| before.amount).sum();
        (refunded > paid).then_some(match known.some_unusable {
            true => Fate::Waits,
            false => Fate::MoreThanPaid { paid, refunded },
        })
    }

    /// What is sent of a refund, and the method that it needs.
    async fn all_nodes<W: World>(
        &self,
        engine: &Engine<W>,
        cx: &Ctx,
        one: &Planned,
        ready: &Ready,
    ) -> Result<Vec<Node>, Stop> {
        let method = lists::known_method(engine, cx, &ready.payment).await?;
        let paid_out = PaidOut {
            customer: ready.customer.clone(),
            account: ready.account.clone(),
            method: method.as_ref().map(|method| method.name.reference()),
        };
        let mirror = ready.mirror.clone();
        let memory = Memory {
            invoice: Some(one.refund.invoice.clone()),
            given_back: mirror.work,
            not_reopened: ready.not_reopened,
            not_before: one.slot.value.memory.not_before,
            ..Memory::default()
        };
        let marker = marker(&cx.books, &one.name);
        let wanted = refund::wanted(
            self.records,
            (&one.rest(), memory.not_before),
            paid_out,
            mirror,
            &cx.zone,
            &marker,
        );
        let mut node = Node::new(&one.name, wanted, "", &one.slot)?;
        node.remember(&memory)?;
        let mut nodes = vec![node];
        if let Some(method) = method {
            nodes.push(method.node()?);
        }
        Ok(nodes)
    }
}
