//! The documents of one job, linked again.

use std::collections::{BTreeMap, BTreeSet};

use hcp::{InvoiceId, JobId, Trigger};
use jiff::Timestamp;
use ledger::{Former, LedgerError, Seen, Slot, owner};
use mapping::{
    AnyKind, JobRecords, Kind, ProgressInvoices, QboObject, Role, SlotName,
    alert::Alert,
    customer, invoice,
    restore::{Chosen, FoundInvoice, Restored},
};
use ports::{Chance, Clock};
use serde::{Serialize, de::DeserializeOwned};
use store::{Job, JobState, Payer, Stored, Write, read};

use super::{
    Differing, Marked, Report,
    documents::{Documents, Which, job_named, made, texts, which},
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
    objects::{
        items_of_lines::digest,
        slots::{StoredCustomer, StoredInvoice, stored},
    },
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
    /// The jobs of Housecall Pro, by what people know them by.
    jobs: BTreeMap<String, BTreeSet<JobId>>,
    /// The slots of customers that were looked at.
    customers: BTreeSet<SlotName>,
}

impl Found {
    pub(super) fn name(&mut self, known_by: &str, job: &JobId) {
        let jobs = self.jobs.entry(known_by.to_owned()).or_default();
        jobs.insert(job.clone());
    }

    /// Whether a document belongs to a slot since an earlier step.
    pub(super) fn is_claimed(&self, document: &QboObject) -> bool {
        which(document).is_some_and(|which| self.claimed.contains(&which))
    }

    /// The documents that belong to no slot of their jobs', and name a job that no other has the name of: their payments are
    /// gone in Housecall Pro, or their invoices in QuickBooks. Copies are not among them.
    pub(super) fn left_over(&self) -> BTreeMap<&JobId, Vec<&QboObject>> {
        let all = || self.documents.all().iter();
        let of = |one: &QboObject, text: &str| (one.kind(), text.to_owned());
        let known = all().filter(|one| self.is_claimed(one));
        let mut known: BTreeSet<(AnyKind, String)> = known
            .flat_map(|one| texts(one).into_iter().map(|text| of(one, text)))
            .collect();
        let mut left: BTreeMap<&JobId, Vec<&QboObject>> = BTreeMap::new();
        for one in all().filter(|one| !self.is_claimed(one) && !one.is_voided()) {
            let is_copy = texts(one).iter().any(|text| !known.insert(of(one, text)));
            let jobs = job_named(one).and_then(|name| self.jobs.get(name));
            let only = jobs.filter(|jobs| jobs.len() == 1 && !is_copy);
            if let Some(job) = only.and_then(BTreeSet::first) {
                left.entry(job).or_default().push(one);
            }
        }
        left
    }
}

/// What restoring a job came to. It is taken over as a whole: a step that failed is taken again.
#[derive(Debug, Default)]
pub(super) struct OfJob {
    pub(super) report: Report,
    pub(super) claimed: BTreeSet<Which>,
}

/// The roles that an invoice of a job can have.
fn roles() -> impl Iterator<Item = Role> {
    let parts = (2..=MOST_PARTS).map(Role::Part);
    [Role::Main, Role::Deposit].into_iter().chain(parts)
}

/// An object to be linked.
pub(super) struct Linking<M> {
    pub(super) name: SlotName,
    pub(super) slot: Stored<Slot<M>>,
    pub(super) there: QboObject,
    /// What of ours stands in it.
    pub(super) ours: Option<QboObject>,
}

impl<W: World> Engine<W> {
    /// Links what QuickBooks has of a job, and what of it was `left_over`. Tells whether it has an invoice.
    pub(super) async fn restore_job(
        &self,
        cx: &Ctx,
        found: &mut Found,
        (id, left_over): (&JobId, &[QboObject]),
        of_job: &mut OfJob,
    ) -> Result<bool, Stop> {
        let invoices = self.found_invoices(cx, found, id).await?;
        let is_there = !invoices.is_empty();
        if !is_there && left_over.is_empty() {
            return Ok(false);
        }
        if let (Some((_, first)), Some(_)) = (invoices.first(), id.invoice()) {
            self.restore_payer(cx, id, first).await?;
        }
        let records = match self.read_records(cx, id, None).await {
            Ok(Some(records)) => records,
            Ok(None) => return Ok(true),
            Err(Stop::Alert(alert)) => {
                of_job.report.unreadable.push(match alert.as_ref() {
                    // It is not mended in Housecall Pro.
                    Alert::Invoice(_) => format!("{} {}", alert.message(), alert.resolution()),
                    _ => alert.message(),
                });
                return Ok(true);
            }
            Err(stop) => return Err(stop),
        };
        found.name(records.known_by(), id);
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
        let money = self.found_money(cx, found, &records, left_over).await?;
        let restored = records.restored(&as_found, &money, chosen);
        let documents = invoices.iter().zip(&restored);
        let documents = documents.filter_map(|((_, invoice), restored)| {
            Some((invoice.id.clone()?, restored.memory.invoices.clone()))
        });
        let documents: Vec<(qbo::Id, Vec<InvoiceId>)> = documents.collect();
        for ((_, invoice), restored) in invoices.iter().zip(restored) {
            if found.is_claimed(&QboObject::from(invoice.clone())) {
                continue;
            }
            let customer = SlotName::customer(&records.customer.id);
            if !found.customers.contains(&customer) {
                self.restore_customer(cx, &customer, &records, invoice)
                    .await?;
                found.customers.insert(customer);
            }
            self.restore_invoice(cx, &records, (restored, invoice), of_job)
                .await?;
        }
        self.restore_money(cx, found, &records, (money, &documents), of_job)
            .await?;
        Ok(is_there)
    }

    /// The invoices of a job that QuickBooks has.
    async fn found_invoices(
        &self,
        cx: &Ctx,
        found: &Found,
        id: &JobId,
    ) -> Result<Vec<(Role, qbo::Invoice)>, Stop> {
        let mut invoices = Vec::new();
        for role in roles() {
            let name = invoice_slot(id, role);
            let of_slot = found.documents.of_slot(&cx.books, AnyKind::Invoice, &name);
            if let Some(QboObject::Invoice(invoice)) = self.one_of(cx, &name, &of_slot).await? {
                invoices.push((role, *invoice));
            }
        }
        Ok(invoices)
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

    /// Which of the documents with the marker of a slot it is: the one that the slot has, else the first.
    pub(super) async fn one_of(
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
        records: &JobRecords,
        (restored, there): (Restored, &qbo::Invoice),
        of_job: &mut OfJob,
    ) -> Result<(), Stop> {
        let job = &records.job.id;
        let name = invoice_slot(job, restored.role);
        let mut slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        let there_is = QboObject::from(there.clone());
        let report = &mut of_job.report;
        of_job.claimed.extend(which(&there_is));
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
        let typed = restored.typed.iter();
        slot.value.memory = invoice::Memory {
            note,
            typed: typed
                .map(|name| (digest(name), SlotName::sales_item()))
                .collect(),
            ..restored.memory
        };
        let linking = Linking {
            name,
            slot,
            there: there_is.clone(),
            ours: restored.ours.map(QboObject::from),
        };
        let further = self.job_to_look_at(cx, records, made(&there_is)).await?;
        self.link_again(cx, linking, further, report).await?;
        if there_is.is_voided() && !restored.is_wanted {
            let name = invoice_slot(job, restored.role);
            self.leave_void(cx, &name, number.unwrap_or_default())
                .await?;
        }
        Ok(())
    }

    /// A document that is void, and that the job lacks no more: its slot is empty.
    pub(super) async fn leave_void(
        &self,
        cx: &Ctx,
        name: &SlotName,
        number: String,
    ) -> Result<(), Stop> {
        let slot: Stored<Slot> = stored(self.world.table(), cx, name).await?;
        if slot.value.link().is_none() {
            return Ok(());
        }
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
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

    /// Links a slot to what QuickBooks has of it.
    pub(super) async fn link_again<M: Clone + Serialize + DeserializeOwned>(
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
    /// What was marked until its document was `made` is forgotten.
    async fn job_to_look_at(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        made: Option<Timestamp>,
    ) -> Result<Vec<Write>, Stop> {
        let key = cx.books.job(&records.job.id);
        let record = read::<Job>(self.world.table(), &key).await?;
        let mut record = record.unwrap_or_else(|| Stored::new(key, Job::default()));
        let mut before = record.value.clone();
        if record.value.marks.is_empty() {
            record.value.forgotten_until = record.value.forgotten_until.or(made);
        }
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

/// The version before a document was voided by hand: QuickBooks refuses a write to it, and a person is asked (R8).
fn before_it_was_void(seen: Seen) -> Seen {
    let version: Option<u64> = seen.sync_token.as_str().parse().ok();
    let before = version.and_then(|version| version.checked_sub(1));
    Seen {
        sync_token: before.map_or(seen.sync_token, |before| before.to_string().into()),
        ..seen
    }
}
