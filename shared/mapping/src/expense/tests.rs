use hcp::{InvoiceId, RefundId};
use jiff::{civil::date, tz::TimeZone};
use qbo::Purchase;

use super::*;
use crate::{
    Found, Kind, Marker,
    fixtures::{finished, hour},
};

fn refund(amount: i64, tip: i64, surcharge: i64) -> JobRefund {
    JobRefund {
        id: RefundId::parse("invref_1").unwrap(),
        invoice: InvoiceId::parse("invoice_1001").unwrap(),
        invoice_number: Some("1001".to_owned()),
        amount: Cents::new(amount),
        tip: Cents::new(tip),
        surcharge: Cents::new(surcharge),
        refunded_at: "2026-07-25T03:30:00Z".parse().unwrap(),
        method: None,
    }
}

fn marker(slot: &str) -> Marker {
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506");
    Marker::new(&company.unwrap(), slot)
}

#[test]
fn p5_credit_goes_back_before_what_paid_the_invoice() {
    // The refund, its tip and surcharge; what its payment leaves unapplied, and what the invoice has left.
    for (amount, tip, surcharge, unapplied, left, expected) in [
        (5_000, 0, 0, 0, 9_900, 0),
        (5_000, 0, 0, 5_000, 9_900, 5_000),
        (7_000, 0, 0, 5_000, 9_900, 5_000),
        (3_000, 0, 0, 5_000, 9_900, 3_000),
        // A tip and a surcharge were sold.
        (7_000, 2_000, 100, 9_000, 9_900, 4_900),
        (2_000, 2_000, 0, 5_000, 9_900, 0),
        // More than the invoice has left of it was not.
        (2_000, 2_000, 0, 5_000, 500, 1_500),
        (2_000, 2_000, 0, 5_000, 0, 2_000),
        (2_000, 3_000, 0, 5_000, 9_900, 0),
        (5_000, 0, 0, -100, 9_900, 0),
    ] {
        let refund = refund(amount, tip, surcharge);
        let credit = of_credit(&refund, Cents::new(unapplied), Cents::new(left));
        assert_eq!(
            credit,
            Cents::new(expected),
            "{refund:?} {unapplied} {left}"
        );
        assert_eq!(refund.less(credit).amount, Cents::new(amount - expected));
    }
}

#[test]
fn p5_the_payload_of_an_expense() {
    let paid_back = PaidBack {
        customer: "58".into(),
        account: "4".into(),
        receivable: "84".into(),
        method: Some("3".into()),
    };
    let zone = TimeZone::get("America/Chicago").unwrap();
    let marker = marker("job_1#expense#invref_1");
    let of = (&refund(7_000, 0, 0), Cents::new(5_000));
    let expense = wanted(&finished(&[hour()]), of, paid_back, &zone, &marker);
    assert_eq!(expense.txn_date, Some(date(2026, 7, 24)));
    insta::assert_snapshot!(serde_json::to_string_pretty(&expense).unwrap());
}

#[test]
fn p5_an_expense_is_found_by_its_marker_alone() {
    let of = |slot| Purchase {
        txn_date: Some(date(2026, 7, 24)),
        private_note: Some(marker(slot).payment_note("104", Some("Refund of credit"))),
        ..Purchase::default()
    };
    let (ours, other) = (of("job_1#expense#1"), of("job_1#expense#2"));
    let rows = [other.clone(), ours.clone()];
    let found = ours.find(&rows, &marker("job_1#expense#1"));
    assert_eq!(found, Found::One(Box::new(ours.clone()), Vec::new()));
    let found = ours.find(&[other], &marker("job_1#expense#1"));
    assert_eq!(found, Found::Nothing(Box::new(ours.clone())));
    assert_eq!(ours.key().as_deref(), Some("2026-07-24"));
    assert_eq!(ours.described(), "the expense 2026-07-24");
    assert_eq!(ours.change(&Purchase::default()), None);
}
