use serde_json::{Value, json};

use super::super::*;
use crate::fixtures::{finished, hour, invoiced, labor, material, with};

/// Why a job with these lines, not invoiced yet, is refused.
fn refusal(lines: &[Value]) -> Refusal {
    finished(lines).bill().unwrap_err()
}

#[test]
fn l2_the_lines_add_up_to_the_total_or_nothing_is_sent() {
    let lines = [
        hour(),
        material("Filter", 2.0, 1_999, 3_998),
        labor("Credit", 1.0, -1_000, -1_000),
    ];
    let records = invoiced(finished(&lines), &json!({}));
    assert_eq!(records.bill().unwrap().total, Cents::new(12_498));
    assert_eq!(records.bill().unwrap().lines.len(), 3);
    for total in [12_497, 12_499, 0] {
        let records = invoiced(finished(&lines), &json!({ "amount": total }));
        assert_eq!(
            records.bill(),
            Err(Refusal::LinesDoNotAddUp {
                lines: Cents::new(12_498),
                total: Cents::new(total),
            })
        );
    }
}

#[test]
fn l2_sums_beyond_the_range_are_refused() {
    let mut records = finished(&[hour(), hour()]);
    for line in &mut records.lines {
        line.amount = Some(Cents::new(i64::MAX));
    }
    assert_eq!(records.bill(), Err(Refusal::NoTotal));
}

#[test]
fn a_line_of_an_unknown_kind_is_refused() {
    for kind in ["tax", "labour"] {
        let line = with(labor("Extra", 1.0, 100, 100), &json!({ "kind": kind }));
        assert_eq!(
            refusal(&[hour(), line]),
            Refusal::NotSupported("a line of an unknown kind"),
            "{kind}"
        );
    }
}

#[test]
fn a_negative_total_is_refused() {
    let lines = [hour(), labor("Credit", 1.0, -9_501, -9_501)];
    let negative = Refusal::NotSupported("a negative total");
    assert_eq!(refusal(&lines), negative);
    let invoiced = invoiced(finished(&lines), &json!({}));
    assert_eq!(invoiced.bill(), Err(negative));
    let even = [hour(), labor("Credit", 1.0, -9_500, -9_500)];
    assert_eq!(finished(&even).bill().unwrap().lines.len(), 2);
}

#[test]
fn l2_what_a_deposit_takes_off_bears_no_tax() {
    let line = |goods, taxable, amount| BilledLine {
        name: "Hour of work".to_owned(),
        description: None,
        goods,
        quantity: money::Quantity::ONE,
        unit_price: None,
        amount: Cents::new(amount),
        taxable,
    };
    let bill = |deposit| Bill {
        lines: vec![
            line(Goods::NotInPriceBook, false, 9_500),
            line(Goods::Deposit, true, deposit),
        ],
        discount: Cents::ZERO,
        tax: Cents::new(1),
        tax_names: Vec::new(),
        total: Cents::new(9_501 + deposit),
    };
    for taken_off in [0, -100] {
        assert_eq!(
            checked(bill(taken_off)),
            Err(Refusal::NoTaxableLine(Cents::new(1)))
        );
    }
    // The deposit's own document bills it.
    assert!(checked(bill(100)).is_ok());
}
