//! How the payments of a job are split: what repeats refunds is sent as sales receipts, the rest as payments (P1, P4).

use std::collections::BTreeSet;

use hcp::{InvoiceId, PaymentId};
use jiff::tz::TimeZone;
use mapping::{
    JobRecords,
    payment::{Decision, JobPayment, Unusable, days_between},
    refund::JobRefund,
    sales_receipt::{self, Repeats},
};
use money::Cents;

use crate::{
    ctx::Ctx,
    job::sent_before::JobSlots,
    objects::slots::{StoredPayment, StoredReceipt},
};

/// The payments of a job as they are sent as such: less what repeats refunds, and what was taken off them again so that
/// their invoices are open (P5). One that was made after a refund waits for that.
pub(crate) fn ordinary(
    cx: &Ctx,
    records: &JobRecords,
    slots: &JobSlots,
) -> (Vec<JobPayment>, Vec<Unusable>) {
    let split = Split::of(records, slots, &cx.zone);
    let (told, unusable) = records.payments();
    let told = told.into_iter();
    let ordinary = told.filter_map(|payment| split.ordinary(payment));
    (ordinary.collect(), unusable)
}

/// The payments that wait until a refund of their document is carried, or settled by a person.
pub(crate) fn waiting_for(
    cx: &Ctx,
    records: &JobRecords,
    slots: &JobSlots,
    refund: &JobRefund,
) -> Vec<JobPayment> {
    let split = Split::of(records, slots, &cx.zone);
    if split.is_receipt(refund) || split.is_settled(refund) {
        return Vec::new();
    }
    let documents = slots.invoices.iter();
    let mut documents = documents.map(|(_, slot)| &slot.value.memory.invoices);
    let alone = vec![refund.invoice.clone()];
    let document = documents.find(|invoices| invoices.contains(&refund.invoice));
    let document = document.unwrap_or(&alone);
    let payments = records.payments().0.into_iter().filter(|payment| {
        let mut parts = payment.parts.iter();
        split.waiting.contains(&payment.id)
            && payment.paid_at >= refund.refunded_at
            && parts.any(|(invoice, _)| document.contains(invoice))
    });
    payments.collect()
}

/// Within so many days a payment that is gone and a new one of equal amount are one that was entered again (P8).
const AGAIN: i32 = 7;

/// The payment whose part it is, and the invoice whose refunds that repeats.
pub(super) type Of = (PaymentId, InvoiceId);

/// How the payments of a job are split.
pub(super) struct Split<'a> {
    records: &'a JobRecords,
    slots: &'a JobSlots,
    pub(super) repeats: Repeats,
    /// Payments that wait for refunds made before them, or for what a person does about one that is gone.
    pub(super) waiting: BTreeSet<PaymentId>,
    /// What QuickBooks has of payments that Housecall Pro has no more, each with the payments that wait for it.
    pub(super) gone: Vec<(Of, Vec<Cents>)>,
    again: Option<(Of, Of)>,
}

impl<'a> Split<'a> {
    pub(super) fn of(records: &'a JobRecords, slots: &'a JobSlots, zone: &TimeZone) -> Self {
        let mut split = Self {
            records,
            slots,
            repeats: Repeats::new(),
            waiting: BTreeSet::new(),
            gone: Vec::new(),
            again: None,
        };
        let (payments, refunds) = (records.payments().0, records.refunds().0);
        // What gave back credit took nothing off the invoice.
        let sold = refunds.into_iter().map(|refund| {
            let otherwise = slots.expensed(&refund.id);
            refund.less(otherwise)
        });
        let due_again = sold
            .filter(|refund| refund.amount > Cents::ZERO && records.is_due_again(&refund.invoice));
        let (carried, others): (Vec<JobRefund>, Vec<JobRefund>) =
            due_again.partition(|refund| split.is_receipt(refund));
        let documents = slots.invoices.iter();
        let documents: Vec<Vec<InvoiceId>> = documents
            .map(|(_, slot)| slot.value.memory.invoices.clone())
            .collect();
        let sent = |payment: &PaymentId, invoice: &InvoiceId| split.sent(payment, invoice);
        let repeats = sales_receipt::repeats(&payments, &carried, &documents, sent);
        let ahead: Vec<JobRefund> = others
            .into_iter()
            .filter(|refund| !split.is_settled(refund))
            .collect();
        let waiting = payments.iter().filter(|payment| {
            let unsent = |(invoice, _): &(InvoiceId, Cents)| split.sent(&payment.id, invoice);
            let is_sent = payment.parts.iter().any(|part| unsent(part).is_some());
            let one = std::slice::from_ref(*payment);
            let waits = sales_receipt::repeats(one, &ahead, &documents, |_, _| None);
            !is_sent && !waits.is_empty()
        });
        let waiting = waiting.map(|payment| payment.id.clone()).collect();
        split.repeats = repeats;
        split.waiting = waiting;
        split.hold_up(&payments, &documents, zone);
        split
    }

    /// P4, P8: what repeats a refund beside what a payment that is gone repeated waits until that is settled, unless it
    /// is the same one, entered anew.
    fn hold_up(&mut self, payments: &[JobPayment], documents: &[Vec<InvoiceId>], zone: &TimeZone) {
        let unusable = self.records.payments().1;
        let is_told = |id: &PaymentId| {
            payments.iter().any(|payment| payment.id == *id)
                || unusable.iter().any(|one| one.id == *id)
        };
        let linked = self.slots.receipts.iter();
        let gone = linked.filter(|((id, _), slot)| slot.value.link().is_some() && !is_told(id));
        for (of, slot) in gone {
            let alone = std::slice::from_ref(&of.1);
            let mut documents = documents.iter();
            let document = documents.find(|invoices| invoices.contains(&of.1));
            let document = document.map_or(alone, Vec::as_slice);
            let mut held_up = Vec::new();
            for payment in payments {
                let own = self.repeats.get(&payment.id).into_iter().flatten();
                let unsent = |(invoice, _): &&(InvoiceId, Cents)| {
                    document.contains(invoice) && self.sent(&payment.id, invoice).is_none()
                };
                let own: Vec<&(InvoiceId, Cents)> = own.filter(unsent).collect();
                if own.is_empty() {
                    continue;
                }
                let memory = &slot.value.memory;
                let same = (of.1.clone(), memory.amount);
                let whole = (of.1.clone(), memory.of);
                let days = memory
                    .date
                    .map(|date| days_between(date, payment.date(zone)));
                if own.contains(&&same)
                    && payment.parts.contains(&whole)
                    && days.is_some_and(|days| days <= AGAIN)
                    && !self.records.has_failed(&of.0)
                {
                    self.again = Some((of.clone(), (payment.id.clone(), of.1.clone())));
                }
                if self.waiting.insert(payment.id.clone()) {
                    held_up.push(payment.total());
                }
            }
            self.gone.push((of.clone(), held_up));
        }
    }

    /// What QuickBooks has of a payment that is gone, and what this was entered again as.
    pub(super) fn entered_again(&self) -> Option<(&Of, &Of)> {
        self.again.as_ref().map(|(gone, anew)| (gone, anew))
    }

    /// What of a payment is sent as such, if anything is by now.
    fn ordinary(&self, mut payment: JobPayment) -> Option<JobPayment> {
        if self.waiting.contains(&payment.id) {
            return None;
        }
        payment.repeats = self.repeats.get(&payment.id).cloned().unwrap_or_default();
        let slot = self.payment(&payment.id);
        for (invoice, part) in &mut payment.parts {
            if let Some(receipt) = self.receipt(&payment.id, invoice) {
                let memory = &receipt.value.memory;
                // All of it is the receipt: what changed of it is told, and not sent.
                let is_all = receipt.value.is_live() && memory.of == memory.amount;
                *part = if is_all { memory.of } else { *part };
            }
            let repeats = payment.repeats.iter().filter(|(of, _)| of == invoice);
            let repeats: Cents = repeats.map(|(_, amount)| *amount).sum();
            let reopened = slot.iter().flat_map(|slot| &slot.value.memory.reopened);
            let reopened = reopened.filter(|one| one.invoice == *invoice);
            let reopened: Cents = reopened.map(|one| one.amount).sum();
            *part = (*part - repeats - reopened).max(Cents::ZERO);
        }
        // One that stands in QuickBooks is compared with it.
        let is_linked = slot.is_some_and(|slot| slot.value.is_live());
        if !is_linked {
            payment.parts.retain(|(_, part)| *part > Cents::ZERO);
        }
        (!payment.parts.is_empty()).then_some(payment)
    }

    fn payment(&self, payment: &PaymentId) -> Option<&StoredPayment> {
        let name = mapping::SlotName::payment(&self.records.job.id, payment);
        self.slots.payment(&name)
    }

    fn receipt(&self, payment: &PaymentId, invoice: &InvoiceId) -> Option<&StoredReceipt> {
        let mut receipts = self.slots.receipts.iter();
        let is_it = |((of, on), _): &&((PaymentId, InvoiceId), _)| of == payment && on == invoice;
        receipts.find(is_it).map(|(_, slot)| slot)
    }

    /// How much of a payment of an invoice repeats refunds, where some of it was sent: that stays, whatever is refunded
    /// or told later.
    fn sent(&self, payment: &PaymentId, invoice: &InvoiceId) -> Option<Cents> {
        let receipt = self.receipt(payment, invoice).map(|slot| &slot.value);
        let receipt = receipt.filter(|slot| slot.is_live() || slot.memory.gone);
        if let Some(receipt) = receipt {
            return Some(receipt.memory.amount);
        }
        let slot = &self.payment(payment)?.value;
        let memory = &slot.memory;
        let is_sent = slot.is_begun()
            || memory.gone
            || !memory.reopened.is_empty()
            || memory.decision == Some(Decision::Same);
        is_sent.then(|| {
            let of_it = memory.repeats.iter().filter(|(of, _)| of == invoice);
            of_it.map(|(_, amount)| *amount).sum()
        })
    }

    fn is_receipt(&self, refund: &JobRefund) -> bool {
        let name = refund.slot(&self.records.job.id);
        let mut slots = self.slots.refunds.iter();
        slots.any(|(known, slot)| *known == name && slot.value.link().is_some())
    }

    /// Whether nothing is to be done for a refund any more.
    fn is_settled(&self, refund: &JobRefund) -> bool {
        let name = refund.slot(&self.records.job.id);
        let mut slots = self.slots.refunds.iter();
        let by_hand =
            slots.any(|(known, slot)| *known == name && slot.value.memory.removal().is_final());
        by_hand
            || self.slots.is_reopened(&refund.id)
            || self.slots.expensed(&refund.id) >= refund.amount && refund.amount > Cents::ZERO
    }
}
