use insta::assert_snapshot;
use money::Cents;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{
    billing, customer, finished, hour, invoice, invoice_with, invoiced, labor, material, nowhere,
    read, service, typed, with,
};

mod amounts;
mod changes;

fn json_of(invoice: &qbo::Invoice) -> String {
    serde_json::to_string_pretty(invoice).unwrap()
}

/// A line of the invoice as it is sent.
fn sent_line(line: Value) -> String {
    let invoice = invoice(&finished(&[line])).unwrap();
    serde_json::to_string(&invoice.line[0]).unwrap()
}

fn described(name: &str, description: &Value, typed_by_hand: bool) -> Option<String> {
    let line = if typed_by_hand {
        typed(name, 100)
    } else {
        labor(name, 1.0, 100, 100)
    };
    let line = with(line, &json!({ "description": description }));
    invoice(&finished(&[line]))
        .unwrap()
        .line
        .remove(0)
        .description
}

#[test]
fn an_invoiced_job_becomes_this_invoice() {
    let job = finished(&[
        with(
            labor("Tune-up", 2.5, 9_500, 23_750),
            &json!({ "description": "Two stages.\nFilter included." }),
        ),
        material("Filter 16x25", 3.0, 1_999, 5_997),
        with(
            typed("Hauling", 4_000),
            &json!({ "description": "Old unit" }),
        ),
        labor("Share of a permit", 0.33, 1_000, 333),
    ]);
    let job = invoiced(job, &json!({ "invoice_number": "30417" }));
    assert_snapshot!(json_of(&invoice(&job).unwrap()), @r#"
    {
      "DocNumber": "30417",
      "TxnDate": "2026-05-06",
      "DueDate": "2026-06-05",
      "CustomerRef": {
        "value": "58"
      },
      "Line": [
        {
          "Description": "Two stages.\nFilter included.",
          "Amount": 237.50,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "31"
            },
            "Qty": 2.5,
            "UnitPrice": 95,
            "TaxCodeRef": {
              "value": "NON"
            },
            "ServiceDate": "2026-05-04"
          }
        },
        {
          "Description": "Filter 16x25",
          "Amount": 59.97,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "32"
            },
            "Qty": 3,
            "UnitPrice": 19.99,
            "TaxCodeRef": {
              "value": "NON"
            },
            "ServiceDate": "2026-05-04"
          }
        },
        {
          "Description": "Hauling\nOld unit",
          "Amount": 40.00,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "33"
            },
            "Qty": 1,
            "UnitPrice": 40,
            "TaxCodeRef": {
              "value": "NON"
            },
            "ServiceDate": "2026-05-04"
          }
        },
        {
          "Description": "Share of a permit",
          "Amount": 3.33,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "34"
            },
            "TaxCodeRef": {
              "value": "NON"
            },
            "ServiceDate": "2026-05-04"
          }
        }
      ],
      "ShipAddr": {
        "Line1": "7 Mill Lane",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      },
      "PrivateNote": "HCP job 20311 · tkcnd1b2z9"
    }
    "#);
}

#[test]
fn l1_quantity_and_price_are_sent_only_where_their_product_is_the_amount() {
    for (quantity, price, amount, sent) in [
        (1.0, 9_500, 9_500, Some(("1", "95"))),
        (2.5, 9_500, 23_750, Some(("2.5", "95"))),
        (0.33, 1_000, 330, Some(("0.33", "10"))),
        (0.33, 1_000, 333, None),
        (33.333333, 300, 10_000, Some(("33.333333", "3"))),
        (33.33, 300, 10_000, None),
        // Half a cent: rounded away from zero, as QuickBooks checks it.
        (0.5, 1, 1, Some(("0.5", "0.01"))),
        (0.5, 1, 0, None),
        (2.5, 333, 833, Some(("2.5", "3.33"))),
        (2.5, 333, 832, None),
        (0.5, -1, -1, Some(("0.5", "-0.01"))),
        (0.5, -1, 0, None),
        (-1.0, 250, -250, Some(("-1", "2.5"))),
        (1.0, 9_500, 9_501, None),
        (0.0, 9_500, 0, Some(("0", "95"))),
        (0.0, 9_500, 9_500, None),
        (1.0, 0, 0, Some(("1", "0"))),
    ] {
        let lines = [
            labor("Balance", 1.0, 1_000_000, 1_000_000),
            labor("Pipe", quantity, price, amount),
        ];
        let line = invoice(&finished(&lines)).unwrap().line.remove(1);
        assert_eq!(
            line.amount,
            Some(Cents::new(amount)),
            "{quantity} × {price}"
        );
        let qbo::LineDetail::SalesItem(detail) = line.detail else {
            panic!("not a sales line");
        };
        assert_eq!(
            (detail.qty, detail.unit_price),
            (
                sent.map(|(qty, _)| qty.parse().unwrap()),
                sent.map(|(_, price)| price.parse().unwrap()),
            ),
            "{quantity} × {price} = {amount}"
        );
    }
}

#[test]
fn l1_an_amount_without_a_price_stands_alone() {
    let line = with(
        labor("Permit", 1.0, 0, 7_500),
        &json!({ "unit_price": null }),
    );
    assert_snapshot!(
        sent_line(line),
        @r#"{"Description":"Permit","Amount":75.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"31"},"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-05-04"}}"#
    );
}

#[test]
fn l1_a_taxable_line_without_tax_is_not_taxed() {
    let line = with(hour(), &json!({ "taxable": true }));
    assert!(sent_line(line).contains(r#""TaxCodeRef":{"value":"NON"}"#));
}

#[test]
fn l1_without_a_day_no_service_date_is_sent() {
    let mut job = finished(&[hour()]);
    job.job.work_timestamps.completed_at = None;
    job.job.schedule.scheduled_start = None;
    assert!(!json_of(&invoice(&job).unwrap()).contains("ServiceDate"));
}

#[test]
fn l2_each_line_has_its_own_item_in_the_order_of_the_job() {
    let at =
        |name: &str, place: i64| with(labor(name, 1.0, 100, 100), &json!({ "order_index": place }));
    let job = finished(&[at("last", 9), at("first", 0)]);
    let invoice = invoice(&job).unwrap();
    let lines: Vec<(Option<&str>, bool)> = invoice
        .line
        .iter()
        .zip(["31", "32"])
        .map(|(line, item)| {
            let json = serde_json::to_string(line).unwrap();
            let refers = json.contains(&format!(r#""ItemRef":{{"value":"{item}"}}"#));
            (line.description.as_deref(), refers)
        })
        .collect();
    assert_eq!(lines, [(Some("first"), true), (Some("last"), true)]);
}

#[test]
fn l2_no_line_is_lost_for_want_of_an_item() {
    let job = finished(&[hour(), hour()]);
    let refused = Refusal::NotSupported("a line without an item");
    for items in [
        &[][..],
        &["31".into()],
        &["31".into(), "32".into(), "33".into()],
    ] {
        assert_eq!(invoice_with(&job, items).unwrap_err(), refused);
    }
}

#[test]
fn l5_a_typed_line_keeps_its_name_and_description() {
    for (name, description, typed_by_hand, sent) in [
        (
            "Hauling",
            json!("Old unit"),
            true,
            Some("Hauling\nOld unit"),
        ),
        ("Hauling", json!(""), true, Some("Hauling")),
        ("Hauling", json!(" \t"), true, Some("Hauling")),
        ("Hauling", json!("🚚"), true, Some("Hauling")),
        ("🚚", json!("Old unit"), true, Some("Old unit")),
        ("", json!("Old unit"), true, Some("(no name)\nOld unit")),
        ("Tune-up", json!("Two stages"), false, Some("Two stages")),
        (
            "Tune-up",
            json!("Two:\r\nstages"),
            false,
            Some("Two:\nstages"),
        ),
        ("Tune-up", Value::Null, false, Some("Tune-up")),
        ("Tune-up", json!("🔧"), false, Some("Tune-up")),
        ("🔧", Value::Null, false, None),
    ] {
        assert_eq!(
            described(name, &description, typed_by_hand).as_deref(),
            sent,
            "{name:?} {description}"
        );
    }
}

#[test]
fn l5_a_description_is_cut_at_4000_characters() {
    let long = "d".repeat(5_000);
    for typed_by_hand in [true, false] {
        let kept = described("Hauling", &json!(long), typed_by_hand).unwrap();
        assert_eq!(kept.chars().count(), 4_000);
        assert_eq!(kept.starts_with("Hauling\nd"), typed_by_hand);
    }
}

#[test]
fn c5_the_service_address_is_sent_where_it_is_not_the_billing_address() {
    let empty_billing = with(nowhere(), &json!({ "type": "billing" }));
    let unit = with(billing("1 Bill St"), &json!({ "street_line_2": "Unit 3" }));
    let spaced = billing(" 1  Bill St ");
    for (addresses, job, ship_to) in [
        (
            json!([billing("1 Bill St")]),
            service("9 Job Road"),
            Some("9 Job Road"),
        ),
        (json!([billing("1 Bill St")]), service("1 Bill St"), None),
        (json!([spaced]), service("1 Bill St"), None),
        (json!([unit]), service("1 Bill St"), Some("1 Bill St")),
        (json!([billing("1 Bill St")]), nowhere(), None),
        (json!([billing("1 Bill St")]), Value::Null, None),
        // C3: the service address serves as the billing address.
        (json!([service("9 Job Road")]), service("9 Job Road"), None),
        (
            json!([service("9 Job Road"), service("8 Job Road")]),
            service("8 Job Road"),
            Some("8 Job Road"),
        ),
        (json!([empty_billing]), service("9 Job Road"), None),
        (json!([]), service("9 Job Road"), None),
        (json!([]), nowhere(), None),
    ] {
        let mut records = finished(&[hour()]);
        records.job.address = read(&job);
        records.customer = customer(&json!({ "addresses": addresses }));
        let sent = invoice(&records).unwrap().ship_addr;
        let line1 = sent.as_ref().and_then(|address| address.line1.as_deref());
        assert_eq!(line1, ship_to, "{addresses} {job}");
    }
}

#[test]
fn n5_a_number_that_quickbooks_refuses_stops_the_invoice() {
    let long = "9".repeat(22);
    let job = invoiced(finished(&[hour()]), &json!({ "invoice_number": long }));
    assert_eq!(invoice(&job).unwrap_err(), Refusal::Number(long));
}

#[test]
fn a_job_that_does_not_add_up_is_no_invoice() {
    let job = invoiced(finished(&[hour()]), &json!({ "amount": 9_501 }));
    assert!(matches!(
        invoice(&job),
        Err(Refusal::LinesDoNotAddUp { .. })
    ));
}
