//! Everything that changed since the last pull, and what webhooks told of.

use std::{collections::BTreeSet, time::Duration};

use hcp::JobId;
use jiff::{SignedDuration, Timestamp};
use mapping::{
    AnyKind, QboObject,
    alert::{Alert, AlertKind, ConnectionAlert, Subject},
};
use ports::Clock;
use qbo::{
    Changed, Entity, Id, Invoice, Payment, Purchase, Query, RefundReceipt, Request, SalesReceipt,
    limits,
};
use store::{Evidence, KnownWay, Listed, LongWay, PullCursor, Stored, read};

use super::concerned::Changes;
use crate::{
    alerts,
    calls::quickbooks::Rows,
    ctx::Ctx,
    engine::Engine,
    retry::Change,
    stop::{Stop, broken},
    world::World,
};

/// How far a pull looks behind the end of the last one: what was changed shows up late.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// While webhooks tell of what is written from here, all changes are looked at this often.
const HOURLY: SignedDuration = SignedDuration::from_mins(55);

/// A webhook may tell of our own write so long after it.
const ECHO_LATE: SignedDuration = SignedDuration::from_mins(5);

/// Change data capture looks back 30 days; a day less is safe.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24 * (limits::CHANGES_DAYS - 1));

/// What is left of a run for the last page.
const LAST_PAGE: Duration = Duration::from_secs(8);

/// Rows that were seen before and are met again where a long way goes on: those deleted meanwhile moved the others up.
const AGAIN: u32 = 50;

impl<W: World> Engine<W> {
    /// Looks at all that changed since the last time (R1). The cursor moves only after a clean pass.
    pub(super) async fn pull_changes(&self, cx: &Ctx, by_hand: bool) -> Result<(), Stop> {
        let told = &mut BTreeSet::new();
        let mut cursor = self.pull_cursor(cx).await?;
        let now = self.world.clock().now();
        if !by_hand && cursor.value.may_wait(now, HOURLY, ECHO_LATE) {
            return Ok(());
        }
        if cursor.value.long_way.is_none() {
            let since = cursor.value.seen_until - OVERLAP;
            let are_deletions_told = now.duration_since(since) < LOOK_BACK;
            if are_deletions_told {
                let answer = self.ask(cx, &Request::changes(&KINDS, since)).await?;
                let answer = answer.changes().map_err(broken)?;
                let changes = read_changes(&answer).map_err(broken)?;
                let own = self.concern(cx, told, &changes).await?;
                cursor.value.own = cursor.value.own.max(own);
                // A full answer leaves others out; what was deleted is known from it all the same.
                if answer.count() < limits::CHANGES {
                    return self.pulled_until(cx, cursor, now).await;
                }
            }
            cursor.value.long_way = Some(LongWay {
                begun: now,
                since,
                of: Listed::default(),
                next: 1,
                known: (!are_deletions_told).then(KnownWay::default),
            });
            self.put(vec![cursor.put()?]).await?;
            cursor.written();
        }
        self.go_the_long_way(cx, told, cursor).await
    }

    /// All that changed since a moment, page by page in the order of the ids. Where the time is over, the next run goes on.
    async fn go_the_long_way(
        &self,
        cx: &Ctx,
        told: &mut BTreeSet<JobId>,
        mut cursor: Stored<PullCursor>,
    ) -> Result<(), Stop> {
        self.ask_for_all_known(cx, told, &mut cursor).await?;
        while let Some(way) = cursor.value.long_way.clone() {
            self.has_time(cx)?;
            let (full, changes) = self.page_of_changes(cx, &way).await?;
            let own = self.concern(cx, told, &changes).await?;
            cursor.value.own = cursor.value.own.max(own);
            let rows = u32::from(limits::QUERY_ROWS);
            cursor.value.long_way = match (full, way.of.next()) {
                (true, _) => Some(LongWay {
                    next: way.next + rows - AGAIN,
                    ..way
                }),
                (false, Some(of)) => Some(LongWay { of, next: 1, ..way }),
                (false, None) => return self.pulled_until(cx, cursor, way.begun).await,
            };
            self.put(vec![cursor.put()?]).await?;
            cursor.written();
        }
        Ok(())
    }

    /// Whether this run has time for one page more.
    pub(super) fn has_time(&self, cx: &Ctx) -> Result<(), Stop> {
        let clock = self.world.clock();
        match clock.monotonic() + LAST_PAGE > cx.deadline {
            true => Err(Stop::out_of_time(clock.now())),
            false => Ok(()),
        }
    }

    /// The next page of a long way, and whether it is full.
    async fn page_of_changes(&self, cx: &Ctx, way: &LongWay) -> Result<(bool, Changes), Stop> {
        let mut changes = Changes::default();
        let full = match way.of {
            Listed::Payments => {
                changes.payments = self.page_of(cx, way).await?;
                is_full(&changes.payments)
            }
            Listed::Invoices => {
                changes.invoices = self.page_of(cx, way).await?;
                is_full(&changes.invoices)
            }
            Listed::RefundReceipts => {
                let into = (AnyKind::RefundReceipt, &mut changes);
                self.add_page::<RefundReceipt>(cx, way, into).await?
            }
            Listed::SalesReceipts => {
                let into = (AnyKind::SalesReceipt, &mut changes);
                self.add_page::<SalesReceipt>(cx, way, into).await?
            }
            Listed::Expenses => {
                let into = (AnyKind::Purchase, &mut changes);
                self.add_page::<Purchase>(cx, way, into).await?
            }
        };
        Ok((full, changes))
    }

    async fn add_page<T: Entity>(
        &self,
        cx: &Ctx,
        way: &LongWay,
        (kind, changes): (AnyKind, &mut Changes),
    ) -> Result<bool, Stop>
    where
        QboObject: From<T>,
    {
        let page = self.page_of::<T>(cx, way).await?;
        let full = is_full(&page);
        changes.add(kind, page);
        Ok(full)
    }

    async fn page_of<T: Entity>(&self, cx: &Ctx, way: &LongWay) -> Result<Vec<Changed<T>>, Stop> {
        let query = Query::select(T::NAME)
            .where_from("MetaData.LastUpdatedTime", way.since.to_string())
            .in_pages()
            .start_position(way.next);
        let answer = self.ask(cx, &Request::query(&query)).await?;
        let rows: Vec<T> = answer.query_rows().map_err(broken)?;
        Ok(rows.into_iter().map(Changed::Stands).collect())
    }

    /// Those of these ids that QuickBooks finds, and those that it does not.
    pub(super) async fn by_ids<T: Entity>(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        ids: &[Id],
    ) -> Result<(Vec<Changed<T>>, Vec<Changed<T>>), Stop> {
        let rows = self.ask_all(cx, &[kind.by_ids(ids)]).await?;
        let found: Vec<T> = rows.first().map_or(Ok(Vec::new()), Rows::of)?;
        let is_found = |id: &&Id| found.iter().any(|row| row.id() == Some(*id));
        let gone = ids.iter().filter(|id| !is_found(id));
        let gone = gone.cloned().map(Changed::Deleted).collect();
        Ok((found.into_iter().map(Changed::Stands).collect(), gone))
    }

    /// Looks at what webhooks told of (R1). What is the echo of our own writes costs no read.
    pub(super) async fn pull_told(&self, cx: &Ctx, evidence: &[Evidence]) -> Result<(), Stop> {
        let (mut payments, mut invoices) = (Vec::new(), Vec::new());
        let (mut receipts, mut sales, mut expenses) = (Vec::new(), Vec::new(), Vec::new());
        let (mut echoed, told) = (None, &mut BTreeSet::new());
        for one in evidence {
            match one.key.split_once('#') {
                Some((Payment::NAME, id)) => {
                    let id = Id::new(id);
                    match self.is_echo(cx, &id, one.at).await? {
                        true => echoed = echoed.max(Some(one.at)),
                        false => payments.push(id),
                    }
                }
                Some((Invoice::NAME, id)) => invoices.push(Id::new(id)),
                Some((RefundReceipt::NAME, id)) => receipts.push(Id::new(id)),
                Some((SalesReceipt::NAME, id)) => sales.push(Id::new(id)),
                Some((Purchase::NAME, id)) => expenses.push(Id::new(id)),
                _ => {}
            }
        }
        let mut changes = Changes {
            payments: self.told_of(cx, AnyKind::Payment, payments).await?,
            invoices: self.told_of(cx, AnyKind::Invoice, invoices).await?,
            others: Vec::new(),
        };
        let receipts = (AnyKind::RefundReceipt, receipts);
        self.add_ours::<RefundReceipt>(cx, &mut changes, receipts)
            .await?;
        let sales = (AnyKind::SalesReceipt, sales);
        self.add_ours::<SalesReceipt>(cx, &mut changes, sales)
            .await?;
        let expenses = (AnyKind::Purchase, expenses);
        self.add_ours::<Purchase>(cx, &mut changes, expenses)
            .await?;
        self.concern(cx, told, &changes).await?;
        match echoed {
            Some(at) => self.note_echo(cx, at).await,
            None => Ok(()),
        }
    }

    /// These, as QuickBooks has them now.
    async fn told_of<T: Entity>(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        ids: Vec<Id>,
    ) -> Result<Vec<Changed<T>>, Stop> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (mut all, gone) = self.by_ids(cx, kind, &ids).await?;
        all.extend(gone);
        Ok(all)
    }

    /// Adds those of them that came from here: what is not ours costs no read.
    async fn add_ours<T: Entity>(
        &self,
        cx: &Ctx,
        changes: &mut Changes,
        (kind, ids): (AnyKind, Vec<Id>),
    ) -> Result<(), Stop>
    where
        QboObject: From<T>,
    {
        let mut ours = Vec::new();
        for id in ids {
            if self.owner_of(cx, kind, &id).await?.is_some() {
                ours.push(id);
            }
        }
        changes.add::<T>(kind, self.told_of(cx, kind, ours).await?);
        Ok(())
    }

    async fn note_echo(&self, cx: &Ctx, at: Timestamp) -> Result<(), Stop> {
        let connected = cx.connection.connected_at;
        let key = cx.books.pull_cursor();
        let noted = self.change(
            &key,
            || started(connected),
            |cursor| {
                cursor.value.echoed = cursor.value.echoed.max(Some(at));
                Change::Store(())
            },
        );
        noted.await.map(drop)
    }

    async fn pull_cursor(&self, cx: &Ctx) -> Result<Stored<PullCursor>, Stop> {
        let key = cx.books.pull_cursor();
        let cursor = read::<PullCursor>(self.world.table(), &key).await?;
        Ok(cursor.unwrap_or_else(|| Stored::new(key, started(cx.connection.connected_at))))
    }

    /// A clean pass has ended.
    async fn pulled_until(
        &self,
        cx: &Ctx,
        mut cursor: Stored<PullCursor>,
        until: Timestamp,
    ) -> Result<(), Stop> {
        cursor.value.seen_until = until;
        cursor.value.long_way = None;
        match self.put(vec![cursor.put()?]).await {
            // Another one has ended meanwhile, or a webhook came: what was looked at is looked at once more.
            Ok(()) | Err(Stop::PlanAgain(_)) => {}
            Err(stop) => return Err(stop),
        }
        let subject = Subject::Connection;
        alerts::close_one(&self.world, &cx.books, &subject, AlertKind::PullFails).await
    }
}

const KINDS: [&str; 5] = [
    Payment::NAME,
    Invoice::NAME,
    RefundReceipt::NAME,
    SalesReceipt::NAME,
    Purchase::NAME,
];

fn read_changes(answer: &qbo::Changes) -> Result<Changes, serde_json::Error> {
    let mut changes = Changes {
        payments: answer.of()?,
        invoices: answer.of()?,
        others: Vec::new(),
    };
    changes.add(AnyKind::RefundReceipt, answer.of::<RefundReceipt>()?);
    changes.add(AnyKind::SalesReceipt, answer.of::<SalesReceipt>()?);
    changes.add(AnyKind::Purchase, answer.of::<Purchase>()?);
    Ok(changes)
}

/// What changed before the connection was made concerns no document of ours.
fn started(connected: Timestamp) -> PullCursor {
    PullCursor {
        seen_until: connected,
        long_way: None,
        own: None,
        echoed: None,
    }
}

fn is_full<T>(page: &[T]) -> bool {
    page.len() >= usize::from(limits::QUERY_ROWS)
}

/// The alert of a pull that does not succeed.
pub(super) fn keeps_failing(cause: &str) -> Alert {
    let reason = cause.to_owned();
    Alert::Connection(ConnectionAlert::PullFails { reason })
}
