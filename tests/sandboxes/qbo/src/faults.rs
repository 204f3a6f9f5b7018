//! Failures on request: the next calls that match go wrong in a chosen way.

use std::time::Duration;

use serde::Deserialize;

/// Odds of a failure that does not depend on chance.
const CERTAIN: u32 = 1000;

/// A failure waiting for its call.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Form")]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only calls with this verb.
    pub method: Option<String>,
    /// Only calls whose path has this part.
    pub path: Option<String>,
    /// Only calls about this entity: in the path, in a query, or in an item of a batch.
    pub entity: Option<String>,
    /// So many calls.
    pub count: u32,
    /// So many of a thousand calls that match, by the sandbox's seed; 1000 for every one.
    pub per_thousand: u32,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 in XML, not done.
    Throttle,
    /// 429 in JSON, not done.
    ThrottleJson,
    /// 500 with code 10000, not done.
    ServerError,
    /// 502 in HTML from a proxy, not done.
    Html502,
    /// Done, but a proxy in between gives up: 504 in HTML.
    Html504,
    /// Done, but answered late.
    Slow {
        /// How late.
        ms: u64,
    },
    /// Done, then the connection closes without an answer.
    CommitThenDrop,
    /// The connection closes, not done.
    DropBeforeCommit,
    /// All access tokens are dead from this call on.
    ExpireTokens,
    /// Writes to name lists get the transient 6000.
    NamesLock,
    /// Changes get 5010, whatever version they name, and are not done.
    Stale,
    /// A query or change data capture does not see what is younger.
    LateQuery {
        /// How much younger.
        ms: u64,
    },
    /// One item of a batch gets code 10000 and is not done; the others are.
    BatchItem {
        /// Which one, from 1.
        nth: usize,
    },
}

/// A failure as the control endpoint takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    fault: FormKind,
    ms: Option<u64>,
    nth: Option<usize>,
    method: Option<String>,
    path: Option<String>,
    entity: Option<String>,
    count: Option<u32>,
    per_thousand: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FormKind {
    #[serde(alias = "429")]
    Throttle,
    #[serde(alias = "500")]
    ServerError,
    ThrottleJson,
    #[serde(rename = "html_502")]
    Html502,
    #[serde(rename = "html_504")]
    Html504,
    Slow,
    CommitThenDrop,
    DropBeforeCommit,
    ExpireTokens,
    NamesLock,
    Stale,
    LateQuery,
    BatchItem,
}

impl TryFrom<Form> for Fault {
    type Error = &'static str;

    fn try_from(form: Form) -> Result<Self, Self::Error> {
        let kind = match (form.fault, form.ms, form.nth) {
            (FormKind::Slow, Some(ms), None) => FaultKind::Slow { ms },
            (FormKind::LateQuery, Some(ms), None) => FaultKind::LateQuery { ms },
            (FormKind::Slow | FormKind::LateQuery, ..) => {
                return Err("slow and late_query need ms");
            }
            (_, Some(_), _) => return Err("ms goes with slow and late_query only"),
            (FormKind::BatchItem, None, Some(nth)) => FaultKind::BatchItem { nth },
            (FormKind::BatchItem, ..) => return Err("batch_item needs nth"),
            (_, _, Some(_)) => return Err("nth goes with batch_item only"),
            (FormKind::Throttle, ..) => FaultKind::Throttle,
            (FormKind::ThrottleJson, ..) => FaultKind::ThrottleJson,
            (FormKind::ServerError, ..) => FaultKind::ServerError,
            (FormKind::Html502, ..) => FaultKind::Html502,
            (FormKind::Html504, ..) => FaultKind::Html504,
            (FormKind::CommitThenDrop, ..) => FaultKind::CommitThenDrop,
            (FormKind::DropBeforeCommit, ..) => FaultKind::DropBeforeCommit,
            (FormKind::ExpireTokens, ..) => FaultKind::ExpireTokens,
            (FormKind::NamesLock, ..) => FaultKind::NamesLock,
            (FormKind::Stale, ..) => FaultKind::Stale,
        };
        let per_thousand = form.per_thousand.unwrap_or(CERTAIN);
        if per_thousand > CERTAIN {
            return Err("per_thousand is 1000 at most");
        }
        // What happens by chance goes on happening.
        let count = if per_thousand < CERTAIN { u32::MAX } else { 1 };
        Ok(Self {
            kind,
            method: form.method,
            path: form.path,
            entity: form.entity,
            count: form.count.unwrap_or(count),
            per_thousand,
        })
    }
}

impl FaultKind {
    pub(crate) fn delay(&self) -> Duration {
        match self {
            Self::Slow { ms } => Duration::from_millis(*ms),
            _ => Duration::ZERO,
        }
    }
}

impl Fault {
    /// A failure of the next call, whatever it is.
    pub fn next(kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path: None,
            entity: None,
            count: 1,
            per_thousand: CERTAIN,
        }
    }

    /// Only for calls about this entity.
    pub fn on(self, entity: &str) -> Self {
        Self {
            entity: Some(entity.to_owned()),
            ..self
        }
    }

    /// Only for calls with this verb.
    pub fn method(self, method: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            ..self
        }
    }

    /// Only for calls whose path has this part.
    pub fn path(self, part: &str) -> Self {
        Self {
            path: Some(part.to_owned()),
            ..self
        }
    }

    /// By chance, for so many of a thousand calls, for ever.
    pub fn sometimes(self, per_thousand: u32) -> Self {
        Self {
            per_thousand,
            count: u32::MAX,
            ..self
        }
    }

    /// For so many calls.
    pub fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }
}

/// The failures that are still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
    chance: Chance,
}

/// A row of numbers that is the same for the same seed (SplitMix64).
#[derive(Debug, Default)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The next number below a thousand.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % u64::from(CERTAIN)
    }

    /// Whether one of a thousand that come is among so many; nothing is drawn for none and for all.
    pub(crate) fn hits(&mut self, per_thousand: u32) -> bool {
        match per_thousand {
            0 => false,
            CERTAIN.. => true,
            some => self.next() < u64::from(some),
        }
    }
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.count > 0 && fault.per_thousand > 0 {
            self.waiting.push(fault);
        }
    }

    /// Starts the row of chances again.
    pub(crate) fn seed(&mut self, seed: u64) {
        self.chance = Chance(seed);
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether any failure waits for a certain entity.
    pub(crate) fn asks_for_entities(&self) -> bool {
        self.waiting.iter().any(|fault| fault.entity.is_some())
    }

    /// The first failure that matches, used up by one.
    pub(crate) fn take(
        &mut self,
        method: &str,
        path: &str,
        entities: &[String],
    ) -> Option<FaultKind> {
        let matches = |fault: &Fault| {
            fault
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fault
                    .path
                    .as_ref()
                    .is_none_or(|part| path.contains(part.as_str()))
                && fault.entity.as_ref().is_none_or(|wanted| {
                    entities
                        .iter()
                        .any(|entity| entity.eq_ignore_ascii_case(wanted))
                })
        };
        let Self { waiting, chance } = self;
        let at = waiting
            .iter()
            .position(|fault| matches(fault) && chance.hits(fault.per_thousand))?;
        let fault = waiting.get_mut(at)?;
        // Of what happens without an end, nothing is used up.
        if fault.count < u32::MAX {
            fault.count -= 1;
        }
        let kind = fault.kind.clone();
        if fault.count == 0 {
            waiting.remove(at);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_call_and_is_used_up() {
        let mut faults = Faults::default();
        faults.add(Fault::next(FaultKind::Throttle).on("Invoice").times(2));
        let invoice = ["invoice".to_owned()];
        assert_eq!(faults.take("GET", "/x", &["customer".to_owned()]), None);
        assert_eq!(
            faults.take("GET", "/x", &invoice),
            Some(FaultKind::Throttle)
        );
        assert_eq!(
            faults.take("GET", "/x", &invoice),
            Some(FaultKind::Throttle)
        );
        assert_eq!(faults.take("GET", "/x", &invoice), None);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_keeps_its_odds() {
        let hits = |seed: u64| -> Vec<usize> {
            let mut faults = Faults::default();
            faults.seed(seed);
            faults.add(Fault::next(FaultKind::Throttle).sometimes(100));
            (0..10_000)
                .filter(|_| faults.take("GET", "/x", &[]).is_some())
                .collect()
        };
        assert_eq!(hits(7), hits(7));
        assert_ne!(hits(7), hits(8));
        assert!((900..1100).contains(&hits(7).len()), "{}", hits(7).len());
    }

    #[test]
    fn faults_are_read_from_json() {
        let read: Vec<Fault> = serde_json::from_str(
            r#"[{"fault":"slow","ms":50,"path":"query"},{"fault":"html_502","count":3}]"#,
        )
        .unwrap();
        assert_eq!(
            read[0],
            Fault::next(FaultKind::Slow { ms: 50 }).path("query")
        );
        assert_eq!(read[1], Fault::next(FaultKind::Html502).times(3));
        for wrong in [
            r#"{"fault":"slow"}"#,
            r#"{"fault":"throttle","ms":1}"#,
            r#"{"fault":"throttle","counts":1}"#,
            r#"{"fault":"flood"}"#,
            r#"{"fault":"late_query"}"#,
            r#"{"fault":"batch_item"}"#,
            r#"{"fault":"batch_item","nth":1,"ms":1}"#,
            r#"{"fault":"throttle","nth":1}"#,
            r#"{"fault":"throttle","per_thousand":1001}"#,
        ] {
            assert!(serde_json::from_str::<Fault>(wrong).is_err(), "{wrong}");
        }
    }
}
