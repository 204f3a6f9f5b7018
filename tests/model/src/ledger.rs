//! The model of the ledger: workers that want something of one slot, or of two that may be given one object.

use futures::{FutureExt, future::BoxFuture};
use hcp::{CustomerId, JobId};
use ledger::{Envelope, EnvelopeState, LinkOwner, Slot};
use mapping::{AnyKind, QboObject, RawMemory, SlotName};
use serde_json::value::to_raw_value;
use stateright::{Model, Property};
use store::{Expect, Write};

use crate::{
    core::{Core, Fault, Move, Program, Trouble, Work, books},
    desk::{Ask, Desk, Heard, Outcome, Stop, Told},
    quickbooks::Answer,
    shell::{Place, Wish, Written, adopt, settle, write},
};

/// A job takes so many steps at most.
const STEPS: u32 = 8;

/// See the module.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The slots.
    pub places: Vec<Place>,
    /// Which slot each worker fills.
    pub workers: Vec<usize>,
    /// What Housecall Pro wants to stand there, one after another; `None`: nothing any more.
    pub wishes: Vec<Option<&'static str>>,
    /// What may go wrong.
    pub trouble: Trouble,
    /// Whether workers may outlive the time of a function.
    pub slow: bool,
    /// What is broken on purpose.
    pub fault: Option<Fault>,
}

impl Ledger {
    /// Two workers at the invoice of one job.
    pub fn of_a_job(wishes: &[Option<&'static str>], trouble: Trouble) -> Self {
        #[expect(clippy::expect_used, reason = "it is well formed")]
        let job = JobId::parse("job_1").expect("an id");
        let place = Place {
            name: SlotName::main_invoice(&job),
            kind: AnyKind::Invoice,
            key: "1001".to_owned(),
        };
        Self {
            places: vec![place],
            workers: vec![0, 0],
            wishes: wishes.to_vec(),
            trouble,
            slow: false,
            fault: None,
        }
    }

    /// Two workers at two customers of one name.
    pub fn of_a_name(trouble: Trouble) -> Self {
        let customer = |id: &str| Place {
            #[expect(clippy::expect_used, reason = "it is well formed")]
            name: SlotName::customer(&CustomerId::parse(id).expect("an id")),
            kind: AnyKind::Customer,
            key: "Dana".to_owned(),
        };
        Self {
            places: vec![customer("cus_a"), customer("cus_b")],
            workers: vec![0, 1],
            ..Self::of_a_job(&[Some("a")], trouble)
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

    /// The same with so many workers at the first slot.
    #[must_use]
    pub fn with_workers(self, count: usize) -> Self {
        Self {
            workers: vec![0; count],
            ..self
        }
    }

    /// The same with workers that outlive the time of a function.
    #[must_use]
    pub fn slow(self) -> Self {
        Self { slow: true, ..self }
    }

    fn slots<'a>(&'a self, core: &'a Core) -> impl Iterator<Item = (&'a Place, Slot)> {
        self.places.iter().filter_map(|place| {
            let slot: Slot = core.read(&books().slot(&place.name))?;
            Some((place, slot))
        })
    }

    async fn push(&self, desk: &Desk<'_>, place: &Place) -> Result<Outcome, Stop> {
        let wish = self.wishes[desk.housecall().await];
        let mut looked = false;
        for _ in 0..STEPS {
            let slot = place.slot(desk).await?;
            if slot.value.is_sending() && self.fault == Some(Fault::NeverSettled) {
                return Ok(Outcome::Synced);
            }
            if slot.value.is_sending() {
                settle(desk, self.fault, place).await?;
                continue;
            }
            let Some(text) = wish else {
                if slot.value.link().is_none() {
                    return Ok(Outcome::Synced);
                }
                let written = write(desk, self.fault, place, slot, Wish::Void).await?;
                if let Some(end) = end(&written) {
                    return Ok(end);
                }
                continue;
            };
            let wants = wanted(place, text);
            let link = slot.value.link();
            let last = link.and_then(|link| link.last_written.as_ref());
            if last.is_some_and(|last| last.get() == wants.1.get()) {
                return Ok(Outcome::Synced);
            }
            if link.is_none() && place.kind == AnyKind::Customer && !looked {
                looked = true;
                if let Some(there) = desk.rows(place.by_key()).await.first()
                    && !adopt(desk, place, slot, there).await?
                {
                    return Ok(Outcome::HeldBy);
                }
                continue;
            }
            let wish = Wish::Stand(Box::new(wants.0), wants.1, RawMemory::default());
            match write(desk, self.fault, place, slot, wish).await? {
                Err(Answer::NameTaken) => looked = false,
                written => {
                    if let Some(end) = end(&written) {
                        return Ok(end);
                    }
                }
            }
        }
        Err(Stop::PlanAgain)
    }
}

fn end(written: &Written) -> Option<Outcome> {
    matches!(written, Err(Answer::Refused)).then_some(Outcome::Refused)
}

fn wanted(place: &Place, text: &str) -> (QboObject, Box<serde_json::value::RawValue>) {
    let (object, ours) = if place.kind == AnyKind::Customer {
        let customer = qbo::Customer {
            display_name: Some(place.key.clone()),
            notes: Some(text.to_owned()),
            ..qbo::Customer::default()
        };
        (customer.into(), text.to_owned())
    } else {
        let note = place.marker().payment_note("1", Some(text));
        let invoice = qbo::Invoice {
            doc_number: qbo::DocNumber::new(&place.key).ok(),
            private_note: Some(note.clone()),
            ..qbo::Invoice::default()
        };
        (QboObject::Invoice(Box::new(invoice)), note)
    };
    #[expect(clippy::expect_used, reason = "a text can be written as JSON")]
    let ours = to_raw_value(&ours).expect("JSON");
    (object, ours)
}

impl Program for Ledger {
    fn run<'a>(&'a self, desk: &'a Desk<'a>, who: usize) -> BoxFuture<'a, Result<Outcome, Stop>> {
        self.push(desk, &self.places[self.workers[who]]).boxed()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault
    }

    fn is_slow(&self) -> bool {
        self.slow
    }
}

impl Model for Ledger {
    type State = Core;
    type Action = Move;

    fn init_states(&self) -> Vec<Core> {
        vec![Core::new(self.workers.len(), self.trouble)]
    }

    fn actions(&self, core: &Core, moves: &mut Vec<Move>) {
        core.moves(self, moves);
        // Who of two of a kind is first makes no difference.
        if self.workers == [0, 0] && *core == Core::new(2, self.trouble) {
            moves.retain(|next| *next != Move::Starts(1));
        }
        let more = core.housecall + 1 < self.wishes.len();
        moves.extend(more.then_some(Move::Happens(0)));
    }

    fn next_state(&self, core: &Core, next: Move) -> Option<Core> {
        let mut after = core.moved(self, &next);
        if let Move::Happens(_) = next {
            after.housecall += 1;
        }
        Some(after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one live object a slot", one_live),
            Property::always("a link in both directions", both_directions),
            Property::always("nothing is sent that was not stored", stored),
            Property::always("what was deleted is never linked", never_gone),
            Property::always("nobody goes round in circles", no_circles),
            Property::always("what comes to rest is settled", settled_at_rest),
            Property::always("who does not rest can go on", no_deadlock),
            Property::sometimes("two are about to store a write at once", two_at_once),
            Property::sometimes("one died between storing and sending", died_unsent),
            Property::sometimes("one died between sending and entering", died_unentered),
            Property::sometimes("a lost answer is settled by a look-up", settled_by_look_up),
            Property::sometimes("a repeat is answered from memory", repeated),
        ]
    }
}

/// Invariant 2, by what QuickBooks has.
fn one_live(model: &Ledger, core: &Core) -> bool {
    model.places.iter().all(|place| {
        let live = core.quickbooks.live();
        let of_it = live.filter(|object| match place.kind {
            AnyKind::Customer => object.key() == place.key,
            _ => place.marks(object),
        });
        of_it.count() <= 1
    })
}

/// Invariant 2, by what the table has.
fn both_directions(model: &Ledger, core: &Core) -> bool {
    let slots: Vec<(&Place, Slot)> = model.slots(core).collect();
    let is_owned = |(place, slot): &(&Place, Slot)| {
        slot.link().is_none_or(|link| {
            let owner = core.read(&books().owner(&place.kind.name(), &link.id));
            owner.is_some_and(|owner: LinkOwner| owner.slot == place.name)
        })
    };
    let mut ids: Vec<String> = (core.quickbooks.objects.iter())
        .map(|object| object.id.to_string())
        .collect();
    ids.retain(|id| {
        let links = slots
            .iter()
            .filter(|(_, slot)| slot.link().is_some_and(|link| link.id.as_str() == id));
        let kind = model.places[0].kind.name();
        let owner: Option<LinkOwner> = core.read(&books().owner(&kind, &qbo::Id::new(id.as_str())));
        let stands = owner.is_none_or(|owner| {
            slots.iter().any(|(place, slot)| {
                let mut earlier = slot.earlier().iter();
                let has_it = slot.link().is_some_and(|link| link.id.as_str() == id)
                    || earlier.any(|voided| voided.id.as_str() == id);
                place.name == owner.slot && has_it
            })
        });
        links.count() > 1 || !stands
    });
    ids.is_empty() && slots.iter().all(is_owned)
}

/// Invariant 3: whoever is about to send has the very request in the table.
fn stored(_: &Ledger, core: &Core) -> bool {
    core.asks().all(|(_, ask)| match ask {
        Ask::Send(order) => {
            let id = order.request_id.parse().unwrap_or_default();
            let envelope: Option<Envelope> = core.read(&books().envelope(id));
            envelope.is_some_and(|envelope| *order == (&envelope.request).into())
        }
        _ => true,
    })
}

/// P1: what a repeat was answered with from memory, after it was deleted, is linked to nothing.
fn never_gone(model: &Ledger, core: &Core) -> bool {
    let gone = &core.quickbooks.answered_though_gone;
    if gone.is_empty() {
        return true;
    }
    model.slots(core).all(|(_, slot)| {
        slot.link().is_none_or(|link| {
            let mut gone = gone.iter();
            gone.all(|id| id.to_string() != link.id.as_str())
        })
    })
}

fn no_circles(_: &Ledger, core: &Core) -> bool {
    !core.in_circles
}

/// Each way ends: a step makes a state that was not there before, and no worker begins anew for ever. Where nobody has
/// anything to do, the slot has what was wanted last, or a person was told why not.
fn settled_at_rest(model: &Ledger, core: &Core) -> bool {
    if !core.is_at_rest() {
        return true;
    }
    let wish = model.wishes[core.housecall];
    let is_settled = |(place, slot): (&Place, Slot)| {
        let filled = model.workers.iter().zip(&core.workers);
        let mut filled = filled.filter(|(at, _)| model.places[**at].name == place.name);
        let told = filled.any(|(_, worker)| {
            matches!(**worker, Work::Rests(_, Outcome::Refused | Outcome::HeldBy))
        });
        let live = slot.link().map(|link| {
            let mut objects = core.quickbooks.objects.iter();
            objects.any(|object| {
                let stands = object.is_live() || model.trouble.deleted > core.trouble.deleted;
                object.qbo_id() == link.id && stands
            })
        });
        let is_wanted = match live {
            None => wish.is_none(),
            Some(live) => live && wish.is_some(),
        };
        !slot.is_sending() && (is_wanted || told)
    };
    model.slots(core).all(is_settled)
}

fn no_deadlock(model: &Ledger, core: &Core) -> bool {
    let mut moves = Vec::new();
    core.moves(model, &mut moves);
    core.is_at_rest() || !moves.is_empty()
}

/// Whether a worker is about to store an envelope that was not there before.
fn begins((_, ask): &(&[Heard], &Ask)) -> bool {
    let Ask::Write(_, writes) = ask else {
        return false;
    };
    let is_new = |write: &Write| match write {
        Write::Put { key, expect, .. } => {
            key.sort.starts_with("envelope#") && *expect == Expect::Absent
        }
        _ => false,
    };
    writes.iter().any(is_new)
}

fn two_at_once(_: &Ledger, core: &Core) -> bool {
    core.asks().filter(begins).count() > 1
}

/// The envelopes of which no worker knows that it is sent: who began them died.
fn left_alone(model: &Ledger, core: &Core, arrived: bool) -> bool {
    let died = core.trouble.deaths < model.trouble.deaths;
    let nobody_sends = !core
        .asks()
        .any(|(_, ask)| matches!(ask, Ask::Send(_) | Ask::Write(..)));
    let slots = model
        .slots(core)
        .filter_map(|(_, slot)| Some(slot.sending()?.envelope));
    let mut envelopes = slots.filter_map(|id| {
        let envelope: Envelope = core.read(&books().envelope(id))?;
        Some((id, envelope))
    });
    died && nobody_sends
        && core.quickbooks.on_the_way.is_empty()
        && core.trouble.lost == model.trouble.lost
        && envelopes.any(|(id, envelope)| {
            matches!(envelope.state, EnvelopeState::Sending { .. })
                && core.quickbooks.knows(&id.to_string()) == arrived
        })
}

fn died_unsent(model: &Ledger, core: &Core) -> bool {
    left_alone(model, core, false)
}

fn died_unentered(model: &Ledger, core: &Core) -> bool {
    left_alone(model, core, true)
}

/// A worker is about to enter what it found, not what it was answered.
fn settled_by_look_up(_: &Ledger, core: &Core) -> bool {
    core.asks().any(|(told, ask)| {
        let enters = matches!(ask, Ask::Write(_, writes) if writes.len() == 3);
        let found = told
            .iter()
            .any(|heard| matches!(&*heard.told, Told::Rows(rows) if !rows.is_empty()));
        let sent = told
            .iter()
            .any(|heard| matches!(&*heard.told, Told::Answer(_)));
        enters && found && !sent
    })
}

/// A worker that looked up and found nothing sends once more what QuickBooks had taken.
fn repeated(_: &Ledger, core: &Core) -> bool {
    core.asks().any(|(told, ask)| {
        let looked = told
            .iter()
            .any(|heard| matches!(&*heard.told, Told::Rows(_)));
        matches!(ask, Ask::Send(order) if core.quickbooks.knows(&order.request_id)) && looked
    })
}
