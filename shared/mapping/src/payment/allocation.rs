use hcp::InvoiceId;
use money::Cents;
use qbo::{Id, PaymentLine};

use super::JobPayment;

/// A document of the job in QuickBooks, and what is left to pay of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its id.
    pub id: Id,
    /// The Housecall Pro invoices that it stands for.
    pub invoices: Vec<InvoiceId>,
    /// Whom it is made out to.
    pub customer: Id,
    /// What is left to pay.
    pub balance: Cents,
}

/// What a payment pays of the documents: of each its part, up to the balance; the rest stays unapplied (P4). `None`:
/// one of its invoices has no document. What it pays is taken off the balances.
pub fn allocated(payment: &JobPayment, documents: &mut [Open]) -> Option<(Id, Vec<PaymentLine>)> {
    let mut lines: Vec<(Id, Cents)> = Vec::new();
    let mut customer = None;
    let stands_for = |document: &Open, id: &InvoiceId| document.invoices.contains(id);
    let is_there = |(id, _): &(InvoiceId, Cents)| documents.iter().any(|one| stands_for(one, id));
    if !payment.parts.iter().all(is_there) {
        return None;
    }
    for (invoice, amount) in &payment.parts {
        let document = documents.iter_mut().find(|one| stands_for(one, invoice))?;
        customer.get_or_insert_with(|| document.customer.clone());
        let paid = (*amount).min(document.balance).max(Cents::ZERO);
        if paid == Cents::ZERO {
            continue;
        }
        document.balance = document.balance - paid;
        match lines.iter_mut().find(|(id, _)| *id == document.id) {
            Some((_, line)) => *line = *line + paid,
            None => lines.push((document.id.clone(), paid)),
        }
    }
    let lines = lines.into_iter();
    let lines = lines.map(|(id, amount)| PaymentLine::of_invoice(id, amount));
    Some((customer?, lines.collect()))
}

/// The same of a payment of which expenses gave so much back: that stays with these (P5).
pub fn allocated_beside(
    expenses: &[(Id, Cents)],
    payment: &JobPayment,
    documents: &mut [Open],
) -> Option<(Id, Vec<PaymentLine>)> {
    let back: Cents = expenses.iter().map(|(_, amount)| *amount).sum();
    let mut room = (payment.total() - back).max(Cents::ZERO);
    let (customer, mut lines) = allocated(payment, documents)?;
    for line in &mut lines {
        line.amount = line.amount.min(room);
        room = room - line.amount;
    }
    lines.retain(|line| line.amount > Cents::ZERO);
    let back = expenses.iter().cloned();
    lines.extend(back.map(|(id, amount)| PaymentLine::of_expense(id, amount)));
    Some((customer, lines))
}
