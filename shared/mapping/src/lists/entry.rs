use qbo::Id;

use super::{ListEntry, Listed};
use crate::kind::{Found, Kind};

/// An object of one of the short lists.
pub(super) trait Entry: Kind {
    /// What a list holds of it.
    fn among(&self, known: &[ListEntry]) -> Listed;

    /// The same under another name.
    fn called(self, name: String) -> Self;
}

pub(super) fn find<T: Entry>(wanted: &T, rows: &[T]) -> Found<T> {
    let entries: Vec<ListEntry> = rows.iter().filter_map(Kind::list_entry).collect();
    match wanted.among(&entries) {
        Listed::Create(name) => Found::Nothing(Box::new(wanted.clone().called(name))),
        Listed::Existing(id) => {
            let row = rows.iter().find(|row| row.id() == Some(&id));
            let row = row.unwrap_or(wanted).clone();
            Found::One(Box::new(row), Vec::new())
        }
    }
}

pub(super) fn listed(wanted: &impl Entry, known: &[ListEntry]) -> Option<Id> {
    match wanted.among(known) {
        Listed::Existing(id) => Some(id),
        Listed::Create(_) => None,
    }
}
