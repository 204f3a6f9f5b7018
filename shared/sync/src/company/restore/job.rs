//! The documents of one job, linked again.

use std::collections::BTreeSet;

use hcp::{JobId, Trigger};
use ledger::{Former, LedgerError, Seen, Slot, owner};
use mapping::{
    AnyKind, JobRecords, Kind, ProgressInvoices, QboObject, Role, SlotName,
    alert::Alert,
    customer, invoice, payment,
    refund::{self, JobRefund},
    restore::{Chosen, Difference, FoundInvoice, FoundRefund, Restored},
};
use ports::{Chance, Clock};
use serde::{Serialize, de::DeserializeOwned};
use store::{Job, JobState, Payer, Stored, Write, read};

use super::{
    Differing, Marked, Report,
    documents::{Documents, Which, which},
};
use crate::{
    calls::housecall::{Asked, know},
    ctx::Ctx,
    engine::Engine,
    job::{
        look::mark,
        sent_before::{invoice_slot, marker},
    },
    ledger::{object, seen},
    objects::slots::{StoredCustomer, StoredInvoice, StoredPayment, StoredRefund, stored},
    stop::{Stop, broken},
    work::{message::Evidence, park::SAFETY},
    world::World,
};

/// Progress invoices of a job that are looked for.
const MOST_PARTS: u32 = 100;

/// What a run knows of the documents in QuickBooks, and of those that belong to a slot by now.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) documents: Documents,
    pub(super) claimed: BTreeSet<Which>,
    /// The slots of customers that were looked at.
    customers: BTreeSet<SlotName>,
}

/// The roles that an invoice of a job can have.
fn roles() -> impl Iterator<Item = Role> {
    let parts = (2..=MOST_PARTS).map(Role::Part);
    [Role::Main, Role::Deposit].into_iter().chain(parts)
}

/// An object to be linked.
struct Linking<M> {
    name: SlotName,
    slot: Stored<Slot<M>>,
    there: QboObject,
    /// What of ours stands in it.
    ours: Option<QboObject>,
}

impl<W: World> Engine<W> {
    /// Links what QuickBooks has of a job. Tells whether it has any.
    pub(super) async fn restore_job(
        &self,
        cx: &Ctx,
        found: &mut Found,
        id: &JobId,
        report: &mut Report,
    ) -> Result<bool, Stop> {
        let mut invoices: Vec<(Role, qbo::Invoice)> = Vec::new();
        for role in roles() {
            let name = invoice_slot(id, role);
            let of_slot = found.documents.of_slot(&cx.books, AnyKind::Invoice, &name);
            if let Some(QboObject::Invoice(invoice)) = self.one_of(cx, &name, &of_slot).await? {
                invoices.push((role, *invoice));
            }
        }
        let Some((_, first)) = invoices.first() else {
            return Ok(false);
        };
        if id.invoice().is_some() {
            self.restore_payer(cx, id, first).await?;
        }
        let records = match self.read_records(cx, id, None).await {
            Ok(Some(records)) => records,
            Ok(None) => return Ok(true),
            Err(Stop::Alert(alert)) => {
                report.unreadable.push(match alert.as_ref() {
                    // It is not mended in Housecall Pro.
                    Alert::Invoice(_) => format!("{} {}", alert.message(), alert.resolution()),
                    _ => alert.message(),
                });
                return Ok(true);
            }
            Err(stop) => return Err(stop),
        };
        let as_found: Vec<FoundInvoice<'_>> = invoices
            .iter()
            .map(|(role, invoice)| FoundInvoice {
                role: *role,
                invoice,
            })
            .collect();
        let chosen = Chosen {
            invoicing: cx.settings.invoicing,
            per_invoice: cx.settings.progress_invoices == ProgressInvoices::PerInvoice,
            deposit_account: cx.settings.deposit_account,
            setup: cx.setup(),
        };
        let refunds = self.receipts(cx, found, &records).await?;
        let restored = records.restored(&as_found, &found_refunds(&refunds), chosen);
        for ((_, invoice), restored) in invoices.iter().zip(restored) {
            let customer = SlotName::customer(&records.customer.id);
            if !found.customers.contains(&customer) {
                self.restore_customer(cx, &customer, &records, invoice)
                    .await?;
                found.customers.insert(customer);
            }
            self.restore_invoice(cx, found, &records, (restored, invoice), report)
                .await?;
        }
        self.restore_payments(cx, found, &records, report).await?;
        for (refund, receipt) in refunds {
            self.restore_refund(cx, found, &records, (refund, receipt), report)
                .await?;
        }
        Ok(true)
    }

    /// Whose an invoice without a job is (P6), as QuickBooks tells: the customer who was linked again with their jobs, else
    /// the one of that name. Where neither tells, a person is asked.
    async fn restore_payer(
        &self,
        cx: &Ctx,
        id: &JobId,
        invoice: &qbo::Invoice,
    ) -> Result<(), Stop> {
        let table = self.world.table();
        let record = read::<Job>(table, &cx.books.job(id)).await?;
        if record.is_some_and(|record| record.value.payer().is_some()) {
            return Ok(());
        }
        let Some(to) = &invoice.customer_ref else {
            return Ok(());
        };
        let owner = owner(table, &cx.books, &AnyKind::Customer.name(), &to.value).await?;
        let linked = owner.and_then(|owner| owner.value.slot.customer_id());
        let payer = match (linked, &to.name) {
            (Some(linked), _) => Some(linked),
            (None, Some(name)) => match self.customers_named(cx, name).await? {
                Ok(named) => only(named),
                Err(error) => return Err(self.housecall_stop(cx, &Asked::Lists, &error).await?),
            },
            (None, None) => None,
        };
        let Some(payer) = payer else { return Ok(()) };
        self.keep_payer(cx, id, Some(&Payer::Found(payer))).await?;
        Ok(())
    }

    /// The refunds of a job with the receipts that QuickBooks has of them.
    async fn receipts(
        &self,
        cx: &Ctx,
        found: &Found,
        records: &JobRecords,
    ) -> Result<Vec<(JobRefund, qbo::RefundReceipt)>, Stop> {
        let mut receipts = Vec::new();
        for refund in records.refunds().0 {
            let name = refund.slot(&records.job.id);
            let documents = &found.documents;
            let of_slot = documents.of_slot(&cx.books, AnyKind::RefundReceipt, &name);
            let there = self.one_of(cx, &name, &of_slot).await?;
            if let Some(QboObject::RefundReceipt(there)) = there {
                receipts.push((refund, *there));
            }
        }
        Ok(receipts)
    }

    /// Which of the documents with the marker of a slot it is: the one that the slot has, else the first.
    async fn one_of(
        &self,
        cx: &Ctx,
        name: &SlotName,
        documents: &[&QboObject],
    ) -> Result<Option<QboObject>, Stop> {
        if documents.is_empty() {
            return Ok(None);
        }
        let slot = read::<Slot>(self.world.table(), &cx.books.slot(name)).await?;
        let linked = slot.as_ref().and_then(|slot| slot.value.link());
        let mut all = documents.iter();
        let own = linked
            .and_then(|link| all.find(|one| one.identity().is_some_and(|(id, _)| id == link.id)));
        Ok(own.or(documents.first()).map(|one| (*one).clone()))
    }

    async fn restore_invoice(
        &self,
        cx: &Ctx,
        found: &mut Found,
        records: &JobRecords,
        (restored, there): (Restored, &qbo::Invoice),
        report: &mut Report,
    ) -> Result<(), Stop> {
        let job = &records.job.id;
        let name = invoice_slot(job, restored.role);
        let mut slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        let there_is = QboObject::from(there.clone());
        found.claimed.extend(which(&there_is));
        let number = there.doc_number.as_ref().map(ToString::to_string);
        let what = format!("invoice {}", number.clone().unwrap_or_default());
        report
            .differing
            .extend(Differing::new(records, what, restored.differences.clone()));
        if slot.value.is_begun() {
            report.already += 1;
            return Ok(());
        }
        let note = marker(&cx.books, &name).theirs(there.private_note.as_deref());
        slot.value.memory = invoice::Memory {
            note,
            ..restored.memory
        };
        let linking = Linking {
            name,
            slot,
            there: there_is.clone(),
            ours: restored.ours.map(QboObject::from),
        };
        let further = self.job_to_look_at(cx, records).await?;
        self.link_again(cx, linking, further, report).await?;
        if there_is.is_voided() && !restored.is_wanted {
            let name = invoice_slot(job, restored.role);
            self.leave_void(cx, &name, number.unwrap_or_default())
                .await?;
        }
        Ok(())
    }

    /// A document that is void, and that the job lacks no more: its slot is empty.
    async fn leave_void(&self, cx: &Ctx, name: &SlotName, number: String) -> Result<(), Stop> {
        let slot: StoredInvoice = stored(self.world.table(), cx, name).await?;
        if slot.value.link().is_none() {
            return Ok(());
        }
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        let slot = slot.in_form(Slot::raw)?;
        Ok(ledger::void(table, writer, slot, number, self.world.clock().now()).await?)
    }

    /// The customer whom an invoice is made out to, where their name agrees: the invoice tells which of several of that
    /// name it is. Whoever has another name by now is looked for by name, as ever (C6).
    async fn restore_customer(
        &self,
        cx: &Ctx,
        name: &SlotName,
        records: &JobRecords,
        invoice: &qbo::Invoice,
    ) -> Result<(), Stop> {
        let Some(to) = invoice.customer_ref.as_ref().map(|to| to.value.clone()) else {
            return Ok(());
        };
        let mut slot: StoredCustomer = stored(self.world.table(), cx, name).await?;
        if slot.value.is_begun() || slot.value.moved().is_some() {
            return Ok(());
        }
        let Some(there) = self.customer_above(cx, to).await? else {
            return Ok(());
        };
        let called = there.display_name.clone().unwrap_or_default();
        if !records.is_customer_named(&called) {
            return Ok(());
        }
        let given = customer::given_name(&records.customer);
        let apart = mapping::name_hash(&given);
        let mut wanted = customer::wanted(&records.customer, records.job.address.as_ref());
        let is_apart = wanted.display_name.as_deref().map(mapping::normalised)
            != Some(mapping::normalised(&called));
        if is_apart {
            wanted = customer::told_apart(wanted, &apart);
        }
        slot.value.memory = customer::Memory {
            emails: customer::kept_emails(&records.customer),
            suffix: is_apart.then_some(apart),
            invoice: invoice.id.clone(),
            ..customer::Memory::default()
        };
        wanted.name_in(&mut slot.value.memory, &given, None);
        let linking = Linking {
            name: name.clone(),
            slot,
            there: there.into(),
            ours: Some(wanted.ours().into()),
        };
        self.link_again(cx, linking, Vec::new(), &mut Report::default())
            .await
    }

    /// The customer of that id, or of whom they are a sub-customer.
    async fn customer_above(
        &self,
        cx: &Ctx,
        mut id: qbo::Id,
    ) -> Result<Option<qbo::Customer>, Stop> {
        /// Levels of sub-customers that QuickBooks has.
        const LEVELS: usize = 5;
        for _ in 0..LEVELS {
            let there = self.read_by_id(cx, AnyKind::Customer, &id).await?;
            let Some(QboObject::Customer(there)) = there else {
                return Ok(None);
            };
            match &there.parent_ref {
                Some(parent) => id = parent.value.clone(),
                None => return Ok(Some(*there)),
            }
        }
        Ok(None)
    }

    async fn restore_payments(
        &self,
        cx: &Ctx,
        found: &mut Found,
        records: &JobRecords,
        report: &mut Report,
    ) -> Result<(), Stop> {
        let (payments, _) = records.payments();
        for paid in payments {
            let name = paid.slot(&records.job.id);
            let of_slot = found.documents.of_slot(&cx.books, AnyKind::Payment, &name);
            let there = self.one_of(cx, &name, &of_slot).await?;
            let Some(QboObject::Payment(there)) = there else {
                continue;
            };
            let document = QboObject::Payment(there.clone());
            found.claimed.extend(which(&document));
            let what = format!("payment of {}", paid.total());
            let differences = amounts(paid.total(), there.total_amt, document.is_voided());
            report
                .differing
                .extend(Differing::new(records, what, differences));
            let mut slot: StoredPayment = stored(self.world.table(), cx, &name).await?;
            if slot.value.is_begun() || slot.value.memory.gone {
                report.already += 1;
                continue;
            }
            slot.value.memory = payment::Memory {
                invoices: paid.parts.iter().map(|(id, _)| id.clone()).collect(),
                gone: document.is_voided(),
                ..payment::Memory::default()
            };
            let ours = qbo::Payment {
                id: None,
                sync_token: None,
                meta_data: None,
                unapplied_amt: None,
                linked_txn: Vec::new(),
                ..*there
            };
            self.enter_again(cx, (name, slot), (document, ours.into()), report)
                .await?;
        }
        Ok(())
    }

    async fn restore_refund(
        &self,
        cx: &Ctx,
        found: &mut Found,
        records: &JobRecords,
        (refund, there): (JobRefund, qbo::RefundReceipt),
        report: &mut Report,
    ) -> Result<(), Stop> {
        let name = refund.slot(&records.job.id);
        let document = QboObject::from(there.clone());
        found.claimed.extend(which(&document));
        let what = format!("refund of {}", refund.amount);
        let differences = amounts(refund.amount, there.total_amt, document.is_voided());
        let differing = Differing::new(records, what, differences);
        report.differing.extend(differing);
        let mut slot: StoredRefund = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_begun() || slot.value.memory.gone {
            report.already += 1;
            return Ok(());
        }
        slot.value.memory = refund::Memory {
            invoice: Some(refund.invoice.clone()),
            given_back: refund::given_back_by(&there),
            gone: document.is_voided(),
            ..refund::Memory::default()
        };
        let ours = qbo::RefundReceipt {
            id: None,
            sync_token: None,
            meta_data: None,
            ..there
        };
        self.enter_again(cx, (name, slot), (document, ours.into()), report)
            .await
    }

    /// Links a payment or a refund; of one that is void, it is remembered that a person voided it (R4).
    async fn enter_again<M: Clone + Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        (name, slot): (SlotName, Stored<Slot<M>>),
        (there, ours): (QboObject, QboObject),
        report: &mut Report,
    ) -> Result<(), Stop> {
        if there.is_voided() {
            report.linked += 1;
            return self.put(vec![slot.put()?]).await;
        }
        let linking = Linking {
            name,
            slot,
            there,
            ours: Some(ours),
        };
        self.link_again(cx, linking, Vec::new(), report).await
    }

    /// Links a slot to what QuickBooks has of it.
    async fn link_again<M: Clone + Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        linking: Linking<M>,
        further: Vec<Write>,
        report: &mut Report,
    ) -> Result<(), Stop> {
        let Linking {
            name,
            slot,
            there,
            ours,
        } = linking;
        let slot = slot.in_form(Slot::raw)?;
        let ours = ours.map(|ours| ours.json()).transpose().map_err(broken)?;
        let mut seen = seen(&slot.value, &there, ours.as_deref())?;
        if there.is_voided() {
            seen = before_it_was_void(seen);
        }
        let object = object(&name, there.kind(), slot);
        match self.link(cx, object, seen, Former::Freed, further).await {
            Ok(()) => report.linked += 1,
            Err(LedgerError::HeldBy(_)) => report.held.push(Marked::of(&there)),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// The record of a job that is looked at again when all is restored: what changed since is carried then.
    async fn job_to_look_at(&self, cx: &Ctx, records: &JobRecords) -> Result<Vec<Write>, Stop> {
        let key = cx.books.job(&records.job.id);
        let record = read::<Job>(self.world.table(), &key).await?;
        let mut record = record.unwrap_or_else(|| Stored::new(key, Job::default()));
        let mut before = record.value.clone();
        let now = self.world.clock().now();
        know(&mut record.value, records, now, &cx.zone);
        let mut is_new = false;
        for evidence in evidence(records) {
            is_new |= mark(&evidence).is_some_and(|mark| record.value.mark(mark));
        }
        if is_new {
            record.due = Some(now + SAFETY);
        } else if record.value.state == JobState::NotSynced {
            record.value.state = JobState::Synced;
        }
        // That it was read once more is nothing new.
        if let (Some(before), Some(now)) = (&mut before.facts, &record.value.facts) {
            before.read_at = now.read_at;
        }
        Ok(match record.value == before {
            true => Vec::new(),
            false => vec![record.put()?],
        })
    }
}

fn only(customers: Vec<hcp::Customer>) -> Option<hcp::CustomerId> {
    match <[hcp::Customer; 1]>::try_from(customers) {
        Ok([only]) => Some(only.id),
        Err(_) => None,
    }
}

/// What the receipts in QuickBooks give back.
fn found_refunds(refunds: &[(JobRefund, qbo::RefundReceipt)]) -> Vec<FoundRefund> {
    let live = refunds
        .iter()
        .filter(|(_, there)| !QboObject::from(there.clone()).is_voided());
    live.map(|(refund, there)| FoundRefund {
        invoice: refund.invoice.clone(),
        given_back: refund::given_back_by(there),
    })
    .collect()
}

/// What Housecall Pro's records tell of the triggers of a job, as a sweep finds it.
fn evidence(records: &JobRecords) -> Vec<Evidence> {
    if records.job.is_removed() {
        return Vec::new();
    }
    let finished = records.job.work_timestamps.completed_at;
    let mut evidence: Vec<Evidence> = finished.map(Evidence::finished).into_iter().collect();
    for invoice in records.invoices.iter().filter(|one| !one.is_removed()) {
        for (trigger, at) in [
            (Trigger::Invoiced, invoice.sent_at),
            (Trigger::Paid, invoice.paid_at),
        ] {
            evidence.extend(at.map(|at| Evidence::of_invoice(trigger, invoice.id.clone(), at)));
        }
    }
    evidence
}

/// What a payment or a refund has otherwise in QuickBooks.
fn amounts(ours: money::Cents, theirs: Option<money::Cents>, is_void: bool) -> Vec<Difference> {
    let theirs = theirs.unwrap_or_default();
    match (is_void, ours == theirs) {
        (true, _) => vec![Difference::Void],
        (false, true) => Vec::new(),
        (false, false) => vec![Difference::Amount { ours, theirs }],
    }
}

/// The version before a document was voided by hand: QuickBooks refuses a write to it, and a person is asked (R8).
fn before_it_was_void(seen: Seen) -> Seen {
    let version: Option<u64> = seen.sync_token.as_str().parse().ok();
    let before = version.and_then(|version| version.checked_sub(1));
    Seen {
        sync_token: before.map_or(seen.sync_token, |before| before.to_string().into()),
        ..seen
    }
}
