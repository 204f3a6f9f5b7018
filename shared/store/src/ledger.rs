//! The ledger: what was sent to QuickBooks for which slot, and what came of it.
//!
//! `Planned → Sending → Linked | Rejected | Uncertain`. A slot is the place of one QuickBooks object; an
//! envelope is one call that writes, with its exact bytes, for one slot or (a batch) several. What is
//! planned is stored, as *sending*, by one conditional write before the call: whoever comes later finds the
//! very bytes and the very `requestid`. Ledger entries never expire.

use std::{collections::BTreeMap, fmt};

use hcp::{CustomerId, InvoiceId, JobId, ServiceItemId};
use jiff::Timestamp;
use money::Cents;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::codec::Body;

/// The name of a slot: at most one live QuickBooks object has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SlotName(String);

impl SlotName {
    /// The main invoice of a job.
    pub fn main_invoice(job: &JobId) -> Self {
        Self(format!("{job}#main"))
    }

    /// The deposit invoice of a job (N7).
    pub fn deposit_invoice(job: &JobId) -> Self {
        Self(format!("{job}#deposit#1"))
    }

    /// The invoice of a progress invoice from the second one on (N6); the first one's is the main one.
    pub fn part_invoice(job: &JobId, count: u32) -> Self {
        Self(format!("{job}#partial#{count}"))
    }

    /// One of a job's invoices, by its whole name.
    pub fn of_job(job: &JobId, name: &str) -> Option<Self> {
        let role = name.strip_prefix(job.as_str())?.strip_prefix('#')?;
        (!role.is_empty()).then(|| Self(name.to_owned()))
    }

    /// A customer.
    pub fn customer(customer: &CustomerId) -> Self {
        Self(format!("customer#{customer}"))
    }

    /// The sub-customer for an address of a customer (C11); `place` tells the address.
    pub fn place(customer: &Self, place: &str) -> Self {
        Self(format!("{customer}#{place}"))
    }

    /// The job that it is an invoice of.
    pub fn job(&self) -> Option<JobId> {
        let (job, _) = self.0.split_once('#')?;
        JobId::parse(job).ok()
    }

    /// The job whose main invoice it is.
    pub fn job_of_main(&self) -> Option<JobId> {
        self.job().filter(|job| *self == Self::main_invoice(job))
    }

    /// The Housecall Pro customer whom a slot of a customer, or of an address of theirs, belongs to.
    pub fn customer_id(&self) -> Option<CustomerId> {
        let id = self.0.strip_prefix("customer#")?;
        let id = id.split_once('#').map_or(id, |(customer, _)| customer);
        CustomerId::parse(id).ok()
    }

    /// Whether it is the slot of a customer, and not of an address of theirs.
    pub fn is_customer(&self) -> bool {
        self.customer_id()
            .is_some_and(|id| *self == Self::customer(&id))
    }

    /// What tells the address, of the slot of a sub-customer (C11).
    pub fn place_of(&self, customer: &Self) -> Option<&str> {
        self.0.strip_prefix(customer.as_str())?.strip_prefix('#')
    }

    /// A price-book item.
    pub fn item(item: &ServiceItemId) -> Self {
        Self(format!("item#{item}"))
    }

    /// The entry of the price book whose item it is.
    pub fn item_id(&self) -> Option<ServiceItemId> {
        let id = self.0.strip_prefix("item#")?;
        (!self.is_generic_item())
            .then(|| ServiceItemId::parse(id).ok())
            .flatten()
    }

    /// The generic item for lines that are not in the price book (L5).
    pub fn sales_item() -> Self {
        Self("item#sales".to_owned())
    }

    /// The generic item for tips (L4).
    pub fn tips_item() -> Self {
        Self("item#tips".to_owned())
    }

    /// The generic item for card surcharges (L4).
    pub fn surcharge_item() -> Self {
        Self("item#surcharge".to_owned())
    }

    /// The item that deposits bill (N7, P9).
    pub fn deposit_item() -> Self {
        Self("item#deposit".to_owned())
    }

    /// The generic item for discounts that stand among the lines (L3).
    pub fn discount_item() -> Self {
        Self("item#discount".to_owned())
    }

    /// The generic item for cents that QuickBooks rounds otherwise (X6).
    pub fn rounding_item() -> Self {
        Self("item#rounding".to_owned())
    }

    /// The term of so many days (M1, M3).
    pub fn term(days: u16) -> Self {
        Self(format!("term#{days}"))
    }

    /// The class of a business unit, by the unit's id or else its name (L6).
    pub fn class(unit: &str) -> Self {
        Self(format!("class#{unit}"))
    }

    /// A payment method, by its name (P2).
    pub fn payment_method(name: &str) -> Self {
        Self(format!("payment-method#{name}"))
    }

    /// A category of materials, by a digest of its name in Housecall Pro: two of one name are one (I4).
    pub fn category(digest: &str) -> Self {
        Self(format!("category#{digest}"))
    }

    /// An item of QuickBooks that names of lines were mapped to, and that belongs to no entry of the price book
    /// (L5). One for each such item, whatever the number of names.
    pub fn line_item(id: &qbo::Id) -> Self {
        Self(format!("{LINE_ITEMS}qbo#{id}"))
    }

    /// An item that was made for lines of one name, by a digest of the name (L5).
    pub fn own_line_item(digest: &str) -> Self {
        Self(format!("{LINE_ITEMS}own#{digest}"))
    }

    /// Whether it is an item that only names of lines stand for (L5).
    pub fn is_line_item(&self) -> bool {
        self.0.starts_with(LINE_ITEMS)
    }

    /// Whether it is an item of ours that stands for no entry of the price book.
    pub fn is_generic_item(&self) -> bool {
        let generic = [
            Self::sales_item(),
            Self::tips_item(),
            Self::surcharge_item(),
            Self::deposit_item(),
            Self::discount_item(),
            Self::rounding_item(),
        ];
        self.is_line_item() || generic.contains(self)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the names of slots of items begin with that only names of lines stand for.
const LINE_ITEMS: &str = "item#line#";

/// What stands in a slot.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Slot {
    /// The QuickBooks object, once there is one.
    pub link: Option<Link>,
    /// A write that is on its way.
    pub pending: Option<Pending>,
    /// The name in Housecall Pro, where QuickBooks cannot take it as it is (C8, I8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// Of a customer: what their e-mail field holds beside the address that QuickBooks has (C2, C8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// What stands behind the name in QuickBooks, to tell it from another of that name (C7, C8, I8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Why an object that QuickBooks already had was taken for this one (C6, I3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
    /// Of an invoice: what somebody else wrote into its private note, which stays before ours (R6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Of an item: the income account that it is mapped to; without it, the connection's (I5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income: Option<qbo::Id>,
    /// Of an item or a customer: the slot that its link moved to (I7, L5, C12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// Of an invoice: the Housecall Pro invoices that it stood for, also those that were removed since (N9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<InvoiceId>,
    /// Of a main invoice: whether the progress invoices of its job become documents of their own (N6). What was
    /// chosen when it was first sent holds for the job.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub per_invoice: bool,
    /// Of a deposit's invoice: the items that it billed when it was first sent. The main invoice takes the deposit off in
    /// that form, whatever the settings are by then (N7, P9). None on one that was sent before there was an item for
    /// deposits: it bills its shares of the job's lines, and is taken off the item *Sales*.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<SlotName>,
    /// Of a deposit's invoice: whether it was seen to be deleted or voided in QuickBooks. It is not made again, and the
    /// main invoice bills what it billed (N7, R8).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
    /// Of an invoice: the ones that were voided, by us or by a person, because theirs was removed in Housecall Pro (T7).
    /// They are not touched again; an invoice that comes after them is a new one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voided: Vec<Voided>,
    /// Of a customer: one of their invoices in QuickBooks. Where people merge customers there, it tells who
    /// stayed (C12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<qbo::Id>,
    /// Of an invoice: the QuickBooks customer that it was made out to, as the last answer told it (C11, C12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_out_to: Option<qbo::Id>,
    /// Of an item that QuickBooks had before: the category in Housecall Pro that was accepted without a move (I4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<SlotName>,
    /// Of an invoice: the items of its lines that are not in the price book, by the digest of their name. What
    /// the name stands for later does not rewrite them (L5).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub typed: BTreeMap<String, SlotName>,
    /// Of an invoice: what it comes to in QuickBooks, as the last answer told it (X4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// Of an invoice: whether the line that makes its totals equal was put right as often as is tried (X6).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rounding_tried: bool,
    /// Of an invoice: the number that it has in QuickBooks, as the last answer told it (N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Numbered>,
    /// Of a progress invoice with a document of its own: its lines as they were sent, in the form of `mapping` (N6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<Box<RawValue>>,
}

/// The number of an invoice in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// The number.
    pub number: String,
    /// Whether it is only its job's, or takes the place of that: then it gives way to every other (N4).
    pub provisional: bool,
}

/// A QuickBooks invoice that was voided, or deleted there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Its id.
    pub id: qbo::Id,
    /// Its number, which it keeps.
    pub number: String,
    /// When it was sent to be voided, or seen so.
    pub at: Timestamp,
}

impl Slot {
    /// Whether an object is or was in QuickBooks for it, or is on its way there.
    pub fn is_begun(&self) -> bool {
        self.link.is_some() || self.pending.is_some() || !self.voided.is_empty()
    }

    /// The number that the invoice has in QuickBooks, as far as is known.
    pub fn present_number(&self) -> Option<String> {
        match &self.number {
            Some(numbered) => Some(numbered.number.clone()),
            None => self.link.as_ref()?.wrote_number(),
        }
    }

    /// Whether that is only its job's (N4). An invoice from before this was kept has its job's number as long as no
    /// invoice of Housecall Pro's stood behind it.
    pub fn is_provisional(&self) -> bool {
        let numbered = self.number.as_ref();
        numbered.map_or(self.invoices.is_empty(), |numbered| numbered.provisional)
    }
}

/// The evidence for a match with an object that QuickBooks already had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// When.
    pub at: Timestamp,
    /// The object's name in QuickBooks.
    pub name: String,
    /// What agreed beside the name; none is enough where nothing contradicts.
    pub agreed: Vec<String>,
}

/// Where the link of an item went when its price-book entry got another id, or that of a customer when two
/// records became one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The slot of the one that there is now.
    pub to: SlotName,
    /// When it was noticed.
    pub at: Timestamp,
    /// Of an item: the two entries are one, whichever of them a job uses (I7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_one: bool,
}

/// The QuickBooks object that a slot became.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Link {
    /// Its id.
    pub id: qbo::Id,
    /// Its version, as the last answer told it.
    pub sync_token: qbo::SyncToken,
    /// What we last wrote (our own fields only); `None` when that is not known, after a match by hand
    /// of somebody else's edit: then everything of ours is written again.
    pub wrote: Option<Box<RawValue>>,
    /// For an invoice: whether its date is already the invoice date (D1).
    #[serde(default)]
    pub dated_by_invoice: bool,
}

/// What an invoice comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// With tax.
    pub total: Cents,
    /// The sales tax in it.
    pub tax: Cents,
    /// How many rates QuickBooks worked that out with (X6).
    #[serde(default)]
    pub rates: usize,
}

impl Link {
    /// The number of a document, for a person.
    pub fn number(&self) -> String {
        let number = self.wrote_number();
        number.unwrap_or_else(|| format!("with id {}", self.id))
    }

    fn wrote_number(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Numbered {
            #[serde(rename = "DocNumber")]
            number: Option<String>,
        }
        let wrote = serde_json::from_str::<Numbered>(self.wrote.as_ref()?.get());
        wrote.ok()?.number
    }
}

/// A write that is on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The envelope that carries it.
    pub envelope: Uuid,
    /// What [`Link::wrote`] becomes when it succeeds.
    pub wants: Option<Box<RawValue>>,
    /// What [`Link::dated_by_invoice`] becomes when it succeeds.
    #[serde(default)]
    pub dated_by_invoice: bool,
    /// Of an invoice: what [`Numbered::provisional`] becomes when it succeeds; none where that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisional: Option<bool>,
}

/// One call to QuickBooks that writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    /// The exact request.
    pub request: qbo::Request,
    /// What became of it.
    pub state: EnvelopeState,
    /// What it fills, in the order of the batch.
    pub fills: Vec<Fill>,
}

/// What a call does for one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fill {
    /// The slot.
    pub slot: SlotName,
    /// The kind of QuickBooks object.
    pub kind: Kind,
    /// What is done to it.
    pub action: Action,
}

/// The kinds of QuickBooks objects that fill slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A customer.
    Customer,
    /// A product or service.
    Item,
    /// An invoice.
    Invoice,
    /// A payment term.
    Term,
    /// A class.
    Class,
    /// A payment method.
    PaymentMethod,
}

/// What a call does to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it; it can be looked up by its name or number.
    Create {
        /// That name or number.
        key: String,
    },
    /// Changes the linked one.
    Update {
        /// Its id.
        id: qbo::Id,
    },
    /// Voids the linked one, which is linked no longer then.
    Void {
        /// Its id.
        id: qbo::Id,
    },
}

impl Kind {
    /// QuickBooks' name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Item => "Item",
            Self::Invoice => "Invoice",
            Self::Term => "Term",
            Self::Class => "Class",
            Self::PaymentMethod => "PaymentMethod",
        }
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeState {
    /// Sent, or about to be.
    Sending {
        /// When.
        at: Timestamp,
    },
    /// Sent, and the answer was lost: QuickBooks may still carry it out for two minutes.
    Uncertain {
        /// When it was sent.
        at: Timestamp,
    },
    /// Answered: each slot was linked or rejected.
    Answered,
    /// Certainly not carried out; what is still wanted is planned anew.
    Dropped,
}

/// Which slot a QuickBooks object belongs to: the other direction of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOwner {
    /// The slot.
    pub slot: SlotName,
}

/// Which slot's invoice got a number last, or is about to. It keeps two of ours from getting the same one at the same
/// moment; who has it is told by the slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberOwner {
    /// The slot.
    pub slot: SlotName,
}

/// What a line's name stands for when the line is not in the price book (L5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineName {
    /// The slot of the item.
    pub item: SlotName,
}

impl Body for Slot {
    const KIND: &'static str = "slot";
}

impl Body for Envelope {
    const KIND: &'static str = "envelope";
}

impl Body for LinkOwner {
    const KIND: &'static str = "link";
}

impl Body for NumberOwner {
    const KIND: &'static str = "number";
}

impl Body for LineName {
    const KIND: &'static str = "line name";
}
