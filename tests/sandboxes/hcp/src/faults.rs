//! Faults on order: what goes wrong with the next calls to the API.

use serde::{Deserialize, Serialize};

use crate::{http::Request, random::Random};

/// A fault and the calls that it meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Only calls with this verb.
    #[serde(default)]
    pub method: Option<String>,
    /// Only calls whose path holds this.
    #[serde(default)]
    pub path: Option<String>,
    /// How many calls.
    #[serde(default = "once")]
    pub times: u32,
    /// So many of a thousand calls that it would meet, by the sandbox's seed; 1000 for every one. What happens by
    /// chance goes on happening, whatever `times` says.
    #[serde(default = "always")]
    pub per_thousand: u32,
}

const ALWAYS: u32 = 1_000;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// 429; nothing is done.
    TooManyRequests {
        /// `RateLimit-Reset` lies so many seconds ahead.
        #[serde(default = "reset_after")]
        reset_after_seconds: u32,
    },
    /// 500.
    ServerError {
        /// Whether the call is carried out all the same.
        #[serde(default)]
        after_work: bool,
    },
    /// The answer comes late.
    Slow {
        /// By so much.
        milliseconds: u32,
    },
    /// The connection breaks without an answer.
    Drop {
        /// Whether the call is carried out all the same.
        #[serde(default)]
        after_work: bool,
    },
    /// A read sees the state from before the last action.
    Stale,
}

impl FaultKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::ServerError { .. } => "server_error",
            Self::Slow { .. } => "slow",
            Self::Drop { .. } => "drop",
            Self::Stale => "stale",
        }
    }
}

impl Fault {
    /// On the next `times` calls, whatever they are.
    pub fn next(times: u32, kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            times,
            per_thousand: ALWAYS,
        }
    }

    /// By chance, on so many of a thousand calls, for ever.
    #[must_use]
    pub fn sometimes(mut self, per_thousand: u32) -> Self {
        self.per_thousand = per_thousand;
        self
    }

    /// The same, only for paths that hold `path`.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    fn meets(&self, request: &Request) -> bool {
        let method = self.method.as_ref();
        let path = self.path.as_ref();
        method.is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && path.is_none_or(|path| request.path().contains(path.as_str()))
    }
}

/// The first fault that meets the request; it is used up by one.
pub(crate) fn take(
    faults: &mut Vec<Fault>,
    chance: &mut Random,
    request: &Request,
) -> Option<FaultKind> {
    faults.retain(|fault| fault.times > 0);
    let mut hits = |fault: &Fault| {
        fault.per_thousand >= ALWAYS
            || chance.below(u64::from(ALWAYS)) < u64::from(fault.per_thousand)
    };
    let met = |fault: &&mut Fault| fault.meets(request) && hits(fault);
    let fault = faults.iter_mut().find(met)?;
    if fault.per_thousand >= ALWAYS {
        fault.times -= 1;
    }
    Some(fault.kind.clone())
}

fn once() -> u32 {
    1
}

fn always() -> u32 {
    ALWAYS
}

fn reset_after() -> u32 {
    5
}
