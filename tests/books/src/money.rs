//! What came in and stayed: payments less refunds, job by job.

use mapping::{Role, payment::Decision};
use money::Cents;
use store::JobState;

use crate::{
    Told,
    documents::listed,
    named::{self, comes_to},
    quickbooks::{cents, paid_of},
    records::Kept,
};

pub(crate) fn differences(told: &Told) -> Vec<String> {
    let jobs = told.records.jobs.iter();
    jobs.filter_map(|(id, kept)| differs(told, id, kept))
        .collect()
}

/// What succeeded payments of a job less its refunds come to is what QuickBooks has of them.
fn differs(told: &Told, id: &str, kept: &Kept) -> Option<String> {
    let job = told.housecall.jobs.get(id)?;
    let expected = job.kept();
    let there = in_quickbooks(told, kept);
    let named = named::of_job(told, id, kept);
    let named: Vec<Cents> = named.iter().map(|(_, apart)| apart.kept()).collect();
    let others = unsent(told, id, kept);
    let amounts = named.iter().chain(&others).copied();
    let difference = expected - there;
    (!comes_to(difference, amounts)).then(|| {
        format!(
            "{id}: {expected} came in and stayed in Housecall Pro, {there} in QuickBooks, a difference of {difference}; named: {}",
            listed(&named)
        )
    })
}

/// What QuickBooks has of it: of payments that somebody entered there, what they pay of the job.
pub(crate) fn in_quickbooks(told: &Told, kept: &Kept) -> Cents {
    let quickbooks = &told.quickbooks;
    let documents = kept.documents.iter().filter_map(|(_, slot)| slot.link());
    let documents: Vec<&str> = documents.map(|link| link.id.as_str()).collect();
    let payments = kept.payments.values().filter_map(|slot| {
        let there = quickbooks.one("Payment", slot.link()?.id.as_str())?;
        Some(match slot.memory.joined {
            true => documents.iter().map(|id| paid_of(there, id)).sum(),
            false => cents(there, "TotalAmt"),
        })
    });
    let again = kept.receipts.values().filter_map(|slot| {
        let there = quickbooks.one("SalesReceipt", slot.link()?.id.as_str())?;
        Some(cents(there, "TotalAmt"))
    });
    let refunds = kept.refunds.values().filter_map(|slot| {
        let there = quickbooks.one("RefundReceipt", slot.link()?.id.as_str())?;
        Some(cents(there, "TotalAmt"))
    });
    let expenses = kept.expenses.values().filter_map(|slot| {
        let there = quickbooks.one("Purchase", slot.link()?.id.as_str())?;
        Some(cents(there, "TotalAmt"))
    });
    payments.chain(again).sum::<Cents>() - refunds.chain(expenses).sum()
}

/// Money that QuickBooks need not have as ours: it waits for its document, or a person said that it is entered there
/// otherwise, or needs not.
fn unsent(told: &Told, id: &str, kept: &Kept) -> Vec<Cents> {
    let Some(job) = told.housecall.jobs.get(id) else {
        return Vec::new();
    };
    let state = kept.record.as_ref().map(|record| record.state);
    let may_wait = !matches!(state, Some(JobState::Synced | JobState::PendingChanges));
    let standing = kept.documents.iter().filter(|(_, slot)| {
        let link = slot.link().map(|link| link.id.as_str());
        link.is_some_and(|id| told.quickbooks.one("Invoice", id).is_some())
    });
    let standing: Vec<_> = standing.collect();
    let is_billed = |invoice: &str| {
        let mut standing = standing.iter();
        standing.any(|(role, slot)| {
            let mut behind = slot.memory.invoices.iter();
            *role == Role::Main || behind.any(|one| one.as_str() == invoice)
        })
    };
    let mut unsent = Vec::new();
    for invoice in &job.invoices {
        let waits = may_wait && !is_billed(&invoice.id);
        for payment in &invoice.payments {
            let slot = kept.payments.get(&payment.id);
            let is_settled = slot.is_some_and(|slot| {
                slot.link().is_none() && slot.memory.decision == Some(Decision::Same)
            });
            if waits || is_settled {
                unsent.push(payment.amount);
            }
        }
        for refund in &invoice.refunds {
            let slot = kept
                .refunds
                .get(&refund.id)
                .filter(|slot| slot.link().is_none());
            if waits || slot.is_some_and(|slot| slot.memory.removal().is_final()) {
                unsent.push(kept.expensed(&refund.id) - refund.amount);
            }
        }
    }
    for ((payment, of), slot) in &kept.receipts {
        if slot.link().is_none() && slot.memory.removal().is_final() {
            let parts = job.parts(payment).filter(|(invoice, _)| invoice == of);
            unsent.push(match slot.memory.gone {
                true => slot.memory.amount,
                false => parts.map(|(_, part)| part).sum(),
            });
        }
    }
    let expenses = kept.expenses.values();
    let expenses = expenses.filter(|slot| {
        slot.link().is_none() && slot.memory.gone && !slot.memory.removal().is_asked()
    });
    unsent.extend(expenses.map(|slot| -slot.memory.amount));
    unsent
}
