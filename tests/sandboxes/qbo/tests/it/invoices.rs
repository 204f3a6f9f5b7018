//! The life of an invoice.

use qbo_sandbox::{Act, Json};

use crate::app::{App, Refused, invoice_body, json, line, options};

fn texts(invoice: &Json, path: &str) -> Vec<String> {
    let lines = invoice.at("Line").unwrap().as_list();
    lines
        .iter()
        .map(|line| line.at(path).map_or("-".to_owned(), Json::to_string))
        .collect()
}

#[test]
fn an_invoice_gets_number_dates_subtotal_addresses_and_balance() {
    let app = App::new();
    app.post(
        "customer",
        r#"{"DisplayName":"Amy's Bird Sanctuary","BillAddr":{"Line1":"4581 Finch St.","City":"Bayshore"}}"#,
    );
    let invoice = app.invoice("1", "100.0");
    insta::assert_snapshot!(invoice, @r#"{"domain":"QBO","sparse":false,"Id":"1","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"AllowIPNPayment":false,"AllowOnlinePayment":false,"AllowOnlineCreditCardPayment":false,"AllowOnlineACHPayment":false,"CustomerRef":{"value":"1","name":"Amy's Bird Sanctuary"},"LinkedTxn":[],"DueDate":"2020-10-29","Balance":100.00,"CustomField":[],"DocNumber":"1001","TxnDate":"2020-09-29","CurrencyRef":{"value":"USD","name":"United States Dollar"},"Line":[{"Id":"1","LineNum":1,"Amount":100.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1","name":"Services"},"TaxCodeRef":{"value":"NON"}}},{"Amount":100.00,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}],"TxnTaxDetail":{"TotalTax":0},"BillAddr":{"Id":"1","Line1":"4581 Finch St.","City":"Bayshore"},"TotalAmt":100.00,"ApplyTaxAfterDiscount":false,"PrintStatus":"NeedToPrint","EmailStatus":"NotSet"}"#);
    assert_eq!(app.sandbox.object("Invoice", "1"), Some(invoice.clone()));
    assert_eq!(app.get("invoice/1").at("Invoice"), Some(&invoice));
    assert_eq!(app.sandbox.count(Act::Create, Some("Invoice")), 1);
}

#[test]
fn a_sparse_update_changes_what_is_sent_and_a_full_one_clears_the_rest() {
    let app = App::new();
    app.customer("Amy");
    let body = invoice_body("1", "10").replacen(
        '{',
        r#"{"PrivateNote":"note","CustomerMemo":{"value":"memo"},"DocNumber":"A-1","TxnDate":"2020-01-01","SalesTermRef":{"value":"2"},"#,
        1,
    );
    let created = app.post("invoice", &body);
    assert_eq!(created.text("Invoice.DueDate"), Some("2020-01-16"));
    assert_eq!(created.text("Invoice.SalesTermRef.name"), Some("Net 15"));

    let sparse = app.post(
        "invoice",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"other","CustomerMemo":{"value":""}}"#,
    );
    let sparse = sparse.at("Invoice").unwrap();
    assert_eq!(sparse.text("PrivateNote"), Some("other"));
    assert_eq!(sparse.at("CustomerMemo"), None);
    assert_eq!(sparse.text("TxnDate"), Some("2020-01-01"));
    assert_eq!(sparse.text("SyncToken"), Some("1"));

    let full = format!(
        r#"{{"Id":"1","SyncToken":"1",{}"#,
        &invoice_body("1", "20")[1..]
    );
    let full = app.post("invoice", &full);
    let full = full.at("Invoice").unwrap();
    assert_eq!(full.at("PrivateNote"), None);
    assert_eq!(full.at("SalesTermRef"), None);
    assert_eq!(full.text("TxnDate"), Some("2020-09-29"));
    assert_eq!(full.text("DocNumber"), Some("A-1"));
    assert_eq!(full.at("TotalAmt").unwrap().to_string(), "20.00");
}

#[test]
fn lines_are_replaced_as_a_whole_and_keep_the_ids_that_are_known() {
    let app = App::new();
    app.customer("Amy");
    let two = format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{},{}]}}"#,
        line("1"),
        line("2")
    );
    let invoice = app.post("invoice", &two);
    assert_eq!(
        texts(invoice.at("Invoice").unwrap(), "Id"),
        ["\"1\"", "\"2\"", "-"]
    );

    let known = line("3").replacen('{', r#"{"Id":"2","#, 1);
    let update = format!(
        r#"{{"Id":"1","SyncToken":"0","sparse":true,"Line":[{},{known}]}}"#,
        line("5")
    );
    let updated = app.post("invoice", &update);
    let updated = updated.at("Invoice").unwrap();
    assert_eq!(texts(updated, "Id"), ["\"3\"", "\"2\"", "-"]);
    assert_eq!(texts(updated, "LineNum"), ["1", "2", "-"]);
    assert_eq!(texts(updated, "Amount"), ["5.00", "3.00", "8.00"]);

    let without = app.post(
        "invoice",
        r#"{"Id":"1","SyncToken":"1","sparse":true,"PrivateNote":"x"}"#,
    );
    assert_eq!(
        texts(without.at("Invoice").unwrap(), "Id"),
        ["\"3\"", "\"2\"", "-"]
    );

    let update = format!(
        r#"{{"Id":"1","SyncToken":"2","sparse":true,"Line":[{}]}}"#,
        line("5")
    );
    let updated = app.post("invoice", &update);
    assert_eq!(texts(updated.at("Invoice").unwrap(), "Id"), ["\"4\"", "-"]);
}

#[test]
fn what_was_read_can_be_sent_back_as_it_is() {
    let app = App::new();
    app.customer("Amy");
    let invoice = app.invoice("1", "12.5");
    let same = app.post("invoice", &invoice.to_string());
    let same = same.at("Invoice").unwrap();
    assert_eq!(same.text("SyncToken"), Some("1"));
    assert_eq!(same.at("Line"), invoice.at("Line"));
    assert_eq!(same.at("TotalAmt"), invoice.at("TotalAmt"));
    let customer = app.get("customer/1");
    app.post("customer", &customer.at("Customer").unwrap().to_string());
    let item = app.get("item/1");
    app.post("item", &item.at("Item").unwrap().to_string());
}

#[test]
fn quantity_times_price_is_taken_at_the_precision_sent() {
    let app = App::new();
    app.customer("Amy");
    let with = |amount: &str, quantity: &str, price: &str| {
        invoice_body("1", amount).replace(
            r#""ItemRef""#,
            &format!(r#""Qty":{quantity},"UnitPrice":{price},"ItemRef""#),
        )
    };
    for (amount, quantity, price) in [
        ("100.00", "3", "33.333333"),
        ("337.5", "4.5", "75"),
        ("0.03", "0.5", "0.05"),
        ("-10", "-1", "10"),
        ("0", "0", "99"),
    ] {
        let padded = format!(
            r#"{{"CustomerRef":{{"value":"1"}},"Line":[{}]}}"#,
            line("1000")
        );
        let body = with(amount, quantity, price);
        let one = &body[body.find("[{").unwrap() + 1..body.len() - 2];
        app.post("invoice", &padded.replace("]}", &format!(",{one}]}}")));
    }
    let refused = app.refused("invoice", &with("100.00", "3", "33.33"));
    assert_eq!(
        (refused.code.as_str(), refused.element.as_deref()),
        ("6070", Some("Line.Amount"))
    );
    assert!(
        refused.detail.ends_with("Supplied value:100"),
        "{}",
        refused.detail
    );
}

#[test]
fn a_discount_comes_back_after_the_subtotal() {
    let app = App::new();
    app.customer("Amy");
    let discounted = |discount: &str| {
        format!(
            r#"{{"CustomerRef":{{"value":"1"}},"Line":[{},{discount}]}}"#,
            line("33.35")
        )
    };
    let percent = app.post(
        "invoice",
        &discounted(r#"{"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10}}"#),
    );
    let invoice = percent.at("Invoice").unwrap();
    insta::assert_snapshot!(invoice.at("Line.2").unwrap(), @r#"{"Amount":3.34,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10,"DiscountAccountRef":{"value":"3","name":"Discounts given"}}}"#);
    assert_eq!(invoice.at("TotalAmt").unwrap().to_string(), "30.01");
    let fixed = app.post(
        "invoice",
        &discounted(r#"{"Amount":5,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":false}}"#),
    );
    assert_eq!(fixed.at("Invoice.TotalAmt").unwrap().to_string(), "28.35");
    let refused = app.refused(
        "invoice",
        &discounted(
            r#"{"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true}}"#,
        ),
    );
    assert_eq!(refused.code, "6090");
}

#[test]
fn a_customers_balance_follows_its_invoices() {
    let app = App::new();
    let (amy, bob) = (app.customer("Amy"), app.customer("Bob"));
    let balance = |id: &str| {
        app.get(&format!("customer/{id}"))
            .at("Customer.Balance")
            .unwrap()
            .to_string()
    };
    app.invoice(&amy, "100");
    app.wait(5);
    app.invoice(&amy, "50.5");
    assert_eq!(balance(&amy), "150.50");
    let customer = app.get("customer/1");
    assert_eq!(customer.text("Customer.SyncToken"), Some("0"));
    assert_eq!(
        customer.text("Customer.MetaData.LastUpdatedTime"),
        Some("2020-09-29T05:58:12-07:00")
    );
    app.post(
        "invoice",
        &format!(r#"{{"Id":"1","SyncToken":"0","sparse":true,"CustomerRef":{{"value":"{bob}"}}}}"#),
    );
    assert_eq!(
        (balance(&amy), balance(&bob)),
        ("50.50".to_owned(), "100.00".to_owned())
    );
    app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"1"}"#);
    app.post("invoice?operation=delete", r#"{"Id":"2","SyncToken":"0"}"#);
    assert_eq!(
        (balance(&amy), balance(&bob)),
        ("0".to_owned(), "0".to_owned())
    );
}

#[test]
fn a_voided_invoice_keeps_number_and_note() {
    let app = App::new();
    app.customer("Amy");
    let body = invoice_body("1", "10")
        .replacen('{', r#"{"PrivateNote":"HCP 7","#, 1)
        .replace(r#""ItemRef""#, r#""Qty":2,"UnitPrice":5,"ItemRef""#);
    app.post("invoice", &body);
    let voided = app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"0"}"#);
    let voided = voided.at("Invoice").unwrap();
    assert_eq!(voided.text("PrivateNote"), Some("Voided - HCP 7"));
    assert_eq!(voided.text("DocNumber"), Some("1001"));
    assert_eq!(texts(voided, "SalesItemLineDetail.Qty"), ["0", "-"]);
    assert_eq!(texts(voided, "SalesItemLineDetail.UnitPrice"), ["5", "-"]);
    assert_eq!(texts(voided, "Amount"), ["0", "0"]);
    assert_eq!(app.ids("select * from Invoice"), ["1"]);
    let again = app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"1"}"#);
    assert_eq!(again.text("Invoice.PrivateNote"), Some("Voided - HCP 7"));
}

#[test]
fn a_deleted_invoice_is_gone_for_reads_writes_and_queries() {
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "10");
    app.post("invoice?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
    assert_eq!(Refused::of(&app.call("GET", "invoice/1", "")).code, "610");
    let refused = app.refused("invoice", r#"{"Id":"1","SyncToken":"1","sparse":true}"#);
    assert_eq!(
        refused.detail,
        "Object Not Found : Another user has deleted this transaction."
    );
    assert!(app.ids("select * from Invoice").is_empty());
    assert!(app.sandbox.objects("Invoice").is_empty());
    assert_eq!(app.sandbox.object("Invoice", "1"), None);
}

#[test]
fn numbers_are_given_by_the_company_or_by_the_app() {
    let app = App::new();
    app.customer("Amy");
    let number = |invoice: &Json| invoice.text("DocNumber").map(str::to_owned);
    let numbered = |n: &str| {
        let body = invoice_body("1", "1").replacen('{', &format!(r#"{{"DocNumber":"{n}","#), 1);
        app.call("POST", "invoice", &body)
    };
    assert_eq!(number(&app.invoice("1", "1")).as_deref(), Some("1001"));
    assert_eq!(numbered("2000").status, 200);
    assert_eq!(number(&app.invoice("1", "1")).as_deref(), Some("2001"));
    // A duplicate only disturbs a company that numbers by hand.
    assert_eq!(numbered("2000").status, 200);

    app.sandbox
        .configure(|company| company.custom_txn_numbers = true);
    assert_eq!(number(&app.invoice("1", "1")), None);
    let refused = Refused::of(&numbered("2000"));
    assert_eq!(refused.code, "6140");
    assert!(
        refused
            .detail
            .ends_with("DocNumber=2000 is assigned to TxnType=Invoice with TxnId=2")
    );
    let body = invoice_body("1", "1").replacen('{', r#"{"DocNumber":"2000","#, 1);
    app.post("invoice?include=allowduplicatedocnum", &body);
    app.sandbox
        .configure(|company| company.warn_duplicate_numbers = false);
    assert_eq!(numbered("2000").status, 200);
    app.sandbox
        .configure(|company| company.warn_duplicate_numbers = true);
    // The same number again on the same invoice is no duplicate.
    app.post(
        "invoice",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"DocNumber":"2000"}"#,
    );
}

#[test]
fn closed_books_are_closed_for_old_and_new_dates() {
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "1");
    app.post(
        "invoice",
        &invoice_body("1", "1").replacen('{', r#"{"TxnDate":"2020-12-31","#, 1),
    );
    app.sandbox
        .configure(|company| company.book_close_date = Some("2020-09-29".parse().unwrap()));
    let closed = [
        ("invoice", invoice_body("1", "1")),
        (
            "invoice",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"TxnDate":"2021-01-01"}"#.to_owned(),
        ),
        (
            "invoice",
            r#"{"Id":"2","SyncToken":"0","sparse":true,"TxnDate":"2020-09-29"}"#.to_owned(),
        ),
        (
            "invoice?operation=void",
            r#"{"Id":"1","SyncToken":"0"}"#.to_owned(),
        ),
        (
            "invoice?operation=delete",
            r#"{"Id":"1","SyncToken":"0"}"#.to_owned(),
        ),
    ];
    for (path, body) in closed {
        assert_eq!(app.refused(path, &body).code, "6210", "{path} {body}");
    }
    app.post(
        "invoice",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"TxnDate":"2020-09-30"}"#,
    );
    let preferences = app.get("preferences");
    assert_eq!(
        preferences.text("Preferences.AccountingInfoPrefs.BookCloseDate"),
        Some("2020-09-29")
    );
}

#[test]
fn a_person_edits_without_a_token_and_the_app_becomes_stale() {
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "10");
    let edit = Json::parse(br#"{"PrivateNote":"by hand"}"#).unwrap();
    let edited = app.sandbox.edit("Invoice", "1", &edit).unwrap();
    assert_eq!(edited.text("SyncToken"), Some("1"));
    let refused = app.refused("invoice", r#"{"Id":"1","SyncToken":"0","sparse":true}"#);
    assert_eq!(refused.code, "5010");
    app.sandbox.delete("Invoice", "1").unwrap();
    assert_eq!(
        app.sandbox.edit("Invoice", "1", &edit).unwrap_err().code,
        "610"
    );
    let vendor = Json::parse(br#"{"DisplayName":"By hand"}"#).unwrap();
    app.sandbox.create("Vendor", &vendor).unwrap();
    assert_eq!(
        app.sandbox.create("Vendor", &vendor).unwrap_err().code,
        "6240"
    );
}

#[test]
fn custom_fields_are_those_of_the_company() {
    let mut options = options();
    options.company.custom_fields = vec!["Crew #".to_owned(), "Job".to_owned()];
    let app = App::with(options);
    app.customer("Amy");
    let with = |id: &str| {
        let field = format!(
            r#"{{"CustomField":[{{"DefinitionId":"{id}","Type":"StringType","StringValue":"7"}}],"#
        );
        invoice_body("1", "1").replacen('{', &field, 1)
    };
    let invoice = app.post("invoice", &with("2"));
    insta::assert_snapshot!(invoice.at("Invoice.CustomField").unwrap(), @r#"[{"DefinitionId":"1","Name":"Crew #","Type":"StringType"},{"DefinitionId":"2","Name":"Job","Type":"StringType","StringValue":"7"}]"#);
    assert_eq!(app.refused("invoice", &with("3")).code, "3000");
}

#[test]
fn description_lines_and_returned_subtotals_do_not_count() {
    let app = App::new();
    app.customer("Amy");
    let lines = format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{{"Description":"Visit","DetailType":"DescriptionOnly","DescriptionLineDetail":{{}}}},{},{{"Amount":999,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{{}}}}]}}"#,
        line("10")
    );
    let invoice = app.post("invoice", &lines);
    let invoice = invoice.at("Invoice").unwrap();
    assert_eq!(texts(invoice, "DetailType").len(), 3);
    assert_eq!(texts(invoice, "Amount"), ["-", "10.00", "10.00"]);
}

#[test]
fn credits_may_not_exceed_the_charges() {
    let app = App::new();
    app.customer("Amy");
    assert_eq!(
        app.refused("invoice", &invoice_body("1", "-1")).code,
        "6000"
    );
    let zero = app.invoice("1", "0");
    assert_eq!(zero.at("TotalAmt").unwrap().to_string(), "0");
}

#[test]
fn amounts_are_exact() {
    let app = App::new();
    app.customer("Amy");
    let lines = vec![line("0.1"); 3].join(",");
    let body = format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{lines},{}]}}"#,
        line("90071992547409.93")
    );
    let response = json(&app.call("POST", "invoice", &body));
    assert_eq!(
        response.at("Invoice.TotalAmt").unwrap().to_string(),
        "90071992547410.23"
    );
}

#[test]
fn the_home_currency_has_the_rate_one() {
    let app = App::new();
    app.customer("Amy");
    let with = |rate: &str| {
        let fields = format!(r#"{{"CurrencyRef":{{"value":"USD"}},"ExchangeRate":{rate},"#);
        invoice_body("1", "1").replacen('{', &fields, 1)
    };
    let invoice = app.post("invoice", &with("1.0"));
    assert_eq!(invoice.at("Invoice.ExchangeRate"), None);
    assert_eq!(app.refused("invoice", &with("1.1")).status, 501);
    assert!(
        app.sandbox
            .violations()
            .iter()
            .any(|v| v.rule == "not-covered")
    );
}
