use serde_json::{Value, json};

use super::*;
use crate::{
    Document, Invoicing, SentBefore,
    fixtures::{finished, invoiced, labor, material, typed, with},
};

fn taxed(name: &str, amount: i64) -> Value {
    with(
        material(name, 1.0, amount, amount),
        &json!({ "taxable": true }),
    )
}

fn off(amount: i64) -> Value {
    with(
        typed("Spring", amount),
        &json!({ "kind": "fixed discount" }),
    )
}

fn tip(amount: i64) -> Value {
    with(typed("Tip", amount), &json!({ "kind": "fixed gratuity" }))
}

/// A finished job with so much tax.
fn job(lines: &[Value], tax: i64) -> JobRecords {
    let mut records = finished(lines);
    let before: i64 = lines
        .iter()
        .map(|line| {
            let amount = line["amount"].as_i64().unwrap();
            if line["kind"] == "fixed discount" {
                -amount
            } else {
                amount
            }
        })
        .sum();
    records.job.total_amount = Some(Cents::new(before + tax));
    records
}

fn documents(records: &JobRecords) -> Vec<Document> {
    let standing = SentBefore::default();
    records
        .documents(Invoicing::MatchJobNumber, &standing)
        .unwrap()
}

/// What each document's tax is on, and what it is.
fn bases(records: &JobRecords) -> Vec<(i64, i64)> {
    let documents = documents(records);
    let bases = documents.iter().map(|document| &document.tax_base);
    bases
        .map(|base| (base.taxable.get(), base.tax.get()))
        .collect()
}

#[test]
fn x2_x5_tax_is_on_what_is_taxable_after_its_share_of_the_discount() {
    for (lines, tax, expected) in [
        (
            vec![taxed("Motor", 20_000), labor("Hour", 1.0, 9_500, 9_500)],
            1_450,
            20_000,
        ),
        // 30 off 200 taxable and 100 that are not: 180 are taxed.
        (
            vec![
                taxed("Motor", 20_000),
                labor("Hour", 1.0, 10_000, 10_000),
                off(3_000),
            ],
            900,
            18_000,
        ),
        // Nothing is taken off a tip.
        (
            vec![taxed("Motor", 20_000), tip(5_000), off(2_000)],
            900,
            18_000,
        ),
        (vec![labor("Hour", 1.0, 9_500, 9_500)], 0, 0),
    ] {
        let records = job(&lines, tax);
        assert_eq!(bases(&records), [(expected, tax)], "{lines:?}");
        let told = records.tax_base_of_job().unwrap();
        assert_eq!((told.taxable.get(), told.tax.get()), (expected, tax));
    }
}

/// A deposit of 74.57 on 128.89 and 63.59 taxed at 5.6 % and 95.00 that are not.
fn deposit_of_a_quarter() -> JobRecords {
    let lines = [
        taxed("Motor", 12_889),
        taxed("Filter kit", 6_359),
        labor("Hour", 1.0, 9_500, 9_500),
    ];
    let items = [
        ("Motor", 12_889, 3_223),
        ("Filter kit", 6_359, 1_590),
        ("Hour", 9_500, 2_375),
    ];
    let item = |(name, amount, part): (&str, i64, i64)| json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": part });
    let deposit = json!({
        "id": "invoice_d", "invoice_number": "D-20311", "amount": 7_457,
        "items": items.map(item), "taxes": [{ "name": "County", "amount": 269 }],
    });
    let whole = job(&lines, 1_078);
    invoiced(whole, &deposit)
}

#[test]
fn x2_each_part_is_tested_against_its_own_base_and_the_parts_add_up_to_the_job() {
    let records = deposit_of_a_quarter();
    assert_eq!(bases(&records), [(4_813, 269), (14_435, 809)]);
    let whole = records.tax_base_of_job().unwrap();
    assert_eq!((whole.taxable.get(), whole.tax.get()), (19_248, 1_078));
    for document in documents(&records) {
        assert_eq!(document.tax_base_of_job, Some(whole.clone()));
        assert_eq!(
            document.bill.tax_names,
            ["County"],
            "the deposit has the job's taxes"
        );
    }
}

#[test]
fn x2_how_many_taxes_a_job_has_its_invoices_tell() {
    let lines = [taxed("Motor", 20_000)];
    let tax = |name: &str| json!({ "name": name, "amount": 500 });
    assert_eq!(job(&lines, 1_000).count_of_taxes(), None);
    for (taxes, count) in [
        (json!([]), None),
        (json!([tax("County")]), Some(1)),
        (json!([tax("County"), tax("City")]), Some(2)),
    ] {
        let records = invoiced(job(&lines, 1_000), &json!({ "taxes": taxes }));
        assert_eq!(records.count_of_taxes(), count, "{taxes}");
    }
}

fn percent(text: &str) -> Vec<Percent> {
    text.split('+').map(|rate| rate.parse().unwrap()).collect()
}

#[test]
fn x2_a_percentage_makes_a_tax_within_what_rounding_allows_and_no_further() {
    let base = |taxable, tax, taxes, lines| TaxBase {
        tax: Cents::new(tax),
        taxable: Cents::new(taxable),
        taxes,
        lines,
        spread: 0,
        part: None,
    };
    for (base, rates, expected) in [
        // 7.25 % of 207.75 is 15.061875.
        (base(20_775, 1_506, Some(1), 1), "7.25", true),
        (base(20_775, 1_506, Some(1), 1), "6+1.25", true),
        (base(20_775, 1_507, Some(1), 1), "6+1.25", false),
        // Two taxes are rounded each: 12.465 and 2.596875.
        (base(20_775, 1_507, Some(2), 1), "7.25", true),
        // Before there is an invoice nobody tells how many there are.
        (base(20_775, 1_508, None, 1), "7.25", true),
        (base(20_775, 1_509, None, 1), "6+1.25", false),
        // A tax that was rounded line by line.
        (base(20_775, 1_507, Some(1), 2), "7.25", true),
        (base(20_775, 1_507, Some(1), 0), "7.25", false),
        (base(20_775, 1_509, Some(1), 6), "7.25", true),
        (base(20_775, 1_510, Some(1), 6), "7.25", false),
        // Half a cent exactly.
        (base(1_000, 63, Some(1), 1), "6.25", true),
        (base(1_000, 62, Some(1), 1), "6.25", true),
        (base(1_000, 64, Some(1), 1), "6.25", false),
        // What charges nothing makes no tax.
        (base(0, 1, Some(1), 9), "0", false),
        (base(100, 0, Some(1), 1), "0", false),
    ] {
        let told = format!("{base:?} {rates}");
        assert_eq!(base.is_made_by(&percent(rates)), expected, "{told}");
    }
    let huge = base(i64::MAX, i64::MAX, Some(1), 1);
    assert!(!huge.is_made_by(&percent("7.25")));
    assert!(!huge.is_made_by(&[]));
}

#[test]
fn x2_a_part_of_a_job_has_the_roundings_of_its_cut() {
    let base = |taxable, tax, invoices| TaxBase {
        tax: Cents::new(tax),
        taxable: Cents::new(taxable),
        taxes: Some(1),
        lines: 1,
        spread: 0,
        part: Some(Part { invoices, lines: 3 }),
    };
    // 5.6 % of 50.00: the tax may be a cent off, and the five cents that the lines may be off make 0.28.
    for (tax, invoices, expected) in [
        (280, 1, true),
        (281, 1, true),
        (282, 1, false),
        (282, 2, true),
        (283, 2, false),
    ] {
        let base = base(5_000, tax, invoices);
        assert_eq!(base.is_made_by(&percent("5.6")), expected, "{base:?}");
        let less = base.clone();
        let less = TaxBase {
            tax: Cents::new(560 - tax),
            ..less
        };
        assert_eq!(less.is_made_by(&percent("5.6")), expected, "{less:?}");
    }
}
