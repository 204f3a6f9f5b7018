//! The sandbox itself: one company, its books, its gateway and its log.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use thiserror::Error;

use crate::{
    Clock,
    api::{
        self, Served,
        answer::{Answer, End, Envelope},
        limits::Limits,
        oauth::{Access, OAuth, TokenOutcome},
        replay::{self, Replay, Seen},
        request::Request,
    },
    fault::Refusal,
    faults::{Fault, FaultKind, Faults},
    json::{Json, Object},
    log::{Act, Call, Log, Violation},
    options::{Company, Options},
    query,
    rules::{Author, Env, company},
    schema::{self, Entity},
    seed,
    store::{Books, Row},
    times::Times,
    write::{Operation, Write, write},
};

const TOKEN_PATH: &str = "/oauth2/v1/tokens/bearer";

/// A QuickBooks company on this machine. Copies share the same books.
#[derive(Clone)]
pub struct Sandbox {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

/// Why an edit by hand was not made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}: {detail}")]
pub struct EditError {
    /// Code that the API would give.
    pub code: &'static str,
    /// Text that the API would give.
    pub detail: String,
}

pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) books: Books,
    oauth: OAuth,
    limits: Limits,
    replay: Replay,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    serial: u64,
}

impl Sandbox {
    /// A new company with a chart of accounts, terms and two services.
    pub fn new(options: Options) -> Self {
        let clock = options.clock.clone();
        let mut state = State {
            books: Books::new(),
            oauth: OAuth::new(&options.refresh_token, clock.now()),
            limits: Limits::default(),
            replay: Replay::default(),
            faults: Faults::default(),
            log: Log::default(),
            serial: 0,
            options,
        };
        let (books, env) = state.desk(clock.now());
        if let Err(refusal) = seed::sow(books, &env) {
            tracing::error!(
                code = refusal.code,
                detail = refusal.detail,
                "the seed was refused"
            );
        }
        Self {
            clock,
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Answers one request of the API or of the token endpoint. Does not wait: a delay is part of the
    /// answer.
    pub fn handle(&self, request: &Request) -> Answer {
        let started = Instant::now();
        let now = self.clock.now();
        let mut state = self.state();
        let tid = state.next_tid(now);
        let answer = state.answer(now, &tid, request);
        let (status, code) = match &answer.end {
            End::Response(response) => (Some(response.status), fault_code(response)),
            End::Dropped { .. } => (None, None),
        };
        state.log.call(Call {
            at: now,
            method: request.method.clone(),
            path: request.path().to_owned(),
            operation: request.param("operation"),
            status,
            latency: started.elapsed() + answer.delay,
            intuit_tid: tid,
            request_id: request.param("requestid"),
            code,
        });
        answer
    }

    /// All objects of a kind as QuickBooks prints them, by id; inactive ones too, deleted ones not.
    pub fn objects(&self, entity: &str) -> Vec<Json> {
        let Some(entity) = schema::entity(entity) else {
            return Vec::new();
        };
        let state = self.state();
        let times = state.times();
        state
            .books
            .rows(entity.name)
            .map(|row| state.books.print(entity, row, &times).into())
            .collect()
    }

    /// One object as QuickBooks prints it.
    pub fn object(&self, entity: &str, id: &str) -> Option<Json> {
        let entity = schema::entity(entity)?;
        let state = self.state();
        let row = state
            .books
            .row(entity.name, id.parse().ok()?)
            .filter(|row| !row.deleted)?;
        Some(state.books.print(entity, row, &state.times()).into())
    }

    /// The last 5000 calls, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state().log.calls().cloned().collect()
    }

    /// How often something was done with success, to objects of one entity or of all; items of batches
    /// count too.
    pub fn count(&self, act: Act, entity: Option<&str>) -> u64 {
        self.state().log.count(act, entity)
    }

    /// What a correct client would not have done, in order.
    pub fn violations(&self) -> Vec<Violation> {
        self.state().log.violations().to_vec()
    }

    /// Lets coming calls fail.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.add(fault);
    }

    /// Takes back the failures that have not happened.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Changes the company's settings, as its owner would.
    pub fn configure(&self, change: impl FnOnce(&mut Company)) {
        change(&mut self.state().options.company);
    }

    /// Changes an object as a person would in the browser: no `SyncToken` is asked for, and lines may
    /// disagree with their prices.
    ///
    /// # Errors
    /// When the object does not exist or the books forbid the change.
    pub fn edit(&self, entity: &str, id: &str, fields: &Json) -> Result<Json, EditError> {
        let mut body = fields.as_object().cloned().unwrap_or_default();
        body.set("Id", id);
        body.set("sparse", true);
        self.by_hand(entity, Operation::Update, body)
    }

    /// Creates an object as a person would in the browser.
    ///
    /// # Errors
    /// When the books forbid it.
    pub fn create(&self, entity: &str, fields: &Json) -> Result<Json, EditError> {
        let body = fields.as_object().cloned().unwrap_or_default();
        self.by_hand(entity, Operation::Create, body)
    }

    /// Deletes a transaction as a person would in the browser.
    ///
    /// # Errors
    /// When the transaction does not exist.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Json, EditError> {
        self.by_hand(entity, Operation::Delete, Object::new().with("Id", id))
    }

    fn by_hand(&self, entity: &str, operation: Operation, body: Object) -> Result<Json, EditError> {
        let done = match schema::entity(entity) {
            None => Err(Refusal::not_covered(entity)),
            Some(entity) => {
                let body = Json::Object(body);
                let mut state = self.state();
                let (books, env) = state.desk(self.clock.now());
                let change = Write {
                    entity,
                    operation,
                    body: &body,
                    author: Author::Person,
                    allow_duplicate_number: true,
                };
                write(books, &env, &change).map(|mut done| done.remove(entity.name))
            }
        };
        match done {
            Ok(object) => Ok(object.unwrap_or(Json::Null)),
            Err(refusal) => Err(EditError {
                code: refusal.code,
                detail: refusal.detail,
            }),
        }
    }

    /// The refresh token that works now.
    pub fn refresh_token(&self) -> String {
        self.state().oauth.refresh_token().to_owned()
    }

    /// A fresh access token without a call, for tests of other things.
    pub fn access_token(&self) -> String {
        let now = self.clock.now();
        self.state().oauth.grant(now)
    }

    /// The user connects the app again: [`Sandbox::refresh_token`] is a new one from now on.
    pub fn consent(&self) {
        let now = self.clock.now();
        self.state().oauth.consent(now);
    }

    /// The user disconnects the app: no token works any more.
    pub fn disconnect(&self) {
        self.state().oauth.revoke();
    }
}

/// Routes by path; the host is ignored. A dropped connection is [`HttpFailure::Lost`], and so is an answer
/// that comes after the request's time-out.
impl Http for Sandbox {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let lost = |reason: &str| HttpFailure::Lost {
            host: host(&request.url).to_owned(),
            reason: reason.to_owned(),
        };
        let answer = self.handle(&Request {
            method: request.method.as_str().to_owned(),
            target: request.url.clone(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            body: request.body.clone(),
        });
        self.clock.spend(answer.delay.min(request.timeout)).await;
        if answer.delay > request.timeout {
            return Err(lost("timed out"));
        }
        match answer.end {
            End::Response(response) => Ok(response),
            End::Dropped { .. } => Err(lost("connection closed before an answer")),
        }
    }
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// The company's own object: always as its settings stand.
pub(crate) fn singleton(books: &Books, env: &Env<'_>, entity: &Entity) -> Row {
    Row {
        id: 1,
        token: 0,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        deleted: false,
        object: company::current(books, env, entity.name),
    }
}

impl State {
    fn times(&self) -> Times {
        Times(self.options.company.time_zone.clone())
    }

    /// The books and what the rules need besides.
    fn desk(&mut self, now: Timestamp) -> (&mut Books, Env<'_>) {
        let times = self.times();
        let env = Env {
            company: &self.options.company,
            doubts: &self.options.doubts,
            times,
            now: whole_second(now),
        };
        (&mut self.books, env)
    }

    /// Of the form of the real ones, and the same in every run with the same calls.
    fn next_tid(&mut self, now: Timestamp) -> String {
        self.serial += 1;
        format!("1-{:08x}-{:024x}", now.as_second(), self.serial)
    }

    fn answer(&mut self, now: Timestamp, tid: &str, request: &Request) -> Answer {
        let envelope = Envelope {
            tid: tid.to_owned(),
            now,
            times: self.times(),
        };
        let entities = if self.faults.asks_for_entities() {
            entities(request)
        } else {
            Vec::new()
        };
        let fault = self.faults.take(&request.method, request.path(), &entities);
        let delay = fault.as_ref().map_or(Duration::ZERO, FaultKind::delay);
        let end = match fault {
            Some(FaultKind::Throttle) => End::Response(envelope.throttled()),
            Some(FaultKind::ServerError) => {
                End::Response(envelope.refused(&Refusal::system_failure()))
            }
            Some(FaultKind::Html502) => End::Response(envelope.bad_gateway()),
            Some(FaultKind::DropBeforeCommit) => End::Dropped { committed: false },
            Some(FaultKind::CommitThenDrop) => {
                let response = self.respond(&envelope, request, false);
                End::Dropped {
                    committed: response.status == 200,
                }
            }
            Some(FaultKind::ExpireTokens) => {
                self.oauth.expire_access();
                End::Response(self.respond(&envelope, request, false))
            }
            Some(FaultKind::NamesLock) => End::Response(self.respond(&envelope, request, true)),
            Some(FaultKind::Slow { .. }) | None => {
                End::Response(self.respond(&envelope, request, false))
            }
        };
        Answer { delay, end }
    }

    fn respond(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        names_locked: bool,
    ) -> HttpResponse {
        let path = request.path();
        if path == TOKEN_PATH && request.method == "POST" {
            return self.token(envelope, request);
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["v3", "company", realm, rest @ ..] => {
                self.company(envelope, request, realm, rest, names_locked)
            }
            _ => envelope.refused(&Refusal::not_covered(format!("the path {path}"))),
        }
    }

    fn token(&mut self, envelope: &Envelope, request: &Request) -> HttpResponse {
        let answer = self.oauth.token(&self.options, envelope.now, request);
        match answer.outcome {
            TokenOutcome::Refreshed => self.log.act(Act::Refresh),
            TokenOutcome::Reused => {
                self.violation(envelope, "rotated-refresh-token", request);
            }
            TokenOutcome::Refused => {}
        }
        envelope.token(answer.status, &answer.body)
    }

    /// The gateway, then the company.
    fn company(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        realm: &str,
        segments: &[&str],
        names_locked: bool,
    ) -> HttpResponse {
        if let Access::Denied(detail) = self.oauth.check(envelope.now, request) {
            return envelope.unauthenticated(&detail);
        }
        if realm != self.options.realm {
            return envelope.wrong_realm();
        }
        if !matches!(request.method.as_str(), "GET" | "POST") {
            return envelope.method_not_allowed();
        }
        let is_batch = segments == ["batch"];
        if self.options.limits && !self.limits.admit(envelope.now, is_batch) {
            self.log.act(Act::Throttle);
            self.violation(envelope, "throttled", request);
            return envelope.throttled();
        }
        let is_write = request.method == "POST" && segments != ["query"];
        if !is_write {
            return self.serve(envelope, request, segments, names_locked);
        }
        let Some(id) = request.param("requestid") else {
            self.violation(envelope, "write-without-requestid", request);
            return self.serve(envelope, request, segments, names_locked);
        };
        if let Err(refusal) = replay::check_format(&id, is_batch) {
            return self.refused(envelope, request, &refusal);
        }
        if let Seen::Before {
            response,
            is_changed,
        } = self.replay.seen(&id, request)
        {
            if is_changed {
                self.violation(envelope, "requestid-with-another-body", request);
                if self.options.doubts.refuse_changed_repeat {
                    return self.refused(envelope, request, &Refusal::duplicate_request_id(&id));
                }
            }
            self.log.act(Act::Replay);
            return response;
        }
        let response = self.serve(envelope, request, segments, names_locked);
        let is_remembered = response.status == 200
            || (response.status == 400 && self.options.doubts.remember_refusals);
        if is_remembered {
            self.replay.remember(id, request, &response);
        }
        response
    }

    fn serve(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        segments: &[&str],
        names_locked: bool,
    ) -> HttpResponse {
        let (books, env) = self.desk(envelope.now);
        let Served { result, acts } = api::serve(books, &env, request, segments, names_locked);
        self.log.acts(&acts);
        match result {
            Ok(object) => envelope.ok(object),
            Err(refusal) => self.refused(envelope, request, &refusal),
        }
    }

    /// A fault; those that a correct client never gets are noted.
    fn refused(
        &mut self,
        envelope: &Envelope,
        request: &Request,
        refusal: &Refusal,
    ) -> HttpResponse {
        const AVOIDABLE: &[&str] = &[
            "500", "600", "1040", "2010", "2020", "2030", "2050", "2060", "2090", "2130", "2170",
            "4000", "4001", "6070", "SANDBOX",
        ];
        if AVOIDABLE.contains(&refusal.code) {
            let rule = format!("refused-{}", refusal.code.to_lowercase());
            self.violation(envelope, &rule, request);
        }
        envelope.refused(refusal)
    }

    fn violation(&mut self, envelope: &Envelope, rule: &str, request: &Request) {
        let call = format!("{} {}", request.method, request.path());
        self.log.violation(envelope.now, rule, &call);
    }
}

/// Stored times have no fractions of a second, as the printed ones.
fn whole_second(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The entities that a request is about.
fn entities(request: &Request) -> Vec<String> {
    let of_query = |statement: &str| query::parse(statement).map(|query| query.entity).ok();
    let segments: Vec<&str> = request.path().split('/').skip(1).collect();
    match segments.as_slice() {
        ["v3", "company", _, "query"] => {
            let statement = request
                .param("query")
                .unwrap_or_else(|| String::from_utf8_lossy(&request.body).into_owned());
            of_query(&statement).into_iter().collect()
        }
        ["v3", "company", _, "batch"] => {
            let Ok(body) = Json::parse(&request.body) else {
                return Vec::new();
            };
            let items = body.at("BatchItemRequest").map_or(&[][..], Json::as_list);
            items
                .iter()
                .filter_map(Json::as_object)
                .flat_map(|item| {
                    let query = item.text("Query").and_then(of_query);
                    let names = item.iter().map(|(name, _)| name.to_owned());
                    names.chain(query).collect::<Vec<_>>()
                })
                .collect()
        }
        ["v3", "company", _, entity, ..] => vec![(*entity).to_owned()],
        _ => Vec::new(),
    }
}

/// The code in the body of a refused call.
fn fault_code(response: &HttpResponse) -> Option<String> {
    if response.status < 400 {
        return None;
    }
    let body = Json::parse(&response.body).ok()?;
    ["Fault.Error.0.code", "fault.error.0.code", "error"]
        .iter()
        .find_map(|path| body.text(path))
        .map(str::to_owned)
}
