//! Sweeps: parked work is put back on the queue, and what no webhook told is found (T11). Whatever is found
//! goes the same way as a webhook's evidence.

use std::time::Duration;

use hcp::{HcpError, Invoice, JobId, Trigger};
use jiff::{SignedDuration, Timestamp};
use mapping::alert;
use ports::{Clock, Queue};
use serde::{Deserialize, Serialize};
use store::{
    Books, Connection, ConnectionStatus, Cursor, Job, Key, Stored, SweepName, Table, read, read_all,
};

use crate::{
    alerts,
    calls::{housecall::Asked, limits::ORPHANED},
    ctx::Ctx,
    engine::Engine,
    stop::{Stop, chain},
    work::message::{Evidence, Subject},
    world::World,
};

/// What a schedule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sweep {
    /// Every minute: work that was put off and is due.
    Parked,
    /// Every 15 minutes: invoices that were paid.
    Paid,
    /// Daily: invoices that were sent.
    Sent,
    /// Daily: jobs that were finished.
    Finished,
}

/// Due work of one company that one run puts back: somewhat more than Housecall Pro's limit lets through in the minute
/// until the next.
const AT_ONCE: usize = 80;

/// Work is put back so long before it is due: until the next run, it waits for its turn in the queue.
const AHEAD: SignedDuration = SignedDuration::from_secs(65);

/// A daily sweep whose last good end lies further back has failed since.
const DAILY: SignedDuration = SignedDuration::from_hours(25);

/// How far a sweep looks behind the newest thing that it has seen: records show up late and out of order.
const OVERLAP: SignedDuration = SignedDuration::from_hours(2);

impl<W: World> Engine<W> {
    /// Runs one sweep until `deadline` on the monotonic clock; the next run goes on where it ended.
    ///
    /// # Errors
    /// When our own table or queue does not answer.
    pub async fn sweep(&self, sweep: Sweep, deadline: Duration) -> Result<u64, Stop> {
        let names: &[SweepName] = match sweep {
            Sweep::Parked => return self.put_back_all().await,
            // Those that failed in the night catch up.
            Sweep::Paid => &[SweepName::Paid, SweepName::Sent, SweepName::Finished],
            Sweep::Sent => &[SweepName::Sent],
            Sweep::Finished => &[SweepName::Finished],
        };
        let mut told = 0;
        let mut failed = None;
        for company in self.companies().await? {
            if company.status != ConnectionStatus::Active {
                continue;
            }
            let swept = async {
                let cx = self.cx(&company.company, deadline).await?;
                let limit = self
                    .limits
                    .of_company(&self.world, &company.company)
                    .await?;
                if let Some(outage) = limit.outage() {
                    tracing::info!(books = %cx.books, system = outage.system.name(), "not swept: it does not answer");
                    return Ok(0);
                }
                let mut told = 0;
                for name in names {
                    if *name == names[0] || self.is_overdue(&cx, *name).await? {
                        told += self.sweep_company(&cx, *name).await?;
                    }
                }
                Ok::<_, Stop>(told)
            };
            match swept.await {
                Ok(more) => told += more,
                // One company's trouble is not the others'; the run has failed all the same.
                Err(stop) => {
                    tracing::error!(company = %company.company, error = chain(&stop), "not swept");
                    failed = Some(stop);
                }
            }
        }
        failed.map_or(Ok(told), Err)
    }

    /// Whether a daily sweep has not ended well for more than a day.
    async fn is_overdue(&self, cx: &Ctx, name: SweepName) -> Result<bool, Stop> {
        let key = cx.books.cursor(name);
        let cursor = read::<Cursor>(self.world.table(), &key).await?;
        let since = cursor.map_or(cx.connection.connected_at, |cursor| cursor.value.seen_until);
        Ok(self.world.clock().now() > since + DAILY)
    }

    /// Puts due work of all companies back on the queue.
    async fn put_back_all(&self) -> Result<u64, Stop> {
        let mut told = 0;
        let mut failed = None;
        for connection in self.companies().await? {
            if connection.status != ConnectionStatus::Active {
                continue;
            }
            match self.put_back(&connection.books()).await {
                Ok(more) => told += more,
                Err(stop) => {
                    tracing::error!(company = %connection.company, error = chain(&stop), "work that is due was not put back");
                    failed = Some(stop);
                }
            }
        }
        failed.map_or(Ok(told), Err)
    }

    /// Puts due work of a company back on the queue, in the order in which it became due: as much as can be done until
    /// the next time. While a system is away nothing goes back but one subject, if nobody asks any more whether it
    /// answers.
    pub(crate) async fn put_back(&self, books: &Books) -> Result<u64, Stop> {
        let limit = self.limits.of_company(&self.world, &books.company).await?;
        let now = self.world.clock().now();
        let (until, most) = match (&limit.closed, limit.outage()) {
            (_, Some(outage)) if now < outage.probe_at + ORPHANED => return Ok(0),
            (_, Some(_)) => (now + AHEAD, 1),
            (Some(_), None) => {
                // The connection was made again, or is no longer paused.
                self.limits.reopen(&self.world, &books.company).await?;
                (now + AHEAD, AT_ONCE)
            }
            (None, None) => (now + AHEAD, AT_ONCE),
        };
        let mut told = 0;
        let partition = books.partition();
        let due = self.world.table().due(&partition, until, most).await?;
        for (key, _) in due {
            let named = Books::parse_work(&key);
            let task = named.and_then(|(task, of)| Some((self.due_work(task)?, of)));
            let Some((task, of)) = task else {
                tracing::error!(%key, "a record is due that is no work");
                continue;
            };
            let Some(due) = task.take_due(self, &key, of, until).await? else {
                continue;
            };
            let message = self.message(&books.company, due.subject, due.evidence)?;
            self.world.queue().send(message).await?;
            told += 1;
        }
        Ok(told)
    }

    /// A connection was made, again perhaps: what waited for it is put back at once. Where that fails, the next sweep
    /// does it within a minute.
    pub(crate) async fn resume(&self, books: &Books) {
        let resumed = async {
            self.limits.reopen(&self.world, &books.company).await?;
            self.put_back(books).await
        };
        if let Err(stop) = resumed.await {
            tracing::warn!(
                error = chain(&stop),
                "what waited is put back by the next sweep"
            );
        }
    }

    /// All connections, whatever their state.
    pub(crate) async fn companies(&self) -> Result<Vec<Connection>, Stop> {
        let all = Key::new(Connection::PARTITION, "");
        let companies = read_all::<Connection>(self.world.table(), &all).await?;
        Ok(companies.into_iter().map(|one| one.value).collect())
    }

    /// Tells of everything since the cursor, and moves it after a clean pass.
    async fn sweep_company(&self, cx: &Ctx, name: SweepName) -> Result<u64, Stop> {
        let key = cx.books.cursor(name);
        let started = Cursor {
            seen_until: cx.connection.connected_at,
        };
        let mut cursor = read::<Cursor>(self.world.table(), &key)
            .await?
            .unwrap_or_else(|| Stored::new(key, started));
        let since = (cursor.value.seen_until - OVERLAP).max(cx.connection.connected_at);
        let begun = self.world.clock().now();
        let mut told = 0;
        let mut page = 1;
        loop {
            if self.world.clock().monotonic() + Duration::from_secs(15) > cx.deadline {
                tracing::warn!(books = %cx.books, page, "a sweep ran out of time; the next run begins again");
                return Ok(told);
            }
            let found = self.page(cx, name, since, page).await?;
            for (job, evidence) in found.evidence {
                told += u64::from(self.tell(cx, job, evidence).await?);
            }
            if found.last {
                break;
            }
            page += 1;
        }
        let is_of_lists = |kind: &str| alerts::OF_LISTS.iter().any(|one| one.name() == kind);
        alerts::close_those(
            &self.world,
            &cx.books,
            &alert::Subject::Connection,
            is_of_lists,
        )
        .await?;
        cursor.value.seen_until = begun;
        match self.put(vec![cursor.put()?]).await {
            Ok(()) | Err(Stop::PlanAgain(_)) => Ok(told),
            Err(stop) => Err(stop),
        }
    }

    async fn page(
        &self,
        cx: &Ctx,
        name: SweepName,
        since: Timestamp,
        page: u32,
    ) -> Result<Found, Stop> {
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(&cx.books.company).await?;
        let found = match name {
            SweepName::Paid => client.paid_invoices(since, page).await.map(|found| {
                Found::invoices(found, since, |invoice| invoice.paid_at, Trigger::Paid)
            }),
            SweepName::Sent => client.sent_invoices(page).await.map(|found| {
                Found::invoices(found, since, |invoice| invoice.sent_at, Trigger::Invoiced)
            }),
            SweepName::Finished => client
                .completed_jobs(page)
                .await
                .map(|found| Found::jobs(found, since)),
        };
        match found {
            Ok(found) => {
                for reason in &found.unreadable {
                    tracing::error!(books = %cx.books, reason, "a record of a list cannot be read");
                }
                Ok(found)
            }
            Err(error) => Err(self.list_stop(cx, &error).await?),
        }
    }

    async fn list_stop(&self, cx: &Ctx, error: &HcpError) -> Result<Stop, Stop> {
        let stop = self.housecall_stop(cx, &Asked::Lists, error).await?;
        if let Stop::Alert(alert) = &stop {
            alerts::raise(&self.world, &cx.books, alert).await?;
        }
        Ok(stop)
    }

    /// Puts a piece of evidence on the queue unless its mark is known.
    async fn tell(&self, cx: &Ctx, id: JobId, evidence: Evidence) -> Result<bool, Stop> {
        let key = cx.books.job(&id);
        let job = read::<Job>(self.world.table(), &key).await?;
        if job.is_some_and(|job| job.value.knows(&evidence.key, evidence.occurred)) {
            return Ok(false);
        }
        tracing::warn!(job = %id, trigger = ?evidence.trigger, "no webhook told of this");
        let message = self.message(&cx.books.company, Subject::Job(id), Some(evidence))?;
        self.world.queue().send(message).await?;
        Ok(true)
    }
}

/// One page of a list, as evidence.
struct Found {
    evidence: Vec<(JobId, Evidence)>,
    /// Nothing after it is new.
    last: bool,
    unreadable: Vec<String>,
}

impl Found {
    fn invoices(
        page: hcp::Page<Invoice>,
        since: Timestamp,
        at: fn(&Invoice) -> Option<Timestamp>,
        trigger: Trigger,
    ) -> Self {
        let older = |invoice: &Invoice| at(invoice).is_some_and(|at| at < since);
        // Sent ones come newest first, those never sent perhaps before; paid ones are asked for from `since` on.
        let last = page.page >= page.total_pages || page.items.iter().any(older);
        let evidence = page
            .items
            .into_iter()
            .filter_map(|invoice| {
                let at = at(&invoice).filter(|at| *at >= since)?;
                let job = invoice.job_id.or_else(|| JobId::in_place_of(&invoice.id))?;
                Some((job, Evidence::of_invoice(trigger, invoice.id, at)))
            })
            .collect();
        Self {
            evidence,
            last,
            unreadable: page.unreadable,
        }
    }

    fn jobs(page: hcp::Page<hcp::Job>, since: Timestamp) -> Self {
        let older = |job: &hcp::Job| job.updated_at.is_some_and(|at| at < since);
        let last = page.page >= page.total_pages || page.items.iter().any(older);
        let evidence = page
            .items
            .into_iter()
            .filter_map(|job| {
                let at = job.work_timestamps.completed_at?;
                (at >= since).then(|| (job.id, Evidence::finished(at)))
            })
            .collect();
        Self {
            evidence,
            last,
            unreadable: page.unreadable,
        }
    }
}
