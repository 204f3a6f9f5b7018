use std::{future::Future, sync::Arc, time::Duration};

use jiff::Timestamp;

/// Tells the time and waits.
pub trait Clock: Send + Sync {
    /// Wall-clock time. It can step back; use it for what is stored, never to measure a wait.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary start in this process; never steps back.
    fn monotonic(&self) -> Duration;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

impl<T: Clock> Clock for Arc<T> {
    fn now(&self) -> Timestamp {
        T::now(self)
    }

    fn monotonic(&self) -> Duration {
        T::monotonic(self)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        T::sleep(self, duration)
    }
}
