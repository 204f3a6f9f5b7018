//! The query language, asked of real books.

use std::time::Duration;

use crate::app::{App, Refused, answered, encoded, invoice_body, json, options};

fn refusal(app: &App, statement: &str) -> Refused {
    Refused::of(&app.query(statement))
}

/// Three customers, the last one inactive; two invoices on different days.
fn books() -> App {
    let app = App::new();
    app.post("customer", r#"{"DisplayName":"Amy's Bird Sanctuary","PrimaryEmailAddr":{"Address":"Birds@Intuit.com"},"GivenName":"Amy"}"#);
    app.wait(10);
    app.customer("Bob & Sons");
    app.wait(10);
    app.customer("Cat");
    app.post(
        "customer",
        r#"{"Id":"3","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.post(
        "invoice",
        &invoice_body("1", "300").replacen('{', r#"{"DocNumber":"A-1","TxnDate":"2020-01-05","#, 1),
    );
    app.post(
        "invoice",
        &invoice_body("2", "20.5").replacen(
            '{',
            r#"{"DocNumber":"B-2","TxnDate":"2020-03-05","#,
            1,
        ),
    );
    app
}

#[test]
fn conditions_find_what_they_describe() {
    let app = books();
    for (statement, expected) in [
        (
            r"select * from Customer where DisplayName = 'amy\'s BIRD sanctuary'",
            "1",
        ),
        (
            "SELECT * FROM customer WHERE displayname = 'Bob & Sons'",
            "2",
        ),
        ("select * from Customer", "1 2"),
        ("select * from Customer where Active = false", "3"),
        (
            "select * from Customer where Active IN (true, false)",
            "1 2 3",
        ),
        (
            "select * from Customer where Active in (true,false) and DisplayName like '%(DELETED)'",
            "3",
        ),
        (
            "select * from Customer where DisplayName in ('Cat', 'Bob & Sons')",
            "2",
        ),
        (
            "select * from Customer where DisplayName like '%b%' order by DisplayName desc",
            "2 1",
        ),
        ("select * from Customer where DisplayName > 'B'", "2"),
        (
            "select * from Customer where PrimaryEmailAddr = 'birds@intuit.com'",
            "1",
        ),
        ("select * from Customer where GivenName = ' '", "2"),
        ("select * from Customer where GivenName like 'A_y'", ""),
        ("select * from Customer where Balance > '20.49'", "1 2"),
        ("select * from Customer where Balance = '20.5'", "2"),
        (
            "select * from Customer where Id in ('2', '1', '2', '99', 'x')",
            "1 2",
        ),
        ("select * from Customer where Id = '3'", ""),
        (
            "select * from Customer where MetaData.CreateTime >= '2020-09-29T05:58:17-07:00'",
            "2",
        ),
        (
            "select * from Customer where MetaData.CreateTime < '2020-09-29T12:58:17Z'",
            "1",
        ),
        (
            "select * from Customer where MetaData.LastUpdatedTime > '2020-09-29T05:58:26-07:00'",
            "1 2",
        ),
        (
            "select * from Customer where MetaData.CreateTime > '2020-09-29' orderby MetaData.CreateTime desc",
            "2 1",
        ),
        ("select * from Invoice", "2 1"),
        ("select * from Invoice orderby Id", "1 2"),
        ("select * from Invoice where DocNumber = 'a-1'", "1"),
        ("select * from Invoice where CustomerRef = '2'", "2"),
        ("select * from Invoice where TxnDate >= '2020-02-01'", "2"),
        (
            "select * from Invoice where TxnDate <= CURRENT_DATE and TotalAmt < '300.00'",
            "2",
        ),
        ("select * from Invoice where DueDate < '2020-03-01'", "1"),
        (
            "select * from Item where Type = 'Service' and Name = 'hours'",
            "2",
        ),
        (
            "select * from Term where Name like 'Net%' order by Name desc",
            "4 3 2",
        ),
        ("select * from Account where AccountType = 'Bank'", "7 8"),
    ] {
        assert_eq!(app.ids(statement).join(" "), expected, "{statement}");
    }
}

#[test]
fn a_character_outside_latin_1_is_read_by_one_kind_of_parser_only() {
    let statement = "select * from Customer where DisplayName = 'Zoë O\u{2019}Neil'";
    let mut app = App::new();
    app.customer("Zoë O\u{2019}Neil");
    let refused = app.query(statement);
    assert_eq!(refused.status, 400);
    let text = String::from_utf8(refused.body).unwrap();
    assert!(
        text.contains("Lexical error at line 1, column 50.  Encountered: \\\"\\\\u2019\\\" (8217), after : \\\"'Zoë O\\\""),
        "{text}"
    );
    let like = "select * from Customer where DisplayName like 'Zoë O%Neil'";
    assert_eq!(app.ids(like), ["1"]);
    let mut options = options();
    options.doubts.queries_take_latin_1_only = false;
    app = App::with(options);
    app.customer("Zoë O\u{2019}Neil");
    assert_eq!(app.ids(statement), ["1"]);
}

#[test]
fn pages_start_at_one_and_have_a_hundred_rows() {
    let app = App::new();
    for n in 0..120 {
        app.customer(&format!("Customer {n:03}"));
    }
    assert_eq!(app.ids("select * from Customer").len(), 100);
    assert_eq!(app.ids("select * from Customer maxresults 1000").len(), 120);
    assert_eq!(
        app.ids("select * from Customer startposition 101").len(),
        20
    );
    let page = json(&app.query("select * from Customer startposition 119 maxresults 10"));
    assert_eq!(
        page.at("QueryResponse.startPosition").unwrap().to_string(),
        "119"
    );
    assert_eq!(
        page.at("QueryResponse.maxResults").unwrap().to_string(),
        "2"
    );
    let empty = json(&app.query("select * from Customer startposition 121"));
    assert_eq!(empty.at("QueryResponse").unwrap().to_string(), "{}");
    let count = json(&app.query("select count(*) from Customer where DisplayName like '%01%'"));
    assert_eq!(
        count.at("QueryResponse").unwrap().to_string(),
        r#"{"totalCount":12}"#
    );
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let app = App::new();
    for (statement, detail) in [
        (
            "select * from Custmoer",
            "invalid context declaration: Custmoer",
        ),
        (
            "select * from Invoice where PrivateNote = 'x'",
            "property 'PrivateNote' is not queryable",
        ),
        (
            "select * from Invoice where LinkedTxn = 'x'",
            "property 'LinkedTxn' is not queryable",
        ),
        (
            "select * from Invoice where DepartmentRef = '1'",
            "property 'DepartmentRef' is not queryable",
        ),
        (
            "select * from Invoice where Line.Amount = '1'",
            "property 'Line.Amount' is not queryable",
        ),
        (
            "select * from Invoice where CustomerRef.value = '1'",
            "property 'CustomerRef.value' is not queryable",
        ),
        (
            "select * from Invoice where SyncToken = '1'",
            "property 'SyncToken' is not queryable",
        ),
        (
            "select * from Invoice orderby PrivateNote",
            "property 'PrivateNote' is not queryable",
        ),
        (
            "select * from Customer where AccountRef = '1'",
            "Property AccountRef not found for Entity Customer",
        ),
        (
            "select * from Customer maxresults 0",
            "value 0 is too small. Min allowed value is 1",
        ),
        (
            "select * from Customer startposition 0",
            "value 0 is too small. Min allowed value is 1",
        ),
        (
            "select * from Customer maxresults 1001",
            "value 1001 is too large. Max allowed value is 1000",
        ),
        (
            "select * from Customer where Id > '1'",
            "operator not supported for property 'Id'",
        ),
        (
            "select * from Customer where Id like '1%'",
            "operator not supported for property 'Id'",
        ),
        (
            "select * from Customer where Balance like '1%'",
            "operator not supported for property 'Balance'",
        ),
        (
            "select * from Customer where Balance > 'x'",
            "Invalid value 'x' for property 'Balance'",
        ),
        (
            "select * from Invoice where TxnDate > 'x'",
            "Invalid value 'x' for property 'TxnDate'",
        ),
        (
            "select * from Customer where MetaData.CreateTime > 'x'",
            "Invalid value 'x' for property 'MetaData.CreateTime'",
        ),
        (
            "select * from Customer where Active = 'x'",
            "Invalid value 'x' for property 'Active'",
        ),
    ] {
        let refused = refusal(&app, statement);
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, "4001"),
            "{statement}"
        );
        assert_eq!(refused.detail, format!("QueryValidationError: {detail}"));
        assert_eq!(refused.element, None);
    }
    for statement in [
        "select * from Customer where Id = '1' or Id = '2'",
        "select * from Customer where DisplayName = 'O''Neil'",
        "select * from Invoice where TotalAmt > 300",
        "",
    ] {
        assert_eq!(refusal(&app, statement).code, "4000", "{statement}");
    }
    let rules: Vec<String> = app
        .sandbox
        .violations()
        .into_iter()
        .map(|v| v.rule)
        .collect();
    assert!(
        rules.contains(&"refused-4000".to_owned()) && rules.contains(&"refused-4001".to_owned())
    );
}

#[test]
fn a_long_query_goes_in_the_body() {
    let app = books();
    let mut request = app.request("POST", "query", "select * from Customer where Id = '1'");
    assert_eq!(answered(app.sandbox.handle(&request)).status, 501);
    for (name, value) in &mut request.headers {
        if name == "content-type" {
            *value = "application/text".to_owned();
        }
    }
    let response = json(&answered(app.sandbox.handle(&request)));
    assert_eq!(response.text("QueryResponse.Customer.0.Id"), Some("1"));
    // A query is no write: it needs no request id.
    assert!(
        !app.sandbox
            .violations()
            .iter()
            .any(|v| v.call.ends_with("query") && v.rule.starts_with("write"))
    );
}

#[test]
fn a_list_of_properties_shows_these_in_sparse_objects_unless_the_switch_says_otherwise() {
    let app = books();
    let first = |app: &App, selected: &str| {
        let response = json(&app.query(&format!("select {selected} from Customer where Id = '1'")));
        response.at("QueryResponse.Customer.0").unwrap().clone()
    };
    let named = r#"{"domain":"QBO","sparse":true,"Id":"1","DisplayName":"Amy's Bird Sanctuary"}"#;
    let whole = first(&app, "*");
    for (selected, shown) in [
        ("DisplayName", named),
        ("displayname, Notes", named),
        ("Id", r#"{"domain":"QBO","sparse":true,"Id":"1"}"#),
        (
            "MetaData.CreateTime, SyncToken",
            r#"{"domain":"QBO","sparse":true,"Id":"1","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00"}}"#,
        ),
    ] {
        assert_eq!(first(&app, selected).to_string(), shown, "{selected}");
    }
    assert_eq!(first(&app, "*, DisplayName"), whole);
    for (selected, detail) in [
        ("Sku", "Property Sku not found for Entity Customer"),
        (
            "MetaData.Other",
            "Property MetaData.Other not found for Entity Customer",
        ),
        (
            "BillAddr.Town",
            "Property BillAddr.Town not found for Entity Customer",
        ),
    ] {
        let refused = refusal(&app, &format!("select {selected} from Customer"));
        assert_eq!(refused.detail, format!("QueryValidationError: {detail}"));
    }
    let mut options = options();
    options.doubts.select_lists = false;
    let app = App::with(options);
    app.customer("Amy");
    assert_eq!(first(&app, "Id").text("DisplayName"), Some("Amy"));
}

#[test]
fn a_plus_in_the_address_is_a_space_and_an_encoded_one_a_plus() {
    let app = App::new();
    app.customer("A+B");
    let path = format!(
        "query?query=select+*+from+Customer+where+DisplayName+=+{}",
        encoded("'A+B'")
    );
    assert_eq!(
        json(&app.call("GET", &path, "")).text("QueryResponse.Customer.0.Id"),
        Some("1")
    );
}

#[test]
fn a_new_object_can_be_invisible_for_a_while() {
    let app = App::new();
    app.sandbox
        .configure(|company| company.query_lag = Duration::from_secs(5));
    let id = app.customer("Amy");
    assert!(
        app.ids("select * from Customer where DisplayName = 'Amy'")
            .is_empty()
    );
    assert_eq!(app.get("customer/1").text("Customer.Id"), Some(id.as_str()));
    app.wait(5);
    assert_eq!(
        app.ids("select * from Customer where DisplayName = 'Amy'"),
        [id]
    );
}
