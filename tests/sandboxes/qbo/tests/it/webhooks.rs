//! Webhooks: both forms, signed, gathered, sent again by the schedule.

use std::{
    collections::BTreeSet,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use qbo_sandbox::{Json, PayloadForm, VoidEvent, Webhook};
use sha2::Sha256;

use crate::app::{App, options};

/// The app's end: keeps what came, and answers as it is told.
pub(crate) struct Receiver {
    came: Mutex<Vec<HttpRequest>>,
    status: Mutex<u16>,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Self {
            came: Mutex::default(),
            status: Mutex::new(200),
        }
    }

    fn answers(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    fn bodies(&self) -> Vec<String> {
        let mut came = self.came.lock().unwrap();
        came.drain(..)
            .map(|request| String::from_utf8(request.body).unwrap())
            .collect()
    }
}

impl Http for Receiver {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        self.came.lock().unwrap().push(request);
        match *self.status.lock().unwrap() {
            0 => Err(HttpFailure::lost("app.example", "timed out")),
            status => Ok(HttpResponse {
                status,
                ..HttpResponse::default()
            }),
        }
    }
}

pub(crate) fn deliver(app: &App, receiver: &Receiver) {
    let mut delivering = pin!(app.sandbox.deliver(receiver));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(
        delivering.as_mut().poll(&mut context),
        Poll::Ready(())
    ));
}

pub(crate) fn webhook(form: PayloadForm) -> Webhook {
    Webhook {
        url: "https://app.example/quickbooks".to_owned(),
        verifier_token: "verifier".to_owned(),
        form,
        gather_seconds: 0,
        other_realms: Vec::new(),
        lost_per_thousand: 0,
        repeated_per_thousand: 0,
    }
}

fn subscribed(form: PayloadForm) -> App {
    let app = App::new();
    app.sandbox.subscribe(Some(webhook(form)));
    app
}

#[test]
fn both_forms_are_told_and_signed() {
    let receiver = Receiver::new();
    let app = subscribed(PayloadForm::CloudEvents);
    app.customer("Amy");
    deliver(&app, &receiver);
    let request = receiver.came.lock().unwrap()[0].clone();
    let header = |name: &str| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone()).unwrap()
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(b"verifier").unwrap();
    mac.update(&request.body);
    mac.verify_slice(&STANDARD.decode(header("intuit-signature")).unwrap())
        .unwrap();
    assert_eq!(header("user-agent"), "intuit_notification_server/0.1");
    assert_eq!(header("intuit-created-time"), "2020-09-29T12:58:07.000Z");
    insta::assert_snapshot!(receiver.bodies()[0], @r#"[{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000001","source":"intuit.RZBtdJMpzfXOJqzNpv5nLHhb55YdvsgX5IDDTxs5blA=","type":"qbo.customer.created.v1","time":"2020-09-29T12:58:07.000000000Z","intuitentityid":"1","intuitaccountid":"1","data":{"alternative_ids":["1"]}}]"#);

    let app = subscribed(PayloadForm::EventNotifications);
    app.customer("Amy");
    deliver(&app, &receiver);
    insta::assert_snapshot!(receiver.bodies()[0], @r#"{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[{"id":"1","operation":"Create","name":"Customer","lastUpdated":"2020-09-29T12:58:07.000Z"}]}}]}"#);
}

/// Type, type of the data and data of each event in a body.
fn events(body: &str) -> Vec<String> {
    let body = Json::parse(body.as_bytes()).unwrap();
    let events = body.as_list().iter();
    events
        .map(|event| {
            let kind = event.text("type").unwrap();
            let content = event.text("datacontenttype").unwrap_or("-");
            format!("{kind} {content} {}", event.at("data").unwrap())
        })
        .collect()
}

#[test]
fn cloud_events_have_the_forms_that_were_seen() {
    for (void, content_type, alternative_ids, expected) in [
        (
            VoidEvent::Void,
            false,
            true,
            r#"qbo.payment.void.v1 - {"alternative_ids":["1"]}"#,
        ),
        (
            VoidEvent::Voided,
            true,
            false,
            "qbo.payment.voided.v1 application/json {}",
        ),
    ] {
        let receiver = Receiver::new();
        let mut options = options();
        options.doubts.void_event = void;
        options.doubts.events_tell_content_type = content_type;
        options.doubts.events_tell_alternative_ids = alternative_ids;
        let app = App::with(options);
        app.customer("Amy");
        app.payment("1", "5", &[]);
        app.sandbox
            .subscribe(Some(webhook(PayloadForm::CloudEvents)));
        let body = r#"{"Id":"1","SyncToken":"0","sparse":true}"#;
        app.post("payment?operation=update&include=void", body);
        deliver(&app, &receiver);
        assert_eq!(events(&receiver.bodies()[0]), [expected]);
    }
}

#[test]
fn one_post_can_tell_of_several_companies() {
    for (form, path) in [
        (PayloadForm::CloudEvents, "intuitaccountid"),
        (PayloadForm::EventNotifications, "realmId"),
    ] {
        let receiver = Receiver::new();
        let app = App::new();
        app.sandbox.subscribe(Some(Webhook {
            other_realms: vec!["77".to_owned()],
            ..webhook(form)
        }));
        app.customer("Amy");
        deliver(&app, &receiver);
        let bodies = receiver.bodies();
        let body = Json::parse(bodies[0].as_bytes()).unwrap();
        let all = body.at("eventNotifications").unwrap_or(&body).as_list();
        let realms: Vec<&str> = all.iter().map(|one| one.text(path).unwrap()).collect();
        assert_eq!((bodies.len(), realms), (1, vec!["1", "77"]));
        let ids: BTreeSet<Option<&str>> = all.iter().map(|one| one.text("id")).collect();
        let are_numbered = form == PayloadForm::CloudEvents;
        assert_eq!(ids.len(), if are_numbered { 2 } else { 1 });
    }
}

/// `operation name id` of everything that came.
pub(crate) fn told(receiver: &Receiver) -> Vec<String> {
    let mut out = Vec::new();
    for body in receiver.bodies() {
        let body = Json::parse(body.as_bytes()).unwrap();
        let entities = body.at("eventNotifications.0.dataChangeEvent.entities");
        for entity in entities.unwrap().as_list() {
            let text = |name: &str| entity.text(name).unwrap();
            out.push(format!(
                "{} {} {}",
                text("operation"),
                text("name"),
                text("id")
            ));
        }
    }
    out
}

#[test]
fn every_kind_of_change_has_its_word() {
    let receiver = Receiver::new();
    let app = subscribed(PayloadForm::EventNotifications);
    app.customer("Amy");
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Notes":"n"}"#,
    );
    app.invoice("1", "5");
    app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"0"}"#);
    app.post("invoice?operation=delete", r#"{"Id":"1","SyncToken":"1"}"#);
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"1","sparse":true,"Active":false}"#,
    );
    app.sandbox
        .create("Vendor", &Json::parse(br#"{"DisplayName":"V"}"#).unwrap())
        .unwrap();
    // What is refused, and what is read, is told to nobody.
    app.call("POST", "customer", "{}");
    app.get("customer/1");
    deliver(&app, &receiver);
    assert_eq!(
        told(&receiver),
        [
            "Create Customer 1",
            "Update Customer 1",
            "Create Invoice 1",
            "Void Invoice 1",
            "Delete Invoice 1",
            "Delete Customer 1",
            "Create Vendor 2",
        ]
    );
}

#[test]
fn documents_that_only_a_link_changed_are_told_too() {
    let receiver = Receiver::new();
    let app = subscribed(PayloadForm::EventNotifications);
    app.customer("Amy");
    app.invoice("1", "5");
    deliver(&app, &receiver);
    told(&receiver);
    app.payment("1", "5", &[("Invoice:1", "5")]);
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Payment 2", "Update Invoice 1"]);
    app.post(
        "deposit",
        r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":5,"LinkedTxn":[{"TxnId":"2","TxnType":"Payment","TxnLineId":"0"}]}]}"#,
    );
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Deposit 3", "Update Payment 2"]);
    app.post("deposit?operation=delete", r#"{"Id":"3","SyncToken":"0"}"#);
    // As a person does it; the payment keeps the money.
    app.sandbox.delete("Invoice", "1").unwrap();
    deliver(&app, &receiver);
    assert_eq!(
        told(&receiver),
        ["Delete Deposit 3", "Update Payment 2", "Delete Invoice 1",]
    );
}

#[test]
fn an_inactive_entry_is_told_as_updated_when_the_switch_says_so() {
    let receiver = Receiver::new();
    let mut options = options();
    options.webhook = Some(webhook(PayloadForm::EventNotifications));
    options.doubts.inactive_is_told_as_deleted = false;
    let app = App::with(options);
    app.customer("Amy");
    app.post(
        "customer",
        r#"{"Id":"1","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Customer 1", "Update Customer 1"]);
}

#[test]
fn changes_are_gathered_and_several_of_one_object_count_once() {
    let receiver = Receiver::new();
    let app = App::new();
    let gathering = Webhook {
        gather_seconds: 60,
        ..webhook(PayloadForm::EventNotifications)
    };
    app.sandbox.subscribe(Some(gathering));
    app.customer("Amy");
    for token in 0..3 {
        app.wait(10);
        let update =
            format!(r#"{{"Id":"1","SyncToken":"{token}","sparse":true,"Notes":"{token}"}}"#);
        app.post("customer", &update);
    }
    app.wait(29);
    deliver(&app, &receiver);
    assert!(receiver.bodies().is_empty());
    app.wait(1);
    deliver(&app, &receiver);
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 1);
    assert!(
        bodies[0].ends_with(r#"{"id":"1","operation":"Update","name":"Customer","lastUpdated":"2020-09-29T12:58:37.000Z"}]}}]}"#),
        "{}",
        bodies[0]
    );
    assert_eq!(bodies[0].matches("operation").count(), 2);
}

#[test]
fn what_is_not_taken_comes_again_by_the_schedule_and_the_rest_waits_behind_it() {
    let receiver = Receiver::new();
    let app = subscribed(PayloadForm::EventNotifications);
    app.customer("Amy");
    let waits = [10, 20, 30, 300, 1200, 7200, 14_400, 21_600, 21_600, 21_600];
    for (n, wait) in waits.into_iter().enumerate() {
        // Only a 200 in time counts.
        receiver.answers([0, 500, 201, 302][n % 4]);
        deliver(&app, &receiver);
        assert_eq!(told(&receiver), ["Create Customer 1"], "attempt {n}");
        if n == 0 {
            app.customer("Bob");
        }
        app.wait(wait - 1);
        deliver(&app, &receiver);
        assert!(told(&receiver).is_empty(), "before attempt {}", n + 1);
        app.wait(1);
    }
    receiver.answers(200);
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Customer 1", "Create Customer 2"]);
    app.wait(100_000);
    deliver(&app, &receiver);
    assert!(told(&receiver).is_empty());
}

#[test]
fn later_changes_pass_a_failed_one_when_the_switch_says_so() {
    let receiver = Receiver::new();
    let mut options = options();
    options.webhook = Some(webhook(PayloadForm::EventNotifications));
    options.doubts.webhooks_keep_their_order = false;
    let app = App::with(options);
    app.customer("Amy");
    receiver.answers(500);
    deliver(&app, &receiver);
    receiver.answers(200);
    app.customer("Bob");
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Customer 1", "Create Customer 2"]);
    app.wait(10);
    deliver(&app, &receiver);
    assert_eq!(told(&receiver), ["Create Customer 1"]);
}

/// What is told when an account is made.
pub(crate) fn of_one_account(form: PayloadForm) -> Json {
    let receiver = Receiver::new();
    let mut options = options();
    options.webhook = Some(webhook(form));
    options.doubts.events_tell_content_type = true;
    options.doubts.events_tell_alternative_ids = false;
    let app = App::with(options);
    app.post("account", r#"{"Name":"Fees","AccountType":"Income"}"#);
    deliver(&app, &receiver);
    Json::parse(receiver.bodies()[0].as_bytes()).unwrap()
}

#[test]
fn some_changes_are_lost_and_some_come_twice() {
    let receiver = Receiver::new();
    let app = App::new();
    let told_of = |lost: u32, repeated: u32, names: std::ops::Range<u32>| {
        app.sandbox.subscribe(Some(Webhook {
            lost_per_thousand: lost,
            repeated_per_thousand: repeated,
            ..webhook(PayloadForm::EventNotifications)
        }));
        for n in names {
            app.customer(&format!("Customer {n}"));
            deliver(&app, &receiver);
        }
        told(&receiver).len()
    };
    assert!((10..90).contains(&told_of(500, 0, 0..100)));
    assert!((110..190).contains(&told_of(0, 300, 100..200)));
    assert_eq!(told_of(0, 1000, 200..210), 20);
    assert_eq!(told_of(1000, 0, 210..220), 0);
}

#[test]
fn a_merge_is_told_with_the_id_that_is_gone() {
    for (form, parts) in [
        (
            PayloadForm::EventNotifications,
            [
                r#""id":"1","operation":"Merge","name":"Customer""#,
                r#""deletedId":"2""#,
            ],
        ),
        (
            PayloadForm::CloudEvents,
            [
                r#""type":"qbo.customer.merged.v1""#,
                r#""intuitentityid":"1","intuitaccountid":"1","data":{"alternative_ids":["1"],"deletedid":"2"}"#,
            ],
        ),
    ] {
        let receiver = Receiver::new();
        let app = App::new();
        app.customer("Amy");
        app.customer("Bob");
        app.sandbox.subscribe(Some(webhook(form)));
        app.sandbox.merge_customers("2", "1").unwrap();
        deliver(&app, &receiver);
        let bodies = receiver.bodies();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        for part in parts {
            assert!(bodies[0].contains(part), "{}", bodies[0]);
        }
    }
}
