use serde_json::{Value, json};

use super::*;
use crate::{
    JobRecords,
    fixtures::{finished, hour, invoiced, labor, material, with},
};

mod lines;
mod refusals;

fn cents(amount: i64) -> Cents {
    Cents::new(amount)
}

/// Something taxable for 200 dollars and an hour for 95 that is not.
fn taxable() -> Value {
    with(
        material("Blower motor", 1.0, 20_000, 20_000),
        &json!({ "taxable": true }),
    )
}

/// A line that takes something off, or adds a tip.
fn other(kind: &str, amount: impl Into<Value>) -> Value {
    let nothing = json!({
        "kind": kind, "amount": amount.into(), "service_item_id": null, "service_item_type": null,
    });
    with(labor("Spring", 1.0, 0, 0), &nothing)
}

/// The same job with another total.
fn totalling(lines: &[Value], total: i64) -> JobRecords {
    let mut records = finished(lines);
    records.job.total_amount = Some(cents(total));
    records
}

/// Discount, tax and number of lines.
fn parts(bill: &Bill) -> (i64, i64, usize) {
    (bill.discount.get(), bill.tax.get(), bill.lines.len())
}

#[test]
fn n4_until_there_is_an_invoice_tax_is_what_the_total_holds_beyond_lines_and_discounts() {
    let lines = [hour(), taxable(), other("fixed discount", -1_000)];
    let bill = totalling(&lines, 30_000).bill().unwrap();
    assert_eq!(parts(&bill), (1_000, 1_500, 2));
    assert_eq!(
        totalling(&lines, 28_499).bill(),
        Err(Refusal::LinesDoNotAddUp {
            lines: cents(28_500),
            total: cents(28_499),
        })
    );
}

#[test]
fn l2_tax_needs_a_line_that_it_is_for() {
    let refused = Err(Refusal::NoTaxableLine(cents(1)));
    assert_eq!(totalling(&[hour()], 9_501).bill(), refused);
    let tax = json!({ "taxes": [{ "name": "County", "amount": 1 }], "amount": 9_501 });
    assert_eq!(invoiced(finished(&[hour()]), &tax).bill(), refused);
}

#[test]
fn l3_discounts_of_either_sign_and_kind_are_taken_off() {
    for (kind, amounts, off) in [
        ("fixed discount", vec![500], 500),
        ("fixed discount", vec![-500, -250], 750),
        ("percent discount", vec![-2_950], 2_950),
        ("fixed_discount", vec![500, -500], 1_000),
    ] {
        let mut lines = vec![hour(), taxable()];
        lines.extend(amounts.iter().map(|amount| other(kind, *amount)));
        let records = totalling(&lines, 29_500 - off);
        let bill = records.bill().unwrap();
        assert_eq!(parts(&bill), (off, 0, 2), "{kind} {amounts:?}");
        // The invoice repeats the discounts; they are not taken off twice.
        let told: Vec<Value> = amounts
            .iter()
            .map(|amount| json!({ "amount": amount }))
            .collect();
        let records = invoiced(records, &json!({ "discounts": told }));
        assert_eq!(records.bill().unwrap(), bill);
    }
    let unknown = [hour(), other("percent discount", Value::Null)];
    assert_eq!(
        finished(&unknown).bill(),
        Err(Refusal::NotSupported("a discount without an amount"))
    );
}

#[test]
fn l3_a_discount_that_only_the_invoice_tells_counts_where_it_closes_the_sum() {
    let told = |amount: i64| json!({ "discounts": [{ "amount": 500 }], "amount": amount });
    let bill = invoiced(finished(&[hour()]), &told(9_000)).bill().unwrap();
    assert_eq!(parts(&bill), (500, 0, 1));
    let whole = invoiced(finished(&[hour()]), &told(9_500)).bill().unwrap();
    assert_eq!(parts(&whole), (0, 0, 1));
    assert!(invoiced(finished(&[hour()]), &told(9_100)).bill().is_err());
}

#[test]
fn l3_l4_a_discount_of_the_job_stays_beside_a_surcharge_of_the_same_amount() {
    let payment = json!({ "id": "invpay_1", "status": "succeeded", "amount": 9_500, "surcharge_fee_amount": 500 });
    let paid = json!({ "payments": [payment], "amount": 9_500 });
    let records = finished(&[hour(), other("fixed discount", 500)]);
    let bill = invoiced(records, &paid).bill().unwrap();
    assert_eq!(parts(&bill), (500, 0, 2));
    assert_eq!(bill.lines[1].goods, Goods::Surcharge);
    assert_eq!(bill.lines[1].amount, cents(500));
}

#[test]
fn l4_a_tip_on_the_job_is_a_line_that_is_never_taxed() {
    let tip = with(other("fixed gratuity", 2_000), &json!({ "taxable": true }));
    let bill = finished(&[tip, hour()]).bill().unwrap();
    assert_eq!(bill.lines[0].goods, Goods::Tip);
    assert!(!bill.lines[0].taxable);
    assert_eq!(bill.total, cents(11_500));
}

#[test]
fn l4_tips_and_surcharges_of_payments_become_lines_where_the_total_holds_them() {
    let paid = |status: &str, total: i64| {
        let payment = json!({
            "id": "invpay_1", "status": status, "amount": total,
            "tip_amount": 700, "surcharge_fee_amount": 300,
        });
        invoiced(
            finished(&[hour()]),
            &json!({ "payments": [payment], "amount": total }),
        )
    };
    let goods = |total| {
        let bill = paid("succeeded", total).bill().unwrap();
        let extras = bill.lines.into_iter().skip(1);
        extras
            .map(|line| (line.goods, line.amount.get()))
            .collect::<Vec<_>>()
    };
    assert_eq!(goods(9_500), []);
    assert_eq!(goods(10_200), [(Goods::Tip, 700)]);
    assert_eq!(goods(9_800), [(Goods::Surcharge, 300)]);
    assert_eq!(goods(10_500), [(Goods::Tip, 700), (Goods::Surcharge, 300)]);
    for (status, total) in [("failed", 10_200), ("succeeded", 10_201)] {
        let refused = Refusal::LinesDoNotAddUp {
            lines: cents(9_500),
            total: cents(total),
        };
        assert_eq!(paid(status, total).bill(), Err(refused), "{status}");
    }
}

#[test]
fn x5_several_taxes_add_up_after_the_discount() {
    let lines = [taxable(), other("fixed discount", -1_000)];
    let taxes = json!({
        "taxes": [{ "name": "State", "amount": 1_140 }, { "name": "County", "amount": 95 }, { "amount": null }],
        "discounts": [{ "amount": -1_000 }],
        "amount": 20_235,
    });
    let bill = invoiced(finished(&lines), &taxes).bill().unwrap();
    assert_eq!(parts(&bill), (1_000, 1_235, 1));
    assert_eq!(bill.tax_names, ["County", "State"]);
    let negative = json!({ "taxes": [{ "amount": -1 }] });
    assert_eq!(
        invoiced(finished(&[taxable()]), &negative).bill(),
        Err(Refusal::NotSupported("a negative sales tax"))
    );
}

#[test]
fn n6_progress_invoices_bill_the_whole_job() {
    let lines = [hour(), taxable()];
    let part = |number: &str| {
        let item = json!({ "name": "Hour of work", "amount": 9_500, "invoiced_amount": 4_750 });
        let tax = json!([{ "name": "County", "amount": 825 }]);
        json!({ "invoice_number": number, "amount": 5_575, "items": [item], "taxes": tax })
    };
    let once = invoiced(totalling(&lines, 31_150), &part("20311-1"));
    let twice = invoiced(once.clone(), &part("20311-2"));
    for records in [once, twice] {
        let bill = records.bill().unwrap();
        assert_eq!(parts(&bill), (0, 1_650, 2));
        assert_eq!(bill.total, cents(31_150));
        assert_eq!(bill.tax_names, ["County"]);
    }
}
