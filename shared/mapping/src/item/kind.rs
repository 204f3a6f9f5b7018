use qbo::{Item, Ref};

use super::{ItemMatch, Memory, find, is_category};
use crate::{
    Marker, Matched,
    kind::{Family, Found, Kind, Reread},
    names::original,
};

impl Kind for Item {
    type Memory = Memory;

    const FAMILY: Family = Family::List;
    const KEY: &'static str = "Name";

    fn key(&self) -> Option<String> {
        self.name.clone()
    }

    fn described(&self) -> String {
        let what = match is_category(self) {
            true => "category",
            false => "product or service",
        };
        format!("the {what} {}", self.key().unwrap_or_default())
    }

    fn references(&mut self) -> Vec<&mut Ref> {
        self.parent_ref.iter_mut().collect()
    }

    fn find(&self, rows: &[Self], _marker: &Marker) -> Found<Self> {
        let all = |all: Vec<&Self>, elsewhere| Found::Some {
            all: all.into_iter().cloned().collect(),
            elsewhere,
        };
        match find(self, rows) {
            ItemMatch::None => Found::Nothing(Box::new(self.clone())),
            ItemMatch::One(one) => Found::One(Box::new(one.clone()), Vec::new()),
            ItemMatch::Several(several) => all(several, false),
            ItemMatch::Elsewhere(others) => all(others, true),
            ItemMatch::Taken(what) => Found::Taken(what, None),
        }
    }

    fn name_in(&self, memory: &mut Memory, given: &str, matched: Option<Matched>) {
        memory.original = original(given, self.name.as_deref());
        memory.matched = matched.or_else(|| memory.matched.take());
    }

    /// Its account (L4) and its category (I4): whatever else there is of it, people may change (I6).
    fn change(&self, last_written: &Self) -> Option<Self> {
        let id = |reference: &Option<Ref>| reference.as_ref().map(|one| one.value.clone());
        let income = id(&self.income_account_ref) != id(&last_written.income_account_ref);
        let parent = id(&self.parent_ref) != id(&last_written.parent_ref);
        (income || parent).then(|| Self {
            income_account_ref: self.income_account_ref.clone().filter(|_| income),
            sub_item: self.sub_item.filter(|_| parent),
            parent_ref: self.parent_ref.clone().filter(|_| parent),
            ..Self::default()
        })
    }

    fn is_live(&self) -> bool {
        self.active != Some(false)
    }

    /// An income account that somebody chose in QuickBooks since we wrote the item becomes its mapping here (I6).
    fn remember(&self, memory: &mut Memory, ours: Option<Self>) -> Option<Self> {
        let mut ours = ours?;
        if let (Some(known), Some(theirs)) = (&ours.income_account_ref, &self.income_account_ref)
            && known.value != theirs.value
        {
            memory.income = Some(theirs.value.clone());
            ours.income_account_ref = Some((&theirs.value).into());
        }
        Some(ours)
    }

    fn reread(&self, memory: &mut Memory, ours: Option<Self>, _marker: &Marker) -> Reread<Self> {
        Reread::Edited(self.remember(memory, ours))
    }

    fn overtaken(
        &self,
        memory: &mut Memory,
        before: Option<Self>,
        after: Option<Self>,
        _marker: &Marker,
    ) -> Option<Self> {
        let id = |reference: &Option<Ref>| reference.as_ref().map(|one| one.value.clone());
        let after = after?;
        let is_done = id(&after.income_account_ref) == id(&self.income_account_ref)
            && (after.parent_ref.is_none() || id(&after.parent_ref) == id(&self.parent_ref));
        self.remember(memory, if is_done { Some(after) } else { before })
    }
}
