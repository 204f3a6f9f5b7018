//! What a process remembers between messages, so that it need not ask again.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Values by their keys, each remembered for a while. Times are on the monotonic clock.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    entries: Mutex<HashMap<K, Entry<V>>>,
    remembered: Duration,
}

#[derive(Debug)]
struct Entry<V> {
    since: Duration,
    value: V,
}

impl<K: Clone + Eq + Hash, V: Clone> Cache<K, V> {
    /// Remembers everything for so long.
    pub(crate) fn for_time(remembered: Duration) -> Self {
        Self {
            entries: Mutex::default(),
            remembered,
        }
    }

    /// Remembers everything until it is replaced or forgotten: the value itself tells how long it is good.
    pub(crate) fn until_replaced() -> Self {
        Self::for_time(Duration::MAX)
    }

    /// The value, while it is remembered.
    pub(crate) fn get(&self, key: &K, now: Duration) -> Option<V> {
        let entries = self.entries();
        let entry = entries.get(key)?;
        let age = now.saturating_sub(entry.since);
        (age < self.remembered).then(|| entry.value.clone())
    }

    /// The last value, however old it is.
    pub(crate) fn last(&self, key: &K) -> Option<V> {
        self.entries().get(key).map(|entry| entry.value.clone())
    }

    /// The last value, or the first one.
    pub(crate) fn last_or_default(&self, key: &K) -> V
    where
        V: Default,
    {
        let mut entries = self.entries();
        let entry = entries.entry(key.clone()).or_insert_with(|| Entry {
            since: Duration::ZERO,
            value: V::default(),
        });
        entry.value.clone()
    }

    /// Remembers a value from now on.
    pub(crate) fn put(&self, key: &K, value: V, now: Duration) {
        let entry = Entry { since: now, value };
        self.entries().insert(key.clone(), entry);
    }

    /// Forgets a value that turned out to be out of date.
    pub(crate) fn forget(&self, key: &K) {
        self.entries().remove(key);
    }

    /// Whoever panicked with the lock had nothing half done: every change is one insertion or removal.
    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_remembered_for_its_time_and_the_last_one_for_ever() {
        let at = Duration::from_secs;
        let cache = Cache::for_time(at(30));
        assert_eq!(cache.get(&"key", at(5)), None);
        cache.put(&"key", 1, at(5));
        for (now, remembered) in [(5, Some(1)), (34, Some(1)), (35, None), (3_600, None)] {
            assert_eq!(cache.get(&"key", at(now)), remembered, "{now}");
        }
        assert_eq!(cache.last(&"key"), Some(1));
        cache.put(&"key", 2, at(40));
        assert_eq!(cache.get(&"key", at(60)), Some(2));
        cache.forget(&"key");
        assert_eq!(
            (cache.get(&"key", at(60)), cache.last(&"key")),
            (None, None)
        );
        let lasting = Cache::until_replaced();
        lasting.put(&"key", 3, at(0));
        assert_eq!(lasting.get(&"key", at(1_000_000)), Some(3));
        assert_eq!(lasting.last_or_default(&"other"), 0);
    }
}
