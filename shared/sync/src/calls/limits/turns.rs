//! Who may begin, and when whoever may not comes back. Plain functions of the record and the time.
//!
//! Work begins with reads of Housecall Pro, whose limit is by far the narrowest, so it waits for that one. A turn is a
//! place in the queue: it says when to come back. The calls themselves are reserved when they are made, so a turn that
//! comes to nothing costs no call.

use jiff::{SignedDuration, Timestamp};
use store::{Closed, Limit, Outage, System, Why};

use super::pace::{Pace, millis};

/// Whose turn comes within this time may as well begin.
const LEAD: SignedDuration = SignedDuration::from_secs(2);

/// A newcomer whose turn comes within this time waits for it inside.
const AT_ONCE: SignedDuration = SignedDuration::from_secs(4);

/// A turn further ahead than this comes from a clock that was wrong.
const HORIZON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Who asks for a system that answers nobody may be dead; after this time somebody else asks.
pub(crate) const ORPHANED: SignedDuration = SignedDuration::from_secs(45);

/// What wants to begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanting<'a> {
    pub(crate) subject: &'a str,
    /// The turn that it has.
    pub(crate) turn: Option<Timestamp>,
    /// It began before, so its turn is used up; it keeps its place all the same.
    pub(crate) again: bool,
    /// Nothing triggered it: everything else goes first.
    pub(crate) last: bool,
    /// Reads of Housecall Pro that it begins with.
    pub(crate) reads: usize,
    /// How long it can wait inside.
    pub(crate) patience: SignedDuration,
    /// Whether the connection is made and not paused.
    pub(crate) connected: bool,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It begins; the times of its reads.
    Begin {
        turn: Timestamp,
        reads: Vec<Timestamp>,
    },
    /// It asks whether a system answers again.
    Probe(System),
    /// It comes back.
    Wait {
        until: Timestamp,
        turn: Option<Timestamp>,
        why: String,
    },
}

/// Decides, and enters the decision; `true`: there is something to store.
pub(crate) fn admit(
    limit: &mut Limit,
    pace: Pace,
    now: Timestamp,
    wanting: &Wanting<'_>,
) -> (Admission, bool) {
    let mut stored = false;
    if wanting.connected && is_unconnected(limit) {
        stored = reopen(limit, now);
    }
    if let Some(closed) = limit.closed.clone() {
        return wait_outside(&closed.why, limit, pace, now, wanting);
    }
    let (turn, given) = match wanting.turn {
        Some(turn) => {
            if wanting.again {
                give(limit, pace, now, wanting.reads);
            }
            (turn, wanting.again)
        }
        None if wanting.last && next(limit, now) > limit.turn_clock(now) + LEAD => {
            let until = give_last(limit, pace, now, wanting.reads);
            let why = "everything that was triggered goes first".to_owned();
            let turn = None;
            return (Admission::Wait { until, turn, why }, true);
        }
        None => (give(limit, pace, now, wanting.reads), true),
    };
    stored |= given;
    let comes = limit.time_of(turn);
    let lead = if given { AT_ONCE } else { LEAD };
    let last = pace.last_of(limit, now, wanting.reads);
    let ahead = comes.duration_since(now);
    let until = if ahead > lead {
        comes
    } else if last.duration_since(now) > wanting.patience {
        last
    } else {
        let reads = pace.reserve(limit, now, wanting.reads);
        return (Admission::Begin { turn, reads }, true);
    };
    let why = "its turn has not come: others came first".to_owned();
    let turn = Some(turn);
    (Admission::Wait { until, turn, why }, stored)
}

/// While nobody is served, one asks from time to time and the others keep their places.
fn wait_outside(
    closed: &Why,
    limit: &mut Limit,
    pace: Pace,
    now: Timestamp,
    wanting: &Wanting<'_>,
) -> (Admission, bool) {
    let mut why = "QuickBooks is not connected, or the connection is paused".to_owned();
    if let Why::Outage(outage) = closed {
        let system = outage.system;
        why = format!("{} does not answer: {}", system.name(), outage.cause);
        let mine = outage.probe == wanting.subject;
        if now >= outage.probe_at && (mine || now >= outage.probe_at + ORPHANED) {
            ask_next(limit, now, wanting.subject);
            return (Admission::Probe(system), true);
        }
        if mine {
            let until = outage.probe_at;
            let turn = wanting.turn;
            return (Admission::Wait { until, turn, why }, false);
        }
    }
    let given = wanting.turn.is_none();
    let turn = wanting
        .turn
        .unwrap_or_else(|| give(limit, pace, now, wanting.reads));
    // Due at once, whenever that is.
    let until = limit.time_of(turn).min(now);
    let turn = Some(turn);
    (Admission::Wait { until, turn, why }, given)
}

/// The next turn on the clock of turns.
fn next(limit: &Limit, now: Timestamp) -> Timestamp {
    let clock = limit.turn_clock(now);
    match limit.turns.next {
        Some(next) if next <= clock + HORIZON => next.max(clock),
        _ => clock,
    }
}

fn cost(pace: Pace, reads: usize) -> SignedDuration {
    let calls = i64::try_from(pace.calls.max(1)).unwrap_or(i64::MAX);
    let reads = i64::try_from(reads).unwrap_or_default();
    SignedDuration::from_millis(pace.window_ms * reads / calls)
}

/// Gives the next turn, for so many reads.
pub(crate) fn give(limit: &mut Limit, pace: Pace, now: Timestamp, reads: usize) -> Timestamp {
    let turn = next(limit, now);
    limit.turns.next = Some(turn + cost(pace, reads));
    turn
}

/// When something that nothing triggered may ask again: one after the other, behind all who have a turn.
fn give_last(limit: &mut Limit, pace: Pace, now: Timestamp, reads: usize) -> Timestamp {
    let behind = next(limit, now);
    let known = limit.turns.last.filter(|last| *last <= behind + HORIZON);
    let turn = known.map_or(behind, |last| last.max(behind));
    limit.turns.last = Some(turn + cost(pace, reads));
    limit.time_of(turn)
}

/// Takes a turn back that is not needed: whoever comes next comes so much earlier.
pub(crate) fn give_back(limit: &mut Limit, pace: Pace, now: Timestamp, reads: usize) -> bool {
    let clock = limit.turn_clock(now);
    let Some(next) = limit.turns.next.filter(|next| *next > clock) else {
        return false;
    };
    limit.turns.next = Some((next - cost(pace, reads)).max(clock));
    true
}

fn is_unconnected(limit: &Limit) -> bool {
    let closed = limit.closed.as_ref();
    closed.is_some_and(|closed| closed.why == Why::NotConnected)
}

/// From now on nobody is served. Tells whether that is new.
pub(crate) fn close(limit: &mut Limit, now: Timestamp, why: Why) -> bool {
    if limit.closed.is_some() {
        return false;
    }
    if let Some(held) = limit.held_until.take().filter(|held| *held > now) {
        limit.turns.behind_ms -= millis(held.duration_since(now));
    }
    limit.closed = Some(Closed { since: now, why });
    true
}

/// Everybody is served again, each at the place that was kept. Tells whether that is new.
pub(crate) fn reopen(limit: &mut Limit, now: Timestamp) -> bool {
    let Some(closed) = limit.closed.take() else {
        return false;
    };
    limit.suspect = None;
    let stood = now.duration_since(closed.since);
    limit.turns.behind_ms += millis(stood.max(SignedDuration::ZERO));
    true
}

/// Enters who asks next whether the system answers, and when.
pub(crate) fn ask_next(limit: &mut Limit, now: Timestamp, subject: &str) -> Option<Outage> {
    let closed = limit.closed.as_mut()?;
    let Why::Outage(outage) = &mut closed.why else {
        return None;
    };
    subject.clone_into(&mut outage.probe);
    outage.probe_at = now + SignedDuration::from_secs(i64::from(outage.every));
    Some(outage.clone())
}

#[cfg(test)]
mod tests;
