use jiff::tz::TimeZone;
use qbo::{Line, Ref, SalesItemLine, SalesReceipt};
use serde_json::{Value, json};

use super::*;
use crate::{
    Found, JobRecords, Kind, Marker, SlotName,
    fixtures::{finished, hour, invoiced},
    refund::{GivenBack, Mirror},
};

/// Minutes after noon at which something happened.
fn at(minute: u32) -> String {
    format!("2026-07-24T12:{minute:02}:00Z")
}

/// An invoice with what was paid of it, and given back, at these minutes.
fn invoice(number: &str, due: i64, paid: &[(u32, i64)], back: &[(u32, i64)]) -> Value {
    let paid = paid.iter().map(|(minute, amount)| {
        json!({
            "id": format!("invpay_{minute}"), "status": "succeeded", "amount": amount,
            "payment_method": "credit_card", "paid_at": at(*minute), "note": "Window 3",
        })
    });
    let back = back.iter().map(|(minute, amount)| {
        json!({
            "id": format!("invref_{minute}"), "status": "succeeded", "amount": amount,
            "payment_method": "credit_card", "refunded_at": at(*minute),
        })
    });
    json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": 9_500, "due_amount": due,
        "payments": paid.collect::<Vec<_>>(), "refunds": back.collect::<Vec<_>>(),
    })
}

fn records(invoices: &[Value]) -> JobRecords {
    invoices.iter().fold(finished(&[hour()]), invoiced)
}

/// What each payment repeats, where these were sent before.
fn told(records: &JobRecords, documents: &[&[&str]], sent: &[(&str, i64)]) -> String {
    let documents: Vec<Vec<InvoiceId>> = documents
        .iter()
        .map(|ids| ids.iter().map(|id| InvoiceId::parse(id).unwrap()).collect())
        .collect();
    let sent = |payment: &PaymentId, _: &InvoiceId| {
        let mut sent = sent.iter();
        let amount = sent.find(|(id, _)| payment.as_str() == *id);
        amount.map(|(_, amount)| Cents::new(*amount))
    };
    let (payments, refunds) = (records.payments().0, records.refunds().0);
    let all = repeats(&payments, &refunds, &documents, sent).into_iter();
    let all = all.flat_map(|(payment, own)| {
        own.into_iter()
            .map(move |(invoice, amount)| format!("{payment} {invoice} {amount}"))
    });
    all.collect::<Vec<_>>().join("; ")
}

#[test]
fn p4_a_payment_repeats_what_was_refunded_before_it() {
    let whole = [(10, 9_500)];
    for (paid, back, expected) in [
        // Nothing was paid after it.
        (&[(0, 9_500)][..], &whole[..], ""),
        (
            &[(0, 9_500), (20, 9_500)],
            &whole,
            "invpay_20 invoice_1001 95.00",
        ),
        // In parts, and more than went back.
        (
            &[(0, 9_500), (20, 4_000), (30, 6_000)],
            &whole,
            "invpay_20 invoice_1001 40.00; invpay_30 invoice_1001 55.00",
        ),
        (
            &[(0, 9_500), (20, 5_000)],
            &[(10, 2_000)],
            "invpay_20 invoice_1001 20.00",
        ),
        // What went back later is repeated later.
        (
            &[(0, 9_500), (20, 5_000), (40, 9_500)],
            &[(10, 2_000), (30, 6_000)],
            "invpay_20 invoice_1001 20.00; invpay_40 invoice_1001 60.00",
        ),
        // At the same moment: nobody knows which was first, and a refund follows its payment.
        (&[(0, 9_500), (10, 9_500)], &whole, ""),
    ] {
        let records = records(&[invoice("1001", 0, paid, back)]);
        assert_eq!(
            told(&records, &[&["invoice_1001"]], &[]),
            expected,
            "{paid:?} {back:?}"
        );
    }
}

#[test]
fn p4_a_document_that_stands_for_several_invoices_counts_them_together() {
    let records = records(&[
        invoice("1001", 0, &[(0, 9_500)], &[(10, 9_500)]),
        invoice("1002", 0, &[(20, 4_000), (30, 5_500)], &[]),
    ]);
    let together: &[&[&str]] = &[&["invoice_1001", "invoice_1002"]];
    assert_eq!(
        told(&records, together, &[]),
        "invpay_20 invoice_1002 40.00; invpay_30 invoice_1002 55.00"
    );
    assert_eq!(
        told(&records, &[&["invoice_1001"], &["invoice_1002"]], &[]),
        ""
    );
    // What was sent as a payment stays one, and leaves more to the next.
    assert_eq!(
        told(&records, together, &[("invpay_20", 0)]),
        "invpay_30 invoice_1002 55.00"
    );
    assert_eq!(
        told(&records, together, &[("invpay_20", 3_900)]),
        "invpay_20 invoice_1002 39.00; invpay_30 invoice_1002 55.00"
    );
}

#[test]
fn p4_what_housecall_pro_leaves_paid_is_not_due_again() {
    let id = InvoiceId::parse("invoice_1001").unwrap();
    for (due, paid, back, expected) in [
        (9_500, &[(0, 9_500)][..], &[(10, 9_500)][..], true),
        (0, &[(0, 9_500)], &[(10, 9_500)], false),
        (3_500, &[(0, 6_000)], &[(10, 2_000)], false),
        (5_500, &[(0, 6_000)], &[(10, 2_000)], true),
        (0, &[(0, 9_500), (20, 9_500)], &[(10, 9_500)], true),
    ] {
        let records = records(&[invoice("1001", due, paid, back)]);
        assert_eq!(
            records.is_due_again(&id),
            expected,
            "{due} {paid:?} {back:?}"
        );
    }
    let other = InvoiceId::parse("invoice_1002").unwrap();
    assert!(records(&[]).is_due_again(&other));
}

fn marker(slot: &str) -> Marker {
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506");
    Marker::new(&company.unwrap(), slot)
}

#[test]
fn p4_the_payload_of_a_repetition() {
    let records = records(&[invoice(
        "1001",
        0,
        &[(0, 9_500), (20, 4_000)],
        &[(10, 9_500)],
    )]);
    let payment = &records.payments().0[1];
    let detail = SalesItemLine {
        item: Some(Ref::to("1")),
        ..SalesItemLine::default()
    };
    let mirror = Mirror {
        lines: vec![
            Line::sales_item(Cents::new(4_200), detail).described("Hour"),
            Line::discount(Cents::new(200), None),
        ],
        class: None,
        tax_detail: None,
        work: GivenBack::default(),
    };
    let paid_in = PaidIn {
        customer: "58".into(),
        account: Some("35".into()),
        method: Some("3".into()),
    };
    let zone = TimeZone::get("America/Chicago").unwrap();
    let id = InvoiceId::parse("invoice_1001").unwrap();
    let marker = marker("job_1#receipt#invpay_20#invoice_1001");
    let receipt = wanted(&records, (payment, &id), paid_in, mirror, &zone, &marker);
    insta::assert_snapshot!(serde_json::to_string_pretty(&receipt).unwrap(), @r#"
    {
      "TxnDate": "2026-07-24",
      "CustomerRef": {
        "value": "58"
      },
      "Line": [
        {
          "Description": "Hour",
          "Amount": 42.00,
          "DetailType": "SalesItemLineDetail",
          "SalesItemLineDetail": {
            "ItemRef": {
              "value": "1"
            }
          }
        },
        {
          "Amount": 2.00,
          "DetailType": "DiscountLineDetail",
          "DiscountLineDetail": {
            "PercentBased": false
          }
        }
      ],
      "ApplyTaxAfterDiscount": true,
      "PaymentMethodRef": {
        "value": "3"
      },
      "PaymentRefNum": "1001",
      "DepositToAccountRef": {
        "value": "35"
      },
      "PrivateNote": "HCP job 20311 · shz9bp603n\nPaid again after a refund on invoice 1001\nWindow 3"
    }
    "#);
}

#[test]
fn p4_a_repetition_is_found_by_its_marker_alone() {
    let of = |slot| SalesReceipt {
        txn_date: Some(jiff::civil::date(2026, 7, 24)),
        private_note: Some(marker(slot).payment_note("104", None)),
        ..SalesReceipt::default()
    };
    let (ours, other) = (of("job_1#receipt#1#1"), of("job_1#receipt#2#1"));
    let rows = [other.clone(), ours.clone()];
    let found = ours.find(&rows, &marker("job_1#receipt#1#1"));
    assert_eq!(found, Found::One(Box::new(ours.clone()), Vec::new()));
    let found = ours.find(&[other], &marker("job_1#receipt#1#1"));
    assert_eq!(found, Found::Nothing(Box::new(ours.clone())));
    assert_eq!(ours.key().as_deref(), Some("2026-07-24"));
    assert_eq!(ours.change(&SalesReceipt::default()), None);
}

#[test]
fn p4_the_slot_of_a_repetition_tells_payment_and_invoice() {
    let job: hcp::JobId = serde_json::from_str("\"job_1\"").unwrap();
    let payment = PaymentId::parse("invpay_1").unwrap();
    let invoice = InvoiceId::parse("invoice_1").unwrap();
    let name = SlotName::sales_receipt(&job, &payment, &invoice);
    assert_eq!(name.repetition(&job), Some((payment.clone(), invoice)));
    assert_eq!(SlotName::payment(&job, &payment).repetition(&job), None);
    assert_eq!(name.payment_id(&job), None);
}
