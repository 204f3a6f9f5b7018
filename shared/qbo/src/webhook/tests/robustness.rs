//! Whatever stands in a post, reading it ends well, and what is odd in one place is no matter in another.

use proptest::prelude::*;

use super::*;

/// Any JSON value, most often small.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "0",
            "qbo.payment.created.v1",
            "Payment",
            "310687",
            "2026-09-10T21:31:25Z"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A post of two events in either form, the places of the second one, and the place that leads to both.
fn posts() -> Vec<(Value, Vec<&'static str>, Vec<&'static str>)> {
    let event = cloud("qbo.payment.created.v1", "311");
    let entity = json!({ "name": "Payment", "id": "311", "operation": "Create", "lastUpdated": "2026-10-05T14:42:19Z" });
    let company = json!({ "realmId": "1", "dataChangeEvent": { "entities": [entity, entity] } });
    vec![
        (
            json!([event, event]),
            vec![
                "/1",
                "/1/specversion",
                "/1/id",
                "/1/source",
                "/1/type",
                "/1/datacontenttype",
                "/1/time",
                "/1/intuitentityid",
                "/1/intuitaccountid",
                "/1/data",
            ],
            vec![""],
        ),
        (
            json!({ "eventNotifications": [company] }),
            vec![
                "/eventNotifications/0/dataChangeEvent/entities/1",
                "/eventNotifications/0/dataChangeEvent/entities/1/name",
                "/eventNotifications/0/dataChangeEvent/entities/1/id",
                "/eventNotifications/0/dataChangeEvent/entities/1/operation",
                "/eventNotifications/0/dataChangeEvent/entities/1/lastUpdated",
            ],
            vec![
                "",
                "/eventNotifications",
                "/eventNotifications/0",
                "/eventNotifications/0/realmId",
                "/eventNotifications/0/dataChangeEvent",
                "/eventNotifications/0/dataChangeEvent/entities",
            ],
        ),
    ]
}

proptest! {
    #[test]
    fn v6_no_value_in_any_field_of_an_event_fails_the_other(value in values()) {
        for (post, places, _) in posts() {
            for place in places {
                let mut odd = post.clone();
                *odd.pointer_mut(place).unwrap() = value.clone();
                let delivery = read(&odd);
                prop_assert_eq!(delivery.events.len() + delivery.unread, 2, "{} {}", place, odd);
                prop_assert_eq!(delivery.events.first().map(|event| event.id.as_str()), Some("311"));
            }
        }
    }

    #[test]
    fn v6_no_value_around_the_events_panics(value in values()) {
        for (post, _, places) in posts() {
            for place in places {
                let mut odd = post.clone();
                *odd.pointer_mut(place).unwrap() = value.clone();
                let _posted = read(&odd);
            }
        }
    }

    #[test]
    fn v6_no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200), signature in any::<String>()) {
        let _posted = Delivery::read(&body);
        prop_assert!(verify(&["token".into()], Some(&signature), &body).is_err());
    }
}
