use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many of the next calls fail.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<u32>);

impl Failures {
    pub(crate) fn plan(&self, calls: u32) {
        *lock(&self.0) = calls;
    }

    /// Takes one planned failure, if there is one.
    pub(crate) fn strike(&self) -> bool {
        let mut left = lock(&self.0);
        let strikes = *left > 0;
        *left = left.saturating_sub(1);
        strikes
    }
}

/// A test that panicked elsewhere has already failed; the values in here are whole at any time.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
