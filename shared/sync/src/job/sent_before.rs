//! What our records tell of the QuickBooks invoices of a job.

use hcp::{InvoiceId, JobId, PaymentId, RefundId};
use ledger::Slot;
use mapping::{
    DepositForm, ExtraAccount, JobRecords, ProgressInvoices, Role, SentBefore, SentDocument,
    SlotName, invoice,
    marker::Marker,
    refund::{GivenBack, JobRefund},
};
use money::Cents;
use store::{Books, Record, Stored, Table};

use crate::{
    ctx::Ctx,
    engine::Engine,
    objects::slots::{StoredExpense, StoredInvoice, StoredPayment, StoredReceipt, StoredRefund},
    stop::Stop,
    world::World,
};

/// The slot of one of the invoices of a job.
pub(crate) fn invoice_slot(job: &JobId, role: Role) -> SlotName {
    match role.place() {
        Role::Main => SlotName::main_invoice(job),
        Role::Deposit => SlotName::deposit_invoice(job),
        Role::Part(count) => SlotName::part_invoice(job, count),
    }
}

/// What tells the invoice of a slot from others, in QuickBooks.
pub(crate) fn marker(books: &Books, slot: &SlotName) -> Marker {
    Marker::new(&books.company, slot.as_str())
}

impl<W: World> Engine<W> {
    /// How the documents of a job stand. Where its invoices leave no question open, nothing is read.
    pub(crate) async fn standing(
        &self,
        cx: &Ctx,
        records: &JobRecords,
    ) -> Result<SentBefore, Stop> {
        if records.is_plain(cx.settings.invoicing) {
            return Ok(standing(cx, &JobSlots::default()));
        }
        let slots = self.job_slots(cx, &records.job.id).await?;
        Ok(standing(cx, &slots))
    }

    /// The slots of the invoices, the payments, the refunds, what of these gives back credit and what repeats them, of a job,
    /// as far as there are any.
    pub(crate) async fn job_slots(&self, cx: &Ctx, job: &JobId) -> Result<JobSlots, Stop> {
        let all = cx.books.slots_of(job);
        let mut slots = JobSlots::default();
        let mut from = None;
        loop {
            let table = self.world.table();
            let page = table.list(&all.partition, &all.sort, from).await?;
            for record in &page.records {
                slots.take(job, record)?;
            }
            from = page.next;
            if from.is_none() {
                return Ok(slots);
            }
        }
    }
}

/// The slots of a job.
#[derive(Default)]
pub(crate) struct JobSlots {
    pub(crate) invoices: Vec<(Role, StoredInvoice)>,
    pub(crate) payments: Vec<(SlotName, StoredPayment)>,
    pub(crate) refunds: Vec<(SlotName, StoredRefund)>,
    /// What of refunds gives back credit, by these.
    pub(crate) expenses: Vec<(RefundId, StoredExpense)>,
    /// By the payments, and the invoices whose refunds they repeat.
    pub(crate) receipts: Vec<((PaymentId, InvoiceId), StoredReceipt)>,
}

impl JobSlots {
    /// Takes a slot of the job in, by the kind that its name tells.
    pub(crate) fn take(&mut self, job: &JobId, record: &Record) -> Result<(), Stop> {
        let name = record.key.sort.strip_prefix("slot#");
        let Some(name) = name.and_then(|name| SlotName::of_job(job, name)) else {
            return Ok(());
        };
        let end = name.as_str().strip_prefix(&format!("{job}#"));
        if let Some(role) = end.and_then(role) {
            self.invoices.push((role, Stored::decode(record)?));
        } else if name.payment_id(job).is_some() {
            self.payments.push((name, Stored::decode(record)?));
        } else if name.refund_id(job).is_some() {
            self.refunds.push((name, Stored::decode(record)?));
        } else if let Some(of) = name.repetition(job) {
            self.receipts.push((of, Stored::decode(record)?));
        } else if let Some(of) = name.expensed(job) {
            self.expenses.push((of, Stored::decode(record)?));
        }
        Ok(())
    }

    /// The slot of a payment, if there is one.
    pub(crate) fn payment(&self, name: &SlotName) -> Option<&StoredPayment> {
        let mut slots = self.payments.iter();
        slots.find(|(known, _)| known == name).map(|(_, slot)| slot)
    }

    /// The slot of a payment of Housecall Pro's, if there is one.
    pub(crate) fn payment_of(&self, job: &JobId, payment: &PaymentId) -> Option<&StoredPayment> {
        self.payment(&SlotName::payment(job, payment))
    }

    /// What payments of ours pay of a document.
    pub(crate) fn paid_of(&self, document: &qbo::Id) -> Cents {
        let ours = self.payments.iter().map(|(_, slot)| &slot.value);
        let ours = ours.filter(|slot| slot.link().is_some());
        ours.map(|slot| slot.memory.paid_of(document)).sum()
    }

    /// What of a refund an expense gave back, in QuickBooks or, where a person deleted that, otherwise.
    pub(crate) fn expensed(&self, refund: &RefundId) -> Cents {
        let mut slots = self.expenses.iter();
        let slot = slots
            .find(|(of, _)| of == refund)
            .map(|(_, slot)| &slot.value);
        let slot = slot.filter(|slot| slot.link().is_some() || slot.memory.gone);
        slot.map_or(Cents::ZERO, |slot| slot.memory.amount)
    }

    /// The refunds of a job that are not in QuickBooks, and should be.
    pub(crate) fn unsent_refunds(&self, records: &JobRecords) -> Vec<JobRefund> {
        let refunds = records.refunds().0.into_iter();
        let refunds = refunds.map(|refund| {
            let otherwise = self.expensed(&refund.id);
            refund.less(otherwise)
        });
        let unsent = refunds.filter(|refund| {
            let name = refund.slot(&records.job.id);
            let slot = self.refunds.iter().find(|(known, _)| *known == name);
            let is_settled = slot.is_some_and(|(_, slot)| {
                slot.value.link().is_some() || slot.value.memory.removal().is_settled()
            });
            let is_left = refund.amount > Cents::ZERO;
            is_left && !is_settled && !self.is_reopened(&refund.id)
        });
        unsent.collect()
    }

    /// Whether a payment was lowered for a refund, so that its invoice is open again (P5).
    pub(crate) fn is_reopened(&self, refund: &RefundId) -> bool {
        let payments = self.payments.iter();
        let mut reopened = payments.flat_map(|(_, slot)| &slot.value.memory.reopened);
        reopened.any(|one| one.refund == *refund)
    }
}

/// By the end of the slot's name, as [`invoice_slot`] writes it.
fn role(name: &str) -> Option<Role> {
    match name.split_once('#') {
        None if name == "main" => Some(Role::Main),
        Some(("deposit", "1")) => Some(Role::Deposit),
        Some(("partial", count)) => count.parse().ok().map(Role::Part),
        _ => None,
    }
}

pub(crate) fn standing(cx: &Ctx, job: &JobSlots) -> SentBefore {
    let slots = &job.invoices;
    let begun = |wanted: fn(Role) -> bool| {
        let mut slots = slots.iter();
        slots.find(|(role, slot)| wanted(*role) && slot.value.is_begun())
    };
    let main = begun(|role| role == Role::Main);
    let deposit = begun(|role| role == Role::Deposit);
    let part = begun(|role| matches!(role, Role::Part(_)));
    let chosen = cx.settings.progress_invoices == ProgressInvoices::PerInvoice;
    let known = |(role, slot): &(Role, StoredInvoice)| {
        let linked = slot.value.is_live();
        // What was refused before it was ever there is sent as it is by now.
        let sent = Some(&slot.value.memory.sent).filter(|_| linked);
        SentDocument {
            role: *role,
            invoices: slot.value.memory.invoices.clone(),
            linked,
            sent: sent.cloned().unwrap_or_default(),
        }
    };
    SentBefore {
        documents: slots.iter().map(known).collect(),
        per_invoice: match (main, part, deposit) {
            (Some((_, first)), ..) | (None, None, Some((_, first))) => {
                first.value.memory.per_invoice
            }
            (None, Some(_), _) => true,
            (None, None, None) => chosen,
        },
        deposit: deposit.and_then(|(_, slot)| form(&slot.value)),
        deposit_account: cx.settings.deposit_account,
        deposit_gone: deposit.is_some_and(|(_, slot)| slot.value.memory.gone),
        deposit_given_back: deposit_given_back(job),
    }
}

/// What refunds in QuickBooks gave back of the deposit of a job and no payment repeated (N7, P4, P5). One that somebody deleted
/// there counts until a person says that it stays away.
pub(crate) fn deposit_given_back(job: &JobSlots) -> GivenBack {
    let mut invoices = job.invoices.iter();
    let deposit = invoices.find(|(role, _)| *role == Role::Deposit);
    let behind = deposit.map_or(&[][..], |(_, slot)| &slot.value.memory.invoices);
    let refunds = job.refunds.iter().map(|(_, slot)| &slot.value);
    let of_it = refunds.filter(|slot| {
        let of = slot.memory.invoice.as_ref();
        let is_there = slot.link().is_some() || slot.memory.removal().may_return();
        is_there && of.is_some_and(|of| behind.contains(of))
    });
    let returned = of_it.fold(GivenBack::default(), |all, slot| {
        all + slot.memory.given_back
    });
    let repeated = job.receipts.iter().filter(|((_, of), slot)| {
        let is_there = slot.value.link().is_some() || slot.value.memory.removal().may_return();
        is_there && behind.contains(of)
    });
    let repeated = repeated.fold(GivenBack::default(), |all, (_, slot)| {
        all + slot.value.memory.sold
    });
    returned.less(repeated)
}

/// What the document in a deposit's slot bills; none where there is no document.
fn form(deposit: &Slot<invoice::Memory>) -> Option<DepositForm> {
    let items = &deposit.memory.bills;
    let mut accounts = [ExtraAccount::Income, ExtraAccount::Liability].into_iter();
    let account = accounts.find(|account| items.contains(&SlotName::deposit_item(*account)));
    deposit.is_live().then_some(match account {
        Some(account) => DepositForm::Item(account),
        None if items.is_empty() => DepositForm::LinesOffSales,
        None => DepositForm::Lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_of_an_invoice_is_read_as_what_it_was_written_for() {
        let job: JobId = serde_json::from_str("\"job_1\"").unwrap();
        for wanted in [Role::Main, Role::Deposit, Role::Part(1), Role::Part(12)] {
            let name = invoice_slot(&job, wanted);
            let end = name.as_str().strip_prefix("job_1#").unwrap();
            assert_eq!(role(end), Some(wanted.place()));
        }
        assert_eq!(role("payment#1"), None);
    }
}
