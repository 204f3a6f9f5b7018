//! Every transition of a slot, with both directions of its links.

use std::collections::BTreeMap;

use hcp::{CompanyId, CustomerId};
use jiff::Timestamp;
use mapping::{AnyKind, SlotName};
use qbo::{RealmId, Request, RequestId};
use serde_json::value::{RawValue, to_raw_value};
use store::{Books, Stored, Table, memory::MemoryTable, read};
use uuid::Uuid;

use crate::{
    Action, Call, Draft, Former, LedgerError, Link, LinkOwner, Move, Moved, Object, RawMemory,
    Seen, Sending, Slot, SlotWrite, slot::SlotState,
};

mod calls;
mod format_1;
mod links;
mod transitions;

/// What the slots of these tests remember.
type Memory = BTreeMap<String, String>;

/// A ledger in memory.
struct Desk {
    table: MemoryTable,
    books: Books,
}

/// A time of day.
fn at(second: u8) -> Timestamp {
    format!("2026-07-24T16:00:{second:02}Z").parse().unwrap()
}

fn attempt(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn name(customer: &str) -> SlotName {
    SlotName::customer(&CustomerId::parse(&format!("cus_{customer}")).unwrap())
}

fn id(id: &str) -> qbo::Id {
    qbo::Id::new(id)
}

fn ours(text: &str) -> Option<Box<RawValue>> {
    Some(to_raw_value(text).unwrap())
}

/// What a slot remembers: one note.
fn memory(note: &str) -> RawMemory {
    RawMemory::new(&BTreeMap::from([("note", note)])).unwrap()
}

fn seen(object: &str, version: &str) -> Seen {
    Seen {
        id: id(object),
        sync_token: qbo::SyncToken::new(version),
        key: format!("N-{object}"),
        ours: ours("seen"),
        memory: memory("seen"),
    }
}

fn link(object: &str) -> Link {
    Link {
        id: id(object),
        sync_token: qbo::SyncToken::new("0"),
        last_written: ours("before"),
    }
}

fn sending(attempt: Uuid, before: Option<Link>) -> SlotState<RawMemory> {
    SlotState::Sending(Sending {
        envelope: attempt,
        before,
        ours_after: ours("after"),
        memory_after: Some(memory("after")),
    })
}

fn moved(to: &str) -> SlotState<RawMemory> {
    SlotState::MovedTo(Moved {
        to: name(to),
        at: at(0),
        as_one: false,
    })
}

fn a_move() -> Move {
    Move {
        at: at(9),
        as_one: false,
        also: None,
    }
}

fn request(attempt: Uuid) -> Request {
    Request::create(&qbo::Customer::default(), RequestId::from(attempt)).unwrap()
}

impl Desk {
    fn new() -> Self {
        Self {
            table: MemoryTable::default(),
            books: Books {
                company: CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").unwrap(),
                realm: RealmId::new("1").unwrap(),
            },
        }
    }

    /// Stores a slot in a state, with the owners of its link.
    async fn given(&self, customer: &str, state: SlotState<RawMemory>) -> Stored<Slot> {
        let slot = Slot {
            state,
            earlier: Vec::new(),
            alerted: false,
            memory: memory("before"),
        };
        let object = slot.link().map(|link| link.id.clone());
        let stored = Stored::new(self.books.slot(&name(customer)), slot);
        let writes = vec![stored.put().unwrap()];
        self.table.write(Uuid::nil(), writes).await.unwrap();
        if let Some(object) = object {
            self.give(object.as_str(), customer).await;
        }
        self.slot(customer).await
    }

    /// Enters that a person was told of something about a slot.
    async fn tell_of(&self, customer: &str) {
        let mut slot = self.slot(customer).await;
        slot.value.alerted = true;
        let put = slot.put().unwrap();
        self.table.write(Uuid::nil(), vec![put]).await.unwrap();
    }

    /// Makes a slot the owner of an object.
    async fn give(&self, object: &str, customer: &str) {
        let owner = LinkOwner {
            slot: name(customer),
        };
        let key = self.books.owner(&AnyKind::Customer.name(), &id(object));
        let owner = Stored::new(key, owner).put().unwrap();
        self.table.write(Uuid::nil(), vec![owner]).await.unwrap();
    }

    async fn slot(&self, customer: &str) -> Stored<Slot> {
        let key = self.books.slot(&name(customer));
        read(&self.table, &key).await.unwrap().unwrap()
    }

    async fn object(&self, customer: &str) -> Object {
        Object {
            name: name(customer),
            kind: AnyKind::Customer.name(),
            slot: self.slot(customer).await,
        }
    }

    /// How a slot stands, in a few words: its state, the object, what of ours is in it, what is remembered, what was
    /// voided.
    async fn stands(&self, customer: &str) -> String {
        let slot = self.slot(customer).await.value;
        let mut words = vec![slot.state.name().to_owned()];
        if let Some(link) = slot.link() {
            let wrote = link.last_written.as_ref();
            let wrote = wrote.map_or("nothing known", |wrote| wrote.get().trim_matches('"'));
            words.push(format!("{}.{} {wrote}", link.id, link.sync_token));
        }
        if let Some(moved) = slot.moved() {
            let to = moved.to.as_str().trim_start_matches("customer#cus_");
            words.push(format!("to {to} at {}", moved.at));
            words.extend(moved.as_one.then(|| "as one".to_owned()));
        }
        let remembered: Memory = slot.memory.read().unwrap();
        words.extend(
            remembered
                .get("note")
                .map(|note| format!("remembers {note}")),
        );
        for voided in slot.earlier() {
            let (id, number) = (&voided.id, &voided.number);
            words.push(format!("voided {id} {number} at {}", voided.at));
        }
        words.join(", ")
    }

    /// Who owns what, such as `1=a 2=b`.
    fn owners(&self) -> String {
        let prefix = "qbo#Customer#";
        let all = self.table.all();
        let owners = all.iter().filter_map(|record| {
            let id = record.key.sort.strip_prefix(prefix)?;
            let owner = Stored::<LinkOwner>::decode(record).unwrap().value.slot;
            let owner = owner.as_str().trim_start_matches("customer#cus_");
            Some(format!("{id}={owner}"))
        });
        owners.collect::<Vec<_>>().join(" ")
    }

    fn write(&self, customer: &str, action: Action) -> SlotWrite {
        SlotWrite {
            slot: name(customer),
            kind: AnyKind::Customer.name(),
            action,
        }
    }

    async fn draft(&self, customer: &str, action: Action) -> Draft {
        Draft {
            write: self.write(customer, action),
            slot: self.slot(customer).await,
            ours_after: ours("after"),
            memory_after: Some(memory("after")),
        }
    }

    async fn begin(&self, number: u128, drafts: Vec<Draft>) -> Result<Call, LedgerError> {
        let attempt = attempt(number);
        let (table, books) = (&self.table, &self.books);
        let request = request(attempt);
        Call::begin(table, books, (attempt, at(1)), request, drafts, Vec::new()).await
    }

    async fn adopt(&self, customer: &str, seen: Seen, former: Former) -> Result<(), LedgerError> {
        let object = self.object(customer).await;
        let (table, books) = (&self.table, &self.books);
        crate::adopt(table, books, attempt(77), object, seen, former, Vec::new()).await
    }
}

fn create() -> Action {
    Action::Create {
        key: "Dana".to_owned(),
    }
}

fn update(object: &str) -> Action {
    Action::Update { id: id(object) }
}

fn void(object: &str) -> Action {
    Action::Void { id: id(object) }
}

/// What came of something, in one word or two.
fn word<T>(result: &Result<T, LedgerError>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(LedgerError::Busy(_)) => "busy".to_owned(),
        Err(LedgerError::Unfit { .. }) => "unfit".to_owned(),
        Err(LedgerError::Changed(key)) => format!("changed {}", key.sort),
        Err(LedgerError::HeldBy(slot)) => format!("held by {slot}"),
        Err(error) => error.to_string(),
    }
}
