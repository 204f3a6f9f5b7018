//! Batches: one call, many outcomes.

use qbo_sandbox::{Act, Json};

use crate::app::{App, Refused, json, line};

fn items(count: usize, id: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (1..=count)
        .map(|n| {
            let id = id(n);
            format!(
                r#"{{"bId":"{id}","operation":"create","Customer":{{"DisplayName":"Customer {n}"}}}}"#
            )
        })
        .collect();
    format!(r#"{{"BatchItemRequest":[{}]}}"#, items.join(","))
}

#[test]
fn items_are_done_in_order_and_one_fault_stops_nothing() {
    let app = App::new();
    app.customer("Amy");
    let invoice = format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{}]}}"#,
        line("7")
    );
    let body = format!(
        r#"{{"BatchItemRequest":[
            {{"bId":"a","operation":"create","Invoice":{invoice}}},
            {{"bId":"b","operation":"create","Customer":{{"DisplayName":"Amy"}}}},
            {{"bId":"c","operation":"update","Invoice":{{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"n"}}}},
            {{"bId":"d","operation":"update","optionsData":"void","Invoice":{{"Id":"1","SyncToken":"1"}}}},
            {{"bId":"e","operation":"delete","Invoice":{{"Id":"1","SyncToken":"2"}}}},
            {{"bId":"f","Query":"select count(*) from Customer"}},
            {{"bId":"g","operation":"create","Bill":{{}}}},
            {{"bId":"h","operation":"create","Nonsense":{{}}}},
            {{"bId":"i","operation":"read","Invoice":{{"Id":"1"}}}}
        ]}}"#
    );
    let response = app.post("batch", &body);
    let outcome = |n: usize, path: &str| {
        let path = format!("BatchItemResponse.{n}.{path}");
        response.at(&path).map_or("-".to_owned(), Json::to_string)
    };
    assert_eq!(outcome(0, "Invoice.TotalAmt"), "7.00");
    assert_eq!(outcome(1, "Fault.Error.0.code"), "\"6240\"");
    assert_eq!(outcome(2, "Invoice.PrivateNote"), "\"n\"");
    assert_eq!(outcome(3, "Invoice.TotalAmt"), "0");
    assert_eq!(
        outcome(4, "Invoice"),
        r#"{"domain":"QBO","status":"Deleted","Id":"1"}"#
    );
    assert_eq!(outcome(5, "QueryResponse"), r#"{"totalCount":1}"#);
    assert_eq!(outcome(6, "Fault.Error.0.code"), "\"501\"");
    assert_eq!(outcome(7, "Fault.Error.0.code"), "\"2010\"");
    assert_eq!(outcome(8, "Fault.Error.0.code"), "\"500\"");
    let ids: Vec<String> = (0..9).map(|n| outcome(n, "bId")).collect();
    assert_eq!(ids.join(""), r#""a""b""c""d""e""f""g""h""i""#);
    let counted = [
        Act::Batch,
        Act::Create,
        Act::Update,
        Act::Void,
        Act::Delete,
        Act::Query,
    ]
    .map(|act| app.sandbox.count(act, None));
    assert_eq!(counted, [1, 2, 1, 1, 1, 1]);
}

#[test]
fn thirty_items_are_taken_and_thirty_one_are_not() {
    let app = App::new();
    app.post("batch", &items(30, |n| n.to_string()));
    assert_eq!(app.sandbox.objects("Customer").len(), 30);
    let refused = app.refused("batch", &items(31, |n| n.to_string()));
    assert_eq!((refused.status, refused.code.as_str()), (400, "1040"));
    assert!(refused.detail.contains("30"));
}

#[test]
fn a_batch_with_a_request_id_is_done_once() {
    let app = App::new();
    let body = items(3, |n| n.to_string());
    let first = app.call("POST", "batch?requestid=b1", &body);
    let again = app.call("POST", "batch?requestid=b1", &body);
    assert_eq!(first.body, again.body);
    assert_eq!(app.sandbox.objects("Customer").len(), 3);
    assert_eq!(app.sandbox.count(Act::Replay, None), 1);
}

#[test]
fn ids_are_short_when_a_request_id_is_there() {
    let app = App::new();
    let long = items(1, |_| "12345678901".to_owned());
    assert_eq!(app.refused("batch?requestid=x", &long).code, "2130");
    let thirty_seven = "r".repeat(37);
    let short = items(1, |_| "1234567890".to_owned());
    assert_eq!(
        app.refused(&format!("batch?requestid={thirty_seven}"), &short)
            .code,
        "2130"
    );
    app.post(&format!("batch?requestid={}", &thirty_seven[1..]), &short);
    app.post(
        "batch",
        &items(1, |_| "no request id, so any length".to_owned()).replace("Customer 1", "B"),
    );
}

#[test]
fn what_is_no_batch_is_refused() {
    let app = App::new();
    for (body, code) in [
        ("{}", "2020"),
        ("[]", "2010"),
        (r#"{"BatchItemRequest":{}}"#, "2020"),
        (r#"{"Items":[]}"#, "2010"),
    ] {
        assert_eq!(app.refused("batch", body).code, code, "{body}");
    }
    let response = app.call("POST", "batch", r#"{"BatchItemRequest":[7,{"bId":"x"}]}"#);
    assert_eq!(response.status, 200);
    assert_eq!(
        json(&response).text("BatchItemResponse.0.Fault.Error.0.code"),
        Some("2010")
    );
    let get = Refused::of(&app.call("GET", "batch", ""));
    assert_eq!(get.code, "500");
}
