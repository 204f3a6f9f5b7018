//! Recorded documents made again: the sandbox must show them the same, apart from ids, times, and what the
//! recordings' authors changed by hand.

use qbo_sandbox::{Json, Object, SalesTax};

use crate::{
    app::{App, invoice_body, json, line, options, payment_body},
    recorded::{craigs, differences, replay, same, sample, text, without_numbers},
    xml::Element,
};

/// Compares the XML form of an object with what was found, both ways.
#[track_caller]
fn same_as_xml(file: &str, entity: &str, found: &Json, ignored: &[&str]) {
    let xml = text(file);
    let expected = Element::parse(&xml, entity).json(Some(found));
    let differences = differences(&expected, found, ignored);
    assert!(
        differences.is_empty(),
        "{file}:\n{}",
        differences.join("\n")
    );
}

fn named(app: &App, entity: &str, fields: &str) -> String {
    let made = app.post(entity, fields);
    let (_, object) = made.as_object().unwrap().iter().next().unwrap();
    object.text("Id").unwrap().to_owned()
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_voided_payment() {
    let app = App::new();
    app.customer("Amy");
    app.post(
        "payment",
        &payment_body("1", "100", &[]).replacen('{', r#"{"TxnDate":"2013-07-11","#, 1),
    );
    let void = app.post(
        "payment?operation=update&include=void",
        r#"{"Id":"1","SyncToken":"0","sparse":true}"#,
    );
    // The recording says sparse, and leaves currency and the empty lines out.
    let ignored = [
        "Id",
        "SyncToken",
        "sparse",
        "CurrencyRef",
        "CustomerRef",
        "Line",
    ];
    same_as_xml(
        "payment-void.xml",
        "Payment",
        void.at("Payment").unwrap(),
        &ignored,
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_payment_with_what_its_lines_show() {
    let app = App::new();
    for name in ["Amy", "Bob", "Acme Enterprises"] {
        app.customer(name);
    }
    app.post(
        "invoice",
        &invoice_body("3", "2400").replacen('{', r#"{"DocNumber":"1246","#, 1),
    );
    let body = payment_body("3", "2400", &[("Invoice:1", "2400")]);
    let made = app.post(
        "payment",
        &body.replacen('{', r#"{"TxnDate":"2016-09-16","#, 1),
    );
    let mut payment = made.at("Payment").unwrap().as_object().unwrap().clone();
    // In JSON the pairs of the extension are wrapped.
    let mut line = payment.at("Line.0").unwrap().as_object().unwrap().clone();
    let pairs: Vec<Json> = line
        .list("LineEx.any")
        .iter()
        .map(|pair| pair.at("value").unwrap().clone())
        .collect();
    line.set("LineEx", Object::new().with("NameValue", pairs));
    payment.set("Line", vec![line.into()]);
    let ignored = ["Id", "sparse", "TxnId", "NameValue.0.Value"];
    same_as_xml(
        "payment-with-lineex.xml",
        "Payment",
        &payment.into(),
        &ignored,
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_deposit_with_a_payment_and_a_fee() {
    let app = App::new();
    app.customer("Nicole Tang");
    app.payment("1", "262", &[]);
    let made = app.post(
        "deposit",
        r#"{"TxnDate":"2015-03-07","PrivateNote":"Deposit smoke test","DepositToAccountRef":{"value":"7"},"Line":[{"Amount":262,"LinkedTxn":[{"TxnId":"1","TxnType":"Payment","TxnLineId":"0"}]},{"Amount":-62.5,"DetailType":"DepositLineDetail","DepositLineDetail":{"Entity":{"value":"1","type":"CUSTOMER"},"AccountRef":{"value":"19"}}}]}"#,
    );
    // The recorded total does not add up.
    let ignored = [
        "Deposit.Id",
        "Id",
        "TxnId",
        "AccountRef.value",
        "Entity.value",
        "PaymentMethodRef",
        "DepositToAccountRef.value",
        "TotalAmt",
    ];
    let deposit = made.at("Deposit").unwrap();
    same_as_xml(
        "deposit-with-linked-payment-and-negative-fee-line.xml",
        "Deposit",
        deposit,
        &ignored,
    );
    assert_eq!(deposit.at("TotalAmt").unwrap().to_string(), "199.50");
    assert_eq!(deposit.text("Line.1.Id"), Some("1"));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_taxed_refund_receipt() {
    let mut options = options();
    options.company.sales_tax = SalesTax::Manual;
    let app = App::with(options);
    app.customer("Candy Shop");
    let item = named(
        &app,
        "item",
        r#"{"Name":"Deck Lumber","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    let made = app.post(
        "taxservice/taxcode",
        r#"{"TaxCode":"x","TaxRateDetails":[{"TaxRateName":"x","RateValue":6.5,"TaxAgencyId":"1"}]}"#,
    );
    let code = made.text("TaxCodeId").unwrap();
    let body = format!(
        r#"{{"DocNumber":"10030","TxnDate":"2014-04-24","PrivateNote":"This is a memo.","CustomerRef":{{"value":"1"}},"CustomerMemo":{{"value":"memo!"}},"DepositToAccountRef":{{"value":"7"}},"BillEmail":{{"Address":"adam@example.com"}},"TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"{code}"}}}},
        "BillAddr":{{"Line1":"Mr. Adam Bradley","Line2":"Adam's Candy Shop","Line3":"1528 Kitty Bang Bang St.","Line4":"Fudge, CA 94555"}},
        "ShipAddr":{{"Line1":"Mr. Adam Bradley","Line2":"Adam's Candy Shop","Line3":"Adam's Candy Shop","Line4":"Adam Bradley","Line5":"1528 Kitty Bang Bang St.\r Fudge, CA 94555"}},
        "Line":[{{"Description":"Deck Lumber","Amount":345,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}},"UnitPrice":23,"Qty":15,"TaxCodeRef":{{"value":"TAX"}},"ServiceDate":"2014-04-24"}}}}]}}"#
    );
    let made = app.post("refundreceipt", &body);
    let refund = made.at("RefundReceipt").unwrap();
    // The recorded total does not add up.
    let ignored = [
        "Id",
        "CustomField",
        "DepartmentRef",
        "ClassRef",
        "PaymentMethodRef",
        "TotalAmt",
        "ItemRef.value",
        "CustomerRef.value",
        "DepositToAccountRef.value",
        "TxnTaxCodeRef.value",
        "TaxRateRef.value",
    ];
    same_as_xml("refundreceipt-taxed.xml", "RefundReceipt", refund, &ignored);
    assert_eq!(refund.at("TotalAmt").unwrap().to_string(), "367.43");
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn an_invoice_with_a_discount_in_percent() {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    app.post(
        "customer",
        r#"{"DisplayName":"Acme Enterprises","BillAddr":{"Line1":"100 Global Domination Ave","City":"Washington DC","Country":"USA","CountrySubDivisionCode":"CA","PostalCode":"95060"},"ShipAddr":{"Line1":"100 Global Domination Ave","City":"Washington DC","Country":"USA","CountrySubDivisionCode":"CA","PostalCode":"95060"}}"#,
    );
    let item = named(
        &app,
        "item",
        r#"{"Name":"Stuffed Bear","Type":"NonInventory","IncomeAccountRef":{"value":"1"}}"#,
    );
    let made = app.post(
        "invoice",
        &format!(
            r#"{{"TxnDate":"2014-03-12","CustomerRef":{{"value":"3"}},"Line":[{{"Description":"Plush Baby Doll","Amount":50,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}},"UnitPrice":50,"Qty":1}}}},{{"DetailType":"DiscountLineDetail","DiscountLineDetail":{{"PercentBased":true,"DiscountPercent":10}}}}]}}"#
        ),
    );
    // Older than currency, custom fields and links in every answer.
    let ignored = [
        "Invoice.Id",
        "ItemRef.value",
        "DiscountAccountRef.value",
        "CurrencyRef",
        "CustomField",
        "LinkedTxn",
        "TxnTaxDetail",
        "Deposit",
    ];
    let found = made
        .at("Invoice")
        .unwrap()
        .as_object()
        .unwrap()
        .clone()
        .with("Id", "4");
    same_as_xml(
        "invoice-with-percent-discount.xml",
        "Invoice",
        &found.into(),
        &ignored,
    );
}

/// The company of the recordings with its sales receipts, 11 and 17.
fn with_receipts() -> App {
    let app = craigs();
    for name in ["Rocks", "Design"] {
        app.post(
            "item",
            &format!(r#"{{"Name":"{name}","Type":"Service","IncomeAccountRef":{{"value":"1"}}}}"#),
        );
    }
    for _ in 1..=10 {
        app.invoice("1", "1");
    }
    let design = r#""Line":[{"Description":"Custom Design","Amount":337.5,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"4"},"UnitPrice":75,"Qty":4.5}}]"#;
    app.post(
        "salesreceipt",
        &format!(
            r#"{{"DocNumber":"1003","TxnDate":"2015-10-04","PrintStatus":"NotSet","PaymentRefNum":"10264","CustomerRef":{{"value":"6"}},"CustomerMemo":{{"value":"Thank you for your business and have a great day!"}},"BillAddr":{{"Line1":"Dylan Sollfrank"}},"DepositToAccountRef":{{"value":"7"}},{design}}}"#
        ),
    );
    app.post(
        "salesreceipt",
        r#"{"Id":"11","SyncToken":"0","sparse":true,"PrivateNote":"A private note."}"#,
    );
    for _ in 12..=16 {
        app.invoice("1", "1");
    }
    app.post(
        "salesreceipt",
        &format!(
            r#"{{"DocNumber":"1008","CustomerRef":{{"value":"6"}},"PrivateNote":"x","DepositToAccountRef":{{"value":"7"}},{design}}}"#
        ),
    );
    for token in 0..4 {
        app.post(
            "salesreceipt",
            &format!(
                r#"{{"Id":"17","SyncToken":"{token}","sparse":true,"Line":[{}]}}"#,
                line("1")
            ),
        );
    }
    app
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_full_update_of_a_sales_receipt_and_a_batch_around_it() {
    let app = with_receipts();
    same(&app, "salesreceipt-full-update-200.json", &[]);
    let batch = sample("batch-mixed-200-with-610-5010.json");
    let response = json(&replay(&app, &batch));
    let differences = differences(
        batch.at("response.body").unwrap(),
        &response,
        &["Vendor.Id", "DepositToAccountRef.value", "PaymentMethodRef"],
    );
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_voided_sales_receipt() {
    let app = App::new();
    let category = |name: &str, parent: &str| {
        named(
            &app,
            "item",
            &format!(r#"{{"Name":"{name}","Type":"Category"{parent}}}"#),
        )
    };
    let below = |id: &str| format!(r#","SubItem":true,"ParentRef":{{"value":"{id}"}}"#);
    let oribe = category("Oribe", "");
    let shampoo = category("Shampoo", &below(&oribe));
    let item = named(
        &app,
        "item",
        &format!(
            r#"{{"Name":"Test Product","Type":"Service","IncomeAccountRef":{{"value":"1"}}{}}}"#,
            below(&shampoo)
        ),
    );
    let made = app.post(
        "salesreceipt",
        &format!(
            r#"{{"DocNumber":"1005","TxnDate":"2017-09-20","Line":[{{"Amount":0,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}},"UnitPrice":0,"Qty":1}}}}]}}"#
        ),
    );
    assert_eq!(made.at("SalesReceipt.PrivateNote"), None);
    let void = app.post(
        "salesreceipt?operation=void",
        r#"{"Id":"1","SyncToken":"0"}"#,
    );
    let recorded = sample("salesreceipt-void-200.json");
    let ignored = ["SalesReceipt.Id", "ItemRef.value", "TxnTaxDetail"];
    let differences = differences(recorded.at("response.body").unwrap(), &void, &ignored);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn estimates() {
    let recorded = sample("cdc-estimate-200.json");
    let app = craigs();
    let estimates = recorded.at("response.body.CDCResponse.0.QueryResponse.0.Estimate");
    for (n, estimate) in (1..).zip(estimates.unwrap().as_list()) {
        // The recording ends with a word about what was cut.
        let Json::Object(mut made) = estimate.clone() else {
            continue;
        };
        for field in ["Id", "SyncToken", "LinkedTxn"] {
            made.remove(field);
        }
        // Customers and items are others here.
        let mut text = Json::Object(made).to_string();
        for id in 5..100 {
            text = text.replace(
                &format!(r#""ItemRef":{{"value":"{id}""#),
                r#""ItemRef":{"value":"1""#,
            );
            text = text.replace(
                &format!(r#""CustomerRef":{{"value":"{id}""#),
                r#""CustomerRef":{"value":"1""#,
            );
        }
        text = text.replace(r#""ItemRef":{"value":"4""#, r#""ItemRef":{"value":"1""#);
        let made = app
            .sandbox
            .create("Estimate", &Json::parse(text.as_bytes()).unwrap())
            .unwrap();
        let read = app.get(&format!("estimate/{n}"));
        assert_eq!(read.at("Estimate"), Some(&made));
        let ignored = [
            "Id",
            "SyncToken",
            "LinkedTxn",
            "ItemRef",
            "CustomerRef",
            "ShipAddr",
            "DeliveryInfo",
        ];
        let differences = differences(estimate, &made, &ignored);
        assert!(differences.is_empty(), "{n}:\n{}", differences.join("\n"));
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn tax_codes_and_rates() {
    let mut options = options();
    options.company.sales_tax = SalesTax::Manual;
    let app = App::with(options);
    let by_hand = |entity: &str, fields: &str| {
        app.sandbox
            .create(entity, &Json::parse(fields.as_bytes()).unwrap())
            .unwrap()
    };
    let rate = by_hand(
        "TaxRate",
        r#"{"Name":"Mountain View","Description":"Sales Tax","RateValue":10,"AgencyRef":{"value":"1"}}"#,
    );
    same_as_xml("taxrates-query.xml", "TaxRate", &rate, &["Id"]);
    by_hand(
        "TaxCode",
        &format!(
            r#"{{"Name":"Mountain View","SalesTaxRateList":{{"TaxRateDetail":[{{"TaxRateRef":{{"value":"{}"}},"TaxTypeApplicable":"TaxOnAmount","TaxOrder":0}}]}},"PurchaseTaxRateList":{{"TaxRateDetail":[]}}}}"#,
            rate.text("Id").unwrap()
        ),
    );
    let xml = text("taxcodes-query.xml");
    let recorded = Element::parse(&xml, "QueryResponse");
    let found = app.sandbox.objects("TaxCode");
    let mut compared = 0;
    for code in recorded.children() {
        let name = code.json(None).text("Name").unwrap().to_owned();
        let Some(found) = found.iter().find(|found| found.text("Name") == Some(&name)) else {
            continue;
        };
        compared += 1;
        let mut ignored = vec!["Hidden", "TaxRateRef.value"];
        if found.at("SyncToken").is_some() {
            ignored.push("Id");
        }
        let differences = differences(&code.json(Some(found)), found, &ignored);
        assert!(
            differences.is_empty(),
            "{name}:\n{}",
            differences.join("\n")
        );
    }
    assert_eq!(compared, 4);
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn refusals_have_the_published_bodies() {
    let known = sample("errors-seen-in-the-wild.json");
    let app = App::new();
    app.customer("Amy");
    app.payment("1", "10", &[]);
    let deposit = r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":10,"LinkedTxn":[{"TxnId":"1","TxnType":"Payment"}]}]}"#;
    app.post("deposit", deposit);
    for (path, body) in [
        ("payment", r#"{"CustomerRef":{"value":"1"}}"#),
        ("payment", r#"{"CustomerRef":{"value":""},"TotalAmt":1}"#),
        ("payment?operation=delete", r#"{"Id":"1","SyncToken":"1"}"#),
        (
            "deposit",
            r#"{"Line":[{"Amount":1,"DetailType":"DepositLineDetail","DepositLineDetail":{"AccountRef":{"value":"18"}}}]}"#,
        ),
        ("salesreceipt", r#"{"CustomerRef":{"value":"1"}}"#),
    ] {
        let fault = json(&app.call("POST", path, body));
        let found = without_numbers(&fault.at("Fault").unwrap().to_string());
        let recorded: Vec<String> = known
            .as_list()
            .iter()
            .filter_map(|entry| entry.at("body.Fault"))
            .map(|fault| without_numbers(&fault.to_string()))
            .collect();
        assert!(recorded.contains(&found), "{path}: {found}");
    }
}
