use super::*;

const PACE: Pace = Pace {
    calls: 4,
    window_ms: 1_050,
};

const MORE: SignedDuration = SignedDuration::from_secs(15);

fn noon() -> Timestamp {
    "2026-07-24T12:00:00Z".parse().unwrap()
}

fn after(seconds: f64) -> Timestamp {
    noon() + SignedDuration::from_secs_f64(seconds)
}

fn wanting(subject: &str, turn: Option<Timestamp>) -> Wanting<'_> {
    Wanting {
        subject,
        turn,
        again: false,
        last: false,
        reads: 4,
        patience: MORE,
        connected: true,
    }
}

/// When a newcomer may begin, or comes back.
fn comes(limit: &mut Limit, now: Timestamp, wanting: &Wanting<'_>) -> (f64, Option<Timestamp>) {
    let seconds = |at: Timestamp| at.duration_since(noon()).as_secs_f64();
    match admit(limit, PACE, now, wanting).0 {
        Admission::Begin { turn, reads } => (seconds(reads[0]), Some(turn)),
        Admission::Wait { until, turn, .. } => (seconds(until), turn),
        Admission::Probe(_) => panic!("nobody is away"),
    }
}

#[test]
fn t13_those_who_come_at_once_get_turns_in_order_at_the_pace_of_the_limit() {
    let mut limit = Limit::default();
    let times: Vec<f64> = (0..300)
        .map(|_| comes(&mut limit, noon(), &wanting("job", None)).0)
        .collect();
    assert_eq!(&times[..3], [0.0, 1.05, 2.1]);
    assert!(times.is_sorted());
    assert_eq!(times[299], 299.0 * 1.05);
}

#[test]
fn t13_a_turn_is_kept_through_a_hold_and_an_outage() {
    let mut limit = Limit::default();
    for _ in 0..10 {
        admit(&mut limit, PACE, noon(), &wanting("job", None));
    }
    let (at, turn) = comes(&mut limit, noon(), &wanting("eleventh", None));
    assert_eq!(at, 10.5);
    // A 429 that asks for a minute.
    Pace::hold(&mut limit, after(1.0), SignedDuration::from_secs(60));
    let held = wanting("eleventh", turn);
    assert_eq!(comes(&mut limit, after(10.5), &held), (70.5, turn));
    // QuickBooks is away for an hour, and one who comes meanwhile stands behind.
    assert!(close(&mut limit, after(30.0), Why::NotConnected));
    let away = Wanting {
        connected: false,
        ..held
    };
    let (due, kept) = comes(&mut limit, after(70.5), &away);
    assert!(due <= 70.5 && kept == turn, "due, and not served");
    let late = Wanting {
        subject: "late",
        turn: None,
        ..away
    };
    let (_, late) = comes(&mut limit, after(3_000.0), &late);
    assert!(late > turn);
    assert!(reopen(&mut limit, after(3_630.0)));
    let (again, _) = comes(&mut limit, after(3_630.0), &held);
    // Nine and a half seconds were left when the minute began, and what was left of that is over.
    assert!((again - 3_639.5).abs() < 0.01, "{again}");
    let (behind, _) = comes(&mut limit, after(3_630.0), &wanting("late", late));
    assert!(
        (behind - again - 1.05).abs() < 0.01,
        "{behind} after {again}"
    );
}

#[test]
fn t13_a_turn_that_nobody_needs_goes_to_the_next() {
    let mut limit = Limit::default();
    for _ in 0..20 {
        admit(&mut limit, PACE, noon(), &wanting("job", None));
    }
    assert!(give_back(&mut limit, PACE, noon(), 4));
    assert_eq!(
        comes(&mut limit, noon(), &wanting("next", None)).0,
        19.0 * 1.05
    );
    let mut idle = Limit::default();
    assert!(
        !give_back(&mut idle, PACE, noon(), 4),
        "there is nothing to give back"
    );
}

#[test]
fn t13_what_nothing_triggered_comes_last_and_takes_no_turn() {
    let mut limit = Limit::default();
    for _ in 0..20 {
        admit(&mut limit, PACE, noon(), &wanting("job", None));
    }
    let edit = Wanting {
        last: true,
        ..wanting("edit", None)
    };
    assert_eq!(comes(&mut limit, noon(), &edit), (21.0, None));
    let (behind, _) = comes(&mut limit, noon(), &edit);
    assert!(
        (behind - 22.05).abs() < 0.01,
        "one after the other: {behind}"
    );
    assert_eq!(comes(&mut limit, noon(), &wanting("job", None)).0, 21.0);
    let (at, turn) = comes(&mut limit, after(60.0), &edit);
    assert_eq!(at, 60.0);
    assert!(turn.is_some(), "nobody else waits");
}

#[test]
fn t13_the_turn_of_a_clock_that_was_wrong_holds_nobody_up() {
    let mut limit = Limit::default();
    admit(
        &mut limit,
        PACE,
        after(30.0 * 86_400.0),
        &wanting("ahead", None),
    );
    assert_eq!(comes(&mut limit, noon(), &wanting("job", None)).0, 0.0);
}

#[test]
fn s10_during_an_outage_one_asks_every_fifteen_seconds_and_another_when_that_one_is_gone() {
    let mut limit = Limit::default();
    let outage = Outage {
        system: System::Quickbooks,
        began: noon(),
        probe: "first".to_owned(),
        probe_at: after(15.0),
        every: 15,
        cause: "no answer".to_owned(),
    };
    close(&mut limit, noon(), Why::Outage(outage));
    let first = wanting("first", Some(noon()));
    let other = wanting("other", Some(noon()));
    assert_eq!(comes(&mut limit, after(1.0), &first).0, 15.0);
    assert_eq!(
        comes(&mut limit, after(20.0), &other).0,
        0.0,
        "it is due when all are"
    );
    let probe = Admission::Probe(System::Quickbooks);
    assert_eq!(admit(&mut limit, PACE, after(15.0), &first).0, probe);
    assert_eq!(comes(&mut limit, after(16.0), &first).0, 30.0, "and again");
    assert_eq!(
        admit(&mut limit, PACE, after(76.0), &other).0,
        probe,
        "the first one died"
    );
    assert_eq!(comes(&mut limit, after(77.0), &other).0, 91.0);
}
