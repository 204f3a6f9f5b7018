//! How the sync carries and settles one write (`sync/src/ledger.rs`, `sync/src/settle.rs`), on the ledger itself.
//!
//! | here | there |
//! | --- | --- |
//! | `write` | `Engine::write_at_once`, `Engine::begin`, `Engine::void` |
//! | `carry` | `Engine::carry`, with `read_back` and `answers` |
//! | `settle` | `Engine::settle`; where that looks again and again while the sender may still be at work, this waits |
//! | `look_up`, `settled`, `seen_later` | the same |
//! | `enter`, `adopt` | the same |
//!
//! Left out: batches, the lease on names and the limits, which only save work or wait; numbers that somebody else's
//! document takes meanwhile; and what a kind remembers.

use jiff::Timestamp;
use ledger::{
    Action, Call, Draft, Entered, Envelope, EnvelopeState, Former, LedgerError, RawMemory,
    Rejected, Seen, Slot, SlotWrite, owner,
};
use mapping::{AnyKind, Marker, SlotName};
use qbo::{Request, RequestId, SyncToken};
use serde_json::value::{RawValue, to_raw_value};
use store::{StoreError, Stored, read};

use crate::{
    core::{Fault, books},
    desk::{Desk, Stop},
    quickbooks::{Answer, Filter, Object, Stands},
};

/// `Config::settle_after`, in seconds.
pub const SETTLE_AFTER: i64 = 150;

/// `settle::REPEATS`.
const REPEATS: u32 = 2;

/// A slot, and how its object is found.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name.
    pub name: SlotName,
    /// The kind of object.
    pub kind: AnyKind,
    /// Its name or number in QuickBooks.
    pub key: String,
}

/// What is to be written.
pub enum Wish {
    /// This is to stand there: what is sent, and what of ours stands there then.
    Stand(Box<mapping::QboObject>, Box<RawValue>, RawMemory),
    /// It is to be voided.
    Void,
}

/// What QuickBooks made of a write.
pub type Written = Result<Object, Answer>;

impl From<LedgerError> for Stop {
    #[expect(clippy::panic, reason = "a defect: the checker shows the way to it")]
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::HeldBy(_) | LedgerError::Changed(_) | LedgerError::Busy(_) => {
                Self::PlanAgain
            }
            error => panic!("{error}"),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        LedgerError::from(error).into()
    }
}

impl Place {
    fn path(&self) -> &'static str {
        match self.kind {
            AnyKind::Customer => "customer",
            AnyKind::Payment => "payment",
            _ => "invoice",
        }
    }

    /// What a look-up by its name or number asks for.
    pub fn by_key(&self) -> Filter {
        Filter::Key(self.path(), self.key.clone())
    }

    /// The slot as it is stored.
    pub async fn slot(&self, desk: &Desk<'_>) -> Result<Stored<Slot>, Stop> {
        let key = desk.books.slot(&self.name);
        let slot = read(desk, &key).await?;
        Ok(slot.unwrap_or_else(|| Stored::new(key, Slot::default())))
    }

    /// The marker of its object.
    pub fn marker(&self) -> Marker {
        Marker::new(&books().company, self.name.as_str())
    }

    /// Whether an object bears its marker.
    pub fn marks(&self, object: &Object) -> bool {
        self.marker().is_in(Some(&object.text("PrivateNote")))
    }
}

/// What of ours stands in an object.
pub fn ours(object: &Object) -> Option<Box<RawValue>> {
    let field = match object.text("PrivateNote") {
        note if note.is_empty() => object.text("Notes"),
        note => note,
    };
    to_raw_value(&field).ok()
}

fn seen(slot: &Slot, there: &Object, ours: Option<Box<RawValue>>) -> Seen {
    Seen {
        id: there.qbo_id(),
        sync_token: SyncToken::new(there.version.to_string()),
        key: there.key(),
        ours,
        memory: slot.memory_after(),
    }
}

/// Stores what is to be sent, then sends it.
pub async fn write(
    desk: &Desk<'_>,
    fault: Option<Fault>,
    place: &Place,
    slot: Stored<Slot>,
    wish: Wish,
) -> Result<Written, Stop> {
    let (attempt, now) = (desk.id(), desk.now().await);
    let id = RequestId::from(attempt);
    let link = slot.value.link().cloned();
    let (request, ours_after, memory_after) = match (&wish, &link) {
        (Wish::Stand(wants, ours, memory), None) => {
            (wants.create(id), Some(ours.clone()), Some(memory.clone()))
        }
        (Wish::Stand(wants, ours, memory), Some(link)) => (
            wants.update(&link.id, &link.sync_token, id),
            Some(ours.clone()),
            Some(memory.clone()),
        ),
        (Wish::Void, Some(link)) => {
            let request = Request::void_invoice(&link.id, &link.sync_token, id);
            (request, None, None)
        }
        (Wish::Void, None) => return Err(Stop::PlanAgain),
    };
    #[expect(
        clippy::expect_used,
        reason = "what the models send can be written as JSON"
    )]
    let request = request.expect("a request");
    let action = match (wish, link) {
        (Wish::Stand(..), None) => Action::Create {
            key: place.key.clone(),
        },
        (Wish::Stand(..), Some(link)) => Action::Update { id: link.id },
        (Wish::Void, link) => Action::Void {
            id: link.map(|link| link.id).ok_or(Stop::PlanAgain)?,
        },
    };
    let draft = Draft {
        write: SlotWrite {
            slot: place.name.clone(),
            kind: place.kind.name(),
            action,
        },
        slot,
        ours_after,
        memory_after,
    };
    if fault == Some(Fault::SentUnstored) {
        desk.send(&request).await;
    }
    let at = (attempt, now);
    let call = Call::begin(desk, desk.books, at, request, vec![draft], Vec::new()).await?;
    carry(desk, fault, call, None).await
}

/// Sends a stored envelope and enters what came of it. `found`: this is a repeat, after a look-up that found this.
async fn carry(
    desk: &Desk<'_>,
    fault: Option<Fault>,
    mut call: Call,
    found: Option<Option<Seen>>,
) -> Result<Written, Stop> {
    let mut written = match desk.send(call.request()).await {
        Answer::Done(object) => Ok(object),
        Answer::Lost if fault == Some(Fault::LostIsRefused) => Err(Answer::Refused),
        Answer::Lost => {
            let EnvelopeState::Sending { at } = call.state() else {
                return Err(Stop::PlanAgain);
            };
            call.uncertain(desk, desk.id()).await?;
            return Err(later(at, SETTLE_AFTER));
        }
        Answer::Throttled => {
            call.drop(desk, desk.id()).await?;
            return Err(Stop::PlanAgain);
        }
        refused => Err(refused),
    };
    if found.is_some() && fault != Some(Fault::NotReadBack) {
        written = read_back(desk, &call, written).await;
    }
    let answer = match (&written, found.flatten()) {
        (Err(Answer::NameTaken), Some(seen)) => Ok(seen),
        (Ok(there), _) => {
            let (_, slot) = part(&call)?;
            let ours_after = slot
                .sending()
                .and_then(|sending| sending.ours_after.clone());
            Ok(seen(slot, there, ours_after))
        }
        (Err(_), _) => Err(Rejected),
    };
    enter(desk, call, answer).await?;
    Ok(written)
}

/// A repeat may be answered from memory although somebody deleted what it made.
async fn read_back(desk: &Desk<'_>, call: &Call, written: Written) -> Written {
    let there = written?;
    let is_made = part(call).is_ok_and(|(write, _)| {
        matches!(write.action, Action::Create { .. }) && write.kind != AnyKind::Customer.name()
    });
    if is_made {
        let rows = desk.rows(Filter::Id(there.qbo_id())).await;
        if !rows.iter().any(Object::is_live) {
            return Err(Answer::Refused);
        }
    }
    Ok(there)
}

async fn enter(desk: &Desk<'_>, call: Call, answer: Result<Seen, Rejected>) -> Result<(), Stop> {
    let at = (desk.id(), desk.now().await);
    let entered = call
        .enter(desk, desk.books, at, vec![answer], Vec::new())
        .await?;
    match entered.as_slice() {
        [Entered::HeldBy(_)] => Err(Stop::PlanAgain),
        _ => Ok(()),
    }
}

/// Links a slot to an object that QuickBooks has already. `false`: it belongs to another slot.
pub async fn adopt(
    desk: &Desk<'_>,
    place: &Place,
    slot: Stored<Slot>,
    there: &Object,
) -> Result<bool, Stop> {
    let mut seen = seen(&slot.value, there, ours(there));
    seen.memory = slot.value.memory.clone();
    let object = ledger::Object {
        name: place.name.clone(),
        kind: place.kind.name(),
        slot,
    };
    let (writer, former) = (desk.id(), Former::Freed);
    match ledger::adopt(desk, desk.books, writer, object, seen, former, Vec::new()).await {
        Ok(()) => Ok(true),
        Err(LedgerError::HeldBy(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Waits for, or settles, the write that is on its way to a slot.
pub async fn settle(desk: &Desk<'_>, fault: Option<Fault>, place: &Place) -> Result<(), Stop> {
    let slot = place.slot(desk).await?;
    let Some(sending) = slot.value.sending() else {
        return Ok(());
    };
    let key = desk.books.envelope(sending.envelope);
    let envelope = read::<Envelope>(desk, &key).await?.ok_or(Stop::PlanAgain)?;
    let now = desk.now().await;
    match envelope.value.state {
        EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at }
            if since(at, now) >= SETTLE_AFTER =>
        {
            look_up(desk, fault, place, envelope).await
        }
        EnvelopeState::Sending { at } | EnvelopeState::Uncertain { at } => {
            Err(later(at, SETTLE_AFTER))
        }
        // Entered between our two reads.
        EnvelopeState::Answered | EnvelopeState::Dropped => Ok(()),
    }
}

/// Settles an envelope whose answer was lost: what QuickBooks has is linked; what it has not is sent again.
async fn look_up(
    desk: &Desk<'_>,
    fault: Option<Fault>,
    place: &Place,
    envelope: Stored<Envelope>,
) -> Result<(), Stop> {
    let mut call = Call::open(desk, desk.books, envelope).await?;
    let (write, slot) = part(&call)?;
    let (write, slot) = (write.clone(), slot.clone());
    let rows = match &write.action {
        Action::Create { .. } => {
            let mut rows = desk.rows(place.by_key()).await;
            let is_earlier =
                |row: &Object| (slot.earlier().iter()).any(|voided| voided.id == row.qbo_id());
            rows.retain(|row| !is_earlier(row));
            rows
        }
        Action::Update { id } | Action::Void { id } => desk.rows(Filter::Id(id.clone())).await,
    };
    let found = match settled(place, &write, &slot, rows) {
        Some(hit) => {
            let owner = owner(desk, desk.books, &write.kind, &hit.qbo_id()).await?;
            let is_foreign = owner.is_some_and(|owner| owner.value.slot != write.slot);
            (!is_foreign).then(|| seen_later(&write, &slot, &hit))
        }
        None => None,
    };
    if call.repeats() >= REPEATS || found.is_some() {
        return enter(desk, call, found.ok_or(Rejected)).await;
    }
    if fault == Some(Fault::NewRequestId) {
        return Ok(call.drop(desk, desk.id()).await?);
    }
    let (writer, now) = (desk.id(), desk.now().await);
    call.resend(desk, writer, now).await?;
    let _written = carry(desk, fault, call, Some(found)).await?;
    Ok(())
}

/// Which of the rows is what the write was to bring about, if any is.
fn settled(place: &Place, write: &SlotWrite, slot: &Slot, rows: Vec<Object>) -> Option<Object> {
    let sent = slot.link().map(|link| link.sync_token.clone());
    rows.into_iter().find(|row| match write.action {
        Action::Create { .. } => place.kind == AnyKind::Customer || place.marks(row),
        // A version other than the one that we sent: ours was carried out, or cannot be any more.
        Action::Update { .. } => Some(SyncToken::new(row.version.to_string())) != sent,
        Action::Void { .. } => row.stands == Stands::Voided,
    })
}

/// What a look-up tells of a write whose answer was lost.
fn seen_later(write: &SlotWrite, slot: &Slot, there: &Object) -> Seen {
    let mut seen = seen(slot, there, ours(there));
    if let Action::Void { .. } = write.action {
        seen.memory = slot.memory.clone();
    }
    seen
}

fn part(call: &Call) -> Result<(&SlotWrite, &Slot), Stop> {
    call.parts().next().ok_or(Stop::PlanAgain)
}

fn since(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second() - at.as_second()
}

fn later(at: Timestamp, seconds: i64) -> Stop {
    Stop::Later(u32::try_from(at.as_second() + seconds).unwrap_or_default())
}
