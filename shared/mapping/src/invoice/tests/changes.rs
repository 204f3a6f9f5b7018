use insta::assert_snapshot;
use serde_json::json;

use super::{super::*, json_of};
use crate::fixtures::{
    finished, hour, invoice, invoice_of, invoiced, marker, material, read, service, with,
};

#[test]
fn s8_nothing_is_sent_when_nothing_changed() {
    let job = invoiced(
        finished(&[hour(), material("Filter", 2.0, 1_999, 3_998)]),
        &json!({}),
    );
    let wrote = invoice(&job).unwrap();
    let home = crate::customer::wanted(&job.customer, None).bill_addr;
    assert_eq!(changes(&wrote, &wrote, None), None);
    let read_again: qbo::Invoice = read(&serde_json::to_value(&wrote).unwrap());
    assert_eq!(changes(&read_again, &wrote, home.as_ref()), None);
}

#[test]
fn s8_changed_lines_go_all_together_and_alone() {
    let before = invoice(&finished(&[hour(), material("Filter", 2.0, 1_999, 3_998)])).unwrap();
    let after = invoice(&finished(&[hour(), material("Filter", 3.0, 1_999, 5_997)])).unwrap();
    let home = qbo::Address::default();
    assert_snapshot!(json_of(&changes(&before, &after, Some(&home)).unwrap()), @r#"
    {
      "CustomerRef": {
        "value": "58"
      },
      "Line": [
        {
          "Description": "Hour of work",
          "Amount": 95.00,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "31"
            },
            "Qty": 1,
            "UnitPrice": 95,
            "TaxCodeRef": {
              "value": "NON"
            },
            "ServiceDate": "2026-05-04"
          }
        },
        {
          "Description": "Filter",
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
        }
      ]
    }
    "#);
}

#[test]
fn s8_only_what_changed_is_sent() {
    let before = invoice(&finished(&[hour()])).unwrap();
    let home = read::<qbo::Address>(&json!({ "Line1": "12 Harbor Street" }));
    for (changed, sent) in [
        (json!({ "DocNumber": "30417" }), r#""DocNumber":"30417""#),
        (
            json!({ "TxnDate": "2026-05-07" }),
            r#""TxnDate":"2026-05-07""#,
        ),
        (
            json!({ "DueDate": "2026-05-07" }),
            r#""DueDate":"2026-05-07""#,
        ),
        (
            json!({ "ShipAddr": { "Line1": "9 Job Road" } }),
            r#""ShipAddr":{"Line1":"9 Job Road"}"#,
        ),
        (json!({ "PrivateNote": "Ours" }), r#""PrivateNote":"Ours""#),
    ] {
        let after: qbo::Invoice = read(&with(serde_json::to_value(&before).unwrap(), &changed));
        let change =
            serde_json::to_string(&changes(&before, &after, Some(&home)).unwrap()).unwrap();
        let customer = r#""CustomerRef":{"value":"58"}"#;
        let in_order = [
            format!("{{{customer},{sent}}}"),
            format!("{{{sent},{customer}}}"),
        ];
        assert!(in_order.contains(&change), "{change}");
    }
}

#[test]
fn s8_another_customer_is_sent() {
    let before = invoice(&finished(&[hour()])).unwrap();
    let after: qbo::Invoice = read(&with(
        serde_json::to_value(&before).unwrap(),
        &json!({ "CustomerRef": { "value": "59" } }),
    ));
    let change = changes(&before, &after, None).unwrap();
    assert_eq!(
        serde_json::to_string(&change).unwrap(),
        r#"{"CustomerRef":{"value":"59"}}"#
    );
}

#[test]
fn c5_an_invoice_whose_service_address_went_away_is_shipped_home() {
    let mut job = finished(&[hour()]);
    let before = invoice(&job).unwrap();
    assert!(before.ship_addr.is_some());
    job.job.address = Some(read(&service("12 Harbor Street")));
    let after = invoice(&job).unwrap();
    let home = crate::customer::wanted(&job.customer, None).bill_addr;
    let change = changes(&before, &after, home.as_ref()).unwrap();
    assert_snapshot!(json_of(&change), @r#"
    {
      "CustomerRef": {
        "value": "58"
      },
      "ShipAddr": {
        "Line1": "12 Harbor Street",
        "City": "Salem",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97301"
      }
    }
    "#);
    // Elsewhere nothing is said about it, whatever else changes.
    let moved: qbo::Invoice = read(&with(
        serde_json::to_value(&after).unwrap(),
        &json!({ "PrivateNote": "Ours" }),
    ));
    let change = changes(&after, &moved, home.as_ref()).unwrap();
    assert_eq!(change.ship_addr, None);
}

/// An invoice of one hour with a term and a class.
fn sorted(term: Option<&str>, class: Option<Class<'_>>) -> qbo::Invoice {
    let term = term.map(qbo::Id::new);
    let sorted = References {
        customer: &"58".into(),
        items: &["31".into()],
        term: term.as_ref(),
        class,
        marker: &marker(),
    };
    invoice_of(&finished(&[hour()]), &sorted, true, SalesTax::Off).unwrap()
}

#[test]
fn m3_the_term_is_sent_with_the_invoice_and_alone_when_it_changed() {
    let term = |invoice: &qbo::Invoice| invoice.sales_term_ref.as_ref().map(json_text);
    let net_30 = sorted(Some("3"), None);
    assert_snapshot!(term(&net_30).unwrap(), @r#"{"value":"3"}"#);
    let net_60 = changes(&net_30, &sorted(Some("4"), None), None).unwrap();
    assert_snapshot!(json_text(&net_60), @r#"{"CustomerRef":{"value":"58"},"SalesTermRef":{"value":"4"}}"#);
    assert_eq!(term(&sorted(None, None)), None);
}

#[test]
fn l6_a_class_stands_on_the_document_or_on_each_line() {
    let plumbing = "7".into();
    let document = sorted(None, Some(Class::OfDocument(&plumbing)));
    let lines = sorted(None, Some(Class::OfLines(&plumbing)));
    assert_snapshot!(json_text(&document.class_ref), @r#"{"value":"7"}"#);
    assert!(!json_text(&document.line).contains("ClassRef"));
    assert_eq!(lines.class_ref, None);
    assert!(json_text(&lines.line).contains(r#""ClassRef":{"value":"7"}"#));
    let moved = sorted(None, Some(Class::OfDocument(&"8".into())));
    let moved = changes(&document, &moved, None).unwrap();
    assert_snapshot!(json_text(&moved), @r#"{"CustomerRef":{"value":"58"},"ClassRef":{"value":"8"}}"#);
}

fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn s8_a_note_of_the_old_form_is_rewritten_only_with_something_else() {
    let wanted = invoice(&finished(&[hour()])).unwrap();
    let old = "PO 12\nHousecall Pro job 20311 [hcp-qbo-sync:job_e1#main]".to_owned();
    let note = |theirs: &str| {
        let ours = marker().note("20311", &[]);
        Some(marker::beside(Some(theirs), &ours))
    };
    let wrote = qbo::Invoice {
        private_note: Some(old),
        ..wanted.clone()
    };
    let now = qbo::Invoice {
        private_note: note("PO 12"),
        ..wanted.clone()
    };
    assert_eq!(changes(&wrote, &now, None), None);
    let other = qbo::Invoice {
        private_note: note("PO 13"),
        ..wanted
    };
    let change = changes(&wrote, &other, None).unwrap();
    assert_eq!(change.private_note, note("PO 13"));
    let later = qbo::Invoice {
        due_date: Some(jiff::civil::date(2026, 7, 1)),
        ..now
    };
    let change = changes(&wrote, &later, None).unwrap();
    assert_eq!(change.private_note, note("PO 12"));
}

#[test]
fn r6_an_invoice_stands_as_written_until_somebody_edits_what_is_ours() {
    let filter = material("Filter", 2.0, 1_999, 3_998);
    let wrote = invoice(&finished(&[hour(), filter])).unwrap();
    let mut there = serde_json::to_value(&wrote).unwrap();
    // What QuickBooks adds.
    for (key, value) in [
        ("Id", json!("129")),
        ("SyncToken", json!("4")),
        ("Balance", json!(10.0)),
        ("TotalAmt", json!(134.98)),
        (
            "CustomerRef",
            json!({ "value": "58", "name": "Rosa Quill" }),
        ),
        ("LinkedTxn", json!([{ "TxnId": "7", "TxnType": "Payment" }])),
        ("TxnTaxDetail", json!({ "TotalTax": 0 })),
    ] {
        there[key] = value;
    }
    there["ShipAddr"]["Id"] = json!("11");
    there["Line"][0]["Id"] = json!("1");
    let sum =
        json!({ "Amount": 134.98, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {} });
    there["Line"].as_array_mut().unwrap().push(sum);
    assert!(stands_as_written(&read(&there), &wrote));
    for (place, value) in [
        ("/DocNumber", json!("7")),
        ("/TxnDate", json!("2026-01-01")),
        ("/DueDate", json!("2026-01-01")),
        ("/PrivateNote", json!("Paid in cash")),
        ("/CustomerRef/value", json!("59")),
        ("/ShipAddr/Line1", json!("8 Mill Lane")),
        ("/Line/0/Amount", json!(1)),
        ("/Line/0/Description", json!("Another")),
        ("/Line/1/SalesItemLineDetail/ItemRef/value", json!("99")),
        ("/Line/1/SalesItemLineDetail/Qty", json!(3)),
        ("/Line", json!([])),
    ] {
        let mut edited = there.clone();
        *edited.pointer_mut(place).unwrap() = value;
        assert!(!stands_as_written(&read(&edited), &wrote), "{place}");
    }
}
