//! Records of one kind, each as it is now and as it was before the last action.
//!
//! Housecall Pro's reads lag behind its webhooks; a read that is told to be stale sees the state from
//! before the last action. The same memory undoes an action that was refused half-way.

use std::{collections::HashMap, sync::Arc};

/// Which state a read sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// The state after the last action.
    Now,
    /// The state before the last action.
    BeforeLastAction,
}

/// Records in the order of their creation.
#[derive(Clone, Debug)]
pub(crate) struct Shelf<T> {
    records: Vec<Arc<T>>,
    place: HashMap<String, usize>,
    length_before: usize,
    before: HashMap<usize, Arc<T>>,
}

/// What a shelf must remember to undo an action.
#[derive(Debug)]
pub(crate) struct Mark<T> {
    length_before: usize,
    before: HashMap<usize, Arc<T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            place: HashMap::new(),
            length_before: 0,
            before: HashMap::new(),
        }
    }
}

impl<T: Clone> Shelf<T> {
    /// An action begins: what stands here now is the state before it.
    pub(crate) fn begin(&mut self) -> Mark<T> {
        Mark {
            length_before: std::mem::replace(&mut self.length_before, self.records.len()),
            before: std::mem::take(&mut self.before),
        }
    }

    /// The action was refused: everything is as it was before [`Shelf::begin`].
    pub(crate) fn undo(&mut self, mark: Mark<T>) {
        for (index, record) in std::mem::take(&mut self.before) {
            if let Some(slot) = self.records.get_mut(index) {
                *slot = record;
            }
        }
        let length = self.length_before;
        self.records.truncate(length);
        self.place.retain(|_, index| *index < length);
        self.length_before = mark.length_before;
        self.before = mark.before;
    }

    pub(crate) fn add(&mut self, id: &str, record: T) {
        self.place.insert(id.to_owned(), self.records.len());
        self.records.push(Arc::new(record));
    }

    pub(crate) fn get(&self, id: &str, when: When) -> Option<&T> {
        let index = *self.place.get(id)?;
        self.at(index, when)
    }

    pub(crate) fn change(&mut self, id: &str) -> Option<&mut T> {
        let index = *self.place.get(id)?;
        let record = self.records.get_mut(index)?;
        if index < self.length_before {
            self.before
                .entry(index)
                .or_insert_with(|| Arc::clone(record));
        }
        Some(Arc::make_mut(record))
    }

    pub(crate) fn all(&self, when: When) -> impl Iterator<Item = &T> {
        (0..self.records.len()).filter_map(move |index| self.at(index, when))
    }

    fn at(&self, index: usize, when: When) -> Option<&T> {
        let now = self.records.get(index)?;
        match when {
            When::Now => Some(now),
            When::BeforeLastAction if index >= self.length_before => None,
            When::BeforeLastAction => Some(self.before.get(&index).unwrap_or(now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Shelf<u8> {
        let mut shelf = Shelf::default();
        shelf.add("a", 1);
        shelf.add("b", 2);
        shelf
    }

    fn seen(shelf: &Shelf<u8>, when: When) -> Vec<u8> {
        shelf.all(when).copied().collect()
    }

    #[test]
    fn a_stale_read_sees_the_state_before_the_last_action() {
        let mut shelf = shelf();
        shelf.begin();
        *shelf.change("a").unwrap() = 10;
        *shelf.change("a").unwrap() = 11;
        shelf.add("c", 3);
        assert_eq!(seen(&shelf, When::Now), [11, 2, 3]);
        assert_eq!(seen(&shelf, When::BeforeLastAction), [1, 2]);
        shelf.begin();
        assert_eq!(seen(&shelf, When::BeforeLastAction), [11, 2, 3]);
    }

    #[test]
    fn a_refused_action_leaves_no_trace_and_keeps_the_older_memory() {
        let mut shelf = shelf();
        shelf.begin();
        *shelf.change("a").unwrap() = 10;
        let mark = shelf.begin();
        *shelf.change("b").unwrap() = 20;
        shelf.add("c", 3);
        shelf.undo(mark);
        assert_eq!(seen(&shelf, When::Now), [10, 2]);
        assert_eq!(seen(&shelf, When::BeforeLastAction), [1, 2]);
        assert_eq!(shelf.get("c", When::Now), None);
    }
}
