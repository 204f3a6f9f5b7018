use qbo::{Id, Term};

use super::{
    ListEntry, ListMemory, Listed,
    entry::{self, Entry},
    find_term, term_name,
};
use crate::{
    Marker,
    kind::{Family, Found, Kind, LookUp},
};

/// The term of so many days (M1, M3).
pub fn term(days: u16) -> Term {
    Term {
        name: Some(term_name(days)),
        due_days: Some(days),
        ..Term::default()
    }
}

impl Kind for Term {
    type Memory = ListMemory;

    const FAMILY: Family = Family::List;
    const KEY: &'static str = "Name";

    fn key(&self) -> Option<String> {
        self.name.clone()
    }

    fn described(&self) -> String {
        match self.due_days {
            Some(0) | None => "the term due on receipt".to_owned(),
            Some(days) => format!("the term of {days} days"),
        }
    }

    fn look_up(&self) -> LookUp {
        LookUp::List
    }

    fn listed(&self, known: &[ListEntry]) -> Option<Id> {
        entry::listed(self, known)
    }

    fn list_entry(&self) -> Option<ListEntry> {
        Some(ListEntry {
            id: self.id.clone()?,
            name: self.name.clone()?,
            days: self.due_days,
            active: self.active != Some(false),
        })
    }

    fn find(&self, rows: &[Self], _marker: &Marker) -> Found<Self> {
        entry::find(self, rows)
    }

    fn change(&self, _last_written: &Self) -> Option<Self> {
        None
    }
}

impl Entry for Term {
    fn among(&self, known: &[ListEntry]) -> Listed {
        find_term(known, self.due_days.unwrap_or_default())
    }

    fn called(self, name: String) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }
}
