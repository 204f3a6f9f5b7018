use model::{
    core::{Fault, Trouble},
    payments::{Case, Payments},
};

use crate::{LOST, NONE, finds, is_long, proves};

const JOINED: &str = "it is joined";
const ASKED: &str = "a person is asked";
const SENT: &str = "it is sent although theirs was there";

/// No check is named, on the same day, not by card.
const NEAR: Case = Case {
    same: true,
    note: None,
    reference: None,
    days: 0,
    cents: 10_000,
    card: false,
};

const FAR: Case = Case { days: 9, ..NEAR };

const OTHER_CHECK: Case = Case {
    same: false,
    note: Some("Check 1042"),
    reference: Some("1043"),
    ..NEAR
};

/// What a bookkeeper may enter, and what follows where it is there before it is looked for.
fn cases() -> [(Case, &'static str); 8] {
    let named = Case {
        note: Some("Check 1042"),
        reference: Some("1042"),
        ..FAR
    };
    let card = Case { card: true, ..NEAR };
    let other = |case: Case| Case {
        same: false,
        ..case
    };
    let smaller = Case {
        cents: 4_000,
        ..NEAR
    };
    [
        (NEAR, JOINED),
        (named, JOINED),
        (FAR, ASKED),
        (card, ASKED),
        (OTHER_CHECK, ASKED),
        (other(FAR), ASKED),
        (other(card), ASKED),
        (other(smaller), SENT),
    ]
}

#[test]
fn v3_r3_no_money_twice_and_none_swallowed_when_an_answer_is_lost() {
    let trouble = Trouble { deaths: 1, ..LOST };
    for (case, reaches) in cases() {
        println!("{case:?}");
        proves(Payments::of(case, 1, trouble), &[reaches]);
    }
}

#[test]
fn v3_r3_no_money_twice_and_none_swallowed_by_two_workers() {
    for (case, reaches) in cases() {
        println!("{case:?}");
        let trouble = if is_long() { LOST } else { NONE };
        proves(Payments::of(case, 2, trouble), &[reaches]);
    }
}

#[test]
fn v3_r3_each_thing_that_is_broken_is_noticed() {
    for (case, trouble, fault, broken) in [
        (
            NEAR,
            NONE,
            Fault::NotLookedAt,
            "no money twice unless a person said so",
        ),
        (
            OTHER_CHECK,
            NONE,
            Fault::JoinedByAmount,
            "no other money is swallowed",
        ),
        (
            NEAR,
            LOST,
            Fault::MarkerUnknown,
            "the pull tells of nothing that is ours",
        ),
        (
            FAR,
            LOST,
            Fault::LostIsRefused,
            "at most one live payment of ours",
        ),
    ] {
        finds(Payments::of(case, 2, trouble).with(fault), broken);
    }
}
