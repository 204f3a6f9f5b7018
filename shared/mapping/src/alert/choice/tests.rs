use std::collections::BTreeSet;

use strum::IntoEnumIterator;

use super::*;
use crate::{
    Role,
    alert::{Alert, AlertKind, DocumentRef, tests::alerts},
};

/// All alerts, those of jobs with what tells the invoice and what must be mended.
fn told_in_full() -> Vec<Alert> {
    let mut all = alerts();
    for alert in &mut all {
        if let Alert::Job(alert) = alert {
            alert.slots = vec!["customer#cus_1".to_owned()];
            alert.document = Some(DocumentRef {
                role: Role::Main,
                number: "1001".to_owned(),
            });
        }
    }
    all
}

#[test]
fn s2_each_alert_offers_a_way_out_or_says_why_there_is_none() {
    let mut kinds = BTreeSet::new();
    let mut told = String::new();
    for alert in told_in_full() {
        let Choices { offered, instead } = alert.choices();
        let pushes =
            |choice: &Choice| matches!(choice, Choice::PushAgain { .. } | Choice::PullAgain { .. });
        assert!(
            offered.iter().any(pushes) != instead.is_some(),
            "{}: sent once more, or why not",
            alert.message()
        );
        let keys: BTreeSet<String> = offered.iter().map(Choice::key).collect();
        assert_eq!(keys.len(), offered.len(), "each has a key of its own");
        told += &format!("{}: {}\n", alert.kind().name(), alert.message());
        for choice in offered {
            let words = choice.words();
            assert!(
                !["cus_", "job_", "#", "invpay_"]
                    .iter()
                    .any(|id| words.contains(id))
            );
            told += &format!("  {} [{}]\n", words, choice.key());
            if let Some(Ask { what, unless }) = choice.asks() {
                let unless = unless.unwrap_or_else(|| "must be said".to_owned());
                told += &format!("    {what}: {unless}\n");
            }
        }
        if let Some(cause) = alert.cause() {
            told += &format!("  = {} [{}]\n", cause.words(), cause.key());
        }
        for side in alert.sides() {
            let (ours, theirs) = (side.housecall, side.quickbooks);
            told += &format!("  | {} | {ours:?} | {theirs:?}\n", side.what);
        }
        told += &instead.map_or_else(String::new, |instead| format!("  - {instead}\n"));
        kinds.insert(alert.kind());
    }
    assert_eq!(kinds, AlertKind::iter().collect());
    insta::assert_snapshot!(told);
}

#[test]
fn s2_an_alert_of_before_offers_nothing_that_it_cannot_name() {
    for alert in alerts() {
        for choice in alert.choices().offered {
            let needs_more = matches!(
                choice,
                Choice::UseCustomer { .. }
                    | Choice::MakeCustomer { .. }
                    | Choice::ReplaceCustomer { .. }
                    | Choice::FirstOpenDay
            );
            let is_of_job = matches!(alert, Alert::Job(_));
            assert!(!(needs_more && is_of_job), "{}", choice.words());
        }
    }
}

#[test]
fn c7_a_new_name_begins_with_the_customer_s_own() {
    let choice = Choice::MakeCustomer {
        name: "Dana Sample".to_owned(),
        suffix: " (customer)".to_owned(),
    };
    for (named, suffix) in [
        (None, Some(" (customer)")),
        (Some("Dana Sample (customer)"), Some(" (customer)")),
        (Some("Dana Sample, Bangor "), Some(", Bangor")),
        (Some("Dana Sample"), None),
        (Some("Bangor"), None),
    ] {
        assert_eq!(choice.suffix(named).as_deref(), suffix, "{named:?}");
    }
    let long = Choice::MakeItem {
        name: "x".repeat(100),
        suffix: " (material)".to_owned(),
    };
    assert_eq!(long.asks().unwrap().unless.unwrap().len(), 100);
    assert_eq!(long.suffix(None).as_deref(), Some(" (material)"));
    for (taken, suffix) in [
        ("Dana Sample", " (customer)"),
        ("Dana Sample (customer)", " (customer 2)"),
        ("Dana Sample, Bangor", " (customer)"),
    ] {
        assert_eq!(apart("Dana Sample", CUSTOMER, taken), suffix, "{taken}");
    }
}
