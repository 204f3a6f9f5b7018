use qbo::{Customer, Query, Ref};

use super::{CustomerMatch, Memory, PlaceMatch, agreement, changes, find, find_place, is_at};
use crate::{
    Marker, Matched,
    kind::{Family, Found, Kind, LookUp},
    names::original,
};

impl Kind for Customer {
    type Memory = Memory;

    const FAMILY: Family = Family::List;
    const KEY: &'static str = "DisplayName";

    fn key(&self) -> Option<String> {
        self.display_name.clone()
    }

    /// Never whose sub-customer it is, nor who is billed for it: a person may change both (C9).
    fn ours(&self) -> Self {
        Self {
            job: None,
            parent_ref: None,
            bill_with_parent: None,
            ..self.clone()
        }
    }

    fn references(&mut self) -> Vec<&mut Ref> {
        self.parent_ref.iter_mut().collect()
    }

    fn look_up(&self) -> LookUp {
        LookUp::Statements(vec![named(
            self.display_name.as_deref().unwrap_or_default(),
        )])
    }

    fn find(&self, rows: &[Self], _marker: &Marker) -> Found<Self> {
        let one = |one: &Self| Box::new(one.clone());
        let all = |all: Vec<&Self>| Found::Some {
            all: all.into_iter().cloned().collect(),
            elsewhere: false,
        };
        if let Some(parent) = &self.parent_ref {
            return match find_place(self, &parent.value, rows) {
                PlaceMatch::None => Found::Nothing(one(self)),
                PlaceMatch::One(found) => Found::One(one(found), same_place(self, found)),
                PlaceMatch::Several(several) => all(several),
                PlaceMatch::Taken(found) => Found::Taken("another customer", Some(one(found))),
            };
        }
        match find(self, rows) {
            CustomerMatch::None => Found::Nothing(one(self)),
            CustomerMatch::One(found) => Found::One(one(found), agreement(self, found)),
            CustomerMatch::Several(several) => all(several),
            CustomerMatch::Contradicting(found, contradiction) => {
                Found::Contradicting(one(found), contradiction)
            }
        }
    }

    fn name_in(&self, memory: &mut Memory, given: &str, matched: Option<Matched>) {
        memory.original = original(given, self.display_name.as_deref());
        memory.matched = matched.or_else(|| memory.matched.take());
    }

    fn change(&self, last_written: &Self) -> Option<Self> {
        changes(last_written, self)
    }

    fn is_live(&self) -> bool {
        self.active != Some(false)
    }
}

fn same_place(ours: &Customer, theirs: &Customer) -> Vec<&'static str> {
    let street = theirs.ship_addr.as_ref().or(theirs.bill_addr.as_ref());
    let agreed = street.zip(ours.ship_addr.as_ref());
    let agreed = agreed.is_some_and(|(one, other)| is_at(one, other));
    if agreed { vec!["address"] } else { Vec::new() }
}

/// The statement that finds the customers of a name, however its words are spaced (C6). It finds others too.
pub fn named(name: &str) -> Query {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [_, _, ..] => Query::select("Customer")
            .where_like(Customer::KEY, &words.join("%"))
            .in_pages(),
        _ => crate::AnyKind::Customer.by_key(name),
    }
}

/// The statement that finds all below a parent of that name.
pub fn below(parent: &Customer) -> Query {
    let parent = parent.display_name.as_deref().unwrap_or_default();
    let words: Vec<&str> = parent.split_whitespace().collect();
    Query::select("Customer")
        .where_like("FullyQualifiedName", &format!("%{}:%", words.join("%")))
        .in_pages()
}
