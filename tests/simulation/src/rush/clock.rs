use std::{
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::Timestamp;
use ports::Clock;

/// A clock that jumps to the next moment at which something happens. What waits beside each other waits at the same
/// time, so that a day of many workers is over in seconds and still every wait counts.
#[derive(Debug)]
pub struct VirtualClock {
    start: Timestamp,
    hands: Mutex<Hands>,
}

#[derive(Debug, Default)]
struct Hands {
    elapsed: Duration,
    timers: BTreeMap<(Duration, u64), Waker>,
    timers_made: u64,
}

impl VirtualClock {
    /// A clock that shows this time.
    pub fn new(start: Timestamp) -> Self {
        Self {
            start,
            hands: Mutex::default(),
        }
    }

    /// Runs to its end what waits on this clock and on nothing else.
    ///
    /// # Panics
    /// When it waits for something that cannot happen.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        poll_fn(|context| {
            loop {
                if let Poll::Ready(done) = work.as_mut().poll(context) {
                    return Poll::Ready(done);
                }
                assert!(self.jump(), "everybody waits, and nothing will happen");
            }
        })
        .await
    }

    /// Goes on to the next timer; `false`: there is none.
    fn jump(&self) -> bool {
        let (mut hands, mut woken) = (self.hands(), Vec::new());
        let Some(next) = hands.timers.keys().next().map(|(at, _)| *at) else {
            return false;
        };
        hands.elapsed = hands.elapsed.max(next);
        while let Some(timer) = hands.timers.first_entry()
            && timer.key().0 <= next
        {
            woken.push(timer.remove());
        }
        drop(hands);
        woken.into_iter().for_each(Waker::wake);
        true
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.start + self.hands().elapsed
    }

    fn monotonic(&self) -> Duration {
        self.hands().elapsed
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        let at = self.monotonic() + duration;
        Sleep {
            clock: self,
            at,
            timer: None,
        }
    }
}

struct Sleep<'a> {
    clock: &'a VirtualClock,
    at: Duration,
    timer: Option<u64>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let at = self.at;
        let mut hands = self.clock.hands();
        if hands.elapsed >= at {
            return Poll::Ready(());
        }
        let timer = self.timer.unwrap_or(hands.timers_made);
        hands.timers_made = hands.timers_made.max(timer + 1);
        hands.timers.insert((at, timer), context.waker().clone());
        drop(hands);
        self.timer = Some(timer);
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(timer) = self.timer {
            self.clock.hands().timers.remove(&(self.at, timer));
        }
    }
}
