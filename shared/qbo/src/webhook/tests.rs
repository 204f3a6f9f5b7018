use serde_json::json;

use super::*;

mod robustness;

fn read(body: &Value) -> Delivery {
    Delivery::read(body.to_string().as_bytes())
}

/// The events in words, one a line: company, object, what happened, when, its id.
fn told(body: &Value) -> String {
    let delivery = read(body);
    assert_eq!(delivery.unread, 0);
    let line = |event: &Event| {
        let operation = event.operation.map(|operation| format!("{operation:?}"));
        let mut words = vec![
            event.realm.to_string(),
            format!("{} {}", event.entity, event.id),
        ];
        words.extend(operation);
        words.extend(event.at.map(|at| at.to_string()));
        words.extend(event.event_id.clone());
        words.join(", ")
    };
    delivery
        .events
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A CloudEvent with all that Intuit's own sample has.
fn cloud(kind: &str, id: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": kind,
        "datacontenttype": "application/json",
        "time": "2026-09-10T21:31:25.179453123Z",
        "intuitentityid": id,
        "intuitaccountid": "310687",
        "data": {},
    })
}

#[test]
fn r1_cloud_events_are_read() {
    let mut bare = cloud("qbo.invoice.updated.v1", "1234");
    for left_out in [
        "specversion",
        "source",
        "datacontenttype",
        "time",
        "data",
        "id",
    ] {
        bare.as_object_mut().unwrap().remove(left_out);
    }
    let mut alternative = cloud("qbo.journalentry.deleted.v1", "9");
    alternative["data"] = json!({ "alternative_ids": ["9"] });
    let mut other_company = cloud("qbo.creditmemo.void.v1", "7");
    other_company["intuitaccountid"] = "4620816365".into();
    let body = json!([
        cloud("qbo.payment.created.v1", "311"),
        bare,
        alternative,
        other_company,
        cloud("qbo.payment.voided.v1", "312"),
        cloud("qbo.customer.merged.v1", "5"),
        cloud("QBO.Payment.Emailed.v2", "313"),
        cloud("qbo.changeorder.foreseen.v1", "1"),
        cloud("qbo.payment", "314"),
    ]);
    insta::assert_snapshot!(told(&body), @r"
    310687, Payment 311, Created, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, Invoice 1234, Updated
    310687, JournalEntry 9, Deleted, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    4620816365, CreditMemo 7, Voided, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, Payment 312, Voided, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, Customer 5, Merged, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, Payment 313, Emailed, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, changeorder 1, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    310687, Payment 314, 2026-09-10T21:31:25.179453123Z, 88cd52aa-33b6-4351-9aa4-47572edbd068
    ");
}

#[test]
fn r1_the_older_form_is_read() {
    let entity = |name: &str, id: &str, operation: &str| json!({ "name": name, "id": id, "operation": operation, "lastUpdated": "2026-10-05T14:42:19-0700" });
    let body = json!({ "eventNotifications": [
        { "realmId": "1185883450", "dataChangeEvent": { "entities": [
            entity("Payment", "311", "Create"),
            entity("Invoice", "12", "Void"),
            { "name": "CreditMemo", "id": 7 },
            { "name": "Customer", "id": "1", "operation": "Merge", "deletedId": "2", "lastUpdated": "2026-10-05T14:42:19.000Z" },
            entity("JournalEntry", "8", "Emailed"),
            entity("Payment", "9", "Foreseen"),
        ] } },
        { "realmId": "310687", "dataChangeEvent": { "entities": [entity("payment", "1", "Delete")] } },
    ] });
    insta::assert_snapshot!(told(&body), @r"
    1185883450, Payment 311, Created, 2026-10-05T21:42:19Z
    1185883450, Invoice 12, Voided, 2026-10-05T21:42:19Z
    1185883450, CreditMemo 7
    1185883450, Customer 1, Merged, 2026-10-05T14:42:19Z
    1185883450, JournalEntry 8, Emailed, 2026-10-05T21:42:19Z
    1185883450, Payment 9, 2026-10-05T21:42:19Z
    310687, Payment 1, Deleted, 2026-10-05T21:42:19Z
    ");
}

#[test]
fn r1_one_odd_event_does_not_fail_the_others() {
    let good = cloud("qbo.payment.created.v1", "311");
    let with = |name: &str, value: Value| {
        let mut odd = good.clone();
        odd[name] = value;
        odd
    };
    for odd in [
        Value::Null,
        json!("event"),
        json!({}),
        json!([good]),
        with("type", json!("intuit.payment.created.v1")),
        with("type", json!("qbo")),
        with("type", json!("qbo..created.v1")),
        with("type", json!(7)),
        with("intuitentityid", json!("")),
        with("intuitentityid", json!("1".repeat(51))),
        with("intuitentityid", json!("1\n2")),
        with("intuitentityid", json!(["311"])),
        with("intuitaccountid", json!("company")),
        with("intuitaccountid", Value::Null),
    ] {
        let delivery = read(&json!([good, odd, good]));
        assert_eq!((delivery.events.len(), delivery.unread), (2, 1), "{odd}");
    }
    for odd in [
        json!({ "realmId": "1", "dataChangeEvent": {} }),
        json!({ "realmId": "x", "dataChangeEvent": { "entities": [{ "name": "Payment", "id": "1" }] } }),
        json!({ "realmId": "1", "dataChangeEvent": { "entities": [{ "name": "Payment" }] } }),
        json!({ "realmId": "1", "dataChangeEvent": { "entities": [{ "id": "1" }] } }),
        json!(null),
    ] {
        let good = json!({ "realmId": "1", "dataChangeEvent": { "entities": [{ "name": "Payment", "id": "1" }] } });
        let delivery = read(&json!({ "eventNotifications": [good, odd, good] }));
        assert_eq!((delivery.events.len(), delivery.unread), (2, 1), "{odd}");
    }
}

#[test]
fn r1_a_time_or_an_id_that_cannot_be_read_is_not_told() {
    for time in [
        json!("soon"),
        json!(1_784_871_495),
        json!("2026-02-30T00:00:00Z"),
        json!({}),
    ] {
        let mut event = cloud("qbo.payment.created.v1", "311");
        event["time"] = time;
        event["id"] = json!({});
        let delivery = read(&json!([event]));
        assert_eq!(
            (delivery.events[0].at, &delivery.events[0].event_id),
            (None, &None)
        );
    }
}

#[test]
fn r1_a_body_of_another_form_has_no_events() {
    for (body, unread) in [
        ("", 1),
        ("7", 1),
        ("{", 1),
        ("{}", 1),
        ("[]", 0),
        (r#"{"eventNotifications":{}}"#, 1),
        (r#"{"eventNotifications":[]}"#, 0),
        (&"[".repeat(100_000), 1),
    ] {
        let delivery = Delivery::read(body.as_bytes());
        assert_eq!((delivery.events.len(), delivery.unread), (0, unread));
    }
}
