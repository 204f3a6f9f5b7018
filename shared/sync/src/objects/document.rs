use mapping::{
    Kind,
    invoice::{self, Totals},
};
use money::Cents;
use qbo::{
    Answer, BatchId, BatchItem, Id, QboError, Query, Request, RequestError, RequestId, SyncToken,
};
use serde_json::value::RawValue;

/// A QuickBooks object that fills a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    Customer(Box<qbo::Customer>),
    Item(Box<qbo::Item>),
    Invoice(Box<qbo::Invoice>),
    Term(Box<qbo::Term>),
    Class(Box<qbo::Class>),
    PaymentMethod(Box<qbo::PaymentMethod>),
}

/// Does the same with whichever object it is.
macro_rules! whichever {
    ($document:expr, $object:ident => $do:expr) => {
        match $document {
            Document::Customer($object) => $do,
            Document::Item($object) => $do,
            Document::Invoice($object) => $do,
            Document::Term($object) => $do,
            Document::Class($object) => $do,
            Document::PaymentMethod($object) => $do,
        }
    };
}

impl Document {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Customer(_) => Kind::Customer,
            Self::Item(_) => Kind::Item,
            Self::Invoice(_) => Kind::Invoice,
            Self::Term(_) => Kind::Term,
            Self::Class(_) => Kind::Class,
            Self::PaymentMethod(_) => Kind::PaymentMethod,
        }
    }

    /// What a call about one object answered.
    pub(crate) fn answered(kind: Kind, answer: &Answer) -> Result<Self, QboError> {
        Ok(match kind {
            Kind::Customer => Self::Customer(Box::new(answer.parse()?)),
            Kind::Item => Self::Item(Box::new(answer.parse()?)),
            Kind::Invoice => Self::Invoice(Box::new(answer.parse()?)),
            Kind::Term => Self::Term(Box::new(answer.parse()?)),
            Kind::Class => Self::Class(Box::new(answer.parse()?)),
            Kind::PaymentMethod => Self::PaymentMethod(Box::new(answer.parse()?)),
        })
    }

    /// The name or number by which QuickBooks finds it.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Customer(customer) => customer.display_name.clone(),
            Self::Item(item) => item.name.clone(),
            Self::Invoice(invoice) => invoice.doc_number.as_ref().map(ToString::to_string),
            Self::Term(term) => term.name.clone(),
            Self::Class(class) => class.name.clone(),
            Self::PaymentMethod(method) => method.name.clone(),
        }
        .unwrap_or_default()
    }

    pub(crate) fn create(&self, id: RequestId) -> Result<Request, RequestError> {
        whichever!(self, object => Request::create(&**object, id))
    }

    pub(crate) fn update(
        &self,
        id: &Id,
        sync_token: &SyncToken,
        request: RequestId,
    ) -> Result<Request, RequestError> {
        whichever!(self, object => Request::sparse_update(id, sync_token, &**object, request))
    }

    pub(crate) fn batch_create(&self, id: BatchId) -> Result<BatchItem, RequestError> {
        whichever!(self, object => BatchItem::create(id, &**object))
    }

    pub(crate) fn batch_update(
        &self,
        id: BatchId,
        object_id: &Id,
        sync_token: &SyncToken,
    ) -> Result<BatchItem, RequestError> {
        whichever!(self, object => BatchItem::sparse_update(id, object_id, sync_token, &**object))
    }

    pub(crate) fn json(&self) -> Result<Box<RawValue>, serde_json::Error> {
        whichever!(self, object => serde_json::value::to_raw_value(object))
    }

    pub(crate) fn read(kind: Kind, json: &RawValue) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            Kind::Customer => Self::Customer(serde_json::from_str(json.get())?),
            Kind::Item => Self::Item(serde_json::from_str(json.get())?),
            Kind::Invoice => Self::Invoice(serde_json::from_str(json.get())?),
            Kind::Term => Self::Term(serde_json::from_str(json.get())?),
            Kind::Class => Self::Class(serde_json::from_str(json.get())?),
            Kind::PaymentMethod => Self::PaymentMethod(serde_json::from_str(json.get())?),
        })
    }

    /// Whether it can still be worked with: not voided, not made inactive.
    pub(crate) fn is_live(&self) -> bool {
        let active = match self {
            Self::Customer(customer) => customer.active,
            Self::Item(item) => item.active,
            _ => None,
        };
        active != Some(false) && !self.is_voided()
    }

    /// Whether a person voided it: it stays in QuickBooks, with zero amounts and this word before its note.
    pub(crate) fn is_voided(&self) -> bool {
        match self {
            Self::Invoice(invoice) => {
                let note = invoice.private_note.as_deref().unwrap_or_default();
                note.starts_with("Voided") && invoice.total_amt == Some(Cents::ZERO)
            }
            _ => false,
        }
    }

    /// Of an invoice: the customer that it is made out to.
    pub(crate) fn made_out_to(&self) -> Option<Id> {
        match self {
            Self::Invoice(invoice) => Some(invoice.customer_ref.as_ref()?.value.clone()),
            _ => None,
        }
    }

    /// What an invoice comes to, as QuickBooks worked it out (X4).
    pub(crate) fn totals(&self) -> Option<Totals> {
        let Self::Invoice(invoice) = self else {
            return None;
        };
        let tax = invoice.txn_tax_detail.as_ref();
        Some(Totals {
            total: invoice.total_amt?,
            tax: tax.and_then(|tax| tax.total_tax).unwrap_or_default(),
            rates: tax.map_or(0, qbo::TxnTaxDetail::rates),
        })
    }

    /// The number of an invoice.
    fn number(&self) -> Option<String> {
        let Self::Invoice(invoice) = self else {
            return None;
        };
        Some(invoice.doc_number.as_ref()?.to_string())
    }

    /// Remembers of an invoice what only QuickBooks' answers tell: whom it is made out to, what it comes to, its number.
    pub(crate) fn remember(&self, memory: &mut invoice::Memory) {
        memory.made_out_to = self.made_out_to();
        memory.totals = self.totals();
        self.remember_number(memory);
    }

    /// Remembers the number of an invoice, which is its job's or not as before.
    pub(crate) fn remember_number(&self, memory: &mut invoice::Memory) {
        let provisional = memory.is_provisional();
        memory.number = self.number();
        memory.provisional = memory.number.is_some().then_some(provisional);
    }

    /// Its id and version, once QuickBooks gave them.
    pub(crate) fn identity(&self) -> Option<(Id, SyncToken)> {
        use qbo::Entity;
        whichever!(self, object => Some((object.id()?.clone(), object.sync_token()?.clone())))
    }
}

/// The field that QuickBooks finds an object by.
fn key_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => "DisplayName",
        Kind::Item | Kind::Term | Kind::Class | Kind::PaymentMethod => "Name",
        Kind::Invoice => "DocNumber",
    }
}

/// The statement that finds objects of a kind by name or number. It may find others too.
pub(crate) fn by_key(kind: Kind, key: &str) -> Query {
    Query::select(kind.as_str())
        .where_text(key_field(kind), key)
        .in_pages()
}

/// The statements that find objects of a kind by several names: one for all that can be asked for as they are. They
/// may find others too.
pub(crate) fn by_keys(kind: Kind, keys: &[String]) -> Vec<Query> {
    let (plain, others): (Vec<&String>, Vec<&String>) =
        keys.iter().partition(|key| qbo::is_latin_1(key));
    let mut queries: Vec<Query> = match plain.as_slice() {
        [] => Vec::new(),
        [key] => vec![by_key(kind, key)],
        keys => vec![
            Query::select(kind.as_str())
                .where_in(key_field(kind), keys.iter().map(|key| key.as_str()))
                .in_pages(),
        ],
    };
    for key in others {
        let query = by_key(kind, key);
        if !queries.contains(&query) {
            queries.push(query);
        }
    }
    queries
}

/// The statement that finds the customers of a name, however its words are spaced (C6). It finds others too.
pub(crate) fn customers_named(name: &str) -> Query {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [_, _, ..] => Query::select(Kind::Customer.as_str())
            .where_like(key_field(Kind::Customer), &words.join("%"))
            .in_pages(),
        _ => by_key(Kind::Customer, name),
    }
}
