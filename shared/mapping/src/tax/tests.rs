use serde_json::json;

use super::*;
use crate::fixtures::{finished, invoiced, labor, with};

/// A job of lines of these amounts, taxable or not, with a discount, its invoice and these taxes.
fn document(lines: &[(i64, bool)], discount: i64, taxes: &[(&str, i64)]) -> Document {
    let line = |(n, &(amount, taxable)): (usize, &(i64, bool))| {
        let changes = json!({ "taxable": taxable });
        with(labor(&format!("Line {n}"), 1.0, amount, amount), &changes)
    };
    let mut job: Vec<_> = lines.iter().enumerate().map(line).collect();
    if discount > 0 {
        let kind = json!({ "kind": "fixed discount", "service_item_id": null });
        job.push(with(labor("Spring", 1.0, discount, discount), &kind));
    }
    let sold: i64 = lines.iter().map(|(amount, _)| amount).sum();
    let tax: i64 = taxes.iter().map(|(_, tax)| tax).sum();
    let mut records = finished(&job);
    let total = sold - discount + tax;
    records.job.total_amount = Some(Cents::new(total));
    let named = |&(name, amount): &(&str, i64)| json!({ "name": name, "amount": amount });
    let taxes: Vec<_> = taxes.iter().map(named).collect();
    // Without a name Housecall Pro tells nothing but the total.
    if !taxes.iter().any(|tax| tax["name"] == "") {
        records = invoiced(records, &json!({ "amount": total, "taxes": taxes }));
    }
    records.main().unwrap()
}

fn code(id: &str, name: &str, rates: &[&str]) -> TaxCode {
    TaxCode {
        id: id.into(),
        name: name.to_owned(),
        rates: rates.iter().map(|rate| rate.parse().unwrap()).collect(),
    }
}

fn codes() -> Vec<TaxCode> {
    vec![
        code("2", "Travis County", &["6.25", "2"]),
        code("3", "Austin", &["8.25"]),
        code("4", "Round Rock", &["8.25"]),
        code("5", "Elsewhere", &["5.6"]),
        code("6", "None", &["0"]),
        code("7", "California", &["6", "1.25"]),
    ]
}

/// The id of the code that is taken, or the names of those that are left to choose from.
fn choice(document: &Document) -> Result<String, Vec<String>> {
    let chosen = [("city", "3"), ("town", "4"), ("gone", "99")];
    let chosen = chosen.map(|(name, id)| (name.to_owned(), id.into()));
    let sales_tax = SalesTax::Manual {
        codes: &codes(),
        chosen: &BTreeMap::from(chosen),
    };
    match detail(document, sales_tax) {
        Ok(detail) => Ok(detail.unwrap().txn_tax_code_ref.unwrap().value.to_string()),
        Err(Refusal::TaxRateUnmapped(unmapped)) => Err(unmapped.fitting),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn x1_tax_is_refused_where_quickbooks_charges_none() {
    let taxed = document(&[(10_000, true)], 0, &[("County", 825)]);
    let refused = Err(Refusal::NoSalesTax(Cents::new(825)));
    assert_eq!(detail(&taxed, SalesTax::Off), refused);
    let untaxed = document(&[(10_000, true)], 0, &[]);
    assert_eq!(detail(&untaxed, SalesTax::Off), Ok(None));
}

const EQUAL: [&str; 3] = [
    "Travis County (6.25 % + 2 %)",
    "Austin (8.25 %)",
    "Round Rock (8.25 %)",
];

#[test]
fn x2_a_code_follows_from_a_choice_else_from_name_and_percentage_else_from_the_percentage() {
    type Case<'a> = (
        Vec<(i64, bool)>,
        i64,
        Vec<(&'a str, i64)>,
        Result<&'a str, Vec<&'a str>>,
    );
    let plain = || vec![(10_000, true)];
    let cases: [Case<'_>; 19] = [
        // The only one whose percentage makes the tax.
        (
            vec![(32_575, true), (1_000, false)],
            0,
            vec![("", 1_824)],
            Ok("5"),
        ),
        // After its part of the discount (X5).
        (
            vec![(32_575, true), (1_000, false)],
            5_000,
            vec![("", 1_553)],
            Ok("5"),
        ),
        // 15.061875: Housecall Pro rounds the whole, QuickBooks 12.465 and 2.596875 each, which makes a cent more.
        (vec![(20_775, true)], 0, vec![("", 1_506)], Ok("7")),
        (vec![(20_775, true)], 0, vec![("County", 1_506)], Ok("7")),
        (vec![(20_775, true)], 0, vec![("", 1_507)], Ok("7")),
        // Three make 8.25, to the cent: only a name or a choice tells them apart.
        (plain(), 0, vec![(" round  ROCK", 825)], Ok("4")),
        (plain(), 0, vec![("Travis County", 825)], Ok("2")),
        (plain(), 0, vec![("State", 825)], Err(EQUAL.to_vec())),
        (plain(), 0, vec![("", 825)], Err(EQUAL.to_vec())),
        (
            plain(),
            0,
            vec![("Austin", 600), ("Round Rock", 225)],
            Err(EQUAL.to_vec()),
        ),
        // Each rate may be rounded for itself: 0.65 and 0.21 are not 0.85, but none of these is certain.
        (vec![(1_033, true)], 0, vec![("", 85)], Err(EQUAL.to_vec())),
        // What a person chose for the tax counts, whatever it makes: X4 tells what differs.
        (plain(), 0, vec![("City", 825)], Ok("3")),
        (plain(), 0, vec![("City", 560)], Ok("3")),
        // Chosen for one of two taxes it counts where the percentage is right.
        (plain(), 0, vec![("City", 625), ("State", 200)], Ok("3")),
        (plain(), 0, vec![("City", 360), ("State", 200)], Ok("5")),
        (
            plain(),
            0,
            vec![("City", 625), ("Town", 200)],
            Err(EQUAL.to_vec()),
        ),
        // A code that QuickBooks has no more is no choice.
        (plain(), 0, vec![("Gone", 560)], Ok("5")),
        // A name whose percentage makes another tax does not count.
        (plain(), 0, vec![("Austin", 560)], Ok("5")),
        (plain(), 0, vec![("Austin", 700)], Err(vec![])),
    ];
    for (lines, discount, taxes, expected) in cases {
        let told = format!("{lines:?} {discount} {taxes:?}");
        let expected = expected
            .map(str::to_owned)
            .map_err(|left: Vec<&str>| left.into_iter().map(str::to_owned).collect());
        let document = document(&lines, discount, &taxes);
        assert_eq!(choice(&document), expected, "{told}");
    }
}

#[test]
fn x2_a_small_part_of_a_job_is_told_apart_by_the_whole_job() {
    let lines = [
        labor("Hour", 1.0, 9_500, 9_500),
        with(
            labor("Motor", 1.0, 20_000, 20_000),
            &json!({ "taxable": true }),
        ),
    ];
    let mut records = finished(&lines);
    records.job.total_amount = Some(Cents::new(30_620));
    // One dollar of it, with six cents of tax: 5.6 and 7.25 per cent both make that.
    let items = [("Hour", 9_500, 30), ("Motor", 20_000, 66)];
    let items = items.map(|(name, amount, part)| {
        json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": part })
    });
    let deposit = json!({
        "invoice_number": "D-20311", "amount": 100, "items": items,
        "taxes": [{ "name": "County", "amount": 4 }],
    });
    let records = invoiced(records, &deposit);
    let documents = records
        .documents(
            crate::Invoicing::MatchJobNumber,
            &crate::SentBefore::default(),
        )
        .unwrap();
    let taken: Vec<_> = documents.iter().map(choice).collect();
    assert_eq!(taken, [Ok("5".to_owned()), Ok("5".to_owned())]);
    let alone = Document {
        tax_base_of_job: None,
        ..documents[0].clone()
    };
    assert!(choice(&alone).is_err_and(|left| left.len() > 1));
}

#[test]
fn x2_a_refusal_names_the_invoice_and_offers_what_there_is() {
    let told = |lines: &[(i64, bool)], taxes: &[(&str, i64)]| {
        let sales_tax = SalesTax::Manual {
            codes: &codes(),
            chosen: &BTreeMap::new(),
        };
        match detail(&document(lines, 0, taxes), sales_tax) {
            Err(Refusal::TaxRateUnmapped(unmapped)) => unmapped,
            other => panic!("{other:?}"),
        }
    };
    let equal = told(&[(10_000, true)], &[("State", 825)]);
    assert_eq!(equal.invoice, "20311");
    assert_eq!((equal.tax.get(), equal.taxable.get()), (825, 10_000));
    assert_eq!(equal.names, ["State"]);
    assert_eq!(equal.fitting, EQUAL);
    let none = told(&[(10_000, true)], &[("State", 700)]);
    assert_eq!(none.fitting, [""; 0]);
    // A code that charges nothing is no candidate.
    let charging = [
        EQUAL[0],
        EQUAL[1],
        EQUAL[2],
        "Elsewhere (5.6 %)",
        "California (6 % + 1.25 %)",
    ];
    assert_eq!(none.others, charging);
}

#[test]
fn x2_without_tax_no_line_is_taxed_and_no_code_is_sent() {
    let untaxed = document(&[(10_000, true)], 0, &[]);
    let sales_tax = SalesTax::Manual {
        codes: &codes(),
        chosen: &BTreeMap::new(),
    };
    assert_eq!(detail(&untaxed, sales_tax), Ok(None));
    assert_eq!(code_of_line(&untaxed.bill, true), qbo::Ref::to("NON"));
}

#[test]
fn x3_automated_tax_is_told_housecall_pros_amount_and_a_code() {
    let code: qbo::Id = "7".into();
    for tax in [0, 825] {
        let document = document(&[(10_000, true), (500, false)], 0, &[("County", tax)]);
        let detail = detail(&document, SalesTax::Automated(Some(&code)))
            .unwrap()
            .unwrap();
        assert_eq!(detail.total_tax, Some(Cents::new(tax)));
        assert_eq!(detail.txn_tax_code_ref, Some((&code).into()));
        let codes = [true, false].map(|taxable| code_of_line(&document.bill, taxable));
        let expected = if tax > 0 {
            ["TAX", "NON"]
        } else {
            ["NON", "NON"]
        };
        assert_eq!(codes, expected.map(qbo::Ref::to));
    }
}
