//! Webhooks: what QuickBooks tells of changes, to one address for all companies that use an app.
//!
//! Two forms are read: an array of CloudEvents, the only one since 2026, and `{"eventNotifications":[…]}`, the one until
//! then. QuickBooks repeats a post that is refused and holds back what follows it, so one odd event never fails the others.

mod signature;

use jiff::Timestamp;
use serde_json::Value;

use crate::{Id, RealmId};

pub use signature::{SignatureError, verify};

/// The kinds of object that webhooks tell of, in QuickBooks' own spelling; CloudEvents write them in small letters.
const ENTITIES: &[&str] = &[
    "Account",
    "Bill",
    "BillPayment",
    "Budget",
    "Class",
    "CreditMemo",
    "Currency",
    "Customer",
    "Department",
    "Deposit",
    "Employee",
    "Estimate",
    "Invoice",
    "Item",
    "JournalCode",
    "JournalEntry",
    "Payment",
    "PaymentMethod",
    "Preferences",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "TaxAgency",
    "Term",
    "TimeActivity",
    "Transfer",
    "Vendor",
    "VendorCredit",
];

/// No id of an object is longer; what is, was not made by QuickBooks.
const LONGEST_ID: usize = 50;

/// What one post tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// What can be read of it, in its order; of several companies.
    pub events: Vec<Event>,
    /// How many events have a form that nobody has seen.
    pub unread: usize,
}

/// Something happened to an object: not what is new of it, which has to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The company.
    pub realm: RealmId,
    /// The kind of the object, as QuickBooks spells it: `Payment`, `CreditMemo`. As it was told where it is none that
    /// is known.
    pub entity: String,
    /// The object.
    pub id: Id,
    /// What happened, where it is known.
    pub operation: Option<Operation>,
    /// When, where it is told.
    pub at: Option<Timestamp>,
    /// The event's own id, the same in each repeat; CloudEvents alone have one.
    pub event_id: Option<String>,
}

/// What can happen to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// It is new.
    Created,
    /// Something of it is new.
    Updated,
    /// It is gone.
    Deleted,
    /// It took in another one, which is gone.
    Merged,
    /// It counts no more.
    Voided,
    /// It was sent to the customer.
    Emailed,
}

impl Delivery {
    /// Reads the body of a post, whatever stands in it.
    pub fn read(body: &[u8]) -> Self {
        let mut delivery = Self::default();
        match serde_json::from_slice(body) {
            Ok(Value::Array(events)) => {
                for event in &events {
                    delivery.enter(cloud_event(event));
                }
            }
            Ok(Value::Object(whole)) => {
                let told = whole.get("eventNotifications").and_then(Value::as_array);
                match told {
                    Some(told) => told.iter().for_each(|one| delivery.enter_notification(one)),
                    None => delivery.unread += 1,
                }
            }
            _ => delivery.unread += 1,
        }
        delivery
    }

    fn enter(&mut self, event: Option<Event>) {
        match event {
            Some(event) => self.events.push(event),
            None => self.unread += 1,
        }
    }

    /// All events of one company in the older form.
    fn enter_notification(&mut self, told: &Value) {
        let entities = told
            .pointer("/dataChangeEvent/entities")
            .and_then(Value::as_array);
        match (realm(told.get("realmId")), entities) {
            (Some(realm), Some(entities)) => {
                for entity in entities {
                    self.enter(entity_event(&realm, entity));
                }
            }
            _ => self.unread += 1,
        }
    }
}

fn entity_event(realm: &RealmId, told: &Value) -> Option<Event> {
    Some(Event {
        realm: realm.clone(),
        entity: spelled(told.get("name")?.as_str()?)?,
        id: id(told.get("id"))?,
        operation: told
            .get("operation")
            .and_then(Value::as_str)
            .and_then(Operation::read),
        at: time(told.get("lastUpdated")),
        event_id: None,
    })
}

/// Neither `datacontenttype` nor anything in `data` is asked for: both are left out or empty at times.
fn cloud_event(told: &Value) -> Option<Event> {
    // qbo.<entity>.<what happened>.v1
    let mut parts = told.get("type")?.as_str()?.split('.');
    if !parts.next()?.eq_ignore_ascii_case("qbo") {
        return None;
    }
    Some(Event {
        realm: realm(told.get("intuitaccountid"))?,
        entity: spelled(parts.next()?)?,
        id: id(told.get("intuitentityid"))?,
        operation: parts.next().and_then(Operation::read),
        at: time(told.get("time")),
        event_id: told.get("id").and_then(text),
    })
}

impl Operation {
    /// By the word of either form.
    fn read(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "create" | "created" => Some(Self::Created),
            "update" | "updated" => Some(Self::Updated),
            "delete" | "deleted" => Some(Self::Deleted),
            "merge" | "merged" => Some(Self::Merged),
            "void" | "voided" => Some(Self::Voided),
            "email" | "emailed" => Some(Self::Emailed),
            _ => None,
        }
    }
}

fn spelled(told: &str) -> Option<String> {
    let known = ENTITIES.iter().find(|name| name.eq_ignore_ascii_case(told));
    let name = known.map_or(told, |name| *name);
    (!name.is_empty()).then(|| name.to_owned())
}

fn realm(told: Option<&Value>) -> Option<RealmId> {
    RealmId::new(told.and_then(text)?).ok()
}

fn id(told: Option<&Value>) -> Option<Id> {
    let id = told.and_then(text)?;
    let fits = (1..=LONGEST_ID).contains(&id.len()) && !id.contains(char::is_control);
    fits.then(|| Id::new(id))
}

/// An id is written as text; a number would mean the same.
fn text(told: &Value) -> Option<String> {
    match told {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn time(told: Option<&Value>) -> Option<Timestamp> {
    told?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests;
