//! The sandbox itself: one company, its books, its gateway and its log.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use sandbox_kit::{Answer, Clock, Request};
use thiserror::Error;

use crate::{
    fault::Refusal,
    faults::Fault,
    gateway::State,
    json::{Json, Object},
    ledger::TrialBalance,
    log::{Act, Call, Violation},
    options::{Company, Options, SalesTax},
    rules::{self, Author},
    schema, seed, typed,
    write::{Operation, Write, write},
};

/// A QuickBooks company on this machine. Copies share the same books.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) clock: Clock,
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

impl Sandbox {
    /// A new company with a chart of accounts, terms and two services.
    pub fn new(options: Options) -> Self {
        let clock = options.clock.clone().forward_only();
        let mut state = State::new(options, clock.now());
        let (books, env) = state.desk(clock.now());
        sown(seed::sow(books, &env));
        Self {
            clock,
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one request of the API or of the token endpoint. Does not wait: a delay is part of the
    /// answer.
    pub fn handle(&self, request: &Request) -> Answer {
        let started = Instant::now();
        let now = self.clock.now();
        let mut state = self.state();
        let tid = state.next_tid(now);
        let answer = state.answer(now, &tid, request);
        state.log.call(Call {
            at: now,
            method: request.method.clone(),
            path: request.path().to_owned(),
            operation: request.param("operation"),
            status: (!answer.is_lost).then_some(answer.status),
            latency: started.elapsed() + answer.delay,
            intuit_tid: tid,
            request_id: request.param("requestid"),
            code: fault_code(&answer),
        });
        answer
    }

    /// What every account has come to, by all documents. It balances.
    pub fn trial_balance(&self) -> TrialBalance {
        rules::trial_balance(&self.state().books)
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

    /// Starts the row of chances again, for failures that happen by chance.
    pub fn seed(&self, seed: u64) {
        self.state().faults.seed(seed);
    }

    /// Takes back the failures that have not happened.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Changes the company's settings, as its owner would.
    pub fn configure(&self, change: impl FnOnce(&mut Company)) {
        let mut state = self.state();
        change(&mut state.options.company);
        if state.options.company.sales_tax != SalesTax::Off {
            let (books, env) = state.desk(self.clock.now());
            sown(seed::sow_tax(books, &env));
        }
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
        self.by_hand(entity, Operation::Update, &body)
    }

    /// Creates an object as a person would in the browser.
    ///
    /// # Errors
    /// When the books forbid it.
    pub fn create(&self, entity: &str, fields: &Json) -> Result<Json, EditError> {
        self.by_hand(
            entity,
            Operation::Create,
            fields.as_object().unwrap_or(&Object::new()),
        )
    }

    /// Deletes a transaction as a person would in the browser.
    ///
    /// # Errors
    /// When the transaction does not exist.
    pub fn delete(&self, entity: &str, id: &str) -> Result<Json, EditError> {
        self.by_hand(entity, Operation::Delete, &Object::new().with("Id", id))
    }

    /// Voids a transaction as a person would in the browser, who can void more than an app.
    ///
    /// # Errors
    /// When the transaction does not exist, or cannot be voided.
    pub fn void(&self, entity: &str, id: &str) -> Result<Json, EditError> {
        self.by_hand(entity, Operation::Void, &Object::new().with("Id", id))
    }

    /// Merges a customer into another one as a person would in the browser: the documents of `from` go to
    /// `into`, and `from` is there no more. Answers the one who stays.
    ///
    /// # Errors
    /// When one of them does not exist or is inactive, or `from` has sub-customers.
    pub fn merge_customers(&self, from: &str, into: &str) -> Result<Json, EditError> {
        let number = |id: &str| id.parse::<u64>().map_err(|_| Refusal::invalid_id(id));
        let merge = || {
            let (gone, stays) = (number(from)?, number(into)?);
            let mut state = self.state();
            let (books, env) = state.desk(self.clock.now());
            rules::merge::customers(books, &env, gone, stays)?;
            state.tell_merged(self.clock.now(), gone, stays);
            Ok(())
        };
        merge().map_err(|refusal: Refusal| EditError {
            code: refusal.code,
            detail: refusal.detail,
        })?;
        Ok(self.object("Customer", into).unwrap_or(Json::Null))
    }

    fn by_hand(
        &self,
        entity: &str,
        operation: Operation,
        body: &Object,
    ) -> Result<Json, EditError> {
        let done = match schema::entity(entity) {
            None => Err(Refusal::not_covered(entity)),
            Some(entity) => {
                let body = typed::read(&entity.shape, body).into();
                let mut state = self.state();
                let (books, env) = state.desk(self.clock.now());
                let change = Write {
                    entity,
                    operation,
                    body: &body,
                    author: Author::Person,
                    allow_duplicate_number: true,
                };
                let done = write(books, &env, &change).map(|mut done| done.remove(entity.name));
                if let Ok(Some(object)) = &done {
                    state.tell(self.clock.now(), entity.name, object, operation);
                }
                done
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

    /// Tells the app of changes from now on, or (with `None`) not any more.
    pub fn subscribe(&self, webhook: Option<crate::Webhook>) {
        self.state().options.webhook = webhook;
    }

    /// Sends the webhooks that are due by the clock, one after another. What is not answered with 200 within
    /// three seconds will be due again by the schedule of QuickBooks.
    pub async fn deliver(&self, http: &impl Http) {
        while let Some((serial, request)) = self.next_webhook() {
            let was_taken = http
                .send(request)
                .await
                .is_ok_and(|response| response.status == 200);
            let now = self.clock.now();
            let mut state = self.state();
            let State {
                webhooks, options, ..
            } = &mut *state;
            webhooks.ended(options, serial, now, was_taken);
        }
    }

    fn next_webhook(&self) -> Option<(u64, HttpRequest)> {
        let now = self.clock.now();
        let mut state = self.state();
        let State {
            webhooks, options, ..
        } = &mut *state;
        webhooks.next(options, now)
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

    /// The app gets a new client secret; the old one is unknown at once.
    pub fn change_client_secret(&self, secret: &str) {
        secret.clone_into(&mut self.state().options.client_secret);
    }

    /// The user disconnects the app: no token works any more.
    pub fn disconnect(&self) {
        self.state().oauth.revoke();
    }
}

fn sown(outcome: Result<(), Refusal>) {
    if let Err(refusal) = outcome {
        tracing::error!(
            code = refusal.code,
            detail = refusal.detail,
            "the seed was refused"
        );
    }
}

/// Routes by path; the host is ignored. A dropped connection is [`HttpFailure::Lost`], and so is an answer
/// that comes after the request's time-out.
impl Http for Sandbox {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let (url, timeout) = (request.url.clone(), request.timeout);
        let answer = self.handle(&Request::from(request));
        answer.arrive(&self.clock, &url, timeout).await
    }
}

/// The code in the body of a refused call.
fn fault_code(answer: &Answer) -> Option<String> {
    if answer.status < 400 {
        return None;
    }
    let body = Json::parse(&answer.body).ok()?;
    ["Fault.Error.0.code", "fault.error.0.code", "error"]
        .iter()
        .find_map(|path| body.text(path))
        .map(str::to_owned)
}
