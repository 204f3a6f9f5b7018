use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::properties::config;

fn company() -> CompanyId {
    CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").unwrap()
}

fn marker(slot: &str) -> Marker {
    Marker::new(&company(), slot)
}

/// As notes were written before there were codes.
fn old_note(job_number: &str, slot: &str) -> String {
    format!("Housecall Pro job {job_number} [hcp-qbo-sync:{slot}]")
}

#[test]
fn n8_the_note_on_a_customers_statement_is_short_and_the_same_every_time() {
    let note = marker("job_1#main").note("10427", &["10427".to_owned()]);
    insta::assert_snapshot!(note, @"HCP job 10427 · ertwv0e5c4");
    assert_eq!(marker("job_1#main").note("10427", &[]), note);
}

#[test]
fn n3_the_numbers_of_progress_invoices_stand_before_the_marker_while_they_fit() {
    let marker = marker("job_1#main");
    let numbers = |count: usize| vec!["10427-1".to_owned(); count];
    let two = marker.note("10427", &numbers(2));
    let text = "HCP job 10427, invoices 10427-1, 10427-1 · ";
    assert_eq!(two, format!("{text}{}", marker.code));
    assert!(marker.is_in(Some(&two)));
    let many = marker.note("10427", &numbers(1_000));
    assert_eq!(many, marker.note("10427", &[]));
}

#[test]
fn r6_what_somebody_else_wrote_into_the_note_stays() {
    let marker = marker("job_1#main");
    let new = marker.note("10427", &["10427".to_owned()]);
    for ours in [new.as_str(), &old_note("10427", "job_1#main")] {
        assert_eq!(beside(None, ours), ours);
        assert_eq!(marker.theirs(Some(ours)), None);
        for (before, after) in [
            ("PO 12", ""),
            ("PO 12\nsecond line", ""),
            ("", "checked, Ann"),
            ("PO 12", "checked, Ann"),
            ("As HCP job 7 · and Housecall Pro job 8", "HCP job 9"),
        ] {
            let written = format!("{before}\n{ours} {after}");
            let both = [before, after].into_iter().filter(|part| !part.is_empty());
            let both: Vec<&str> = both.collect();
            let both = both.join("\n");
            assert_eq!(marker.theirs(Some(&written)), Some(both.clone()));
            let again = beside(Some(&both), &new);
            assert!(marker.is_in(Some(&again)));
            assert_eq!(marker.theirs(Some(&again)), Some(both));
        }
    }
    let foreign = marker.theirs(Some("By hand"));
    assert_eq!(foreign.as_deref(), Some("By hand"));
    assert_eq!(marker.theirs(None), None);
    assert_eq!(marker.theirs(Some(" ")), None);
}

#[test]
fn r6_a_long_note_of_somebody_else_is_never_cut() {
    let marker = marker("job_1#main");
    let ours = marker.note("10427", &[]);
    let long = |room: usize| format!("{}HCP job 1", "ä".repeat(limits::PRIVATE_NOTE - room - 9));
    let short = format!("· {}", marker.code);
    for (theirs, expected) in [
        (long(100), format!("{}\n{ours}", long(100))),
        (long(15), format!("{}\n{short}", long(15))),
        (long(5), long(5)),
    ] {
        let written = beside(Some(&theirs), &ours);
        assert_eq!(written, expected);
        assert_eq!(marker.theirs(Some(&written)), Some(theirs));
    }
}

#[test]
fn n8_a_document_of_any_slot_is_ours() {
    for ours in [
        marker("job_1#main").note("10427", &[]),
        old_note("10427", "job_1#main"),
    ] {
        for note in [ours.clone(), format!("Voided {ours} checked, Ann")] {
            assert!(is_of_any_slot(Some(&note)), "{note}");
        }
    }
    for foreign in [
        "Housecall Pro job 10427",
        "HCP job 10427",
        "HCP job 10427 · thank you",
        "HCP job 10427 · 0000000000",
        "HCP job 10427 · estimate99",
        "HCP job 10427 · 0123456789ab",
        "[hcp-qbo-sync:",
    ] {
        assert!(!is_of_any_slot(Some(foreign)), "{foreign}");
    }
    assert!(!is_of_any_slot(None));
}

#[test]
fn n8_a_document_is_ours_only_with_the_marker_of_its_slot() {
    let (ours, company) = (marker("job_1#main"), company());
    for note in [ours.note("10427", &[]), old_note("10427", "job_1#main")] {
        assert!(ours.is_in(Some(&format!("Voided {note}"))));
        assert!(ours.is_in(Some(&format!("{note} checked, Ann"))));
        for slot in ["job_2#main", "job_1#mai"] {
            assert!(!marker(slot).is_in(Some(&note)), "{slot}");
        }
    }
    assert!(!ours.is_in(Some("Copied from job_1#main")));
    assert!(!ours.is_in(None));
    let other = CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f507").unwrap();
    let theirs = Marker::new(&other, "job_1#main").note("10427", &[]);
    assert!(!Marker::new(&company, "job_1#main").is_in(Some(&theirs)));
}

#[test]
fn s8_a_note_of_the_old_form_says_the_same_as_one_of_the_new() {
    let marker = marker("job_1#main");
    let new = |theirs, numbers: &[String]| beside(theirs, &marker.note("10427", numbers));
    let old = |theirs| beside(theirs, &old_note("10427", "job_1#main"));
    let numbers = ["10427-1".to_owned(), "10427-2".to_owned()];
    for (one, other, same) in [
        (old(None), new(None, &[]), true),
        (old(Some("PO 12")), new(Some("PO 12"), &[]), true),
        (old(Some("PO 12")), new(Some("PO 13"), &[]), false),
        (old(Some("PO 12")), new(None, &[]), false),
        (old(None), new(None, &numbers), false),
        (new(None, &[]), new(None, &numbers), false),
        (new(None, &[]), new(None, &[]), true),
    ] {
        assert_eq!(is_same(Some(&one), Some(&other)), same, "{one} / {other}");
        assert_eq!(is_same(Some(&other), Some(&one)), same);
    }
    assert!(!is_same(None, Some(&old(None))));
    assert!(!is_same(Some("PO 12"), Some("PO 13")));
    assert!(is_same(None, None));
}

#[test]
fn n8_distinct_slots_have_distinct_markers() {
    let slots = (0..20_000).map(|job| format!("job_{job:032x}#main"));
    let codes: BTreeSet<String> = slots.map(|slot| marker(&slot).code).collect();
    assert_eq!(codes.len(), 20_000);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn n8_what_somebody_writes_is_never_taken_for_ours(note in ".{0,60}", code in "[0-9a-z]{10}") {
        let slot = marker("job_1#main");
        prop_assert!(!is_of_any_slot(Some(&note)));
        prop_assert!(texts_in(Some(&note)).is_empty());
        let similar = format!("{note} HCP job 10427 · {code}");
        prop_assert!(!slot.is_in(Some(&similar)));
        prop_assert_eq!(slot.theirs(Some(&similar)), Some(similar.trim().to_owned()));
    }

    #[test]
    fn n8_a_marker_is_found_whatever_stands_around_it(
        slot in "job_[0-9a-f]{8}#(main|deposit#1|partial#[1-9])",
        before in "[a-zA-Z ·\n]{0,20}",
        after in "[a-zA-Z ·\n]{0,20}",
    ) {
        let marker = marker(&slot);
        for ours in [marker.note("10427", &[]), old_note("10427", &slot)] {
            let note = format!("{before}\n{ours} {after}");
            prop_assert!(marker.is_in(Some(&note)));
            prop_assert!(is_of_any_slot(Some(&note)));
            let told = texts_in(Some(&note));
            prop_assert!(matches!(told.as_slice(), [one] if marker.texts().contains(one)));
            prop_assert!(is_same(Some(&note), Some(&note)));
        }
    }
}
