//! The slots of each kind, with what is remembered of it.

use ledger::{Link, Slot};
use mapping::{
    ListMemory, SlotName, alert::Sides, customer, expense, invoice, item, payment, refund,
    sales_receipt,
};
use money::Cents;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Stored, Table, read};

use crate::{
    ctx::Ctx,
    stop::{Stop, broken},
};

/// The slot of a customer, or of the sub-customer for an address.
pub(crate) type StoredCustomer = Stored<Slot<customer::Memory>>;

/// The slot of an item or a category.
pub(crate) type StoredItem = Stored<Slot<item::Memory>>;

/// The slot of an invoice.
pub(crate) type StoredInvoice = Stored<Slot<invoice::Memory>>;

/// The slot of a payment.
pub(crate) type StoredPayment = Stored<Slot<payment::Memory>>;

/// The slot of a refund.
pub(crate) type StoredRefund = Stored<Slot<refund::Memory>>;

/// The slot of what of a refund gives back credit.
pub(crate) type StoredExpense = Stored<Slot<expense::Memory>>;

/// The slot of what repeats a refund.
pub(crate) type StoredReceipt = Stored<Slot<sales_receipt::Memory>>;

/// The slot of a term, a class or a payment method.
pub(crate) type StoredEntry = Stored<Slot<ListMemory>>;

/// Merges one after another that are followed.
pub(crate) const HOPS: u32 = 8;

/// Reads a slot; an empty one where there is none yet.
pub(crate) async fn stored<M>(
    table: &impl Table,
    cx: &Ctx,
    name: &SlotName,
) -> Result<Stored<Slot<M>>, Stop>
where
    M: Default + Serialize + DeserializeOwned,
{
    let key = cx.books.slot(name);
    let slot = read::<Slot<M>>(table, &key).await?;
    Ok(slot.unwrap_or_else(|| Stored::new(key, Slot::default())))
}

/// What was last written to the object of a slot.
pub(crate) fn wrote<T: Default + DeserializeOwned, M>(slot: &Slot<M>) -> Result<T, Stop> {
    let wrote = slot.link().and_then(|link| link.last_written.as_ref());
    wrote.map_or_else(
        || Ok(T::default()),
        |wrote| serde_json::from_str(wrote.get()).map_err(broken),
    )
}

/// The number that the invoice of a slot has in QuickBooks, as far as is known.
pub(crate) fn present_number(slot: &Slot<invoice::Memory>) -> Option<String> {
    let remembered = slot.memory.number.clone();
    remembered.or_else(|| written_number(slot.link()?))
}

/// The number of a document, for a person.
pub(crate) fn number(link: &Link) -> String {
    let number = written_number(link);
    number.unwrap_or_else(|| format!("with id {}", link.id))
}

fn written_number(link: &Link) -> Option<String> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(rename = "DocNumber")]
        number: Option<String>,
    }
    let wrote = serde_json::from_str::<Numbered>(link.last_written.as_ref()?.get());
    wrote.ok()?.number
}

/// What a document comes to that bills so much; `None`: it is not known what that is in QuickBooks.
pub(crate) fn sides(housecall: Cents, slot: &StoredInvoice) -> Option<Sides> {
    let quickbooks = match slot.value.link() {
        Some(_) => slot.value.memory.totals?.total,
        None => Cents::ZERO,
    };
    Some(Sides {
        housecall,
        quickbooks,
    })
}
