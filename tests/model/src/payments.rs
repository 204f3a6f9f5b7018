//! The model of rule R3: a payment of Housecall Pro's, and one that a bookkeeper enters in QuickBooks, which may be the same
//! money. Entered, marked as paid, pushed by two workers, decided and pulled in every order.
//!
//! | here | there |
//! | --- | --- |
//! | `Payments::push` | `Engine::carry_payments`, `PaymentsPlan::fate`, `join_payments`, `send_payments` |
//! | `Payments::verdict` | `PaymentsPlan::verdict`; the judgement is `mapping::payment::judge` itself |
//! | `Payments::decides` | `Engine::decide_payment`: a decision, on condition that the slot is as it was read |
//! | `ours_in_pull` | the pull of R1: a payment without our marker, that no slot has, is somebody else's |
//!
//! One look shows the document and its payments together; there it takes two calls.

use futures::{FutureExt, future::BoxFuture};
use hcp::{InvoiceId, JobId, PaymentId, PaymentMethod};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use ledger::{LinkOwner, Slot};
use mapping::{
    AnyKind, RawMemory, SlotName,
    marker::is_of_any_slot,
    payment::{Decision, JobPayment, Memory, Open, Verdict, allocated, judge},
};
use money::Cents;
use qbo::{Id, PaymentLine, Ref};
use serde_json::value::to_raw_value;
use stateright::{Model, Property};
use store::Stored;

use crate::{
    core::{Core, Fault, Move, Program, Trouble, Work, books},
    desk::{Desk, Heard, Outcome, Stop, Told},
    quickbooks::{Filter, Object},
    shell::{Place, Wish, adopt, settle, write},
};

const STEPS: u32 = 8;

/// What the bookkeeper's payment and that of Housecall Pro have in common.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Whether it is the same money.
    pub same: bool,
    /// What was noted in Housecall Pro.
    pub note: Option<&'static str>,
    /// The reference that the bookkeeper typed.
    pub reference: Option<&'static str>,
    /// How many days later the bookkeeper's is dated.
    pub days: i64,
    /// How many cents it is; Housecall Pro's is 10,000.
    pub cents: i64,
    /// Whether Housecall Pro charged a card.
    pub card: bool,
}

impl Case {
    /// R3, in its own words: the note names its reference, or it lies within three days and no number of a check differs. A
    /// card only by a reference.
    fn is_evidence(&self) -> bool {
        let named = (self.note.zip(self.reference)).map(|(note, number)| note.ends_with(number));
        match named {
            Some(true) => true,
            _ if self.card => false,
            Some(false) => false,
            None => self.days <= 3,
        }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Payments {
    /// What is told of both.
    pub case: Case,
    /// What may go wrong.
    pub trouble: Trouble,
    /// What is broken on purpose.
    pub fault: Option<Fault>,
    place: Place,
    workers: usize,
}

/// The state of the model.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Till {
    /// All but the next.
    pub core: Core,
    /// Whether the bookkeeper entered it after a worker had looked for it: nobody could have known.
    pub is_late: bool,
}

/// The bookkeeper enters a payment.
const ENTERS: usize = 0;
/// Somebody marks the job as paid in Housecall Pro.
const MARKS: usize = 1;
/// A person who was asked says that it is the same money.
const SAME: usize = 2;
/// A person who was asked says that it is other money.
const SEPARATE: usize = 3;

const AMOUNT: Cents = Cents::new(10_000);
const PAID: Date = jiff::civil::date(2026, 7, 24);

fn document() -> Id {
    Id::new("900")
}

impl Payments {
    /// So many workers at one payment.
    pub fn of(case: Case, workers: usize, trouble: Trouble) -> Self {
        #[expect(clippy::expect_used, reason = "both are well formed")]
        let name = SlotName::payment(
            &JobId::parse("job_1").expect("an id"),
            &PaymentId::parse("invpay_1").expect("an id"),
        );
        Self {
            case,
            trouble,
            fault: None,
            place: Place {
                name,
                kind: AnyKind::Payment,
                key: "1001".to_owned(),
            },
            workers,
        }
    }

    /// The same with something broken.
    #[must_use]
    pub fn with(self, fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }

    fn payment(&self) -> JobPayment {
        let method = match self.case.card {
            true => PaymentMethod::CreditCard,
            false => PaymentMethod::External,
        };
        #[expect(clippy::expect_used, reason = "all are well formed")]
        JobPayment {
            id: PaymentId::parse("invpay_1").expect("an id"),
            repeats: Vec::new(),
            parts: vec![(InvoiceId::parse("invoice_1").expect("an id"), AMOUNT)],
            invoice_number: Some("1001".to_owned()),
            paid_at: "2026-07-24T16:00:00Z".parse::<Timestamp>().expect("a time"),
            method: Some(method),
            method_name: None,
            note: self.case.note.map(str::to_owned),
        }
    }

    /// What the bookkeeper enters.
    fn theirs(&self) -> qbo::Payment {
        qbo::Payment {
            txn_date: Some(PAID.saturating_add(self.case.days.days())),
            customer_ref: Some(Ref::to(Id::new("7"))),
            total_amt: Some(Cents::new(self.case.cents)),
            line: vec![PaymentLine::of_invoice(
                document(),
                Cents::new(self.case.cents),
            )],
            payment_ref_num: self.case.reference.map(str::to_owned),
            ..qbo::Payment::default()
        }
    }

    /// What is ours, on a document that both payments fit on.
    fn ours(&self, seen: &[qbo::Payment]) -> Option<qbo::Payment> {
        let payment = self.payment();
        let mut open = [self.open(seen)];
        let (customer, line) = allocated(&payment, &mut open)?;
        let marker = self.place.marker();
        Some(qbo::Payment {
            txn_date: Some(PAID),
            customer_ref: Some(Ref::to(customer)),
            total_amt: Some(payment.total()),
            line,
            payment_ref_num: Some(self.place.key.clone()),
            private_note: Some(marker.payment_note("1", payment.note.as_deref())),
            ..qbo::Payment::default()
        })
    }

    fn open(&self, seen: &[qbo::Payment]) -> Open {
        let paid: Cents = seen.iter().map(|one| one.paid_of(&document())).sum();
        let parts = self.payment().parts;
        Open {
            id: document(),
            invoices: parts.into_iter().map(|(invoice, _)| invoice).collect(),
            customer: Id::new("7"),
            balance: Cents::new(30_000) - paid,
        }
    }

    fn verdict(&self, seen: &[qbo::Payment]) -> Verdict {
        let is_foreign = |one: &&qbo::Payment| !is_of_any_slot(one.private_note.as_deref());
        let others: Vec<qbo::Payment> = seen.iter().filter(is_foreign).cloned().collect();
        if self.fault == Some(Fault::JoinedByAmount)
            && let Some(other) = others.first()
        {
            return Verdict::Join(Box::new(other.clone()));
        }
        let left = (AMOUNT, self.open(seen).balance);
        judge(
            &self.payment(),
            &document(),
            &others,
            &[],
            left,
            &TimeZone::UTC,
        )
    }

    async fn push(&self, desk: &Desk<'_>) -> Result<Outcome, Stop> {
        if desk.housecall().await == 0 {
            return Ok(Outcome::Synced);
        }
        let mut seen: Option<Vec<Object>> = None;
        for _ in 0..STEPS {
            let slot = self.place.slot(desk).await?;
            if slot.value.is_sending() {
                settle(desk, self.fault, &self.place).await?;
                continue;
            }
            let memory: Memory = slot.value.memory.read().unwrap_or_default();
            if slot.value.link().is_some() || memory.decision == Some(Decision::Same) {
                return Ok(Outcome::Synced);
            }
            // A card payment that was just made is not looked at; here it is an old one.
            if seen.is_none() && self.fault != Some(Fault::NotLookedAt) {
                seen = Some(desk.rows(Filter::All("payment")).await);
                continue;
            }
            let rows = payments(seen.as_deref().unwrap_or_default());
            if memory.decision.is_none() {
                match self.verdict(&rows) {
                    Verdict::Send => {}
                    Verdict::Ask(_) => return Ok(Outcome::Asked),
                    Verdict::Join(there) => {
                        let objects = seen.take().unwrap_or_default().into_iter();
                        let mut there = objects.filter(|one| Some(one.qbo_id()) == there.id);
                        let there = there.next().ok_or(Stop::PlanAgain)?;
                        let slot = remembering(
                            slot,
                            &Memory {
                                joined: true,
                                ..memory
                            },
                        );
                        if !adopt(desk, &self.place, slot, &there).await? {
                            return Err(Stop::PlanAgain);
                        }
                        continue;
                    }
                }
            }
            let ours = self.ours(&rows).ok_or(Stop::PlanAgain)?;
            let note = to_raw_value(&ours.private_note).map_err(|_| Stop::PlanAgain)?;
            let wish = Wish::Stand(Box::new(ours.into()), note, raw(&Memory::default()));
            if write(desk, self.fault, &self.place, slot, wish)
                .await?
                .is_err()
            {
                return Ok(Outcome::Refused);
            }
        }
        Err(Stop::PlanAgain)
    }

    /// A person decides, about what nobody is writing.
    fn decides(&self, core: &mut Core, decision: Decision) {
        let Some(slot) = self.asked(core) else {
            return;
        };
        let memory: Memory = slot.value.memory.read().unwrap_or_default();
        let decision = Some(decision);
        let slot = remembering(slot, &Memory { decision, ..memory });
        core.put(&slot);
        core.housecall += 1;
    }

    /// The slot, while an alert asks about it that a person can answer.
    fn asked(&self, core: &Core) -> Option<Stored<Slot>> {
        let mut workers = core.workers.iter();
        let is_asked = workers.any(|work| matches!(**work, Work::Rests(_, Outcome::Asked)));
        let key = books().slot(&self.place.name);
        let slot: Option<Stored<Slot>> = core.stored(&key);
        let slot = slot.unwrap_or_else(|| Stored::new(key, Slot::default()));
        let memory: Memory = slot.value.memory.read().unwrap_or_default();
        (is_asked && memory.decision.is_none() && !slot.value.is_live()).then_some(slot)
    }

    fn slot(&self, core: &Core) -> (Slot, Memory) {
        let slot: Slot = core
            .read(&books().slot(&self.place.name))
            .unwrap_or_default();
        let memory = slot.memory_after().read().unwrap_or_default();
        (slot, memory)
    }
}

fn payments(rows: &[Object]) -> Vec<qbo::Payment> {
    let read = |row: &Object| serde_json::from_value(row.json()).unwrap_or_default();
    rows.iter().map(read).collect()
}

fn raw(memory: &Memory) -> RawMemory {
    RawMemory::new(memory).unwrap_or_default()
}

fn remembering(mut slot: Stored<Slot>, memory: &Memory) -> Stored<Slot> {
    slot.value.memory = raw(memory);
    slot
}

fn is_ours(object: &Object) -> bool {
    is_of_any_slot(Some(&object.text("PrivateNote")))
}

impl Program for Payments {
    fn run<'a>(&'a self, desk: &'a Desk<'a>, _: usize) -> BoxFuture<'a, Result<Outcome, Stop>> {
        self.push(desk).boxed()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault
    }

    fn is_slow(&self) -> bool {
        false
    }
}

impl Model for Payments {
    type State = Till;
    type Action = Move;

    fn init_states(&self) -> Vec<Till> {
        let mut core = Core::new(self.workers, self.trouble);
        // They have nothing to do until it is paid.
        let rests = (0..self.workers).map(|_| Work::Rests(0, Outcome::Synced).into());
        core.workers = rests.collect();
        vec![Till {
            core,
            is_late: false,
        }]
    }

    fn actions(&self, till: &Till, moves: &mut Vec<Move>) {
        let core = &till.core;
        core.moves(self, moves);
        let is_entered = core
            .quickbooks
            .objects
            .iter()
            .any(|object| !is_ours(object));
        moves.extend((!is_entered).then_some(Move::Happens(ENTERS)));
        moves.extend((core.housecall == 0).then_some(Move::Happens(MARKS)));
        if self.asked(core).is_some() {
            moves.extend([Move::Happens(SAME), Move::Happens(SEPARATE)]);
        }
    }

    fn next_state(&self, till: &Till, next: Move) -> Option<Till> {
        let mut after = Till {
            core: till.core.moved(self, &next),
            is_late: till.is_late,
        };
        let core = &mut after.core;
        match next {
            Move::Happens(ENTERS) => {
                let (slot, _) = self.slot(core);
                let mut asks = core.asks();
                after.is_late = slot.is_live() || asks.any(|(told, _)| has_looked(told));
                drop(asks);
                let theirs = serde_json::to_string(&self.theirs()).unwrap_or_default();
                core.quickbooks.make("payment", &theirs);
            }
            Move::Happens(MARKS) => core.housecall = 1,
            Move::Happens(SAME) => self.decides(core, Decision::Same),
            Move::Happens(SEPARATE) => {
                self.decides(core, Decision::Separate);
                core.said_separate = true;
            }
            _ => {}
        }
        Some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one live payment of ours", one_of_ours),
            Property::always("no money twice unless a person said so", no_echo),
            Property::always("no other money is swallowed", not_swallowed),
            Property::always("the pull tells of nothing that is ours", ours_in_pull),
            Property::always("what comes to rest is settled", settled_at_rest),
            Property::sometimes("it is joined", |model: &Self, till: &Till| {
                let (slot, memory) = model.slot(&till.core);
                slot.link().is_some() && memory.joined
            }),
            Property::sometimes("a person is asked", |model: &Self, till: &Till| {
                model.asked(&till.core).is_some()
            }),
            Property::sometimes("it is sent although theirs was there", |_, till: &Till| {
                let live = till.core.quickbooks.live().count();
                live == 2 && !till.is_late && !till.core.said_separate
            }),
        ]
    }
}

fn has_looked(told: &[Heard]) -> bool {
    told.iter()
        .any(|heard| matches!(*heard.told, Told::Rows(_)))
}

fn one_of_ours(_: &Payments, till: &Till) -> bool {
    let live = till.core.quickbooks.live();
    live.filter(|object| is_ours(object)).count() <= 1
}

/// Never two live payments for one money, unless a person said that it is other money. What is entered after it was looked
/// for cannot be known.
fn no_echo(model: &Payments, till: &Till) -> bool {
    let live = till.core.quickbooks.live().count();
    !model.case.same || live < 2 || till.is_late || till.core.said_separate
}

/// A payment counts as theirs on evidence only, or because a person said so.
fn not_swallowed(model: &Payments, till: &Till) -> bool {
    let (slot, memory) = model.slot(&till.core);
    let is_theirs = slot.link().is_some_and(|link| {
        let mut objects = till.core.quickbooks.objects.iter();
        objects.any(|object| object.qbo_id() == link.id && !is_ours(object))
    });
    !is_theirs || memory.joined && model.case.is_evidence()
}

/// What a pull would tell of in this very state: what no slot has and what has no marker. Ours is never among it, also while
/// its answer is lost.
fn ours_in_pull(model: &Payments, till: &Till) -> bool {
    let core = &till.core;
    let unowned = core.quickbooks.live().filter(|object| {
        let key = books().owner(&AnyKind::Payment.name(), &object.qbo_id());
        core.read::<LinkOwner>(&key).is_none()
    });
    let knows_markers = model.fault != Some(Fault::MarkerUnknown);
    let mut told = unowned.filter(|object| !knows_markers || !is_ours(object));
    told.all(|object| !is_ours(object))
}

/// Where nobody has anything to do: it is there, it is theirs, or a person knows.
fn settled_at_rest(model: &Payments, till: &Till) -> bool {
    let core = &till.core;
    if !core.is_at_rest() || core.housecall == 0 {
        return true;
    }
    let (slot, memory) = model.slot(core);
    let mut workers = core.workers.iter();
    let is_told =
        workers.any(|work| matches!(**work, Work::Rests(_, Outcome::Asked | Outcome::Refused)));
    let is_there = slot.link().is_some_and(|link| {
        let mut live = core.quickbooks.live();
        live.any(|object| object.qbo_id() == link.id)
    });
    !slot.is_sending() && (is_there || is_told || memory.decision == Some(Decision::Same))
}
