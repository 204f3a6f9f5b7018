//! The sandbox itself: one company of Housecall Pro's that can be called, used and disturbed.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use sandbox_kit::{Answer, ClockRefusal, Request};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    actions::{Action, Refusal},
    app, control,
    delivery::{Delivery, DeliveryPlan},
    faults::{Fault, FaultKind, HcpFault},
    ids::{CustomerId, InvoiceId, JobId, LineId},
    options::{Options, Settings},
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
        } else if path == "/" || path.starts_with("/_app/") || path.starts_with("/_page/") {
            app::answer(self, request)
        } else {
            self.call_api(request)
        }
    }

    /// Answers a request to the API, with the limits and faults that are set.
    pub fn call_api(&self, request: &Request) -> Answer {
        let mut state = self.state();
        let segments = || request.path().split('/').map(str::to_owned).collect();
        let fault = state.faults.take(request, segments);
        let answer = match &fault {
            Some(fault) => faulty(&mut state, request, fault),
            None => fresh(&mut state, request),
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
        self.press(action).map(|(id, _)| id)
    }

    /// The same; answers the id, and what happened, for the person who pressed.
    pub(crate) fn press(&self, action: Action) -> Result<(String, String), Refusal> {
        let mut state = self.state();
        let button = action.button();
        let id = state.transact(|desk| desk.act(action))?;
        let person = state.person();
        let words = state.note_press(person, button).unwrap_or_default();
        drop(state);
        self.posted.notify_one();
        Ok((id, words))
    }

    /// This employee presses the buttons from now on; else it is the company's first admin.
    ///
    /// # Errors
    /// When there is no such active employee.
    pub fn press_as(&self, employee: &str) -> Result<(), Refusal> {
        self.state().press_as(employee)
    }

    /// What was pressed in the past, before anybody listened: at that time, and without webhooks. For jobs
    /// and payments from before a company is connected; not while the sandbox is served.
    pub fn in_the_past<T>(&self, time: Timestamp, presses: impl FnOnce(&Self) -> T) -> T {
        self.state().past = Some(time);
        let result = presses(self);
        self.state().past = None;
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

    /// Lets coming calls to the API fail.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.add(fault);
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
    pub fn advance(&self, by: Duration) -> Result<(), ClockRefusal> {
        self.state().options.clock.advance(by)
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

/// As fresh as the company's reads are.
fn fresh(state: &mut State, request: &Request) -> Answer {
    let when = state.seen();
    limited(state, request, when)
}

fn limited(state: &mut State, request: &Request, when: When) -> Answer {
    match state.too_soon() {
        Some(reset) => errors::too_many_requests(reset),
        None => rest::answer(state, request, when),
    }
}

fn faulty(state: &mut State, request: &Request, fault: &FaultKind) -> Answer {
    let throttled = |seconds: u64| {
        let now = state.now();
        let wait = Duration::from_secs(seconds);
        errors::too_many_requests(now.checked_add(wait).unwrap_or(now))
    };
    match fault {
        FaultKind::Throttle => throttled(5),
        FaultKind::Own(HcpFault::ThrottleFor { seconds }) => throttled(*seconds),
        FaultKind::ServerError => errors::server_error(),
        FaultKind::CommitThenError => {
            rest::answer(state, request, When::Now);
            errors::server_error()
        }
        FaultKind::DropBeforeCommit => Answer::lost(),
        FaultKind::CommitThenDrop => {
            rest::answer(state, request, When::Now);
            Answer::lost()
        }
        FaultKind::Slow { ms } => Answer {
            delay: Duration::from_millis(*ms),
            ..fresh(state, request)
        },
        FaultKind::Own(HcpFault::StaleRead) => limited(state, request, When::BeforeLastAction),
    }
}

impl ports::Http for Sandbox {
    async fn send(
        &self,
        request: ports::HttpRequest,
    ) -> Result<ports::HttpResponse, ports::HttpFailure> {
        let (url, timeout) = (request.url.clone(), request.timeout);
        let answer = self.handle(&Request::from(request)).await;
        let clock = self.state().options.clock.clone();
        answer.arrive(&clock, &url, timeout).await
    }
}
