//! Writes to QuickBooks, each exactly once: stored before it is sent, settled when its answer was lost
//! (invariants 2 and 3). What is stored is the ledger's; here are the lease on names, the limits and the sending.

mod answers;
mod planned;

use std::time::Duration;

use ledger::{
    Action, Call, Draft, Entered, EnvelopeState, Former, LedgerError, Move, Object, RawMemory,
    Rejected, Seen, Slot,
};
use mapping::{AnyKind, Family, QboObject, SlotName, invoice, payment};
use ports::{Chance, Clock};
use qbo::{QboError, Request, RequestError, RequestId, Tid};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use store::{Answered, NumberOwner, Stored, System, Table, Write};
use uuid::Uuid;

use self::{
    answers::{answers, open},
    planned::{draft, request, slot_write},
};
pub(crate) use self::{
    answers::{seen, seen_after},
    planned::PlannedWrite,
};
use crate::{
    calls::tokens::CachedToken,
    ctx::Ctx,
    engine::Engine,
    history::answered,
    objects::slots::{StoredInvoice, StoredPayment},
    stop::{Stop, broken},
    world::World,
};

/// Adding to QuickBooks' lists of names is done by one worker at a time. As long as a function may run: whoever
/// takes the lease over finds nobody at work.
const NAMES_LEASE: Duration = Duration::from_secs(30);

/// The request that voids an object of some kind.
type VoidRequest = fn(&qbo::Id, &qbo::SyncToken, RequestId) -> Result<Request, RequestError>;

/// What QuickBooks made of one [`PlannedWrite`].
pub(crate) type Written = Result<QboObject, QboError>;

impl<W: World> Engine<W> {
    /// Writes, all in one call. The outer error ends the work; the inner ones are QuickBooks' answer to
    /// single ops.
    pub(crate) async fn write(
        &self,
        cx: &Ctx,
        ops: Vec<PlannedWrite>,
    ) -> Result<Vec<Written>, Stop> {
        let is_list = |op: &PlannedWrite| op.sent.kind().family() == Family::List;
        if !ops.iter().any(is_list) {
            return self.write_now(cx, ops).await;
        }
        let key = cx.books.lease("names");
        let patience = cx.patience(&self.world);
        let taken = self.leases.take(&self.world, &key, NAMES_LEASE, patience);
        let held = taken.await?;
        let written = self.write_now(cx, ops).await;
        self.leases.release(&self.world, held).await;
        written
    }

    /// In one call, as long as batches are to be had.
    async fn write_now(&self, cx: &Ctx, ops: Vec<PlannedWrite>) -> Result<Vec<Written>, Stop> {
        let apart = ops.iter().any(PlannedWrite::is_alone);
        if ops.len() < 2 || !apart && self.together(cx, ops.len()).await? {
            return self.write_at_once(cx, ops).await;
        }
        let mut written = Vec::new();
        for op in ops {
            written.extend(self.write_at_once(cx, vec![op]).await?);
        }
        Ok(written)
    }

    async fn write_at_once(&self, cx: &Ctx, ops: Vec<PlannedWrite>) -> Result<Vec<Written>, Stop> {
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let request = request(&ops, RequestId::from(attempt))?;
        let claims = ops.iter().filter_map(|op| op.claim.as_ref());
        let further = claims.map(Stored::put).collect::<Result<_, _>>()?;
        let drafts = ops.into_iter().map(draft).collect::<Result<_, Stop>>()?;
        let sends = Sends {
            request,
            drafts,
            further,
        };
        self.begin(cx, attempt, sends).await
    }

    /// Gives the invoice of a slot the number that takes the place of its job's, and changes nothing else of it (N4).
    pub(crate) async fn renumber(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: StoredInvoice,
        number: &qbo::DocNumber,
        claim: Stored<NumberOwner>,
    ) -> Result<Written, Stop> {
        let unlinked = || Stop::PlanAgain(name.to_string());
        let link = slot.value.link().ok_or_else(unlinked)?;
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let id = link.id.clone();
        let change = QboObject::Invoice(Box::new(qbo::Invoice {
            doc_number: Some(number.clone()),
            ..qbo::Invoice::default()
        }));
        let request = change.update(&id, &link.sync_token, RequestId::from(attempt));
        let request = request.map_err(broken)?;
        let ours_after = match &link.last_written {
            Some(wrote) => {
                let mut wants: qbo::Invoice = serde_json::from_str(wrote.get()).map_err(broken)?;
                wants.doc_number = Some(number.clone());
                let wants = QboObject::Invoice(Box::new(wants));
                Some(wants.json().map_err(broken)?)
            }
            None => None,
        };
        let after = invoice::Memory {
            provisional: Some(true),
            ..slot.value.memory.clone()
        };
        let draft = Draft {
            write: slot_write(name, AnyKind::Invoice, Action::Update { id }),
            slot: slot.in_form(Slot::raw)?,
            ours_after,
            memory_after: Some(RawMemory::new(&after).map_err(broken)?),
        };
        let sends = Sends {
            request,
            drafts: vec![draft],
            further: vec![claim.put()?],
        };
        only(self.begin(cx, attempt, sends).await?)
    }

    /// Voids the invoice that a slot is linked to. The outer error ends the work; the inner one is QuickBooks' answer.
    pub(crate) async fn void(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: StoredInvoice,
    ) -> Result<Written, Stop> {
        let after = slot.value.memory.clone();
        let void = (AnyKind::Invoice, Request::void_invoice as VoidRequest);
        self.void_object(cx, name, slot, void, &after).await
    }

    /// The same of a payment, whose slot remembers this afterwards.
    pub(crate) async fn void_payment(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: StoredPayment,
        after: &payment::Memory,
    ) -> Result<Written, Stop> {
        let void = (AnyKind::Payment, Request::void_payment as VoidRequest);
        self.void_object(cx, name, slot, void, after).await
    }

    async fn void_object<M: Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: Stored<Slot<M>>,
        (kind, void): (AnyKind, VoidRequest),
        after: &M,
    ) -> Result<Written, Stop> {
        let unlinked = || Stop::PlanAgain(name.to_string());
        let link = slot.value.link().ok_or_else(unlinked)?;
        self.may_call(cx, false).await?;
        let attempt = self.world.chance().uuid();
        let (id, version) = (link.id.clone(), &link.sync_token);
        let request = void(&id, version, RequestId::from(attempt)).map_err(broken)?;
        let draft = Draft {
            write: slot_write(name, kind, Action::Void { id }),
            slot: slot.in_form(Slot::raw)?,
            ours_after: None,
            memory_after: Some(RawMemory::new(after).map_err(broken)?),
        };
        let sends = Sends {
            request,
            drafts: vec![draft],
            further: Vec::new(),
        };
        only(self.begin(cx, attempt, sends).await?)
    }

    /// Stores what is to be sent, then sends it.
    async fn begin(&self, cx: &Ctx, attempt: Uuid, sends: Sends) -> Result<Vec<Written>, Stop> {
        self.may_write(cx)?;
        let token = self.token(cx, None).await?;
        let (table, now) = (self.world.table(), self.world.clock().now());
        let Sends {
            request,
            drafts,
            further,
        } = sends;
        let call = Call::begin(table, &cx.books, (attempt, now), request, drafts, further).await?;
        self.carry(cx, call, &token, Vec::new()).await
    }

    /// Sends a stored envelope and enters what came of it. `found` are documents that were looked up
    /// before: they count when QuickBooks says that the name is taken.
    pub(crate) async fn carry(
        &self,
        cx: &Ctx,
        mut call: Call,
        token: &CachedToken,
        found: Vec<Option<(QboObject, Seen)>>,
    ) -> Result<Vec<Written>, Stop> {
        let answer = self.call(cx, token, call.request()).await?;
        let written = match answer {
            Ok(answer) => open(&call, &answer)?,
            Err(error) => Err(error),
        };
        let mut written = match written {
            Ok(written) => written,
            Err(error) if error.outcome_unknown() => {
                let EnvelopeState::Sending { at } = call.state() else {
                    return Err(broken("an envelope left without being sent"));
                };
                cx.trail.sent(&call, &[]);
                let writer = self.world.chance().uuid();
                call.uncertain(self.world.table(), writer).await?;
                return Err(Stop::Failed {
                    system: System::Quickbooks,
                    until: at + self.config.settle_after,
                    cause: error.into(),
                });
            }
            Err(
                error @ (QboError::Throttled { .. }
                | QboError::Unauthorized { .. }
                | QboError::WrongRealm { .. }
                | QboError::ReadOnlyCompany { .. }
                | QboError::NamesLocked { .. }
                | QboError::Unavailable { .. }),
            ) => {
                self.drop_call(call).await?;
                return Err(self.stop_for(cx, &error).await?);
            }
            Err(error) => call.parts().map(|_| Err(error.clone())).collect(),
        };
        if !found.is_empty() {
            self.read_back(cx, &call, &mut written).await?;
        }
        let answers = answers(&call, &mut written, found)?;
        let told: Vec<Answered> = written.iter().map(answered).collect();
        cx.trail.sent(&call, &told);
        self.enter(cx, call, answers).await?;
        Ok(written)
    }

    /// A request that is repeated may be answered from QuickBooks' memory although somebody deleted what it made: a
    /// transaction is linked only if it is there (P1).
    async fn read_back(&self, cx: &Ctx, call: &Call, written: &mut [Written]) -> Result<(), Stop> {
        for ((write, _), written) in call.parts().zip(written) {
            let Ok(there) = written else { continue };
            let kind = there.kind();
            let is_made = matches!(write.action, Action::Create { .. });
            let Some((id, _)) = there.identity().filter(|_| is_made) else {
                continue;
            };
            if kind.family() == Family::Transaction
                && self.read_by_id(cx, kind, &id).await?.is_none()
            {
                let tid = Tid::default();
                *written = Err(QboError::Missing { tid });
            }
        }
        Ok(())
    }

    /// Enters the outcome of an envelope: links, slots that are free again, and what the history tells of it.
    pub(crate) async fn enter(
        &self,
        cx: &Ctx,
        call: Call,
        answers: Vec<Result<Seen, Rejected>>,
    ) -> Result<(), Stop> {
        let at = (self.world.chance().uuid(), self.world.clock().now());
        let table = self.world.table();
        let further = cx
            .trail
            .write(&self.world, &cx.books)?
            .into_iter()
            .collect();
        let entered = call.enter(table, &cx.books, at, answers, further).await?;
        cx.trail.written();
        for entered in entered {
            if let Entered::HeldBy(slot) = entered {
                return Err(Stop::PlanAgain(slot.to_string()));
            }
        }
        Ok(())
    }

    /// Gives an envelope up that was certainly not carried out.
    pub(crate) async fn drop_call(&self, call: Call) -> Result<(), Stop> {
        let writer = self.world.chance().uuid();
        Ok(call.drop(self.world.table(), writer).await?)
    }

    /// Links a slot to an object that QuickBooks has already. `None`: the object belongs to another slot.
    pub(crate) async fn adopt<M>(
        &self,
        cx: &Ctx,
        name: &SlotName,
        slot: &Stored<Slot<M>>,
        found: &QboObject,
        wrote: Option<&RawValue>,
    ) -> Result<Option<()>, Stop>
    where
        M: Clone + Serialize + DeserializeOwned,
    {
        let slot = slot.clone().in_form(Slot::raw)?;
        let seen = seen(&slot.value, found, wrote)?;
        let object = object(name, found.kind(), slot);
        match self.link(cx, object, seen, Former::Freed, Vec::new()).await {
            Ok(()) => Ok(Some(())),
            Err(LedgerError::HeldBy(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Links a slot to an object that QuickBooks has already, together with further writes.
    pub(crate) async fn link(
        &self,
        cx: &Ctx,
        object: Object,
        seen: Seen,
        former: Former,
        further: Vec<Write>,
    ) -> Result<(), LedgerError> {
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        ledger::adopt(table, &cx.books, writer, object, seen, former, further).await
    }

    /// Moves a link to another slot, in both directions.
    pub(crate) async fn move_link(
        &self,
        cx: &Ctx,
        from: Object,
        to: (Object, Seen),
        moved: Move,
        former: Former,
    ) -> Result<(), Stop> {
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        Ok(ledger::move_link(table, &cx.books, writer, from, to, moved, former).await?)
    }

    /// Moves the link of a slot, with what it remembers, to one that stands for the same from now on (P8).
    pub(crate) async fn hand_over<M: Serialize + DeserializeOwned>(
        &self,
        cx: &Ctx,
        kind: AnyKind,
        (from_name, from): (&SlotName, Stored<Slot<M>>),
        (to_name, to): (&SlotName, Stored<Slot<M>>),
    ) -> Result<(), Stop> {
        let link = from.value.link().cloned();
        let link = link.ok_or_else(|| broken(format!("{from_name} has no link to hand over")))?;
        let seen = Seen {
            id: link.id,
            sync_token: link.sync_token,
            key: String::new(),
            ours: link.last_written,
            memory: RawMemory::new(&from.value.memory).map_err(broken)?,
        };
        let moved = Move {
            at: self.world.clock().now(),
            as_one: false,
            also: None,
        };
        let from = object(from_name, kind, from.in_form(Slot::raw)?);
        let to = object(to_name, kind, to.in_form(Slot::raw)?);
        self.move_link(cx, from, (to, seen), moved, Former::Freed)
            .await
    }

    /// Enters that a slot stands for the same as another one.
    pub(crate) async fn move_to(
        &self,
        cx: &Ctx,
        from: Object,
        to: &SlotName,
        moved: Move,
    ) -> Result<(), Stop> {
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        Ok(ledger::move_to(table, &cx.books, writer, from, to, moved).await?)
    }

    /// Ends the link of a slot, which remembers what it says by now.
    pub(crate) async fn unlink(&self, cx: &Ctx, object: Object) -> Result<(), Stop> {
        let (table, writer) = (self.world.table(), self.world.chance().uuid());
        Ok(ledger::free(table, &cx.books, writer, object).await?)
    }

    /// Writes records under a fresh attempt id.
    pub(crate) async fn put(&self, writes: Vec<Write>) -> Result<(), Stop> {
        let writer = self.world.chance().uuid();
        Ok(self.world.table().write(writer, writes).await?)
    }
}

fn only(written: Vec<Written>) -> Result<Written, Stop> {
    let only = written.into_iter().next();
    only.ok_or_else(|| broken("a write came back without its answer"))
}

/// What goes out in one call.
struct Sends {
    request: Request,
    drafts: Vec<Draft>,
    /// What is stored with it, such as the claim of a number.
    further: Vec<Write>,
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::HeldBy(slot) => Self::PlanAgain(slot.to_string()),
            LedgerError::Changed(key) | LedgerError::Busy(key) => Self::PlanAgain(key.to_string()),
            LedgerError::Unfit { .. } | LedgerError::Answers { .. } => Self::Broken(error.into()),
            LedgerError::Store(error) => error.into(),
        }
    }
}

/// A slot for the ledger.
pub(crate) fn object(name: &SlotName, kind: AnyKind, slot: Stored<Slot>) -> Object {
    Object {
        name: name.clone(),
        kind: kind.name(),
        slot,
    }
}
