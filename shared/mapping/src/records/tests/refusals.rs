use serde_json::{Value, json};

use super::super::*;
use crate::fixtures::{finished, hour, invoiced, labor, material, with};

/// Why a job with these lines, not invoiced yet, is refused.
fn refusal(lines: &[Value]) -> Refusal {
    finished(lines).billed_lines().unwrap_err()
}

#[test]
fn n4_what_the_total_holds_beyond_the_lines_is_tax_until_there_is_an_invoice() {
    let mut records = finished(&[hour()]);
    records.job.total_amount = Some(Cents::new(9_501));
    assert_eq!(
        records.billed_lines(),
        Err(Refusal::NotSupported("sales tax"))
    );
    records.job.total_amount = Some(Cents::new(9_499));
    assert_eq!(
        records.billed_lines(),
        Err(Refusal::LinesDoNotAddUp {
            lines: Cents::new(9_500),
            total: Cents::new(9_499),
        })
    );
}

#[test]
fn several_live_invoices_are_refused_everywhere() {
    let records = invoiced(finished(&[hour()]), &json!({}));
    let records = invoiced(
        records,
        &json!({ "id": "invoice_2", "invoice_number": "20312" }),
    );
    let several = Refusal::NotSupported("several invoices");
    assert_eq!(records.invoice().unwrap_err(), several);
    assert_eq!(records.number().unwrap_err(), several);
    assert_eq!(records.total().unwrap_err(), several);
    assert_eq!(records.billed_lines().unwrap_err(), several);
    assert_eq!(records.days().unwrap_err(), several);
}

#[test]
fn an_invoice_over_a_part_of_the_job_is_refused() {
    let part = Err(Refusal::NotSupported("an invoice over a part of the job"));
    let item = |amount: Value, invoiced: Value| json!({ "name": "Hour of work", "amount": amount, "invoiced_amount": invoiced });
    let whole = || item(json!(9_500), json!(9_500));
    for (changes, refused) in [
        (json!({ "items": [whole()] }), false),
        (json!({ "items": [item(json!(9_500), Value::Null)] }), false),
        (json!({ "items": [] }), false),
        (
            json!({ "items": [whole(), item(json!(9_500), json!(4_750))] }),
            true,
        ),
        (json!({ "items": [item(json!(9_500), json!(0))] }), true),
        (json!({ "items": [item(Value::Null, json!(4_750))] }), true),
        (json!({ "invoice_number": "D-20311" }), true),
        (json!({ "invoice_number": "20311-D" }), false),
    ] {
        let records = invoiced(finished(&[hour()]), &changes);
        let found = records.invoice().map(|invoice| invoice.is_some());
        assert_eq!(
            found,
            if refused { part.clone() } else { Ok(true) },
            "{changes}"
        );
    }
}

#[test]
fn l2_the_lines_add_up_to_the_total_or_nothing_is_sent() {
    let lines = [
        hour(),
        material("Filter", 2.0, 1_999, 3_998),
        labor("Credit", 1.0, -1_000, -1_000),
    ];
    let records = invoiced(finished(&lines), &json!({}));
    assert_eq!(records.total(), Ok(Cents::new(12_498)));
    assert_eq!(records.billed_lines().unwrap().len(), 3);
    for total in [12_497, 12_499, 0] {
        let records = invoiced(finished(&lines), &json!({ "amount": total }));
        assert_eq!(
            records.billed_lines(),
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
    assert_eq!(records.billed_lines(), Err(Refusal::NoTotal));
}

#[test]
fn what_has_no_counterpart_yet_is_refused() {
    for (kind, what) in [
        ("fixed discount", "a discount"),
        ("percent discount", "a discount"),
        ("fixed_discount", "a discount"),
        ("fixed gratuity", "a tip"),
        ("tax", "a line of an unknown kind"),
        ("labour", "a line of an unknown kind"),
    ] {
        let line = with(labor("Extra", 1.0, 100, 100), &json!({ "kind": kind }));
        assert_eq!(
            refusal(&[hour(), line]),
            Refusal::NotSupported(what),
            "{kind}"
        );
    }
}

#[test]
fn taxes_and_discounts_of_the_invoice_are_refused_unless_they_are_nothing() {
    let tax = |amount: Value| json!({ "taxes": [{ "name": "County tax", "rate": 8.25, "amount": 0 }, { "name": "State tax", "rate": 6, "amount": amount }] });
    let discount = |amount: Value| json!({ "discounts": [{ "name": "Spring", "amount": amount }] });
    for (changes, what) in [
        (tax(json!(784)), Some("sales tax")),
        (tax(json!(-1)), Some("sales tax")),
        (tax(json!(0)), None),
        (tax(Value::Null), None),
        (discount(json!(500)), Some("a discount")),
        (discount(json!(-500)), Some("a discount")),
        (discount(json!(0)), None),
        (discount(Value::Null), None),
    ] {
        let records = invoiced(finished(&[hour()]), &changes);
        let refused = records.billed_lines().err();
        assert_eq!(refused, what.map(Refusal::NotSupported), "{changes}");
    }
}

#[test]
fn a_negative_total_is_refused() {
    let lines = [hour(), labor("Credit", 1.0, -9_501, -9_501)];
    let negative = Refusal::NotSupported("a negative total");
    assert_eq!(refusal(&lines), negative);
    let invoiced = invoiced(finished(&lines), &json!({}));
    assert_eq!(invoiced.billed_lines(), Err(negative));
    let even = [hour(), labor("Credit", 1.0, -9_500, -9_500)];
    assert_eq!(finished(&even).billed_lines().unwrap().len(), 2);
}
