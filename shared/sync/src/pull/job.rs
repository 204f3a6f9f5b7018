//! A look at what people did in QuickBooks with the documents of one job: as QuickBooks has it now, whatever it was that
//! made us look.

use std::collections::{BTreeMap, BTreeSet};

use hcp::JobId;
use mapping::{
    AnyKind, JobRecords, QboObject, Role,
    alert::{
        self, Alert, AlertKind, BillTrouble, CustomerRef, DocumentRef, JobAlert, JobRef,
        QuickbooksTrouble,
    },
};
use money::Cents;
use ports::Clock;
use qbo::{Entity, Id, Invoice, Payment};
use store::{Job, JobState, LookCause, Reason, Stored, WorkItem, read};

use crate::{
    alerts,
    calls::{housecall::READS, limits::Reserved},
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{
        sent_before::{JobSlots, invoice_slot},
        state::worse,
    },
    objects::slots::{StoredInvoice, number, present_number, stored},
    payments::Seen,
    retry::{self, Change},
    settle::Reread,
    stop::{Stop, broken},
    work::{
        message::{Subject, name},
        park::SELDOM,
        task::{Failures, Task, Unfinished, Work},
    },
    world::World,
};

/// Looks at what people did in QuickBooks with the documents of a job.
#[derive(Debug)]
pub(crate) struct PulledJobTask;

/// What most looks write in Housecall Pro: a note and a tag.
const WRITES: usize = 2;

/// What QuickBooks has of the documents of a job.
pub(super) struct Pulled {
    /// The documents that stand, with their numbers.
    pub(super) documents: Vec<(Id, String)>,
    /// What is left to pay of all of them.
    pub(super) left: Cents,
    /// Payments on them that are not linked with one of ours.
    pub(super) others: Vec<Payment>,
    /// The documents that are gone.
    gone: Vec<(Role, String)>,
    /// The same as the plan of payments wants it.
    seen: BTreeMap<Id, Seen>,
}

impl<W: World> Task<W> for PulledJobTask {
    const NAME: &'static str = name::PULLED_JOB;
    const READS: usize = READS + WRITES;
    type Record = WorkItem;

    fn subject(of: &str) -> Option<Subject> {
        JobId::parse(of).ok().map(|job| Subject::pulled_job(&job))
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let cx = work.cx;
        let id = JobId::parse(work.subject.as_str()).map_err(broken)?;
        let by = work.evidence.iter().find_map(|seen| seen.by.clone());
        let what = LookCause::InQuickbooks;
        cx.trail.because([Reason { what, by }]);
        let admitted = engine.admit_work(cx, id.as_str(), work.waiting, false, READS + WRITES);
        let (turn, reads) = admitted.await?;
        let looked = engine.look_at_quickbooks(cx, &id, reads);
        let looked = Box::pin(looked).await.map_err(Unfinished::after(turn));
        looked.map(|()| Outcome::Done)
    }

    async fn report(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        record: Stored<WorkItem>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        let message = alert.message();
        let reason = message.trim_end_matches('.');
        let alert = engine.not_looked_at(work, reason).await?;
        alerts::raise(&engine.world, &work.cx.books, &alert).await?;
        // What was seen of it in QuickBooks is told by nothing else.
        let until = engine.world.clock().now() + SELDOM;
        engine.park(work.cx, record, until, reason).await
    }

    async fn lasting(
        &self,
        engine: &Engine<W>,
        work: &Work<'_>,
        _: &mut WorkItem,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        engine.not_looked_at(work, failures.cause).await
    }
}

impl<W: World> Engine<W> {
    /// Looks at the documents of a job in QuickBooks, and does what follows.
    async fn look_at_quickbooks(&self, cx: &Ctx, id: &JobId, reads: Reserved) -> Result<(), Stop> {
        let cx = &self.up_to_date(cx.clone()).await?;
        self.may_write(cx)?;
        // All that Housecall Pro says of it; none where it has no such job any more.
        let mut writes = reads.from(READS);
        let records = self.read_records(cx, id, Some(reads)).await?;
        let mut rounds = 0;
        loop {
            rounds += 1;
            let followed = self.follow_quickbooks(cx, id, records.as_ref(), &mut writes);
            let ended = match followed.await {
                Ok(()) => self.is_looked_at(cx, id, records.as_ref()).await,
                Err(stop) => Err(stop),
            };
            match ended {
                Err(Stop::PlanAgain(_)) if rounds < retry::PLANS => {}
                ended => return ended,
            }
        }
    }

    /// The alert of a job that cannot be looked at; its card shows it.
    async fn not_looked_at(&self, work: &Work<'_>, reason: &str) -> Result<Alert, Stop> {
        let id = JobId::parse(work.subject.as_str()).map_err(broken)?;
        let job = self.job_record(work.cx, &id).await?;
        let trouble = QuickbooksTrouble::NotLookedAt {
            reason: reason.to_owned(),
        };
        let alert = JobAlert::new(alerts::job_ref(&id, &job), trouble);
        self.note_alert(work.cx, &id).await?;
        Ok(Alert::Job(alert))
    }

    /// A job was looked at. An alert that is over leaves on its card what is true without it.
    async fn is_looked_at(
        &self,
        cx: &Ctx,
        id: &JobId,
        records: Option<&JobRecords>,
    ) -> Result<(), Stop> {
        let job = read::<Job>(self.world.table(), &cx.books.job(id)).await?;
        let Some(mut job) = job.filter(|job| job.value.alerted) else {
            return Ok(());
        };
        let (subject, kind) = (alert::Subject::Job(id.clone()), AlertKind::PullFails);
        alerts::close_one(&self.world, &cx.books, &subject, kind).await?;
        if self.wants_somebody(cx, id).await? {
            return Ok(());
        }
        job.value.alerted = false;
        if job.value.state == JobState::Alert && job.value.unhandled().is_empty() {
            let there = records.filter(|records| !records.job.is_removed());
            (job.value.state, job.value.pending) = match there {
                Some(records) => self.state_by_documents(cx, records).await?,
                None => (JobState::Gone, Vec::new()),
            };
        }
        self.put(vec![job.put()?]).await
    }

    async fn follow_quickbooks(
        &self,
        cx: &Ctx,
        id: &JobId,
        records: Option<&JobRecords>,
        writes: &mut Reserved,
    ) -> Result<(), Stop> {
        let slots = self.job_slots(cx, id).await?;
        if let Some(name) = slots.sending(id) {
            self.settle(cx, &name).await?;
            return Err(Stop::PlanAgain(name.to_string()));
        }
        let pulled = self.pulled(cx, id, &slots).await?;
        let job = self.job_record(cx, id).await?;
        cx.trail.know(&job);
        let there = records.filter(|records| !records.job.is_removed());
        let Some(mut pulled) = pulled else {
            return match there {
                Some(records) => self.follow_receipts(cx, records, &job, None).await,
                None => Ok(()),
            };
        };
        let known_by = match records {
            Some(records) => JobRef::from(records),
            None => alerts::job_ref(id, &job),
        };
        let mut state = self.tell_of_gone(cx, &known_by, &pulled).await?;
        if let Some(records) = there {
            let seen = std::mem::take(&mut pulled.seen);
            let paid = Box::pin(self.carry_payments_by(cx, records, &job, seen)).await?;
            state = worse(state, paid);
        }
        // What was joined just now is no other's any more.
        let slots = self.job_slots(cx, id).await?;
        pulled.others.retain(|other| !slots.has_payment(other));
        let customer = customer_of(records, &job);
        self.receive(cx, (&known_by, customer.as_ref()), &pulled)
            .await?;
        match there {
            Some(records) => self.follow_receipts(cx, records, &job, state).await?,
            None => self.note_state(cx, id, state).await?,
        }
        // An invoice without a job has no place for notes and tags (P6): what is to be done stands in the inbox.
        match there.filter(|records| !records.is_service_plan()) {
            Some(records) => {
                let job = &records.job;
                self.tell_housecall(cx, id, (job, writes), &pulled).await
            }
            None => Ok(()),
        }
    }

    /// What becomes of its refund receipts, sales receipts and expenses, and of the job that stands so by all else.
    async fn follow_receipts(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
        state: Option<JobState>,
    ) -> Result<(), Stop> {
        let id = &records.job.id;
        let looked = self.look_at_receipts(cx, id, records, job.alerted).await?;
        self.note_state(cx, id, worse(state, looked)).await
    }

    async fn note_state(&self, cx: &Ctx, id: &JobId, state: Option<JobState>) -> Result<(), Stop> {
        match state {
            Some(JobState::Alert) => self.note_alert(cx, id).await,
            _ => Ok(()),
        }
    }

    /// A job's record; an empty one where there is none.
    async fn job_record(&self, cx: &Ctx, id: &JobId) -> Result<Job, Stop> {
        let job = read::<Job>(self.world.table(), &cx.books.job(id)).await?;
        Ok(job.map(|job| job.value).unwrap_or_default())
    }

    /// Enters that a job wants somebody, beside the work on it.
    async fn note_alert(&self, cx: &Ctx, id: &JobId) -> Result<(), Stop> {
        let key = cx.books.job(id);
        let noted = self.change(&key, Job::default, |job| {
            job.value.alerted = true;
            job.value.state = JobState::Alert;
            Change::Store(())
        });
        noted.await.map(drop)
    }

    /// What QuickBooks has of the documents of a job, and of the payments on them, in two questions. Ours that changed are
    /// read again. `None`: it has no document there.
    async fn pulled(&self, cx: &Ctx, id: &JobId, slots: &JobSlots) -> Result<Option<Pulled>, Stop> {
        let linked = slots.invoices.iter();
        let linked = linked.filter(|(_, slot)| !slot.value.memory.gone);
        let linked = linked.filter_map(|(role, slot)| Some((*role, slot, &slot.value.link()?.id)));
        let linked: Vec<(Role, &StoredInvoice, &Id)> = linked.collect();
        if linked.is_empty() {
            return Ok(None);
        }
        let ids: Vec<&Id> = linked.iter().map(|(.., id)| *id).collect();
        let invoices: Vec<Invoice> = self.rows_by_id(cx, AnyKind::Invoice, &ids).await?;
        let invoices = self.confirmed(cx, &linked, invoices).await?;
        let payments = self.payments_there(cx, id, slots, &invoices).await?;
        let mut pulled = Pulled {
            documents: Vec::new(),
            left: Cents::ZERO,
            others: Vec::new(),
            gone: Vec::new(),
            seen: BTreeMap::new(),
        };
        for (role, slot, id) in linked {
            let there = invoices.iter().find(|row| row.id.as_ref() == Some(id));
            let link = slot.value.link();
            let known = present_number(&slot.value);
            let number = known.or(link.map(number)).unwrap_or_default();
            let Some(there) = there else {
                pulled.gone.push((role, number));
                pulled.seen.insert(id.clone(), Seen::Gone);
                continue;
            };
            let number = there
                .doc_number
                .as_ref()
                .map_or(number, ToString::to_string);
            pulled.documents.push((id.clone(), number));
            let left = there.balance.unwrap_or_default();
            pulled.left = pulled.left + left;
            let paying = payments.iter().filter(|row| row.paid_of(id) != Cents::ZERO);
            let others: Vec<Payment> = paying
                .filter(|row| !slots.has_payment(row))
                .cloned()
                .collect();
            for other in &others {
                if pulled.others.iter().all(|known| known.id != other.id) {
                    pulled.others.push(other.clone());
                }
            }
            let ours = slots.paid_of(id);
            pulled
                .seen
                .insert(id.clone(), Seen::There { left, ours, others });
        }
        Ok(Some(pulled))
    }

    /// The documents that are there. One that a list does not tell is asked for by its id: lists can be late.
    async fn confirmed(
        &self,
        cx: &Ctx,
        linked: &[(Role, &StoredInvoice, &Id)],
        found: Vec<Invoice>,
    ) -> Result<Vec<Invoice>, Stop> {
        let mut there = Vec::new();
        for (.., id) in linked {
            let row = found.iter().find(|row| row.id.as_ref() == Some(*id));
            let is_live = |row: &Invoice| QboObject::from(row.clone()).is_live();
            there.extend(match row {
                Some(row) => Some(row.clone()).filter(is_live),
                None => self.invoice_by_id(cx, id).await?,
            });
        }
        Ok(there)
    }

    /// The payments on these documents, and all that we know of, as they are. Ours that are not as we left them are read
    /// again, and the look begins anew.
    async fn payments_there(
        &self,
        cx: &Ctx,
        id: &JobId,
        slots: &JobSlots,
        invoices: &[Invoice],
    ) -> Result<Vec<Payment>, Stop> {
        let on_documents = invoices.iter().flat_map(|invoice| &invoice.linked_txn);
        let on_documents = on_documents.filter(|linked| linked.txn_type == Payment::NAME);
        let mut ids: BTreeSet<&Id> = on_documents.map(|linked| &linked.txn_id).collect();
        let ours = slots.payments.iter();
        let ours: Vec<_> = ours
            .filter_map(|(name, slot)| Some((name, slot, slot.value.link()?)))
            .collect();
        ids.extend(ours.iter().map(|(.., link)| &link.id));
        let payments: Vec<Payment> = match ids.is_empty() {
            true => Vec::new(),
            false => {
                let ids: Vec<&Id> = ids.into_iter().collect();
                self.rows_by_id(cx, AnyKind::Payment, &ids).await?
            }
        };
        for (name, slot, link) in ours {
            let there = payments
                .iter()
                .find(|row| row.id.as_ref() == Some(&link.id));
            let stands = there.is_some_and(|row| row.sync_token.as_ref() == Some(&link.sync_token));
            if stands {
                continue;
            }
            match self.reread(cx, name, AnyKind::Payment).await? {
                // A list that is late.
                Reread::Same => {}
                Reread::Gone => {
                    self.payment_left(cx, name, slot.clone(), true).await?;
                    return Err(Stop::PlanAgain(id.to_string()));
                }
                Reread::Stands | Reread::Edited => return Err(Stop::PlanAgain(id.to_string())),
            }
        }
        Ok(payments)
    }

    /// Tells of the documents that are gone; gives how the job stands then.
    async fn tell_of_gone(
        &self,
        cx: &Ctx,
        job: &JobRef,
        pulled: &Pulled,
    ) -> Result<Option<JobState>, Stop> {
        for (role, number) in &pulled.gone {
            self.tell_document_gone(cx, job, (*role, number)).await?;
        }
        Ok((!pulled.gone.is_empty()).then_some(JobState::Alert))
    }

    /// R8: tells that a person deleted or voided a document, and remembers it.
    pub(crate) async fn tell_document_gone(
        &self,
        cx: &Ctx,
        job: &JobRef,
        (role, number): (Role, &str),
    ) -> Result<(), Stop> {
        let number = number.to_owned();
        let name = invoice_slot(&job.id, role);
        let slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        let totals = slot.value.memory.totals;
        let gone = BillTrouble::Gone {
            number: Some(number.clone()),
            total: totals.map(|totals| totals.total),
        };
        let alert = Alert::Job(JobAlert {
            document: Some(DocumentRef { role, number }),
            ..JobAlert::new(job.clone(), gone)
        });
        alerts::raise(&self.world, &cx.books, &alert).await?;
        self.document_is_gone(cx, &name).await
    }
}

/// The customer of a job, as far as they are known.
fn customer_of(records: Option<&JobRecords>, job: &Job) -> Option<CustomerRef> {
    let known = job.customer.as_ref();
    let known = known.map(|known| (known.id.clone(), known.name.clone()));
    let read = records.map(|records| &records.customer);
    let read = read.map(|read| (read.id.clone(), mapping::customer::given_name(read)));
    let (id, name) = read.or(known)?;
    Some(CustomerRef {
        id,
        place: None,
        name,
    })
}

impl JobSlots {
    /// A slot with a write on its way, of those that a pull compares.
    fn sending(&self, job: &JobId) -> Option<mapping::SlotName> {
        let mut payments = self.payments.iter();
        let payment = payments.find(|(_, slot)| slot.value.is_sending());
        let mut invoices = self.invoices.iter();
        let invoice = invoices.find(|(_, slot)| slot.value.is_sending());
        let payment = payment.map(|(name, _)| name.clone());
        payment.or(invoice.map(|(role, _)| invoice_slot(job, *role)))
    }

    /// Whether a payment of QuickBooks is linked with one of ours, or is ours by its marker.
    fn has_payment(&self, payment: &Payment) -> bool {
        let mut slots = self.payments.iter();
        let is_linked = slots.any(|(_, slot)| {
            let link = slot.value.link();
            link.is_some_and(|link| Some(&link.id) == payment.id.as_ref())
        });
        is_linked || mapping::marker::is_of_any_slot(payment.private_note.as_deref())
    }
}
