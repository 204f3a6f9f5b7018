//! Recorded exchanges with real companies, sent again: the sandbox must answer the same, apart from ids,
//! times and what the recordings were stripped of. The recordings are not part of the project:
//! `RECORDINGS=<folder> cargo nextest run -p qbo-sandbox --run-ignored only` compares with those in that folder.

use std::{env, path::PathBuf};

use ports::HttpResponse;
use qbo_sandbox::{Fault, FaultKind, Json, QboFault};

use crate::app::{App, answered, invoice_body, json, line, options};

/// A file of the recordings.
pub(crate) fn text(name: &str) -> String {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    let path = PathBuf::from(folder).join("qbo").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn sample(name: &str) -> Json {
    Json::parse(text(name).as_bytes()).unwrap()
}

/// Sends the recorded request.
pub(crate) fn replay(app: &App, sample: &Json) -> HttpResponse {
    let request = sample.at("request").unwrap();
    let path = request.text("path").unwrap();
    let path = path.strip_prefix("/v3/company/").unwrap();
    let (_realm, path) = path.split_once('/').unwrap();
    let body = match request.at("body") {
        Some(Json::Text(text)) => text.clone(),
        Some(body) => body.to_string(),
        None => String::new(),
    };
    app.call(request.text("method").unwrap(), path, &body)
}

/// What the recording and the answer disagree in, paths that end like one of `ignored` aside.
pub(crate) fn differences(expected: &Json, found: &Json, ignored: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    differ("", Some(expected), Some(found), ignored, &mut out);
    out
}

fn differ(
    path: &str,
    expected: Option<&Json>,
    found: Option<&Json>,
    ignored: &[&str],
    out: &mut Vec<String>,
) {
    const ALWAYS: &[&str] = &[
        "time",
        "MetaData.CreateTime",
        "MetaData.LastUpdatedTime",
        "Addr.Id",
        "Lat",
        "Long",
        // The recorded companies use sales tax.
        "DefaultTaxCodeRef",
    ];
    let is_ignored = |known: &&&str| {
        path == **known
            || path.ends_with(&format!(".{known}"))
            || (**known == "Addr.Id" && path.ends_with("Addr.Id"))
    };
    if ALWAYS.iter().chain(ignored).any(|known| is_ignored(&known)) {
        return;
    }
    match (expected, found) {
        (Some(Json::Object(expected)), Some(Json::Object(found))) => {
            let mut names: Vec<&str> = expected.iter().map(|(name, _)| name).collect();
            names.extend(
                found
                    .iter()
                    .map(|(name, _)| name)
                    .filter(|name| expected.get(name).is_none()),
            );
            for name in names {
                let path = if path.is_empty() {
                    name.to_owned()
                } else {
                    format!("{path}.{name}")
                };
                differ(&path, expected.get(name), found.get(name), ignored, out);
            }
        }
        (Some(Json::List(expected)), Some(Json::List(found))) => {
            for n in 0..expected.len().max(found.len()) {
                differ(
                    &format!("{path}.{n}"),
                    expected.get(n),
                    found.get(n),
                    ignored,
                    out,
                );
            }
        }
        (Some(expected), Some(found)) if expected == found => {}
        _ => {
            let show = |value: Option<&Json>| value.map_or("nothing".to_owned(), Json::to_string);
            out.push(format!(
                "{path}: recorded {}, found {}",
                show(expected),
                show(found)
            ));
        }
    }
}

/// Sends the recorded request and compares status, content type and body.
#[track_caller]
pub(crate) fn same(app: &App, name: &str, ignored: &[&str]) {
    let sample = sample(name);
    let response = replay(app, &sample);
    compare(name, &sample, &response, ignored);
}

#[track_caller]
fn compare(name: &str, sample: &Json, response: &HttpResponse, ignored: &[&str]) {
    let recorded = sample.at("response").unwrap();
    assert_eq!(
        recorded.at("status").unwrap().to_string(),
        response.status.to_string(),
        "{name}: {}",
        json(response)
    );
    if let Some(content_type) = recorded.text("headers.Content-Type") {
        assert_eq!(
            response.header("content-type"),
            Some(content_type),
            "{name}"
        );
    }
    let differences = differences(recorded.at("body").unwrap(), &json(response), ignored);
    assert!(
        differences.is_empty(),
        "{name}:\n{}",
        differences.join("\n")
    );
}

/// A company with the customers that the recordings speak of, under the ids they have there.
pub(crate) fn craigs() -> App {
    let mut options = options();
    options.company.custom_fields = vec!["Crew #".to_owned()];
    let app = App::with(options);
    app.post(
        "customer",
        r#"{"DisplayName":"Amy's Bird Sanctuary","GivenName":"Amy","FamilyName":"Lauterbach","CompanyName":"Amy's Bird Sanctuary","PrimaryPhone":{"FreeFormNumber":"(650) 555-3311"},"PrimaryEmailAddr":{"Address":"Birds@Intuit.com"},"BillAddr":{"Line1":"4581 Finch St.","City":"Bayshore","CountrySubDivisionCode":"CA","PostalCode":"94326"},"ShipAddr":{"Line1":"4581 Finch St.","City":"Bayshore","CountrySubDivisionCode":"CA","PostalCode":"94326"}}"#,
    );
    for n in 2..=4 {
        app.customer(&format!("Customer {n}"));
    }
    app.post(
        "customer",
        r#"{"DisplayName":"Dukes Basketball Camp","GivenName":"Peter","FamilyName":"Dukes","CompanyName":"Dukes Basketball Camp","PrimaryPhone":{"FreeFormNumber":"(520) 420-5638"},"PrimaryEmailAddr":{"Address":"Dukes_bball@intuit.com"},"BillAddr":{"Line1":"25 Court St.","City":"Tucson","CountrySubDivisionCode":"AZ","PostalCode":"85719"},"ShipAddr":{"Line1":"25 Court St.","City":"Tucson","CountrySubDivisionCode":"AZ","PostalCode":"85719"}}"#,
    );
    app.post(
        "customer",
        r#"{"DisplayName":"Dylan Sollfrank","GivenName":"Dylan","FamilyName":"Sollfrank","Taxable":false}"#,
    );
    for n in 7..=10 {
        app.customer(&format!("Customer {n}"));
    }
    app
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn customers_are_created_updated_and_read() {
    let app = craigs();
    same(&app, "customer-create-200.json", &["Customer.Id"]);
    same(&app, "customer-read-200.json", &["Customer.SyncToken"]);
    let update = sample("customer-full-update-200.json");
    let id = app.customer("Before");
    let body = update
        .at("request.body")
        .unwrap()
        .as_object()
        .unwrap()
        .clone()
        .with("Id", id);
    let response = app.call("POST", "customer?minorversion=8", &body.to_string());
    compare(
        "customer-full-update-200.json",
        &update,
        &response,
        &["Customer.Id"],
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn an_invoice_is_created_read_voided_and_deleted() {
    let app = craigs();
    // The number before the recorded one.
    let numbered = invoice_body("1", "1").replacen('{', r#"{"DocNumber":"1042","#, 1);
    app.post("invoice", &numbered);
    let id = ["Invoice.Id"];
    same(&app, "invoice-create-200.json", &id);

    let read = sample("invoice-read-before-void-200.json");
    let response = app.call("GET", "invoice/2", "");
    compare(
        "invoice-read-before-void-200.json",
        &read,
        &response,
        &["Invoice.Id", "DocNumber"],
    );

    let void = sample("invoice-void-200.json");
    let response = app.call(
        "POST",
        "invoice?operation=void",
        r#"{"Id":"2","SyncToken":"0"}"#,
    );
    compare(
        "invoice-void-200.json",
        &void,
        &response,
        &["Invoice.Id", "DocNumber"],
    );

    let delete = sample("invoice-delete-200.json");
    let response = app.call(
        "POST",
        "invoice?operation=delete",
        r#"{"Id":"1","SyncToken":"0"}"#,
    );
    compare("invoice-delete-200.json", &delete, &response, &id);
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn what_is_inactive_stays_as_it_is_when_it_is_deactivated_again() {
    let app = App::new();
    for n in 1..=54 {
        app.post("vendor", &format!(r#"{{"DisplayName":"Vendor {n}"}}"#));
    }
    app.post("employee", r#"{"GivenName":"Emily","FamilyName":"Platt"}"#);
    app.post(
        "employee",
        r#"{"Id":"55","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    same(&app, "employee-deactivate-200.json", &[]);

    let created = app.post(
        "account",
        r#"{"Name":"Fees Billed","AccountType":"Income","AccountSubType":"ServiceFeeIncome"}"#,
    );
    let id = created.text("Account.Id").unwrap();
    let update = format!(r#"{{"Id":"{id}","SyncToken":"0","sparse":true,"Active":false}}"#);
    app.post("account", &update);
    let sample = sample("account-deactivate-200.json");
    let body = sample
        .at("request.body")
        .unwrap()
        .as_object()
        .unwrap()
        .clone()
        .with("Id", id);
    let response = app.call("POST", "account", &body.to_string());
    compare(
        "account-deactivate-200.json",
        &sample,
        &response,
        &["Account.Id"],
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn queries_answer_pages_counts_and_nothing() {
    let app = craigs();
    let tokens = ["SyncToken"];
    same(&app, "query-count-200.json", &[]);
    same(&app, "query-page-200.json", &tokens);
    same(&app, "query-empty-page-200.json", &[]);
    app.invoice("1", "739");
    same(&app, "query-apostrophe-escaped-200.json", &tokens);
    app.post(
        "vendor",
        r#"{"DisplayName":"Robertson & Associates","GivenName":"Jenny","FamilyName":"Robertson","CompanyName":"Robertson & Associates","AcctNum":"000005641","PrimaryPhone":{"FreeFormNumber":"(650) 557-1111"},"BillAddr":{"Line1":"P.O. Box 147","City":"Bayshore","CountrySubDivisionCode":"CA","PostalCode":"94326"}}"#,
    );
    same(
        &app,
        "query-ampersand-200.json",
        &["Vendor.0.Id", "Vendor.0.Balance"],
    );
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn a_batch_answers_each_item_in_order() {
    let sample = sample("batch-mixed-200-with-610-5010.json");
    let app = App::new();
    let response = json(&replay(&app, &sample));
    let recorded = sample.at("response.body").unwrap();
    for item in ["BatchItemResponse.0", "BatchItemResponse.1"] {
        let differences = differences(
            recorded.at(item).unwrap(),
            response.at(item).unwrap(),
            &["Vendor.Id"],
        );
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
    for n in 0..4 {
        let id = format!("BatchItemResponse.{n}.bId");
        assert_eq!(recorded.text(&id), response.text(&id));
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn faults_have_the_recorded_bodies() {
    let app = craigs();
    same(&app, "error-2030-invalid-id-400.json", &[]);
    same(&app, "error-4001-unknown-entity-400.json", &[]);
    app.customer("Weiskopf Consulting");
    same(
        &app,
        "error-6240-duplicate-name-400.json",
        &["Detail", "element"],
    );
    // The host of the full path is the sandbox's own.
    same(&app, "error-500-unsupported-path-400.json", &["Detail"]);
    // The list of known properties is that of the table.
    same(&app, "error-2010-unknown-property-400.json", &["Detail"]);
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn faults_without_a_recorded_request_have_the_published_bodies() {
    let app = craigs();
    app.post(
        "item",
        r#"{"Name":"A","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    app.post(
        "item",
        r#"{"Id":"3","SyncToken":"0","sparse":true,"Sku":"1"}"#,
    );
    let no_detail_type = r#"{"CustomerRef":{"value":"1"},"Line":[{"Amount":1}]}"#;
    for (name, method, path, body) in [
        (
            "error-2020-missing-item-name-400.json",
            "POST",
            "item",
            r#"{"Type":"Service"}"#,
        ),
        (
            "error-2020-missing-line-detailtype-400.json",
            "POST",
            "invoice",
            no_detail_type,
        ),
        (
            "error-5010-stale-400.json",
            "POST",
            "item",
            r#"{"Id":"3","SyncToken":"0","Name":"A"}"#,
        ),
        (
            "error-610-read-missing-item-400.json",
            "GET",
            "item/999",
            "",
        ),
        (
            "error-4000-query-parse-400.json",
            "GET",
            "query?query=SELECT%20*%20FROM%20NULL",
            "",
        ),
    ] {
        let sample = sample(name);
        let response = app.call(method, path, body);
        compare(name, &sample, &response, &[]);
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn the_gateway_answers_in_lower_case_and_in_xml() {
    let app = App::new();
    let expired = sample("error-3200-token-expired-401.json");
    app.wait(3600);
    let response = app.call("GET", "customer/1", "");
    compare(
        "error-3200-token-expired-401.json",
        &expired,
        &response,
        &["detail"],
    );
    assert_eq!(
        response.header("www-authenticate"),
        expired.text("response.headers.Www-Authenticate")
    );

    app.sandbox.inject(Fault::next(FaultKind::Throttle));
    let response = app.call("GET", "customer/1", "");
    assert_eq!(response.status, 429);
    let recorded = text("error-429-throttle.xml");
    let found = String::from_utf8(response.body).unwrap();
    for piece in [
        "<Fault type=\"SERVICE\">",
        "<Error code=\"3001\">",
        "xmlns=\"http://schema.intuit.com/finance/v3\"",
    ] {
        assert!(recorded.contains(piece) && found.contains(piece), "{piece}");
    }
    for tag in ["Message", "Detail"] {
        let inner = |xml: &str| {
            let start = xml.find(&format!("<{tag}>")).unwrap();
            xml[start..xml.find(&format!("</{tag}>")).unwrap()].to_owned()
        };
        assert_eq!(inner(&recorded), inner(&found));
    }
}

/// Text with every number replaced, so that ids do not matter.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn texts_seen_in_the_wild_are_the_sandboxs_own() {
    let known = sample("errors-seen-in-the-wild.json");
    let mut options = options();
    options.company.custom_txn_numbers = true;
    let app = App::with(options);
    app.customer("Amy");
    app.post(
        "item",
        r#"{"Name":"Gone","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    app.post(
        "item",
        r#"{"Id":"3","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.post("item", r#"{"Name":"Group","Type":"Category"}"#);
    app.post(
        "invoice",
        &invoice_body("1", "1").replacen('{', r#"{"DocNumber":"INV-100","#, 1),
    );
    app.post("invoice", &invoice_body("1", "1"));
    app.post("invoice?operation=delete", r#"{"Id":"2","SyncToken":"0"}"#);
    let with_item = |id: &str| {
        invoice_body("1", "1").replace(
            r#""ItemRef":{"value":"1"}"#,
            &format!(r#""ItemRef":{{"value":"{id}"}}"#),
        )
    };
    let plus = |field: &str| invoice_body("1", "1").replacen('{', &format!("{{{field},"), 1);
    let unequal =
        invoice_body("1", "1000").replace(r#""ItemRef""#, r#""Qty":3,"UnitPrice":33.33,"ItemRef""#);
    let cases = [
        (
            "2020",
            "invoice",
            r#"{"CustomerRef":{"value":"1"}}"#.to_owned(),
        ),
        (
            "2050",
            "invoice",
            plus(&format!(r#""DocNumber":"{}""#, "x".repeat(45))),
        ),
        (
            "2050",
            "invoice",
            plus(&format!(
                r#""CustomerMemo":{{"value":"{}"}}"#,
                "x".repeat(1016)
            )),
        ),
        (
            "2050",
            "item",
            format!(r#"{{"Name":"{}","Type":"Service"}}"#, "x".repeat(103)),
        ),
        ("2500", "invoice", with_item("99")),
        ("2500", "invoice", with_item("3")),
        ("2500", "invoice", with_item("4")),
        (
            "610",
            "invoice",
            format!(
                r#"{{"Id":"2","SyncToken":"1","sparse":true,"Line":[{}]}}"#,
                line("1")
            ),
        ),
        ("6000", "invoice", invoice_body("", "1")),
        ("6070", "invoice", unequal),
        ("6140", "invoice", plus(r#""DocNumber":"INV-100""#)),
        ("6240", "vendor", r#"{"DisplayName":"AMY"}"#.to_owned()),
    ];
    let mut bodies: Vec<(&str, Json)> = Vec::new();
    for (code, path, body) in cases {
        bodies.push((code, json(&app.call("POST", path, &body))));
    }
    app.sandbox.inject(Fault::next(QboFault::NamesLock));
    bodies.push((
        "6000",
        json(&app.call("POST", "customer", r#"{"DisplayName":"B"}"#)),
    ));
    app.sandbox
        .configure(|company| company.book_close_date = Some("2026-01-01".parse().unwrap()));
    bodies.push((
        "6210",
        json(&app.call("POST", "invoice", &plus(r#""TxnDate":"2020-01-01""#))),
    ));
    app.sandbox.configure(|company| company.lapsed = true);
    bodies.push((
        "6190",
        json(&app.call("POST", "invoice", &invoice_body("1", "1"))),
    ));
    let mut foreign = app.request("GET", "invoice/1", "");
    foreign.target = foreign.target.replace("/company/1/", "/company/2/");
    bodies.push(("3100", json(&answered(app.sandbox.handle(&foreign)))));

    for (code, body) in bodies {
        let found = without_numbers(
            &body
                .at("Fault")
                .or_else(|| body.at("fault"))
                .unwrap()
                .to_string(),
        );
        let recorded: Vec<String> = known
            .as_list()
            .iter()
            .filter(|entry| entry.text("code") == Some(code))
            .filter_map(|entry| entry.at("body.Fault").or_else(|| entry.at("body.fault")))
            .map(|fault| without_numbers(&fault.to_string()))
            .collect();
        assert!(
            recorded.contains(&found),
            "{code}:\nfound {found}\nknown {recorded:#?}"
        );
    }
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn the_token_endpoint_answers_as_recorded() {
    let known = sample("oauth-bodies.json");
    let mut options = options();
    options.rotate_always = true;
    let app = App::with(options);
    let refresh = |secret: &str, token: &str| {
        crate::connection::refresh(&app.sandbox, "sandbox-client", secret, token)
    };
    let granted = json(&refresh("sandbox-secret", "sandbox-refresh"));
    let values = [
        "refresh_token",
        "access_token",
        "x_refresh_token_expires_in",
        "_note",
    ];
    let differences = differences(known.at("token_200").unwrap(), &granted, &values);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    for (name, secret, token) in [
        ("token_401_bad_client", "wrong", "sandbox-refresh"),
        ("token_400_bad_refresh", "sandbox-secret", "never issued"),
        (
            "token_400_refresh_not_found",
            "sandbox-secret",
            "sandbox-refresh",
        ),
    ] {
        let response = refresh(secret, token);
        let expected = known.at(name).unwrap();
        assert_eq!(
            expected.at("http").unwrap().to_string(),
            response.status.to_string(),
            "{name}"
        );
        assert_eq!(expected.at("body").unwrap(), &json(&response), "{name}");
    }
}
