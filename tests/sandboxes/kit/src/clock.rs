//! A sandbox's own time: the machine's, one that a test moves, or one that somebody else moves.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// Tells a sandbox what time it is. Copies share the same hands.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ahead_ms: Arc<AtomicI64>,
    wait: Wait,
    is_forward_only: bool,
}

/// What a slow answer does to a clock.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    Sleeps,
    MovesTheHands,
    IsNotSeen,
}

/// Why the hands were not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ClockRefusal {
    /// Its hands are not its own.
    #[error("the sandbox follows another clock: move that one")]
    Followed,
    /// What it keeps depends on its order.
    #[error("the clock goes forward only")]
    Backward,
    /// There is no such day.
    #[error("that is out of time")]
    OutOfTime,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Clock {
    /// The machine's clock, which can be moved too; slow answers really take their time.
    pub fn real() -> Self {
        Self::new(Timestamp::now, Wait::Sleeps)
    }

    /// A clock that stands still until it is moved; slow answers move it.
    pub fn manual(start: Timestamp) -> Self {
        Self::new(move || start, Wait::MovesTheHands)
    }

    /// A clock that somebody else moves, such as a simulation's; slow answers cost nothing.
    pub fn following(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self::new(source, Wait::IsNotSeen)
    }

    fn new(source: impl Fn() -> Timestamp + Send + Sync + 'static, wait: Wait) -> Self {
        Self {
            source: Arc::new(source),
            ahead_ms: Arc::new(AtomicI64::new(0)),
            wait,
            is_forward_only: false,
        }
    }

    /// The same clock for a sandbox whose records must not become older.
    #[must_use]
    pub fn forward_only(self) -> Self {
        Self {
            is_forward_only: true,
            ..self
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
    ///
    /// # Errors
    /// When they are somebody else's, or the time would leave the calendar.
    pub fn advance(&self, by: Duration) -> Result<(), ClockRefusal> {
        let by = SignedDuration::try_from(by).map_err(|_| ClockRefusal::OutOfTime)?;
        self.turn(by)
    }

    /// Sets the hands.
    ///
    /// # Errors
    /// As [`Clock::advance`], or when a clock that goes forward only would go back.
    pub fn set(&self, to: Timestamp) -> Result<(), ClockRefusal> {
        let by = to.duration_since(self.now());
        if self.is_forward_only && by.is_negative() {
            return Err(ClockRefusal::Backward);
        }
        self.turn(by)
    }

    fn turn(&self, by: SignedDuration) -> Result<(), ClockRefusal> {
        if self.wait == Wait::IsNotSeen {
            return Err(ClockRefusal::Followed);
        }
        self.now()
            .checked_add(by)
            .map_err(|_| ClockRefusal::OutOfTime)?;
        let millis = i64::try_from(by.as_millis()).map_err(|_| ClockRefusal::OutOfTime)?;
        self.ahead_ms.fetch_add(millis, Ordering::SeqCst);
        Ok(())
    }

    /// Spends time: the machine's clock is waited for, a manual one is moved, anybody else's is left alone.
    pub async fn spend(&self, time: Duration) {
        match self.wait {
            Wait::Sleeps if !time.is_zero() => tokio::time::sleep(time).await,
            // Beyond the calendar there is nothing to spend.
            Wait::MovesTheHands => drop(self.advance(time)),
            Wait::Sleeps | Wait::IsNotSeen => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_manual_clock_stands_until_it_is_moved_and_copies_go_with_it() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let copy = clock.clone();
        copy.advance(Duration::from_millis(1_500)).unwrap();
        assert_eq!(clock.now().as_millisecond(), 1_500);
        clock.set(at("2026-03-02T00:00:00Z")).unwrap();
        assert_eq!(copy.now(), at("2026-03-02T00:00:00Z"));
    }

    #[test]
    fn what_cannot_be_moved_says_why() {
        let past = at("1960-01-01T00:00:00Z");
        let manual = Clock::manual(Timestamp::UNIX_EPOCH);
        assert_eq!(manual.set(past), Ok(()));
        let forward = Clock::manual(Timestamp::UNIX_EPOCH).forward_only();
        assert_eq!(forward.set(past), Err(ClockRefusal::Backward));
        let far = Duration::from_secs(u64::MAX);
        assert_eq!(forward.advance(far), Err(ClockRefusal::OutOfTime));
        assert_eq!(forward.now(), Timestamp::UNIX_EPOCH);
        let followed = Clock::following(|| Timestamp::UNIX_EPOCH);
        assert_eq!(
            followed.advance(Duration::ZERO),
            Err(ClockRefusal::Followed)
        );
    }

    #[tokio::test]
    async fn a_slow_answer_moves_only_a_manual_clock() {
        for (clock, seconds) in [
            (Clock::manual(Timestamp::UNIX_EPOCH), 3),
            (Clock::following(|| Timestamp::UNIX_EPOCH), 0),
        ] {
            clock.spend(Duration::from_secs(3)).await;
            assert_eq!(clock.now().as_second(), seconds);
        }
    }
}
