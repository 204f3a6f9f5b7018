use model::{
    core::{Fault, Trouble},
    ledger::Ledger,
};

use crate::{LOST, NONE, finds, is_long, proves};

const TWO: &str = "two are about to store a write at once";
const UNSENT: &str = "one died between storing and sending";
const UNENTERED: &str = "one died between sending and entering";
const LOOKED_UP: &str = "a lost answer is settled by a look-up";
const REPEATED: &str = "a repeat is answered from memory";

const ONE_LIVE: &str = "at most one live object a slot";
const BOTH: &str = "a link in both directions";
const STORED: &str = "nothing is sent that was not stored";
const NEVER_GONE: &str = "what was deleted is never linked";
const SETTLED: &str = "what comes to rest is settled";

fn a_job(trouble: Trouble) -> Ledger {
    Ledger::of_a_job(&[Some("a")], trouble)
}

#[test]
fn v3_two_workers_one_crash_one_lost_answer() {
    let trouble = Trouble { deaths: 1, ..LOST };
    proves(
        a_job(trouble),
        &[TWO, UNSENT, UNENTERED, LOOKED_UP, REPEATED],
    );
}

#[test]
fn v3_two_workers_of_two_slots_that_find_one_name() {
    let trouble = Trouble { deaths: 1, ..LOST };
    proves(
        Ledger::of_a_name(trouble),
        &[TWO, UNSENT, UNENTERED, LOOKED_UP, REPEATED],
    );
}

#[test]
fn v3_a_lost_answer_a_late_list_and_somebody_who_deletes() {
    let trouble = Trouble {
        stale: 1,
        deleted: 1,
        ..LOST
    };
    proves(a_job(trouble), &[TWO, LOOKED_UP, REPEATED]);
}

#[test]
fn v3_a_write_that_is_refused_or_throttled() {
    let trouble = Trouble { refused: 1, ..NONE };
    proves(a_job(trouble), &[TWO]);
}

#[test]
fn v3_one_worker_that_makes_changes_voids_and_makes_again() {
    let wishes = [Some("a"), Some("b"), None, Some("a")];
    let trouble = Trouble { deaths: 1, ..LOST };
    let model = Ledger::of_a_job(&wishes, trouble);
    proves(
        model.with_workers(1),
        &[UNSENT, UNENTERED, LOOKED_UP, REPEATED],
    );
}

/// The long form: what takes minutes.
#[test]
fn v3_two_workers_an_edit_and_workers_that_outlive_their_time() {
    if !is_long() {
        return;
    }
    let edit = [Some("a"), Some("b")];
    proves(Ledger::of_a_job(&edit, LOST), &[TWO, LOOKED_UP, REPEATED]);
    let void = [Some("a"), None, Some("a")];
    proves(Ledger::of_a_job(&void, NONE), &[TWO]);
    proves(a_job(LOST).slow(), &[TWO, LOOKED_UP, REPEATED]);
    let trouble = Trouble { refused: 1, ..LOST };
    proves(a_job(trouble), &[TWO, LOOKED_UP, REPEATED]);
}

#[test]
fn v3_each_thing_that_is_broken_is_noticed() {
    let name = Ledger::of_a_name(NONE);
    let late = Trouble { stale: 1, ..LOST };
    let deleted = Trouble { deleted: 1, ..late };
    for (model, fault, broken) in [
        (a_job(NONE), Fault::SlotUnguarded, ONE_LIVE),
        (name, Fault::OwnerUnguarded, BOTH),
        (a_job(LOST), Fault::LostIsRefused, ONE_LIVE),
        (a_job(late), Fault::NewRequestId, ONE_LIVE),
        (a_job(NONE), Fault::SentUnstored, STORED),
        (a_job(deleted), Fault::NotReadBack, NEVER_GONE),
        (a_job(LOST), Fault::NeverSettled, SETTLED),
    ] {
        finds(model.with(fault), broken);
    }
}
