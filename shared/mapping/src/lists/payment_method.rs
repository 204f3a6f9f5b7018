use qbo::{Id, PaymentMethod, limits};

use super::{
    ListEntry, ListMemory, Listed,
    entry::{self, Entry},
    find_named,
};
use crate::{
    Marker,
    kind::{Family, Found, Kind, LookUp},
};

/// The payment method of this name, and whether it is a card (P2).
pub fn method(name: String, is_card: bool) -> PaymentMethod {
    let kind = if is_card {
        "CREDIT_CARD"
    } else {
        "NON_CREDIT_CARD"
    };
    PaymentMethod {
        name: Some(name),
        kind: Some(kind.to_owned()),
        ..PaymentMethod::default()
    }
}

impl Kind for PaymentMethod {
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

impl Entry for PaymentMethod {
    fn among(&self, known: &[ListEntry]) -> Listed {
        find_named(
            known,
            self.name.as_deref().unwrap_or_default(),
            limits::PAYMENT_METHOD_NAME,
        )
    }

    fn called(self, name: String) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }
}
