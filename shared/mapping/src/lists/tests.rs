use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{fixtures::read, properties::config};

fn known_term(id: &str, name: &str, days: Option<u16>, active: bool) -> ListEntry {
    ListEntry {
        id: id.into(),
        name: name.to_owned(),
        days,
        active,
    }
}

fn existing(id: &str) -> Listed {
    Listed::Existing(id.into())
}

fn create(name: &str) -> Listed {
    Listed::Create(name.to_owned())
}

#[test]
fn m1_the_term_is_matched_by_no_days_else_by_name_else_created() {
    for (known, expected) in [
        (vec![known_term("8", "Cash", Some(0), true)], existing("8")),
        (
            vec![
                known_term("8", "Cash", Some(0), true),
                known_term("9", "Due On Receipt", Some(0), true),
            ],
            existing("9"),
        ),
        (
            vec![known_term("8", "Due on receipt", None, true)],
            existing("8"),
        ),
        (
            vec![known_term("3", "Net 30", Some(30), true)],
            create("Due on receipt"),
        ),
        (
            vec![known_term("1", "Cash", Some(0), false)],
            create("Due on receipt"),
        ),
        (Vec::new(), create("Due on receipt")),
    ] {
        assert_eq!(find_term(&known, 0), expected, "{known:?}");
    }
}

#[test]
fn m3_the_term_is_matched_by_days_first_then_by_name() {
    for (known, expected) in [
        // By days, whatever its name.
        (
            vec![known_term("5", "Thirty days", Some(30), true)],
            existing("5"),
        ),
        // Of several, the one that is called so.
        (
            vec![
                known_term("5", "Thirty days", Some(30), true),
                known_term("6", "NET 30", Some(30), true),
            ],
            existing("6"),
        ),
        // Days before the name.
        (
            vec![
                known_term("5", "Net 30", Some(31), true),
                known_term("6", "Monthly", Some(30), true),
            ],
            existing("6"),
        ),
        // By name, where none has these days: the name is taken.
        (
            vec![known_term("5", "Net 30", Some(31), true)],
            existing("5"),
        ),
        // Inactive ones cannot be used, and may hold their names.
        (
            vec![known_term("5", "Monthly", Some(30), false)],
            create("Net 30"),
        ),
        (
            vec![known_term("5", "Net 30", Some(30), false)],
            create("Net 30 (2)"),
        ),
        (
            vec![
                known_term("5", "net 30", Some(30), false),
                known_term("6", "Net 30 (2)", Some(30), false),
            ],
            create("Net 30 (3)"),
        ),
        (Vec::new(), create("Net 30")),
    ] {
        assert_eq!(find_term(&known, 30), expected, "{known:?}");
    }
}

#[test]
fn l6_a_class_is_found_by_its_name_whatever_its_case_and_spacing() {
    let class = |id, name, active| known_term(id, name, None, active);
    for (known, expected) in [
        (vec![class("1", "  plumbing ", true)], existing("1")),
        (vec![class("1", "Plumbing", false)], create("Plumbing (2)")),
        (
            vec![class("1", "Plumbing", false), class("2", "PLUMBING", true)],
            existing("2"),
        ),
        (
            vec![class("1", "Plumbing repairs", true)],
            create("Plumbing"),
        ),
        (Vec::new(), create("Plumbing")),
    ] {
        assert_eq!(
            find_named(&known, "Plumbing", limits::CLASS_NAME),
            expected,
            "{known:?}"
        );
    }
}

#[test]
fn l6_the_class_is_the_business_unit_as_quickbooks_takes_it() {
    for (unit, name) in [
        (
            json!({ "id": "bu_1", "name": "Plumbing" }),
            Some("Plumbing"),
        ),
        (
            json!({ "id": "bu_1", "name": " HVAC:  North\t" }),
            Some("HVAC- North"),
        ),
        (json!({ "id": "bu_1", "name": null }), None),
        (json!(null), None),
    ] {
        let job = read(&json!({ "id": "job_1", "job_fields": { "business_unit": unit } }));
        assert_eq!(class_name(&job).as_deref(), name);
    }
}

#[test]
fn a_payment_has_a_method_that_people_know() {
    for (method, note, name) in [
        (json!("credit_card"), None, Some(("Credit Card", true))),
        (json!("ach"), None, Some(("ACH", false))),
        (
            json!("mobile_check_deposit"),
            None,
            Some(("Mobile Check", false)),
        ),
        (
            json!("consumer_financing"),
            None,
            Some(("Financing", false)),
        ),
        (json!("bnpl"), None, Some(("Buy now pay later", false))),
        (
            json!("external"),
            Some("Check #1042"),
            Some(("Check", false)),
        ),
        (
            json!("external"),
            Some("paid in CASH"),
            Some(("Cash", false)),
        ),
        (json!("external"), None, Some(("Other", false))),
        (json!("wire"), None, Some(("wire", false))),
        (json!(null), None, None),
    ] {
        let payment: hcp::Payment = read(&json!({
            "id": "invpay_1", "status": "succeeded", "payment_method": method, "note": note,
        }));
        let found = payment_method(&payment);
        let found = found.as_ref().map(|(name, card)| (name.as_str(), *card));
        assert_eq!(found, name, "{method} {note:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn m3_a_term_that_is_made_has_a_name_and_days_of_its_own(
        held in prop::collection::vec((0_u16..120, any::<bool>()), 0..6),
        days in 0_u16..120,
    ) {
        let known: Vec<ListEntry> = held
            .iter()
            .map(|(days, active)| known_term(&days.to_string(), &format!("Net {days}"), Some(*days), *active))
            .collect();
        match find_term(&known, days) {
            Listed::Create(name) => {
                prop_assert!(name.len() <= qbo::limits::TERM_NAME);
                prop_assert!(known.iter().all(|term| !term.name.eq_ignore_ascii_case(&name)));
                prop_assert!(known.iter().all(|term| !term.active || term.days != Some(days)));
            }
            Listed::Existing(id) => {
                prop_assert!(known.iter().any(|term| term.id == id && term.active));
            }
        }
    }
}
