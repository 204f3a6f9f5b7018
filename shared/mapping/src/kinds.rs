//! All kinds of objects that the sync writes. A new one is one more line at the end of this file.

use money::Cents;
use qbo::{
    Answer, BatchId, BatchItem, Entity, Id, QboError, Query, Request, RequestError, RequestId,
    SyncToken,
};
use serde_json::value::RawValue;

use crate::{
    ListEntry, Marker, Matched, RawMemory, SlotName,
    kind::{Family, Found, Kind, KindName, LookUp, Reread, UnknownKind},
    names::normalised,
};

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        /// A kind of QuickBooks object that fills slots.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum AnyKind {
            $(#[allow(missing_docs, reason = "its name says it")] $kind),*
        }

        /// An object of any of them.
        #[derive(Clone, Debug, PartialEq)]
        pub enum QboObject {
            $(#[allow(missing_docs, reason = "its name says it")] $kind(Box<qbo::$kind>)),*
        }

        impl AnyKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// QuickBooks' name for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => <qbo::$kind as Entity>::NAME),* }
            }

            /// The family that it belongs to.
            pub fn family(self) -> Family {
                match self { $(Self::$kind => <qbo::$kind as Kind>::FAMILY),* }
            }

            /// Whether QuickBooks gives no two of them the same name or number.
            pub fn key_is_unique(self) -> bool {
                match self { $(Self::$kind => <qbo::$kind as Kind>::KEY_IS_UNIQUE),* }
            }

            /// The field by which QuickBooks finds one.
            fn key_field(self) -> &'static str {
                match self { $(Self::$kind => <qbo::$kind as Kind>::KEY),* }
            }

            /// The request that reads one by its id.
            pub fn read_by_id(self, id: &Id) -> Request {
                match self { $(Self::$kind => Request::read::<qbo::$kind>(id)),* }
            }

            /// What a call about one object answered.
            ///
            /// # Errors
            /// When it cannot be read.
            pub fn answered(self, answer: &Answer) -> Result<QboObject, QboError> {
                Ok(match self { $(Self::$kind => QboObject::$kind(Box::new(answer.parse()?))),* })
            }

            /// The rows that a statement found.
            ///
            /// # Errors
            /// When they cannot be read.
            pub fn rows<R: TypedRows>(self, rows: &R) -> Result<Vec<QboObject>, R::Error> {
                Ok(match self {
                    $(Self::$kind => {
                        let rows = rows.of::<qbo::$kind>()?.into_iter();
                        rows.map(|row| QboObject::$kind(Box::new(row))).collect()
                    }),*
                })
            }

            /// An object as it was stored.
            ///
            /// # Errors
            /// When it is of another kind.
            pub fn read(self, json: &RawValue) -> Result<QboObject, serde_json::Error> {
                Ok(match self {
                    $(Self::$kind => QboObject::$kind(serde_json::from_str(json.get())?)),*
                })
            }
        }

        /// Does the same with whichever object it is.
        macro_rules! whichever {
            ($object:expr, $inner:ident => $do:expr) => {
                match $object { $(QboObject::$kind($inner) => $do),* }
            };
        }

        impl QboObject {
            /// Its kind.
            pub fn kind(&self) -> AnyKind {
                match self { $(Self::$kind(_) => AnyKind::$kind),* }
            }

            /// Which of the rows that were found it is; rows of another kind do not count.
            pub fn find(&self, rows: &[Self], marker: &Marker) -> Found<Self> {
                match self {
                    $(Self::$kind(wanted) => {
                        let rows = rows.iter().filter_map(|row| match row {
                            Self::$kind(row) => Some((**row).clone()),
                            #[allow(unreachable_patterns, reason = "there may be one kind only")]
                            _ => None,
                        });
                        let rows: Vec<qbo::$kind> = rows.collect();
                        wanted.find(&rows, marker).map(|object| Self::$kind(Box::new(object)))
                    }),*
                }
            }

            /// What an update sends, where that was written last; `None`: nothing (S8).
            ///
            /// # Errors
            /// When what was written is another kind's.
            pub fn change(
                &self,
                last_written: Option<&RawValue>,
            ) -> Result<Option<Self>, serde_json::Error> {
                Ok(match self {
                    $(Self::$kind(wanted) => {
                        let last = typed(last_written)?.unwrap_or_default();
                        wanted.change(&last).map(Self::from)
                    }),*
                })
            }

            /// What a slot remembers of how the object got its name: what Housecall Pro calls it, and why one that
            /// QuickBooks had was taken for it.
            ///
            /// # Errors
            /// When the memory is another kind's.
            pub fn name_in(
                &self,
                memory: &RawMemory,
                given: &str,
                matched: Option<Matched>,
            ) -> Result<RawMemory, serde_json::Error> {
                let named = whichever!(self, object => remembered(&**object, memory, |memory| {
                    object.name_in(memory, given, matched);
                    Ok(None)
                }));
                named.map(|(memory, _)| memory)
            }

            /// See [`Kind::remember`].
            ///
            /// # Errors
            /// When the memory, or what is ours, is another kind's.
            pub fn remember(
                &self,
                memory: &RawMemory,
                ours: Option<&RawValue>,
            ) -> Result<(RawMemory, Option<Box<RawValue>>), serde_json::Error> {
                whichever!(self, there => remembered(&**there, memory, |memory| {
                    Ok(there.remember(memory, typed(ours)?))
                }))
            }

            /// See [`Kind::reread`]: also whether it stands as it was written.
            ///
            /// # Errors
            /// When the memory, or what is ours, is another kind's.
            pub fn reread(
                &self,
                memory: &RawMemory,
                ours: Option<&RawValue>,
                marker: &Marker,
            ) -> Result<(RawMemory, Option<Box<RawValue>>, bool), serde_json::Error> {
                let mut stands = false;
                let (memory, ours) = whichever!(self, there => remembered(&**there, memory, |memory| {
                    let ours = typed(ours)?;
                    Ok(match there.reread(memory, ours.clone(), marker) {
                        Reread::Stands => {
                            stands = true;
                            ours
                        }
                        Reread::Edited(ours) => ours,
                    })
                }))?;
                Ok((memory, ours, stands))
            }

            /// See [`Kind::overtaken`].
            ///
            /// # Errors
            /// When the memory, or what is ours, is another kind's.
            pub fn overtaken(
                &self,
                memory: &RawMemory,
                (before, after): (Option<&RawValue>, Option<&RawValue>),
                marker: &Marker,
            ) -> Result<(RawMemory, Option<Box<RawValue>>), serde_json::Error> {
                whichever!(self, there => remembered(&**there, memory, |memory| {
                    Ok(there.overtaken(memory, typed(before)?, typed(after)?, marker))
                }))
            }

            /// The name or number by which QuickBooks finds it.
            pub fn key(&self) -> String {
                whichever!(self, object => object.key()).unwrap_or_default()
            }

            /// It, inside a sentence for a person.
            pub fn described(&self) -> String {
                whichever!(self, object => object.described())
            }

            /// How QuickBooks is asked for it before it is made.
            pub fn look_up(&self) -> LookUp {
                whichever!(self, object => object.look_up())
            }

            /// Whether it can be worked with: not voided, not made inactive.
            pub fn is_live(&self) -> bool {
                whichever!(self, object => object.is_live())
            }

            /// Whether a person voided it.
            pub fn is_voided(&self) -> bool {
                whichever!(self, object => object.is_voided())
            }

            /// Its id and version, once QuickBooks gave them.
            pub fn identity(&self) -> Option<(Id, SyncToken)> {
                whichever!(self, object => Some((object.id()?.clone(), object.sync_token()?.clone())))
            }

            /// As it is stored.
            ///
            /// # Errors
            /// When it cannot be put into JSON.
            pub fn json(&self) -> Result<Box<RawValue>, serde_json::Error> {
                whichever!(self, object => serde_json::value::to_raw_value(object))
            }

            /// The request that makes it.
            ///
            /// # Errors
            /// When it cannot be put into JSON.
            pub fn create(&self, id: RequestId) -> Result<Request, RequestError> {
                whichever!(self, object => Request::create(&**object, id))
            }

            /// The request that changes these fields of one.
            ///
            /// # Errors
            /// When it cannot be put into JSON.
            pub fn update(
                &self,
                id: &Id,
                sync_token: &SyncToken,
                request: RequestId,
            ) -> Result<Request, RequestError> {
                whichever!(self, object => Request::sparse_update(id, sync_token, &**object, request))
            }

            /// The same as [`QboObject::create`], in a batch.
            ///
            /// # Errors
            /// When it cannot be put into JSON.
            pub fn batch_create(&self, id: BatchId) -> Result<BatchItem, RequestError> {
                whichever!(self, object => BatchItem::create(id, &**object))
            }

            /// The same as [`QboObject::update`], in a batch.
            ///
            /// # Errors
            /// When it cannot be put into JSON.
            pub fn batch_update(
                &self,
                id: BatchId,
                object_id: &Id,
                sync_token: &SyncToken,
            ) -> Result<BatchItem, RequestError> {
                whichever!(self, object => BatchItem::sparse_update(id, object_id, sync_token, &**object))
            }

            /// Its id, where the list that was read last has it.
            pub fn listed(&self, known: &[ListEntry]) -> Option<Id> {
                whichever!(self, object => object.listed(known))
            }

            /// What of it counts as written by us, once it is.
            pub fn ours(&self) -> Self {
                match self { $(Self::$kind(object) => Self::$kind(Box::new(object.ours()))),* }
            }

            fn references(&mut self) -> Vec<&mut qbo::Ref> {
                whichever!(self, object => object.references())
            }
        }

        $(
            impl From<qbo::$kind> for QboObject {
                fn from(object: qbo::$kind) -> Self {
                    Self::$kind(Box::new(object))
                }
            }
        )*
    };
}

/// Rows that were found, readable as whichever kind they are of.
pub trait TypedRows {
    /// Why they cannot be read.
    type Error;

    /// As objects of this type.
    ///
    /// # Errors
    /// When they are others.
    fn of<T: Entity>(&self) -> Result<Vec<T>, Self::Error>;
}

type Remembered = (RawMemory, Option<Box<RawValue>>);

fn remembered<K: Kind>(
    _there: &K,
    memory: &RawMemory,
    remember: impl FnOnce(&mut K::Memory) -> Result<Option<K>, serde_json::Error>,
) -> Result<Remembered, serde_json::Error> {
    let mut memory = memory.read::<K::Memory>()?;
    let ours = remember(&mut memory)?;
    let ours = ours.map(|ours| serde_json::value::to_raw_value(&ours));
    Ok((RawMemory::new(&memory)?, ours.transpose()?))
}

fn typed<K: Kind>(json: Option<&RawValue>) -> Result<Option<K>, serde_json::Error> {
    json.map(|json| serde_json::from_str(json.get()))
        .transpose()
}

impl AnyKind {
    /// QuickBooks' name for it, as it is stored.
    pub fn name(self) -> KindName {
        KindName(self.as_str().to_owned())
    }

    /// The statement that finds objects by name or number. It may find others too.
    pub fn by_key(self, key: &str) -> Query {
        Query::select(self.as_str())
            .where_text(self.key_field(), key)
            .in_pages()
    }

    /// The statements that find objects by several names: one for all that can be asked for as they are. They may find
    /// others too.
    pub fn by_keys(self, keys: &[String]) -> Vec<Query> {
        let (plain, others): (Vec<&String>, Vec<&String>) =
            keys.iter().partition(|key| qbo::is_latin_1(key));
        let mut queries: Vec<Query> = match plain.as_slice() {
            [] => Vec::new(),
            [key] => vec![self.by_key(key)],
            keys => vec![
                Query::select(self.as_str())
                    .where_in(self.key_field(), keys.iter().map(|key| key.as_str()))
                    .in_pages(),
            ],
        };
        for key in others {
            let query = self.by_key(key);
            if !queries.contains(&query) {
                queries.push(query);
            }
        }
        queries
    }

    /// The statement that finds the one with an id, while it is active.
    pub fn by_id(self, id: &Id) -> Query {
        Query::select(self.as_str()).where_eq("Id", id.as_str())
    }

    /// The statement that finds those with these ids, while they are active.
    pub fn by_ids<'a>(self, ids: impl IntoIterator<Item = &'a Id>) -> Query {
        Query::select(self.as_str())
            .where_in("Id", ids.into_iter().map(Id::as_str))
            .max_results(qbo::limits::QUERY_ROWS)
    }

    /// The statement that finds all of a list, inactive entries too: they hold their names.
    pub fn whole_list(self) -> Query {
        Query::select(self.as_str())
            .where_in("Active", [true, false])
            .in_pages()
    }
}

impl TryFrom<&KindName> for AnyKind {
    type Error = UnknownKind;

    fn try_from(name: &KindName) -> Result<Self, UnknownKind> {
        let mut all = Self::ALL.iter().copied();
        let kind = all.find(|kind| kind.as_str() == name.0);
        kind.ok_or_else(|| UnknownKind(name.clone()))
    }
}

impl QboObject {
    /// The objects that it refers to and that are wanted too.
    pub fn needs(&self) -> Vec<SlotName> {
        let mut object = self.clone();
        let references = object.references().into_iter();
        let mut needs: Vec<SlotName> = references
            .filter_map(|reference| SlotName::from_reference(&reference.value))
            .collect();
        needs.sort();
        needs.dedup();
        needs
    }

    /// The same with the ids of what it refers to; `None` while one of them is not there.
    pub fn resolved(&self, id: impl Fn(&SlotName) -> Option<Id>) -> Option<Self> {
        let mut object = self.clone();
        for reference in object.references() {
            if let Some(slot) = SlotName::from_reference(&reference.value) {
                reference.value = id(&slot)?;
            }
        }
        Some(object)
    }

    /// What a transaction comes to, as QuickBooks tells it.
    pub fn total(&self) -> Option<Cents> {
        match self {
            Self::Invoice(invoice) => invoice.total_amt,
            Self::Payment(payment) => payment.total_amt,
            Self::RefundReceipt(receipt) => receipt.total_amt,
            Self::SalesReceipt(receipt) => receipt.total_amt,
            Self::Purchase(expense) => expense.total_amt,
            _ => None,
        }
    }

    /// Whether two of a kind have one name or number for QuickBooks.
    pub fn is_called(&self, other: &str) -> bool {
        normalised(&self.key()) == normalised(other)
    }
}

kinds!(
    Term,
    Class,
    PaymentMethod,
    Customer,
    Item,
    Invoice,
    Payment,
    RefundReceipt,
    SalesReceipt,
    Purchase
);

#[cfg(test)]
mod tests;
