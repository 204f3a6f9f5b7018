//! What a post tells, and what of it goes to the queue.

use ports::{Http, HttpFailure, HttpRequest, HttpResponse};
use proptest::prelude::*;
use qbo_sandbox::PayloadForm;

use super::*;

#[tokio::test]
async fn r1_each_object_that_matters_is_one_message() {
    let receiver = Receiver::new().await;
    let mut later = event("payment.updated", "311", "e2");
    later["time"] = json!("2026-07-25T10:12:03Z");
    let body = json!([
        later,
        event("payment.created", "311", "e1"),
        event("payment.voided", "312", "e3"),
        event("invoice.updated", "12", "e4"),
        event("invoice.deleted", "13", "e9"),
        event("creditmemo.created", "7", "e5"),
        event("journalentry.deleted", "8", "e6"),
        event("customer.updated", "1", "e7"),
        event("refundreceipt.created", "9", "e8"),
        { "odd": true },
    ]);
    assert_eq!(receiver.post(&body).await, Outcome::Queued);
    assert_eq!(
        receiver.told(),
        [
            format!("{COMPANY}: Invoice#13 at 2026-07-25T10:12:01.123456789Z"),
            format!("{COMPANY}: Payment#311 at 2026-07-25T10:12:03Z"),
            format!("{COMPANY}: Payment#312 at 2026-07-25T10:12:01.123456789Z"),
        ]
    );
    let groups = receiver.queue.messages().into_iter().map(|one| one.group);
    for group in groups {
        assert_eq!(group, format!("{COMPANY}#pull#told#edit"));
    }
}

#[tokio::test]
async fn r1_the_older_form_is_queued_too() {
    let receiver = Receiver::new().await;
    let body = json!({ "eventNotifications": [{ "realmId": REALM, "dataChangeEvent": { "entities": [
        { "name": "Payment", "id": "311", "operation": "Create", "lastUpdated": "2026-07-25T10:12:01.000Z" },
        { "name": "Payment", "id": "312" },
    ] } }] });
    assert_eq!(receiver.post(&body).await, Outcome::Queued);
    assert_eq!(
        receiver.told(),
        [
            format!("{COMPANY}: Payment#311 at 2026-07-25T10:12:01Z"),
            format!("{COMPANY}: Payment#312 at {NOW}"),
        ]
    );
}

#[tokio::test]
async fn r1_each_company_hears_of_its_own_books_and_those_that_are_not_connected_do_no_harm() {
    let receiver = Receiver::new().await;
    let active = ConnectionStatus::Active;
    receiver.connect(OTHER_COMPANY, OTHER_REALM, active).await;
    let of = |realm: &str| {
        let mut event = event("payment.created", "311", "e1");
        event["intuitaccountid"] = realm.into();
        event
    };
    let all = json!([of(REALM), of(OTHER_REALM), of("310687")]);
    assert_eq!(receiver.post(&all).await, Outcome::Queued);
    assert_eq!(
        receiver.told(),
        [
            format!("{COMPANY}: Payment#311 at 2026-07-25T10:12:01.123456789Z"),
            format!("{OTHER_COMPANY}: Payment#311 at 2026-07-25T10:12:01.123456789Z"),
        ]
    );

    receiver.queue.take();
    let outcome = receiver.post(&json!([of("310687")])).await;
    assert_eq!((outcome, outcome.status()), (Outcome::UnknownCompany, 200));
    assert!(receiver.queue.messages().is_empty());
}

#[tokio::test]
async fn r1_a_repeated_event_is_queued_once_and_another_one_of_the_same_object_again() {
    let receiver = Receiver::new().await;
    let first = event("payment.created", "311", "e1");
    let with = |name: &str, value: &str| {
        let mut other = first.clone();
        other[name] = value.into();
        other
    };
    // Alone or in another post, an event is the same.
    for repeat in [
        json!([first]),
        json!([first]),
        json!([event("customer.updated", "1", "e0"), first]),
    ] {
        assert_eq!(receiver.post(&repeat).await.status(), 200);
    }
    assert_eq!(receiver.queue.messages().len(), 1);
    for (count, other) in [
        (2, with("id", "e2")),
        (3, with("time", "2026-07-25T10:12:02Z")),
        (4, with("type", "qbo.payment.deleted.v1")),
        (5, with("intuitentityid", "312")),
        (6, with("type", "qbo.invoice.voided.v1")),
    ] {
        assert_eq!(receiver.post(&json!([other])).await, Outcome::Queued);
        assert_eq!(receiver.queue.messages().len(), count, "{other}");
    }
}

#[tokio::test]
async fn r1_events_that_nothing_tells_apart_are_told_apart_by_their_posts() {
    let receiver = Receiver::new().await;
    let bare = |told: &str| json!({ "type": "qbo.payment.updated.v1", "intuitentityid": "311", "intuitaccountid": REALM, "data": told });
    for (count, told) in [(1, "a"), (1, "a"), (2, "b")] {
        assert_eq!(receiver.post(&json!([bare(told)])).await, Outcome::Queued);
        assert_eq!(receiver.queue.messages().len(), count);
    }
    // They happened now, as far as is known.
    let now = format!("{COMPANY}: Payment#311 at {NOW}");
    assert_eq!(receiver.told(), [now.clone(), now]);
}

#[tokio::test]
async fn r1_what_is_signed_is_acknowledged_whatever_it_is() {
    let receiver = Receiver::new().await;
    for (body, outcome) in [
        ("", Outcome::Unreadable),
        ("{}", Outcome::Unreadable),
        ("[{}]", Outcome::Unreadable),
        ("[]", Outcome::Ignored),
        (r#"{"eventNotifications":[]}"#, Outcome::Ignored),
        (
            &json!([event("customer.updated", "1", "e1"), {}]).to_string(),
            Outcome::Ignored,
        ),
    ] {
        let received = receiver.post_signed(body.as_bytes(), TOKEN).await;
        assert_eq!((received, received.status()), (outcome, 200), "{body}");
    }
    assert!(receiver.queue.messages().is_empty());
}

proptest! {
    #[test]
    fn v6_what_is_signed_is_acknowledged_byte_for_byte(body in prop::collection::vec(any::<u8>(), 0..300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let status = runtime.block_on(async {
            Receiver::new().await.post_signed(&body, TOKEN).await.status()
        });
        prop_assert_eq!(status, 200);
    }
}

/// The way of the sandbox's webhooks to the receiver.
impl Http for Receiver {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let mut headers = request.headers.iter();
        let signature = headers.find(|(name, _)| *name == "intuit-signature");
        let signature = signature.map(|(_, value)| value.as_str());
        let outcome = self.webhook.receive(signature, &request.body).await;
        Ok(HttpResponse {
            status: outcome.status(),
            ..HttpResponse::default()
        })
    }
}

#[tokio::test]
async fn r1_the_sandbox_is_heard_in_both_forms() {
    for form in [PayloadForm::CloudEvents, PayloadForm::EventNotifications] {
        let receiver = Receiver::new().await;
        let sandbox = qbo_sandbox::Sandbox::new(qbo_sandbox::Options {
            realm: REALM.to_owned(),
            ..qbo_sandbox::Options::default()
        });
        sandbox.subscribe(Some(qbo_sandbox::Webhook {
            url: "https://api.example/qbo".to_owned(),
            verifier_token: TOKEN.to_owned(),
            form,
            gather_seconds: 0,
            other_realms: vec!["310687".to_owned()],
            lost_per_thousand: 0,
            repeated_per_thousand: 1000,
        }));
        let fields = |text: &str| qbo_sandbox::Json::parse(text.as_bytes()).unwrap();
        let customer = sandbox.create("Customer", &fields(r#"{"DisplayName":"Amy"}"#));
        let customer = customer.unwrap().text("Id").unwrap().to_owned();
        let payment = sandbox.create(
            "Payment",
            &fields(&format!(
                r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":10}}"#
            )),
        );
        let payment = payment.unwrap().text("Id").unwrap().to_owned();
        sandbox.deliver(&receiver).await;
        let told = receiver.told();
        assert_eq!(told.len(), 1, "{form:?} {told:?}");
        assert!(
            told[0].starts_with(&format!("{COMPANY}: Payment#{payment} at")),
            "{told:?}"
        );
    }
}
