//! Everything that a sandbox remembers, behind one lock.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use sandbox_kit::{Chance, Faults};
use serde::Serialize;

use crate::{
    actions::{Counters, Desk, Refusal},
    company::{Company, Employee},
    delivery::Deliveries,
    doubts::EventOrder,
    faults::HcpFault,
    history::{Done, History, Press},
    options::Options,
    records::Records,
    sample_company,
    shelf::When,
    webhook::Webhook,
};

/// So many calls are remembered.
const CALLS: usize = 10_000;

/// One call to the API, as it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// From 1 on.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Verb.
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Status of the answer; 0 where the connection broke.
    pub status: u16,
    /// The fault that it met.
    pub fault: Option<&'static str>,
}

/// Where webhooks go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// They wait for [`crate::Sandbox::take_webhooks`].
    Simulation,
    /// They are posted by the background task of a served sandbox.
    Post,
}

pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) company: Company,
    pub(crate) faults: Faults<HcpFault>,
    pub(crate) carrier: Carrier,
    pub(crate) webhook_url: Option<String>,
    pub(crate) outbox: Vec<Webhook>,
    pub(crate) deliveries: Deliveries,
    pub(crate) history: History,
    /// Who presses, where it is not the company's first admin.
    person: Option<String>,
    /// What the last action did, until it is known who asked for it.
    done: Option<Done>,
    /// When the last action was.
    acted_at: Timestamp,
    /// Presses happen as of then, and nobody is told.
    pub(crate) past: Option<Timestamp>,
    /// Decides on deliveries, apart from identifiers, so that neither disturbs the other.
    pub(crate) delivery_dice: Chance,
    random: Chance,
    counters: Counters,
    calls: VecDeque<Call>,
    calls_given: u64,
    recent: VecDeque<Timestamp>,
}

impl State {
    pub(crate) fn new(options: Options) -> Self {
        let mut random = Chance::new(options.seed);
        let counters = Counters {
            job: options.settings.first_job_number,
            invoice: options.settings.first_invoice_number,
            plan: 0,
            estimate: 0,
        };
        let mut state = Self {
            company: Company::default(),
            faults: Faults::new(options.seed ^ 0x00fa_0175),
            carrier: Carrier::Simulation,
            webhook_url: options.webhook_url.clone(),
            outbox: Vec::new(),
            deliveries: Deliveries::default(),
            history: History::default(),
            person: None,
            done: None,
            acted_at: Timestamp::MIN,
            past: None,
            delivery_dice: Chance::new(options.seed ^ 0x00de_11fe_2135),
            counters,
            calls: VecDeque::new(),
            calls_given: 0,
            recent: VecDeque::new(),
            random: random.clone(),
            options,
        };
        state.company = sample_company::fresh(&mut random, state.now());
        state.random = random;
        // The sample customers satisfy every rule of the form, and a test holds them to it.
        let _ = state.transact(sample_company::welcome_customers);
        state.outbox.clear();
        state.done = None;
        state.acted_at = Timestamp::MIN;
        state
    }

    /// The sandbox's time in whole seconds, as Housecall Pro keeps it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.past.unwrap_or_else(|| self.options.clock.now());
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// What a read sees: for a moment after an action the state from before it, where the settings say so.
    pub(crate) fn seen(&self) -> When {
        let lag = SignedDuration::from_secs(self.options.settings.read_lag_seconds.into());
        let age = self.now().duration_since(self.acted_at);
        if (SignedDuration::ZERO..lag).contains(&age) {
            When::BeforeLastAction
        } else {
            When::Now
        }
    }

    pub(crate) fn records(&self, when: When) -> Records<'_> {
        Records {
            company: &self.company,
            options: &self.options,
            when,
        }
    }

    /// Lets an action happen whole, or not at all.
    pub(crate) fn transact<T>(
        &mut self,
        action: impl FnOnce(&mut Desk<'_>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let now = self.now();
        let counters = self.counters;
        let mark = self.company.begin();
        let mut desk = Desk {
            company: &mut self.company,
            options: &self.options,
            random: &mut self.random,
            counters: &mut self.counters,
            now,
            webhooks: Vec::new(),
            said: Vec::new(),
        };
        let result = action(&mut desk);
        let (mut webhooks, said) = (desk.webhooks, desk.said);
        if result.is_ok() {
            self.acted_at = now;
            self.done = Some(Done {
                at: now,
                said,
                told: webhooks.iter().map(|webhook| webhook.event).collect(),
            });
            if self.options.settings.event_order == EventOrder::Any {
                self.delivery_dice.shuffle(&mut webhooks);
            }
            for webhook in webhooks {
                self.hand_over(webhook, now);
            }
        } else {
            self.company.undo(mark);
            self.counters = counters;
        }
        result
    }

    /// Notes who asked for the last action, and by which button; answers what it did.
    pub(crate) fn note_press(&mut self, by: String, button: String) -> Option<String> {
        let done = self.done.take()?;
        let press = Press { by, button, done };
        let words = press.words();
        if !press.done.said.is_empty() {
            self.history.add(press);
        }
        Some(words)
    }

    /// From now on this employee presses the buttons.
    pub(crate) fn press_as(&mut self, employee: &str) -> Result<(), Refusal> {
        let known = self.company.employees.get(employee, When::Now);
        match known.filter(|employee| employee.active) {
            Some(_) => {
                self.person = Some(employee.to_owned());
                Ok(())
            }
            None => Err(Refusal::NotFound(format!("active employee {employee}"))),
        }
    }

    /// Who presses the buttons.
    pub(crate) fn person(&self) -> String {
        let chosen = self.person.as_deref();
        let chosen = chosen.and_then(|id| self.company.employees.get(id, When::Now));
        let mut employees = self.company.employees.all(When::Now);
        chosen
            .or_else(|| employees.find(|employee| employee.admin))
            .map(Employee::name)
            .unwrap_or_default()
    }

    fn hand_over(&mut self, webhook: Webhook, now: Timestamp) {
        if self.past.is_some() {
            return;
        }
        match self.carrier {
            Carrier::Simulation => self.outbox.push(webhook),
            Carrier::Post if self.webhook_url.is_none() => {
                self.deliveries.undeliverable(webhook, now);
            }
            Carrier::Post => {
                let arrivals = self.options.delivery.next(&mut self.delivery_dice);
                self.deliveries.plan(&webhook, now, &arrivals);
            }
        }
    }

    /// The time when the next request is welcome, where this one comes too soon.
    pub(crate) fn too_soon(&mut self) -> Option<Timestamp> {
        let limit = usize::try_from(self.options.rate_limit?).unwrap_or(usize::MAX);
        let now = self.options.clock.now();
        let second = SignedDuration::from_secs(1);
        while let Some(first) = self.recent.front()
            && now.duration_since(*first) >= second
        {
            self.recent.pop_front();
        }
        if self.recent.len() >= limit {
            return Some(now.checked_add(second).unwrap_or(now));
        }
        self.recent.push_back(now);
        None
    }

    pub(crate) fn note_call(
        &mut self,
        method: &str,
        path: &str,
        status: u16,
        fault: Option<&'static str>,
    ) {
        if self.calls.len() >= CALLS {
            self.calls.pop_front();
        }
        self.calls_given += 1;
        self.calls.push_back(Call {
            number: self.calls_given,
            at: self.now(),
            method: method.to_owned(),
            path: path.to_owned(),
            status,
            fault,
        });
    }

    pub(crate) fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter()
    }
}
