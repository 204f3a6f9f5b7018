//! Change data capture: what changed, what was deleted, how far back, how much at once.

use qbo_sandbox::{Fault, QboFault};

use crate::app::{App, Refused, options};

fn refused(app: &App, path: &str) -> Refused {
    Refused::of(&app.call("GET", path, ""))
}

/// `Entity:id` of each change, in order, deleted ones with a cross.
fn changed(app: &App, entities: &str, since: &str) -> Vec<String> {
    let body = app.get(&format!("cdc?entities={entities}&changedSince={since}"));
    let responses = body.at("CDCResponse.0.QueryResponse").unwrap().as_list();
    let mut out = Vec::new();
    for response in responses {
        for (entity, objects) in response.as_object().unwrap().iter() {
            for object in objects.as_list() {
                let cross = match object.text("status") {
                    Some("Deleted") => "x",
                    _ => "",
                };
                out.push(format!("{entity}:{}{cross}", object.text("Id").unwrap()));
            }
        }
    }
    out
}

#[test]
fn what_changed_comes_in_the_order_of_the_changes() {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    app.wait(10);
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Notes":"n"}"#,
    );
    app.wait(10);
    app.invoice("2", "5");
    app.invoice("2", "6");
    app.wait(10);
    app.post("invoice?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
    let before = "2020-09-29T05:58:07-07:00";
    for (entities, since, expected) in [
        // The invoices moved Bob too: what he owes.
        ("Customer", before, "Customer:1 Customer:2"),
        (
            "customer,INVOICE",
            before,
            "Customer:1 Customer:2 Invoice:2 Invoice:1x",
        ),
        ("Invoice", "2020-09-29T12:58:37Z", "Invoice:1x"),
        ("Invoice", "2020-09-29", "Invoice:2 Invoice:1x"),
        ("Customer", "2020-09-29T05:58:38-07:00", ""),
        ("Term", "2020-09-30", ""),
    ] {
        let found = changed(&app, entities, since).join(" ");
        assert_eq!(found, expected, "{entities} since {since}");
    }
    let body = app.get(&format!(
        "cdc?entities=Term,Invoice&changedSince={}",
        "2020-09-29T05:58:37-07:00"
    ));
    let responses = body.at("CDCResponse").unwrap().to_string();
    assert_eq!(
        responses,
        r#"[{"QueryResponse":[{},{"Invoice":[{"domain":"QBO","status":"Deleted","Id":"1","MetaData":{"LastUpdatedTime":"2020-09-29T05:58:37-07:00"}}],"maxResults":1,"totalCount":1}]}]"#
    );
}

#[test]
fn an_entry_that_was_made_inactive_is_an_object_like_others() {
    let app = App::new();
    app.customer("Amy");
    app.wait(10);
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    let body = app.get("cdc?entities=Customer&changedSince=2020-09-29T05:58:17-07:00");
    let row = body.at("CDCResponse.0.QueryResponse.0.Customer.0").unwrap();
    assert_eq!(row.at("Active").unwrap().as_bool(), Some(false));
}

#[test]
fn a_thousand_objects_are_given_for_all_entities_together() {
    let app = App::new();
    for n in 0..990 {
        app.customer(&format!("Customer {n}"));
    }
    let found = changed(&app, "Customer,Account,Term", "2020-09-29");
    assert_eq!(found.len(), 1000);
    assert_eq!(found.last().map(String::as_str), Some("Account:10"));
}

#[test]
fn what_does_not_fit_is_asked_for_from_the_last_change_on() {
    let app = App::new();
    for n in 0..1250 {
        app.customer(&format!("Customer {n}"));
        app.wait(1);
    }
    let body = app.get("cdc?entities=Customer&changedSince=2020-09-29");
    let page = body.at("CDCResponse.0.QueryResponse.0").unwrap();
    let last = page.at("Customer.999").unwrap();
    assert_eq!(
        (page.at("maxResults").unwrap().to_string(), last.text("Id")),
        ("1000".to_owned(), Some("1000"))
    );
    let since = last.text("MetaData.LastUpdatedTime").unwrap();
    let rest = changed(&app, "Customer", since);
    let ends = (rest.len(), rest.first(), rest.last());
    let [first, end] = ["Customer:1000", "Customer:1250"].map(str::to_owned);
    assert_eq!(ends, (251, Some(&first), Some(&end)));
}

#[test]
fn something_can_be_marked_as_deleted_that_is_there() {
    let app = App::new();
    app.customer("Amy");
    for amount in ["1", "2", "3"] {
        app.payment("1", amount, &[]);
    }
    app.wait(10);
    app.post("payment?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
    let found = |expected: &[&str]| {
        assert_eq!(changed(&app, "Payment", "2020-09-29"), expected);
    };
    app.sandbox.inject(Fault::next(QboFault::DeletedMark));
    found(&["Payment:2", "Payment:3x", "Payment:1x"]);
    found(&["Payment:2", "Payment:3", "Payment:1x"]);
    app.get("payment/3");
}

#[test]
fn what_is_there_is_marked_as_deleted_by_chance_too() {
    let app = App::new();
    app.customer("Amy");
    app.payment("1", "1", &[]);
    app.sandbox
        .inject(Fault::next(QboFault::DeletedMark).sometimes(300));
    let feeds: Vec<String> = (0..40)
        .map(|_| changed(&app, "Payment", "2020-09-29").concat())
        .collect();
    for feed in ["Payment:1", "Payment:1x"] {
        assert!(feeds.iter().any(|found| found == feed), "{feed}");
    }
}

#[test]
fn it_looks_back_thirty_days_unless_the_switch_says_otherwise() {
    let mut app = App::new();
    app.wait(30 * 24 * 3600);
    app.token = app.sandbox.access_token();
    let path = "cdc?entities=Term&changedSince=";
    assert_eq!(
        changed(&app, "Term", "2020-09-29T05:58:07-07:00").len(),
        4,
        "thirty days to the second"
    );
    let too_early = refused(&app, &format!("{path}2020-09-29T05:58:06-07:00"));
    assert_eq!((too_early.status, too_early.code.as_str()), (400, "2070"));
    let mut options = options();
    options.doubts.refuse_old_changes = false;
    let app = App::with(options);
    assert_eq!(changed(&app, "Term", "2011-10-10T09:00:00-07:00").len(), 4);
}

#[test]
fn what_cannot_be_captured_is_refused() {
    let app = App::new();
    for (path, code) in [
        ("cdc?entities=Customer", "2020"),
        ("cdc?changedSince=2020-09-29", "2020"),
        ("cdc?entities=Customer&changedSince=yesterday", "2060"),
        (
            "cdc?entities=Customer,Custmoer&changedSince=2020-09-29",
            "4001",
        ),
        ("cdc?entities=TaxRate&changedSince=2020-09-29", "500"),
        ("cdc?entities=Bill&changedSince=2020-09-29", "501"),
    ] {
        assert_eq!(refused(&app, path).code, code, "{path}");
    }
}

#[test]
fn a_fresh_change_can_be_missed() {
    let app = App::new();
    app.sandbox
        .configure(|company| company.query_lag = std::time::Duration::from_secs(5));
    app.customer("Amy");
    assert!(changed(&app, "Customer", "2020-09-29").is_empty());
    app.wait(5);
    assert_eq!(changed(&app, "Customer", "2020-09-29"), ["Customer:1"]);
}
