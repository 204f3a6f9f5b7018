//! Failures on request, in process, seen through the port that the sync uses.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use qbo_sandbox::{Clock, Fault, FaultKind, QboFault};

use crate::app::{App, Refused, json, options, start};

/// The sandbox never waits in process on a manual clock: the first poll is the last.
fn send(app: &App, method: Method, path: &str, body: &str) -> Result<HttpResponse, HttpFailure> {
    let request = HttpRequest {
        method,
        url: format!("https://quickbooks.example/v3/company/1/{path}"),
        headers: vec![
            ("authorization", format!("Bearer {}", app.token)),
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
        ],
        body: body.as_bytes().to_vec(),
        timeout: Duration::from_secs(10),
    };
    let mut sending = pin!(app.sandbox.send(request));
    match sending
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the sandbox waits"),
    }
}

fn create(app: &App, name: &str) -> Result<HttpResponse, HttpFailure> {
    send(
        app,
        Method::Post,
        "customer",
        &format!(r#"{{"DisplayName":"{name}"}}"#),
    )
}

#[test]
fn a_lost_answer_may_or_may_not_have_been_done() {
    let app = App::new();
    app.sandbox.inject(Fault::next(FaultKind::CommitThenDrop));
    let failure = create(&app, "Amy").unwrap_err();
    assert!(matches!(&failure, HttpFailure::Lost { host, .. } if host == "quickbooks.example"));
    assert_eq!(app.sandbox.objects("Customer").len(), 1);
    app.sandbox.inject(Fault::next(FaultKind::DropBeforeCommit));
    assert!(matches!(
        create(&app, "Bob").unwrap_err(),
        HttpFailure::Lost { .. }
    ));
    assert_eq!(app.sandbox.objects("Customer").len(), 1);
    let statuses: Vec<Option<u16>> = app.sandbox.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [None, None]);
}

#[test]
fn gateway_failures_leave_no_trace() {
    let app = App::new();
    for (kind, status) in [
        (FaultKind::Throttle, 429),
        (FaultKind::ServerError, 500),
        (QboFault::Html502.into(), 502),
    ] {
        app.sandbox.inject(Fault::next(kind));
        assert_eq!(create(&app, "Amy").unwrap().status, status);
    }
    assert!(app.sandbox.objects("Customer").is_empty());
    assert_eq!(create(&app, "Amy").unwrap().status, 200);
}

#[test]
fn a_throttle_comes_in_xml_or_in_json() {
    let app = App::new();
    app.sandbox.inject(Fault::next(QboFault::ThrottleJson));
    let response = create(&app, "Amy").unwrap();
    assert_eq!(response.status, 429);
    assert_eq!(json(&response).text("fault.error.0.code"), Some("3001"));
    for in_xml in [true, false] {
        let mut options = options();
        options.limits = true;
        options.doubts.throttle_in_xml = in_xml;
        let app = App::with(options);
        for _ in 0..10 {
            app.get("preferences");
        }
        let response = app.call("GET", "preferences", "");
        assert_eq!(response.status, 429);
        assert_eq!(response.body.starts_with(b"<IntuitResponse"), in_xml);
    }
}

#[test]
fn a_proxy_that_gives_up_leaves_the_write_done() {
    let app = App::new();
    app.sandbox.inject(Fault::next(QboFault::Html504));
    let response = create(&app, "Amy").unwrap();
    assert_eq!(response.status, 504);
    assert_eq!(response.header("content-type"), Some("text/html"));
    assert_eq!(app.sandbox.objects("Customer").len(), 1);
}

#[test]
fn a_late_query_misses_what_is_young() {
    let app = App::new();
    app.customer("Amy");
    app.wait(3);
    app.customer("Bob");
    let late = || Fault::next(QboFault::LateQuery { ms: 3000 }).path("query");
    app.sandbox.inject(late());
    assert_eq!(app.get("customer/2").text("Customer.Id"), Some("2"));
    assert_eq!(app.ids("select * from Customer"), ["1"]);
    assert_eq!(app.ids("select * from Customer"), ["1", "2"]);
}

#[test]
fn one_item_of_a_batch_fails_and_the_others_do_not() {
    let app = App::new();
    let batch = r#"{"BatchItemRequest":[{"bId":"a","operation":"create","Customer":{"DisplayName":"A"}},{"bId":"b","operation":"create","Customer":{"DisplayName":"B"}},{"bId":"c","operation":"create","Customer":{"DisplayName":"C"}}]}"#;
    let fault = Fault::next(QboFault::BatchItem { nth: 2 }).on("Customer");
    app.sandbox.inject(fault);
    let body = app.post("batch", batch);
    assert_eq!(
        body.text("BatchItemResponse.1.Fault.Error.0.code"),
        Some("10000")
    );
    assert_eq!(body.text("BatchItemResponse.1.bId"), Some("b"));
    let names: Vec<String> = app
        .sandbox
        .objects("Customer")
        .iter()
        .map(|customer| customer.text("DisplayName").unwrap().to_owned())
        .collect();
    assert_eq!(names, ["A", "C"]);
}

#[test]
fn failures_by_chance_are_the_same_for_the_same_seed() {
    let statuses = |seed: u64| -> Vec<u16> {
        let mut options = options();
        options.seed = seed;
        let app = App::with(options);
        app.sandbox
            .inject(Fault::next(FaultKind::ServerError).sometimes(200));
        app.sandbox
            .inject(Fault::next(FaultKind::Throttle).sometimes(200));
        (0..60)
            .map(|_| app.call("GET", "preferences", "").status)
            .collect()
    };
    let once = statuses(1);
    assert_eq!(once, statuses(1));
    assert_ne!(once, statuses(2));
    for status in [200, 429, 500] {
        assert!(once.contains(&status), "{status}");
    }
}

#[test]
fn a_server_error_is_a_system_fault() {
    let app = App::new();
    app.sandbox.inject(Fault::next(FaultKind::ServerError));
    let response = send(&app, Method::Get, "preferences", "").unwrap();
    assert_eq!(Refused::of(&response).code, "10000");
    assert_eq!(json(&response).text("Fault.type"), Some("SystemFault"));
}

#[test]
fn a_server_error_can_come_after_the_work() {
    let app = App::new();
    app.sandbox.inject(Fault::next(FaultKind::CommitThenError));
    assert_eq!(create(&app, "Amy").unwrap().status, 500);
    assert_eq!(app.sandbox.objects("Customer").len(), 1);
}

#[test]
fn a_slow_answer_takes_its_time_and_may_come_too_late() {
    let app = App::new();
    app.sandbox
        .inject(Fault::next(FaultKind::Slow { ms: 3000 }));
    assert_eq!(create(&app, "Amy").unwrap().status, 200);
    assert_eq!(app.clock.now().duration_since(start()).as_secs(), 3);
    app.sandbox
        .inject(Fault::next(FaultKind::Slow { ms: 10_001 }));
    assert!(matches!(
        create(&app, "Bob").unwrap_err(),
        HttpFailure::Lost { .. }
    ));
    assert_eq!(app.sandbox.objects("Customer").len(), 2);
    assert_eq!(app.clock.now().duration_since(start()).as_secs(), 13);
    let latencies: Vec<u64> = app
        .sandbox
        .calls()
        .iter()
        .map(|call| call.latency.as_secs())
        .collect();
    assert_eq!(latencies, [3, 10]);
}

#[test]
fn somebody_elses_clock_is_left_alone() {
    let mut options = options();
    options.clock = Clock::following(start);
    let app = App::with(options);
    app.sandbox
        .inject(Fault::next(FaultKind::Slow { ms: 3000 }));
    assert_eq!(create(&app, "Amy").unwrap().status, 200);
    assert_eq!(app.clock.now(), start());
}

#[test]
fn tokens_expire_on_request() {
    let app = App::new();
    app.sandbox
        .inject(Fault::next(QboFault::ExpireTokens).on("customer"));
    assert_eq!(
        send(&app, Method::Get, "preferences", "").unwrap().status,
        200
    );
    assert_eq!(create(&app, "Amy").unwrap().status, 401);
    assert_eq!(
        send(&app, Method::Get, "preferences", "").unwrap().status,
        401
    );
}

#[test]
fn the_list_of_names_can_be_locked_for_a_moment() {
    let app = App::new();
    app.sandbox
        .inject(Fault::next(QboFault::NamesLock).on("Customer"));
    let refused = Refused::of(&create(&app, "Amy").unwrap());
    assert_eq!(refused.code, "6000");
    assert_eq!(
        refused.detail,
        "Business Validation Error: You can only add or edit one name at a time. Please try again."
    );
    assert_eq!(create(&app, "Amy").unwrap().status, 200);
    let batch = r#"{"BatchItemRequest":[{"bId":"1","operation":"create","Customer":{"DisplayName":"B"}},{"bId":"2","Query":"select * from Term"}]}"#;
    app.sandbox
        .inject(Fault::next(QboFault::NamesLock).on("Customer"));
    let response = json(&send(&app, Method::Post, "batch", batch).unwrap());
    assert_eq!(
        response.text("BatchItemResponse.0.Fault.Error.0.code"),
        Some("6000")
    );
    assert!(
        response
            .at("BatchItemResponse.1.QueryResponse.Term")
            .is_some()
    );
}

#[test]
fn a_change_can_be_refused_as_made_from_an_old_version() {
    let app = App::new();
    app.sandbox.inject(Fault::next(QboFault::Stale).times(2));
    let made = create(&app, "Amy").unwrap();
    assert_eq!(made.status, 200, "what is new has no version");
    let id = json(&made).text("Customer.Id").unwrap().to_owned();
    let change = format!(r#"{{"Id":"{id}","SyncToken":"0","sparse":true,"Notes":"x"}}"#);
    let refused = send(&app, Method::Post, "customer", &change).unwrap();
    assert_eq!(Refused::of(&refused).code, "5010");
    let taken = send(&app, Method::Post, "customer", &change).unwrap();
    assert_eq!(taken.status, 200);
}

#[test]
fn a_fault_waits_for_the_call_that_it_names() {
    let app = App::new();
    let query = "query?query=select%20*%20from%20Item";
    app.sandbox.inject(
        Fault::next(QboFault::Html502)
            .on("Item")
            .method("GET")
            .times(2),
    );
    app.sandbox
        .inject(Fault::next(FaultKind::Throttle).path("preferences"));
    assert_eq!(create(&app, "Amy").unwrap().status, 200);
    assert_eq!(send(&app, Method::Get, query, "").unwrap().status, 502);
    assert_eq!(send(&app, Method::Get, "item/1", "").unwrap().status, 502);
    assert_eq!(send(&app, Method::Get, "item/1", "").unwrap().status, 200);
    app.sandbox.clear_faults();
    assert_eq!(
        send(&app, Method::Get, "preferences", "").unwrap().status,
        200
    );
}
