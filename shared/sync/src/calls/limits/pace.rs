//! When calls may be made so that no window of time ever holds more of them than is allowed. Plain functions of the
//! record and the time.

use jiff::{SignedDuration, Timestamp};
use store::Limit;

/// Calls are never reserved further ahead than a worker waits: what lies beyond comes from a clock that was wrong.
const HORIZON_MS: i64 = 60_000;

/// So many calls in any window of that length, counted by the times that they were reserved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    pub(crate) calls: usize,
    pub(crate) window_ms: i64,
}

impl Pace {
    /// When the last of so many calls could be made.
    pub(crate) fn last_of(self, limit: &Limit, now: Timestamp, calls: usize) -> Timestamp {
        let mut limit = limit.clone();
        let times = self.reserve(&mut limit, now, calls);
        times.last().copied().unwrap_or(now)
    }

    /// Reserves so many calls and returns their times, in order.
    ///
    /// An idle limit lets a whole window's calls pass at once. Who has to wait is spaced evenly, so that what is
    /// waited for comes in turn and not in bursts.
    pub(crate) fn reserve(self, limit: &mut Limit, now: Timestamp, calls: usize) -> Vec<Timestamp> {
        let now_ms = now.as_millisecond();
        limit.calls.retain(|at| *at <= now_ms + HORIZON_MS);
        let held = limit.held_until.map_or(i64::MIN, Timestamp::as_millisecond);
        let spacing = self.window_ms / i64::try_from(self.calls).unwrap_or(i64::MAX);
        let times = (0..calls).map(|_| {
            let last = limit.calls.last().copied();
            let nth_last = limit.calls.len().checked_sub(self.calls);
            let window = nth_last.and_then(|nth| limit.calls.get(nth));
            let allowed = window.map_or(i64::MIN, |at| at + self.window_ms);
            let mut at = now_ms.max(held).max(allowed).max(last.unwrap_or(i64::MIN));
            if at > now_ms {
                at = at.max(last.map_or(i64::MIN, |last| last + spacing));
            }
            limit.calls.push(at);
            at
        });
        let times: Vec<i64> = times.collect();
        let outdated = limit.calls.len().saturating_sub(self.calls);
        limit.calls.drain(..outdated);
        let time = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(now).max(now);
        times.into_iter().map(time).collect()
    }

    /// Nobody calls before that time. The clock of turns stands still until then.
    pub(crate) fn hold(limit: &mut Limit, now: Timestamp, wait: SignedDuration) -> Timestamp {
        let until = now + wait;
        let before = limit.held_until.unwrap_or(now).max(now);
        if until > before {
            if limit.closed.is_none() {
                limit.turns.behind_ms += millis(until.duration_since(before));
            }
            limit.held_until = Some(until);
        }
        until.max(before)
    }
}

pub(crate) fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or_default()
}
