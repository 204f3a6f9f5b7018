use std::{future, sync::Mutex, time::Duration};

use jiff::Timestamp;
use ports::Clock;

use crate::failures::lock;

/// A clock that moves only when told to; sleeping moves it too and returns at once.
#[derive(Debug)]
pub struct FakeClock(Mutex<Hands>);

#[derive(Debug)]
struct Hands {
    wall: Timestamp,
    monotonic: Duration,
    sleeps: Vec<Duration>,
}

impl FakeClock {
    /// A clock that shows this time.
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(Hands {
            wall: now,
            monotonic: Duration::ZERO,
            sleeps: Vec::new(),
        }))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let mut hands = lock(&self.0);
        hands.monotonic += by;
        hands.wall += by;
    }

    /// Sets the wall clock, also back; monotonic time does not notice.
    pub fn set_now(&self, now: Timestamp) {
        lock(&self.0).wall = now;
    }

    /// What was slept so far, in order.
    pub fn sleeps(&self) -> Vec<Duration> {
        lock(&self.0).sleeps.clone()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        lock(&self.0).wall
    }

    fn monotonic(&self) -> Duration {
        lock(&self.0).monotonic
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        self.advance(duration);
        lock(&self.0).sleeps.push(duration);
        future::ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_on_request_and_only_the_wall_clock_steps_back() {
        let start: Timestamp = "2026-07-25T10:00:00Z".parse().unwrap();
        let clock = FakeClock::new(start);
        clock.advance(Duration::from_secs(90));
        drop(clock.sleep(Duration::from_secs(2)));
        assert_eq!(clock.now(), start + Duration::from_secs(92));
        assert_eq!(clock.monotonic(), Duration::from_secs(92));
        assert_eq!(clock.sleeps(), [Duration::from_secs(2)]);

        clock.set_now(start);
        assert_eq!(clock.now(), start);
        assert_eq!(clock.monotonic(), Duration::from_secs(92));
    }
}
