//! What both models are made of: the table, QuickBooks, the clock, and workers that take it in turns, in every order.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use futures::{FutureExt, future::BoxFuture};
use hcp::CompanyId;
use qbo::RealmId;
use store::{Books, Expect, Key, Record, Stored, Table, Write, WriteError, memory::MemoryTable};
use uuid::Uuid;

use crate::{
    desk::{Ask, Desk, Heard, Outcome, Reached, Stop, Told, replay},
    quickbooks::{Filter, Quickbooks, Stands, Way},
};

/// No run of a function lasts longer.
const LIFE: u32 = 30;

/// What is broken on purpose, to see that the model notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The condition on the record of an object's owner is not looked at.
    OwnerUnguarded,
    /// The condition on the record of a slot is not looked at.
    SlotUnguarded,
    /// A write whose answer was lost counts as refused.
    LostIsRefused,
    /// What a look-up does not find is sent under a new `requestid`.
    NewRequestId,
    /// A write is sent before it is stored.
    SentUnstored,
    /// A repeat that was answered from memory is not read back.
    NotReadBack,
    /// A write that is on its way is taken for one that was answered.
    NeverSettled,
    /// What others paid on the document is not looked at.
    NotLookedAt,
    /// A payment of equal amount is joined without evidence.
    JoinedByAmount,
    /// The pull does not know our payments by their marker.
    MarkerUnknown,
}

/// What may still go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trouble {
    /// Writes without an answer.
    pub lost: u8,
    /// Writes that are refused or throttled.
    pub refused: u8,
    /// Listings that are late.
    pub stale: u8,
    /// Workers that die.
    pub deaths: u8,
    /// Objects that somebody deletes in QuickBooks.
    pub deleted: u8,
}

/// The table, as a part of a state: many states share one.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    table: Arc<MemoryTable>,
    digest: u64,
}

impl Shelf {
    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.digest == 0
    }

    fn get(&self, keys: &[Key]) -> Vec<Option<Record>> {
        let got = self.table.get_many(keys).now_or_never();
        got.and_then(Result::ok).unwrap_or_default()
    }

    fn record(&self, key: &Key) -> Option<Record> {
        self.get(std::slice::from_ref(key)).pop().flatten()
    }

    fn write(&mut self, writer: Uuid, writes: Vec<Write>) -> Told {
        let table = MemoryTable::clone(&self.table);
        let written = table.write(writer, writes).now_or_never();
        let mut hasher = DefaultHasher::new();
        table.all().hash(&mut hasher);
        *self = Self {
            table: Arc::new(table),
            digest: hasher.finish(),
        };
        Told::Written(match written {
            Some(Err(WriteError::Conflict { key, current })) => Err((key, current)),
            _ => Ok(()),
        })
    }
}

impl PartialEq for Shelf {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Hash for Shelf {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.digest.hash(hasher);
    }
}

/// What a worker is at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// Its message comes back then.
    Waits(u32),
    /// It runs since then, was told this, and asks this.
    Runs(u32, Vec<Heard>, Arc<Ask>),
    /// It did what Housecall Pro wanted at that state.
    Rests(usize, Outcome),
}

/// The state of a model.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Core {
    /// The table.
    pub shelf: Shelf,
    /// QuickBooks.
    pub quickbooks: Quickbooks,
    /// Seconds.
    pub now: u32,
    /// How Housecall Pro stands.
    pub housecall: usize,
    /// The workers.
    pub workers: Vec<Arc<Work>>,
    /// What may still go wrong.
    pub trouble: Trouble,
    /// Whether a worker gave up to begin anew at once although nothing had moved: it could do so for ever.
    pub in_circles: bool,
    /// Whether a person said that it is other money.
    pub said_separate: bool,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// A worker begins.
    Starts(usize),
    /// A worker gets what it asks for.
    Steps(usize, Way),
    /// A worker dies; its message comes back.
    Dies(usize),
    /// A write that was on its way arrives.
    Arrives(usize),
    /// Time goes on, to where somebody waits for.
    Ticks,
    /// Somebody deletes an object in QuickBooks.
    Deletes(u32),
    /// Something happens in one of the two systems.
    Happens(usize),
}

/// The code of a worker.
pub trait Program: Send + Sync {
    /// One run of one of the workers.
    fn run<'a>(&'a self, desk: &'a Desk<'a>, who: usize) -> BoxFuture<'a, Result<Outcome, Stop>>;
    /// What is broken.
    fn fault(&self) -> Option<Fault>;
    /// Whether workers may outlive the time of a function.
    fn is_slow(&self) -> bool;
}

/// The books of the models.
pub fn books() -> Books {
    #[expect(clippy::expect_used, reason = "both are well formed")]
    Books {
        company: CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").expect("an id"),
        realm: RealmId::new("1").expect("a realm"),
    }
}

impl Core {
    /// Workers whose messages lie in the queue.
    pub fn new(workers: usize, trouble: Trouble) -> Self {
        Self {
            shelf: Shelf::default(),
            quickbooks: Quickbooks::default(),
            now: 0,
            housecall: 0,
            workers: (0..workers).map(|_| Work::Waits(0).into()).collect(),
            trouble,
            in_circles: false,
            said_separate: false,
        }
    }

    /// A record.
    pub fn read<T: store::Body>(&self, key: &Key) -> Option<T> {
        Some(self.stored::<T>(key)?.value)
    }

    /// A record, with its version.
    pub fn stored<T: store::Body>(&self, key: &Key) -> Option<Stored<T>> {
        Stored::decode(&self.shelf.record(key)?).ok()
    }

    /// Writes a record, as a person who has just read it.
    pub fn put<T: store::Body>(&mut self, record: &Stored<T>) {
        let write = record.put();
        self.shelf.write(Uuid::nil(), write.into_iter().collect());
    }

    /// The worker's question, while it runs.
    pub fn asks(&self) -> impl Iterator<Item = (&[Heard], &Ask)> {
        self.workers.iter().filter_map(|worker| match &**worker {
            Work::Runs(_, told, ask) => Some((told.as_slice(), &**ask)),
            _ => None,
        })
    }

    /// Whether nobody runs, waits, or has something to do.
    pub fn is_at_rest(&self) -> bool {
        let mut workers = self.workers.iter();
        workers.all(|worker| matches!(**worker, Work::Rests(at, _) if at == self.housecall))
    }

    /// All that can happen next, but for what people do.
    pub fn moves(&self, program: &dyn Program, moves: &mut Vec<Move>) {
        for (who, worker) in self.workers.iter().enumerate() {
            match &**worker {
                Work::Waits(until) if *until <= self.now => moves.push(Move::Starts(who)),
                Work::Rests(at, _) if *at != self.housecall => moves.push(Move::Starts(who)),
                Work::Waits(_) | Work::Rests(..) => {}
                Work::Runs(_, told, ask) => {
                    let ways = self.ways(ask).into_iter();
                    moves.extend(ways.map(|way| Move::Steps(who, way)));
                    if self.trouble.deaths > 0 && has_effect(told) {
                        moves.push(Move::Dies(who));
                    }
                }
            }
        }
        let on_the_way = 0..self.quickbooks.on_the_way.len();
        moves.extend(on_the_way.map(Move::Arrives));
        moves.extend(self.next_time(program.is_slow()).map(|_| Move::Ticks));
        if self.trouble.deleted > 0 {
            let live = self.quickbooks.live();
            moves.extend(live.map(|object| Move::Deletes(object.id)));
        }
    }

    fn ways(&self, ask: &Ask) -> Vec<Way> {
        let mut ways = vec![Way::Plain];
        match ask {
            Ask::Send(order) if !self.quickbooks.knows(&order.request_id) => {
                if self.trouble.lost > 0 {
                    ways.extend([Way::Lost, Way::Fails]);
                }
                if self.trouble.refused > 0 {
                    ways.extend([Way::Refused, Way::Throttled]);
                }
            }
            Ask::Send(_) if self.trouble.lost > 0 => ways.push(Way::Lost),
            // Only what is read by its id is never late.
            Ask::Rows(filter @ Filter::Key(..)) if self.trouble.stale > 0 => {
                let shows = !self.quickbooks.rows(filter).is_empty();
                ways.extend(shows.then_some(Way::Stale));
            }
            _ => {}
        }
        ways
    }

    /// When time goes on to: nobody runs longer than a function lives.
    fn next_time(&self, slow: bool) -> Option<u32> {
        let waits = self.workers.iter().filter_map(|worker| match **worker {
            Work::Waits(until) => Some(until),
            _ => None,
        });
        let next = waits.filter(|until| *until > self.now).min()?;
        let mut workers = self.workers.iter();
        let all_live = workers.all(|worker| match **worker {
            Work::Runs(since, ..) => slow || next <= since + LIFE,
            _ => true,
        });
        all_live.then_some(next)
    }

    /// What follows.
    pub fn moved(&self, program: &dyn Program, next: &Move) -> Self {
        let mut core = self.clone();
        match *next {
            Move::Starts(who) => {
                core.goes_on(program, who, core.now, Vec::new());
                // To begin and then to wait with the first question comes to the same as to begin later.
                core.steps(program, who, Way::Plain);
            }
            Move::Steps(who, way) => core.steps(program, who, way),
            Move::Dies(who) => {
                core.trouble.deaths -= 1;
                core.workers[who] = Arc::new(Work::Waits(core.now));
            }
            Move::Arrives(which) => {
                let (order, _) = core.quickbooks.on_the_way.remove(which);
                core.quickbooks.arrives(&order);
            }
            Move::Ticks => {
                core.now = core.next_time(true).unwrap_or(core.now);
                core.quickbooks.forget(core.now);
            }
            Move::Deletes(id) => {
                core.trouble.deleted -= 1;
                let objects = core.quickbooks.objects.iter_mut();
                for object in objects.filter(|object| object.id == id) {
                    object.stands = Stands::Deleted;
                }
            }
            Move::Happens(_) => {}
        }
        core
    }

    fn steps(&mut self, program: &dyn Program, who: usize, way: Way) {
        let Work::Runs(since, told, ask) = &*self.workers[who] else {
            return;
        };
        let (since, mut told, ask) = (*since, told.clone(), ask.clone());
        told.push(self.answered(program.fault(), &ask, way).into());
        self.goes_on(program, who, since, told);
    }

    /// Takes a worker to its next question that others can notice.
    fn goes_on(&mut self, program: &dyn Program, who: usize, since: u32, mut told: Vec<Heard>) {
        let done = loop {
            match replay(program, who, &told) {
                Reached::Asks(Ask::Now) => told.push(Told::Now(self.now).into()),
                Reached::Asks(Ask::Housecall) => told.push(Told::Housecall(self.housecall).into()),
                Reached::Asks(ask) => break Work::Runs(since, told, Arc::new(ask)),
                Reached::Ends(Ok(outcome)) => {
                    let seen = told.iter().find_map(|heard| match &*heard.told {
                        Told::Housecall(stands) => Some(*stands),
                        _ => None,
                    });
                    break Work::Rests(seen.unwrap_or(self.housecall), outcome);
                }
                Reached::Ends(Err(Stop::Later(until))) => break Work::Waits(until),
                Reached::Ends(Err(Stop::PlanAgain)) => {
                    self.in_circles |= !is_moved(&told);
                    break Work::Waits(self.now);
                }
            }
        };
        self.workers[who] = Arc::new(done);
    }

    fn answered(&mut self, fault: Option<Fault>, ask: &Ask, way: Way) -> Told {
        match way {
            Way::Plain => {}
            Way::Lost | Way::Fails => self.trouble.lost -= 1,
            Way::Refused | Way::Throttled => self.trouble.refused -= 1,
            Way::Stale => self.trouble.stale -= 1,
        }
        match ask {
            Ask::Get(keys) => Told::Records(self.shelf.get(keys)),
            Ask::Write(writer, writes) => {
                let writes = self.unguarded(fault, writes.clone());
                self.shelf.write(*writer, writes)
            }
            Ask::Send(order) => Told::Answer(self.quickbooks.take(order, way, self.now)),
            Ask::Rows(filter) => Told::Rows(match way {
                Way::Stale => Vec::new(),
                _ => self.quickbooks.rows(filter),
            }),
            Ask::Now => Told::Now(self.now),
            Ask::Housecall => Told::Housecall(self.housecall),
        }
    }

    /// The writes, without the conditions that are not looked at.
    fn unguarded(&self, fault: Option<Fault>, mut writes: Vec<Write>) -> Vec<Write> {
        let prefix = match fault {
            Some(Fault::OwnerUnguarded) => "qbo#",
            Some(Fault::SlotUnguarded) => "slot#",
            _ => return writes,
        };
        for write in &mut writes {
            let (Write::Put { key, expect, .. }
            | Write::Delete { key, expect }
            | Write::Check { key, expect }) = write;
            if key.sort.starts_with(prefix) {
                let there = self.shelf.record(key);
                *expect = there.map_or(Expect::Absent, |there| Expect::Version(there.version));
            }
        }
        writes
    }
}

/// Whether a worker has just done something. To die later, after it has only read, comes to the same as to die here.
fn has_effect(told: &[Heard]) -> bool {
    let last = told.last().map(|heard| &*heard.told);
    matches!(last, Some(Told::Written(_) | Told::Answer(_)))
}

/// Whether a record moved while a worker ran: it wrote one, found one changed, or read two versions of one.
fn is_moved(told: &[Heard]) -> bool {
    let mut seen: BTreeMap<&Key, u64> = BTreeMap::new();
    told.iter().any(|heard| match &*heard.told {
        Told::Written(_) => true,
        Told::Records(records) => records.iter().flatten().any(|record| {
            let before = seen.insert(&record.key, record.version);
            before.is_some_and(|version| version != record.version)
        }),
        _ => false,
    })
}
