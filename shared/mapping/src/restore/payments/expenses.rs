//! What of refunds gave back credit, by the expenses that were found.

use hcp::RefundId;
use money::Cents;

use super::{FoundMoney, FoundPayment};
use crate::{QboObject, expense, refund::JobRefund};

/// What of a refund gives back credit, by the expense that was found.
#[derive(Clone, Debug)]
pub struct FoundExpense {
    /// Which refund in Housecall Pro.
    pub id: RefundId,
    /// The expense.
    pub there: qbo::Purchase,
}

impl FoundExpense {
    fn is_void(&self) -> bool {
        QboObject::from(self.there.clone()).is_voided()
    }
}

impl FoundMoney {
    /// What of a refund an expense gives back; of one that is void, what its receipt leaves.
    pub fn expensed(&self, refund: &JobRefund) -> Cents {
        let mut expenses = self.expenses.iter();
        let Some(expense) = expenses.find(|one| one.id == refund.id) else {
            return Cents::ZERO;
        };
        let mut receipts = self.refunds.iter();
        let receipt = receipts.find(|one| one.id == refund.id);
        let receipt = receipt.and_then(|one| one.there.total_amt);
        match expense.is_void() {
            true => refund.amount - receipt.unwrap_or_default(),
            false => expense.there.total_amt.unwrap_or_default(),
        }
    }

    /// What the slot of an expense remembers. What else there was of its refund, a receipt tells; where there is none, there
    /// was nothing: no second write follows from a doubt.
    pub(super) fn expense_memory(
        &self,
        found: &FoundExpense,
        told: Option<&JobRefund>,
    ) -> expense::Memory {
        let total = found.there.total_amt.unwrap_or_default();
        let amount = told.map_or(total, |told| self.expensed(told));
        let has_receipt = self.refunds.iter().any(|one| one.id == found.id);
        let id = found.there.id.as_ref();
        let ties =
            |one: &&FoundPayment| id.is_some_and(|id| one.there.given_back_by(id) > Cents::ZERO);
        let leaves = |one: &&FoundPayment| {
            let payee = found.there.entity_ref.as_ref();
            let payer = one.there.customer_ref.as_ref();
            let is_payer = payee
                .zip(payer)
                .is_some_and(|(to, from)| to.is_customer(&from.value));
            is_payer && one.there.unapplied_amt.unwrap_or_default() >= amount
        };
        let payments = || self.payments.iter();
        let payment = payments().find(ties).or_else(|| payments().find(leaves));
        expense::Memory {
            payment: payment.and_then(|one| one.there.id.clone()),
            amount,
            of: told
                .filter(|_| has_receipt)
                .map_or(amount, |told| told.amount),
            gone: found.is_void(),
            asked: found.is_void(),
            ..expense::Memory::default()
        }
    }
}
