use serde_json::{Value, json};

use super::{super::*, rosa};
use crate::fixtures::{read, with};

/// A customer that QuickBooks has.
fn theirs(changes: &Value) -> qbo::Customer {
    let rosa = json!({ "Id": "58", "SyncToken": "0", "DisplayName": "Rosa Quill", "Active": true });
    read(&with(rosa, changes))
}

#[test]
fn c6_case_and_spacing_of_the_name_are_ignored() {
    let ours = rosa(&json!({}));
    for (name, same) in [
        ("Rosa Quill", true),
        ("ROSA QUILL", true),
        (" rosa  quill ", true),
        ("Rosa\u{a0}Quill", true),
        ("RosaQuill", false),
        ("Rosa Quill Jr", false),
        ("Rosa Quill (deleted)", false),
    ] {
        let found = [theirs(&json!({ "DisplayName": name }))];
        let expected = if same {
            CustomerMatch::One(&found[0])
        } else {
            CustomerMatch::None
        };
        assert_eq!(find(&ours, &found), expected, "{name}");
    }
    assert_eq!(find(&ours, &[]), CustomerMatch::None);
}

#[test]
fn c6_inactive_customers_are_not_matched() {
    let ours = rosa(&json!({}));
    let inactive = theirs(&json!({ "Id": "7", "Active": false }));
    assert_eq!(
        find(&ours, std::slice::from_ref(&inactive)),
        CustomerMatch::None
    );
    let found = [inactive, theirs(&json!({ "Active": null }))];
    assert_eq!(find(&ours, &found), CustomerMatch::One(&found[1]));
}

#[test]
fn c6_several_namesakes_are_a_contradiction() {
    let found = [theirs(&json!({})), theirs(&json!({ "Id": "59" }))];
    assert_eq!(
        find(&rosa(&json!({})), &found),
        CustomerMatch::Several(found.iter().collect())
    );
}

/// What [`find`] says of one namesake: which data contradict, if any.
fn contradicting(ours: &qbo::Customer, theirs: &[qbo::Customer; 1]) -> Option<&'static str> {
    match find(ours, theirs) {
        CustomerMatch::One(one) => {
            assert_eq!(one, &theirs[0]);
            None
        }
        CustomerMatch::Contradicting(_, contradiction) => Some(contradiction.what),
        other => panic!("{other:?}"),
    }
}

#[test]
fn c6_contradicting_contact_data_are_told() {
    let phone = |number: &str| json!({ "FreeFormNumber": number });
    let email = |address: &str| json!({ "PrimaryEmailAddr": { "Address": address } });
    let street = |line: &str| json!({ "BillAddr": { "Line1": line, "City": "Elsewhere" } });
    for (theirs_has, contradiction) in [
        (json!({}), None),
        (email("ROSA@Example.com"), None),
        (email("office@example.com, rosa@example.com"), None),
        (email("office@example.com;rosa@example.com"), None),
        (email(""), None),
        (email(" "), None),
        (email("office@example.com"), Some("e-mail address")),
        (json!({ "Mobile": phone("+1 (555) 010-0177") }), None),
        (json!({ "PrimaryPhone": phone("555.010.0179") }), None),
        (json!({ "AlternatePhone": phone("1-555-010-0178") }), None),
        (
            json!({ "AlternatePhone": phone("555-010-0178 ext 5") }),
            None,
        ),
        (json!({ "Mobile": phone("010-0177") }), None),
        (json!({ "Mobile": phone("ask Ben") }), None),
        (
            json!({ "Mobile": phone("5559999999"), "PrimaryPhone": phone("5550100177") }),
            None,
        ),
        (
            json!({ "Mobile": phone("15550100170") }),
            Some("phone number"),
        ),
        (
            json!({ "Mobile": phone("25550100177") }),
            Some("phone number"),
        ),
        (
            json!({ "PrimaryPhone": phone("5559999999") }),
            Some("phone number"),
        ),
        (
            json!({ "AlternatePhone": phone("5559999999") }),
            Some("phone number"),
        ),
        (json!({ "Fax": phone("5559999999") }), None),
        (street("12  HARBOR street "), None),
        (street("12 Harbour St."), None),
        (street("12 Harbor St, Unit 3"), None),
        (street("14 Harbor St."), Some("billing address")),
        (street(""), None),
        (street(" "), None),
        (json!({ "BillAddr": { "City": "Elsewhere" } }), None),
        (street("9 Other Road"), Some("billing address")),
        (
            with(street("9 Other Road"), &email("office@example.com")),
            Some("e-mail address"),
        ),
    ] {
        let found = [theirs(&theirs_has)];
        let ours = rosa(&json!({}));
        assert_eq!(contradicting(&ours, &found), contradiction, "{theirs_has}");
    }
}

#[test]
fn c6_a_contradiction_names_both_sides() {
    let found = [theirs(
        &json!({ "PrimaryEmailAddr": { "Address": "office@example.com" } }),
    )];
    let CustomerMatch::Contradicting(_, contradiction) = find(&rosa(&json!({})), &found) else {
        panic!("it contradicts");
    };
    assert_eq!(contradiction.ours, "rosa@example.com");
    assert_eq!(contradiction.theirs, "office@example.com");
    let lines = json!({ "Line1": "9 Other Road", "Line2": "Unit 3" });
    let found = [theirs(&json!({ "BillAddr": lines }))];
    let CustomerMatch::Contradicting(_, contradiction) = find(&rosa(&json!({})), &found) else {
        panic!("it contradicts");
    };
    assert_eq!(contradiction.ours, "12 Harbor Street");
    assert_eq!(contradiction.theirs, "9 Other Road, Unit 3");
}

#[test]
fn c6_the_evidence_is_what_agrees() {
    let email = json!({ "PrimaryEmailAddr": { "Address": "ROSA@Example.com" } });
    let phone = json!({ "Mobile": { "FreeFormNumber": "+1 (555) 010-0177" } });
    let street = json!({ "BillAddr": { "Line1": "12  HARBOR street" } });
    for (theirs_has, agree) in [
        (json!({}), vec![]),
        (email.clone(), vec!["e-mail address"]),
        (phone.clone(), vec!["phone number"]),
        (street.clone(), vec!["billing address"]),
        (
            with(with(email, &phone), &street),
            vec!["e-mail address", "phone number", "billing address"],
        ),
    ] {
        let ours = rosa(&json!({}));
        assert_eq!(
            agreement(&ours, &theirs(&theirs_has)),
            agree,
            "{theirs_has}"
        );
    }
}

#[test]
fn c6_what_housecall_pro_does_not_know_contradicts_nothing() {
    let bare = wanted(
        &read(&json!({ "id": "cus_1", "first_name": "Rosa", "last_name": "Quill" })),
        None,
    );
    let mut found = [rosa(&json!({}))];
    found[0].id = Some("58".into());
    assert_eq!(find(&bare, &found), CustomerMatch::One(&found[0]));
}

#[test]
fn c6_a_leading_1_is_a_country_code_before_ten_digits_only() {
    for (ours, theirs_has, same) in [
        ("5550100177", "1 555 010 0177", true),
        ("15550100177", "555 010 0177", true),
        ("0100177", "1 010 0177", false),
        ("5550100177", "1 555 010 01770", false),
    ] {
        let ours =
            rosa(&json!({ "mobile_number": ours, "home_number": null, "work_number": null }));
        let found = [theirs(
            &json!({ "Mobile": { "FreeFormNumber": theirs_has } }),
        )];
        let expected = (!same).then_some("phone number");
        assert_eq!(contradicting(&ours, &found), expected, "{theirs_has}");
    }
}
