use std::collections::BTreeMap;

use super::*;
use crate::{TaxCode, fixtures::invoice_in};

/// A motor that is taxed, an hour that is not, ten per cent off, a tip, and the tax.
fn taxed() -> JobRecords {
    let off = json!({ "kind": "percent discount", "amount": -2_950, "service_item_id": null });
    let tip = json!({ "kind": "fixed gratuity", "service_item_id": null });
    let job = finished(&[
        with(
            material("Blower motor", 1.0, 20_000, 20_000),
            &json!({ "taxable": true }),
        ),
        hour(),
        with(labor("Spring", 1.0, 0, 0), &off),
        with(labor("Thank you", 1.0, 2_000, 2_000), &tip),
    ]);
    let told = json!({
        "amount": 30_035,
        "taxes": [{ "name": "County", "rate": 8.25, "amount": 1_485 }],
        "discounts": [{ "name": "Spring", "amount": -2_950 }],
    });
    invoiced(job, &told)
}

fn items() -> Vec<qbo::Id> {
    ["31", "32", "33", "34", "34"].map(Into::into).to_vec()
}

/// Lines, tax and what else is about money.
fn money(invoice: &qbo::Invoice) -> String {
    let lines: Vec<String> = invoice
        .line
        .iter()
        .map(|line| serde_json::to_string(line).unwrap())
        .collect();
    format!(
        "{}\n{:?} {}",
        lines.join("\n"),
        invoice.apply_tax_after_discount,
        serde_json::to_string(&invoice.txn_tax_detail).unwrap()
    )
}

#[test]
fn l3_l4_x3_x5_a_discount_beside_a_tip_is_lines_of_its_own_under_automated_sales_tax() {
    let code: qbo::Id = "9".into();
    let sales_tax = SalesTax::Automated(Some(&code));
    let invoice = invoice_in(&taxed(), &items(), true, sales_tax).unwrap();
    assert_snapshot!(money(&invoice), @r#"
    {"Description":"Blower motor","Amount":200.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"31"},"Qty":1,"UnitPrice":200,"TaxCodeRef":{"value":"TAX"},"ServiceDate":"2026-05-04"}}
    {"Description":"Hour of work","Amount":95.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"32"},"Qty":1,"UnitPrice":95,"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-05-04"}}
    {"Description":"Thank you","Amount":20.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"33"},"Qty":1,"UnitPrice":20,"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-05-04"}}
    {"Description":"Discount","Amount":-20.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"34"},"TaxCodeRef":{"value":"TAX"},"ServiceDate":"2026-05-04"}}
    {"Description":"Discount","Amount":-9.50,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"34"},"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-05-04"}}
    None {"TxnTaxCodeRef":{"value":"9"},"TotalTax":14.85}
    "#);
}

#[test]
fn x2_x5_under_rates_kept_by_hand_the_code_is_the_one_that_makes_the_tax() {
    let code = |id: &str, rate: &str| TaxCode {
        id: id.into(),
        name: format!("At {rate}"),
        rates: vec![rate.parse().unwrap()],
    };
    // 8.38 % of 180.00: 200.00 less its part of the discount, nothing of which is taken off the tip.
    let codes = [code("4", "8.25"), code("5", "8.38")];
    let sales_tax = SalesTax::Manual {
        codes: &codes,
        chosen: &BTreeMap::new(),
    };
    let invoice = invoice_in(&taxed(), &items(), true, sales_tax).unwrap();
    let tax = serde_json::to_string(&invoice.txn_tax_detail).unwrap();
    assert_snapshot!(tax, @r#"{"TxnTaxCodeRef":{"value":"4"},"TotalTax":14.85}"#);
}

#[test]
fn l3_x1_what_quickbooks_is_set_not_to_take_is_refused() {
    let automated = SalesTax::Automated(None);
    assert_eq!(
        invoice_in(&taxed(), &items(), false, automated),
        Err(Refusal::NoDiscounts(Cents::new(2_950)))
    );
    assert_eq!(
        invoice_in(&taxed(), &items(), true, SalesTax::Off),
        Err(Refusal::NoSalesTax(Cents::new(1_485)))
    );
    // What has neither is taken.
    let plain = finished(&[hour()]);
    assert!(invoice_in(&plain, &["31".into()], false, SalesTax::Off).is_ok());
}

#[test]
fn x3_every_change_tells_the_tax() {
    let code: qbo::Id = "9".into();
    let automated = |records: &JobRecords| {
        invoice_in(records, &items(), true, SalesTax::Automated(Some(&code))).unwrap()
    };
    let before = automated(&taxed());
    let mut dearer = taxed();
    dearer.invoices[0].taxes[0].amount = Some(Cents::new(1_486));
    dearer.invoices[0].amount = Some(Cents::new(30_036));
    let after = automated(&dearer);
    let change = changes(&before, &after, None).unwrap();
    assert_eq!(change.txn_tax_detail, after.txn_tax_detail);
    assert!(change.line.is_empty());
    let mut renumbered = after.clone();
    renumbered.doc_number = None;
    let change = changes(&renumbered, &after, None).unwrap();
    assert_eq!(change.txn_tax_detail, after.txn_tax_detail);
    assert!(change.line.is_empty());
    assert_eq!(changes(&after, &after, None), None);
}
