use serde_json::json;

use super::*;
use crate::{
    customer::{Place, place},
    fixtures::read,
};

fn there(customer: &Value, job: &Value) -> Option<Place> {
    place(&read(customer), Some(&read(job)))
}

fn dana(addresses: &Value) -> Value {
    json!({ "id": "cus_1", "first_name": "Dana", "addresses": addresses })
}

#[test]
fn c11_what_has_a_sub_customer_of_its_own() {
    let lake = json!({
        "id": "adr_2", "type": "service", "street": "22 Lake Rd", "city": "Salem", "zip": "97301",
    });
    for (addresses, job, own) in [
        (json!([]), lake.clone(), true),
        // The only address, and no billing address: it is a service address all the same.
        (json!([lake]), lake.clone(), true),
        (json!([billing("1 Office Park")]), lake, true),
        (
            json!([billing("22 Lake Rd")]),
            with(service("22  LAKE Road"), &json!({ "zip": "97301-4410" })),
            false,
        ),
        (
            json!([billing("22 Lake Rd")]),
            with(service("22 Lake Rd"), &json!({ "street_line_2": "Barn" })),
            true,
        ),
        (json!([billing("1 Office Park")]), nowhere(), false),
    ] {
        let found = there(&dana(&addresses), &job);
        assert_eq!(found.is_some(), own, "{addresses} {job}");
    }
    assert_eq!(place(&read(&dana(&json!([]))), None), None);
}

#[test]
fn c11_a_sub_customer_as_it_is_made() {
    let customer = dana(&json!([billing("12 Harbor Street")]));
    let job = with(service("7 Mill: Lane"), &json!({ "street_line_2": "Barn" }));
    let parent = wanted(&read(&customer), Some(&read(&job)));
    let here = there(&customer, &job).unwrap();
    assert_snapshot!(json_of(&here.wanted(&parent)), @r#"
    {
      "DisplayName": "Dana, 7 Mill- Lane Barn",
      "BillAddr": {
        "Line1": "12 Harbor Street",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      },
      "ShipAddr": {
        "Line1": "7 Mill: Lane",
        "Line2": "Barn",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      }
    }
    "#);
    assert_eq!(here.given_name(&parent), "Dana, 7 Mill: Lane Barn");
}

#[test]
fn c8_long_sub_customers_stay_distinct_and_fit() {
    let names: Vec<String> = ["1", "2"]
        .iter()
        .map(|end| {
            let customer = json!({ "id": "cus_1", "first_name": "n".repeat(499) });
            let parent = wanted(&read(&customer), None);
            let here = there(&customer, &service(&format!("{} Lake Rd", end))).unwrap();
            here.wanted(&parent).display_name.unwrap()
        })
        .collect();
    assert_ne!(names[0], names[1]);
    assert!(names.iter().all(|name| name.chars().count() == 500));
}

#[test]
fn c11_an_address_without_an_id_is_known_by_what_it_says() {
    let key = |street: &str| {
        let job = with(service(street), &json!({ "id": null }));
        there(&dana(&json!([])), &job).unwrap().key
    };
    assert_eq!(key("7 Mill Lane"), key(" 7 mill  LANE"));
    assert_ne!(key("7 Mill Lane"), key("8 Mill Lane"));
}

#[test]
fn c6_a_sub_customer_is_found_by_name_or_address_below_its_parent_only() {
    let customer = dana(&json!([]));
    let job = service("7 Mill Lane");
    let parent = wanted(&read(&customer), None);
    let ours = there(&customer, &job).unwrap().wanted(&parent);
    let other = |json: Value| -> qbo::Customer { serde_json::from_value(json).unwrap() };
    let at = json!({ "Line1": "7 mill LANE", "City": "Salem", "PostalCode": "97301" });
    let elsewhere = json!({ "Line1": "7 Mill Lane", "City": "Portland", "PostalCode": "97201" });
    let name = "DANA,  7 Mill Lane";
    let below = json!({ "value": "58" });
    for (told, found) in [
        (json!([{ "DisplayName": name, "ParentRef": below }]), "one"),
        (
            json!([{ "DisplayName": name, "ParentRef": { "value": "59" } }]),
            "taken",
        ),
        (json!([{ "DisplayName": name }]), "taken"),
        (
            json!([{ "DisplayName": name, "ParentRef": below, "Active": false }]),
            "none",
        ),
        (
            json!([{ "DisplayName": name, "ParentRef": below, "ShipAddr": elsewhere }]),
            "taken",
        ),
        (
            json!([{ "DisplayName": "Mill", "ParentRef": below, "ShipAddr": at }]),
            "one",
        ),
        (
            json!([{ "DisplayName": "Mill", "ParentRef": below, "BillAddr": at }]),
            "one",
        ),
        (json!([{ "DisplayName": "Mill", "ShipAddr": at }]), "none"),
        (
            json!([{ "DisplayName": "Mill", "ParentRef": below, "ShipAddr": elsewhere }]),
            "none",
        ),
        (
            json!([
                { "DisplayName": "Mill", "ParentRef": below, "ShipAddr": at },
                { "DisplayName": "Barn", "ParentRef": below, "ShipAddr": at },
            ]),
            "several",
        ),
        (
            json!([
                { "DisplayName": "Mill", "ParentRef": below, "ShipAddr": at },
                { "DisplayName": name, "ParentRef": below, "ShipAddr": at },
            ]),
            "one",
        ),
    ] {
        let rows: Vec<qbo::Customer> = told
            .as_array()
            .unwrap()
            .iter()
            .cloned()
            .map(other)
            .collect();
        let kind = match find_place(&ours, &"58".into(), &rows) {
            PlaceMatch::None => "none",
            PlaceMatch::One(_) => "one",
            PlaceMatch::Several(_) => "several",
            PlaceMatch::Taken(_) => "taken",
        };
        assert_eq!(kind, found, "{told}");
    }
}

#[test]
fn c9_a_change_never_tells_whose_sub_customer_it_is() {
    let customer = dana(&json!([]));
    let parent = wanted(&read(&customer), None);
    let of = |street: &str| there(&customer, &service(street)).unwrap().wanted(&parent);
    let change = changes(&of("7 Mill Lane"), &of("8 Mill Lane")).unwrap();
    assert_snapshot!(json_of(&change), @r#"
    {
      "DisplayName": "Dana, 8 Mill Lane",
      "ShipAddr": {
        "Line1": "8 Mill Lane",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      }
    }
    "#);
}
