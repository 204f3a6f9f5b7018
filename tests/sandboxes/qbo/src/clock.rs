//! The sandbox's own time: the machine's, a test's, or any of them moved forward.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

/// Tells the sandbox what time it is. Copies share the same hands.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ahead_ms: Arc<AtomicI64>,
    waiting: Waiting,
}

/// What a slow answer does to a clock.
#[derive(Clone, Copy)]
enum Waiting {
    Sleeps,
    MovesTheHands,
    IsNotSeen,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Clock {
    /// The machine's clock; slow answers really take their time.
    pub fn real() -> Self {
        Self {
            waiting: Waiting::Sleeps,
            ..Self::reading(Timestamp::now)
        }
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self {
            waiting: Waiting::MovesTheHands,
            ..Self::reading(move || start)
        }
    }

    /// A clock that somebody else moves, such as a simulation's.
    pub fn reading(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            source: Arc::new(source),
            ahead_ms: Arc::new(AtomicI64::new(0)),
            waiting: Waiting::IsNotSeen,
        }
    }

    /// The time, with everything that was added.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        (self.source)()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        let _ = self
            .ahead_ms
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| {
                Some(old.saturating_add(millis))
            });
    }

    /// Spends time: the machine's clock is waited for, a manual one is moved, anybody else's is left alone.
    pub(crate) async fn spend(&self, time: Duration) {
        match self.waiting {
            Waiting::Sleeps if !time.is_zero() => tokio::time::sleep(time).await,
            Waiting::MovesTheHands => self.advance(time),
            Waiting::Sleeps | Waiting::IsNotSeen => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_stands_until_it_is_moved() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let copy = clock.clone();
        copy.advance(Duration::from_millis(1500));
        assert_eq!(clock.now().as_millisecond(), 1500);
        assert_eq!(clock.now(), copy.now());
    }
}
