//! Calls to QuickBooks for one connection: limits first, then a token, then the call; what went wrong
//! decides what happens next.

use std::time::Duration;

use jiff::{SignedDuration, tz::TimeZone};
use mapping::{SalesTax, TaxCode, invoice::Setup};
use ports::Clock;
use qbo::{Answer, BatchId, BatchItem, Client, QboError, Query, Request, RequestId};
use store::{Books, Connection};

use crate::{
    alerts::{self, AlertKind, Finding},
    engine::Engine,
    limits::Rate,
    stop::Stop,
    tokens::{self, Known},
    world::World,
};

/// How long everybody waits when QuickBooks cannot be reached.
const OUTAGE: Duration = Duration::from_secs(20);

/// One piece of work for one connection.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) books: Books,
    pub(crate) connection: Connection,
    /// What the company chose.
    pub(crate) settings: mapping::Settings,
    pub(crate) zone: TimeZone,
    /// On the monotonic clock: no call to QuickBooks begins that could end after it.
    pub(crate) deadline: Duration,
    tax_codes: Vec<TaxCode>,
}

impl Session {
    pub(crate) fn new(
        books: Books,
        connection: Connection,
        settings: mapping::Settings,
        zone: TimeZone,
        deadline: Duration,
    ) -> Self {
        let facts = connection.tax_codes.iter();
        let tax_codes = facts.map(|code| TaxCode {
            id: code.id.clone(),
            name: code.name.clone(),
            rates: code.rates.clone(),
        });
        Self {
            books,
            tax_codes: tax_codes.collect(),
            connection,
            settings,
            zone,
            deadline,
        }
    }

    /// How QuickBooks is set up, as far as an invoice depends on it.
    pub(crate) fn setup(&self) -> Setup<'_> {
        let preferences = &self.connection.preferences;
        let sales_tax = match (preferences.sales_tax, preferences.automated_tax) {
            (false, _) => SalesTax::Off,
            (true, false) => SalesTax::Manual {
                codes: &self.tax_codes,
                chosen: &self.settings.tax_rates,
            },
            (true, true) => SalesTax::Automated(self.tax_codes.first().map(|code| &code.id)),
        };
        Setup {
            zone: &self.zone,
            discounts: preferences.discounts,
            sales_tax,
        }
    }
}

/// The rows that one of several queries found.
#[derive(Debug)]
pub(crate) enum Rows {
    Single(Answer),
    Item(qbo::BatchValue),
}

impl Rows {
    pub(crate) fn of<T: qbo::Entity>(&self) -> Result<Vec<T>, Stop> {
        match self {
            Self::Single(answer) => answer.query_rows(),
            Self::Item(value) => value.rows(),
        }
        .map_err(broken)
    }
}

impl<W: World> Engine<W> {
    fn client<'a>(&'a self, session: &Session) -> Client<&'a W::Http> {
        Client::new(
            self.world.http(),
            self.settings.qbo_base_url.clone(),
            session.books.realm.clone(),
        )
    }

    /// Waits for the limits and makes sure that the call can end before the deadline.
    pub(crate) async fn may_call(&self, session: &Session, batch: bool) -> Result<(), Stop> {
        if batch {
            let rate = Rate::QboBatch(session.books.realm.clone());
            self.limits.take(&self.world, &rate, 1).await?;
        }
        let rate = Rate::Qbo(session.books.realm.clone());
        self.limits.take(&self.world, &rate, 1).await?;
        let now = self.world.clock().monotonic();
        if now + qbo::TIMEOUT > session.deadline {
            return Err(Stop::Later {
                until: self.world.clock().now(),
                cause: "the time of this run is used up".to_owned(),
            });
        }
        Ok(())
    }

    pub(crate) async fn token(
        &self,
        session: &Session,
        refused: Option<&Known>,
    ) -> Result<Known, Stop> {
        self.tokens
            .access(
                &self.world,
                &self.settings,
                &self.leases,
                &session.books,
                refused,
            )
            .await
    }

    /// Sends a request as it is; once more with a new token when the first was refused.
    pub(crate) async fn call(
        &self,
        session: &Session,
        token: &Known,
        request: &Request,
    ) -> Result<Result<Answer, QboError>, Stop> {
        let client = self.client(session);
        let started = self.world.clock().monotonic();
        let mut answer = client.send(&token.access, request).await;
        if matches!(answer, Err(QboError::Unauthorized { .. })) {
            let token = self.token(session, Some(token)).await?;
            answer = client.send(&token.access, request).await;
        }
        let took = self.world.clock().monotonic().saturating_sub(started);
        let tid = match &answer {
            Ok(answer) => answer.tid(),
            Err(error) => error.tid(),
        };
        tracing::info!(
            realm = %session.books.realm,
            method = ?request.method(),
            path = request.path(),
            request_id = request.request_id().map(tracing::field::display),
            milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            intuit_tid = tid.as_str(),
            error = answer.as_ref().err().map(tracing::field::display),
            "QuickBooks call"
        );
        Ok(answer)
    }

    /// Reads. Every failure ends the work: put off, or reported.
    pub(crate) async fn ask(&self, session: &Session, request: &Request) -> Result<Answer, Stop> {
        self.may_call(session, request.path() == "batch").await?;
        let token = self.token(session, None).await?;
        match self.call(session, &token, request).await? {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.ends(session, &error).await?),
        }
    }

    /// Asks several things at once; one call, whatever their number.
    pub(crate) async fn ask_all(
        &self,
        session: &Session,
        queries: &[Query],
    ) -> Result<Vec<Rows>, Stop> {
        match queries {
            [] => Ok(Vec::new()),
            [query] => {
                let answer = self.ask(session, &Request::query(query)).await?;
                Ok(vec![Rows::Single(answer)])
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
                let answer = self.ask(session, &request).await?;
                let results = answer.batch().map_err(broken)?;
                let mut rows = Vec::new();
                for item in &items {
                    let result = results.iter().find(|(id, _)| id == item.id());
                    match result {
                        Some((_, Ok(value))) => rows.push(Rows::Item(value.clone())),
                        Some((_, Err(fault))) => {
                            let error = QboError::from_fault(
                                fault.clone(),
                                qbo::Effect::Read,
                                answer.tid().clone(),
                            );
                            return Err(self.ends(session, &error).await?);
                        }
                        None => {
                            return Err(Stop::Broken(
                                "QuickBooks left a question of a batch unanswered".to_owned(),
                            ));
                        }
                    }
                }
                Ok(rows)
            }
        }
    }

    /// How work ends after an error that has nothing to do with what was asked or sent; for all others,
    /// a report of QuickBooks' own words.
    pub(crate) async fn ends(&self, session: &Session, error: &QboError) -> Result<Stop, Stop> {
        let later = |wait: SignedDuration| Stop::Later {
            until: self.world.clock().now() + wait,
            cause: error.to_string(),
        };
        Ok(match error {
            QboError::Throttled { .. } | QboError::Unavailable { .. } => {
                let wait = match error {
                    QboError::Throttled { wait, .. } => *wait,
                    _ => OUTAGE,
                };
                let rate = Rate::Qbo(session.books.realm.clone());
                let until = self.limits.hold(&self.world, &rate, wait).await?;
                Stop::Later {
                    until,
                    cause: error.to_string(),
                }
            }
            QboError::Unauthorized { .. } | QboError::WrongRealm { .. } => {
                tokens::reconnect(&self.world, &session.books, &error.to_string()).await?
            }
            QboError::ReadOnlyCompany { .. } => {
                let finding = Finding::connection(AlertKind::QuickbooksReadOnly);
                alerts::raise(&self.world, &session.books, &finding).await?;
                later(SignedDuration::from_hours(1))
            }
            QboError::NamesLocked { .. } => later(SignedDuration::from_secs(3)),
            QboError::Uncertain { .. } => later(SignedDuration::from_secs(30)),
            QboError::Stale { .. } => Stop::Rival("a QuickBooks object".to_owned()),
            QboError::Unreadable { .. } => Stop::Broken(error.to_string()),
            _ => {
                let finding = Finding::connection(AlertKind::QuickbooksRefused);
                refused(finding, error).stop()
            }
        })
    }
}

/// QuickBooks' own words, for an alert (S5).
pub(crate) fn refused(finding: Finding, error: &QboError) -> Finding {
    let first = match error {
        QboError::Refused { fault, .. } => fault.errors.first(),
        _ => None,
    };
    finding
        .with(
            "quickbooks",
            first.map_or_else(|| error.to_string(), |error| error.detail.clone()),
        )
        .with("code", first.map_or("none", |error| error.code.as_str()))
        .with("intuit_tid", error.tid().as_str().unwrap_or("none"))
}

/// A defect of ours, or an answer that nobody can use.
pub(crate) fn broken(error: impl std::fmt::Display) -> Stop {
    Stop::Broken(error.to_string())
}
