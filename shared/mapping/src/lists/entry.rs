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

/// The kind of an entry: looked for in all of its list, made where that has none, never changed. Of each is told what a list
/// holds of it; the field with its days, where it has any; and what of [`Kind`] differs.
macro_rules! kind_of_entry {
    (
        $entry:ident,
        |$wanted:ident, $known:ident| $among:expr
        $(, days: $days:ident)?
        $(, { $($differs:item)* })?
    ) => {
        impl $crate::kind::Kind for $entry {
            type Memory = super::ListMemory;

            const FAMILY: $crate::kind::Family = $crate::kind::Family::List;
            const KEY: &'static str = "Name";

            fn key(&self) -> Option<String> {
                self.name.clone()
            }

            fn look_up(&self) -> $crate::kind::LookUp {
                $crate::kind::LookUp::List
            }

            fn listed(&self, known: &[super::ListEntry]) -> Option<qbo::Id> {
                super::entry::listed(self, known)
            }

            fn list_entry(&self) -> Option<super::ListEntry> {
                Some(super::ListEntry {
                    id: self.id.clone()?,
                    name: self.name.clone()?,
                    days: None $(.or(self.$days))?,
                    active: self.active != Some(false),
                })
            }

            fn find(&self, rows: &[Self], _marker: &$crate::Marker) -> $crate::kind::Found<Self> {
                super::entry::find(self, rows)
            }

            fn change(&self, _last_written: &Self) -> Option<Self> {
                None
            }

            $($($differs)*)?
        }

        impl super::entry::Entry for $entry {
            fn among(&self, $known: &[super::ListEntry]) -> super::Listed {
                let $wanted = self;
                $among
            }

            fn called(self, name: String) -> Self {
                Self {
                    name: Some(name),
                    ..self
                }
            }
        }
    };
}

pub(super) use kind_of_entry;

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
