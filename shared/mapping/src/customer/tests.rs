use insta::assert_snapshot;
use qbo::Address;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{billing, customer, nowhere, place, read, service, with};

mod find;
mod place;

fn json_of<T: serde::Serialize>(document: &T) -> String {
    serde_json::to_string_pretty(document).unwrap()
}

/// What Rosa Quill becomes with some of her data changed.
fn rosa(changes: &Value) -> qbo::Customer {
    wanted(&customer(changes), None)
}

fn bill_addr(addresses: &Value, job: &Value) -> Option<Address> {
    let customer = customer(&json!({ "addresses": addresses }));
    wanted(&customer, Some(&read(job))).bill_addr
}

#[test]
fn c2_every_field_goes_to_its_place() {
    assert_snapshot!(json_of(&rosa(&json!({}))), @r#"
    {
      "DisplayName": "Rosa Quill",
      "GivenName": "Rosa",
      "FamilyName": "Quill",
      "CompanyName": "Quill Bindery",
      "PrimaryPhone": {
        "FreeFormNumber": "5550100178"
      },
      "AlternatePhone": {
        "FreeFormNumber": "5550100179"
      },
      "Mobile": {
        "FreeFormNumber": "5550100177"
      },
      "PrimaryEmailAddr": {
        "Address": "rosa@example.com"
      },
      "BillAddr": {
        "Line1": "12 Harbor Street",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      },
      "Notes": "Ring twice.\nThe side door is open."
    }
    "#);
}

#[test]
fn c2_what_housecall_pro_leaves_out_is_not_sent() {
    let nobody = json!({ "id": "cus_1" });
    let blank = json!({
        "id": "cus_1", "first_name": "", "last_name": " ", "email": null, "mobile_number": "",
        "home_number": " ", "work_number": null, "company": "\t", "notes": " \n", "addresses": null,
    });
    for given in [nobody, blank] {
        assert_eq!(
            serde_json::to_string(&wanted(&read(&given), None)).unwrap(),
            r#"{"DisplayName":"Customer cus_1"}"#
        );
    }
}

#[test]
fn c3_each_part_of_the_billing_address_goes_to_its_place() {
    let address = with(
        billing("12 Harbor Street"),
        &json!({ "street_line_2": "Unit 3", "city": "Salem", "state": "OR", "zip": "97301-4410" }),
    );
    assert_snapshot!(json_of(&bill_addr(&json!([address]), &nowhere())), @r#"
    {
      "Line1": "12 Harbor Street",
      "Line2": "Unit 3",
      "City": "Salem",
      "CountrySubDivisionCode": "OR",
      "PostalCode": "97301-4410"
    }
    "#);
}

#[test]
fn c3_without_a_billing_address_the_service_address_serves() {
    let empty = with(nowhere(), &json!({ "type": "billing" }));
    let spaces = with(empty.clone(), &json!({ "street": " ", "city": "" }));
    let street = |address: Option<Address>| address.and_then(|address| address.line1);
    let job = service("9 Job Road");
    for (addresses, line1) in [
        (json!([billing("1 Bill St")]), "1 Bill St"),
        (
            json!([service("2 Own St"), billing("1 Bill St")]),
            "1 Bill St",
        ),
        (json!([empty, billing("1 Bill St")]), "1 Bill St"),
        (json!([service("2 Own St")]), "2 Own St"),
        (json!([spaces, service("2 Own St")]), "2 Own St"),
        (json!([]), "9 Job Road"),
        (json!([empty]), "9 Job Road"),
        (json!([spaces]), "9 Job Road"),
        (json!([place("mailing", "3 Mail St")]), "9 Job Road"),
    ] {
        assert_eq!(
            street(bill_addr(&addresses, &job)).as_deref(),
            Some(line1),
            "{addresses}"
        );
    }
}

#[test]
fn c3_no_address_at_all_is_none() {
    assert_eq!(bill_addr(&json!([]), &nowhere()), None);
    assert_eq!(rosa(&json!({ "addresses": [] })).bill_addr, None);
}

#[test]
fn c3_a_unit_or_a_city_alone_is_kept() {
    for (part, json) in [
        ("street_line_2", r#"{"Line2":"Unit 3"}"#),
        ("city", r#"{"City":"Unit 3"}"#),
        ("state", r#"{"CountrySubDivisionCode":"Unit 3"}"#),
        ("zip", r#"{"PostalCode":"Unit 3"}"#),
    ] {
        let address = with(nowhere(), &json!({ "type": "billing", part: "Unit 3" }));
        let kept = bill_addr(&json!([address]), &service("9 Job Road")).unwrap();
        assert_eq!(serde_json::to_string(&kept).unwrap(), json);
    }
}

#[test]
fn c5_another_jobs_address_never_reaches_the_customer() {
    let rosa = customer(&json!({ "addresses": [service("7 Mill Lane"), service("8 Mill Lane")] }));
    let first = wanted(&rosa, Some(&read(&service("7 Mill Lane"))));
    let second = wanted(&rosa, Some(&read(&service("8 Mill Lane"))));
    assert_eq!(changes(&first, &second), None);
}

#[test]
fn c4_the_display_name_is_the_first_that_there_is() {
    for (missing, name) in [
        (&[][..], "Rosa Quill"),
        (&["last_name"], "Rosa"),
        (&["first_name"], "Quill"),
        (&["first_name", "last_name"], "Quill Bindery"),
        (&["first_name", "last_name", "company"], "rosa@example.com"),
        (
            &["first_name", "last_name", "company", "email"],
            "5550100177",
        ),
        (
            &[
                "first_name",
                "last_name",
                "company",
                "email",
                "mobile_number",
            ],
            "5550100178",
        ),
        (
            &[
                "first_name",
                "last_name",
                "company",
                "email",
                "mobile_number",
                "home_number",
            ],
            "5550100179",
        ),
        (
            &[
                "first_name",
                "last_name",
                "company",
                "email",
                "mobile_number",
                "home_number",
                "work_number",
            ],
            "Customer cus_58b0c6d2e41f4f5c9a07d3b86e1f2a94",
        ),
    ] {
        for nothing in [Value::Null, json!(""), json!("  "), json!("🔧")] {
            let changes: Value = missing
                .iter()
                .map(|field| ((*field).to_owned(), nothing.clone()))
                .collect();
            assert_eq!(rosa(&changes).display_name.as_deref(), Some(name));
        }
    }
}

#[test]
fn c4_only_what_changed_is_sent() {
    let before = rosa(&json!({}));
    assert_eq!(changes(&before, &before), None);
    for (change, sent) in [
        (
            json!({ "first_name": "Rosemary" }),
            r#"{"DisplayName":"Rosemary Quill","GivenName":"Rosemary"}"#,
        ),
        (
            json!({ "last_name": "Ng" }),
            r#"{"DisplayName":"Rosa Ng","FamilyName":"Ng"}"#,
        ),
        (
            json!({ "company": "Ng Ltd" }),
            r#"{"CompanyName":"Ng Ltd"}"#,
        ),
        (
            json!({ "mobile_number": "1" }),
            r#"{"Mobile":{"FreeFormNumber":"1"}}"#,
        ),
        (
            json!({ "home_number": "2" }),
            r#"{"PrimaryPhone":{"FreeFormNumber":"2"}}"#,
        ),
        (
            json!({ "work_number": "3" }),
            r#"{"AlternatePhone":{"FreeFormNumber":"3"}}"#,
        ),
        (json!({ "notes": "Dog" }), r#"{"Notes":"Dog"}"#),
        (
            json!({ "email": "ng@example.com" }),
            r#"{"PrimaryEmailAddr":{"Address":"ng@example.com"}}"#,
        ),
        (
            json!({ "addresses": [with(billing("1 New St"), &json!({ "zip": null }))] }),
            r#"{"BillAddr":{"Line1":"1 New St","City":"Salem","CountrySubDivisionCode":"OR"}}"#,
        ),
    ] {
        let change = changes(&before, &rosa(&change)).unwrap();
        assert_eq!(serde_json::to_string(&change).unwrap(), sent);
    }
}

#[test]
fn c4_a_blank_never_clears_a_field() {
    let before = rosa(&json!({}));
    for field in [
        "company",
        "email",
        "mobile_number",
        "home_number",
        "work_number",
        "notes",
    ] {
        for blank in [Value::Null, json!(""), json!(" ")] {
            let after = rosa(&json!({ field: blank }));
            assert_eq!(changes(&before, &after), None, "{field}");
        }
    }
    assert_eq!(changes(&before, &rosa(&json!({ "addresses": [] }))), None);
    let change = changes(&before, &rosa(&json!({ "last_name": null }))).unwrap();
    assert_snapshot!(serde_json::to_string(&change).unwrap(), @r#"{"DisplayName":"Rosa"}"#);
}

#[test]
fn c8_what_quickbooks_refuses_is_cleaned_or_left_out() {
    let long = "x".repeat(5_000);
    let cleaned = rosa(&json!({
        "first_name": "Rosa:\tMaria\n🌹",
        "last_name": &long,
        "company": &long,
        "mobile_number": format!(" 555\n{long}"),
        "home_number": "🏠",
        "work_number": "\u{200f}",
        "notes": format!("🔑 under the mat\r\n{long}"),
        "addresses": [{
            "type": "billing", "street": format!("12\nHarbor:{long}"), "street_line_2": &long,
            "city": &long, "state": &long, "zip": &long,
        }],
    }));
    assert_eq!(cleaned.given_name.as_deref(), Some("Rosa- Maria"));
    assert_eq!(cleaned.primary_phone, None);
    assert_eq!(cleaned.alternate_phone, None);
    let address = cleaned.bill_addr.unwrap();
    let mobile = cleaned.mobile.unwrap().free_form_number;
    assert!(mobile.as_deref().unwrap().starts_with("555 xxx"));
    assert!(
        address
            .line1
            .as_deref()
            .unwrap()
            .starts_with("12 Harbor:xxx")
    );
    assert!(
        cleaned
            .notes
            .as_deref()
            .unwrap()
            .starts_with("under the mat\nxxx")
    );
    for (field, limit) in [
        (cleaned.display_name, 500),
        (cleaned.family_name, 100),
        (cleaned.company_name, 100),
        (mobile, 30),
        (cleaned.notes, 2_000),
        (address.line1, 500),
        (address.line2, 500),
        (address.city, 255),
        (address.country_sub_division_code, 255),
        (address.postal_code, 30),
    ] {
        assert_eq!(field.unwrap().chars().count(), limit);
    }
}

#[test]
fn c8_an_e_mail_address_that_quickbooks_would_refuse_is_left_out() {
    let long = |length: usize| format!("{}@example.com", "x".repeat(length - "@example.com".len()));
    for (given, kept) in [
        ("rosa@example.com", true),
        (" rosa.quill+home@mail.example.co.uk ", true),
        ("o'neil@example.com", true),
        (long(100).as_str(), true),
        (long(101).as_str(), false),
        ("rosa", false),
        ("@example.com", false),
        ("rosa@example", false),
        ("rosa@.com", false),
        ("rosa@example.", false),
        ("rosa@example..com", false),
        (".rosa@example.com", false),
        ("rosa.@example.com", false),
        ("ro..sa@example.com", false),
        ("rosa@quill@example.com", false),
        ("rosa quill@example.com", false),
        ("rosa@exam ple.com", false),
        ("rosa@example.com (home)", false),
        ("rosa@example.com\u{7}", false),
        ("rösa@example.com", false),
        ("rosa@exämple.com", false),
    ] {
        let email = rosa(&json!({ "email": given })).primary_email_addr;
        let expected = kept.then(|| given.trim().to_owned().into());
        assert_eq!(email, expected, "{given}");
    }
}
