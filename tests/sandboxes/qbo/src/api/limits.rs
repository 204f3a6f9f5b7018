//! How many calls a company takes: 500 in a minute, 10 in a second, 40 batches in a minute.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The calls of the last minute. The windows slide.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    calls: VecDeque<Timestamp>,
    batches: VecDeque<Timestamp>,
}

impl Limits {
    /// Whether this call may pass; it counts when it may.
    pub(crate) fn admit(&mut self, now: Timestamp, is_batch: bool) -> bool {
        for window in [&mut self.calls, &mut self.batches] {
            while window
                .front()
                .is_some_and(|at| now.duration_since(*at) >= MINUTE)
            {
                window.pop_front();
            }
        }
        let recent = self
            .calls
            .iter()
            .rev()
            .take_while(|at| now.duration_since(**at) < SECOND)
            .count();
        let too_many =
            self.calls.len() >= 500 || recent >= 10 || (is_batch && self.batches.len() >= 40);
        if too_many {
            return false;
        }
        self.calls.push_back(now);
        if is_batch {
            self.batches.push_back(now);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn the_eleventh_call_of_a_second_waits() {
        let mut limits = Limits::default();
        for n in 0..10 {
            assert!(limits.admit(at(n), false));
        }
        assert!(!limits.admit(at(999), false));
        assert!(limits.admit(at(1000), false));
    }

    #[test]
    fn the_501st_call_of_a_minute_waits() {
        let mut limits = Limits::default();
        for n in 0..500 {
            assert!(limits.admit(at(n * 110), false), "{n}");
        }
        assert!(!limits.admit(at(59_999), false));
        assert!(limits.admit(at(60_000), false));
    }

    #[test]
    fn the_41st_batch_of_a_minute_waits() {
        let mut limits = Limits::default();
        for n in 0..40 {
            assert!(limits.admit(at(n * 200), true));
        }
        assert!(!limits.admit(at(30_000), true));
        assert!(limits.admit(at(30_000), false));
    }
}
