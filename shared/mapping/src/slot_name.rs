use std::fmt;

use hcp::{CustomerId, InvoiceId, JobId, PaymentId, RefundId, ServiceItemId};
use serde::{Deserialize, Serialize};

use crate::ExtraAccount;

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

    /// A payment of a job (P1).
    pub fn payment(job: &JobId, payment: &PaymentId) -> Self {
        Self(format!("{job}#{PAYMENT}{payment}"))
    }

    /// The payment of Housecall Pro's whose slot of a job it is.
    pub fn payment_id(&self, job: &JobId) -> Option<PaymentId> {
        let name = self.0.strip_prefix(job.as_str())?.strip_prefix('#')?;
        PaymentId::parse(name.strip_prefix(PAYMENT)?).ok()
    }

    /// A refund of a job (P5).
    pub fn refund(job: &JobId, refund: &RefundId) -> Self {
        Self(format!("{job}#{REFUND}{refund}"))
    }

    /// The refund of Housecall Pro's whose slot of a job it is.
    pub fn refund_id(&self, job: &JobId) -> Option<RefundId> {
        let name = self.0.strip_prefix(job.as_str())?.strip_prefix('#')?;
        RefundId::parse(name.strip_prefix(REFUND)?).ok()
    }

    /// What of a refund of a job gives back credit (P5).
    pub fn expense(job: &JobId, refund: &RefundId) -> Self {
        Self(format!("{job}#{EXPENSE}{refund}"))
    }

    /// The refund of Housecall Pro's whose expense's slot of a job it is.
    pub fn expensed(&self, job: &JobId) -> Option<RefundId> {
        let name = self.0.strip_prefix(job.as_str())?.strip_prefix('#')?;
        RefundId::parse(name.strip_prefix(EXPENSE)?).ok()
    }

    /// What of a payment repeats refunds of an invoice of a job (P4).
    pub fn sales_receipt(job: &JobId, payment: &PaymentId, invoice: &InvoiceId) -> Self {
        Self(format!("{job}#{RECEIPT}{payment}#{invoice}"))
    }

    /// The payment and the invoice of Housecall Pro's whose receipt's slot of a job it is.
    pub fn repetition(&self, job: &JobId) -> Option<(PaymentId, InvoiceId)> {
        let name = self.0.strip_prefix(job.as_str())?.strip_prefix('#')?;
        let (payment, invoice) = name.strip_prefix(RECEIPT)?.split_once('#')?;
        let payment = PaymentId::parse(payment).ok()?;
        Some((payment, InvoiceId::parse(invoice).ok()?))
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

    /// The job that it is an invoice of, or what stands in the place of one.
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

    /// The slot of a customer, of an address of theirs or of an entry of the price book, by its whole name.
    pub fn of_party(name: &str) -> Option<Self> {
        let name = Self(name.to_owned());
        let is_party = name.customer_id().is_some() || name.item_id().is_some();
        is_party.then_some(name)
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

    /// An item by what [`Self::item_key`] tells of it.
    pub fn of_item(key: &str) -> Option<Self> {
        let name = Self(format!("{ITEM}{key}"));
        (name.item_id().is_some() || name.is_generic_item()).then_some(name)
    }

    /// What tells an item from all others: the id of its entry of the price book, or the name of one of ours.
    pub fn item_key(&self) -> Option<&str> {
        self.0.strip_prefix(ITEM)
    }

    /// Whether a person chooses its income account (I5): an entry of the price book, or what lines stand for that are in none
    /// (L5). Where the others are booked follows from settings.
    pub fn has_own_account(&self) -> bool {
        self.item_id().is_some() || self.is_line_item() || *self == Self::sales_item()
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

    /// The item that deposits bill, by the kind of its account (N7, P9).
    pub fn deposit_item(account: ExtraAccount) -> Self {
        let name = match account {
            ExtraAccount::Income => "item#deposit",
            ExtraAccount::Liability => "item#held-deposit",
        };
        Self(name.to_owned())
    }

    /// Whether it is one of the items that deposits bill.
    pub fn is_deposit_item(&self) -> bool {
        let accounts = [ExtraAccount::Income, ExtraAccount::Liability];
        accounts.map(Self::deposit_item).contains(self)
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
            Self::discount_item(),
            Self::rounding_item(),
        ];
        self.is_line_item() || self.is_deposit_item() || generic.contains(self)
    }

    /// What stands in an object that is wanted in the place of the id of another one that is wanted too.
    pub fn reference(&self) -> qbo::Id {
        qbo::Id::new(format!("{REFERENCE}{}", self.0))
    }

    /// The slot whose object is referred to.
    pub fn from_reference(id: &qbo::Id) -> Option<Self> {
        let name = id.as_str().strip_prefix(REFERENCE)?;
        Some(Self(name.to_owned()))
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

/// No id of QuickBooks' begins like this.
const REFERENCE: &str = "slot:";

/// What the name of the slot of an item begins with.
const ITEM: &str = "item#";

/// What the name of the slot of a payment begins with, behind its job.
const PAYMENT: &str = "payment#";

/// The same of a refund.
const REFUND: &str = "refund#";

/// The same of what of a refund gives back credit.
const EXPENSE: &str = "expense#";

/// The same of what repeats a refund.
const RECEIPT: &str = "receipt#";

/// What the names of slots of items begin with that only names of lines stand for.
const LINE_ITEMS: &str = "item#line#";
