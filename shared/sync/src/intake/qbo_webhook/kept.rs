use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Something that was read, and when on the monotonic clock.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<Option<(Arc<T>, Duration)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// What was read at most so long ago.
    pub(super) fn get(&self, now: Duration, max_age: Duration) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, read_at) = kept.as_ref()?;
        (now.saturating_sub(*read_at) < max_age).then(|| value.clone())
    }

    /// Keeps what was read.
    pub(super) fn put(&self, value: T, read_at: Duration) -> Arc<T> {
        let value = Arc::new(value);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((value.clone(), read_at));
        value
    }
}
