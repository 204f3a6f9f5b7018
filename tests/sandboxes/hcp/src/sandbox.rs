//! The sandbox itself: one company of Housecall Pro's that can be called, used and disturbed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    actions::{Action, Refusal},
    app, control,
    delivery::{Delivery, DeliveryPlan},
    faults::{self, Fault, FaultKind},
    http::{Answer, Request},
    ids::{CustomerId, InvoiceId, JobId, LineId},
    options::{Clock, Options, Settings},
    records::Form,
    rest::{self, errors},
    shelf::When,
    state::{Call, State},
    webhook::Webhook,
    work::LineKind,
};

/// A company in Housecall Pro. Clones are the same company.
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<State>>,
    /// Wakes the task that posts webhooks.
    pub(crate) posted: Arc<Notify>,
}

/// An entry of the price book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceBookEntry {
    /// `olit_…` or `pbmat_…`.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// Labour or materials.
    pub kind: LineKind,
    /// Name of its category.
    pub category: String,
    /// Cents.
    pub price: i64,
}

impl Sandbox {
    /// A company with three customers, a price book and no jobs.
    pub fn new(options: Options) -> Self {
        Self {
            state: Arc::new(Mutex::new(State::new(options))),
            posted: Arc::new(Notify::new()),
        }
    }

    /// Answers a request to the API, the app, the controls or the page.
    pub async fn handle(&self, request: &Request) -> Answer {
        let path = request.path();
        if path.starts_with("/_sandbox/") {
            control::answer(self, request).await
        } else if path == "/" || path.starts_with("/_app/") {
            app::answer(self, request)
        } else {
            self.call_api(request)
        }
    }

    /// Answers a request to the API, with the limits and faults that are set.
    pub fn call_api(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let State { faults, dice, .. } = &mut *state;
        let fault = faults::take(faults, dice, request);
        let answer = match &fault {
            Some(FaultKind::TooManyRequests {
                reset_after_seconds,
            }) => {
                let wait = SignedDuration::from_secs(i64::from(*reset_after_seconds));
                let now = state.now();
                errors::too_many_requests(now.checked_add(wait).unwrap_or(now))
            }
            Some(FaultKind::ServerError { after_work }) => {
                if *after_work {
                    rest::answer(&mut state, request, When::Now);
                }
                errors::server_error()
            }
            Some(FaultKind::Drop { after_work }) => {
                if *after_work {
                    rest::answer(&mut state, request, When::Now);
                }
                Answer {
                    lost: true,
                    ..Answer::default()
                }
            }
            Some(FaultKind::Slow { milliseconds }) => Answer {
                delay: Duration::from_millis(u64::from(*milliseconds)),
                ..limited(&mut state, request, When::Now)
            },
            Some(FaultKind::Stale) => limited(&mut state, request, When::BeforeLastAction),
            None => limited(&mut state, request, When::Now),
        };
        let fault = fault.map(|fault| fault.name());
        state.note_call(
            &request.method,
            request.path_and_query(),
            answer.status,
            fault,
        );
        drop(state);
        self.posted.notify_one();
        answer
    }

    /// Presses a button of the app; answers the id of the record that it made or changed.
    ///
    /// # Errors
    /// When the app would not let it happen, or the sandbox does not cover it. Nothing has changed then.
    pub fn act(&self, action: Action) -> Result<String, Refusal> {
        let result = self.state().transact(|desk| desk.act(action));
        self.posted.notify_one();
        result
    }

    /// Takes the webhooks that have happened since the last time, in their order. Only while the
    /// sandbox is not served.
    pub fn take_webhooks(&self) -> Vec<Webhook> {
        std::mem::take(&mut self.state().outbox)
    }

    /// Takes the same as the plan of deliveries lets them arrive: some lost, some twice, some overtaken. By
    /// the sandbox's seed, so that a run can be repeated; delays only reorder, as no time passes here.
    pub fn take_arrivals(&self) -> Vec<Webhook> {
        let mut state = self.state();
        let state = &mut *state;
        let plan = state.options.delivery;
        let mut arriving = Vec::new();
        for webhook in std::mem::take(&mut state.outbox) {
            for wait in plan.next(&mut state.delivery_dice) {
                arriving.push((wait, webhook.clone()));
            }
        }
        arriving.sort_by_key(|(wait, _)| *wait);
        arriving.into_iter().map(|(_, webhook)| webhook).collect()
    }

    /// Orders a fault for the next calls to the API that it meets.
    pub fn order_fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// The calls to the API, oldest first; the last 10,000.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls().cloned().collect()
    }

    /// The deliveries of a served sandbox, oldest first; the last 2,000.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state().deliveries.log().cloned().collect()
    }

    /// The sandbox's time.
    pub fn now(&self) -> Timestamp {
        self.state().now()
    }

    /// Moves the time on.
    ///
    /// # Errors
    /// When the sandbox follows another clock, or the time would leave the calendar.
    pub fn advance(&self, by: Duration) -> Result<(), Refusal> {
        let by = SignedDuration::try_from(by)
            .map_err(|_| Refusal::NotAllowed("that is out of time".to_owned()))?;
        self.state().advance(by)
    }

    /// Sets the time.
    ///
    /// # Errors
    /// As [`Sandbox::advance`].
    pub fn set_time(&self, time: Timestamp) -> Result<(), Refusal> {
        self.state().set_time(time)
    }

    /// Replaces the company's settings from the next action on. Numbers that were given out stay.
    pub fn change_settings(&self, settings: Settings) {
        self.state().options.settings = settings;
    }

    /// The company makes a new API key and deletes the old one.
    pub fn change_api_key(&self, key: &str) {
        key.clone_into(&mut self.state().options.api_key);
    }

    /// Replaces the plan by which deliveries go wrong, for what happens from now on.
    pub fn change_delivery(&self, plan: DeliveryPlan) {
        self.state().options.delivery = plan;
    }

    /// The company's settings.
    pub fn settings(&self) -> Settings {
        self.state().options.settings.clone()
    }

    /// Ids of all customers, also deleted ones, oldest first.
    pub fn customers(&self) -> Vec<CustomerId> {
        let state = self.state();
        let customers = state.company.customers.all(When::Now);
        customers.map(|customer| customer.id.clone()).collect()
    }

    /// Ids of all jobs, also deleted ones, oldest first.
    pub fn jobs(&self) -> Vec<JobId> {
        let state = self.state();
        let jobs = state.company.jobs.all(When::Now);
        jobs.map(|job| job.id.clone()).collect()
    }

    /// A customer as the API shows it, deleted or not.
    pub fn customer(&self, id: &CustomerId) -> Option<Value> {
        let state = self.state();
        let customer = state.company.customer(id, When::Now)?;
        Some(state.records(When::Now).customer(customer, Form::Rest))
    }

    /// A job as the API shows it, deleted or not.
    pub fn job(&self, id: &JobId) -> Option<Value> {
        let state = self.state();
        let job = state.company.job(id, When::Now)?;
        Some(state.records(When::Now).job(job, Form::Rest))
    }

    /// An invoice as the API shows it.
    pub fn invoice(&self, id: &InvoiceId) -> Option<Value> {
        let state = self.state();
        let invoice = state.company.invoice(id, When::Now)?;
        Some(state.records(When::Now).invoice(invoice))
    }

    /// Ids of the job's invoices, oldest first.
    pub fn invoices_of(&self, job: &JobId) -> Vec<InvoiceId> {
        let state = self.state();
        let job = state.company.job(job, When::Now);
        job.map(|job| job.invoices.clone()).unwrap_or_default()
    }

    /// Ids of the job's lines, in their order.
    pub fn lines_of(&self, job: &JobId) -> Vec<LineId> {
        let state = self.state();
        let lines = state.company.job(job, When::Now).map(|job| &job.lines);
        lines
            .into_iter()
            .flatten()
            .map(|line| line.id.clone())
            .collect()
    }

    /// Services, then materials.
    pub fn price_book(&self) -> Vec<PriceBookEntry> {
        let state = self.state();
        let services = state
            .company
            .services(When::Now)
            .map(|service| PriceBookEntry {
                uuid: service.uuid.clone(),
                name: service.name.clone(),
                kind: LineKind::Labor,
                category: service.category.name.clone(),
                price: service.price,
            });
        let materials = state
            .company
            .materials(When::Now)
            .map(|material| PriceBookEntry {
                uuid: material.uuid.clone(),
                name: material.name.clone(),
                kind: LineKind::Materials,
                category: material.category.name.clone(),
                price: material.price,
            });
        services.chain(materials).collect()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // No code of ours panics while it holds the lock; a poisoned one still holds whole records.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn limited(state: &mut State, request: &Request, when: When) -> Answer {
    match state.too_soon() {
        Some(reset) => errors::too_many_requests(reset),
        None => rest::answer(state, request, when),
    }
}

impl ports::Http for Sandbox {
    async fn send(
        &self,
        request: ports::HttpRequest,
    ) -> Result<ports::HttpResponse, ports::HttpFailure> {
        let lost = |reason: &str| ports::HttpFailure::Lost {
            host: "hcp-sandbox".to_owned(),
            reason: reason.to_owned(),
        };
        let timeout = request.timeout;
        let headers = request.headers.into_iter();
        let answer = self
            .handle(&Request {
                method: request.method.as_str().to_owned(),
                url: request.url,
                headers: headers
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                body: request.body,
            })
            .await;
        // Only the machine's clock can be waited for; a simulation sees a time-out at once.
        let real = matches!(self.state().options.clock, Clock::Real);
        if real && !answer.delay.is_zero() {
            tokio::time::sleep(answer.delay.min(timeout)).await;
        }
        if answer.lost {
            return Err(lost("the connection broke"));
        }
        if answer.delay >= timeout && !answer.delay.is_zero() {
            return Err(lost("no answer in time"));
        }
        Ok(ports::HttpResponse {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }
}
