//! What is refused, with code and element, as a table.

use qbo_sandbox::InactiveReference;

use crate::app::{App, Refused, invoice_body, line, options};

/// A company with a customer, an invoice, an inactive item (3) and a category (4).
fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "10");
    app.post(
        "item",
        r#"{"Name":"Gone","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    app.post(
        "item",
        r#"{"Id":"3","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.post("item", r#"{"Name":"Group","Type":"Category"}"#);
    app
}

fn invoice_with(fields: &str) -> String {
    invoice_body("1", "10").replacen('{', &format!("{{{fields},"), 1)
}

fn invoice_of(line: &str) -> String {
    format!(r#"{{"CustomerRef":{{"value":"1"}},"Line":[{line}]}}"#)
}

#[test]
fn requests_are_refused_with_code_and_element() {
    let app = company();
    let long = |n: usize| "x".repeat(n);
    let sale = |detail: &str| {
        format!(
            r#"{{"Amount":1,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{{detail}}}}}"#
        )
    };
    let cases: Vec<(&str, String, &str, Option<&str>)> = vec![
        // Unknown fields, at every depth.
        ("invoice", r#"{"BadJson":true}"#.into(), "2010", None),
        (
            "invoice",
            invoice_of(&line("1").replacen('{', r#"{"Amout":1,"#, 1)),
            "2010",
            None,
        ),
        (
            "invoice",
            invoice_of(&sale(r#""Quantity":1"#)),
            "2010",
            None,
        ),
        (
            "invoice",
            invoice_with(r#""BillAddr":{"Street":"x"}"#),
            "2010",
            None,
        ),
        (
            "invoice",
            invoice_with(r#""SalesTermRef":{"id":"1"}"#),
            "2010",
            None,
        ),
        (
            "customer",
            r#"{"DisplayName":"x","PrimaryPhone":{"Number":"1"}}"#.into(),
            "2010",
            None,
        ),
        // Wrong JSON types and broken JSON.
        (
            "invoice",
            invoice_with(r#""SalesTermRef":"1""#),
            "2010",
            None,
        ),
        (
            "invoice",
            r#"{"CustomerRef":{"value":"1"},"Line":{}}"#.into(),
            "2010",
            None,
        ),
        (
            "invoice",
            r#"{"CustomerRef":{"value":"1"},"Line":["x"]}"#.into(),
            "2010",
            None,
        ),
        ("invoice", invoice_with(r#""PrivateNote":{}"#), "2010", None),
        (
            "customer",
            r#"{"DisplayName":"x","Taxable":"maybe"}"#.into(),
            "2010",
            None,
        ),
        ("customer", r#"{"DisplayName":"x""#.into(), "2010", None),
        ("customer", "[]".into(), "2010", None),
        // Missing.
        (
            "invoice",
            format!(r#"{{"Line":[{}]}}"#, line("1")),
            "2020",
            Some("CustomerRef"),
        ),
        (
            "invoice",
            r#"{"CustomerRef":{"value":"1"}}"#.into(),
            "2020",
            Some("Line"),
        ),
        (
            "invoice",
            r#"{"CustomerRef":{"value":"1"},"Line":[]}"#.into(),
            "2020",
            Some("Line"),
        ),
        (
            "invoice",
            invoice_of(r#"{"Amount":1}"#),
            "2020",
            Some("Line.DetailType"),
        ),
        (
            "invoice",
            invoice_of(r#"{"Amount":1,"DetailType":"SalesItemLineDetail"}"#),
            "2020",
            Some("Line.SalesItemLineDetail"),
        ),
        (
            "invoice",
            invoice_of(
                r#"{"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1"}}}"#,
            ),
            "2020",
            Some("Line.Amount"),
        ),
        (
            "item",
            r#"{"Type":"Service","IncomeAccountRef":{"value":"1"}}"#.into(),
            "2020",
            Some("Name"),
        ),
        ("item", r#"{"Name":"x"}"#.into(), "2020", Some("Type")),
        (
            "customer",
            r#"{"Id":"1","sparse":true}"#.into(),
            "2020",
            Some("SyncToken"),
        ),
        (
            "customer?operation=update",
            r#"{"DisplayName":"x"}"#.into(),
            "2020",
            Some("Id"),
        ),
        (
            "invoice?operation=delete",
            r#"{"SyncToken":"0"}"#.into(),
            "2020",
            Some("Id"),
        ),
        // Ids.
        (
            "customer",
            r#"{"Id":"1.5","SyncToken":"0"}"#.into(),
            "2030",
            Some("Id"),
        ),
        (
            "customer",
            r#"{"Id":"99","SyncToken":"0","sparse":true}"#.into(),
            "610",
            Some(""),
        ),
        (
            "invoice?operation=void",
            r#"{"Id":"99","SyncToken":"0"}"#.into(),
            "610",
            Some(""),
        ),
        // Stale, from before and from the future.
        (
            "customer",
            r#"{"Id":"1","SyncToken":"7","sparse":true}"#.into(),
            "5010",
            Some(""),
        ),
        (
            "item",
            r#"{"Id":"3","SyncToken":"0","sparse":true}"#.into(),
            "5010",
            Some(""),
        ),
        (
            "invoice?operation=delete",
            r#"{"Id":"1","SyncToken":"3"}"#.into(),
            "5010",
            Some(""),
        ),
        // Too long.
        (
            "invoice",
            invoice_with(&format!(r#""DocNumber":"{}""#, long(22))),
            "2050",
            Some("DocNumber"),
        ),
        (
            "invoice",
            invoice_with(&format!(r#""PrivateNote":"{}""#, long(4001))),
            "2050",
            Some("PrivateNote"),
        ),
        (
            "invoice",
            invoice_with(&format!(r#""CustomerMemo":{{"value":"{}"}}"#, long(1001))),
            "2050",
            Some("Customer Memo"),
        ),
        (
            "invoice",
            invoice_of(&line("1").replacen(
                '{',
                &format!(r#"{{"Description":"{}","#, long(4001)),
                1,
            )),
            "2050",
            Some("Line.Description"),
        ),
        (
            "customer",
            format!(r#"{{"DisplayName":"{}"}}"#, long(501)),
            "2050",
            Some("DisplayName"),
        ),
        (
            "customer",
            format!(r#"{{"DisplayName":"x","Notes":"{}"}}"#, long(2001)),
            "2050",
            Some("Notes"),
        ),
        (
            "customer",
            format!(r#"{{"DisplayName":"x","GivenName":"{}"}}"#, long(101)),
            "2050",
            Some("GivenName"),
        ),
        (
            "customer",
            format!(
                r#"{{"DisplayName":"x","Mobile":{{"FreeFormNumber":"{}"}}}}"#,
                long(31)
            ),
            "2050",
            Some("Mobile.FreeFormNumber"),
        ),
        (
            "item",
            format!(r#"{{"Name":"{}","Type":"Category"}}"#, long(101)),
            "2050",
            Some("Name"),
        ),
        (
            "account",
            format!(
                r#"{{"Name":"x","AccountType":"Bank","AcctNum":"{}"}}"#,
                long(21)
            ),
            "2050",
            Some("AcctNum"),
        ),
        // Dates, numbers, words, addresses.
        (
            "invoice",
            invoice_with(r#""TxnDate":"2020-02-30""#),
            "2060",
            Some("TxnDate"),
        ),
        (
            "invoice",
            invoice_with(r#""DueDate":"2020-01-01T00:00:00""#),
            "2060",
            Some("DueDate"),
        ),
        (
            "invoice",
            invoice_of(&line(r#""ten""#)),
            "2090",
            Some("Line.Amount"),
        ),
        (
            "invoice",
            invoice_of(&line("1e30")),
            "2090",
            Some("Line.Amount"),
        ),
        (
            "invoice",
            invoice_of(&sale(r#""ItemRef":{"value":"Services"}"#)),
            "2090",
            Some("Line.SalesItemLineDetail.ItemRef"),
        ),
        (
            "invoice",
            invoice_with(r#""PrintStatus":"Maybe""#),
            "2170",
            Some("PrintStatus"),
        ),
        (
            "customer",
            r#"{"DisplayName":"x","PrimaryEmailAddr":{"Address":"nobody"}}"#.into(),
            "2210",
            Some("PrimaryEmailAddr.Address"),
        ),
        // References.
        (
            "invoice",
            invoice_body("99", "1"),
            "2500",
            Some("CustomerRef"),
        ),
        (
            "invoice",
            invoice_of(&sale(r#""ItemRef":{"value":"99"}"#)),
            "2500",
            Some("Line.SalesItemLineDetail.ItemRef"),
        ),
        (
            "invoice",
            invoice_of(&sale(r#""ItemRef":{"value":"3"}"#)),
            "2500",
            Some(""),
        ),
        (
            "invoice",
            invoice_of(&sale(r#""ItemRef":{"value":"4"}"#)),
            "2500",
            Some(""),
        ),
        (
            "invoice",
            invoice_with(r#""SalesTermRef":{"value":"99"}"#),
            "2500",
            Some("SalesTermRef"),
        ),
        ("invoice", invoice_body("", "1"), "6000", Some("")),
        (
            "invoice",
            invoice_of(&sale(
                r#""ItemRef":{"value":"1"},"TaxCodeRef":{"value":"2"}"#,
            )),
            "6100",
            None,
        ),
        (
            "invoice",
            invoice_with(r#""EmailStatus":"NeedToSend""#),
            "6420",
            Some("BillEmail"),
        ),
        // Operations.
        (
            "customer?operation=delete",
            r#"{"Id":"1","SyncToken":"0"}"#.into(),
            "500",
            None,
        ),
        (
            "item?operation=void",
            r#"{"Id":"1","SyncToken":"0"}"#.into(),
            "500",
            None,
        ),
        ("invoice?operation=frobnicate", "{}".into(), "500", None),
        ("customers", "{}".into(), "500", None),
        ("Customer", "{}".into(), "500", None),
        ("customer/1", "{}".into(), "500", None),
        // Not covered.
        ("invoice", invoice_with(r#""PONumber":"7""#), "501", None),
        (
            "invoice",
            invoice_with(r#""DocNumber":"AUTO_GENERATE""#),
            "501",
            None,
        ),
        ("invoice", invoice_of(&sale("")), "501", None),
        (
            "invoice",
            invoice_of(&sale(r#""ItemRef":{"value":"SHIPPING_ITEM_ID"}"#)),
            "501",
            None,
        ),
        (
            "invoice",
            invoice_of(r#"{"DetailType":"GroupLineDetail"}"#),
            "501",
            None,
        ),
        (
            "invoice",
            invoice_of(&format!(
                r#"{},{{"DetailType":"DescriptionOnly","Description":"Subtotal:"}}"#,
                line("1")
            )),
            "501",
            None,
        ),
    ];
    let before = (
        app.sandbox.objects("Invoice"),
        app.sandbox.objects("Customer"),
        app.sandbox.objects("Item"),
    );
    for (path, body, code, element) in cases {
        let refused = Refused::of(&app.call("POST", path, &body));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{path} {body}: {}",
            refused.detail
        );
        assert_eq!(refused.status, if code == "501" { 501 } else { 400 });
    }
    let after = (
        app.sandbox.objects("Invoice"),
        app.sandbox.objects("Customer"),
        app.sandbox.objects("Item"),
    );
    assert_eq!(before, after);
}

#[test]
fn lengths_are_counted_as_java_counts_them_and_the_longest_are_taken() {
    let app = company();
    app.post(
        "invoice",
        &invoice_with(&format!(r#""DocNumber":"{}""#, "x".repeat(21))),
    );
    app.post(
        "customer",
        &format!(r#"{{"DisplayName":"{}"}}"#, "é".repeat(500)),
    );
    app.post(
        "account",
        &format!(
            r#"{{"Name":"x","AccountType":"Bank","AcctNum":"{}"}}"#,
            "x".repeat(20)
        ),
    );
    let clefs = "𝄞".repeat(11);
    let refused = app.refused(
        "invoice",
        &invoice_with(&format!(r#""DocNumber":"{clefs}""#)),
    );
    assert!(
        refused.detail.ends_with("Supplied length:22"),
        "{}",
        refused.detail
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let app = App::new();
    let mut request = app.request("POST", "customer", "");
    request.body = b"{\"DisplayName\":\"caf\xe9\"}".to_vec();
    let refused = Refused::of(&crate::app::answered(app.sandbox.handle(&request)));
    assert_eq!(refused.code, "2010");
    assert!(refused.detail.starts_with("Property Name:Invalid UTF-8"));
}

#[test]
fn an_inactive_reference_has_either_code() {
    for (code, choice) in [
        ("2500", InactiveReference::Code2500),
        ("610", InactiveReference::Code610),
    ] {
        let mut options = options();
        options.doubts.inactive_reference = choice;
        let app = App::with(options);
        app.customer("Amy");
        app.post(
            "customer",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
        );
        let refused = app.refused("invoice", &invoice_body("1", "1"));
        assert_eq!(refused.code, code);
        assert!(refused.detail.contains("has been made inactive"));
    }
}

#[test]
fn a_lapsed_company_can_be_read_only() {
    let app = company();
    app.sandbox.configure(|company| company.lapsed = true);
    assert_eq!(
        app.refused("customer", r#"{"DisplayName":"x"}"#).code,
        "6190"
    );
    app.get("customer/1");
}

#[test]
fn an_unknown_property_is_named_among_the_known_ones() {
    let app = App::new();
    let refused = app.refused("invoice", r#"{"BadJson":true}"#);
    assert!(
        refused.detail.starts_with(
            "Property Name:Unrecognized field \"BadJson\" (class com.intuit.schema.finance.v3.Invoice), not marked as ignorable ("
        ),
        "{}",
        refused.detail
    );
    assert!(refused.detail.contains("\"DocNumber\""));
    assert!(
        refused
            .detail
            .ends_with("])\n specified is unsupported or invalid")
    );
}

#[test]
fn paths_that_lead_nowhere_are_unsupported() {
    let app = company();
    for path in [
        "customer",
        "customer/1/5",
        "nonsense/1",
        "",
        "invoice/1/2/3",
    ] {
        let refused = Refused::of(&app.call("GET", path, ""));
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, "500"),
            "{path}"
        );
    }
}
