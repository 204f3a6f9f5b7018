use money::Quantity;

use super::*;
use crate::bill::{BilledLine, Goods};

/// Lines of these amounts, taxable or not, a discount, and a tax.
fn bill(lines: &[(i64, bool)], discount: i64, tax: i64, names: &[&str]) -> Bill {
    let line = |&(amount, taxable): &(i64, bool)| BilledLine {
        name: "Line".to_owned(),
        description: None,
        goods: Goods::NotInPriceBook,
        quantity: Quantity::ONE,
        unit_price: None,
        amount: Cents::new(amount),
        taxable,
    };
    let sold: i64 = lines.iter().map(|(amount, _)| amount).sum();
    Bill {
        lines: lines.iter().map(line).collect(),
        discount: Cents::new(discount),
        tax: Cents::new(tax),
        tax_names: names.iter().map(|&name| name.to_owned()).collect(),
        total: Cents::new(sold - discount + tax),
    }
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
    ]
}

/// The id of the code that is chosen, or the names that are left to choose from.
fn choice(bill: &Bill) -> Result<String, Vec<String>> {
    let chosen = BTreeMap::from([("city".to_owned(), "3".into())]);
    let sales_tax = SalesTax::Manual {
        codes: &codes(),
        chosen: &chosen,
    };
    match detail(bill, sales_tax) {
        Ok(detail) => Ok(detail.unwrap().txn_tax_code_ref.unwrap().value.to_string()),
        Err(Refusal::TaxRateUnmapped { candidates, .. }) => Err(candidates),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn x1_tax_is_refused_where_quickbooks_charges_none() {
    let taxed = bill(&[(10_000, true)], 0, 825, &[]);
    let refused = Err(Refusal::NoSalesTax(Cents::new(825)));
    assert_eq!(detail(&taxed, SalesTax::Off), refused);
    let untaxed = bill(&[(10_000, true)], 0, 0, &[]);
    assert_eq!(detail(&untaxed, SalesTax::Off), Ok(None));
}

#[test]
fn x2_the_code_follows_from_the_amounts_and_the_name_settles_equals() {
    for (lines, discount, tax, names, chosen) in [
        // The only one that makes this tax.
        (
            vec![(32_575, true), (1_000, false)],
            0,
            1_824,
            vec![],
            Ok("5"),
        ),
        // After its part of the discount (X5).
        (
            vec![(32_575, true), (1_000, false)],
            5_000,
            1_553,
            vec![],
            Ok("5"),
        ),
        // Three make 8.25: only a name tells them apart.
        (vec![(10_000, true)], 0, 825, vec![" round  ROCK"], Ok("4")),
        (vec![(10_000, true)], 0, 825, vec!["Travis County"], Ok("2")),
        (
            vec![(10_000, true)],
            0,
            825,
            vec!["State"],
            Err(vec!["Travis County", "Austin", "Round Rock"]),
        ),
        (
            vec![(10_000, true)],
            0,
            825,
            vec!["Austin", "Round Rock"],
            Err(vec!["Travis County", "Austin", "Round Rock"]),
        ),
        // A person chose one for that name; it counts where it makes the tax.
        (vec![(10_000, true)], 0, 825, vec!["City"], Ok("3")),
        (vec![(10_000, true)], 0, 560, vec!["City"], Ok("5")),
        // Each rate is rounded for itself: 0.65 and 0.21 are not 0.85.
        (vec![(1_033, true)], 0, 86, vec![], Ok("2")),
        // A name whose rate makes another tax does not count.
        (vec![(10_000, true)], 0, 560, vec!["Austin"], Ok("5")),
        (vec![(10_000, true)], 0, 700, vec!["Austin"], Err(vec![])),
    ] {
        let told = format!("{lines:?} {discount} {tax} {names:?}");
        let chosen = chosen
            .map(str::to_owned)
            .map_err(|left: Vec<&str>| left.into_iter().map(str::to_owned).collect());
        assert_eq!(
            choice(&bill(&lines, discount, tax, &names)),
            chosen,
            "{told}"
        );
    }
}

#[test]
fn x2_without_tax_no_line_is_taxed_and_no_code_is_sent() {
    let bill = bill(&[(10_000, true)], 0, 0, &[]);
    let sales_tax = SalesTax::Manual {
        codes: &codes(),
        chosen: &BTreeMap::new(),
    };
    assert_eq!(detail(&bill, sales_tax), Ok(None));
    assert_eq!(code_of_line(&bill, true), qbo::Ref::to("NON"));
}

#[test]
fn x3_automated_tax_is_told_housecall_pros_amount_and_a_code() {
    let code: qbo::Id = "7".into();
    for tax in [0, 825] {
        let bill = bill(&[(10_000, true), (500, false)], 0, tax, &[]);
        let detail = detail(&bill, SalesTax::Automated(Some(&code)))
            .unwrap()
            .unwrap();
        assert_eq!(detail.total_tax, Some(Cents::new(tax)));
        assert_eq!(detail.txn_tax_code_ref, Some((&code).into()));
        let codes = [true, false].map(|taxable| code_of_line(&bill, taxable));
        let expected = if tax > 0 {
            ["TAX", "NON"]
        } else {
            ["NON", "NON"]
        };
        assert_eq!(codes, expected.map(qbo::Ref::to));
    }
}
