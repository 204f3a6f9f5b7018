//! What the payments of a job become in QuickBooks that repeat refunds: a refund receipt took the sale off and left the
//! invoice paid, so money that is paid once more is that sale once more, as a sales receipt (P4).

use std::collections::BTreeMap;

use hcp::{InvoiceId, PaymentId};
use money::Cents;

use jiff::tz::TimeZone;

use crate::{
    alert::Difference,
    payment::{JobPayment, wanted::differences_between},
    refund::JobRefund,
};

mod kind;
mod memory;
mod wanted;

pub use memory::Memory;
pub use wanted::{PaidIn, invoice_of, wanted};

/// What of each payment repeats refunds, by the invoices that these gave back.
pub type Repeats = BTreeMap<PaymentId, Vec<(InvoiceId, Cents)>>;

/// What each payment repeats of refunds made before it of the same document, which stands for these invoices: up to what
/// they gave back, less what payments before it repeated. `sent` tells of what was sent already how much it repeats.
pub fn repeats(
    payments: &[JobPayment],
    refunds: &[JobRefund],
    documents: &[Vec<InvoiceId>],
    sent: impl Fn(&PaymentId, &InvoiceId) -> Option<Cents>,
) -> Repeats {
    let mut all = Repeats::new();
    for payment in payments {
        let mut own: Vec<(InvoiceId, Cents)> = Vec::new();
        for (invoice, part) in &payment.parts {
            let alone = std::slice::from_ref(invoice);
            let mut documents = documents.iter();
            let document = documents.find(|invoices| invoices.contains(invoice));
            let document = document.map_or(alone, Vec::as_slice);
            let before = refunds.iter().filter(|refund| {
                document.contains(&refund.invoice) && refund.refunded_at < payment.paid_at
            });
            let returned: Cents = before.map(|refund| refund.amount).sum();
            let repeated = all.values().flatten().chain(&own);
            let repeated = repeated.filter(|(of, _)| document.contains(of));
            let repeated: Cents = repeated.map(|(_, amount)| *amount).sum();
            let amount = (*part).min(returned - repeated);
            let amount = sent(&payment.id, invoice).unwrap_or(amount);
            if amount > Cents::ZERO {
                own.push((invoice.clone(), amount));
            }
        }
        if !own.is_empty() {
            all.insert(payment.id.clone(), own);
        }
    }
    all
}

/// What Housecall Pro tells otherwise of a payment, of which so much pays the invoice, than QuickBooks has of what repeats
/// refunds (P8). Where a part of it is sent as a payment, a change of the amount is told of that.
pub fn differences(
    (payment, part): (&JobPayment, Cents),
    memory: &Memory,
    zone: &TimeZone,
) -> Vec<Difference> {
    let amount = match memory.of == memory.amount {
        true => part,
        false => memory.amount,
    };
    let told = (amount, payment.date(zone));
    differences_between(told, (memory.total, memory.date))
}

#[cfg(test)]
mod tests;
