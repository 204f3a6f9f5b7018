use super::*;
use crate::fixtures::{alert, at, people, user};

/// What is due then in Denver, each as `who: what`.
fn due_at(told: &mut Told, alerts: &[OpenAlert], now: &str) -> Vec<String> {
    let standing = Standing {
        alerts,
        people: &people(),
        zone: &TimeZone::get("America/Denver").unwrap(),
        now: at(now),
    };
    *told = due(told.clone(), &standing);
    let letters = told.letters.iter();
    letters.map(|letter| shown(letter, &standing)).collect()
}

fn shown(letter: &Letter, standing: &Standing<'_>) -> String {
    let who = match &letter.to {
        Recipient::Person(user) => user.to_string(),
        Recipient::Slack => "slack".to_owned(),
    };
    let alerts = standing.alerts_of(&letter.about);
    let jobs: Vec<&str> = alerts.iter().map(|one| &one.subject[4..]).collect();
    let what = match &letter.about {
        Matter::New { cause, .. } => cause.clone(),
        Matter::Digest { on } => format!("digest {on}"),
    };
    format!("{who}: {what}: {}", jobs.join(" "))
}

fn sent(told: &mut Told) {
    told.letters.clear();
}

#[test]
fn s11_new_alerts_are_told_by_cause_to_those_who_chose_so_and_once() {
    let alerts = [
        alert("closed_period", "104", "2026-07-20T20:00:00Z"),
        alert("total_mismatch", "105", "2026-07-20T20:00:01Z"),
        alert("closed_period", "106", "2026-07-20T20:00:02Z"),
    ];
    let mut told = Told::default();
    let all = due_at(&mut told, &alerts, "2026-07-20T20:05:00Z");
    let expected = [
        "ann: closed_period: 104 106",
        "slack: closed_period: 104 106",
        "ann: total_mismatch: 105",
        "slack: total_mismatch: 105",
    ];
    assert_eq!(all, expected);
    sent(&mut told);
    assert!(due_at(&mut told, &alerts, "2026-07-20T23:05:00Z").is_empty());
}

#[test]
fn s11_of_one_cause_there_is_one_letter_an_hour_with_all_that_came_up_meanwhile() {
    let mut alerts = vec![alert("closed_period", "104", "2026-07-20T20:00:00Z")];
    let mut told = Told::default();
    assert_eq!(due_at(&mut told, &alerts, "2026-07-20T20:05:00Z").len(), 2);
    sent(&mut told);
    alerts.push(alert("closed_period", "105", "2026-07-20T20:10:00Z"));
    alerts.push(alert("closed_period", "106", "2026-07-20T20:50:00Z"));
    alerts.push(alert("total_mismatch", "107", "2026-07-20T20:50:00Z"));
    let other = due_at(&mut told, &alerts, "2026-07-20T21:04:59Z");
    assert_eq!(other[0], "ann: total_mismatch: 107");
    assert_eq!(other.len(), 2);
    sent(&mut told);
    let both = due_at(&mut told, &alerts, "2026-07-20T21:05:00Z");
    assert_eq!(both[0], "ann: closed_period: 105 106");
    assert_eq!(both.len(), 2);
}

#[test]
fn s11_an_alert_that_is_written_late_is_not_missed() {
    let mut alerts = vec![alert("closed_period", "105", "2026-07-20T20:04:30Z")];
    let mut told = Told::default();
    assert!(due_at(&mut told, &alerts, "2026-07-20T20:05:00Z").is_empty());
    alerts.push(alert("closed_period", "104", "2026-07-20T20:04:20Z"));
    let both = due_at(&mut told, &alerts, "2026-07-20T20:10:00Z");
    assert_eq!(both[0], "ann: closed_period: 104 105");
}

#[test]
fn s11_an_alert_that_comes_up_again_is_told_again() {
    let mut told = Told::default();
    let first = [alert("closed_period", "104", "2026-07-20T20:00:00Z")];
    assert_eq!(due_at(&mut told, &first, "2026-07-20T20:05:00Z").len(), 2);
    sent(&mut told);
    assert!(due_at(&mut told, &[], "2026-07-20T22:00:00Z").is_empty());
    assert!(told.causes.is_empty(), "nothing is kept of what is closed");
    let again = [alert("closed_period", "104", "2026-07-20T22:01:00Z")];
    assert_eq!(due_at(&mut told, &again, "2026-07-20T22:05:00Z").len(), 2);
}

#[test]
fn s11_the_digest_is_at_eight_in_the_zone_of_the_company_when_something_is_open() {
    // The clocks go forward on March 8, and back on November 1.
    for (now, digest) in [
        ("2026-03-07T14:59:59Z", None),
        ("2026-03-07T15:00:00Z", Some("2026-03-07")),
        ("2026-03-08T13:59:59Z", None),
        ("2026-03-08T14:00:00Z", Some("2026-03-08")),
        ("2026-10-31T14:00:00Z", Some("2026-10-31")),
        ("2026-11-01T14:59:59Z", None),
        ("2026-11-01T15:00:00Z", Some("2026-11-01")),
        ("2026-11-01T18:59:59Z", Some("2026-11-01")),
        ("2026-11-01T19:00:00Z", None),
        ("2026-11-02T06:59:59Z", None),
    ] {
        let alerts = [alert("closed_period", "104", "2026-03-01T00:00:00Z")];
        let cause = CauseTold {
            until: at("2026-03-02T00:00:00Z"),
            at: at("2026-03-02T00:00:00Z"),
        };
        let mut told = Told::default();
        told.causes.insert("closed_period".to_owned(), cause);
        let letters = due_at(&mut told, &alerts, now);
        let expected = digest.map_or_else(Vec::new, |day| {
            let to = |who: &str| format!("{who}: digest {day}: 104");
            vec![to("ann"), to("ben"), to("slack")]
        });
        assert_eq!(letters, expected, "{now}");
    }
}

#[test]
fn s11_there_is_one_digest_a_day_and_none_of_what_came_up_after_eight() {
    let alerts = [alert("closed_period", "104", "2026-07-20T13:00:00Z")];
    let mut told = Told::default();
    due_at(&mut told, &alerts, "2026-07-20T13:30:00Z");
    sent(&mut told);
    assert_eq!(due_at(&mut told, &alerts, "2026-07-20T14:00:00Z").len(), 3);
    sent(&mut told);
    assert!(due_at(&mut told, &alerts, "2026-07-20T14:05:00Z").is_empty());
    assert_eq!(due_at(&mut told, &alerts, "2026-07-21T14:03:00Z").len(), 3);

    let mut quiet = Told::default();
    assert!(due_at(&mut quiet, &[], "2026-07-20T14:00:00Z").is_empty());
    let at_once = due_at(&mut quiet, &alerts, "2026-07-20T14:05:00Z");
    assert_eq!(
        at_once,
        ["ann: closed_period: 104", "slack: closed_period: 104"]
    );
}

#[test]
fn s11_what_cannot_be_sent_waits_and_takes_up_what_comes_up_after_it() {
    let mut alerts = vec![alert("closed_period", "104", "2026-07-20T20:00:00Z")];
    let mut told = Told::default();
    due_at(&mut told, &alerts, "2026-07-20T20:05:00Z");
    told.letters[0].tries = 3;
    alerts.push(alert("closed_period", "105", "2026-07-20T20:30:00Z"));
    let waits = due_at(&mut told, &alerts, "2026-07-20T21:30:00Z");
    let expected = [
        "ann: closed_period: 104 105",
        "slack: closed_period: 104 105",
    ];
    assert_eq!(waits, expected);
    assert_eq!(told.letters[0].tries, 3);
}

#[test]
fn s11_a_letter_that_has_nothing_to_tell_any_longer_is_dropped() {
    let alerts = [
        alert("closed_period", "104", "2026-07-20T13:00:00Z"),
        alert("total_mismatch", "105", "2026-07-20T13:00:00Z"),
    ];
    let mut told = Told::default();
    assert_eq!(due_at(&mut told, &alerts, "2026-07-20T14:00:00Z").len(), 7);
    let left = due_at(&mut told, &alerts[1..], "2026-07-20T14:05:00Z");
    let expected = [
        "ann: total_mismatch: 105",
        "slack: total_mismatch: 105",
        "ann: digest 2026-07-20: 105",
        "ben: digest 2026-07-20: 105",
        "slack: digest 2026-07-20: 105",
    ];
    assert_eq!(left, expected);
    let next_day = due_at(&mut told, &alerts[1..], "2026-07-21T06:00:00Z");
    assert_eq!(next_day, expected[..2]);
}

#[test]
fn s11_whoever_left_or_chose_otherwise_gets_nothing_more() {
    let zone = TimeZone::get("America/Denver").unwrap();
    let alerts = [alert("closed_period", "104", "2026-07-20T13:00:00Z")];
    let mut told = Told::default();
    due_at(&mut told, &alerts, "2026-07-20T14:00:00Z");
    let mut people = people();
    people.people.remove(&user("ben"));
    people.people.get_mut(&user("ann")).unwrap().mails = Some(Mails::Nothing);
    let standing = Standing {
        alerts: &alerts,
        people: &people,
        zone: &zone,
        now: at("2026-07-20T14:05:00Z"),
    };
    let left = due(told, &standing).letters;
    let left: Vec<String> = left.iter().map(|letter| shown(letter, &standing)).collect();
    assert_eq!(
        left,
        ["slack: closed_period: 104", "slack: digest 2026-07-20: 104"]
    );
}
