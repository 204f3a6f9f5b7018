//! The payments of one job, its refunds, and what repeats these, linked again.

use std::collections::BTreeMap;

use hcp::{InvoiceId, PaymentId, RefundId};
use ledger::Slot;
use mapping::{
    AnyKind, JobRecords, QboObject, SlotName, expense, payment, refund,
    restore::{
        Difference, FoundExpense, FoundMoney, FoundPayment, FoundReceipt, FoundRefund, Known,
        RestoredPayment,
    },
    sales_receipt,
};
use money::Cents;
use serde::{Serialize, de::DeserializeOwned};
use store::{Stored, read};

use super::{
    Differing, Lowered,
    documents::which,
    job::{Found, Linking, OfJob},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    objects::slots::{StoredExpense, StoredPayment, StoredReceipt, StoredRefund, stored},
    stop::{Stop, broken},
    world::World,
};

/// What Housecall Pro tells of the invoices of a payment or a refund, whatever became of it.
type Told<I> = BTreeMap<I, Vec<InvoiceId>>;

impl<W: World> Engine<W> {
    /// The money of a job that QuickBooks has, with what of it is `left_over`: of payments that Housecall Pro has no more.
    pub(super) async fn found_money(
        &self,
        cx: &Ctx,
        found: &Found,
        records: &JobRecords,
        left_over: &[QboObject],
    ) -> Result<FoundMoney, Stop> {
        let job = &records.job.id;
        let (payments, refunds) = told(records);
        let mut money = FoundMoney::default();
        for (id, invoices) in &payments {
            let name = SlotName::payment(job, id);
            let there = self.found(cx, found, AnyKind::Payment, &name).await?;
            if let Some(QboObject::Payment(there)) = there {
                let payment = self.found_payment(cx, &name, (id, invoices), *there);
                money.payments.push(payment.await?);
            }
            for invoice in invoices {
                let name = SlotName::sales_receipt(job, id, invoice);
                let there = self.found(cx, found, AnyKind::SalesReceipt, &name).await?;
                if let Some(QboObject::SalesReceipt(there)) = there {
                    money.receipts.push(FoundReceipt {
                        payment: id.clone(),
                        invoice: invoice.clone(),
                        there: *there,
                    });
                }
            }
        }
        for (id, invoices) in refunds {
            let name = SlotName::expense(job, &id);
            let there = self.found(cx, found, AnyKind::Purchase, &name).await?;
            if let Some(QboObject::Purchase(there)) = there {
                let (id, there) = (id.clone(), *there);
                money.expenses.push(FoundExpense { id, there });
            }
            let name = SlotName::refund(job, &id);
            let there = self.found(cx, found, AnyKind::RefundReceipt, &name).await?;
            let invoice = invoices.into_iter().next();
            if let (Some(QboObject::RefundReceipt(there)), Some(invoice)) = (there, invoice) {
                money.refunds.push(FoundRefund {
                    id,
                    invoice,
                    there: *there,
                });
            }
        }
        self.find_left_over(cx, records, left_over, &mut money)
            .await?;
        Ok(money)
    }

    /// Adds what is left over, each under an id that stands for the one that it had in Housecall Pro: so it is told that it
    /// is gone there, and one that is entered anew takes it over (P8).
    async fn find_left_over(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        left_over: &[QboObject],
        money: &mut FoundMoney,
    ) -> Result<(), Stop> {
        let is_found = |id: &qbo::Id| {
            let payments = money.payments.iter().map(|one| &one.there.id);
            let mut ids = payments.chain(money.receipts.iter().map(|one| &one.there.id));
            ids.any(|known| known.as_ref() == Some(id))
        };
        let left_over: Vec<(&QboObject, qbo::Id)> = left_over
            .iter()
            .filter_map(|one| Some((one, one.identity()?.0)))
            .filter(|(_, id)| !is_found(id))
            .collect();
        for (one, id) in left_over {
            let stands_for = PaymentId::parse(&format!("qbo_{id}")).map_err(broken)?;
            match one {
                QboObject::Payment(there) => {
                    let name = SlotName::payment(&records.job.id, &stands_for);
                    let invoices = records.invoices.iter().map(|one| one.id.clone());
                    let of = (&stands_for, &invoices.collect());
                    let payment = self.found_payment(cx, &name, of, (**there).clone());
                    money.payments.push(payment.await?);
                }
                QboObject::SalesReceipt(there) => {
                    let invoice = sales_receipt::invoice_of(records, there);
                    money.receipts.extend(invoice.map(|invoice| FoundReceipt {
                        payment: stands_for,
                        invoice: invoice.clone(),
                        there: (**there).clone(),
                    }));
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn found(
        &self,
        cx: &Ctx,
        found: &Found,
        kind: AnyKind,
        name: &SlotName,
    ) -> Result<Option<QboObject>, Stop> {
        let of_slot = found.documents.of_slot(&cx.books, kind, name);
        self.one_of(cx, name, &of_slot).await
    }

    async fn found_payment(
        &self,
        cx: &Ctx,
        name: &SlotName,
        (id, invoices): (&PaymentId, &Vec<InvoiceId>),
        there: qbo::Payment,
    ) -> Result<FoundPayment, Stop> {
        let slot = read::<Slot<payment::Memory>>(self.world.table(), &cx.books.slot(name)).await?;
        let slot = slot
            .map(|slot| slot.value)
            .filter(|slot| slot.is_begun() || slot.moved().is_some() || slot.memory.gone);
        Ok(FoundPayment {
            id: id.clone(),
            invoices: invoices.clone(),
            known: match slot {
                None => Known::Nothing,
                Some(slot) => {
                    let link = slot.link().filter(|_| !slot.is_sending());
                    let is_older = link.is_some_and(|link| {
                        Some(&link.id) == there.id.as_ref()
                            && Some(&link.sync_token) != there.sync_token.as_ref()
                    });
                    let memory = Box::new(slot.memory);
                    match is_older {
                        true => Known::Before(memory),
                        false => Known::Now(memory),
                    }
                }
            },
            there,
        })
    }

    /// Links the money of a job whose documents stand for these invoices.
    pub(super) async fn restore_money(
        &self,
        cx: &Ctx,
        found: &Found,
        records: &JobRecords,
        (money, documents): (FoundMoney, &[(qbo::Id, Vec<InvoiceId>)]),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let restored = records.restored_money(&money, documents, &cx.zone);
        let told = records.refunds().0;
        let told = |id: &RefundId| told.iter().find(|refund| refund.id == *id);
        let receipts = money.refunds.iter().map(|refund| {
            let told = told(&refund.id)?;
            Some(told.amount - money.expensed(told))
        });
        let receipts: Vec<Option<Cents>> = receipts.collect();
        for (payment, restored) in money.payments.into_iter().zip(restored.payments) {
            if !found.is_claimed(&payment.there.clone().into()) {
                self.restore_payment(cx, records, (payment, restored), of_job)
                    .await?;
            }
        }
        for (expense, memory) in money.expenses.into_iter().zip(restored.expenses) {
            if !found.is_claimed(&expense.there.clone().into()) {
                let is_alone = money.refunds.iter().all(|one| one.id != expense.id);
                let told = told(&expense.id).filter(|_| is_alone);
                let told = told.map_or(memory.amount, |told| told.amount);
                self.restore_expense(cx, records, (expense, memory, told), of_job)
                    .await?;
            }
        }
        for (refund, told) in money.refunds.into_iter().zip(receipts) {
            if !found.is_claimed(&refund.there.clone().into()) {
                self.restore_refund(cx, records, (refund, told), of_job)
                    .await?;
            }
        }
        for (receipt, memory) in money.receipts.into_iter().zip(restored.receipts) {
            if !found.is_claimed(&receipt.there.clone().into()) {
                self.restore_receipt(cx, records, (receipt, memory), of_job)
                    .await?;
            }
        }
        Ok(())
    }

    async fn restore_payment(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        (found, restored): (FoundPayment, RestoredPayment),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let name = SlotName::payment(&records.job.id, &found.id);
        let there = QboObject::from(found.there.clone());
        of_job.claimed.extend(which(&there));
        let told = records.payments().0;
        let told = told.iter().find(|payment| payment.id == found.id);
        let total = told.map_or(found.there.total_amt.unwrap_or_default(), |told| {
            told.total()
        });
        let report = &mut of_job.report;
        let what = format!("payment of {total}");
        let differing = Differing::new(records, what, restored.differences);
        report.differing.extend(differing);
        if restored.lowered > Cents::ZERO {
            report.lowered.push(Lowered {
                job: records.known_by().to_owned(),
                payment: total,
                by: restored.lowered,
            });
        }
        let mut slot: StoredPayment = stored(self.world.table(), cx, &name).await?;
        let is_new = slot.value.memory.reopened != restored.memory.reopened;
        slot.value.memory = restored.memory;
        let is_given_back = restored.is_given_back;
        match found.known {
            Known::Now(_) => {
                report.already += 1;
                return Ok(());
            }
            Known::Before(_) => {
                report.already += 1;
                if is_new {
                    self.put(vec![slot.put()?]).await?;
                }
            }
            Known::Nothing => {
                let both = (there, restored.ours.into());
                if slot.value.memory.gone {
                    self.enter_gone(slot, of_job).await?;
                } else {
                    self.enter_again(cx, (name.clone(), slot), both, of_job)
                        .await?;
                }
            }
        }
        if is_given_back {
            self.leave_void(cx, &name, String::new()).await?;
        }
        Ok(())
    }

    async fn restore_refund(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        (found, told): (FoundRefund, Option<Cents>),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let name = SlotName::refund(&records.job.id, &found.id);
        let there = QboObject::from(found.there.clone());
        of_job.claimed.extend(which(&there));
        if let Some(told) = told {
            let what = format!("refund of {told}");
            let differences = amounts(told, found.there.total_amt, there.is_voided());
            let differing = Differing::new(records, what, differences);
            of_job.report.differing.extend(differing);
        }
        let mut slot: StoredRefund = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_begun() || slot.value.memory.gone {
            of_job.report.already += 1;
            return Ok(());
        }
        slot.value.memory = refund::Memory {
            given_back: found.given_back(),
            invoice: Some(found.invoice),
            gone: there.is_voided(),
            asked: there.is_voided(),
            ..refund::Memory::default()
        };
        if there.is_voided() {
            return self.enter_gone(slot, of_job).await;
        }
        let ours = qbo::RefundReceipt {
            id: None,
            sync_token: None,
            meta_data: None,
            ..found.there
        };
        self.enter_again(cx, (name, slot), (there, ours.into()), of_job)
            .await
    }

    async fn restore_expense(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        (found, memory, told): (FoundExpense, expense::Memory, Cents),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let name = SlotName::expense(&records.job.id, &found.id);
        let there = QboObject::from(found.there.clone());
        of_job.claimed.extend(which(&there));
        let what = format!("expense of {told}");
        let differences = amounts(told, found.there.total_amt, there.is_voided());
        let differing = Differing::new(records, what, differences);
        of_job.report.differing.extend(differing);
        let mut slot: StoredExpense = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_begun() || slot.value.memory.gone {
            of_job.report.already += 1;
            return Ok(());
        }
        slot.value.memory = memory;
        if slot.value.memory.gone {
            return self.enter_gone(slot, of_job).await;
        }
        let ours = qbo::Purchase {
            id: None,
            sync_token: None,
            meta_data: None,
            linked_txn: Vec::new(),
            ..found.there
        };
        self.enter_again(cx, (name, slot), (there, ours.into()), of_job)
            .await
    }

    async fn restore_receipt(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        (found, memory): (FoundReceipt, sales_receipt::Memory),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let name = SlotName::sales_receipt(&records.job.id, &found.payment, &found.invoice);
        let there = QboObject::from(found.there.clone());
        of_job.claimed.extend(which(&there));
        let what = format!("sales receipt of {}", memory.amount);
        let differences = amounts(memory.amount, found.there.total_amt, there.is_voided());
        let differing = Differing::new(records, what, differences);
        of_job.report.differing.extend(differing);
        let mut slot: StoredReceipt = stored(self.world.table(), cx, &name).await?;
        let is_left = slot.value.moved().is_some() || slot.value.memory.gone;
        if slot.value.is_begun() || is_left {
            of_job.report.already += 1;
            return Ok(());
        }
        slot.value.memory = memory;
        if slot.value.memory.gone {
            return self.enter_gone(slot, of_job).await;
        }
        let ours = qbo::SalesReceipt {
            id: None,
            sync_token: None,
            meta_data: None,
            ..found.there
        };
        self.enter_again(cx, (name, slot), (there, ours.into()), of_job)
            .await
    }

    /// Enters that a person voided it (R4).
    async fn enter_gone<M: Serialize + DeserializeOwned>(
        &self,
        slot: Stored<Slot<M>>,
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        of_job.report.linked += 1;
        self.put(vec![slot.put()?]).await
    }

    async fn enter_again<M: Clone + Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        (name, slot): (SlotName, Stored<Slot<M>>),
        (there, ours): (QboObject, QboObject),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let linking = Linking {
            name,
            slot,
            there,
            ours: Some(ours),
        };
        self.link_again(cx, linking, Vec::new(), &mut of_job.report)
            .await
    }
}

/// The payments and the refunds of a job, whatever became of them, with the invoices that tell of them.
fn told(records: &JobRecords) -> (Told<PaymentId>, Told<RefundId>) {
    let (mut payments, mut refunds) = (Told::new(), Told::new());
    for invoice in &records.invoices {
        for payment in &invoice.payments {
            let invoices: &mut Vec<InvoiceId> = payments.entry(payment.id.clone()).or_default();
            invoices.push(invoice.id.clone());
        }
        for refund in &invoice.refunds {
            let invoices: &mut Vec<InvoiceId> = refunds.entry(refund.id.clone()).or_default();
            invoices.push(invoice.id.clone());
        }
    }
    (payments, refunds)
}

/// What a refund, or what repeats one, has otherwise in QuickBooks.
fn amounts(ours: Cents, theirs: Option<Cents>, is_void: bool) -> Vec<Difference> {
    let theirs = theirs.unwrap_or_default();
    match (is_void, ours == theirs) {
        (true, _) => vec![Difference::Void],
        (false, true) => Vec::new(),
        (false, false) => vec![Difference::Amount { ours, theirs }],
    }
}
