//! What the work on one subject has done so far, as an entry that is being written.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ledger::{Action, Call};
use mapping::alert::Alert;
use ports::{Chance, Clock};
use store::{
    About, Answered, Books, Did, Ended, Evidence, HistoryEntry, Job, Reason, Sent, SentAction,
    Stored, Write,
};

use super::difference::{Room, cut};
use crate::{stop::Stop, world::World};

/// Objects that one entry tells of; of further ones, how many there were.
const MOST_SENT: usize = 50;

/// Bytes of the words of an alert, or of QuickBooks.
pub(super) const LONGEST: usize = 1_000;

/// What the work on one subject has done so far. All that belongs to this work shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trail(Arc<Mutex<Option<Open>>>);

/// An entry that is being written.
#[derive(Debug)]
struct Open {
    entry: HistoryEntry,
    /// The entry as it is stored, once it is.
    stored: Option<Stored<HistoryEntry>>,
    /// On the monotonic clock.
    begun: Duration,
    /// Whether it tells more than what is stored.
    is_news: bool,
    /// What of its fields may still be told.
    room: Room,
}

impl Trail {
    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, tell: impl FnOnce(&mut Open)) {
        if let Some(open) = &mut *self.open() {
            tell(open);
        }
    }

    /// Work on a subject begins. What was told before by the same look went to the same subject under another name.
    pub(crate) fn begin(&self, world: &impl World, about: &str, evidence: &[Evidence]) {
        let is_told = |open: &Open| open.stored.is_some() || open.is_news;
        let mut open = self.open();
        if open.as_ref().is_none_or(|open| !is_told(open)) {
            *open = Some(Open::new(world, about));
        }
        if let Some(open) = &mut *open {
            let heard = evidence.iter().filter_map(|seen| seen.received).max();
            open.entry.heard = open.entry.heard.max(heard);
        }
    }

    /// What the look is for.
    pub(crate) fn because(&self, reasons: impl IntoIterator<Item = Reason>) {
        self.tell(|open| {
            let Did::Looked(known) = &mut open.entry.did else {
                return;
            };
            for reason in reasons {
                if !known.contains(&reason) {
                    known.push(reason);
                }
            }
        });
    }

    /// What is known of the job by now.
    pub(crate) fn know(&self, job: &Job) {
        self.tell(|open| {
            if let Some(about) = &mut open.entry.about {
                about.number = job.number.clone();
                about.customer = job.customer.as_ref().map(|one| one.name.clone());
            }
        });
    }

    /// What was sent in one call, and what was answered, as far as that is known.
    pub(crate) fn sent(&self, call: &Call, answers: &[Answered]) {
        self.tell(|open| {
            for (index, (write, slot)) in call.parts().enumerate() {
                open.is_news = true;
                if open.entry.sent.len() >= MOST_SENT {
                    open.entry.more += 1;
                    continue;
                }
                let before = slot.link().and_then(|link| link.last_written.as_deref());
                let after = slot.sending();
                let after = after.and_then(|sending| sending.ours_after.as_deref());
                let (action, after) = match &write.action {
                    Action::Create { .. } => (SentAction::Made, after),
                    Action::Update { .. } => (SentAction::Changed, after),
                    // Nothing of it is otherwise, but that it is void.
                    Action::Void { .. } => (SentAction::Voided, before),
                };
                let (changes, more) = open.room.difference(before, after);
                open.entry.sent.push(Sent {
                    kind: write.kind.clone(),
                    action,
                    changes,
                    more,
                    answer: answers.get(index).cloned().unwrap_or(Answered::Nothing),
                });
            }
        });
    }

    /// How it ends. An alert says more than that the job waits for a person, or is tried again.
    pub(crate) fn ends(&self, world: &impl World, ended: Ended) {
        self.tell(|open| {
            if !matches!(open.entry.ended, Ended::Alert { .. }) {
                open.entry.ended = ended;
            }
            open.is_news |= open.stored.is_some();
            open.takes(world);
        });
    }

    /// It came to its end, where nobody said how.
    pub(super) fn ends_somehow(&self, world: &impl World) {
        let is_open = |open: &Open| open.entry.ended == Ended::Interrupted;
        if self.open().as_ref().is_some_and(is_open) {
            self.ends(world, Ended::Done);
        }
    }

    /// A person must decide, and that is how it ends.
    pub(crate) fn alert(&self, alert: &Alert) {
        self.tell(|open| {
            open.is_news = true;
            open.entry.ended = Ended::Alert {
                kind: alert.kind().name().to_owned(),
                message: cut(&alert.message(), LONGEST),
            };
        });
    }

    /// It tells something, whatever else happens: a trigger was carried, say.
    pub(crate) fn is_news(&self) {
        self.tell(|open| open.is_news = true);
    }

    /// What is to be stored of it by now, together with what it tells of.
    pub(crate) fn write(&self, world: &impl World, books: &Books) -> Result<Option<Write>, Stop> {
        let mut open = self.open();
        let Some(open) = open.as_mut().filter(|open| open.is_news) else {
            return Ok(None);
        };
        open.takes(world);
        let fresh = || {
            let key = books.history(&open.entry, world.chance().uuid());
            Stored::new(key, open.entry.clone())
        };
        let stored = open.stored.get_or_insert_with(fresh);
        stored.value = open.entry.clone();
        Ok(Some(stored.put()?))
    }

    /// It was stored.
    pub(crate) fn written(&self) {
        self.tell(|open| {
            if let Some(stored) = open.stored.as_mut().filter(|_| open.is_news) {
                stored.written();
                open.is_news = false;
            }
        });
    }
}

impl Open {
    fn new(world: &impl World, about: &str) -> Self {
        let about = About {
            id: about.to_owned(),
            number: None,
            customer: None,
        };
        Self {
            entry: HistoryEntry {
                at: world.clock().now(),
                about: Some(about),
                did: Did::Looked(Vec::new()),
                sent: Vec::new(),
                more: 0,
                ended: Ended::Interrupted,
                heard: None,
                took: 0,
            },
            stored: None,
            begun: world.clock().monotonic(),
            is_news: false,
            room: Room::default(),
        }
    }

    fn takes(&mut self, world: &impl World) {
        let took = world.clock().monotonic().saturating_sub(self.begun);
        self.entry.took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    }
}
