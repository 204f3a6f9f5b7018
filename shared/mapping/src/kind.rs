//! What the sync must know of a kind of QuickBooks object: which list or transactions it belongs to, how one is found,
//! what an update sends, what is remembered of it. Whoever adds a kind implements this once, for its type in `qbo`, and
//! adds the line in `kinds.rs`.

use std::fmt;

use money::Cents;
use qbo::{Entity, Id, Query, Ref};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{ListEntry, Marker, Matched};

/// What QuickBooks does when several workers add to a kind at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A list of names, which QuickBooks locks while it adds to it: one worker at a time does.
    List,
    /// Transactions stand beside each other.
    Transaction,
}

/// How QuickBooks is asked whether it has an object already.
#[derive(Clone, Debug, PartialEq)]
pub enum LookUp {
    /// By its name or number; together with others of its kind.
    Key(String),
    /// With all of its list: there are few, and what is inactive holds its name too.
    List,
    /// With statements of its own.
    Statements(Vec<Query>),
    /// By a step of its own, before anything is made.
    Apart,
    /// Not at all: it is made.
    Nothing,
}

/// What QuickBooks has of an object that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<T> {
    /// Nothing: it is made, like this.
    Nothing(Box<T>),
    /// It is this one; what agrees beside the name.
    One(Box<T>, Vec<&'static str>),
    /// It may be any of these; which, their links tell, or a person. `elsewhere`: they are others, unless their links say
    /// that they are the same.
    Some {
        /// All of them.
        all: Vec<T>,
        /// See above.
        elsewhere: bool,
    },
    /// This one has its name, and says something else about itself.
    Contradicting(Box<T>, Contradiction),
    /// Something that it cannot be has its name: what that is, for a person.
    Taken(&'static str, Option<Box<T>>),
}

/// The first of the data that both sides have and that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What they are about.
    pub what: &'static str,
    /// What Housecall Pro says.
    pub ours: String,
    /// What QuickBooks says.
    pub theirs: String,
}

impl<T> Found<T> {
    pub(crate) fn map<U>(self, into: impl Fn(T) -> U) -> Found<U> {
        let boxed = |one: Box<T>| Box::new(into(*one));
        match self {
            Self::Nothing(one) => Found::Nothing(boxed(one)),
            Self::One(one, agreed) => Found::One(boxed(one), agreed),
            Self::Some { all, elsewhere } => Found::Some {
                all: all.into_iter().map(&into).collect(),
                elsewhere,
            },
            Self::Contradicting(one, contradiction) => {
                Found::Contradicting(boxed(one), contradiction)
            }
            Self::Taken(what, one) => Found::Taken(what, one.map(boxed)),
        }
    }
}

/// What is ours of an object that was read again.
#[derive(Clone, Debug, PartialEq)]
pub enum Reread<T> {
    /// It stands as it was last written: only what is not ours moved.
    Stands,
    /// Somebody edited it: this is known to stand of it. Nothing, and all of ours is written again (R6).
    Edited(Option<T>),
}

/// Whether a transaction with this note and total is void: it stays in QuickBooks, with zero amounts and this word before
/// its note.
pub(crate) fn is_voided(note: Option<&str>, total: Option<Cents>) -> bool {
    note.is_some_and(|note| note.starts_with("Voided")) && total == Some(Cents::ZERO)
}

/// The row that has the marker of a slot in its note, for a transaction that is known by that alone.
pub(crate) fn by_marker<T: Clone>(
    wanted: &T,
    rows: &[T],
    marker: &Marker,
    note: impl Fn(&T) -> Option<&str>,
) -> Found<T> {
    match rows.iter().find(|row| marker.is_in(note(row))) {
        Some(ours) => Found::One(Box::new(ours.clone()), Vec::new()),
        None => Found::Nothing(Box::new(wanted.clone())),
    }
}

/// A kind of QuickBooks object, told by the type of its objects.
pub trait Kind: Entity + Default + PartialEq + fmt::Debug {
    /// What a slot remembers beside the link.
    type Memory: Serialize + DeserializeOwned + Default;

    /// The family that it belongs to.
    const FAMILY: Family;

    /// The field by which QuickBooks finds one.
    const KEY: &'static str;

    /// Whether QuickBooks gives no two of them the same.
    const KEY_IS_UNIQUE: bool = true;

    /// What that field holds.
    fn key(&self) -> Option<String>;

    /// What of it counts as written by us, once it is.
    fn ours(&self) -> Self {
        self.clone()
    }

    /// It, inside a sentence for a person: `the payment method Check`.
    fn described(&self) -> String {
        let mut words = String::new();
        for letter in Self::NAME.chars() {
            if letter.is_uppercase() && !words.is_empty() {
                words.push(' ');
            }
            words.extend(letter.to_lowercase());
        }
        format!("the {words} {}", self.key().unwrap_or_default())
    }

    /// Everything in it that may refer to another object that is wanted.
    fn references(&mut self) -> Vec<&mut Ref> {
        Vec::new()
    }

    /// How QuickBooks is asked for it before it is made.
    fn look_up(&self) -> LookUp {
        self.key().map_or(LookUp::Nothing, LookUp::Key)
    }

    /// What is kept of it as an entry of a short list that was read; `None`: it is of no such list, or lacks its id or
    /// its name.
    fn list_entry(&self) -> Option<ListEntry> {
        None
    }

    /// Its id, where the list that was read last has it.
    fn listed(&self, _known: &[ListEntry]) -> Option<Id> {
        None
    }

    /// Which of the rows that were found it is.
    fn find(&self, rows: &[Self], marker: &Marker) -> Found<Self>;

    /// What a slot remembers of how the object got its name: what Housecall Pro calls it, and why one that QuickBooks had
    /// was taken for it.
    fn name_in(&self, _memory: &mut Self::Memory, _given: &str, _matched: Option<Matched>) {}

    /// What an update sends; `None`: nothing (S8).
    fn change(&self, last_written: &Self) -> Option<Self>;

    /// Whether a person voided it.
    fn is_voided(&self) -> bool {
        false
    }

    /// Whether it can be worked with: not voided, not made inactive.
    fn is_live(&self) -> bool {
        !self.is_voided()
    }

    /// Remembers what an answer tells of the object, and gives what is known of ours to stand in it, of which that was
    /// written last.
    fn remember(&self, _memory: &mut Self::Memory, ours: Option<Self>) -> Option<Self> {
        ours
    }

    /// The same of an object that was changed by somebody since it was written last.
    fn reread(
        &self,
        _memory: &mut Self::Memory,
        ours: Option<Self>,
        _marker: &Marker,
    ) -> Reread<Self> {
        Reread::Edited(ours)
    }

    /// What of ours stands in an object whose update had no answer: carried out, or overtaken by somebody's edit.
    fn overtaken(
        &self,
        _memory: &mut Self::Memory,
        _before: Option<Self>,
        _after: Option<Self>,
        _marker: &Marker,
    ) -> Option<Self> {
        None
    }
}

/// QuickBooks' own word for a kind, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KindName(pub(crate) String);

/// A kind that this program does not write.
#[derive(Debug, Error)]
#[error("{0} is no kind of QuickBooks object that is written from here")]
pub struct UnknownKind(pub(crate) KindName);

impl fmt::Display for KindName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
