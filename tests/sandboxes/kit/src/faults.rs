//! Faults on request: the next calls that match go wrong in a chosen way.
//!
//! What can happen to any system is named here; what only one of them does is its own ([`OwnFault`]). All are ordered
//! alike: `{"fault":"slow","ms":500,"method":"POST","path":"…","entity":"…","count":2,"per_thousand":20}`.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::{Chance, Request};

/// Odds of a fault that does not depend on chance.
const CERTAIN: u32 = 1_000;

/// A fault that waits for its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault<O> {
    /// What goes wrong.
    pub kind: FaultKind<O>,
    /// Only calls with this verb.
    pub method: Option<String>,
    /// Only calls whose path has this part.
    pub path: Option<String>,
    /// Only calls about this entity.
    pub entity: Option<String>,
    /// So many calls.
    pub count: u32,
    /// So many of a thousand calls that match, by the sandbox's seed; 1000 for every one.
    pub per_thousand: u32,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind<O> {
    /// `throttle`: 429, not done.
    Throttle,
    /// `server_error`: 500, not done.
    ServerError,
    /// `commit_then_error`: done, but answered with 500.
    CommitThenError,
    /// `slow`: done, but answered late.
    Slow {
        /// How late.
        ms: u64,
    },
    /// `drop_before_commit`: the connection closes, not done.
    DropBeforeCommit,
    /// `commit_then_drop`: done, then the connection closes without an answer.
    CommitThenDrop,
    /// What only this system does.
    Own(O),
}

/// The faults that only one system has.
pub trait OwnFault: Clone + fmt::Debug {
    /// Its name in orders and logs.
    fn name(&self) -> &'static str;

    /// The fault of this name with its numbers; `None` where there is none of that name.
    ///
    /// # Errors
    /// When a number is missing.
    fn read(name: &str, numbers: &mut Numbers) -> Result<Option<Self>, FaultError>;
}

/// Why an order of a fault makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FaultError(String);

/// The numbers in an order that its fault has not asked for yet.
#[derive(Debug)]
pub struct Numbers {
    fault: String,
    left: BTreeMap<String, u64>,
}

impl Numbers {
    /// A number that the fault needs.
    ///
    /// # Errors
    /// When the order does not tell it.
    pub fn take(&mut self, name: &str) -> Result<u64, FaultError> {
        let number = self.left.remove(name);
        number.ok_or_else(|| FaultError(format!("{} needs {name}", self.fault)))
    }
}

impl<O> From<O> for FaultKind<O> {
    fn from(own: O) -> Self {
        Self::Own(own)
    }
}

impl<O: OwnFault> FaultKind<O> {
    /// Its name in orders and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Throttle => "throttle",
            Self::ServerError => "server_error",
            Self::CommitThenError => "commit_then_error",
            Self::Slow { .. } => "slow",
            Self::DropBeforeCommit => "drop_before_commit",
            Self::CommitThenDrop => "commit_then_drop",
            Self::Own(own) => own.name(),
        }
    }

    fn read(name: &str, numbers: &mut Numbers) -> Result<Self, FaultError> {
        Ok(match name {
            "throttle" => Self::Throttle,
            "server_error" => Self::ServerError,
            "commit_then_error" => Self::CommitThenError,
            "slow" => Self::Slow {
                ms: numbers.take("ms")?,
            },
            "drop_before_commit" => Self::DropBeforeCommit,
            "commit_then_drop" => Self::CommitThenDrop,
            other => match O::read(other, numbers)? {
                Some(own) => Self::Own(own),
                None => return Err(FaultError(format!("there is no fault {other}"))),
            },
        })
    }
}

impl<O: OwnFault> Fault<O> {
    /// A fault of the next call, whatever it is.
    pub fn next(kind: impl Into<FaultKind<O>>) -> Self {
        Self {
            kind: kind.into(),
            method: None,
            path: None,
            entity: None,
            count: 1,
            per_thousand: CERTAIN,
        }
    }

    /// Only for calls about this entity.
    #[must_use]
    pub fn on(mut self, entity: &str) -> Self {
        self.entity = Some(entity.to_owned());
        self
    }

    /// Only for calls with this verb.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only for calls whose path has this part.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.path = Some(part.to_owned());
        self
    }

    /// By chance, for so many of a thousand calls, for ever.
    #[must_use]
    pub fn sometimes(mut self, per_thousand: u32) -> Self {
        self.per_thousand = per_thousand;
        self.count = u32::MAX;
        self
    }

    /// For so many calls.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Reads an order of one fault, or an array of them.
    ///
    /// # Errors
    /// When one of them makes no sense.
    pub fn read(order: Value) -> Result<Vec<Self>, FaultError> {
        match order {
            Value::Array(orders) => orders.into_iter().map(Self::read_one).collect(),
            order => Self::read_one(order).map(|fault| vec![fault]),
        }
    }

    fn read_one(order: Value) -> Result<Self, FaultError> {
        let Value::Object(mut order) = order else {
            return Err(FaultError("a fault is a JSON object".to_owned()));
        };
        let name =
            text(&mut order, "fault")?.ok_or_else(|| FaultError("which fault?".to_owned()))?;
        let [method, path, entity] = ["method", "path", "entity"].map(|key| text(&mut order, key));
        let count = number(&mut order, "count")?;
        let per_thousand = number(&mut order, "per_thousand")?.unwrap_or(CERTAIN);
        if per_thousand > CERTAIN {
            return Err(FaultError("per_thousand is 1000 at most".to_owned()));
        }
        let left = order.into_iter().map(|(key, value)| match value.as_u64() {
            Some(number) => Ok((key, number)),
            None => Err(FaultError(format!(
                "{key} is no whole number, or nothing that a fault has"
            ))),
        });
        let mut numbers = Numbers {
            left: left.collect::<Result<_, _>>()?,
            fault: name,
        };
        let kind = FaultKind::read(&numbers.fault.clone(), &mut numbers)?;
        if let Some(unknown) = numbers.left.keys().next() {
            return Err(FaultError(format!("{} has no {unknown}", numbers.fault)));
        }
        // What happens by chance goes on happening.
        let endless = if per_thousand < CERTAIN { u32::MAX } else { 1 };
        Ok(Self {
            kind,
            method: method?,
            path: path?,
            entity: entity?,
            count: count.unwrap_or(endless),
            per_thousand,
        })
    }

    fn meets(&self, request: &Request, entities: &[String]) -> bool {
        let (method, path, entity) = (
            self.method.as_ref(),
            self.path.as_ref(),
            self.entity.as_ref(),
        );
        method.is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && path.is_none_or(|part| request.path().contains(part.as_str()))
            && entity.is_none_or(|wanted| {
                entities
                    .iter()
                    .any(|entity| entity.eq_ignore_ascii_case(wanted))
            })
    }
}

fn text(order: &mut Map<String, Value>, key: &str) -> Result<Option<String>, FaultError> {
    match order.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(FaultError(format!("{key} is a text"))),
    }
}

fn number(order: &mut Map<String, Value>, key: &str) -> Result<Option<u32>, FaultError> {
    match order.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(number) => {
            let number = number
                .as_u64()
                .and_then(|number| u32::try_from(number).ok());
            number
                .map(Some)
                .ok_or_else(|| FaultError(format!("{key} is a number")))
        }
    }
}

/// The faults that are still to come, and how often each has come.
#[derive(Debug)]
pub struct Faults<O> {
    waiting: Vec<Fault<O>>,
    chance: Chance,
    met: BTreeMap<&'static str, u64>,
}

impl<O: OwnFault> Faults<O> {
    /// None, and the row of chances that follows from a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            waiting: Vec::new(),
            chance: Chance::new(seed),
            met: BTreeMap::new(),
        }
    }

    /// Lets a fault wait for its calls.
    pub fn add(&mut self, fault: Fault<O>) {
        if fault.count > 0 && fault.per_thousand > 0 {
            self.waiting.push(fault);
        }
    }

    /// Starts the row of chances again.
    pub fn seed(&mut self, seed: u64) {
        self.chance = Chance::new(seed);
    }

    /// Takes back what has not happened.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How often each fault has met a call, by its name.
    pub fn met(&self) -> &BTreeMap<&'static str, u64> {
        &self.met
    }

    /// The first fault that meets a call, used up by one. What the call is about is only asked when a fault waits for it.
    pub fn take(
        &mut self,
        request: &Request,
        entities: impl FnOnce() -> Vec<String>,
    ) -> Option<FaultKind<O>> {
        let asks = self.waiting.iter().any(|fault| fault.entity.is_some());
        let entities = if asks { entities() } else { Vec::new() };
        let Self {
            waiting,
            chance,
            met,
        } = self;
        let at = waiting
            .iter()
            .position(|fault| fault.meets(request, &entities) && chance.hits(fault.per_thousand))?;
        let fault = waiting.get_mut(at)?;
        // Of what happens without an end, nothing is used up.
        if fault.count < u32::MAX {
            fault.count -= 1;
        }
        let kind = fault.kind.clone();
        if fault.count == 0 {
            waiting.remove(at);
        }
        *met.entry(kind.name()).or_default() += 1;
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    enum Own {
        Item { nth: u64 },
        Moody,
    }

    impl OwnFault for Own {
        fn name(&self) -> &'static str {
            match self {
                Self::Item { .. } => "item",
                Self::Moody => "moody",
            }
        }

        fn read(name: &str, numbers: &mut Numbers) -> Result<Option<Self>, FaultError> {
            Ok(match name {
                "item" => Some(Self::Item {
                    nth: numbers.take("nth")?,
                }),
                "moody" => Some(Self::Moody),
                _ => None,
            })
        }
    }

    #[test]
    fn a_fault_waits_for_its_call_is_used_up_and_counted() {
        let mut faults = Faults::new(0);
        faults.add(Fault::next(Own::Moody).on("Invoice").times(2));
        let request = Request::get("/invoice/1");
        let mut take = |entity: &str| faults.take(&request, || vec![entity.to_owned()]);
        assert_eq!(take("customer"), None);
        assert_eq!(take("invoice"), Some(FaultKind::Own(Own::Moody)));
        assert_eq!(take("invoice"), Some(FaultKind::Own(Own::Moody)));
        assert_eq!(take("invoice"), None);
        assert_eq!(faults.met().get("moody"), Some(&2));
        assert_eq!(faults.waiting(), 0);
    }

    #[test]
    fn verb_and_path_narrow_it() {
        let mut faults = Faults::<Own>::new(0);
        faults.add(
            Fault::next(FaultKind::Throttle)
                .method("post")
                .path("batch"),
        );
        let mut take = |request: &Request| faults.take(request, Vec::new);
        assert_eq!(take(&Request::get("/batch")), None);
        assert_eq!(take(&Request::post("/query?q=batch", &json!({}))), None);
        assert_eq!(
            take(&Request::post("/batch", &json!({}))),
            Some(FaultKind::Throttle)
        );
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_keeps_its_odds() {
        let hits = |seed: u64| -> Vec<usize> {
            let mut faults = Faults::<Own>::new(seed);
            faults.add(Fault::next(FaultKind::ServerError).sometimes(100));
            let request = Request::get("/");
            (0..10_000)
                .filter(|_| faults.take(&request, Vec::new).is_some())
                .collect()
        };
        assert_eq!(hits(7), hits(7));
        assert_ne!(hits(7), hits(8));
        assert!((900..1_100).contains(&hits(7).len()), "{}", hits(7).len());
    }

    #[test]
    fn faults_are_read_from_json() {
        let order = json!([
            { "fault": "slow", "ms": 50, "path": "query" },
            { "fault": "item", "nth": 2, "entity": "Invoice", "count": 3 },
            { "fault": "moody", "per_thousand": 20 },
        ]);
        assert_eq!(
            Fault::read(order).unwrap(),
            [
                Fault::next(FaultKind::Slow { ms: 50 }).path("query"),
                Fault::next(Own::Item { nth: 2 }).on("Invoice").times(3),
                Fault::next(Own::Moody).sometimes(20),
            ]
        );
        assert_eq!(Fault::<Own>::read(json!([])), Ok(Vec::new()));
        for wrong in [
            json!({}),
            json!("throttle"),
            json!({ "fault": "slow" }),
            json!({ "fault": "slow", "ms": -1 }),
            json!({ "fault": "throttle", "ms": 1 }),
            json!({ "fault": "throttle", "counts": 1 }),
            json!({ "fault": "throttle", "count": "two" }),
            json!({ "fault": "throttle", "path": 1 }),
            json!({ "fault": "flood" }),
            json!({ "fault": "item" }),
            json!({ "fault": "item", "nth": 1, "ms": 1 }),
            json!({ "fault": "throttle", "per_thousand": 1001 }),
        ] {
            assert!(Fault::<Own>::read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_common_fault_is_ordered_by_its_name() {
        for kind in [
            FaultKind::<Own>::Throttle,
            FaultKind::ServerError,
            FaultKind::CommitThenError,
            FaultKind::DropBeforeCommit,
            FaultKind::CommitThenDrop,
        ] {
            let read = Fault::<Own>::read(json!({ "fault": kind.name() }));
            assert_eq!(read, Ok(vec![Fault::next(kind)]));
        }
    }
}
