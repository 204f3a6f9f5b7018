//! Slots as they were stored before each was in one state at a time: everything that any kind remembers stood beside a
//! link, a write on its way and a move, each of which could be there or not.

use std::collections::BTreeMap;

use mapping::RawMemory;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{
    Error,
    value::{RawValue, to_raw_value},
};
use uuid::Uuid;

use crate::slot::{Link, Moved, Sending, Slot, SlotState, Voided};

#[derive(Deserialize)]
struct OldLink {
    id: qbo::Id,
    sync_token: qbo::SyncToken,
    wrote: Option<Box<RawValue>>,
    #[serde(default)]
    dated_by_invoice: bool,
}

#[derive(Deserialize)]
struct OldSending {
    envelope: Uuid,
    wants: Option<Box<RawValue>>,
    #[serde(default)]
    dated_by_invoice: bool,
    #[serde(default)]
    provisional: Option<bool>,
}

#[derive(Deserialize)]
struct OldNumber {
    number: Box<RawValue>,
    provisional: Box<RawValue>,
}

type Fields = BTreeMap<String, Box<RawValue>>;

/// Reads one. What is on its way counts before a move, so that no write is forgotten, and a move before a link, since the
/// link was followed to the other slot.
pub(crate) fn slot(json: &RawValue) -> Result<Slot, Error> {
    let mut fields: Fields = serde_json::from_str(json.get())?;
    let link: Option<OldLink> = take(&mut fields, "link")?;
    let sending: Option<OldSending> = take(&mut fields, "pending")?;
    let moved: Option<Moved> = take(&mut fields, "moved")?;
    let earlier: Option<Vec<Voided>> = take(&mut fields, "voided")?;
    if let Some(number) = take::<OldNumber>(&mut fields, "number")? {
        fields.insert("number".to_owned(), number.number);
        fields.insert("provisional".to_owned(), number.provisional);
    }
    if link.as_ref().is_some_and(|link| link.dated_by_invoice) {
        fields.insert(DATED.to_owned(), to_raw_value(&true)?);
    }
    let after = match &sending {
        Some(sending) => after(&fields, sending)?,
        None => None,
    };
    let link = link.map(|old| Link {
        id: old.id,
        sync_token: old.sync_token,
        last_written: old.wrote,
    });
    Ok(Slot {
        state: match (sending, moved, link) {
            (Some(sending), _, before) => SlotState::Sending(Sending {
                envelope: sending.envelope,
                before,
                ours_after: sending.wants,
                memory_after: after,
            }),
            (None, Some(moved), _) => SlotState::MovedTo(moved),
            (None, None, Some(link)) => SlotState::Linked(link),
            (None, None, None) => SlotState::Empty,
        },
        earlier: earlier.unwrap_or_default(),
        alerted: false,
        memory: RawMemory::new(&fields)?,
    })
}

/// Whether the date of an invoice is the invoice date already.
const DATED: &str = "dated_by_invoice";

/// What a write changes of what is remembered, when it succeeds.
fn after(before: &Fields, sending: &OldSending) -> Result<Option<RawMemory>, Error> {
    let mut after = before.clone();
    after.remove(DATED);
    if sending.dated_by_invoice {
        after.insert(DATED.to_owned(), to_raw_value(&true)?);
    }
    if let Some(provisional) = sending.provisional {
        after.insert("provisional".to_owned(), to_raw_value(&provisional)?);
    }
    let (before, after) = (RawMemory::new(before)?, RawMemory::new(&after)?);
    Ok((before != after).then_some(after))
}

fn take<T: DeserializeOwned>(fields: &mut Fields, name: &str) -> Result<Option<T>, Error> {
    match fields.remove(name) {
        Some(field) => serde_json::from_str(field.get()),
        None => Ok(None),
    }
}
