//! Carrying the refunds of a job to QuickBooks, each once, after the payments that they give back (P5). One after the
//! other: what a refund takes off its invoice follows from what the earlier ones left. Of one that gives back credit, the
//! expense comes first, is tied to its payment, and what is left of the refund is its receipt.

mod expense;
pub(crate) mod known;
mod plan;
mod reopen;
mod tell;
mod tie;

use std::collections::{BTreeMap, BTreeSet};

use ledger::Slot;
use mapping::{AnyKind, JobRecords, SlotName, marker::is_of_any_slot, refund::NotReopened};
use money::Cents;
use qbo::{Account, Entity, Id, Payment, Purchase, QboError, Query, RefundReceipt};
use store::JobState;

use crate::{
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::Engine,
    job::{
        graph::{Cause, Graph},
        state::PushState,
        step::Step,
    },
    ledger::object,
    settle::Reread,
    stop::Stop,
    world::World,
};

use self::plan::{Fate, Planned, RefundsPlan};

/// Steps beside those for each refund.
const STEPS: usize = 10;

/// What a refund may take: questions, an expense, its tie, a receipt.
const STEPS_EACH: usize = 8;

/// QuickBooks' word for accounts of what customers owe.
const RECEIVABLE: &str = "Accounts Receivable";

/// What one run has learned of the refunds of a job.
#[derive(Default)]
struct Run {
    state: PushState,
    /// Payments as they stand in QuickBooks; `None`: they do not.
    payments: BTreeMap<Id, Option<Payment>>,
    /// The refund receipts of customers that did not come from here.
    foreign: BTreeMap<Id, Vec<RefundReceipt>>,
    /// Expenses by their amounts, that did not come from here.
    expenses: BTreeMap<Cents, Vec<Purchase>>,
    /// The accounts of receivables, the first that was made first.
    receivables: Option<Vec<Id>>,
    /// Receipts and expenses that are not as they were known: they are read whatever is the matter.
    changed: BTreeSet<SlotName>,
    /// Those that were read once more.
    again: BTreeSet<SlotName>,
    /// Why QuickBooks did not take those that it did not.
    refused: BTreeMap<SlotName, QboError>,
    /// Why QuickBooks did not let the payments of these be lowered.
    not_reopened: BTreeMap<SlotName, NotReopened>,
    /// Why the payments of these expenses were not tied to them.
    not_tied: BTreeMap<SlotName, NotReopened>,
    /// Whether a payment leaves less unapplied, since that was given back.
    is_credit_back: bool,
    /// Whether one of these payments was found to be deleted or voided.
    payment_is_gone: bool,
}

impl Run {
    /// A payment as it stands in QuickBooks.
    fn payment(&self, id: &Id) -> Option<&Payment> {
        self.payments.get(id)?.as_ref()
    }

    /// The account that a payment went to, where QuickBooks tells; the outer `None`: it was not asked.
    fn account_of(&self, id: &Id) -> Option<Option<&Id>> {
        let there = self.payments.get(id)?.as_ref();
        let account = there.and_then(|payment| payment.deposit_to_account_ref.as_ref());
        Some(account.map(|account| &account.value))
    }
}

/// How carrying refunds ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Refunded {
    /// How the job stands by its refunds; `None`: it has none that could be sent by now.
    pub(crate) state: Option<JobState>,
    /// Whether some of a deposit was given back just now: the main invoice bills it again (N7).
    pub(crate) of_deposit: bool,
    /// Whether some of them were carried just now.
    pub(crate) moved: bool,
    /// Whether payments are to be told of anew: one was found to be gone from QuickBooks (R4), or leaves less unapplied.
    pub(crate) payments_moved: bool,
}

impl<W: World> Engine<W> {
    /// Carries the refunds of a job, as far as they are not there already.
    pub(crate) async fn carry_refunds(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        alerted: bool,
    ) -> Result<Refunded, Stop> {
        self.carry_refunds_by(cx, records, alerted, BTreeSet::new())
            .await
    }

    /// The same, where these receipts and expenses were just seen not to be as they were known.
    pub(crate) async fn carry_refunds_by(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        alerted: bool,
        changed: BTreeSet<SlotName>,
    ) -> Result<Refunded, Stop> {
        let refunds = records.invoices.iter().map(|invoice| invoice.refunds.len());
        let refunds: usize = refunds.sum();
        if refunds == 0 {
            return Ok(Refunded::default());
        }
        let mut run = Run {
            changed,
            ..Run::default()
        };
        let mut before = None;
        for _ in 0..STEPS + STEPS_EACH * refunds {
            let plan = RefundsPlan::make(self, cx, records, &run).await?;
            let (given_back, carried) =
                *before.get_or_insert((plan.deposit_given_back, plan.carried));
            if let Some(name) = plan.sending() {
                self.settle(cx, name).await?;
                continue;
            }
            if self.refunds_step(cx, &plan, &mut run).await? == Step::Nothing {
                return Ok(Refunded {
                    state: self.tell_of_refunds(cx, &plan, &run, alerted).await?,
                    of_deposit: plan.deposit_given_back != given_back,
                    moved: plan.carried != carried,
                    payments_moved: run.payment_is_gone || run.is_credit_back,
                });
            }
        }
        Err(Stop::PlanAgain(format!(
            "the refunds of job {}",
            records.job.id
        )))
    }

    /// The next of the things to do for them.
    async fn refunds_step(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        if self.read_receipts_again(cx, plan, run).await? == Step::Moved
            || self.ask_for_money(cx, plan, run).await? == Step::Moved
        {
            return Ok(Step::Moved);
        }
        if self.reopen(cx, plan, run).await? == Step::Moved
            || self.tie(cx, plan, run).await? == Step::Moved
        {
            return Ok(Step::Moved);
        }
        self.send_refund(cx, plan, run).await
    }

    /// A receipt or an expense that differs, should not be or changed, is read once in a run: a person may have mended it in
    /// QuickBooks.
    async fn read_receipts_again(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        for one in &plan.refunds {
            let parts = [
                (
                    AnyKind::Purchase,
                    &one.expense.0,
                    one.expense.1.value.link(),
                ),
                (AnyKind::RefundReceipt, &one.name, one.slot.value.link()),
            ];
            for (kind, name, link) in parts {
                let is_read = one.is_wrong() || run.changed.contains(name);
                if link.is_none() || !is_read || !run.again.insert(name.clone()) {
                    continue;
                }
                match self.reread(cx, name, kind).await? {
                    Reread::Same => {}
                    Reread::Gone => {
                        self.part_is_gone(cx, one, kind).await?;
                        return Ok(Step::Moved);
                    }
                    Reread::Stands | Reread::Edited => return Ok(Step::Moved),
                }
            }
        }
        Ok(Step::Nothing)
    }

    /// A person deleted such a receipt or expense. Where something was the matter with it, what they entered for it stands;
    /// else they are asked (R4).
    async fn part_is_gone(&self, cx: &Ctx, planned: &Planned, kind: AnyKind) -> Result<(), Stop> {
        let asked = !planned.is_wrong();
        let (name, slot) = match kind {
            AnyKind::Purchase => {
                let (name, mut slot) = planned.expense.clone();
                slot.value.memory.gone = true;
                slot.value.memory.asked = asked;
                (name, slot.in_form(Slot::raw)?)
            }
            _ => {
                let mut slot = planned.slot.clone();
                slot.value.memory.gone = true;
                slot.value.memory.asked = asked;
                (planned.name.clone(), slot.in_form(Slot::raw)?)
            }
        };
        self.unlink(cx, object(&name, kind, slot)).await
    }

    /// Asks for the payments that went back, for the refund receipts that customers have, and for expenses that may be what
    /// gives credit back, all in one call.
    async fn ask_for_money(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let (mut asked, mut customers) = (BTreeSet::new(), BTreeSet::new());
        let mut amounts = BTreeSet::new();
        for one in &plan.refunds {
            match &one.fate {
                Fate::Ask { payment, customer } => {
                    asked.extend(payment.clone());
                    customers.extend(customer.clone());
                }
                Fate::AskExpenses(amount) => {
                    amounts.insert(*amount);
                }
                _ => {}
            }
        }
        if !amounts.is_empty() {
            self.ask_for_expenses(cx, amounts, run).await?;
            return Ok(Step::Moved);
        }
        if asked.is_empty() && customers.is_empty() {
            return Ok(Step::Nothing);
        }
        let mut queries: Vec<Query> = customers
            .iter()
            .map(|customer| {
                let receipts = Query::select(RefundReceipt::NAME);
                receipts
                    .where_eq("CustomerRef", customer.as_str())
                    .in_pages()
            })
            .collect();
        if !asked.is_empty() {
            queries.push(AnyKind::Payment.by_ids(&asked));
        }
        let answers = self.ask_all(cx, &queries).await?;
        let mut answers = answers.iter();
        for (customer, rows) in customers.into_iter().zip(answers.by_ref()) {
            let mut receipts: Vec<RefundReceipt> = rows.of()?;
            receipts.retain(|receipt| !is_of_any_slot(receipt.private_note.as_deref()));
            run.foreign.insert(customer, receipts);
        }
        let payments: Vec<Payment> = answers.next().map_or(Ok(Vec::new()), Rows::of)?;
        for id in asked {
            let mut payments = payments.iter();
            let there = payments.find(|payment| payment.id.as_ref() == Some(&id));
            run.payments.insert(id, there.cloned());
        }
        Ok(Step::Moved)
    }

    async fn ask_for_expenses(
        &self,
        cx: &Ctx,
        amounts: BTreeSet<Cents>,
        run: &mut Run,
    ) -> Result<(), Stop> {
        let of_amount = amounts.iter().map(|amount| {
            let expenses = Query::select(Purchase::NAME);
            expenses
                .where_text("TotalAmt", &amount.to_string())
                .in_pages()
        });
        let accounts = Query::select(Account::NAME).where_text("AccountType", RECEIVABLE);
        let queries: Vec<Query> = of_amount.chain([accounts.in_pages()]).collect();
        let answers = self.ask_all(cx, &queries).await?;
        let mut answers = answers.iter();
        for (amount, rows) in amounts.into_iter().zip(answers.by_ref()) {
            let mut expenses: Vec<Purchase> = rows.of()?;
            expenses.retain(|expense| !is_of_any_slot(expense.private_note.as_deref()));
            run.expenses.insert(amount, expenses);
        }
        let accounts: Vec<Account> = answers.next().map_or(Ok(Vec::new()), Rows::of)?;
        let accounts = accounts.into_iter().filter_map(|account| account.id);
        run.receivables = Some(accounts.collect());
        Ok(())
    }

    /// Sends the next refund, and makes its method where QuickBooks lacks that.
    async fn send_refund(
        &self,
        cx: &Ctx,
        plan: &RefundsPlan<'_>,
        run: &mut Run,
    ) -> Result<Step, Stop> {
        let graph = Graph {
            cause: Cause::Payments(plan.records),
            nodes: &plan.nodes,
        };
        self.carry_next(cx, graph, &mut run.state, &mut run.refused)
            .await
    }
}
