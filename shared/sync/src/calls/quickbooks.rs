//! Calls to QuickBooks for one connection: limits first, then a token, then the call; what went wrong
//! decides what happens next.

use std::time::Duration;

use jiff::SignedDuration;
use mapping::{
    TypedRows,
    alert::{Alert, ConnectionAlert, QuickbooksWords},
};
use ports::Clock;
use qbo::{Answer, BatchId, BatchItem, Client, QboError, Query, Request, RequestId};
use store::System;

use crate::{
    alerts,
    calls::{
        limits::Rate,
        tokens::{self, CachedToken},
    },
    ctx::Ctx,
    engine::Engine,
    stop::{Stop, broken, chain},
    world::World,
};

/// How long after a failure of QuickBooks the same is tried again.
const FAILED: SignedDuration = SignedDuration::from_secs(20);

/// A call begins only when at least so much time is left for its answer.
const LEAST: Duration = Duration::from_secs(6);

/// So many questions or writes go out one by one when no batch can be sent at once: QuickBooks allows twelve times as
/// many calls as batches.
pub(crate) const SINGLY: usize = 6;

/// How long such a batch is waited for.
const BATCH_PATIENCE: Duration = Duration::from_secs(1);

/// The rows that one of several queries found, page by page.
#[derive(Debug)]
pub(crate) struct Rows(Vec<Page>);

#[derive(Debug)]
enum Page {
    Single(Answer),
    Item(qbo::BatchValue),
}

impl Rows {
    pub(crate) fn of<T: qbo::Entity>(&self) -> Result<Vec<T>, Stop> {
        let mut rows = Vec::new();
        for page in &self.0 {
            let page = match page {
                Page::Single(answer) => answer.query_rows(),
                Page::Item(value) => value.rows(),
            };
            rows.extend(page.map_err(broken)?);
        }
        Ok(rows)
    }

    /// All that several queries found, each once.
    pub(crate) fn together<T: qbo::Entity>(queries: &[Self]) -> Result<Vec<T>, Stop> {
        let mut found: Vec<T> = Vec::new();
        for rows in queries {
            for row in rows.of::<T>()? {
                if found.iter().all(|known| known.id() != row.id()) {
                    found.push(row);
                }
            }
        }
        Ok(found)
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> Result<bool, Stop> {
        Ok(self.on_last_page()? == 0 && self.0.len() < 2)
    }

    fn on_last_page(&self) -> Result<usize, Stop> {
        match self.0.last() {
            Some(Page::Single(answer)) => answer.row_count(),
            Some(Page::Item(value)) => value.row_count(),
            None => Ok(0),
        }
        .map_err(broken)
    }
}

impl TypedRows for Rows {
    type Error = Stop;

    fn of<T: qbo::Entity>(&self) -> Result<Vec<T>, Stop> {
        self.of()
    }
}

/// Pages of one query that are read. A name that is not among so many rows counts as free: where it is not,
/// QuickBooks itself says so to the create.
const PAGES: u32 = 10;

impl<W: World> Engine<W> {
    /// It waits for no answer beyond the deadline.
    pub(crate) fn client<'a>(&'a self, cx: &Ctx) -> Client<&'a W::Http> {
        let client = Client::new(
            self.world.http(),
            self.config.qbo_base_url.clone(),
            cx.books.realm.clone(),
        );
        let now = self.world.clock().monotonic();
        client.within(cx.deadline.saturating_sub(now).max(LEAST))
    }

    /// Waits for the limits and makes sure that the call can end before the deadline.
    pub(crate) async fn may_call(&self, cx: &Ctx, batch: bool) -> Result<(), Stop> {
        if batch {
            self.may_batch(cx, cx.patience(&self.world)).await?;
        }
        self.may_make(cx, false).await
    }

    /// The same of one that reads, which Intuit may count.
    pub(crate) async fn may_ask(&self, cx: &Ctx, request: &Request) -> Result<(), Stop> {
        self.may_make(cx, request.is_metered()).await
    }

    async fn may_make(&self, cx: &Ctx, metered: bool) -> Result<(), Stop> {
        let patience = cx.patience(&self.world);
        let taken = self
            .limits
            .take_call(&self.world, &cx.books.realm, metered, patience);
        taken.await?;
        if self.world.clock().monotonic() + LEAST > cx.deadline {
            return Err(Stop::out_of_time(self.world.clock().now()));
        }
        Ok(())
    }

    async fn may_batch(&self, cx: &Ctx, patience: Duration) -> Result<(), Stop> {
        let rate = Rate::QboBatch(cx.books.realm.clone());
        self.limits.take(&self.world, &rate, 1, patience).await?;
        Ok(())
    }

    /// Whether so many things go out in one call: a few do not wait for a batch. One that may is reserved.
    pub(crate) async fn together(&self, cx: &Ctx, things: usize) -> Result<bool, Stop> {
        if things > SINGLY {
            let patience = cx.patience(&self.world);
            return self.may_batch(cx, patience).await.map(|()| true);
        }
        match self.may_batch(cx, BATCH_PATIENCE).await {
            Ok(()) => Ok(true),
            Err(Stop::Turn { .. }) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    pub(crate) async fn token(
        &self,
        cx: &Ctx,
        refused: Option<&CachedToken>,
    ) -> Result<CachedToken, Stop> {
        self.tokens
            .access(&self.world, &self.config, &self.leases, &cx.books, refused)
            .await
    }

    /// Sends a request as it is; once more with a new token when the first was refused.
    pub(crate) async fn call(
        &self,
        cx: &Ctx,
        token: &CachedToken,
        request: &Request,
    ) -> Result<Result<Answer, QboError>, Stop> {
        let client = self.client(cx);
        let started = self.world.clock().monotonic();
        let mut answer = client.send(&token.access, request).await;
        if matches!(answer, Err(QboError::Unauthorized { .. })) {
            let token = self.token(cx, Some(token)).await?;
            answer = client.send(&token.access, request).await;
        }
        let took = self.world.clock().monotonic().saturating_sub(started);
        let tid = match &answer {
            Ok(answer) => answer.tid(),
            Err(error) => error.tid(),
        };
        tracing::info!(
            realm = %cx.books.realm,
            method = ?request.method(),
            path = request.path(),
            request_id = request.request_id().map(tracing::field::display),
            milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            intuit_tid = tid.as_str(),
            error = answer.as_ref().err().map(|error| chain(error)),
            "QuickBooks call"
        );
        Ok(answer)
    }

    /// Reads. Every failure ends the work: put off, or reported. A batch has been reserved.
    pub(crate) async fn ask(&self, cx: &Ctx, request: &Request) -> Result<Answer, Stop> {
        self.may_ask(cx, request).await?;
        let token = self.token(cx, None).await?;
        match self.call(cx, &token, request).await? {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.stop_for(cx, &error).await?),
        }
    }

    /// Asks several things at once: one call for as many as a batch takes, as long as batches are to be had, and more
    /// where an answer has several pages.
    pub(crate) async fn ask_all(&self, cx: &Ctx, queries: &[Query]) -> Result<Vec<Rows>, Stop> {
        let mut found = Vec::with_capacity(queries.len());
        for some in queries.chunks(qbo::limits::BATCH_ITEMS) {
            let pages = self.ask_at_once(cx, some).await?;
            found.extend(pages.into_iter().map(|page| Rows(vec![page])));
        }
        for (query, rows) in queries.iter().zip(&mut found) {
            let mut next = query.after(rows.on_last_page()?);
            for _ in 1..PAGES {
                let Some(query) = next else { break };
                let answer = self.ask(cx, &Request::query(&query)).await?;
                rows.0.push(Page::Single(answer));
                next = query.after(rows.on_last_page()?);
            }
        }
        Ok(found)
    }

    /// Asks for one page alone.
    pub(crate) async fn ask_page(&self, cx: &Ctx, query: &Query) -> Result<Rows, Stop> {
        let answer = self.ask(cx, &Request::query(query)).await?;
        Ok(Rows(vec![Page::Single(answer)]))
    }

    async fn ask_at_once(&self, cx: &Ctx, queries: &[Query]) -> Result<Vec<Page>, Stop> {
        match queries {
            [] => Ok(Vec::new()),
            [query] => Ok(self.ask_page(cx, query).await?.0),
            queries if !self.together(cx, queries.len()).await? => {
                let mut rows = Vec::new();
                for query in queries {
                    let answer = self.ask(cx, &Request::query(query)).await?;
                    rows.push(Page::Single(answer));
                }
                Ok(rows)
            }
            queries => {
                let items = queries
                    .iter()
                    .enumerate()
                    .map(|(index, query)| {
                        Ok(BatchItem::query(BatchId::new(index.to_string())?, query))
                    })
                    .collect::<Result<Vec<_>, qbo::RequestError>>()
                    .map_err(broken)?;
                let id = RequestId::from(ports::Chance::uuid(self.world.chance()));
                let request = Request::batch(&items, id).map_err(broken)?;
                let answer = self.ask(cx, &request).await?;
                let results = answer.batch().map_err(broken)?;
                let mut rows = Vec::new();
                for item in &items {
                    let result = results.iter().find(|(id, _)| id == item.id());
                    match result {
                        Some((_, Ok(value))) => rows.push(Page::Item(value.clone())),
                        Some((_, Err(fault))) => {
                            let error = QboError::from_fault(
                                fault.clone(),
                                qbo::Effect::Read,
                                answer.tid().clone(),
                            );
                            return Err(self.stop_for(cx, &error).await?);
                        }
                        None => {
                            return Err(broken("QuickBooks left a question of a batch unanswered"));
                        }
                    }
                }
                Ok(rows)
            }
        }
    }

    /// How work ends after an error that has nothing to do with what was asked or sent; for all others,
    /// a report of QuickBooks' own words.
    pub(crate) async fn stop_for(&self, cx: &Ctx, error: &QboError) -> Result<Stop, Stop> {
        let later = |wait: SignedDuration| Stop::Later {
            until: self.world.clock().now() + wait,
            cause: error.clone().into(),
        };
        Ok(match error {
            QboError::Throttled { wait, .. } => {
                let rate = Rate::Qbo(cx.books.realm.clone());
                let company = &cx.books.company;
                let held = self.limits.hold(&self.world, &rate, company, *wait);
                Stop::Turn {
                    until: held.await?,
                    turn: None,
                    cause: error.clone().into(),
                }
            }
            QboError::Unavailable { .. } => self.quickbooks_failed(FAILED, error),
            QboError::Unauthorized { .. } | QboError::WrongRealm { .. } => {
                tokens::reconnect(&self.world, &cx.books, &error.to_string()).await?
            }
            QboError::ReadOnlyCompany { .. } => {
                let alert = Alert::Connection(ConnectionAlert::ReadOnly);
                alerts::raise(&self.world, &cx.books, &alert).await?;
                later(SignedDuration::from_hours(1))
            }
            QboError::NamesLocked { .. } => later(SignedDuration::from_secs(3)),
            QboError::Uncertain { .. } => self.quickbooks_failed(FAILED, error),
            QboError::Stale { .. } => Stop::PlanAgain("a QuickBooks object".to_owned()),
            QboError::Unreadable { .. } => broken(error.clone()),
            _ => {
                let words = QuickbooksWords::from(error);
                Alert::Connection(ConnectionAlert::RequestRefused(words)).into()
            }
        })
    }

    /// QuickBooks did not answer, or with an error of its own.
    pub(crate) fn quickbooks_failed(&self, wait: SignedDuration, error: &QboError) -> Stop {
        Stop::Failed {
            system: System::Quickbooks,
            until: self.world.clock().now() + wait,
            cause: error.clone().into(),
        }
    }
}
