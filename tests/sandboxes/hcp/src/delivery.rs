//! How webhooks travel: the plan by which deliveries go wrong, and the log of what became of them.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use sandbox_kit::Chance;
use serde::{Deserialize, Serialize};

use crate::webhook::Webhook;

/// So many deliveries are remembered.
const LOG_LENGTH: usize = 2_000;

/// How deliveries go wrong; by the sandbox's seed, so that a run can be repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryPlan {
    /// Per cent of webhooks that arrive twice.
    pub duplicate_percent: u8,
    /// Per cent of webhooks that never arrive.
    pub loss_percent: u8,
    /// Per cent of webhooks that are held back so that later ones overtake them.
    pub reorder_percent: u8,
    /// Each waits up to so many milliseconds.
    pub delay_milliseconds: u32,
}

/// A webhook that is held back waits so long at least; the next ones overtake it.
const HELD_BACK: Duration = Duration::from_millis(500);

impl DeliveryPlan {
    /// When the next webhook arrives, once for each time that it does.
    pub(crate) fn next(&self, chance: &mut Chance) -> Vec<Duration> {
        // Every webhook draws the same number of times, so that changing one figure of the plan
        // leaves the others' outcomes as they were.
        let mut happens = |percent: u8| chance.below(100) < u64::from(percent);
        let lost = happens(self.loss_percent);
        let twice = happens(self.duplicate_percent);
        let held_back = happens(self.reorder_percent);
        let mut wait = || {
            let most = u64::from(self.delay_milliseconds) + 1;
            Duration::from_millis(chance.below(most))
        };
        let (first, second) = (wait(), wait());
        if lost {
            return Vec::new();
        }
        let hold = if held_back { HELD_BACK } else { Duration::ZERO };
        let mut arrivals = vec![first + hold];
        if twice {
            arrivals.push(second + HELD_BACK);
        }
        arrivals
    }
}

/// What became of one delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It has not been posted yet.
    Waiting,
    /// The plan lost it.
    Lost,
    /// There is no address to post it to.
    NoUrl,
    /// The receiver answered.
    Answered {
        /// Status code.
        status: u16,
        /// Milliseconds until then.
        milliseconds: u64,
    },
    /// The receiver did not answer.
    Failed {
        /// What went wrong.
        reason: String,
    },
}

/// One delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// From 1 on.
    pub number: u64,
    /// Name of the event.
    pub event: &'static str,
    /// Id of the record that it carries.
    pub about: String,
    /// When the event happened.
    pub at: Timestamp,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    #[serde(skip)]
    pub(crate) webhook: Webhook,
}

/// All deliveries.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    log: VecDeque<Delivery>,
    given: u64,
    /// When each waiting delivery is due, in the order of their making.
    waiting: Vec<(std::time::Instant, u64)>,
}

impl Deliveries {
    pub(crate) fn log(&self) -> impl DoubleEndedIterator<Item = &Delivery> {
        self.log.iter()
    }

    /// Notes a webhook that will arrive after each of `arrivals`.
    pub(crate) fn plan(&mut self, webhook: &Webhook, at: Timestamp, arrivals: &[Duration]) {
        if arrivals.is_empty() {
            self.note(webhook.clone(), at, Outcome::Lost);
        }
        for wait in arrivals {
            let number = self.note(webhook.clone(), at, Outcome::Waiting);
            self.waiting
                .push((std::time::Instant::now() + *wait, number));
        }
    }

    /// Notes a webhook that goes nowhere.
    pub(crate) fn undeliverable(&mut self, webhook: Webhook, at: Timestamp) {
        self.note(webhook, at, Outcome::NoUrl);
    }

    /// The delivery that is due, or how long until the next one is.
    pub(crate) fn due(&mut self) -> Result<(u64, Webhook), Option<Duration>> {
        let now = std::time::Instant::now();
        let next = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, waiting)| **waiting)
            .map(|(index, (due, number))| (index, *due, *number));
        let Some((index, due, number)) = next else {
            return Err(None);
        };
        if due > now {
            return Err(Some(due - now));
        }
        self.waiting.remove(index);
        match self.log.iter().find(|delivery| delivery.number == number) {
            Some(delivery) => Ok((number, delivery.webhook.clone())),
            None => Err(Some(Duration::ZERO)),
        }
    }

    pub(crate) fn finish(&mut self, number: u64, outcome: Outcome) {
        let mut log = self.log.iter_mut();
        if let Some(delivery) = log.find(|delivery| delivery.number == number) {
            delivery.outcome = outcome;
        }
    }

    fn note(&mut self, webhook: Webhook, at: Timestamp, outcome: Outcome) -> u64 {
        if self.log.len() >= LOG_LENGTH {
            self.log.pop_front();
        }
        self.given += 1;
        self.log.push_back(Delivery {
            number: self.given,
            event: webhook.event.name(),
            about: about(&webhook),
            at,
            outcome,
            webhook,
        });
        self.given
    }
}

/// The id of the record in the body.
fn about(webhook: &Webhook) -> String {
    let body = webhook.json();
    [
        "estimate",
        "job",
        "invoice",
        "customer",
        "appointment",
        "lead",
        "employee",
    ]
    .iter()
    .find_map(|key| body.get(key)?.get("id")?.as_str())
    .unwrap_or_default()
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(plan: DeliveryPlan, seed: u64) -> Vec<Vec<Duration>> {
        let mut chance = Chance::new(seed);
        (0..1_000).map(|_| plan.next(&mut chance)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_deliveries() {
        let plan = DeliveryPlan {
            duplicate_percent: 20,
            loss_percent: 10,
            reorder_percent: 30,
            delay_milliseconds: 50,
        };
        let first = outcomes(plan, 7);
        assert_eq!(first, outcomes(plan, 7));
        assert_ne!(first, outcomes(plan, 8));
        let count = |times| {
            first
                .iter()
                .filter(|arrivals| arrivals.len() == times)
                .count()
        };
        assert!((50..150).contains(&count(0)), "{} lost", count(0));
        assert!((130..230).contains(&count(2)), "{} twice", count(2));
        let held_back = first
            .iter()
            .filter(|arrivals| arrivals.first() >= Some(&HELD_BACK));
        assert!((200..340).contains(&held_back.count()));
    }

    #[test]
    fn without_a_plan_each_webhook_arrives_once_and_at_once() {
        let arrivals = outcomes(DeliveryPlan::default(), 1);
        assert!(
            arrivals
                .iter()
                .all(|arrivals| arrivals == &[Duration::ZERO])
        );
    }
}
