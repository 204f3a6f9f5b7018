//! What the slots of a job's payments held, and of what repeats its refunds. A payment of ours that is less in QuickBooks than
//! in Housecall Pro was split when it was sent (P4), or refunds without a receipt lowered it (P5): what it lacks tells. A
//! refund that may have done so is not carried once more, whatever else may be the reason.

use hcp::{InvoiceId, PaymentId, RefundId};
use jiff::tz::TimeZone;
use money::Cents;
use qbo::{Id, PaymentLine};

use self::lowered::explain;
use super::Difference;
use crate::{
    JobRecords, QboObject, expense,
    payment::{JobPayment, Memory, Reopened},
    refund::{GivenBack, JobRefund},
    sales_receipt::{self, Repeats},
};

mod expenses;
mod lowered;

pub use expenses::FoundExpense;

/// The money of a job, as it was found in QuickBooks.
#[derive(Clone, Debug, Default)]
pub struct FoundMoney {
    /// Its payments.
    pub payments: Vec<FoundPayment>,
    /// Its refunds that are receipts.
    pub refunds: Vec<FoundRefund>,
    /// What of its refunds gives back credit.
    pub expenses: Vec<FoundExpense>,
    /// What repeats refunds.
    pub receipts: Vec<FoundReceipt>,
}

/// A payment of a job, as it was found.
#[derive(Clone, Debug)]
pub struct FoundPayment {
    /// Which one in Housecall Pro.
    pub id: PaymentId,
    /// The invoices that it may pay.
    pub invoices: Vec<InvoiceId>,
    /// As it stands in QuickBooks.
    pub there: qbo::Payment,
    /// What its slot knows of it.
    pub known: Known,
}

/// What a slot knows of a payment.
#[derive(Clone, Debug)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// What it remembers of an earlier version.
    Before(Box<Memory>),
    /// What it remembers of it as it stands.
    Now(Box<Memory>),
}

/// A refund of a job, by the receipt that was found.
#[derive(Clone, Debug)]
pub struct FoundRefund {
    /// Which one in Housecall Pro.
    pub id: RefundId,
    /// The invoice whose money went back.
    pub invoice: InvoiceId,
    /// The receipt.
    pub there: qbo::RefundReceipt,
}

/// What repeats refunds of an invoice, by the receipt that was found.
#[derive(Clone, Debug)]
pub struct FoundReceipt {
    /// The payment in Housecall Pro that it is a part of.
    pub payment: PaymentId,
    /// The invoice.
    pub invoice: InvoiceId,
    /// The receipt.
    pub there: qbo::SalesReceipt,
}

/// What the slots of the money of a job are to remember, in the order in which it was found, but for what QuickBooks' answers
/// tell.
#[derive(Clone, Debug)]
pub struct RestoredMoney {
    /// Of its payments.
    pub payments: Vec<RestoredPayment>,
    /// Of what of its refunds gives back credit.
    pub expenses: Vec<expense::Memory>,
    /// Of what repeats refunds.
    pub receipts: Vec<sales_receipt::Memory>,
}

/// What the slot of a payment is to remember.
#[derive(Clone, Debug, Default)]
pub struct RestoredPayment {
    /// That.
    pub memory: Memory,
    /// It, as it was written.
    pub ours: qbo::Payment,
    /// How much less it is than its slot knows, which is just what went back; nothing where it is not.
    pub lowered: Cents,
    /// Whether refunds gave all of it back, so that it is void.
    pub is_given_back: bool,
    /// What is otherwise in Housecall Pro.
    pub differences: Vec<Difference>,
}

impl FoundPayment {
    /// The invoices behind the documents that it pays; all that may be its, where it pays none.
    fn pays(&self, documents: &[(Id, Vec<InvoiceId>)]) -> Vec<InvoiceId> {
        let paid = documents.iter();
        let paid = paid.filter(|(id, _)| self.there.paid_of(id) > Cents::ZERO);
        let paid: Vec<InvoiceId> = paid.flat_map(|(_, invoices)| invoices.clone()).collect();
        match paid.is_empty() {
            true => self.invoices.clone(),
            false => paid,
        }
    }
}

impl FoundRefund {
    fn is_void(&self) -> bool {
        QboObject::from(self.there.clone()).is_voided()
    }

    /// What it gives back of the work that its invoice bills.
    pub fn given_back(&self) -> GivenBack {
        GivenBack::moved_by(&self.there.line, self.there.txn_tax_detail.as_ref())
    }
}

impl FoundReceipt {
    fn is_void(&self) -> bool {
        QboObject::from(self.there.clone()).is_voided()
    }

    /// What it sells once more of the work that its invoice bills.
    fn sold(&self) -> GivenBack {
        GivenBack::moved_by(&self.there.line, self.there.txn_tax_detail.as_ref())
    }
}

impl FoundMoney {
    /// What receipts gave back of these invoices, and none sold once more.
    pub(super) fn given_back_of(&self, invoices: &[InvoiceId]) -> GivenBack {
        let refunds = self.refunds.iter();
        let refunds = refunds.filter(|one| invoices.contains(&one.invoice) && !one.is_void());
        let returned = refunds.fold(GivenBack::default(), |all, one| all + one.given_back());
        let receipts = self.receipts.iter();
        let receipts = receipts.filter(|one| invoices.contains(&one.invoice) && !one.is_void());
        returned.less(receipts.fold(GivenBack::default(), |all, one| all + one.sold()))
    }

    /// What of a payment stands on receipts that were found; of one that is void, what it repeated by rule.
    fn repeats(&self, payment: &JobPayment, by_rule: &Repeats) -> Vec<(InvoiceId, Cents)> {
        let receipts = self.receipts.iter();
        let receipts = receipts.filter(|one| one.payment == payment.id);
        let repeats = receipts.map(|one| {
            let amount = match one.is_void() {
                true => of_invoice(by_rule.get(&payment.id), &one.invoice),
                false => one.there.total_amt.unwrap_or_default(),
            };
            (one.invoice.clone(), amount)
        });
        repeats
            .filter(|(_, amount)| *amount > Cents::ZERO)
            .collect()
    }
}

/// A payment whose memory is worked out.
struct Payment<'a> {
    found: &'a FoundPayment,
    told: Option<&'a JobPayment>,
    memory: Memory,
    lack: Lack,
    lowered: Cents,
    maybe_given_back: Cents,
}

/// QuickBooks' name for the version of what was made and never changed since.
const FIRST: &str = "0";

/// How much less a payment is than its slot would know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lack {
    /// So much; below zero, it is more.
    Of(Cents),
    /// Housecall Pro does not tell.
    Unknown,
}

impl JobRecords {
    /// What the slots of the money of the job are to remember, by its documents and the invoices that these stand for.
    pub fn restored_money(
        &self,
        found: &FoundMoney,
        documents: &[(Id, Vec<InvoiceId>)],
        zone: &TimeZone,
    ) -> RestoredMoney {
        let (told, refunds) = (self.payments().0, self.refunds().0);
        let receipt = |refund: &&JobRefund| found.refunds.iter().find(|one| one.id == refund.id);
        let carried = refunds.iter().filter(|refund| {
            let is_receipt = receipt(refund).is_some_and(|there| !there.is_void());
            is_receipt && self.is_due_again(&refund.invoice)
        });
        let sold = |refund: &JobRefund| refund.clone().less(found.expensed(refund));
        let carried: Vec<JobRefund> = carried.map(sold).collect();
        let behind = documents.iter().map(|(_, invoices)| invoices.clone());
        let behind: Vec<Vec<InvoiceId>> = behind.collect();
        let by_rule = sales_receipt::repeats(&told, &carried, &behind, |_, _| None);
        let payments = found.payments.iter();
        let mut payments: Vec<Payment<'_>> = payments
            .map(|one| {
                let mut told = told.iter();
                let told = told.find(|payment| payment.id == one.id);
                Payment::of(one, told, (found, &by_rule), documents)
            })
            .collect();
        let known = payments.iter().flat_map(|one| &one.memory.reopened);
        let known: Vec<RefundId> = known.map(|one| one.refund.clone()).collect();
        let free = refunds.iter();
        let is_expense = |refund: &JobRefund| {
            let mut expenses = found.expenses.iter();
            expenses.any(|one| one.id == refund.id)
        };
        let free = free.filter(|refund| {
            receipt(refund).is_none() && !is_expense(refund) && !known.contains(&refund.id)
        });
        explain(&mut payments, free.collect());
        let receipts = found.receipts.iter();
        let receipts = receipts.map(|one| {
            let mut told = told.iter();
            let told = told.find(|payment| payment.id == one.payment);
            receipt_memory(one, told, &payments, &by_rule)
        });
        let expenses = found.expenses.iter().map(|one| {
            let mut told = refunds.iter();
            let told = told.find(|refund| refund.id == one.id);
            found.expense_memory(one, told)
        });
        RestoredMoney {
            expenses: expenses.collect(),
            receipts: receipts.collect(),
            payments: payments
                .into_iter()
                .map(|payment| payment.restored(documents, zone))
                .collect(),
        }
    }
}

impl<'a> Payment<'a> {
    fn of(
        found: &'a FoundPayment,
        told: Option<&'a JobPayment>,
        (money, by_rule): (&FoundMoney, &Repeats),
        documents: &[(Id, Vec<InvoiceId>)],
    ) -> Self {
        let memory = match &found.known {
            Known::Before(memory) | Known::Now(memory) => (**memory).clone(),
            Known::Nothing => Memory {
                invoices: match told {
                    Some(told) => told.parts.iter().map(|(id, _)| id.clone()).collect(),
                    None => found.pays(documents),
                },
                ..Memory::default()
            },
        };
        let mut payment = Self {
            found,
            told,
            memory,
            lack: Lack::Of(Cents::ZERO),
            lowered: Cents::ZERO,
            maybe_given_back: Cents::ZERO,
        };
        let Some(told) = told else {
            if !payment.is_certain() {
                payment.lack = Lack::Unknown;
            }
            return payment;
        };
        if let Known::Nothing = found.known {
            payment.memory.repeats = money.repeats(told, by_rule);
            let split = by_rule.get(&told.id);
            // One of its receipts was never sent, or was changed by hand.
            if let Some(split) = split.filter(|_| payment.off(told) != Cents::ZERO) {
                let found = std::mem::replace(&mut payment.memory.repeats, split.clone());
                if payment.off(told) != Cents::ZERO {
                    payment.memory.repeats = found;
                }
            }
        }
        if !payment.is_certain() {
            payment.lack = Lack::Of(payment.off(told));
        }
        payment
    }

    /// Whether no refund lowered it that its slot does not know: not where QuickBooks has the first version of it.
    fn is_certain(&self) -> bool {
        let version = self.found.there.sync_token.as_ref();
        matches!(self.found.known, Known::Now(_))
            || version.is_some_and(|version| version.as_str() == FIRST)
    }

    fn total(&self) -> Cents {
        self.found.there.total_amt.unwrap_or_default()
    }

    /// What is to stand in QuickBooks of it.
    fn expected(&self, told: &JobPayment) -> Cents {
        let repeats = self.memory.repeats.iter().map(|(_, amount)| *amount);
        let reopened = self.memory.reopened.iter().map(|one| one.amount);
        told.total() - repeats.chain(reopened).sum()
    }

    /// How much less it is there.
    fn off(&self, told: &JobPayment) -> Cents {
        self.expected(told) - self.total()
    }

    fn is_lacking(&self) -> bool {
        matches!(self.lack, Lack::Of(lack) if lack > Cents::ZERO)
    }

    fn lowered_by(&mut self, refund: &JobRefund) {
        self.memory.reopened.push(Reopened {
            refund: refund.id.clone(),
            invoice: refund.invoice.clone(),
            amount: refund.amount,
        });
    }

    /// As it was written: what a person changed there since is told as that (R4).
    fn ours(&self, documents: &[(Id, Vec<InvoiceId>)], zone: &TimeZone) -> qbo::Payment {
        let mut ours = qbo::Payment {
            id: None,
            sync_token: None,
            meta_data: None,
            unapplied_amt: None,
            linked_txn: Vec::new(),
            ..self.found.there.clone()
        };
        if let Some(told) = self.told {
            ours.total_amt = Some(self.expected(told));
            ours.txn_date = Some(told.date(zone));
        }
        let is_own = |line: &mut PaymentLine| {
            let mut linked = line.linked_txn.iter();
            line.is_given_back()
                || linked.any(|linked| documents.iter().any(|(id, _)| *id == linked.txn_id))
        };
        let is_elsewhere = |line: &mut PaymentLine| !is_own(line);
        let elsewhere = ours.line.extract_if(.., is_elsewhere);
        let elsewhere: Cents = elsewhere.map(|line| line.amount).sum();
        let own = documents.iter().find(|(_, invoices)| {
            let mut paid = self.memory.invoices.iter();
            paid.any(|invoice| invoices.contains(invoice))
        });
        if let Some((own, _)) = own.filter(|_| elsewhere > Cents::ZERO) {
            let line = PaymentLine::of_invoice(own.clone(), elsewhere);
            ours.line.push(line);
        }
        ours
    }

    fn restored(mut self, documents: &[(Id, Vec<InvoiceId>)], zone: &TimeZone) -> RestoredPayment {
        let is_void = QboObject::from(self.found.there.clone()).is_voided();
        let mut is_given_back = false;
        let mut differences = Vec::new();
        if let Some(told) = self.told {
            let (ours, theirs) = (self.expected(told), self.total());
            is_given_back = is_void && ours == theirs && !self.memory.reopened.is_empty();
            if is_void && !is_given_back {
                differences.push(Difference::Void);
            } else if ours != theirs {
                differences.push(Difference::Amount { ours, theirs });
            }
        }
        if self.maybe_given_back > Cents::ZERO {
            differences.push(Difference::MaybeGivenBack(self.maybe_given_back));
        }
        if let Known::Nothing = self.found.known {
            self.memory.gone = is_void && !is_given_back;
        }
        if is_given_back {
            self.memory.applied.clear();
            self.memory.unapplied = Cents::ZERO;
        }
        RestoredPayment {
            ours: self.ours(documents, zone),
            memory: self.memory,
            lowered: self.lowered,
            is_given_back,
            differences,
        }
    }
}

/// What the slot of a receipt remembers. Of a payment that has none in QuickBooks, nothing is sent beside a receipt that is
/// not what it would be by rule.
fn receipt_memory(
    found: &FoundReceipt,
    told: Option<&JobPayment>,
    payments: &[Payment<'_>],
    by_rule: &Repeats,
) -> sales_receipt::Memory {
    let (total, is_void) = (found.there.total_amt.unwrap_or_default(), found.is_void());
    let part = told.map(|told| of_invoice(Some(&told.parts), &found.invoice));
    let by_rule = of_invoice(by_rule.get(&found.payment), &found.invoice);
    let mut payments = payments.iter();
    let beside = payments.find(|one| one.found.id == found.payment);
    let beside = beside.map(|one| of_invoice(Some(&one.memory.repeats), &found.invoice));
    let amount = match beside.filter(|amount| *amount > Cents::ZERO) {
        Some(amount) => amount,
        None if is_void => Some(by_rule)
            .filter(|amount| *amount > Cents::ZERO)
            .or(part)
            .unwrap_or_default(),
        None => total,
    };
    let is_by_rule = beside.is_some() || is_void || total == by_rule;
    sales_receipt::Memory {
        amount,
        of: part.filter(|_| is_by_rule).unwrap_or(amount),
        sold: found.sold(),
        gone: is_void,
        asked: is_void,
        ..sales_receipt::Memory::default()
    }
}

fn of_invoice(parts: Option<&Vec<(InvoiceId, Cents)>>, invoice: &InvoiceId) -> Cents {
    let parts = parts.into_iter().flatten().filter(|(of, _)| of == invoice);
    parts.map(|(_, amount)| *amount).sum()
}

#[cfg(test)]
mod tests;
