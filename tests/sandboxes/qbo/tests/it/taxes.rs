//! Sales tax in its three modes.

use qbo_sandbox::{Json, SalesTax, UncollectedTax};

use crate::app::{App, Refused, invoice_body, options};

fn company(mode: SalesTax) -> App {
    let mut options = options();
    options.company.sales_tax = mode;
    let app = App::with(options);
    app.customer("Amy");
    app
}

/// An invoice with a taxable line of 325.75, one of 10 that is not, and these fields.
fn body(fields: &str, more_lines: &str) -> String {
    let line = |amount: &str, code: &str| {
        format!(
            r#"{{"Amount":{amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}},"TaxCodeRef":{{"value":"{code}"}}}}}}"#
        )
    };
    format!(
        r#"{{"CustomerRef":{{"value":"1"}},{fields}"Line":[{},{}{more_lines}]}}"#,
        line("325.75", "TAX"),
        line("10", "NON"),
    )
}

fn tax(invoice: &Json) -> [String; 2] {
    ["Invoice.TxnTaxDetail.TotalTax", "Invoice.TotalAmt"]
        .map(|path| invoice.at(path).unwrap().to_string())
}

#[test]
fn without_sales_tax_tax_is_ignored() {
    let app = company(SalesTax::Off);
    let sent = r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"99"},"TotalTax":0.8},"GlobalTaxCalculation":"TaxExcluded","#;
    let invoice = app.post("invoice", &body(sent, ""));
    assert_eq!(
        invoice.at("Invoice.TxnTaxDetail").unwrap().to_string(),
        r#"{"TotalTax":0}"#
    );
    assert_eq!(
        invoice.at("Invoice.TotalAmt").unwrap().to_string(),
        "335.75"
    );
    assert_eq!(invoice.at("Invoice.GlobalTaxCalculation"), None);
    assert!(app.ids("select * from TaxCode").is_empty());
}

#[test]
fn kept_by_hand_a_document_names_its_code_and_quickbooks_adds_up() {
    let app = company(SalesTax::Manual);
    app.post("taxagency", r#"{"DisplayName":"City"}"#);
    let made = app.post(
        "taxservice/taxcode",
        r#"{"TaxCode":"Eight","TaxRateDetails":[{"TaxRateName":"eight","RateValue":"8","TaxAgencyId":"3","TaxApplicableOn":"Sales"}]}"#,
    );
    let code = made.text("TaxCodeId").unwrap();
    let with = |code: &str| {
        format!(r#""TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"{code}"}},"TotalTax":99}},"#)
    };
    let invoice = app.post("invoice", &body(&with(code), ""));
    insta::assert_snapshot!(invoice.at("Invoice.TxnTaxDetail").unwrap(), @r#"{"TxnTaxCodeRef":{"value":"4"},"TotalTax":26.06,"TaxLine":[{"Amount":26.06,"DetailType":"TaxLineDetail","TaxLineDetail":{"TaxRateRef":{"value":"4"},"PercentBased":true,"TaxPercent":8,"NetAmountTaxable":325.75}}]}"#);
    assert_eq!(tax(&invoice), ["26.06", "361.81"]);
    // Two rates, each rounded for itself: 19.545 and 4.071875.
    let two = app.post("invoice", &body(&with("2"), ""));
    assert_eq!(
        two.at("Invoice.TxnTaxDetail.TaxLine.0.Amount")
            .unwrap()
            .to_string(),
        "19.55"
    );
    assert_eq!(
        two.at("Invoice.TxnTaxDetail.TaxLine.1.Amount")
            .unwrap()
            .to_string(),
        "4.07"
    );
    assert_eq!(tax(&two), ["23.62", "359.37"]);
    let none = app.post("invoice", &body("", ""));
    assert_eq!(tax(&none), ["0", "335.75"]);
    // A sparse update of other fields keeps the code; other lines change the tax.
    app.post(
        "invoice",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#,
    );
    assert_eq!(app.shown("Invoice", "1", "TxnTaxDetail.TotalTax"), "26.06");
    let other = r#"{"Id":"1","SyncToken":"1","sparse":true,"Line":[{"Amount":100,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1"},"TaxCodeRef":{"value":"TAX"}}}]}"#;
    assert_eq!(tax(&app.post("invoice", other)), ["8.00", "108.00"]);
    assert_eq!(app.shown("Account", "12", "CurrentBalance"), "-31.62");
    app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"2"}"#);
    assert_eq!(
        app.shown("Invoice", "1", "TxnTaxDetail"),
        r#"{"TotalTax":0}"#
    );
}

#[test]
fn a_discount_goes_before_or_after_the_tax() {
    let app = company(SalesTax::Manual);
    let discount = r#",{"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10}}"#;
    let fixed = r#",{"Amount":50,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":false}}"#;
    let code = r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"3"}},"#;
    for (line, first, expected) in [
        // 5.6 % of 325.75; of 325.75 less its part of the discount (32.575, 48.51).
        (discount, false, ["18.24", "320.41"]),
        (discount, true, ["16.42", "318.59"]),
        (fixed, false, ["18.24", "303.99"]),
        (fixed, true, ["15.53", "301.28"]),
    ] {
        let fields = format!(r#"{code}"ApplyTaxAfterDiscount":{first},"#);
        let invoice = app.post("invoice", &body(&fields, line));
        assert_eq!(tax(&invoice), expected, "{first} {line}");
        let kinds: Vec<&str> = invoice
            .at("Invoice.Line")
            .unwrap()
            .as_list()
            .iter()
            .map(|line| line.text("DetailType").unwrap())
            .collect();
        assert_eq!(kinds[2..], ["SubTotalLineDetail", "DiscountLineDetail"]);
    }
    app.sandbox
        .configure(|company| company.allow_discount = false);
    assert_eq!(app.refused("invoice", &body(code, discount)).status, 501);
}

#[test]
fn a_discount_takes_the_whole_subtotal_and_no_more() {
    let app = company(SalesTax::Manual);
    let invoice = |discount: &str| {
        let line = format!(
            r#",{{"Amount":{discount},"DetailType":"DiscountLineDetail","DiscountLineDetail":{{}}}}"#
        );
        body(r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"3"}},"#, &line)
    };
    let all = app.post("invoice", &invoice("335.75"));
    assert_eq!(tax(&all), ["18.24", "18.24"]);
    // The tax would still pay for it.
    assert_eq!(app.refused("invoice", &invoice("335.76")).code, "6000");
}

#[test]
fn automated_tax_follows_the_address_and_honours_an_amount_with_a_code() {
    let app = company(SalesTax::Automated);
    let ship = |state: &str| {
        format!(r#""ShipAddr":{{"Line1":"1 Way","CountrySubDivisionCode":"{state}"}},"#)
    };
    let bill = r#""BillAddr":{"Line1":"1 Way","CountrySubDivisionCode":"AZ"},"#;
    let detail = |detail: &str| format!(r#""TxnTaxDetail":{{{detail}}},"#);
    for (fields, expected) in [
        // Nowhere: the company's own state.
        (String::new(), ["23.62", "359.37"]),
        (ship("AZ"), ["18.24", "353.99"]),
        (bill.to_owned(), ["18.24", "353.99"]),
        (ship("NV"), ["0", "335.75"]),
        // A code alone is replaced, an amount alone is not taken.
        (
            ship("AZ") + &detail(r#""TxnTaxCodeRef":{"value":"2"}"#),
            ["18.24", "353.99"],
        ),
        (ship("AZ") + &detail(r#""TotalTax":1"#), ["18.24", "353.99"]),
        (
            ship("AZ") + &detail(r#""TotalTax":1,"TxnTaxCodeRef":{"value":"2"}"#),
            ["1.00", "336.75"],
        ),
        (
            detail(r#""TotalTax":10,"TxnTaxCodeRef":{"value":"2"}"#),
            ["10.00", "345.75"],
        ),
        (
            detail(r#""TotalTax":0,"TxnTaxCodeRef":{"value":"2"}"#),
            ["0", "335.75"],
        ),
    ] {
        let invoice = app.post("invoice", &body(&fields, ""));
        assert_eq!(tax(&invoice), expected, "{fields}");
    }
    assert_eq!(
        app.shown("Invoice", "8", "TxnTaxDetail.TaxLine.0.Amount"),
        "8.28"
    );
    assert_eq!(
        app.shown("Invoice", "8", "TxnTaxDetail.TaxLine.1.Amount"),
        "1.72"
    );
    assert_eq!(
        app.shown("Invoice", "5", "TxnTaxDetail.TxnTaxCodeRef.value"),
        "\"3\""
    );
    // Exempt customers.
    app.post(
        "customer",
        r#"{"DisplayName":"School","TaxExemptionReasonId":"11"}"#,
    );
    let school = body("", "").replace(
        r#""CustomerRef":{"value":"1"}"#,
        r#""CustomerRef":{"value":"2"}"#,
    );
    assert_eq!(tax(&app.post("invoice", &school)), ["0", "335.75"]);
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Taxable":false}"#,
    );
    assert_eq!(tax(&app.post("invoice", &body("", ""))), ["0", "335.75"]);
}

#[test]
fn an_amount_of_tax_is_dropped_where_none_is_collected_unless_the_company_is_so() {
    for (choice, code, expected) in [
        (UncollectedTax::Drop, "-", ["0", "335.75"]),
        (UncollectedTax::Keep, "\"3\"", ["10.00", "345.75"]),
    ] {
        let mut options = options();
        options.company.sales_tax = SalesTax::Automated;
        options.doubts.uncollected_tax = choice;
        let app = App::with(options);
        app.customer("Amy");
        let exempt = r#"{"DisplayName":"School","TaxExemptionReasonId":"11"}"#;
        app.post("customer", exempt);
        let sent = r#""TxnTaxDetail":{"TotalTax":10,"TxnTaxCodeRef":{"value":"3"}},"#;
        let nowhere = r#""ShipAddr":{"Line1":"1 Way","CountrySubDivisionCode":"NV"},"#;
        for (id, body) in [
            ("1", body(&format!("{nowhere}{sent}"), "")),
            (
                "2",
                body(sent, "").replacen(r#"{"value":"1"}"#, r#"{"value":"2"}"#, 1),
            ),
        ] {
            assert_eq!(
                tax(&app.post("invoice", &body)),
                expected,
                "{choice:?} {id}"
            );
            let found = app.shown("Invoice", id, "TxnTaxDetail.TxnTaxCodeRef.value");
            assert_eq!(found, code);
        }
        // What was dropped does not come back when the invoice ships to where tax is collected.
        let moved = r#"{"Id":"1","SyncToken":"0","sparse":true,"ShipAddr":{"Line1":"1 Way","CountrySubDivisionCode":"AZ"}}"#;
        assert_eq!(tax(&app.post("invoice", moved)), ["18.24", "353.99"]);
    }
}

#[test]
fn an_amount_of_tax_is_lost_in_a_later_edit_unless_the_company_is_so() {
    for (survives, expected) in [(false, "23.62"), (true, "10.00")] {
        let mut options = options();
        options.company.sales_tax = SalesTax::Automated;
        options.doubts.tax_override_survives_edit = survives;
        let app = App::with(options);
        app.customer("Amy");
        let fields = r#""TxnTaxDetail":{"TotalTax":10,"TxnTaxCodeRef":{"value":"2"}},"#;
        app.post("invoice", &body(fields, ""));
        app.post(
            "invoice",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#,
        );
        assert_eq!(app.shown("Invoice", "1", "TxnTaxDetail.TotalTax"), expected);
        // Nothing of it is left on a voided invoice.
        app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"1"}"#);
        app.post(
            "invoice",
            r#"{"Id":"1","SyncToken":"2","sparse":true,"PrivateNote":"y"}"#,
        );
        assert_eq!(app.shown("Invoice", "1", "TotalAmt"), "0");
    }
}

#[test]
fn an_amount_of_tax_is_not_honoured_where_automated_tax_overrides_it() {
    for (overrides, expected) in [(false, "10.00"), (true, "23.62")] {
        let mut options = options();
        options.company.sales_tax = SalesTax::Automated;
        options.doubts.automated_tax_overrides = overrides;
        let app = App::with(options);
        app.customer("Amy");
        let fields = r#""TxnTaxDetail":{"TotalTax":10,"TxnTaxCodeRef":{"value":"2"}},"#;
        app.post("invoice", &body(fields, ""));
        assert_eq!(app.shown("Invoice", "1", "TxnTaxDetail.TotalTax"), expected);
        let edit = format!(
            r#"{{"Id":"1","SyncToken":"0","sparse":true,{}"#,
            fields.trim_end_matches(',')
        ) + "}";
        app.post("invoice", &edit);
        assert_eq!(app.shown("Invoice", "1", "TxnTaxDetail.TotalTax"), expected);
    }
}

#[test]
fn codes_and_rates_are_read_and_made_through_the_tax_service_only() {
    let app = company(SalesTax::Manual);
    insta::assert_snapshot!(app.get("taxcode/TAX").at("TaxCode").unwrap(), @r#"{"Id":"TAX","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"Name":"TAX","Description":"TAX","Taxable":true,"TaxGroup":false}"#);
    insta::assert_snapshot!(app.get("taxcode/3").at("TaxCode").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"3","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"Name":"Arizona","Description":"Arizona","Active":true,"Hidden":false,"Taxable":true,"TaxGroup":true,"SalesTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"3","name":"Arizona State"},"TaxTypeApplicable":"TaxOnAmount","TaxOrder":0}]},"PurchaseTaxRateList":{"TaxRateDetail":[]},"TaxCodeConfigType":"USER_DEFINED"}"#);
    insta::assert_snapshot!(app.get("taxrate/3").at("TaxRate").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"3","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"Name":"Arizona State","Description":"Arizona State","Active":true,"RateValue":5.6,"AgencyRef":{"value":"2"},"SpecialTaxType":"NONE","DisplayType":"ReadOnly"}"#);
    assert_eq!(
        app.ids("select * from TaxCode"),
        ["TAX", "NON", "2", "3", "CustomSalesTax"]
    );
    assert_eq!(Refused::of(&app.call("GET", "taxcode/0", "")).code, "2030");
    let named = |length: usize| {
        let name = "x".repeat(length);
        format!(
            r#"{{"TaxCode":"long","TaxRateDetails":[{{"TaxRateName":"{name}","RateValue":1,"TaxAgencyId":"1"}}]}}"#
        )
    };
    let long_name = named(101);
    for (path, body, code, element) in [
        ("taxcode", r#"{"Name":"x"}"#, "501", None),
        ("taxrate", r#"{"Name":"x"}"#, "501", None),
        ("taxagency", "{}", "2020", Some("DisplayName")),
        ("taxservice/taxcode", "{}", "2020", Some("TaxCode")),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x"}"#,
            "2020",
            Some("TaxRateDetails"),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","Rate":1}"#,
            "2010",
            None,
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"california","TaxRateDetails":[{"TaxRateId":"1"}]}"#,
            "6240",
            Some(""),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","TaxRateDetails":[{"TaxRateId":"9"}]}"#,
            "2500",
            Some("TaxRateDetails.TaxRateId"),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","TaxRateDetails":[{"RateValue":1,"TaxAgencyId":"1"}]}"#,
            "2020",
            Some("TaxRateDetails.TaxRateName"),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","TaxRateDetails":[{"TaxRateName":"y","RateValue":101,"TaxAgencyId":"1"}]}"#,
            "2090",
            Some("TaxRateDetails.RateValue"),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","TaxRateDetails":[{"TaxRateName":"y","RateValue":1,"TaxAgencyId":"9"}]}"#,
            "2500",
            Some("TaxRateDetails.TaxAgencyId"),
        ),
        (
            "taxservice/taxcode",
            &long_name,
            "2050",
            Some("TaxRateDetails.TaxRateName"),
        ),
        (
            "taxservice/taxcode",
            r#"{"TaxCode":"x","TaxRateDetails":[{"TaxRateName":"y","RateValue":1,"TaxAgencyId":"1"},{"TaxRateName":"y","RateValue":2,"TaxAgencyId":"1"}]}"#,
            "6240",
            Some(""),
        ),
    ] {
        let refused = app.refused(path, body);
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{path} {body}: {}",
            refused.detail
        );
    }
    assert_eq!(app.sandbox.objects("TaxRate").len(), 3);
    app.post("taxservice/taxcode", &named(100));
    let made = app.post(
        "taxservice/taxcode",
        r#"{"TaxCode":"Both","TaxRateDetails":[{"TaxRateId":"1"},{"TaxRateName":"bought","RateValue":5,"TaxAgencyId":"1","TaxApplicableOn":"Purchase"}]}"#,
    );
    insta::assert_snapshot!(made.at("TaxRateDetails").unwrap(), @r#"[{"TaxRateName":"California State","TaxRateId":"1","RateValue":6,"TaxAgencyId":"1","TaxApplicableOn":"Sales"},{"TaxRateName":"bought","TaxRateId":"5","RateValue":5,"TaxAgencyId":"1","TaxApplicableOn":"Purchase"}]"#);
    let detail = r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"CustomSalesTax"}},"#;
    assert_eq!(app.refused("invoice", &body(detail, "")).code, "6160");
    let missing = r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"77"}},"#;
    assert_eq!(
        app.refused("invoice", &body(missing, ""))
            .element
            .as_deref(),
        Some("TxnTaxDetail.TxnTaxCodeRef")
    );
    let inclusive =
        invoice_body("1", "1").replacen('{', r#"{"GlobalTaxCalculation":"TaxInclusive","#, 1);
    assert_eq!(app.refused("invoice", &inclusive).status, 501);
}
