//! When our records are lost (V15): QuickBooks' documents carry the markers of their slots, so what was sent is found there
//! and linked again. A company without its records writes nothing meanwhile.
//!
//! A restore is done in steps, of which each can be repeated, and so can all of it: what is linked stays linked. What it
//! knows between two steps is only kept to save calls.

mod documents;
mod job;
mod lost;
mod payments;

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use hcp::{CompanyId, JobId};
use jiff::Timestamp;
use mapping::{
    AnyKind, JobRecords, QboObject, alert::AlertKind, alert::Subject, restore::Difference,
    service_plan::in_place_of_job,
};
use money::Cents;
use ports::Clock;
use store::{ActKind, By, Connection, ConnectionStatus, Cursor, Stored, SweepName, Write, read};

pub use documents::Marked;

use self::{
    documents::{KINDS, which},
    job::{Found, OfJob},
};
use crate::{
    alerts,
    calls::housecall::Asked,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    retry::Change,
    stop::Stop,
    world::World,
};

/// What came of a restore.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Objects of QuickBooks' that were linked.
    pub linked: usize,
    /// Those that had their links.
    pub already: usize,
    /// Those that say something else than Housecall Pro. They are linked all the same.
    pub differing: Vec<Differing>,
    /// Payments that lack just what went back in Housecall Pro: refunds count as carried by that (P5).
    pub lowered: Vec<Lowered>,
    /// Those that have the marker of one slot and are linked to another.
    pub held: Vec<Marked>,
    /// Those with a marker that is no job's: copies, and what Housecall Pro has no more.
    pub nobodys: Vec<Marked>,
    /// Finished jobs of which QuickBooks has nothing: their numbers, or ids.
    pub missing: Vec<String>,
    /// Why jobs could not be read. As long as there are any, nothing is written for the company: what they have in
    /// QuickBooks is not known.
    pub unreadable: Vec<String>,
}

impl Report {
    /// Takes over what came of one job.
    fn add(&mut self, job: Self) {
        self.linked += job.linked;
        self.already += job.already;
        self.differing.extend(job.differing);
        self.lowered.extend(job.lowered);
        self.held.extend(job.held);
        self.unreadable.extend(job.unreadable);
    }

    /// Whether all is restored, so that the company is at work again.
    ///
    /// # Errors
    /// When jobs could not be read.
    pub fn is_complete(&self) -> Result<(), Declined> {
        if self.unreadable.is_empty() {
            return Ok(());
        }
        let words = format!(
            "not all could be read in Housecall Pro ({} in all, see above), so what was sent of it is not known, and nothing \
             is sent for the company. Mend that there, and run hcpqbo restore again",
            self.unreadable.len()
        );
        Err(Declined::not_usable("record", words))
    }
}

/// An object of a job's that says something else than Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The number of the job.
    pub job: String,
    /// What it is: `invoice 1001`, `payment of 99.00`.
    pub what: String,
    /// In what.
    pub differences: Vec<Difference>,
}

impl Differing {
    fn new(records: &JobRecords, what: String, differences: Vec<Difference>) -> Option<Self> {
        let job = records.known_by().to_owned();
        (!differences.is_empty()).then_some(Self {
            job,
            what,
            differences,
        })
    }
}

/// A payment that is less in QuickBooks than in Housecall Pro, by just what went back there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// The number of the job.
    pub job: String,
    /// What was paid.
    pub payment: Cents,
    /// How much less it is, beside what was known.
    pub by: Cents,
}

/// A restore on its way.
#[derive(Debug)]
pub struct Restore {
    company: CompanyId,
    begun: Timestamp,
    found: Found,
    next: Next,
    jobs: VecDeque<hcp::Job>,
    seen: BTreeSet<JobId>,
    /// Jobs whose documents that were left over were looked at.
    left_over: BTreeSet<JobId>,
    /// Finished jobs of which QuickBooks has nothing, with the time.
    missing: Vec<(Timestamp, String)>,
    report: Report,
}

/// What is read next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// A page of one of the kinds, from a row on.
    Documents { kind: usize, start: u32 },
    /// A page of Housecall Pro's jobs; the first look at all of them, or another at those that came in between.
    Jobs { page: u32, again: bool },
    /// A page of its invoices: those of service plans have no job (P6).
    Invoices { page: u32 },
    /// The next of the jobs of which documents are left over.
    LeftOver,
    /// Nothing: what is known is entered.
    End,
}

/// How far a restore is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Documents in QuickBooks with a marker that were read.
    pub documents: usize,
    /// Jobs in Housecall Pro that were looked at.
    pub jobs: usize,
    /// Objects that were linked.
    pub linked: usize,
}

impl Restore {
    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress {
            documents: self.found.documents.len(),
            jobs: self.seen.len() - self.jobs.len(),
            linked: self.report.linked,
        }
    }
}

/// Running functions remember a connection for half a minute, and may go on for as long: so long after writing was stopped
/// nobody writes.
const STILL: Duration = Duration::from_secs(60);

impl<W: World> Engine<W> {
    /// Begins to restore the records of a company. Until the end nothing is written for it.
    ///
    /// # Errors
    /// When there is no connection, or the table does not answer.
    pub async fn begin_restore(&self, company: &CompanyId, by: &By) -> Result<Restore, NotDone> {
        let connection = self.connection_for_person(company).await?;
        let before = connection.status;
        if before == ConnectionStatus::Reconnect {
            let words = "QuickBooks must be connected again first: run connect";
            return Err(Declined::not_usable("connection", words).into());
        }
        let act = Acting::new(by, ActKind::Restored);
        let act = act.write(&self.world, &connection.books())?;
        self.put(vec![act]).await?;
        let is_stopped = self
            .set_connection(company, |connection| {
                if connection.status == ConnectionStatus::Active {
                    connection.status = ConnectionStatus::RecordsLost;
                }
            })
            .await?;
        if is_stopped {
            self.world.clock().sleep(STILL).await;
        }
        Ok(Restore {
            company: company.clone(),
            begun: self.world.clock().now(),
            found: Found::default(),
            next: Next::Documents { kind: 0, start: 1 },
            jobs: VecDeque::new(),
            seen: BTreeSet::new(),
            left_over: BTreeSet::new(),
            missing: Vec::new(),
            report: Report::default(),
        })
    }

    /// Takes the next step, by `deadline`. Gives the report when it was the last, and the company works again if that is
    /// complete. A step that failed can be taken once more.
    ///
    /// # Errors
    /// When one of the two systems, or the table, does not answer.
    pub async fn restore_step(
        &self,
        restore: &mut Restore,
        deadline: Duration,
    ) -> Result<Option<Report>, NotDone> {
        let cx = self.cx_for_person(&restore.company, deadline).await?;
        if let Some(job) = restore.jobs.front().cloned() {
            self.restore_next(&cx, restore, &job).await?;
            restore.jobs.pop_front();
            return Ok(None);
        }
        match restore.next {
            Next::Documents { kind, start } => {
                let of = KINDS.get(kind).copied().unwrap_or(AnyKind::Invoice);
                let documents = &mut restore.found.documents;
                let further = self.read_documents(&cx, documents, (of, start)).await?;
                restore.next = match further {
                    Some(start) => Next::Documents { kind, start },
                    None if kind + 1 < KINDS.len() => Next::Documents {
                        kind: kind + 1,
                        start: 1,
                    },
                    None => Next::Jobs {
                        page: 1,
                        again: false,
                    },
                };
            }
            Next::Jobs { page, again } => {
                restore.next = self.jobs_page(&cx, restore, page, again).await?;
            }
            Next::Invoices { page } => {
                restore.next = self.invoices_page(&cx, restore, page).await?;
            }
            Next::LeftOver => restore.next = self.restore_left_over(&cx, restore).await?,
            Next::End => return Ok(Some(self.end_restore(&cx, restore).await?)),
        }
        Ok(None)
    }

    /// A page of jobs, the last changed first. One that is changed meanwhile moves to the first page: so the first pages are
    /// read once more, until there is nothing new on them.
    async fn jobs_page(
        &self,
        cx: &Ctx,
        restore: &mut Restore,
        page: u32,
        again: bool,
    ) -> Result<Next, Stop> {
        self.may_ask_housecall(cx).await?;
        let found = self.housecall(&cx.books.company).await?.jobs(page).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => return Err(self.housecall_stop(cx, &Asked::Lists, &error).await?),
        };
        restore.report.unreadable.extend(found.unreadable);
        let mut is_new = false;
        for job in found.items {
            if restore.seen.insert(job.id.clone()) {
                is_new = true;
                restore.jobs.push_back(job);
            }
        }
        let is_last = page >= found.total_pages;
        Ok(match (is_last, again, is_new) {
            (true, false, _) => Next::Jobs {
                page: 1,
                again: true,
            },
            (true, true, _) | (false, true, false) => Next::Invoices { page: 1 },
            (false, ..) => Next::Jobs {
                page: page + 1,
                again,
            },
        })
    }

    /// A page of invoices, the first that was made first, of which those without a job stand in the place of one. What is
    /// made meanwhile was not sent yet.
    async fn invoices_page(
        &self,
        cx: &Ctx,
        restore: &mut Restore,
        page: u32,
    ) -> Result<Next, Stop> {
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(&cx.books.company).await?;
        let found = match client.invoices(page).await {
            Ok(found) => found,
            Err(error) => return Err(self.housecall_stop(cx, &Asked::Lists, &error).await?),
        };
        restore.report.unreadable.extend(found.unreadable);
        for invoice in found.items.iter().filter(|one| one.job_id.is_none()) {
            if let Some(plan) = in_place_of_job(invoice)
                && restore.seen.insert(plan.id.clone())
            {
                restore.jobs.push_back(plan);
            }
        }
        Ok(match page >= found.total_pages {
            true => Next::LeftOver,
            false => Next::Invoices { page: page + 1 },
        })
    }

    async fn restore_next(
        &self,
        cx: &Ctx,
        restore: &mut Restore,
        job: &hcp::Job,
    ) -> Result<(), Stop> {
        if let Some(number) = &job.invoice_number {
            restore.found.name(number, &job.id);
        }
        let is_there = self.restore_of(cx, restore, &job.id, &[]).await?;
        let is_billed = job.total_amount.is_none_or(|total| total != Cents::ZERO);
        let finished = job.work_timestamps.completed_at;
        if let Some(finished) = finished.filter(|_| !is_there && is_billed && !job.is_removed()) {
            let number = job.invoice_number.clone();
            let number = number.unwrap_or_else(|| job.id.to_string());
            restore.missing.push((finished, number));
        }
        Ok(())
    }

    /// Links what QuickBooks has of a job. Tells whether it has an invoice.
    async fn restore_of(
        &self,
        cx: &Ctx,
        restore: &mut Restore,
        job: &JobId,
        left_over: &[QboObject],
    ) -> Result<bool, Stop> {
        let mut of_job = OfJob::default();
        let found = &mut restore.found;
        let job = (job, left_over);
        let is_there = self.restore_job(cx, found, job, &mut of_job).await?;
        found.claimed.extend(of_job.claimed);
        if !of_job.report.unreadable.is_empty() {
            restore.left_over.insert(job.0.clone());
        }
        restore.report.add(of_job.report);
        Ok(is_there)
    }

    /// What is left over when all jobs were looked at: it belongs to a slot already, or to a payment that Housecall Pro has no
    /// more, or its job has no invoice in QuickBooks.
    async fn restore_left_over(&self, cx: &Ctx, restore: &mut Restore) -> Result<Next, Stop> {
        let mut left = restore.found.left_over();
        left.retain(|job, _| !restore.left_over.contains(*job));
        let Some((job, documents)) = left.pop_first() else {
            return Ok(Next::End);
        };
        let job = job.clone();
        let documents: Vec<QboObject> = documents.into_iter().cloned().collect();
        let mut free = Vec::new();
        for (document, owned) in documents
            .iter()
            .zip(self.have_owners(cx, &documents).await?)
        {
            match owned {
                true => {
                    restore.report.already += 1;
                    restore.found.claimed.extend(which(document));
                }
                false => free.push(document.clone()),
            }
        }
        if !free.is_empty() {
            self.restore_of(cx, restore, &job, &free).await?;
        }
        restore.left_over.insert(job);
        Ok(Next::LeftOver)
    }

    /// Enters from when to when the lost records told of, and lets the company work again.
    async fn end_restore(&self, cx: &Ctx, restore: &Restore) -> Result<Report, Stop> {
        let mut report = restore.report.clone();
        let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
        for document in restore.found.documents.all() {
            let is_claimed = documents::which(document)
                .is_some_and(|which| restore.found.claimed.contains(&which));
            if let Some(made) = documents::made(document).filter(|_| is_claimed) {
                first = Some(first.map_or(made, |first| first.min(made)));
                last = last.max(Some(made));
            }
            if !is_claimed && !document.is_voided() {
                report.nobodys.push(Marked::of(document));
            }
        }
        let missing = restore.missing.iter();
        let missing = missing.filter(|(at, _)| first.is_some_and(|first| *at >= first));
        report.missing = missing.map(|(_, number)| number.clone()).collect();
        if report.is_complete().is_err() {
            return Ok(report);
        }
        self.go_on_sweeping_from(cx, last).await?;
        self.set_connection(&restore.company, |connection| {
            if let Some(first) = first {
                connection.connected_at = connection.connected_at.min(first);
            }
            connection.accounted_until = Some(restore.begun);
            if connection.status == ConnectionStatus::RecordsLost {
                connection.status = ConnectionStatus::Active;
            }
        })
        .await?;
        let (connection, lost) = (Subject::Connection, AlertKind::RecordsLost);
        alerts::close_one(&self.world, &cx.books, &connection, lost).await?;
        self.resume(&cx.books).await;
        Ok(report)
    }

    /// The sweeps begin where the last document was made: what happened until then was carried, or is told as missing.
    async fn go_on_sweeping_from(&self, cx: &Ctx, last: Option<Timestamp>) -> Result<(), Stop> {
        let Some(seen_until) = last else {
            return Ok(());
        };
        let mut writes: Vec<Write> = Vec::new();
        for sweep in [SweepName::Paid, SweepName::Sent, SweepName::Finished] {
            let key = cx.books.cursor(sweep);
            if read::<Cursor>(self.world.table(), &key).await?.is_none() {
                writes.push(Stored::new(key, Cursor { seen_until }).put()?);
            }
        }
        match writes.is_empty() {
            true => Ok(()),
            false => self.put(writes).await,
        }
    }

    /// Changes the connection of a company. Tells whether that changed anything.
    async fn set_connection(
        &self,
        company: &CompanyId,
        change: impl Fn(&mut Connection),
    ) -> Result<bool, Stop> {
        let key = Connection::key(company);
        let known = self.cx(company, Duration::ZERO).await?.connection;
        let changed = self.change(
            &key,
            || known.clone(),
            |stored| {
                let before = stored.value.clone();
                change(&mut stored.value);
                match stored.value == before {
                    true => Change::Nothing(false),
                    false => Change::Store(true),
                }
            },
        );
        let (_, changed) = changed.await?;
        self.forget(company);
        Ok(changed)
    }
}
