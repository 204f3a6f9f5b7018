//! What is known of the money of a job that stands in QuickBooks: what was paid of its documents, given back and paid once
//! more.

use hcp::{InvoiceId, PaymentId};
use ledger::Link;
use mapping::{
    ExtraAccount, JobRecords, Role, SlotName,
    payment::{Decision, JobPayment},
    refund::{self, Billed, Earlier, JobRefund, Mirror, Moved, NotReopened},
};
use money::Cents;
use qbo::Id;

use crate::{
    ctx::Ctx,
    engine::Engine,
    job::sent_before::JobSlots,
    objects::slots::{
        StoredInvoice, StoredItem, StoredPayment, StoredReceipt, StoredRefund, stored, wrote,
    },
    stop::Stop,
    world::World,
};

/// What the fates of refunds, and of what repeats them, follow from.
pub(crate) struct Known<'a> {
    pub(crate) records: &'a JobRecords,
    pub(super) payments: Vec<JobPayment>,
    /// Whether Housecall Pro tells payments so that they cannot be sent.
    pub(super) some_unusable: bool,
    pub(crate) slots: JobSlots,
    tips: Option<Id>,
    surcharges: Option<Id>,
    held: Option<Id>,
}

/// A document of the job that stands in QuickBooks.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    pub(crate) slot: &'a StoredInvoice,
    pub(super) link: &'a Link,
}

/// Where the money of a payment went.
pub(super) enum PaidInto<'a> {
    /// With this payment in QuickBooks, which knows the account.
    Payment(&'a Link),
    /// To this account, with a sales receipt.
    Account(&'a Id),
}

impl<'a> Known<'a> {
    pub(crate) async fn read<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
    ) -> Result<Self, Stop> {
        let table = engine.world.table();
        let item = async |name: SlotName| -> Result<Option<Id>, Stop> {
            let slot: StoredItem = stored(table, cx, &name).await?;
            Ok(slot.value.link().map(|link| link.id.clone()))
        };
        let (payments, unusable) = records.payments();
        let slots = engine.job_slots(cx, &records.job.id).await?;
        let mut documents = slots.invoices.iter();
        let held = match documents.any(|(role, _)| *role == Role::Deposit) {
            true => item(SlotName::deposit_item(ExtraAccount::Liability)).await?,
            false => None,
        };
        Ok(Self {
            records,
            payments,
            some_unusable: !unusable.is_empty(),
            slots,
            held,
            tips: item(SlotName::tips_item()).await?,
            surcharges: item(SlotName::surcharge_item()).await?,
        })
    }

    /// The document in QuickBooks that stands for an invoice.
    pub(crate) fn document(&self, invoice: &InvoiceId) -> Option<Document<'_>> {
        let mut slots = self.slots.invoices.iter();
        slots.find_map(|(_, slot)| {
            let memory = &slot.value.memory;
            let is_it = memory.invoices.contains(invoice) && !memory.gone;
            let link = slot.value.link().filter(|_| is_it)?;
            Some(Document { slot, link })
        })
    }

    pub(super) fn payment_slot(&self, payment: &JobPayment) -> Option<&StoredPayment> {
        self.slots.payment(&payment.slot(&self.records.job.id))
    }

    /// Where the money of a payment went; `None`: it is not in QuickBooks.
    pub(super) fn paid_into(&self, payment: &JobPayment) -> Option<PaidInto<'_>> {
        let slot = self.payment_slot(payment);
        if let Some(link) = slot.and_then(|slot| slot.value.link()) {
            return Some(PaidInto::Payment(link));
        }
        let mut receipts = self.slots.receipts.iter();
        receipts.find_map(|((of, _), slot)| {
            let is_there = *of == payment.id && slot.value.link().is_some();
            let account = slot.value.memory.account.as_ref().filter(|_| is_there)?;
            Some(PaidInto::Account(account))
        })
    }

    /// The payment that a refund gives back: one that was made before it and fits, as far as that can be told.
    pub(super) fn given_back(
        &self,
        refund: &JobRefund,
        fits: impl Fn(&JobPayment) -> bool,
    ) -> Option<&JobPayment> {
        let before = || {
            let payments = self.payments.iter();
            payments.filter(|payment| payment.paid_at <= refund.refunded_at)
        };
        let fitting = refund.gives_back(before().filter(|payment| fits(payment)));
        let before = || refund.gives_back(before());
        fitting
            .or_else(before)
            .or_else(|| refund.gives_back(&self.payments))
    }

    /// The payment of Housecall Pro's that is this one in QuickBooks.
    pub(super) fn paid_with(&self, id: &Id) -> Option<&PaymentId> {
        let is_it = |payment: &&JobPayment| {
            let slot = self.payment_slot(payment);
            slot.and_then(|slot| slot.value.link())
                .is_some_and(|link| link.id == *id)
        };
        self.payments.iter().find(is_it).map(|payment| &payment.id)
    }

    /// Whether so much can be taken off a payment, of what it pays of a document or pays nothing.
    pub(super) fn holds(&self, payment: &JobPayment, document: Document<'_>, much: Cents) -> bool {
        let slot = self.payment_slot(payment);
        let slot = slot.filter(|slot| slot.value.link().is_some());
        slot.is_some_and(|slot| {
            let memory = &slot.value.memory;
            memory.unapplied + memory.paid_of(&document.link.id) >= much
        })
    }

    /// What of a payment pays nothing in QuickBooks, as far as is known.
    pub(super) fn unapplied(&self, payment: &JobPayment) -> Cents {
        let slot = self.payment_slot(payment).map(|slot| &slot.value);
        let slot = slot.filter(|slot| slot.link().is_some());
        slot.map_or(Cents::ZERO, |slot| slot.memory.unapplied)
    }

    /// Whether a person decided that QuickBooks has a payment, or needs it not.
    pub(super) fn is_settled(&self, payment: &JobPayment) -> bool {
        let slot = self.payment_slot(payment);
        slot.is_some_and(|slot| slot.value.memory.decision == Some(Decision::Same))
    }

    /// Whether all payments of a document that were made before a refund are in QuickBooks, or need not be.
    pub(super) fn all_arrived(&self, document: Document<'_>, refund: &JobRefund) -> bool {
        let invoices = &document.slot.value.memory.invoices;
        let mut payments = self.payments.iter().filter(|payment| {
            let mut parts = payment.parts.iter();
            let is_on_it = parts.any(|(invoice, _)| invoices.contains(invoice));
            is_on_it && payment.paid_at <= refund.refunded_at
        });
        payments.all(|payment| {
            let slot = self.payment_slot(payment);
            let is_lowered = slot.is_some_and(|slot| !slot.value.memory.reopened.is_empty());
            self.paid_into(payment).is_some() || is_lowered || self.is_settled(payment)
        })
    }

    /// The refunds of a document that are receipts in QuickBooks.
    fn refunds_of(&self, document: Document<'_>) -> impl Iterator<Item = &StoredRefund> {
        let invoices = document.slot.value.memory.invoices.clone();
        let slots = self.slots.refunds.iter().map(|(_, slot)| slot);
        slots.filter(move |slot| {
            let of = slot.value.memory.invoice.as_ref();
            slot.value.link().is_some() && of.is_some_and(|of| invoices.contains(of))
        })
    }

    /// What repeats refunds of a document in QuickBooks.
    fn repetitions_of(&self, document: Document<'_>) -> impl Iterator<Item = &StoredReceipt> {
        let invoices = document.slot.value.memory.invoices.clone();
        let receipts = self.slots.receipts.iter();
        receipts.filter_map(move |((_, of), slot)| {
            let is_there = slot.value.link().is_some() && invoices.contains(of);
            is_there.then_some(slot)
        })
    }

    /// What was given back of a document by receipts, and not paid once more.
    pub(super) fn returned(&self, document: Document<'_>) -> Cents {
        let refunds = self.refunds_of(document);
        let returned: Cents = refunds.filter_map(|slot| slot.value.memory.total).sum();
        let repetitions = self.repetitions_of(document);
        let repeated: Cents = repetitions.map(|slot| slot.value.memory.amount).sum();
        returned - repeated
    }

    /// Why a refund is a receipt, where its payment should have been lowered, and nobody has paid once more since.
    pub(super) fn not_reopened(
        &self,
        refund: &JobRefund,
        slot: &StoredRefund,
    ) -> Option<NotReopened> {
        slot.value.link()?;
        let document = self.document(&refund.invoice)?;
        let is_open = self.returned(document) > Cents::ZERO;
        slot.value.memory.not_reopened.filter(|_| is_open)
    }

    /// What payments pay of a document in QuickBooks and was not given back.
    pub(super) fn left(&self, document: Document<'_>) -> Cents {
        let payments = self.slots.payments.iter().map(|(_, slot)| &slot.value);
        let linked = payments.filter(|slot| slot.link().is_some());
        let paid: Cents = linked
            .map(|slot| slot.memory.paid_of(&document.link.id))
            .sum();
        paid + self.paid_by_others(document) - self.returned(document)
    }

    /// What payments pay of a document of which a person said that somebody entered them in QuickBooks (R3).
    fn paid_by_others(&self, document: Document<'_>) -> Cents {
        let invoices = &document.slot.value.memory.invoices;
        let entered = self.payments.iter().filter(|payment| {
            let slot = self.payment_slot(payment).map(|slot| &slot.value);
            let is_there = slot.is_some_and(|slot| slot.link().is_none() && !slot.memory.gone);
            is_there && self.is_settled(payment)
        });
        let parts = entered.flat_map(|payment| &payment.parts);
        let parts = parts.filter(|(invoice, _)| invoices.contains(invoice));
        parts.map(|(_, part)| *part).sum()
    }

    /// What a document comes to less what was given back.
    pub(super) fn unreturned(&self, document: Document<'_>) -> Cents {
        let totals = document.slot.value.memory.totals.unwrap_or_default();
        totals.total - self.returned(document)
    }

    /// What a refund takes off its document; `None`: it is more than is left of that.
    pub(super) fn mirror(
        &self,
        cx: &Ctx,
        (document, invoice): (Document<'_>, &qbo::Invoice),
        refund: &JobRefund,
    ) -> Result<Option<Mirror>, Stop> {
        let billed = self.billed(cx, document, invoice);
        Ok(refund::mirrored(billed, &self.earlier(document)?, refund))
    }

    /// What so much of a payment sells once more that refunds took off a document; `None`: it is more than that.
    pub(crate) fn repeated(
        &self,
        cx: &Ctx,
        document: Document<'_>,
        amount: Cents,
    ) -> Result<Option<Mirror>, Stop> {
        let invoice: qbo::Invoice = wrote(&document.slot.value)?;
        let billed = self.billed(cx, document, &invoice);
        Ok(refund::repeated(billed, &self.earlier(document)?, amount))
    }

    fn billed<'b>(
        &'b self,
        cx: &'b Ctx,
        document: Document<'_>,
        invoice: &'b qbo::Invoice,
    ) -> Billed<'b> {
        let told = invoice.txn_tax_detail.as_ref();
        let code = told.and_then(|told| told.txn_tax_code_ref.as_ref());
        let totals = document.slot.value.memory.totals;
        let tax = totals.map(|totals| totals.tax);
        Billed {
            invoice,
            tax: tax
                .or(told.and_then(|told| told.total_tax))
                .unwrap_or_default(),
            tips: self.tips.as_ref(),
            surcharges: self.surcharges.as_ref(),
            held: self.held.as_ref(),
            rates: code.and_then(|code| cx.setup().sales_tax.rates_of(&code.value)),
        }
    }

    /// What happened in QuickBooks to what a document sold.
    fn earlier(&self, document: Document<'_>) -> Result<Vec<Earlier>, Stop> {
        let mut earlier = Vec::new();
        for slot in self.refunds_of(document) {
            let receipt: qbo::RefundReceipt = wrote(&slot.value)?;
            earlier.push(Earlier::Returned(Moved {
                lines: receipt.line,
                tax: slot.value.memory.given_back.tax,
            }));
        }
        for slot in self.repetitions_of(document) {
            let receipt: qbo::SalesReceipt = wrote(&slot.value)?;
            earlier.push(Earlier::Repeated(Moved {
                lines: receipt.line,
                tax: slot.value.memory.sold.tax,
            }));
        }
        Ok(earlier)
    }
}
