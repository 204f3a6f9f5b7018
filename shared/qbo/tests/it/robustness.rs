//! No body whatsoever makes a parser panic.

use ports::HttpResponse;
use proptest::prelude::*;
use qbo::{
    AccessToken, Client, Customer, Effect, Fault, Invoice, Preferences, QboError, RealmId, Request,
    RequestId, Tid,
};

use crate::doubles::Canned;

/// Pieces of real bodies in any order, and plain noise.
fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "<",
        ">",
        "/",
        "=",
        "'",
        "\\",
        "é",
        "\u{feff}",
        "null",
        "1e999",
        "-0.005",
        "\"Fault\":",
        "\"Error\":",
        "\"code\":\"6140\"",
        "\"Detail\":\"TxnId=\"",
        "<Fault type=\"",
        "<Error code=\"3001\"",
        "</Error>",
        "<Message>errorCode=",
        "&amp;",
        "{\"Invoice\":{\"Line\":[{\"DetailType\":\"SalesItemLineDetail\",\"Amount\":",
        "{\"QueryResponse\":{\"Customer\":[{\"Id\":\"1\"",
        "{\"BatchItemResponse\":[{\"bId\":\"b1\",",
        "\"TxnDate\":\"2026-02-30\"",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(pieces, 0..20).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn no_body_panics(
        body in bodies(),
        status in prop::sample::select(vec![200_u16, 400, 401, 403, 429, 500, 503]),
        writes: bool,
    ) {
        let fault = Fault::parse(status, &body);
        let error = QboError::from_fault(fault, Effect::Write, Tid::default());
        let _text = (error.to_string(), format!("{error:?}"));

        let request = if writes {
            let attempt = RequestId::new("a1").unwrap();
            Request::create(&Customer::default(), attempt).unwrap()
        } else {
            Request::read::<Customer>(&"1".into())
        };
        let response = HttpResponse { status, body, ..HttpResponse::default() };
        let client = Client::new(Canned::of(Ok(response)), "https://qb.example", RealmId::new("9").unwrap());
        let token = AccessToken::new("t".into());
        let answer = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(client.send(&token, &request));
        if let Ok(answer) = answer {
            let _customer = answer.parse::<Customer>();
            let _invoice = answer.parse::<Invoice>();
            let _preferences = answer.parse::<Preferences>();
            let _rows = answer.query_rows::<Invoice>();
            for (_, result) in answer.batch().unwrap_or_default() {
                let _object = result.map(|value| (value.entity::<Invoice>(), value.rows::<Invoice>()));
            }
        }
    }
}
