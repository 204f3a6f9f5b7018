//! `requestid`: what comes again is answered again, and done once.

use qbo_sandbox::{Act, Fault, FaultKind, QboFault};

use crate::app::{App, Refused, invoice_body, options};

#[test]
fn a_write_that_comes_again_gets_its_first_answer() {
    let app = App::new();
    app.customer("Amy");
    let body = invoice_body("1", "10");
    let first = app.call("POST", "invoice?requestid=r1&minorversion=75", &body);
    app.wait(60);
    app.post(
        "invoice?requestid=u1",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"later"}"#,
    );
    let again = app.call("POST", "invoice?requestid=r1", &body);
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(app.sandbox.objects("Invoice").len(), 1);
    assert_eq!(app.sandbox.count(Act::Replay, None), 1);
    assert_eq!(app.sandbox.count(Act::Create, Some("Invoice")), 1);
}

#[test]
fn updates_deletes_and_voids_are_repeated_too() {
    let app = App::new();
    app.customer("Amy");
    app.invoice("1", "10");
    app.invoice("1", "10");
    for (path, body) in [
        (
            "invoice?requestid=a",
            r#"{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#,
        ),
        (
            "invoice?operation=void&requestid=b",
            r#"{"Id":"1","SyncToken":"1"}"#,
        ),
        (
            "invoice?operation=delete&requestid=c",
            r#"{"Id":"2","SyncToken":"0"}"#,
        ),
    ] {
        let first = app.call("POST", path, body);
        let again = app.call("POST", path, body);
        assert_eq!(first.status, 200, "{path}");
        assert_eq!(first.body, again.body, "{path}");
    }
}

#[test]
fn a_create_is_answered_again_after_its_object_was_deleted() {
    let app = App::new();
    app.customer("Amy");
    let body = crate::app::payment_body("1", "10", &[]);
    let first = app.call("POST", "payment?requestid=r1", &body);
    app.post("payment?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
    let again = app.call("POST", "payment?requestid=r1", &body);
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert!(app.sandbox.objects("Payment").is_empty());
    assert_eq!(app.call("GET", "payment/1", "").status, 400);
}

#[test]
fn a_lost_answer_is_fetched_by_asking_again() {
    let app = App::new();
    app.customer("Amy");
    app.sandbox.inject(Fault::next(FaultKind::CommitThenDrop));
    let request = app.request("POST", "invoice?requestid=r1", &invoice_body("1", "10"));
    let lost = app.sandbox.handle(&request);
    assert!(lost.is_lost);
    assert_eq!(app.sandbox.objects("Invoice").len(), 1);
    let found = app.post("invoice?requestid=r1", &invoice_body("1", "10"));
    assert_eq!(found.text("Invoice.Id"), Some("1"));
    assert_eq!(app.sandbox.objects("Invoice").len(), 1);
}

#[test]
fn a_refused_write_is_remembered_unless_the_switch_says_otherwise() {
    for (remembers, status) in [(true, 400), (false, 200)] {
        let mut options = options();
        options.doubts.remember_refusals = remembers;
        let app = App::with(options);
        let body = invoice_body("1", "10");
        assert_eq!(app.call("POST", "invoice?requestid=r1", &body).status, 400);
        app.customer("Amy");
        assert_eq!(
            app.call("POST", "invoice?requestid=r1", &body).status,
            status
        );
    }
}

#[test]
fn the_gateways_own_answers_are_not_remembered() {
    let app = App::new();
    for kind in [
        FaultKind::Throttle,
        FaultKind::ServerError,
        QboFault::Html502.into(),
        FaultKind::DropBeforeCommit,
    ] {
        app.sandbox.inject(Fault::next(kind));
        let request = app.request("POST", "customer?requestid=r1", r#"{"DisplayName":"Amy"}"#);
        let _ = app.sandbox.handle(&request);
    }
    assert!(app.sandbox.objects("Customer").is_empty());
    app.post("customer?requestid=r1", r#"{"DisplayName":"Amy"}"#);
}

#[test]
fn another_body_under_a_known_id_is_noted_and_answered_by_the_switch() {
    for (refuses, status, code) in [(false, 200, None), (true, 400, Some("600"))] {
        let mut options = options();
        options.doubts.refuse_changed_repeat = refuses;
        let app = App::with(options);
        app.post("customer?requestid=r1", r#"{"DisplayName":"Amy"}"#);
        let other = app.call("POST", "customer?requestid=r1", r#"{"DisplayName":"Bob"}"#);
        assert_eq!(other.status, status);
        if let Some(code) = code {
            assert_eq!(Refused::of(&other).code, code);
        }
        assert_eq!(app.sandbox.objects("Customer").len(), 1);
        assert_eq!(
            app.sandbox.violations()[0].rule,
            "requestid-with-another-body"
        );
    }
}

#[test]
fn a_repeat_is_done_again_where_the_switch_says_so() {
    let mut options = options();
    options.doubts.honour_request_ids = false;
    let app = App::with(options);
    app.customer("Amy");
    let payment = crate::app::payment_body("1", "10", &[]);
    app.post("payment?requestid=r1", &payment);
    app.post("payment?requestid=r1", &payment);
    assert_eq!(app.sandbox.objects("Payment").len(), 2);
}

#[test]
fn an_id_has_fifty_characters_at_most() {
    let app = App::new();
    let fifty = "r".repeat(50);
    app.post(
        &format!("customer?requestid={fifty}"),
        r#"{"DisplayName":"Amy"}"#,
    );
    let refused = app.refused(
        &format!("customer?requestid={fifty}r"),
        r#"{"DisplayName":"Bob"}"#,
    );
    assert_eq!(refused.code, "2130");
}

#[test]
fn a_write_without_an_id_is_noted() {
    let app = App::new();
    app.post("customer?requestid=r1", r#"{"DisplayName":"Amy"}"#);
    assert!(app.sandbox.violations().is_empty());
    app.post("customer?requestid=", r#"{"DisplayName":"Bob"}"#);
    assert_eq!(app.sandbox.violations()[0].rule, "write-without-requestid");
}
