//! What a job needs of QuickBooks' short lists: a term, a class, methods of payment (M3, L6, P2). Each is known from
//! QuickBooks' setup as it was read last, else looked up with everything else, else made in the same batch.

use ledger::{Former, LedgerError, Move, Object, RawMemory, Seen, Slot};
use mapping::{JobRecords, Kind, ListEntry, Listed, SlotName, Term, find_named, find_term};
use ports::Clock;
use qbo::{Entity, Query, SyncToken, limits};
use store::{ClassTracking, ListFact};

use crate::{
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    engine::Engine,
    job::dates_and_terms::Dated,
    ledger::{PlannedWrite, object},
    objects::{
        document::Document,
        slots::{StoredEntry, stored},
        sub_customer::HOPS,
    },
    stop::Stop,
    world::World,
};

/// An entry of a list that a job needs.
#[derive(Clone, Debug)]
pub(crate) struct Needed {
    pub(crate) what: What,
    pub(crate) name: SlotName,
    pub(crate) slot: StoredEntry,
    /// Its id, where QuickBooks is known to have it.
    pub(crate) id: Option<qbo::Id>,
}

/// What it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The term of so many days.
    Term(u16),
    /// The class of this name.
    Class(String),
    /// The payment method of this name, and whether it is a card.
    PaymentMethod(String, bool),
}

/// A list as QuickBooks answered it, each entry with its version.
pub(crate) type Rowed = Vec<(ListEntry, SyncToken)>;

impl What {
    /// What an invoice refers to, for a person. `None`: it does not refer to it.
    pub(crate) fn described(&self) -> Option<String> {
        match self {
            Self::Term(0) => Some("the term due on receipt".to_owned()),
            Self::Term(days) => Some(format!("the term of {days} days")),
            Self::Class(name) => Some(format!("the class {name}")),
            Self::PaymentMethod(..) => None,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Term(_) => Kind::Term,
            Self::Class(_) => Kind::Class,
            Self::PaymentMethod(..) => Kind::PaymentMethod,
        }
    }

    /// What the list of `known` holds of it.
    fn find(&self, known: &[ListEntry]) -> Listed {
        match self {
            Self::Term(days) => find_term(known, *days),
            Self::Class(name) => find_named(known, name, limits::CLASS_NAME),
            Self::PaymentMethod(name, _) => find_named(known, name, limits::PAYMENT_METHOD_NAME),
        }
    }

    /// It, as it is made under a name.
    fn made(&self, name: String) -> Document {
        let name = Some(name);
        match self {
            Self::Term(days) => Document::Term(Box::new(qbo::Term {
                name,
                due_days: Some(*days),
                ..qbo::Term::default()
            })),
            Self::Class(_) => Document::Class(Box::new(qbo::Class {
                name,
                ..qbo::Class::default()
            })),
            Self::PaymentMethod(_, card) => {
                let kind = if *card {
                    "CREDIT_CARD"
                } else {
                    "NON_CREDIT_CARD"
                };
                Document::PaymentMethod(Box::new(qbo::PaymentMethod {
                    name,
                    kind: Some(kind.to_owned()),
                    ..qbo::PaymentMethod::default()
                }))
            }
        }
    }
}

/// What the invoice of a job needs, and the slots that hold what was made or looked up before.
pub(crate) fn needed(cx: &Ctx, records: &JobRecords, dated: &Dated) -> Vec<(What, SlotName)> {
    let mut needed = Vec::new();
    if let Term::Days(days) = dated.term {
        needed.push((What::Term(days), SlotName::term(days)));
    }
    let tracked = cx.connection.preferences.classes != ClassTracking::Off;
    if cx.settings.classes
        && tracked
        && let Some(name) = mapping::class_name(&records.job)
    {
        let unit = records.job.job_fields.business_unit.as_ref();
        // By its id, so that a unit that is renamed keeps its class.
        let unit = unit.and_then(|unit| unit.id.clone());
        let slot = SlotName::class(&unit.unwrap_or_else(|| mapping::normalised(&name)));
        needed.push((What::Class(name), slot));
    }
    let payments = records
        .invoices
        .iter()
        .flat_map(|invoice| &invoice.payments);
    for payment in payments.filter(|payment| payment.is_succeeded()) {
        let Some((name, card)) = mapping::payment_method(payment) else {
            continue;
        };
        let slot = SlotName::payment_method(&mapping::normalised(&name));
        let method = (What::PaymentMethod(name, card), slot);
        if !needed.contains(&method) {
            needed.push(method);
        }
    }
    needed
}

impl Needed {
    /// With what is known of it already.
    fn new(cx: &Ctx, what: What, name: SlotName, slot: StoredEntry) -> Self {
        let connection = &cx.connection;
        let facts = match what {
            What::Term(_) => &connection.terms,
            What::Class(_) => &connection.classes,
            What::PaymentMethod(..) => &connection.payment_methods,
        };
        let known: Vec<ListEntry> = facts.iter().map(entry).collect();
        // What was made or found since the list was read; one that the list calls inactive is of no use.
        let linked = slot.value.link().map(|link| &link.id);
        let linked = linked.filter(|id| known.iter().all(|one| one.active || one.id != **id));
        let listed = || match what.find(&known) {
            Listed::Existing(id) => Some(id),
            Listed::Create(_) => None,
        };
        let id = match (&what, linked) {
            // A unit that was renamed keeps its class.
            (What::Class(_), Some(linked)) => Some(linked.clone()),
            (_, linked) => listed().or_else(|| linked.cloned()),
        };
        Self {
            what,
            name,
            slot,
            id,
        }
    }
}

impl Needed {
    fn object(&self) -> Result<Object, Stop> {
        let slot = self.slot.clone().in_form(Slot::raw)?;
        Ok(object(&self.name, self.what.kind(), slot))
    }
}

impl<W: World> Engine<W> {
    /// Links what a list that was read just now has, or tells how to make it.
    pub(crate) async fn match_entry(
        &self,
        cx: &Ctx,
        needed: &Needed,
        list: &Rowed,
    ) -> Result<Option<PlannedWrite>, Stop> {
        let entries: Vec<ListEntry> = list.iter().map(|(entry, _)| entry.clone()).collect();
        match needed.what.find(&entries) {
            Listed::Existing(id) => {
                let token = list.iter().find(|(entry, _)| entry.id == id);
                let (_, sync_token) = token.ok_or_else(|| broken("a list changed meanwhile"))?;
                self.link_entry(cx, needed, id, sync_token.clone()).await?;
                Ok(None)
            }
            Listed::Create(name) => {
                let made = needed.what.made(name);
                let slot = self.unlinked_entry(cx, needed).await?;
                let op = PlannedWrite::new(&needed.name, slot, made.clone(), made)?;
                Ok(Some(op))
            }
        }
    }

    /// Remembers which class a business unit is, so that it keeps it when either is renamed.
    pub(crate) async fn remember_class(&self, cx: &Ctx, needed: &Needed) -> Result<(), Stop> {
        let (What::Class(_), Some(id), None) = (&needed.what, &needed.id, needed.slot.value.link())
        else {
            return Ok(());
        };
        // We never write a class, so no version of it is needed.
        let version = SyncToken::new("0");
        match self.link_entry(cx, needed, id.clone(), version).await {
            // Somebody else did.
            Ok(()) | Err(Stop::PlanAgain(_)) => Ok(()),
            Err(stop) => Err(stop),
        }
    }

    /// Links an entry to the one that QuickBooks has. Where that is another slot's, such as the class of two business
    /// units of one name, the two stand for the same.
    async fn link_entry(
        &self,
        cx: &Ctx,
        needed: &Needed,
        id: qbo::Id,
        sync_token: SyncToken,
    ) -> Result<(), Stop> {
        let object = needed.object()?;
        let seen = Seen {
            id,
            sync_token,
            key: String::new(),
            ours: None,
            memory: RawMemory::default(),
        };
        let linked = self.link(cx, object, seen, Former::Freed, Vec::new());
        match linked.await {
            Ok(()) => Ok(()),
            Err(LedgerError::HeldBy(other)) => {
                let moved = Move {
                    at: self.world.clock().now(),
                    as_one: true,
                    also: None,
                };
                self.move_to(cx, needed.object()?, &other, moved).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The slot of an entry that is made: what it was linked to is of no use any more.
    async fn unlinked_entry(&self, cx: &Ctx, needed: &Needed) -> Result<StoredEntry, Stop> {
        if needed.slot.value.link().is_none() {
            return Ok(needed.slot.clone());
        }
        self.unlink(cx, needed.object()?).await?;
        stored(self.world.table(), cx, &needed.name).await
    }
}

/// The entries with what is known of each. Where two stand for the same, the link is followed.
pub(crate) async fn known<W: World>(
    engine: &Engine<W>,
    cx: &Ctx,
    needed: impl Iterator<Item = ((What, SlotName), StoredEntry)>,
) -> Result<Vec<Needed>, Stop> {
    let mut known: Vec<Needed> = Vec::new();
    for ((what, mut name), mut slot) in needed {
        for _ in 0..HOPS {
            let Some(moved) = slot.value.moved() else {
                break;
            };
            name = moved.to.clone();
            slot = stored(engine.world.table(), cx, &name).await?;
        }
        if known.iter().all(|known| known.name != name) {
            known.push(Needed::new(cx, what, name, slot));
        }
    }
    Ok(known)
}

/// The statement that finds all of a list, inactive entries too: they hold their names.
pub(crate) fn whole_list(kind: Kind) -> Query {
    Query::select(kind.as_str())
        .where_in("Active", [true, false])
        .in_pages()
}

/// A list as it was read.
pub(crate) fn rowed(kind: Kind, rows: &Rows) -> Result<Rowed, Stop> {
    fn of<T: Entity>(rows: &Rows, entry: fn(&T) -> Option<ListFact>) -> Result<Rowed, Stop> {
        let rows = rows.of::<T>()?;
        let rowed = rows.iter().filter_map(|row| {
            let fact = entry(row)?;
            Some((self::entry(&fact), row.sync_token()?.clone()))
        });
        Ok(rowed.collect())
    }
    match kind {
        Kind::Term => of(rows, term),
        Kind::Class => of(rows, class),
        Kind::PaymentMethod => of(rows, payment_method),
        Kind::Customer | Kind::Item | Kind::Invoice => Ok(Vec::new()),
    }
}

pub(crate) fn term(term: &qbo::Term) -> Option<ListFact> {
    fact(&term.id, &term.name, term.due_days, term.active)
}

pub(crate) fn class(class: &qbo::Class) -> Option<ListFact> {
    fact(&class.id, &class.name, None, class.active)
}

pub(crate) fn payment_method(method: &qbo::PaymentMethod) -> Option<ListFact> {
    fact(&method.id, &method.name, None, method.active)
}

fn fact(
    id: &Option<qbo::Id>,
    name: &Option<String>,
    days: Option<u16>,
    active: Option<bool>,
) -> Option<ListFact> {
    Some(ListFact {
        id: id.clone()?,
        name: name.clone()?,
        days,
        active: active != Some(false),
    })
}

fn entry(fact: &ListFact) -> ListEntry {
    ListEntry {
        id: fact.id.clone(),
        name: fact.name.clone(),
        days: fact.days,
        active: fact.active,
    }
}
