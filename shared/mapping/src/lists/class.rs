use qbo::{Class, Id, limits};

use super::{
    ListEntry, ListMemory, Listed,
    entry::{self, Entry},
    find_named,
};
use crate::{
    Marker,
    kind::{Family, Found, Kind, LookUp},
};

/// The class of this name (L6).
pub fn class(name: String) -> Class {
    Class {
        name: Some(name),
        ..Class::default()
    }
}

impl Kind for Class {
    type Memory = ListMemory;

    const FAMILY: Family = Family::List;
    const KEY: &'static str = "Name";

    fn key(&self) -> Option<String> {
        self.name.clone()
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
            days: None,
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

impl Entry for Class {
    fn among(&self, known: &[ListEntry]) -> Listed {
        find_named(
            known,
            self.name.as_deref().unwrap_or_default(),
            limits::CLASS_NAME,
        )
    }

    fn called(self, name: String) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }
}
